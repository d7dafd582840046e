"""``discriminates``: whether two inputs that differ in some features alone can be decided otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BadInputError
from ...engine.given import count_of
from .asking import Told, within
from .differing import features_said, find_pair, pair_of, said_of, wanted_of
from .given import Place, place_of
from .proving import with_proof_of_pairs
from .rows_asked import RowsAsked
from .subject import Subject, subject_of
from .verdict import Verdict, Witness


def discriminates(
    model: Any, features: Any, *, allowed: Any = None, margin: float = 0.0, near: Any = None, k: int = 1,
    time_limit: float | None = None, features_type: Mapping[str, Any] | None = None, **how: Any,
) -> Verdict:  # fmt: skip
    """Tell whether the decision can depend on some features alone: two inputs that are equal elsewhere, and differ.

    Parameters
    ----------
    model : object
        A fitted or hand-built model, or an explainer (whose declared features and theory hold).
    features : str or list of str
        The features in which the two inputs may differ, such as ``"sex"``.
    allowed : conditions, optional
        What both inputs meet, as ``given`` of ``verify``.
    margin : float
        How far apart the scores of the two must be at least, beside another decision: raw scores of boosted models,
        probabilities where they are averaged (of one of the two classes). Of a regressor: how far apart the
        predictions.
    near : rows, optional
        Given rows: pairs whose first input is one of them are told before others. Where none of them is decided
        otherwise, the pair is any, and it is said what is known of the rows.
    k : int
        How many pairs are told at most; more than one of given rows only.
    time_limit, features_type, **how
        As of ``verify``.

    Returns
    -------
    Verdict
        Its statement is that the model does **not** discriminate: True is a proof of that; False comes with a pair.

    Raises
    ------
    BadInputError
        If a feature is unknown, or an argument cannot be read.
    TheoryError
        If the theory is off: then inputs have no values.

    Notes
    -----
    Trees that test none of the features count once for both inputs, so that only the others can tell them apart. The
    problem is NP-hard for trees of depth 1 already.
    """
    subject = subject_of(model, features_type, **how)
    with within(time_limit) as deadline:
        chosen = features_said(subject, features)
        wanted, place = wanted_of(subject.form, margin), place_of(subject, allowed)
        told = Told(
            subject, said_of(subject, place, chosen, wanted), "no two inputs of the domain differ so",
            "two inputs that differ in nothing else are decided otherwise",
        )  # fmt: skip
        proven = partial(with_proof_of_pairs, subject=subject, place=place, features=chosen, wanted=wanted)
        k, none = count_of(k, "k"), ""
        if near is not None:
            first, none = _of_rows(subject, place, chosen, near, float(margin), k, deadline)
            if first:
                return proven(told.made(False, told.refuted, deadline, first))
        found = find_pair(subject, place, chosen, wanted, deadline)
        verdict = proven(told.verdict(found, deadline, lambda found: pair_of(subject, place, wanted, found)))
        return replace(verdict, why=f"{verdict.why}{none}") if verdict.value is False else verdict


def _of_rows(
    subject: Subject, place: Place, features: tuple[int, ...], near: Any, margin: float, k: int, deadline: Deadline
) -> tuple[tuple[Witness, ...], str]:
    """Return pairs that begin at given rows, up to k; if there are none, what is known of the rows, in words."""
    if margin > 0 and not subject.form.regression:
        raise BadInputError(
            "near: of given rows decisions are compared, not scores; ask without margin, or without near"
        )
    asked = RowsAsked(subject, place, features, near, margin)
    pairs: list[Witness] = []
    known = True
    for number in range(len(asked)):
        if not asked.meets(number):  # both inputs have to
            continue
        value, pair = asked.one(number, deadline)
        known = known and value is not None
        if pair is not None:
            pairs.append(replace(pair, distance=0.0))
            if len(pairs) == k:
                break
    if pairs:
        return tuple(pairs), ""
    return (), f"; none of the {len(asked)} given rows is" if known else "; of given rows it is not known"

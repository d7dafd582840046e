"""``reachable``: which labels can come out of a region, each with an input that shows it, or a proof that it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.ensembles.answers import FOUND, NONE
from ...engine.errors import BadInputError
from .asking import Told, if_said, within
from .claims import said_classes
from .given import place_of
from .hunt import Hunt
from .proving import with_proof
from .several import shown
from .sought import Classes
from .subject import subject_of
from .verdict import Verdict


def reachable(
    model: Any,
    given: Any = None,
    *,
    time_limit: float | None = None,
    features_type: Mapping[str, Any] | None = None,
    **how: Any,
) -> dict[Any, Verdict]:
    """Return for each label whether some input that meets the conditions is given it.

    Parameters
    ----------
    model : object
        A classifier of one label, or its explainer.
    given : conditions, optional
        As of ``verify``.
    time_limit, features_type, **how
        As of ``verify``; the limit is for all labels together.

    Returns
    -------
    dict from label to Verdict
        True: the witness is given the label. False: it is proved that no input is.

    Raises
    ------
    BadInputError
        If the model predicts numbers: ``range`` tells them.
    """
    subject = subject_of(model, features_type, **how)
    with within(time_limit) as deadline:
        place = place_of(subject, given)
        form = subject.form
        if form.regression:
            raise BadInputError("reachable is about labels, and the model predicts numbers: use range(model, given)")
        hunt = Hunt(form, place, subject.clauses)
        verdicts: dict[Any, Verdict] = {}
        for k, label in enumerate(form.classes):
            sought = Classes(frozenset([k]))
            said = if_said(place, f"{said_classes(form, frozenset([k]))} can come out", "")
            told = Told(subject, said, "", "")
            found = hunt.find(sought, deadline)
            if found.code == FOUND:
                why = "an input is given it"
                verdicts[label] = told.made(True, why, deadline, shown(subject, hunt, sought, found))
            elif found.code == NONE:
                verdicts[label] = told.made(False, "no input of the domain is given it", deadline)
            else:
                verdicts[label] = told.verdict(found, deadline, lambda _: ())
            verdicts[label] = with_proof(verdicts[label], subject, place, sought, shows=True)
        return verdicts

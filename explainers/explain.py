"""The short way: ``suffice.explain(model, X)``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack, overload

import numpy as np

from ..encoders.columns.rows import plain_rows
from ..encoders.columns.told import Row
from ..engine.budget import Deadline
from ..engine.errors import BadInputError, shown
from ..engine.given import names_of, truth_of
from ..engine.interrupts import Interruptible
from ..engine.log import LOG
from ..engine.models.around import around_of
from ..engine.status import Stop
from .batch.intervals import numbers_of, wish_of
from .batch.parts import explained_in_parts
from .explain_texts import TextExplanations, explain_texts
from .explanation import Explanation
from .explanations import Explanations
from .facade import Explainer
from .queries.changes import limits_of
from .queries.explaining import Explaining
from .session.domain import AUTO
from .session.gate import room_of
from .session.pickling import explainer_of, whole_recipe
from .session.sparse import ReadRows, is_large
from .words.arguments import CHECKS, over_what, threads_of

if TYPE_CHECKING:
    from .facade import AnyExplainer
    from .session.session import Session
    from .words.typed import ExplainOptions, ManyRows, OneRow


@overload
def explain(model: Any, X: OneRow, **how: Unpack[ExplainOptions]) -> Explanation: ...  # noqa: N803  # as below
@overload
def explain(model: Any, X: ManyRows, **how: Unpack[ExplainOptions]) -> Explanations: ...  # noqa: N803  # as below
@overload
def explain(  # an array may be a row or a matrix
    model: Any,
    X: object,  # noqa: N803  # as below
    **how: Unpack[ExplainOptions],
) -> Explanation | Explanations: ...
def explain(
    model: Any,
    X: Any,  # noqa: N803  # the name that scikit-learn's users know
    *,
    features_type: Mapping[str, Any] | None = None, theory: str | Iterable[Sequence[int]] | None = AUTO,
    missing: str | bool | Sequence[str] = AUTO, feature_names: Sequence[str] | None = None,
    excluded: Iterable[str | int] = (), over: str = "literals", time_limit: float | None = None,
    n_jobs: int | None = None, progress: bool = False, check: bool = True, voting: str = "soft",
    ranges: Mapping[Any, Any] | None = None, immutable: Iterable[str | int] = (),
    monotone: Mapping[str, str] | None = None, tolerance: float | None = None,
    interval: tuple[float, float] | None = None, setup_limit: float | None = None,
) -> Explanation | Explanations:  # fmt: skip
    """Explain the decisions of a model: one row, or many.

    Parameters
    ----------
    model : object
        A fitted or hand-built model; or an explainer, such as one that was saved: its domain, what it excludes and its
        interval then hold, and nothing else can be said of the model here.
    X : array-like, series or data frame
        One row (1-d, a series, a mapping), or a matrix of rows.
    features_type, theory, missing, feature_names, check, voting, ranges, setup_limit
        As in ``Explainer.initialize``; the rows are its `background`.
    excluded : iterable of str or int
        Features that reasons may not use.
    over : {"literals", "features"}
        What sufficient reasons are made of: conditions of the model, or whole features (of a forest much quicker).
    time_limit : float, optional
        Seconds for all rows together, from when the model is compiled; the rows reached by then are returned.
    n_jobs, progress : int, bool
        Threads (default: all cores), and whether to show a progress bar.
    immutable, monotone : iterable of str, mapping
        Features that contrastive reasons leave as they are, or move one way only: ``{"age": "increasing"}``.
    tolerance, interval : float, tuple of two numbers
        Of a regressor: explain why each prediction is what it is, give or take this number; or why it is in this
        closed interval.

    Returns
    -------
    Explanation or Explanations
        For one row, or for several (a matrix or data frame, of one row even).

    Raises
    ------
    UndecidedError
        If time was up before the reason of the only row was proved.
    """
    over, n_jobs, progress = over_what(over), threads_of(n_jobs), truth_of(progress, "progress")
    one = isinstance(X, Row)
    excluded, X = _listed(excluded), plain_rows(X)  # noqa: N806  # as above
    wish, changes = wish_of(tolerance, interval), _changes_of(immutable, monotone)
    asked = {"over": over, "time_limit": Deadline(time_limit).seconds, "tolerance": tolerance}
    explainer, wish = _opened(
        model, X, wish, features_type=features_type, theory=theory, missing=missing, feature_names=feature_names,
        check=check, voting=voting, ranges=ranges, setup_limit=setup_limit,
    )  # fmt: skip
    with Interruptible(Deadline(time_limit)) as deadline:
        found = _explained(explainer, X, deadline, excluded, wish, changes, asked, n_jobs=n_jobs, progress=progress)
    LOG.info("explained %d of %d rows in %.3f s (%s)", len(found), found.n_rows, deadline.elapsed, found.status)
    return _only(found, deadline) if one or _is_row(X, found) else found


def _opened(model: Any, rows: Any, wish: Any, **said: Any) -> tuple[AnyExplainer, Any]:
    """Return an explainer of rows of a model (or like another explainer), and what is wished of a regressor."""
    if not isinstance(model, Explaining):
        return Explainer.initialize(model, background=rows, **said), wish
    explainer = _beside(model, rows, said)
    own = explainer.session.interval
    return explainer, wish_of(None, own) if wish is None and own is not None else wish


_USUAL = {"theory": AUTO, "missing": AUTO, "check": True, "voting": "soft"}  # the others: None


def _beside(explainer: Any, rows: Any, said: Mapping[str, Any]) -> Any:
    """Return a copy of an explainer, of the same form and domain, which tells rows as these are."""
    told = sorted(name for name, value in said.items() if value is not _USUAL.get(name) and value != _USUAL.get(name))
    if told:
        raise BadInputError(
            f"{', '.join(told)}: an explainer keeps what it was made with; leave this out, or pass the model"
        )
    own = room_of(explainer)
    made = explainer_of(replace(whole_recipe(own), instance=None), own.session.compiled)
    if around_of(own.session.compiled) is None and not made.session.instances.typed:
        made.session.instances.tell_in(rows)
    return made


def _explained(
    explainer: AnyExplainer,
    given: Any,
    deadline: Deadline,
    excluded: list[Any],
    wish: Any,
    changes: Mapping[str, Any],
    asked: Mapping[str, Any],
    **how: Any,
) -> Explanations:
    """Explain rows as they were given."""
    session: Session[Any] = explainer.session
    how["over"] = asked["over"]
    if around_of(session.compiled) is not None:
        return explain_texts(explainer, given, deadline, excluded, wish, changes, asked)
    limits_of(session, **changes)  # unknown names are told now, not when a reason is looked at
    if excluded:
        explainer.set_excluded_features(excluded)
    if is_large(given) and session.compiled.classes:
        numbers_of(session.compiled, wish, np.empty((0, 0)))  # a wish is an error here
        batch = explained_in_parts(
            session.compiled,
            given,
            lambda part: explainer.explain_rows(part, deadline, intervals=None, **how),
        )
        lazy = ReadRows(session.compiled, given)
        return Explanations(explainer, given, lazy, batch, len(lazy), deadline.elapsed, None, changes, asked)
    rows = session.read(given)
    numbers = numbers_of(session.compiled, wish, rows)
    intervals = None if numbers is None else numbers.intervals
    batch = explainer.explain_rows(rows, deadline, intervals=intervals, **how)
    return Explanations(explainer, given, rows, batch, len(rows), deadline.elapsed, numbers, changes, asked)


def _only(found: Explanations, deadline: Deadline) -> Explanation:
    """Return the explanation of the only row."""
    if len(found):
        return found[0]
    if found.stop is Stop.INTERRUPT:
        raise KeyboardInterrupt
    raise deadline.undecided(
        "why the row is decided so;\nExplainer(model, row).sufficient_reason(time_limit=…) tells what it has by then"
    )


def _changes_of(immutable: Any, monotone: Any) -> dict[str, Any]:
    """Return what limits changes, as queries take it; nothing where nothing does."""
    still, ways = names_of(immutable, "immutable"), CHECKS["monotone"](monotone)
    return {**({"immutable": still} if still else {}), **({"monotone": ways} if ways else {})}


def _listed(excluded: Any) -> list[Any]:
    if isinstance(excluded, (np.ndarray, np.generic)) and excluded.ndim != 1:
        raise BadInputError(f"excluded={shown(excluded)}: expected a list of features, such as ['age', 'colour']")
    return names_of(excluded, "excluded")


def _is_row(given: Any, found: Explanations) -> bool:
    """Tell whether what was given is one row, and no matrix of one row."""
    if isinstance(found, TextExplanations):
        return isinstance(given, str)
    if found.n_rows != 1 or len(getattr(given, "shape", ())) == 2:
        return False
    if not isinstance(given, (list, tuple)):
        return True
    return not isinstance(given[0], (list, tuple, np.ndarray, Mapping)) and not hasattr(given[0], "to_numpy")

"""``robustness``: how far a row may be moved before the model decides otherwise; and shares of such rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ...encoders.columns.rows import plain_rows
from ...encoders.columns.told import Row
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, shown
from ...engine.given import is_finite_from_0, items_in, names_of, truth_of
from ...engine.interrupts import Interruptible
from ...engine.models import same_label
from ..batch.rows import rows_of
from ..batch.run import Answer, Rows
from ..certificates.shares import LabelledRow, ProvenShare
from ..nearness.radius import NORMS
from ..session.gate import room_of, twin_of
from ..words.arguments import threads_of
from .ball_rows import BallQuestion, BallRoom, FoundBall, confirmed
from .lifted import Lifted
from .opened import explainer_of
from .robust_results import CertifiedAccuracy, Robustness, Robustnesses


def robustness(
    model: Any,
    rows: Any,
    norm: str = "linf",
    *,
    weights: Any = None,
    immutable: Iterable[Any] = (),
    within: float | None = None,
    data: Any = None,
    time_limit: float | Deadline | None = None,
    n_jobs: int | None = None,
    progress: bool = False,
    **how: Any,
) -> Robustness | Robustnesses:
    """Return how far a row may be moved before the model decides otherwise: the largest open radius, exactly.

    Parameters
    ----------
    model : object
        A fitted model, or its explainer (whose domain, theory and excluded features hold).
    rows : row or rows
        One row (a list, a one-dimensional array, a mapping, a series), or many (a matrix, a data frame).
    norm : {"linf", "l1", "l0"}
        The greatest change of a feature; their sum; how many features change. Distances are those of the values as
        they are written, in the units of the columns. A changed category counts as 1; with "linf" and "l1" no value
        becomes missing, or the other way round.
    weights : sequence or mapping, optional
        What a change of each column is multiplied with (1 over a typical width, for columns of different units).
    immutable : iterable of names
        Features that do not change.
    within : float, optional
        Of a regressor: how far the prediction may move.
    data : rows, optional
        Background of the explainer that is made of `model`, see ``Explainer.initialize``.
    time_limit : float, optional
        Seconds for all rows; bounds that were found by then are returned.
    n_jobs : int, optional
        Threads; default: one a core.
    progress : bool
        Whether to show a bar.
    **how
        More arguments of ``Explainer.initialize``.

    Returns
    -------
    Robustness or Robustnesses
        Of one row, or of many in their order.

    Raises
    ------
    BadInputError
        If an argument does not fit the model.
    """
    limit, jobs, bar = _limit(time_limit), threads_of(n_jobs), truth_of(progress, "progress")
    question = BallQuestion(_norm(norm), weights, tuple(names_of(immutable, "immutable")), _within(within))
    found, deadline = _ask(explainer_of(model, data, how), rows, question, limit, jobs, bar)
    if _is_one(rows):
        return found[0]
    return Robustnesses(found, deadline.elapsed, deadline.stop)


def certified_accuracy(
    model: Any,
    X: Any,  # noqa: N803  # the name that scikit-learn's users know
    y: Any,
    eps: float,
    norm: str = "linf",
    *,
    weights: Any = None,
    immutable: Iterable[Any] = (),
    data: Any = None,
    time_limit: float | Deadline | None = None,
    n_jobs: int | None = None,
    progress: bool = False,
    **how: Any,
) -> CertifiedAccuracy:
    """Return the share of rows that a classifier decides rightly, however they are moved by at most `eps`.

    Parameters
    ----------
    X, y : rows and their labels
        What is counted.
    eps : float
        The distance, itself included.
    model, norm, weights, immutable, data, time_limit, n_jobs, progress, **how
        See ``robustness``.

    Raises
    ------
    BadInputError
        If an argument does not fit the model, or it predicts numbers.
    """
    limit, jobs, bar = _limit(time_limit), threads_of(n_jobs), truth_of(progress, "progress")
    if not is_finite_from_0(eps):
        raise BadInputError(f"eps={shown(eps)}: expected a distance, a finite number from 0")
    question = BallQuestion(_norm(norm), weights, tuple(names_of(immutable, "immutable")), None, float(eps))
    explainer = explainer_of(model, data, how)
    if getattr(explainer.session.compiled, "regression", False):
        raise BadInputError("certified_accuracy is for classifiers: this model predicts numbers, see robustness")
    if (labels := items_in(y)) is None:
        raise BadInputError(f"y={shown(y)}: expected a label for each row")
    found, deadline = _ask(explainer, X, question, limit, jobs, bar)
    if len(labels) != len(found):
        raise BadInputError(f"y has {len(labels)} labels and X {len(found)} rows: expected one label a row")
    return _counted(explainer.session.compiled.classes, found, labels, question, deadline)


def _counted(
    classes: Sequence[Any], found: list[Robustness], labels: list[Any], question: BallQuestion, deadline: Deadline
) -> CertifiedAccuracy:
    """Return the share of rows whose ball is clean, and whose label is the model's."""
    eps, n = question.most, max(1, len(found))
    right = np.array([same_label(one.prediction, y) for one, y in zip(found, labels, strict=True)], np.bool_)
    clean = np.array([one.radius > eps for one in found], np.bool_)
    near = np.array([one.distance <= eps or (one.upper <= eps and one.witness is not None) for one in found], np.bool_)
    certified, refuted = right & clean, ~right | near
    witnesses = tuple(one.witness if ok and close else None for one, ok, close in zip(found, right, near, strict=True))
    known = tuple(
        LabelledRow(
            one.proven, next((k for k, c in enumerate(classes) if same_label(c, y)), -1),
            bool(yes) if yes or no else None, one.radius, one.shown if ok else None,
        )
        for one, y, yes, no, ok in zip(found, labels, certified, refuted, right, strict=True)
    )  # fmt: skip
    return CertifiedAccuracy(
        float(certified.sum()) / n, 1.0 - float(refuted.sum()) / n, float(right.sum()) / n, eps, question.norm,
        certified, refuted, witnesses, deadline.stop, deadline.elapsed, ProvenShare(known, eps),
    )  # fmt: skip


def _ask(
    explainer: Any,
    rows: Any,
    question: BallQuestion,
    limit: float | Deadline | None,
    n_jobs: int | None,
    progress: bool,
) -> tuple[list[Robustness], Deadline]:
    """Return what is known of each row, and the limit under which it was found."""
    deadline = Deadline.of(limit)
    with Interruptible(deadline):
        room = room_of(explainer)
        with room.session.gate.shared(deadline):
            leader = twin_of(room)
        leader.session.instances.watch.check()
        Lifted(leader)  # says what cannot be asked of this model
        placed = rows_of(leader, plain_rows(rows))
        answers = Rows(lambda: BallRoom(leader, placed, question), deadline).run(len(placed), n_jobs, progress)
        if any(one is None for one in answers):
            deadline.expired()
        found = [FoundBall(question.unknown(stop=deadline.stop)) if one is None else _found(one) for one in answers]
        return confirmed(found), deadline


def _found(answer: Answer) -> FoundBall:
    """Return what was found of a row; raise what failed."""
    if answer.outcome.failed:
        raise answer.outcome.value
    found: FoundBall = answer.outcome.value
    return found


def _limit(time_limit: Any) -> Any:
    """Return a limit, checked; one in seconds begins once the model is compiled."""
    Deadline.of(time_limit)
    return time_limit


def _norm(norm: Any) -> str:
    if not isinstance(norm, str) or norm not in NORMS:
        raise BadInputError(f"norm={shown(norm)}: expected one of {', '.join(map(repr, NORMS))}")
    return norm


def _within(within: Any) -> float | None:
    if within is None:
        return None
    if not is_finite_from_0(within):
        raise BadInputError(f"within={shown(within)}: expected how far the prediction may move, a finite number from 0")
    return float(within)


def _is_one(rows: Any) -> bool:
    """Tell whether what was given is one row."""
    rows = plain_rows(rows)
    if isinstance(rows, (Row, Mapping)) or (hasattr(rows, "to_numpy") and not hasattr(rows, "columns")):
        return True
    if isinstance(rows, (list, tuple)):
        return bool(rows) and not any(isinstance(one, (list, tuple, Mapping, Row, np.ndarray)) for one in rows)
    return isinstance(rows, np.ndarray) and rows.ndim == 1

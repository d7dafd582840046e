"""``suffice.audit_recourse``: which rows are refused, and the cheapest plan of each of them."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...encoders.columns.rows import plain_rows
from ...encoders.meta.as_given import predict_as_given
from ...engine.arrays import I64
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, SufficeError, shown
from ...engine.given import is_number, truth_of
from ...engine.interrupts import Interruptible
from ...engine.status import Stop
from ..batch.asking import question_of
from ..batch.rooms import TwinRoom
from ..batch.rows import AnyRows, Matrix, Told, rows_of
from ..batch.run import Answer, Each, Rows
from ..facade import Explainer
from ..queries.explaining import Explaining
from ..recourse.results import Recourse
from ..recourse.wanting import Aim, aims_of
from ..session.domain import AUTO
from ..session.gate import room_of, twin_of
from ..session.pickling import explainer_of, whole_recipe
from ..words.arguments import threads_of
from .audit import ACCEPTED, FAILED, NOT_REACHED, Asked, RecourseAudit, budget_of
from .choosing import People
from .groups import groupings_of

_OURS = {"n": "one plan a row", "differ": "one plan a row"}


def audit_recourse(
    model: Any, rows: Any, *, groups: Any = None, budget: float | None = None,
    features_type: Mapping[str, Any] | None = None, theory: Any = AUTO, feature_names: Sequence[str] | None = None,
    background: Any = None, check: bool = True, voting: str = "soft", n_jobs: int | None = None,
    row_limit: float | None = None, time_limit: float | None = None, progress: bool = False, **asked: Any,
) -> RecourseAudit:  # fmt: skip
    """Return the cheapest plan of every row that a model decides otherwise than wanted, and what it says of groups.

    Parameters
    ----------
    model : object
        A fitted or hand-built model; or an explainer, whose domain then holds.
    rows : array-like, data frame or list of rows, shape (n_rows, n_columns)
        The population.
    groups : str, list of str, mapping or array-like, optional
        How rows are parted: names of columns; or a value for each row, alone or in a mapping from names of groupings,
        ``{"sex": sex, "age": ["young", "old", …]}``.
    budget : float, optional
        What a cheap plan costs at most.
    features_type, theory, feature_names, background, check, voting
        As in ``Explainer``; the background is by default `data`, where that is given, else the rows.
    n_jobs : int, optional
        How many rows are asked at the same time; default: one a core. The answers do not depend on it.
    row_limit : float, optional
        Seconds for each row; its best plan by then counts, with its bound.
    time_limit : float, optional
        Seconds for all rows.
    progress : bool
        Whether to show a progress bar.
    **asked
        What is wanted, what may change and what it costs: the arguments of ``explainer.recourse``; `target` or `avoid`
        among them. They hold for each row, from where it is.

    Returns
    -------
    RecourseAudit
        A sequence of what ``recourse`` returns for each row that ``predict`` decides otherwise; a row that fails has
        its error there.

    Raises
    ------
    BadInputError
        If an argument does not fit, or there are no such rows or groups.
    """
    deadline, n_jobs, progress = Deadline.of(time_limit), threads_of(n_jobs), truth_of(progress, "progress")
    most = None if budget is None else budget_of(budget)
    _check_asked(asked, row_limit)
    with Interruptible(deadline):
        how = {"theory": theory, "feature_names": feature_names, "check": check, "voting": voting}
        explainer = _explainer(model, rows, asked, features_type, background, how)
        return _audited(explainer, rows, groups, most, asked, Each(row_limit), n_jobs, deadline, progress=progress)


def _check_asked(asked: Mapping[str, Any], row_limit: Any) -> None:
    own = [name for name in asked if name in _OURS]
    if own:
        raise BadInputError(f"audit_recourse takes no {own[0]}=…: it asks for {_OURS[own[0]]}")
    if asked.get("target") is None and asked.get("avoid") is None:
        raise BadInputError("audit_recourse needs target=… (or avoid=…): what is wanted of all rows")
    if row_limit is not None and not (is_number(row_limit) and row_limit > 0):
        raise BadInputError(
            f"row_limit={shown(row_limit)}: expected a positive number of seconds, or None for no limit"
        )


def _explainer(
    model: Any, rows: Any, asked: Mapping[str, Any], features_type: Any, background: Any, how: Mapping[str, Any]
) -> Any:
    if isinstance(model, Explaining):
        if any(one is not None for one in (features_type, how["feature_names"], background)):
            raise BadInputError("features_type, feature_names, background: an explainer keeps what it was made with")
        own = room_of(model)
        return explainer_of(replace(whole_recipe(own), instance=None), own.session.compiled)
    if background is None:
        background = asked.get("data")
    if background is None and _length(rows):
        background = rows
    return Explainer.initialize(model, None, features_type, background=background, **how)


def _length(rows: Any) -> int:
    try:
        return int(rows.shape[0]) if hasattr(rows, "shape") and len(rows.shape) == 2 else 0
    except (TypeError, ValueError):
        return 0


def _audited(
    explainer: Any, given: Any, groups: Any, budget: float | None, asked: Mapping[str, Any], each: Each,
    n_jobs: int | None, deadline: Deadline, *, progress: bool,
) -> RecourseAudit:  # fmt: skip
    question = question_of(explainer, "recourse", asked)
    said = {**question.options, "n": 1, "differ": 1}
    leader = twin_of(room_of(explainer))
    rows = rows_of(leader, copy.copy(given)) if _any(given) else None
    n = 0 if rows is None else len(rows)
    told: Sequence[Any] = () if rows is None else Told(n, rows.row)
    parts = groupings_of(groups, n, lambda name: _column(given, told, name))
    if rows is None:
        return RecourseAudit(Asked((), (), (), _said(asked), parts, deadline.elapsed, Stop.NONE), budget)
    refused, aim, failed = _refused(leader, rows, given, said)
    answers = Rows(lambda: TwinRoom(leader, rows, question), deadline, each).run(n, n_jobs, progress, refused.tolist())
    if any(answers[i] is None for i in refused.tolist()):
        deadline.expired()
    found, status = _found(answers, refused, failed)
    _check(found, refused)
    wanted = _said(asked) if aim is None else aim.says
    done = Asked(told, found, status, wanted, parts, deadline.elapsed, _stop(answers, deadline))
    nobody = np.zeros(0, np.float64)
    people = People(leader, rows, said, refused, np.zeros(0, np.bool_), nobody, parts, 0.0)
    return RecourseAudit(done, budget, people)


def _any(given: Any) -> bool:
    """Tell whether there are rows at all."""
    try:
        return len(given) > 0
    except TypeError:  # one row of a kind without a length, or none: whoever reads it says so
        return not (hasattr(given, "shape") and given.shape[0] == 0)


def _said(asked: Mapping[str, Any]) -> str:
    return str(asked["target"]) if asked.get("target") is not None else f"not {asked.get('avoid')}"


def _column(given: Any, rows: Sequence[Any], name: str) -> list[Any]:
    """Return the values of a column."""
    columns = getattr(given, "columns", None)
    if columns is not None and list(columns).count(name) == 1 and hasattr(given[name], "tolist"):
        return list(given[name].tolist())
    return [_value(row, name) for row in rows]


def _value(row: Any, name: str) -> Any:
    if name not in row.names:
        raise BadInputError(f"groups: {name!r} is no column: expected some of {shown(list(row.names), 300)}, or values")
    return row[name]


def _refused(
    leader: Any, rows: AnyRows, given: Any, said: Mapping[str, Any]
) -> tuple[I64, Aim | None, dict[int, Exception]]:  # fmt: skip
    """Return the rows that ``predict`` decides otherwise, what is wanted, and the rows that are none."""
    twin = twin_of(leader)
    aim: Aim | None = None
    failed: dict[int, Exception] = {}
    placed: list[int] = []
    for i in range(len(rows)):
        if aim is not None and isinstance(rows, Matrix):
            placed.append(i)
            continue
        try:
            rows.place(twin, i)
            aim = aims_of(twin.session, said)[0] if aim is None else aim
            placed.append(i)
        except SufficeError as error:
            failed[i] = error
    if aim is None:
        raise next(iter(failed.values()))
    told = _predicted(twin, rows, given, placed)
    refused = [i for place, i in enumerate(placed) if not aim.fits(told[place : place + 1])]
    return np.array(sorted([*refused, *failed]), np.int64), aim, failed


def _predicted(twin: Any, rows: AnyRows, given: Any, placed: Sequence[int]) -> Any:
    """Return what ``predict`` says of rows: of a whole frame or array as it is, else row by row as they are told."""
    whole = len(placed) == len(rows) and isinstance(rows, Matrix)
    if whole and len(getattr(given, "shape", ())) == 2 and not hasattr(given, "tocsr"):
        return predict_as_given(twin.session.compiled, plain_rows(given))
    return twin.session.teller.predictions([rows.row(i) for i in placed])


def _found(
    answers: Sequence[Answer | None], refused: I64, failed: Mapping[int, Exception]
) -> tuple[list[Recourse | Exception | None], tuple[str, ...]]:
    """Return what is known of each row, and its status."""
    found: list[Recourse | Exception | None] = [None] * len(answers)
    status = [ACCEPTED] * len(answers)
    for i in refused.tolist():
        answer = answers[i]
        if i in failed:
            found[i], status[i] = failed[i], FAILED
        elif answer is None:
            status[i] = NOT_REACHED
        else:
            found[i] = answer.outcome.value
            status[i] = FAILED if answer.outcome.failed else str(answer.outcome.value.status)
    return found, tuple(status)


def _check(found: Sequence[Any], refused: I64) -> None:
    """Raise what is wrong with an argument: then no row has an answer."""
    own = [found[i] for i in refused.tolist()]
    if own and all(isinstance(one, BadInputError) for one in own):
        raise own[0]


def _stop(answers: Sequence[Answer | None], deadline: Deadline) -> Stop:
    stops = [answer.stop for answer in answers if answer is not None and answer.stop is not Stop.NONE]
    return deadline.stop if deadline.stop is not Stop.NONE or not stops else stops[0]

"""Audits of recourse and common actions, made again of what they wrote; the model is not there any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.errors import FormatError, SufficeError, shown
from ...engine.reasons.plain import value_of
from ...engine.status import Status, Stop
from ..population.actions import Action, Change
from ..population.audit import ACCEPTED, FAILED, NOT_REACHED, Asked, RecourseAudit
from ..population.bounds import Bounds
from ..population.common import CommonActions, CoverStep
from ..population.groups import Grouping
from ..recourse.results import Recourse
from .plans import plan_of
from .rows import row_of

Form = Mapping[str, Any]
_STATUS = (ACCEPTED, FAILED, NOT_REACHED)


def audit_of(form: Form) -> RecourseAudit:
    """Return the audit that ``audit_form`` wrote.

    Raises
    ------
    FormatError
        If it is damaged.
    """
    rows = [row_of(one["row"]) if isinstance(one["row"], Mapping) else str(one["row"]) for one in form["rows"]]
    wanted = str(form["wanted"])
    answers = [_answer(one["answer"], row, wanted) for one, row in zip(form["rows"], rows, strict=True)]
    status = tuple(str(one["status"]) for one in form["rows"])
    known = {*_STATUS, *(str(one) for one in Status)}
    if any(one not in known for one in status):
        raise FormatError(f"a row has a status that is none of {', '.join(sorted(known))}")
    groupings = tuple(_grouping(one, len(rows)) for one in form["groupings"])
    seconds, stop = float(value_of(form["seconds"])), Stop(form["stop"])
    budget = value_of(form["budget"])
    return RecourseAudit(Asked(rows, answers, status, wanted, groupings, seconds, stop), budget)


def _grouping(form: Form, n_rows: int) -> Grouping:
    labels, of = tuple(map(str, form["labels"])), [int(group) for group in form["of"]]
    if len(of) != n_rows or not all(0 <= group < len(labels) for group in of):
        raise FormatError(
            f"groups {shown(form['name'])}: expected one of {len(labels)} groups for each of {n_rows} rows"
        )
    return Grouping.known(str(form["name"]), labels, of)


def _answer(form: Form | None, before: Any, wanted: str) -> Recourse | Exception | None:
    if form is None:
        return None
    if "error" in form:
        return SufficeError(f"{form['error']}: {form['text']}")
    plans = tuple(plan_of(one, before) for one in form["plans"])
    return Recourse(
        plans, Status(form["status"]), Stop(form["stop"]), float(value_of(form["seconds"])),
        float(value_of(form["lower"])), wanted, tuple(map(str, form["constraints"])),
    )  # fmt: skip


def common_of(form: Form) -> CommonActions:
    """Return the common actions that ``common_form`` wrote.

    Raises
    ------
    FormatError
        If it is damaged.
    """
    candidates = tuple(
        Action(tuple(Change(str(name), str(kind), value_of(value)) for name, kind, value in one))
        for one in form["candidates"]
    )
    curve = tuple(
        CoverStep(int(k), tuple(candidates[int(i)] for i in chosen), int(served), int(most))
        for k, chosen, served, most in form["curve"]
    )
    if not curve:
        raise FormatError("common_actions have no curve: expected what each number of actions can do")
    plans = {int(i): (int(n), plan_of(plan, row_of(before))) for i, n, before, plan in form["plans"]}
    by_group = {(str(a), str(b)): Bounds(float(value_of(lo)), float(value_of(hi))) for a, b, lo, hi in form["by_group"]}
    return CommonActions(
        curve, plans, int(form["n_refused"]), candidates, tuple(map(int, form["serves"])), by_group,
        int(form["not_asked"]), Stop(form["stop"]), float(value_of(form["seconds"])),
    )  # fmt: skip

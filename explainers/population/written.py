"""Audits and common actions as JSON has them; ``explainers.keeping.population`` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...engine.reasons.plain import plain
from ...engine.reasons.written import head_of
from ..recourse.results import Recourse
from ..recourse.written import plan_form
from .actions import Action

if TYPE_CHECKING:
    from .audit import RecourseAudit
    from .common import CommonActions


def audit_form(audit: RecourseAudit) -> dict[str, Any]:
    """Return an audit: its rows with their plans, and its groups."""
    asked = audit.asked
    return {
        **head_of("recourse_audit"),
        "wanted": asked.wanted,
        "budget": plain(audit.budget),
        "seconds": plain(float(asked.seconds)),
        "stop": str(asked.stop),
        "groupings": [
            {"name": one.name, "labels": list(one.labels), "of": [int(group) for group in one.of]}
            for one in asked.groupings
        ],
        "rows": [
            {"row": _row(asked.rows[i]), "status": status, "answer": _answer(asked.answers[i])}
            for i, status in enumerate(audit.row_status)
        ],
    }


def _row(row: Any) -> Any:
    """Return a row; of what is none, its text."""
    return row.to_form() if hasattr(row, "to_form") else repr(row)


def _answer(answer: Recourse | Exception | None) -> Any:
    if answer is None:
        return None
    if isinstance(answer, Exception):
        return {"error": type(answer).__name__, "text": str(answer)}
    return {
        "status": str(answer.status), "stop": str(answer.stop), "seconds": plain(float(answer.seconds)),
        "lower": plain(float(answer.lower)), "constraints": list(answer.constraints),
        "plans": [plan_form(plan) for plan in answer],
    }  # fmt: skip


def common_form(found: CommonActions) -> dict[str, Any]:
    """Return common actions: what was chosen from, what was chosen, and who is served how."""
    place = {action: number for number, action in enumerate(found.candidates)}
    return {
        **head_of("common_actions"),
        "candidates": [_action(action) for action in found.candidates],
        "serves": list(found.serves),
        "curve": [[step.k, [place[a] for a in step.actions], step.served, step.most] for step in found.curve],
        "plans": [[i, n, plan.before.to_form(), plan_form(plan)] for i, (n, plan) in found.plans.items()],
        "n_refused": found.n_refused,
        "by_group": [[*names, plain(float(b.low)), plain(float(b.high))] for names, b in found.by_group.items()],
        "not_asked": found.not_asked,
        "stop": str(found.stop),
        "seconds": plain(float(found.seconds)),
    }


def _action(action: Action) -> list[list[Any]]:
    return [[change.feature, change.kind, plain(change.value)] for change in action.changes]

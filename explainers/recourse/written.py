"""Plans, frontiers and stages as JSON has them; ``explainers.keeping.plans`` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...engine.reasons.plain import plain
from ...engine.reasons.written import head_of
from .plan import Plan

if TYPE_CHECKING:
    from .frontier import Frontier
    from .results import Recourse
    from .stages import Stages


def plan_form(plan: Plan) -> dict[str, Any]:
    """Return a plan, without the row that it is for."""
    return {
        "row": plan.row.to_form(),
        "steps": [[s.feature, plain(s.old), plain(s.new), s.text, plain(float(s.cost))] for s in plan.steps],
        "cost": plain(float(plan.cost)), "lower": plain(float(plan.lower)), "status": str(plan.status),
        "wanted": plan.wanted, "options": list(plan.options),
        **({} if plan.origin is None else {"origin": plan.origin}),
    }  # fmt: skip


def recourse_form(found: Recourse) -> dict[str, Any]:
    """Return plans for an instance, with it."""
    return {
        **head_of("recourse"),
        "before": found.plans[0].before.to_form() if found.plans else None,
        "plans": [plan_form(plan) for plan in found.plans],
        "wanted": found.wanted,
        "constraints": list(found.constraints),
        **_end(found),
        "lower": plain(float(found.lower)),
    }


def frontier_form(found: Frontier) -> dict[str, Any]:
    """Return efficient plans."""
    return {
        **head_of("frontier"),
        "before": found.plans[0].before.to_form() if found.plans else None,
        "plans": [plan_form(plan) for plan in found.plans],
        "by": found.by,
        "values": [plain(float(value)) for value in found.values],
        **_end(found),
    }


def stages_form(found: Stages) -> dict[str, Any]:
    """Return a plan in stages: of each stage the row after it, and which of the plan's changes it has."""
    return {
        **head_of("stages"),
        "before": None if found.plan is None else found.plan.before.to_form(),
        "plan": None if found.plan is None else plan_form(found.plan),
        "stages": [
            [stage.row.to_form(), [step.feature for step in stage.steps], plain(float(stage.cost))]
            for stage in found.stages
        ],
        **_end(found),
        "lower": plain(float(found.lower)),
    }


def _end(found: Any) -> dict[str, Any]:
    return {"status": str(found.status), "stop": str(found.stop), "seconds": plain(float(found.seconds))}

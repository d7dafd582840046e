"""Programs that are exported: their optima, by solvers that know nothing of the model, are those of brute force."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from suffice.engine.errors import CapabilityError
from suffice.solvers.protocols import Kind
from suffice.solvers.registry import get

from tests.soak.rest import near
from tests.soak.scenes import OpenError, Scene
from tests.soak.trees import majority
from tests.soak.why import subset

SECONDS = 2.0
NEAR = 1e-6  # how near sums of programs are told, as a share of the greatest number
SIZE = 20_000  # clauses, or variables, at most


def optimum(scene: Scene) -> int | None:
    """How long the shortest reason is that a program is about; None if there is none, or nobody knows it."""
    family = scene.kind.family
    if family == "tree":
        return min(map(len, scene.reference.minimal_sufficient()), default=None)
    if family == "forest":
        scene.need(hasattr(scene.model, "estimators_") and not scene.clauses)
        every = majority(scene, len(scene.model.estimators_) // 2 + 1)
        return min(map(len, every.minimal_sufficient()), default=None)
    found = scene.explainer.minimal_tree_specific_reason()  # another question compares it
    if found is not None and str(found.status) != "optimal":
        raise OpenError("the shortest reason is not proved")
    return None if found is None else len(found)


def as_clauses(scene: Scene) -> None:
    """``to_wcnf``, decided by RC2."""
    _decided(scene, "to_wcnf", "rc2", Kind.MAXSAT)


def as_program(scene: Scene) -> None:
    """``to_mip``, decided by CP-SAT."""
    _decided(scene, "to_mip", "cpsat", Kind.MIP)


def _decided(scene: Scene, name: str, solver: str, kind: Kind) -> None:
    scene.need(scene.literal and scene.kind.family in ("tree", "forest", "boosted"))
    expected = optimum(scene)
    try:
        form = getattr(scene.explainer, name)(time_limit=SECONDS)
    except CapabilityError:
        assert expected is None, f"there is a reason of {expected} literals"
        return
    scene.need(form.n_vars <= SIZE)
    found = get(solver, kind).solve(form, SECONDS)
    if str(found.status) not in ("optimal", "infeasible"):
        raise OpenError(f"{solver} does not decide it: {found.status}")
    told = None if str(found.status) == "infeasible" else round(found.cost)
    assert told == expected, f"the optimum is {told}, that of brute force {expected}"


def ways_out(scene: Scene) -> None:
    """``to_counterexample_mips``: no program has a solution just where literals force the outcome (near ties aside)."""
    scene.need(scene.literal and scene.kind.family in ("forest", "boosted"))
    scene.need(not scene.explainer.session.compiled.slack)  # programs know no doubt about sums
    known = list(scene.reference.sufficient[:1])
    for literals in (*known, subset(scene, scene.reference.universe)):
        if any(map(scene.reference.is_idle, literals)):
            continue
        programs = scene.explainer.to_counterexample_mips(tuple(literals))
        told = [get("cpsat", Kind.MIP).solve(program, SECONDS).status for program in programs.values()]
        found = any(str(status) in ("optimal", "best_so_far") for status in told)
        if not found and not all(str(status) == "infeasible" for status in told):
            raise OpenError(f"undecided: {told}")
        holds = scene.reference.holds(literals)
        assert found or holds, f"no program has a solution, and {literals} do not force the outcome"
        assert not (found and holds) or _some_near(scene, literals), (
            f"a program has a solution, and {literals} force it"
        )


def _some_near(scene: Scene, literals: Iterable[int]) -> bool:
    """Whether some row that meets the literals is as good as at a tie, or at an end of the interval."""
    masks = scene.reference.masks
    met = np.all([(masks >> (abs(v) - 1) & 1) == (v > 0) for v in literals], axis=0) | np.zeros(len(masks), bool)
    rows = scene.reference.domain.rows(masks[met])
    if scene.interval is not None:
        ends = np.array([end for end in scene.interval if np.isfinite(end)])
        greatest = np.abs(np.append(ends, scene.explainer.session.compiled.trees.values)).max(initial=1.0)
        return bool((np.abs(scene.says(rows)[:, None] - ends) <= NEAR * greatest).any())
    return any(near(scene, row) for row in rows)


EXPORTED = {"to_wcnf": as_clauses, "to_mip": as_program, "to_counterexample_mips": ways_out}

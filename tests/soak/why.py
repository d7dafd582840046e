"""Questions why: sufficient reasons of all kinds, what is in all or some of them, how many there are, checks."""

from __future__ import annotations

from typing import Any

from suffice import Explainer, Reason
from suffice.engine.errors import UndecidedError

from tests.brute.compare import check_some, check_some_names
from tests.soak.scenes import OpenError, Scene

PROVED = ("proved", "optimal", "complete", "of surrogate")
OVER_FEATURES = {"over": "features"}


def proved(found: Any) -> None:
    """Go on only if nothing of an answer was left open."""
    for one in (found, *(found if isinstance(found, tuple) and not isinstance(found, Reason) else ())):
        if str(getattr(one, "status", "proved")).replace("_", " ") not in (
            "proved",
            "optimal",
            "complete",
            "of surrogate",
        ):
            raise OpenError(f"status {one.status}")


def some(scene: Scene, name: str, every: Any, **asked: Any) -> None:
    """Compare n=1, n=2 and n=ALL with all answers; what is not proved is open."""

    def ask(n: int) -> Any:
        found = getattr(scene.explainer, name)(n=n, **asked)
        if found is not None:
            proved(found)
        return found

    (check_some_names if isinstance(every, set) else check_some)(ask, every)


def named(every: set[frozenset[str]], fewest: bool) -> set[frozenset[str]]:
    """All reasons over features, or those with the fewest."""
    return {one for one in every if not fewest or len(one) == min(map(len, every))}


def _reasons(name: str, fewest: bool = False) -> Any:
    def question(scene: Scene) -> None:
        if scene.literal and scene.choose.coin():
            every = scene.reference.minimal_sufficient() if fewest else scene.reference.sufficient
            some(scene, name, every)
        elif scene.literal:
            some(scene, name, named(scene.reference.sufficient_features(), fewest), over="features")
        else:
            sound(scene, getattr(scene.explainer, name)(over="features", time_limit=2.0), fewest)

    return question


def sound(scene: Scene, found: Any, fewest: bool) -> None:
    """Check one reason over features by looking at all rows."""
    if found is None:
        assert scene.excluded, "no reason, although nothing is excluded"
        return
    assert scene.forces(found), f"{found} does not force the outcome"
    if str(found.status) in ("proved", "optimal"):
        assert not any(scene.forces(set(found) - {name}) for name in found), f"{found} is not minimal"
    assert not fewest or len(found) <= len(scene.world.columns)


def streamed(scene: Scene) -> None:
    over = scene.choose.one_of(["literals", "features"])
    scene.need(scene.literal)
    found = scene.explainer.sufficient_reasons(over=over).take(None)
    proved(found)
    every = scene.reference.sufficient if over == "literals" else scene.reference.sufficient_features()
    assert {frozenset(one) for one in found} == set(map(frozenset, every)), (found, every)
    assert len(found) == len(every)


def preferred(scene: Scene) -> None:
    scene.need(scene.literal)
    weights = scene.weights([1.0, 2.0, 0.5, 0.0, 3.0])
    some(scene, "preferred_sufficient_reason", scene.reference.preferred(weights), method=Explainer.WEIGHTS,
         weights=weights)  # fmt: skip


def shared(scene: Scene) -> None:
    """Necessary and relevant, literals and features."""
    if scene.literal:
        for name, expected in (("necessary", scene.reference.necessary()), ("relevant", scene.reference.relevant())):
            found = getattr(scene.explainer, f"{name}_literals")()
            proved(found)
            assert set(found) == set(expected), f"{name} {found}, expected {expected}"
        for name, names in (
            ("necessary", scene.reference.necessary_features()),
            ("relevant", scene.reference.relevant_features()),
        ):
            found = getattr(scene.explainer, f"{name}_features")()
            proved(found)
            assert set(found) == names, f"{name} {found}, expected {names}"


def direct(scene: Scene) -> None:
    found = scene.explainer.direct_reason()
    if found is not None and scene.literal:
        assert scene.reference.holds(found), f"{found} does not force the outcome"


def counted(scene: Scene) -> None:
    scene.need(scene.literal)
    assert scene.explainer.n_sufficient_reasons() == len(scene.reference.sufficient)
    assert scene.explainer.n_sufficient_reasons(over="features") == len(scene.reference.sufficient_features())
    found = dict(scene.explainer.n_sufficient_reasons_per_literal())
    assert {k: v for k, v in found.items() if v} == scene.reference.per_literal()
    each = dict(scene.explainer.n_sufficient_reasons_per_feature())
    assert {k: v for k, v in each.items() if v} == dict(scene.reference.per_feature())


def subset(scene: Scene, items: Any) -> list[Any]:
    listed = list(items)
    return scene.choose.some(listed, 0, len(listed))


def checks(scene: Scene) -> None:
    """``is_reason``, ``is_sufficient_reason``, ``is_implicant`` on any sets, and on reasons."""
    scene.need(scene.literal)
    reference = scene.reference
    known = list(reference.sufficient[:2])
    for reason in (*known, subset(scene, reference.universe), subset(scene, reference.universe)):
        if any(map(reference.is_idle, reason)):
            continue
        for name, expected in (("is_reason", reference.holds(reason)), ("is_implicant", reference.holds(reason)),
                               ("is_sufficient_reason", reference.is_sufficient(reason))):  # fmt: skip
            answered(scene, name, reason, expected)
    names = [unit.name for unit in reference.tested if unit.name not in scene.excluded]
    for reason in (*map(sorted, list(reference.sufficient_features())[:2]), subset(scene, names)):
        answered(scene, "is_reason", reason, scene.forces(reason), **OVER_FEATURES)
        answered(scene, "is_sufficient_reason", reason, reference.is_sufficient_features(reason), **OVER_FEATURES)


def answered(scene: Scene, name: str, reason: Any, expected: bool, **asked: Any) -> None:
    """Compare a check with what is expected; its witness has to be a counterexample of the world."""
    found = getattr(scene.explainer, name)(tuple(reason), **asked)
    if found.value is None:
        raise OpenError(name)
    assert found.value == expected, f"{name}({reason}) = {found}, expected {expected}"
    if name == "is_reason" and not expected and found.witness is not None and scene.kind.target == "classes":
        said = scene.outcomes_of(scene.row_of(found.witness)[None])[0]
        assert said != scene.own, f"the witness {found.witness} has the same outcome"


def limited(scene: Scene) -> None:
    """Under a limit that may come at any moment nothing untrue is said, and the next answer is whole."""
    limit = scene.choose.one_of([1e-6, 1e-4, 1e-3])
    name = scene.choose.one_of(["sufficient_reason", "minimal_sufficient_reason", "contrastive_reason"])
    try:
        found = getattr(scene.explainer, name)(time_limit=limit, over="features")
    except UndecidedError:
        return
    if found is not None and name != "contrastive_reason":
        assert scene.forces(found), f"{found} does not force the outcome"


WHY = {
    "sufficient_reason": _reasons("sufficient_reason"),
    "minimal_sufficient_reason": _reasons("minimal_sufficient_reason", fewest=True),
    "sufficient_reasons": streamed,
    "preferred_sufficient_reason": preferred,
    "necessary_literals": shared,
    "direct_reason": direct,
    "n_sufficient_reasons": counted,
    "is_sufficient_reason": checks,
    "time_limit": limited,
}

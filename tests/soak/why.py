"""Questions why: sufficient reasons of all kinds, what is in all or some of them, how many there are, checks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from suffice import Explainer, Reason
from suffice.engine.errors import UndecidedError

from tests.brute.compare import check_some, check_some_names
from tests.brute.game import minimal
from tests.brute.reference import Reference
from tests.soak.scenes import OpenError, Scene

NOT_PROVED = ("not proved", "best so far", "timeout")
OVER_FEATURES = {"over": "features"}


def proved(found: Any) -> None:
    """Go on only if nothing of an answer was left open."""
    for one in (found, *(found if isinstance(found, tuple) and not isinstance(found, Reason) else ())):
        if str(getattr(one, "status", "proved")).replace("_", " ") not in ("proved", "optimal", "complete"):
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
    if not scene.literal:
        return
    found = scene.explainer.sufficient_reasons(over=over).take(None)
    proved(found)
    every = scene.reference.sufficient if over == "literals" else scene.reference.sufficient_features()
    assert {frozenset(one) for one in found} == set(map(frozenset, every)), (found, every)
    assert len(found) == len(every)


def preferred(scene: Scene) -> None:
    if not scene.literal:
        return
    weights = [0.0] * len(scene.world.names)
    for column in scene.world.columns:
        one = scene.choose.one_of([1.0, 2.0, 0.5, 0.0, 3.0])
        for c in column.owned:
            weights[c] = one
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
    if not scene.literal:
        return
    assert scene.explainer.n_sufficient_reasons() == len(scene.reference.sufficient)
    assert scene.explainer.n_sufficient_reasons(over="features") == len(scene.reference.sufficient_features())
    found = dict(scene.explainer.n_sufficient_reasons_per_literal())
    assert {k: v for k, v in found.items() if v} == scene.reference.per_literal()
    each = dict(scene.explainer.n_sufficient_reasons_per_feature())
    assert {k: v for k, v in each.items() if v} == dict(scene.reference.per_feature())


def _subset(scene: Scene, items: Any) -> list[Any]:
    listed = list(items)
    return scene.choose.some(listed, 0, len(listed))


def checks(scene: Scene) -> None:
    """``is_reason``, ``is_sufficient_reason``, ``is_implicant`` on any sets, and on reasons."""
    if not scene.literal:
        return
    reference = scene.reference
    known = list(reference.sufficient[:2])
    for reason in (*known, _subset(scene, reference.universe), _subset(scene, reference.universe)):
        if any(map(reference.is_idle, reason)):
            continue
        for name, expected in (("is_reason", reference.holds(reason)), ("is_implicant", reference.holds(reason)),
                               ("is_sufficient_reason", reference.is_sufficient(reason))):  # fmt: skip
            answered(scene, name, reason, expected)
    names = [unit.name for unit in reference.tested if unit.name not in scene.excluded]
    for reason in (*map(sorted, list(reference.sufficient_features())[:2]), _subset(scene, names)):
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


def votes(scene: Scene) -> None:
    """Majoritary reasons, by the vote of each tree in each row."""
    if not scene.literal or scene.kind.family != "forest" or not hasattr(scene.model, "estimators_"):
        return
    every = majority(scene)
    some(scene, "majoritary_reason", every.sufficient)
    some(scene, "minimal_majoritary_reason", every.minimal_sufficient())
    for reason in (*every.sufficient[:2], _subset(scene, every.universe)):
        if not any(map(every.is_idle, reason)):
            answered(scene, "is_majoritary_reason", reason, every.is_sufficient(reason))


class Majority(Reference):
    """More than half of some references hold."""

    def __init__(self, whole: Reference, members: list[Reference]) -> None:
        vars(self).update({k: v for k, v in vars(whole).items() if k not in ("game", "sufficient", "_written")})
        game = whole.literals_game()
        holds = np.sum([~member.game.fails for member in members], axis=0) * 2 > len(members)
        always = int(game.closure[0])
        allowed = (game.sets & game.excluded & ~always) == 0
        game.__dict__["sufficient"] = [int(s) for s in np.flatnonzero(minimal(game.closed & holds & allowed))]
        self.__dict__["game"] = game


def majority(scene: Scene) -> Majority:
    """Brute force over subsets of literals, tree by tree."""
    model = scene.model
    seen = getattr(model, "estimators_features_", [range(len(scene.world.names))] * len(model.estimators_))
    members = []
    for tree, columns in zip(model.estimators_, seen, strict=True):

        def votes_of(rows: np.ndarray, tree: Any = tree, columns: Any = columns) -> np.ndarray:
            said = np.asarray(tree.predict(rows[:, list(columns)]))
            return said.astype(np.int64)

        member = scene.table(votes_of)
        member.label = scene.own
        members.append(member)
    return Majority(scene.reference, members)


def tree_specific(scene: Scene) -> None:
    """Sufficient, and so are no fewer as each tree's worst leaves say (which is_tree_specific_reason tells)."""
    found = scene.explainer.tree_specific_reason()
    fewest = scene.explainer.minimal_tree_specific_reason()
    for one in (found, fewest):
        if one is None:
            continue
        if scene.literal:
            assert scene.reference.holds(one), f"{one} does not force the outcome"
        assert scene.explainer.is_tree_specific_reason(one, check_minimal_inclusion=one is found).value in (True, None)
    if found is not None and fewest is not None and str(fewest.status) == "optimal":
        assert len(fewest) <= len(found)


def shares(scene: Scene) -> None:
    """``attribution`` and ``scores``, by all reasons and all coalitions."""
    if not scene.literal or scene.excluded:
        return
    every = scene.reference.sufficient_features()
    kind = scene.choose.one_of(["ffa", "wffa"])
    found = scene.explainer.attribution(kind=kind)
    proved(found)
    names = [column.name for column in scene.world.columns]
    weights = dict.fromkeys(names, 0.0)
    for reason in every:
        for name in reason:
            weights[name] += 1.0 / len(every) if kind == "ffa" else 1.0 / len(reason)
    total = math.fsum(weights.values()) if kind == "wffa" else 1.0
    for name, share in found.items():
        value = share.value
        expected = weights[name] / total if total else 0.0
        assert math.isclose(float(value), expected, abs_tol=1e-9), f"{kind} of {name}: {value}, expected {expected}"
    _shapley(scene, names)


def _shapley(scene: Scene, names: list[str]) -> None:
    kind = scene.choose.one_of(["shapley", "banzhaf"])
    found = scene.explainer.scores(kind=kind)
    proved(found)
    tested = list(found)
    holds = {frozenset(s): scene.forces(s) for s in _subsets([name for name in names if name in tested])}
    n = len(tested)
    for name, share in found.items():
        value, total = share.value, 0.0
        for inner, won in holds.items():
            if name not in inner and not won and holds[inner | {name}]:
                k = len(inner)
                total += 1 / (n * math.comb(n - 1, k)) if kind == "shapley" else 0.5 ** (n - 1)
        assert math.isclose(float(value), total, abs_tol=1e-9), f"{kind} of {name}: {value}, expected {total}"


def _subsets(names: list[str]) -> list[tuple[str, ...]]:
    return [tuple(name for i, name in enumerate(names) if mask >> i & 1) for mask in range(1 << len(names))]


def box(scene: Scene) -> None:
    """The largest box in cells, against all sufficient reasons."""
    if not scene.literal:
        return
    found = scene.explainer.most_general_reason()
    every = scene.reference.sufficient
    if not every:
        assert found is None
        return
    assert tuple(found) in every, f"{found} is no sufficient reason"
    if str(found.status) == "optimal":
        best = max(cells_of(scene, reason) for reason in every)
        assert cells_of(scene, found) == best, f"{found} has {cells_of(scene, found)} cells, {best} can be had"


def cells_of(scene: Scene, reason: Any) -> int:
    """How many cells the box of a reason has, added up over the features."""
    reference = scene.reference
    kept = reference.mask(reason)
    return sum(
        sum(not (cell ^ reference.x_mask) & unit.mask & kept for cell in unit.cells) for unit in reference.tested
    )


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
    "majoritary_reason": votes,
    "tree_specific_reason": tree_specific,
    "attribution": shares,
    "most_general_reason": box,
    "time_limit": limited,
}

"""Models that are written by hand, networks of signs, models on bits, formulas of labels: all of them random."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn import ensemble, linear_model, tree
from suffice import Binarizer, Builder
from suffice.encoders.binarized.models import BinarizedModel

from tests.brute.choices import Choices
from tests.soak.kinds import WEIGHED, Kind
from tests.soak.worlds import World

WHOLE = ("integer", "integer", "binary", "category", "group")
SIGNS = (">=", ">", "<=", "<", "==", "!=")
NAMES = (("no", "yes"), (False, True), (7, 3), ("c", "a", "b"), (2, 0, 5))
WEIGHTS = (-2.0, -1.0, -0.75, -0.1, 0.1, 0.3, 0.5, 1.0, 2.5)


def _thresholds(world: World, place: int, choose: Choices) -> float:
    """Draw a value of a column, or one between two of them."""
    column = next(c for c in world.columns if place in c.owned)
    values = [v[column.owned.index(place)] for v in column.values]
    known = [v for v in values if not np.isnan(v)]
    return float(choose.one_of(known)) + choose.one_of([0.0, 0.0, 0.5, -0.5])


def _grown(choose: Choices, world: World, depth: int, leaf: Callable[[], Any]) -> Any:
    """Draw a tree; its tests have all signs, and some are true of a missing value."""
    if depth == 0 or choose.whole(0, 5) == 0:
        return Builder.LeafNode(leaf())
    place = choose.whole(0, len(world.names) - 1)
    below = [_grown(choose, world, depth - 1, leaf) for _ in range(2)]
    told = {"operator": choose.one_of(SIGNS), "threshold": _thresholds(world, place, choose), "missing": choose.coin()}
    return Builder.DecisionNode(place + 1, **told, left=below[0], right=below[1])


def _leaf(choose: Choices, n: int) -> Callable[[], Any]:
    """Labels, or shares of classes: sixteenths, whose sums are exact."""
    if choose.coin():
        return lambda: choose.whole(0, n - 1)

    def shares() -> list[float]:
        cuts = sorted(choose.whole(0, 16) for _ in range(n - 1))
        return [float(part) / 16 for part in np.diff([0, *cuts, 16])]

    return shares


def _tree(choose: Choices, _: int, world: World, rows: Any, y: np.ndarray) -> Any:
    names = choose.one_of(NAMES)
    root = _grown(choose, world, choose.whole(1, 4), _leaf(choose, len(names)))
    return Builder.DecisionTree(len(world.names), root, feature_names=list(world.names), class_names=list(names))


def _trees(choose: Choices, world: World, leaf: Callable[[], Any], most: int = 5, **more: Any) -> list[Any]:
    n = choose.whole(1, most)
    return [Builder.DecisionTree(len(world.names), _grown(choose, world, choose.whole(1, 3), leaf),
                                 feature_names=list(world.names), **more) for _ in range(n)]  # fmt: skip


def _forest(choose: Choices, _: int, world: World, rows: Any, y: np.ndarray) -> Any:
    names = choose.one_of(NAMES)
    trees = _trees(choose, world, _leaf(choose, len(names)), n_classes=len(names))
    voting = choose.one_of(["soft", "hard"])
    return Builder.RandomForest(trees, n_classes=len(names), class_names=list(names), voting=voting)


def _boosted(choose: Choices, _: int, world: World, rows: Any, y: np.ndarray) -> Any:
    names = choose.one_of(NAMES)
    trees = _trees(choose, world, lambda: choose.one_of(WEIGHTS), 6)
    several = len(names) > 2
    for tree_ in trees if several else ():
        tree_.target_class = choose.whole(0, len(names) - 1)
    base = [choose.one_of(WEIGHTS) for _ in names] if several else choose.one_of(WEIGHTS)
    return Builder.BoostedTrees(trees, n_classes=len(names), class_names=list(names), base=base)


def _number(choose: Choices, _: int, world: World, rows: Any, y: np.ndarray) -> Any:
    return Builder.BoostedTreesRegression(_trees(choose, world, lambda: choose.one_of(WEIGHTS), 6), base=0.25)


def _conditions(choose: Choices, world: World) -> list[tuple[str, str, float]]:
    places = [choose.whole(0, len(world.names) - 1) for _ in range(choose.whole(1, 3))]
    signs = (">=", ">", "<=", "<", "=", "!=")
    return [(world.names[p], choose.one_of(signs), _thresholds(world, p, choose)) for p in places]


def _rules(choose: Choices, _: int, world: World, rows: Any, y: np.ndarray) -> Any:
    listed = [_conditions(choose, world) for _ in range(choose.whole(1, 5))]
    names = choose.one_of(NAMES)
    if choose.coin():
        return Builder.RuleSet(listed, feature_names=list(world.names), class_names=list(names[:2]))
    pairs = [(rule, choose.one_of(names)) for rule in listed]
    return Builder.RuleList(pairs, choose.one_of(names), feature_names=list(world.names))


def _weighed(choose: Choices, _: int, world: World, rows: Any, y: np.ndarray, *, number: bool = False) -> Any:
    names = None if number else list(choose.one_of(NAMES))
    sums = len(names) if names is not None and len(names) > 2 else 1
    weights = [
        [choose.one_of([*WEIGHTS, *[0.0] * (i > 0)]) for _ in world.names] for i in range(sums)
    ]  # 0 nowhere alone
    start = [choose.one_of(WEIGHTS) for _ in range(sums)]
    told = {"feature_names": list(world.names), "class_names": names}
    return Builder.LinearModel(weights if sums > 1 else weights[0], start, **told)


def _weighed_number(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    return _weighed(choose, seed, world, rows, y, number=True)


def _layers(choose: Choices, seed: int, inputs: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Draw weights and biases of up to two hidden layers; each third weight is no connection, now and then."""
    rng = np.random.default_rng(seed)
    sizes = [inputs, *(choose.whole(1, 5) for _ in range(choose.whole(0, 2))), choose.one_of([1, 1, 2, 3])]
    values = choose.one_of([[-1, 1], [-1, 0, 1]])
    weights = [rng.choice(values, size=(b, a)).astype(np.float64) for a, b in pairwise(sizes)]
    biases = [rng.choice([-2.0, -1.0, 0.0, 0.0, 0.5, 1.0], size=len(layer)) for layer in weights]
    return weights, biases


def _network(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray, *, ends: tuple[int, int]) -> Any:
    weights, biases = _layers(choose, seed, len(world.names))
    count = max(2, len(weights[-1]))
    names = choose.one_of([None, *(list(one) for one in NAMES if len(one) == count)])
    return Builder.BinarizedNetwork(
        weights, biases, inputs=ends, feature_names=list(world.names), class_names=names
    )  # fmt: skip


def _bits_network(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    return _network(choose, seed, world, rows, y, ends=(0, 1))


def _signs_network(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    return _network(choose, seed, world, rows, y, ends=(-1, 1))


class Module:
    """A module of PyTorch with weights that are signs; it says itself what is right."""

    def __init__(self, choose: Choices, seed: int, world: World) -> None:
        import torch
        from torch import nn

        class Sign(nn.Module):
            def forward(self, x: Any) -> Any:
                return torch.where(x >= 0, 1.0, -1.0)

        rng = np.random.default_rng(seed)
        weights, biases = _layers(choose, seed, len(world.names))
        parts: list[Any] = []
        for depth, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
            part = nn.Linear(weight.shape[1], weight.shape[0])
            part.weight.data, part.bias.data = torch.tensor(weight).float(), torch.tensor(bias).float()
            parts.append(part)
            if depth < len(weights) - 1:
                norm = nn.BatchNorm1d(len(weight))
                for told, values in (("weight", [-0.7, 0.5, 1.0, 2.0]), ("bias", [-0.6, 0.0, 0.3])):
                    getattr(norm, told).data = torch.tensor(rng.choice(values, size=len(weight))).float()
                norm.running_mean = torch.tensor(rng.normal(size=len(weight))).float()
                norm.running_var = torch.tensor(rng.uniform(0.2, 2.0, size=len(weight))).float()
                parts += [norm, Sign()]
        self.module = nn.Sequential(*parts).eval()
        self.network = Builder.BinarizedNetwork.from_torch(self.module, feature_names=list(world.names))

    def predict(self, rows: Any) -> np.ndarray:
        """What the module says."""
        import torch

        with torch.no_grad():
            sums = self.module(torch.tensor(np.asarray(rows)).float()).numpy()
        found: np.ndarray = (sums[:, 0] >= 0).astype(np.int64) if sums.shape[1] == 1 else sums.argmax(axis=1)
        return found


def _module(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    return Module(choose, seed, world)


def _on_bits(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    """A model on thresholds and categories of the columns."""
    binarizer = Binarizer(
        choose.one_of(["quantiles", "trees"]), choose.whole(1, 4), feature_names=list(world.names),
        categorical=[c.name for c in world.columns if c.kind == "category" and choose.whole(0, 2)],
    ).fit(np.asarray(rows), y)  # fmt: skip
    inner: Any = choose.one_of([
        tree.DecisionTreeClassifier(max_depth=3, random_state=seed),
        ensemble.RandomForestClassifier(3, max_depth=2, random_state=seed),
        ensemble.GradientBoostingClassifier(n_estimators=2, max_depth=2, random_state=seed),
        linear_model.LogisticRegression(C=choose.one_of([0.1, 1.0])),
    ])  # fmt: skip
    return BinarizedModel(binarizer, inner.fit(binarizer.transform(np.asarray(rows)), y))


def _formulas(choose: Choices, _: int, world: World, rows: Any, y: np.ndarray) -> Any:
    """A label is a formula, another one a formula or a tree."""

    def clauses() -> list[list[int]]:
        n = len(world.names)
        return [[choose.one_of([-1, 1]) * choose.whole(1, n) for _ in range(choose.whole(1, 3))]
                for _ in range(choose.whole(1, 3))]  # fmt: skip

    names = list(world.names)
    one = Builder.LabelCNF(clauses(), feature_names=names)
    root = _grown(choose, world, 2, lambda: choose.whole(0, 1))
    drawn = Builder.DecisionTree(len(names), root, feature_names=names, class_names=[0, 1])
    other = choose.one_of([drawn, Builder.LabelCNF(clauses(), feature_names=names)])
    return Builder.MultiLabel(choose.one_of([[one, other], [other, one]]), feature_names=names)


BUILT: dict[str, Kind] = {
    "built tree": Kind("tree", fit=_tree, missing=True, between=False),
    "built forest": Kind("forest", fit=_forest, missing=True, between=False),
    "built boosting": Kind("boosted", fit=_boosted, missing=True, between=False),
    "built regressor": Kind("boosted", fit=_number, missing=True, between=False, target="number"),
    "rules": Kind("boosted", fit=_rules, missing=True, between=False),
    "built sum": Kind("boosted", fit=_weighed, columns=WEIGHED, between=False),
    "built sum of a number": Kind("boosted", fit=_weighed_number, columns=WEIGHED, between=False, target="number"),
    "network of bits": Kind("boosted", fit=_bits_network, columns=("binary",)),
    "network of signs": Kind("boosted", fit=_signs_network, columns=("sign",)),
    "network of torch": Kind("boosted", fit=_module, columns=("sign",), needs="torch", named=False,
                             given=lambda model: model.network),
    "on bits": Kind("boosted", fit=_on_bits, columns=("integer", "binary", "category", "number"), codes=True,
                    near=1e-9),
    "formulas of labels": Kind("multilabel", fit=_formulas, columns=("binary",), target="labels"),
}  # fmt: skip

"""Pertinent negatives and positives of tiny networks, functions and estimators: each point is judged anew."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import ensemble, linear_model
from suffice.engine.errors import UndecidedError

from tests.brute.choices import Choices
from tests.soak.kinds import Kind

TINY = 1e-30  # shares below it count as it
Judge = Callable[[np.ndarray], np.ndarray]


@dataclass
class Asked:
    """A model, what judges its points (in float64 where it can), and what is asked."""

    model: Any
    judge: Judge
    as_it_is: Judge
    labels: list[Any]
    how: dict[str, Any]
    X: np.ndarray
    groups: list[list[int]]
    fixed: list[int]

    @property
    def base(self) -> np.ndarray:
        """No information, a number a feature."""
        found: np.ndarray = np.broadcast_to(np.asarray(self.how["no_info"], np.float64), self.X.shape[1:]).copy()
        return found

    def scores(self, points: np.ndarray, judge: Judge) -> np.ndarray:
        """What margins are taken of: logits, logarithms or shares."""
        told = np.asarray(judge(points), np.float64).reshape(len(points), -1)
        logits, loss = self.how["output"] == "logits", self.how["loss"]
        if told.shape[1] == 1:
            told = np.hstack([0 * told, told]) if logits else np.hstack([1 - told, told])
        if logits and loss == "proba":
            told = np.exp(told - told.max(axis=1, keepdims=True))
            return np.asarray(told / told.sum(axis=1, keepdims=True))
        return told if logits or loss == "proba" else np.log(np.maximum(told, TINY))


def _network(choose: Choices, seed: int, width: int) -> tuple[Any, Judge, Judge, str]:
    """A module with weights of its own, and the same in float64."""
    import torch
    from torch import nn

    rng = np.random.default_rng(seed)
    hidden, count = choose.whole(2, 6), choose.one_of([1, 2, 3, 4])
    net = nn.Sequential(nn.Linear(width, hidden), choose.one_of([nn.ReLU, nn.Tanh])(), nn.Linear(hidden, count)).eval()
    for part in (net[0], net[2]):
        part.weight.data = torch.tensor(rng.normal(scale=2.0, size=part.weight.shape)).float()
        part.bias.data = torch.tensor(rng.normal(size=part.bias.shape)).float()
    if choose.whole(0, 2) == 0:
        net = nn.Sequential(*net, nn.Sigmoid() if count == 1 else nn.Softmax(dim=1)).eval()
    kind = "proba" if len(net) > 3 else "logits"
    double = copy.deepcopy(net).double()
    if choose.whole(0, 3) == 0:
        net = net.double()
    dtype = next(net.parameters()).dtype

    def asked(module: Any, own: Any) -> Judge:
        def judge(points: np.ndarray) -> np.ndarray:
            with torch.no_grad():
                found: np.ndarray = module(torch.tensor(points).to(own)).numpy()
            return found

        return judge

    return net, asked(double, torch.float64), asked(net, dtype), kind


def _function(choose: Choices, seed: int, width: int) -> tuple[Any, Judge, Judge, str]:
    """A function of arrays, which returns shares or logits."""
    rng = np.random.default_rng(seed)
    count = choose.one_of([2, 3])
    first, second = rng.normal(scale=2.0, size=(width, 4)), rng.normal(size=(4, count))
    shares = choose.coin()

    def function(points: Any) -> np.ndarray:
        told = np.tanh(np.asarray(points, np.float64) @ first) @ second
        powers = np.exp(told - told.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True)) if shares else told

    return function, function, function, "proba" if shares else "logits"


def _estimator(choose: Choices, seed: int, width: int) -> tuple[Any, Judge, Judge, str]:
    """A fitted classifier of scikit-learn; forests are steps."""
    rng = np.random.default_rng(seed)
    rows = rng.uniform(-1, 1, size=(60, width))
    y = np.array(choose.one_of([("no", "yes"), (3, 1, 2)]))[(rows[:, 0] + rows[:, -1] ** 2 > 0.3).astype(int)]
    forest = ensemble.RandomForestClassifier(3, max_depth=3, random_state=seed)
    model = choose.one_of([linear_model.LogisticRegression(C=5.0), forest]).fit(rows, y)
    return model, model.predict_proba, model.predict_proba, "proba"


def drawn(choose: Choices, seed: int) -> Asked:
    """Draw a model, rows, ranges, groups and all options of the search."""
    rng = np.random.default_rng(seed)
    width = choose.whole(1, 4)
    groups = [list(range(width, width + 3))] if choose.whole(0, 3) == 0 else []
    whole = width + 3 * len(groups)
    model, judge, as_it_is, kind = choose.one_of([_network, _network, _function, _estimator])(choose, seed, whole)
    low, high = choose.one_of([(-1.0, 1.0), (-1.0, 2.0), (0.0, 1.0)])
    no_info: Any = choose.one_of([0.0, low, -0.25])
    if groups or choose.coin():
        no_info = rng.choice([0.0, low, 0.3, -2.0], size=whole)
        for group in groups:
            no_info[group] = choose.one_of([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    X = rng.uniform(low, high, size=(choose.whole(1, 4), whole)).astype(choose.one_of([np.float32, np.float64]))
    for group in groups:
        X[:, group] = np.eye(3)[rng.integers(3, size=len(X))]
    X = np.clip(X, np.float32(low), np.float32(high)).astype(X.dtype)
    loss = choose.one_of(["logit", "proba"])
    how = {
        "output": kind, "no_info": no_info, "feature_range": (low, high), "loss": loss,
        "kappa": choose.one_of([0.0, 0.0, 0.1, 0.3]), "beta": choose.one_of([0.0, 0.1, 1.0]),
        "prox": choose.one_of(["exact", "exact", "paper"]),
        "pp_space": choose.one_of(["data"] if groups else ["data", "delta"]),
        "refine": choose.whole(0, 3) > 0, "max_iterations": 12, "c_steps": 3,
        "scale": choose.one_of([None, None, rng.uniform(0.5, 2.0, size=whole)]),
    }  # fmt: skip
    fixed = choose.some(range(width), 0, width) if choose.whole(0, 2) == 0 else []
    labels = list(getattr(model, "classes_", range(max(2, np.asarray(as_it_is(X[:1])).reshape(1, -1).shape[1]))))
    return Asked(model, judge, as_it_is, labels, how, X, groups, fixed)


def contrasts(choose: Choices, seed: int) -> None:
    """Ask for negatives and positives, and judge each point; one row alone has the same bits as among others."""
    from suffice.neural import CEM

    asked = drawn(choose, seed)
    own = asked.scores(asked.X, asked.as_it_is).argmax(axis=1)
    cem = CEM(asked.model, groups=asked.groups or None, immutable=asked.fixed or None, **asked.how)
    target = choose.one_of([None, None, *asked.labels])
    for mode in ("PN", "PP"):
        more = {"target": target} if mode == "PN" and target is not None else {}
        found = cem.explain(asked.X, mode, **more)
        wanted = set(range(len(asked.labels))) if target is None or mode == "PP" else {asked.labels.index(target)}
        for i, row in enumerate(found):
            assert row.original == asked.labels[own[i]], (row.original, asked.labels[own[i]])
            goal = {int(own[i])} if mode == "PP" else wanted - ({int(own[i])} if target is None else set())
            _judge(asked, row, mode, goal, int(own[i]))
        if len(asked.X) > 1 and found.work.reproducible:
            alone = cem.explain(
                asked.X[-1:], mode, **({"target": target} if mode == "PN" and target is not None else {})
            )
            assert np.allclose(alone.point[0], found.point[-1], 1e-4, 1e-4, equal_nan=True), (alone.point, found.point)
            if not np.array_equal(alone.point[0], found.point[-1], equal_nan=True):
                raise UndecidedError("the probe of places missed a last bit")


def _judge(asked: Asked, row: Any, mode: str, goal: set[int], own: int) -> None:
    """Check one answer: class, margin, ranges, what may change, and the numbers that are told of it."""
    x, outcome = np.asarray(row.instance, np.float64), str(row.outcome)
    if not row.found:
        assert row.point is None and row.reason, row
        if outcome == "impossible":
            assert own in goal or not _may_move(asked, x, mode), (row.reason, goal, own)
        return
    point = np.asarray(row.point)
    told = asked.scores(point[None], asked.judge)[0]
    inside, outside = max(told[list(goal)]), max(told[[k for k in range(len(told)) if k not in goal]])
    kappa = asked.how["kappa"]
    assert inside - outside >= kappa and inside > outside, (inside, outside, kappa)
    assert abs(row.margin - (inside - outside)) < 1e-6 * (1 + abs(inside - outside)), (row.margin, inside - outside)
    chosen = int(asked.scores(point[None], asked.as_it_is)[0].argmax())
    assert row.prediction == asked.labels[chosen] and chosen in goal, (row.prediction, chosen, goal)
    p = point.astype(np.float64)
    start = _allowed(asked, x, p, mode, row)
    assert (outcome == "empty") == (mode == "PP" and not np.asarray(row.delta).any()), outcome
    scale = np.ones(len(x)) if asked.how["scale"] is None else np.asarray(asked.how["scale"], np.float64)
    delta = (p - start) / scale
    l1, l2, beta = np.abs(delta).sum(), np.sqrt((delta**2).sum()), asked.how["beta"]
    assert np.allclose([row.l1, row.l2, row.objective], [l1, l2, beta * l1 + l2**2], rtol=1e-4, atol=1e-5), (
        row,
        l1,
        l2,
    )


def _allowed(asked: Asked, x: np.ndarray, p: np.ndarray, mode: str, row: Any) -> np.ndarray:
    """Check that a point may be, and return what its distance is taken from."""
    (low, high), b, fixed = asked.how["feature_range"], asked.base, asked.fixed
    plain = np.array([not any(i in group for group in asked.groups) for i in range(len(x))])
    if mode == "PN":
        assert (p >= low).all() and (p <= high).all(), f"{p} is out of range"
        assert ((p == x) | (np.abs(p - b) > np.abs(x - b)) | ~plain).all(), f"{p} is nearer to {b} than {x}"
        assert (p[fixed] == x[fixed]).all(), "an immutable feature moved"
        for group in asked.groups:
            assert sorted(p[group]) == [0, 0, 1], p[group]
            assert (p[group] == x[group]).all() or p[group].argmax() != b[group].argmax() or not b[group].any()
        return x
    base = np.clip(b, low, high)
    base[fixed] = x[fixed]
    least, most = np.minimum(base, x), np.maximum(base, x)
    if asked.how["pp_space"] == "data":
        assert ((p >= least) & (p <= most) | ~plain).all(), f"{p} is not between {base} and {x}"
        for group in asked.groups:
            assert (p[group] == x[group]).all() or (p[group] == base[group]).all(), p[group]
        return np.float64(base.astype(row.point.dtype))
    rest = x - p
    assert ((rest >= least - 1e-6) & (rest <= most + 1e-6) | ~plain).all(), f"{rest} is not between {base} and {x}"
    return np.zeros_like(x)


def _may_move(asked: Asked, x: np.ndarray, mode: str) -> bool:
    """Whether any feature may be something else than it is."""
    (low, high), b = asked.how["feature_range"], asked.base
    plain = [i for i in range(len(x)) if i not in asked.fixed and not any(i in group for group in asked.groups)]
    if mode == "PN":
        free = [max(abs(low - b[i]), abs(high - b[i])) > abs(x[i] - b[i]) for i in plain]
        return any(free) or bool(asked.groups)
    return any(np.clip(b[i], low, high) != x[i] for i in plain) or bool(asked.groups)


CONTRASTS: dict[str, Kind] = {"contrasts": Kind("neural", alone=contrasts, needs="torch", asked=("contrasts",))}

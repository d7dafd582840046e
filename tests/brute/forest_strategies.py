"""Random forest cases: by hypothesis, and by a seed."""

from __future__ import annotations

import contextlib
import functools
import math
import unittest.mock
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor
from suffice.engine.ensembles.question import EnsembleQuestion

from tests.brute.choices import Choices, Drawn, Seeded, UnusableError
from tests.brute.domain import Declared
from tests.brute.forest_cases import ForestCase
from tests.brute.forests import Forest, Values, of_ensemble, scores_of_assignments
from tests.brute.strategies import (
    EDGES,
    LABELS,
    Grower,
    ask_about,
    ask_large,
    budget,
    declare,
    edge_values,
    training_data,
    with_missing,
)

KINDS = ("hand", "classifier", "regressor")
THIRD = 1 / 3
ROWS_AT_MOST = 1 << 17  # of the domain of a large case
ROWS: dict[int, tuple[tuple[float, ...], ...]] = {
    2: (
        (1.0, 0.0), (0.0, 1.0), (0.5, 0.5), (THIRD, 2 / 3), (2 / 3, THIRD), (0.1, 0.9), (0.9, 0.1), (0.3, 0.7),
        (0.7, 0.3), (0.2, 0.8), (0.6, 0.4), (0.1 + 0.2, 0.7),
    ),
    3: (
        (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (THIRD, THIRD, THIRD), (0.1, 0.2, 0.7), (0.7, 0.1, 0.2),
        (0.5, 0.5, 0.0), (0.0, 0.5, 0.5), (0.3, 0.3, 0.4),
    ),
    4: (
        (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0), (0.1, 0.2, 0.3, 0.4),
        (0.25, 0.25, 0.25, 0.25),
    ),
}  # fmt: skip


def _features(choose: Choices, n: int) -> tuple[tuple[str, ...], Declared]:
    """Choose names and types of the columns."""
    plain = choose.coin()
    names, declared = (tuple(f"f{i}" for i in range(1, n + 1)), Declared()) if plain else declare(choose, n)
    return names, with_missing(choose, n, declared)


def make_hand_built(choose: Choices, **ask: Any) -> ForestCase:
    """Build a forest by hand, with all operators; leaves are labels or rows of probabilities."""
    n = choose.one_of([1, 2, 3, 4, 5])
    names, declared = _features(choose, n)
    edge = choose.one_of([None, None, None, *EDGES])
    numbers = [0.5, 0.0, 1.0, 2.0, 1.5, -1.0] if edge is None else edge_values(edge, np.float64)
    grouped = {c for _, columns in declared.groups for c in columns}
    pools = [[0.5, 1.0, 0.5, 0.0] if c in grouped else numbers for c in range(n)]
    voting = choose.one_of(["soft", "hard"])
    classes = choose.one_of([2, 2, 3, 4])
    labels_only = choose.one_of([True, False, False])
    rows = ROWS[classes][:2] if labels_only and classes == 2 else ROWS[classes]
    leaves = [Values(row) for row in [*rows, *[rows[0]] * choose.one_of([0, 2, 4])]]
    grower = Grower(choose, pools, declared.missing)
    rooms = [choose.one_of([0, 1, 2, 3, 4, 5, 7]) for _ in range(choose.one_of([1, 2, 3, 3, 4, 5]))]
    forest = Forest(tuple(grower.tree(room, leaves) for room in rooms), voting)
    case = ForestCase(forest, names, tuple(range(classes)), (0.0,) * n, declared)
    found: ForestCase = ask_about(choose, case, **ask)  # type: ignore[assignment]
    return found


TIES = tuple(
    Values((p, q, *[(1 - p - q) / 8] * 8))
    for p, q in ((0.1, 0.3), (0.3, 0.1), (0.15, 0.35), (0.35, 0.15), (0.2, 0.2), (0.25, 0.25), (0.4, 0.4), (0.5, 0.5))
)


def make_ties(choose: Choices, **ask: Any) -> ForestCase:
    """Build a forest of ten classes by hand whose first two tie or nearly tie: how sums are rounded decides."""
    n = choose.one_of([1, 2, 3, 4])
    grower = Grower(choose, [[0.5]] * n, frozenset())
    rooms = [choose.whole(0, 3) for _ in range(choose.whole(2, 6))]
    forest = Forest(tuple(grower.tree(room, TIES) for room in rooms), "soft")
    case = ForestCase(forest, tuple(f"f{i}" for i in range(1, n + 1)), tuple(range(10)), (0.0,) * n)
    found: ForestCase = ask_about(choose, case, **ask)  # type: ignore[assignment]
    return found


def _unfitted(choose: Choices, classes: Sequence[Any] | None, leaves: int, trees: int, rows: int, seed: int) -> Any:
    """Choose an ensemble of scikit-learn."""
    forests: Sequence[Any] = [RandomForestClassifier, ExtraTreesClassifier]
    alone: Sequence[Any] = [DecisionTreeClassifier, ExtraTreeClassifier]
    regression = classes is None
    if regression:
        forests, alone = [RandomForestRegressor, ExtraTreesRegressor], [DecisionTreeRegressor, ExtraTreeRegressor]
    limits = {"max_leaf_nodes": leaves} if choose.coin() else {"max_depth": max(1, int(math.log2(leaves)))}
    if classes is not None and "1" not in classes:  # scikit-learn fails on weights of such texts
        limits["class_weight"] = choose.one_of([None, None, "balanced"])
    if regression and trees == 1:
        return choose.one_of(alone)(random_state=seed, **limits)
    if choose.whole(0, 3) < 3:
        kind = choose.one_of(forests)
        return kind(trees, random_state=seed, bootstrap=choose.coin(), max_features=choose.one_of([1, 1.0]), **limits)
    bagging = BaggingRegressor if regression else BaggingClassifier
    return bagging(
        choose.one_of(alone)(**limits),
        n_estimators=trees,
        random_state=seed,
        max_features=choose.one_of([1.0, 0.5]),
        max_samples=choose.one_of([rows, max(1, rows // 2)]),
        bootstrap_features=choose.coin(),
    )


def make_scikit_learn(choose: Choices, regression: bool, large: bool = False, **ask: Any) -> ForestCase:
    """Fit a small ensemble of scikit-learn on few rows; `large`: not quite so small, nor so few."""
    n = choose.one_of([4, 6, 8, 10] if large else [1, 2, 3, 4, 5])
    seed = choose.whole(0, 2**32 - 1)
    names, declared = _features(choose, n)
    style, edge = choose.one_of(["small", "small", "real", *["edge"] * (not large)]), choose.one_of(EDGES)
    rows, skew = (
        choose.one_of([20, 40, 90] if large else [3, 5, 8, 12, 20]),
        choose.one_of([0.5, 0.5, 0.5, 0.5 if large else 0.2]),
    )
    trees = choose.one_of([4, 5, 8, 12, 20] if large else [1, 2, 3, 4, 5, 6])
    room = 60 if large and style == "small" else 20 if large else 15
    leaves = choose.one_of([leaves for leaves in (2, 3, 4, 6, 8) if trees * (leaves - 1) <= room])
    voting = "value" if regression else choose.one_of(["soft", "soft", "hard"])
    classes = (0.0, 1.0, 2.0, 0.1, 0.2, 0.3, 1e9) if regression else choose.one_of([c for c in LABELS if 0.5 not in c])
    model = _unfitted(choose, None if regression else classes, leaves, trees, rows, seed % 1000)
    rng = np.random.default_rng(seed)
    holes = declared if choose.coin() else replace(declared, missing=frozenset())
    X = training_data(rng, (names, holes), rows, style, edge)
    y = np.array(classes)[np.where(rng.random(rows) < 2 * skew, rng.integers(0, len(classes), size=rows), 0)]
    if any(not name.startswith("f") for name in names):
        import pandas as pd

        X = pd.DataFrame(X, columns=list(names))
    with np.errstate(all="ignore"):  # sums of huge numbers
        model.fit(X, y)
    recipe = f"{model!r} fitted on X={np.asarray(X).tolist()}, y={y.tolist()}"
    found = () if regression else tuple(model.classes_.tolist())
    forest = of_ensemble(model, voting)
    case = ForestCase(forest, names, found, (0.0,) * n, declared, single=True, fitted=model, recipe=recipe)
    if large:
        choose.need(
            case.domain.n >= 8
            and math.prod(len(unit.cells) for unit in case.domain.units if unit.numbers) <= ROWS_AT_MOST
        )
        ask_large(choose, case)
        choose.need(case.theory or 1 << case.domain.n <= ROWS_AT_MOST)
    else:
        ask_about(choose, case, **ask)
    if regression:
        case.interval = _interval(choose, case)
    if regression and not large:
        case.check()
    return case


def _interval(choose: Choices, case: ForestCase) -> tuple[float, float]:
    """Choose an interval around the prediction whose ends are at or next to other predictions."""
    some = np.random.default_rng(case.seed).integers(0, 1 << case.domain.n, size=2000)
    masks = np.concatenate([case.domain.cells()[:2000], some])
    known = scores_of_assignments(case.tree, masks, case.domain.literal)[:, 0]
    own = float(scores_of_assignments(case.tree, np.array([case.domain.truth_mask(case.x)]), case.domain.literal)[0, 0])
    below, above = (np.unique([own, *side]) for side in (known[known <= own], known[known >= own]))
    lower = float(choose.one_of([-1e30, below[0], below[len(below) // 2], *below[-2:]]))
    upper = float(choose.one_of([1e30, above[-1], above[len(above) // 2], *above[:2]]))
    if lower < own and choose.coin():
        lower = math.nextafter(lower, math.inf)
    if upper > own and choose.coin():
        upper = math.nextafter(upper, -math.inf)
    return lower, upper


def make_forest(choose: Choices, kinds: Sequence[str] = KINDS, **ask: Any) -> ForestCase:
    """Make a forest case of one of the kinds."""
    kind = choose.one_of([kind for kind in kinds if kind != "hand" or not ask.get("large")])
    if kind in ("hand", "ties"):
        return (make_ties if kind == "ties" else make_hand_built)(choose, **ask)
    return make_scikit_learn(choose, kind == "regressor", **ask)


@st.composite
def forests(draw: Any, **ask: Any) -> ForestCase:
    """All kinds of small forests; `kinds`, `theory`, `exclude`, `clauses` and `large` fix what is asked."""
    return make_forest(Drawn(draw), **ask)


# merged rows from the start, rows of few leaves (so that searches need finer fronts), both, neither
SEARCHES = ({}, {"patience": 0}, {"patience": 0, "widest": 3}, {"patience": 3, "widest": 2})


def each_forest(examples: int, **ask: Any) -> Callable[[Any], Any]:
    """Make a test of one case a property test; it keeps the plain test and what it asks for (see soak.py)."""

    def wrap(test: Any) -> Any:
        @functools.wraps(test)
        def searched(case: ForestCase) -> None:
            ways = SEARCHES[zlib.crc32(repr(case).encode()) % len(SEARCHES)]
            with unittest.mock.patch.object(EnsembleQuestion, "search", ways):
                test(case)

        found = budget(examples)(given(forests(**ask))(searched))
        found.plain_test, found.asked = searched, ask
        return found

    return wrap


def seeded_forests(seed: int, **ask: Any) -> Iterator[tuple[int, ForestCase]]:
    """Endless cases, each with the seed that makes it again."""
    while True:
        with contextlib.suppress(UnusableError):
            case = make_forest(Seeded(seed), **ask)
            yield seed, case
        seed += 1

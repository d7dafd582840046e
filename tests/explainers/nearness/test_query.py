"""Reasons within a distance, and how far reasons hold, are those of all cells of small models that lie in the ball."""

from __future__ import annotations

import math

import numpy as np
import pytest
import suffice
from hypothesis import given
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer

from tests.brute.amounts import some
from tests.brute.compare import pair
from tests.brute.forest_cases import ForestCase
from tests.brute.forest_strategies import each_forest
from tests.brute.forests import Forest, Values
from tests.brute.game import Game
from tests.brute.strategies import budget, cases
from tests.brute.trees import Condition, Split

NORMS = ("linf", "l1", "l0")


def far(unit, value, own, declared, norm):
    """How far a value of a feature is from the instance's."""
    if norm == "l0":
        return 1.0
    column = unit.columns[0]
    numbers = not (len(unit.columns) > 1 or column in declared.binary or column in dict(declared.category))
    if math.isnan(value[0]) or math.isnan(own[0]):
        return math.inf if math.isnan(value[0]) != math.isnan(own[0]) or numbers else 1.0
    return abs(value[0] - own[0]) if numbers else 1.0


def distances(reference, case, norm, weights):
    """The distance of each cell tuple of the domain."""
    total = np.zeros(len(reference.masks))
    for unit in reference.tested:
        own = tuple(case.x[c] for c in unit.columns)
        weight = float(np.mean([weights[c] for c in unit.columns]))
        cost = {
            mask: 0.0 if mask == reference.x_mask & unit.mask else
            min(far(unit, value, own, case.declared, norm) for value in values) * weight
            for mask, values in unit.cells.items()
        }  # fmt: skip
        each = np.array([cost[int(one)] for one in reference.masks & unit.mask])
        total = np.maximum(total, each) if norm == "linf" else total + each
    return total


class Ball:
    """Brute force within a distance."""

    def __init__(self, reference, away, radius):
        self.reference, self.near = reference, away <= radius

    def games(self, over, target=None):
        """The game of literals, or of features, whose bad rows are in the ball."""
        ref = self.reference
        plain = ref.literals_game(target) if over == "literals" else ref.features_game(target)
        bad = ref.is_bad(target) & self.near
        agree = ~(ref.masks[bad] ^ ref.x_mask) & ((1 << ref.n) - 1)
        rows = agree if over == "literals" else ref._by_feature(agree)
        return Game(plain.n, plain.cells, np.unique(rows), plain.excluded)


def check_reasons(explainer, ball, how):
    ref = ball.reference
    for over in ("literals", "features"):
        game, mask = ball.games(over), ref.mask if over == "literals" else ref.names_mask
        reason = explainer.restricted_reason(over=over, **how)
        least = explainer.minimal_restricted_reason(over=over, **how)
        closed = {game.close(one) for one in game.sufficient}
        assert (reason is None) == (least is None) == (not closed), (how, over)
        if reason is not None:
            assert (reason.status, least.status) == ("proved", "optimal")
            assert game.close(mask(reason)) in closed, (how, over)
            assert game.close(mask(least)) in closed
            sizes = [bin(game.written(one)).count("1") for one in game.sufficient]
            assert len(least) == min(sizes) == least.proof.cost == least.proof.lower
        check_changes(explainer, ref, game, over, how)


def check_changes(explainer, ref, game, over, how):
    mask = ref.mask if over == "literals" else ref.names_mask
    written = {game.written(one, negated=True) for one in game.contrastive}
    change = explainer.restricted_contrastive_reason(over=over, **how)
    least = explainer.minimal_restricted_contrastive_reason(over=over, **how)
    assert (change is None) == (least is None) == (not written), (how, over)
    if change is not None:
        assert (change.status, least.status) == ("proved", "optimal")
        assert mask(change) in written, (how, over)
        assert mask(least) in written
        assert len(least) == min(bin(one).count("1") for one in written) == least.proof.lower
        assert change.witness is not None  # the model's own predict confirms it
        assert least.witness is not None


def check(case):
    explainer, reference = pair(case)
    if not case.theory or getattr(explainer.session.compiled, "regression", False) or not np.isfinite(case.x).all():
        return
    if max(map(abs, case.x), default=0.0) > 1e6 or any(abs(c.threshold) > 1e6 for c in reference.domain.conditions):
        return
    rng = np.random.default_rng(case.seed)
    for norm in NORMS:
        weights = rng.choice([0.5, 1.0, 2.0, 0.0], len(case.x), p=[0.3, 0.4, 0.2, 0.1])
        away = distances(reference, case, norm, weights)
        bad = reference.is_bad()
        chosen = [v for v in reference.universe if rng.random() < 0.4]
        kept = reference.mask(chosen)
        agree = ((reference.masks ^ reference.x_mask) & kept) == 0
        nearest = float(away[agree & bad].min(initial=math.inf))
        found = explainer.reach(chosen, norm, weights=weights)
        assert found.status == "proved"
        assert found.lower == pytest.approx(nearest, rel=1e-5, abs=1e-5)
        assert found.upper == pytest.approx(nearest, rel=1e-5, abs=1e-5)
        levels = np.unique(away[np.isfinite(away)])
        radius = float(rng.choice(levels)) * 1.01 + 1e-4
        if not ((np.abs(levels - radius)) < 1e-5).any():
            ball = Ball(reference, away, radius)
            check_reasons(explainer, ball, {"radius": radius, "norm": norm, "weights": weights})


@budget(60)
@given(cases(exclude=True))
def test_trees(case):
    check(case)


@each_forest(40, exclude=True)
def test_forests(case):
    check(case)


def iris(instance=60, kind=DecisionTreeClassifier, **more):
    data = load_iris(as_frame=True)
    model = kind(random_state=0, **more).fit(data.data, data.target)
    return Explainer.initialize(model, data.data.iloc[instance], background=data.data), data


def test_an_example():
    explainer, _ = iris()
    reason = explainer.restricted_reason(1.0)
    assert reason.features == ("0.8 < petal width (cm) <= 1.65",)
    assert (reason.kind, reason.proof.note) == ("restricted sufficient", "within linf distance 1")
    assert explainer.reach(reason).lower == pytest.approx(1.45, rel=1e-6)
    assert explainer.reach(reason.features).lower == explainer.reach(reason).lower
    assert explainer.reach(["petal width (cm)"], over="features").lower > 1
    assert explainer.reach(explainer.sufficient_reason()).lower == math.inf
    change = explainer.restricted_contrastive_reason(1.0)
    moved = np.abs(np.array(change.witness) - np.array(explainer.session.here.row)).max()
    assert 0 < moved <= 1.0
    assert explainer.restricted_contrastive_reason(0.1) is None
    assert explainer.restricted_reason(0.1).features == ()
    assert "every input so near" in explainer.restricted_reason(0.1)._repr_html_()


def test_a_class_that_is_wanted_and_what_stays():
    explainer, _ = iris(kind=RandomForestClassifier, n_estimators=7)
    assert explainer.restricted_contrastive_reason(0.1, target=0) is None
    change = explainer.minimal_restricted_contrastive_reason(3.0, "l1", target=0, over="features")
    assert explainer.predict(change.witness) == 0
    assert change.status == "optimal"
    still = explainer.restricted_contrastive_reason(5.0, immutable=["petal width (cm)"], over="features")
    assert still is None or "petal width (cm)" not in still


def test_the_distance_is_always_told():
    """What holds nearby alone is never told as if it held everywhere."""
    explainer, _ = iris()
    reason, change = explainer.restricted_reason(1.0), explainer.restricted_contrastive_reason(1.0)
    for one in (reason, change):
        assert "within linf distance 1" in one.sentence
        assert "within linf distance 1" in one._repr_html_()
        assert "within linf distance 1" in suffice.from_json(one.to_json()).sentence
        with pytest.raises(BadInputError, match="is not certified"):
            one.certificate()
    pytest.importorskip("matplotlib")
    from suffice.report import plot_precision

    words = [text.get_text() for text in plot_precision(reason).texts]
    assert "for every input within linf distance 1, proved" in words


def test_batches_and_frames():
    explainer, data = iris(kind=RandomForestClassifier, n_estimators=5)
    rows = data.data.iloc[::15]
    for query, how in (
        ("restricted_reason", {"radius": 0.5}),
        ("minimal_restricted_contrastive_reason", {"radius": 2.0, "norm": "l1"}),
        ("reach", {"reason": ["petal width (cm)"], "over": "features", "norm": "l0"}),
    ):
        batch = explainer.batch(rows, query, n_jobs=2, **how)
        for i, found in enumerate(batch):
            explainer.set_instance(rows.iloc[i])
            alone = getattr(explainer, query)(**how)
            if query == "reach":
                assert (alone.lower, alone.upper) == (found.lower, found.upper)
            else:
                assert alone == found
    frame = explainer.batch(rows, "reach", reason=[], norm="linf").to_frame()
    assert frame["answer"].str.startswith("<Reach: holds").all()


def test_time_limits():
    data = load_iris(as_frame=True)
    model = RandomForestClassifier(300, random_state=0).fit(data.data, data.target)
    explainer = Explainer.initialize(model, data.data.iloc[70])
    reason = explainer.minimal_restricted_reason(2.0, "l1", time_limit=0.05)
    assert reason.status in ("best_so_far", "optimal")
    change = explainer.restricted_contrastive_reason(2.0, "l1", time_limit=1e-6)
    assert change is None or change.status in ("best_so_far", "proved")
    assert explainer.reach((), "l1", time_limit=1e-6).lower >= 0


def test_json():
    explainer, _ = iris()
    for norm in NORMS:
        found = explainer.reach(explainer.restricted_reason(0.5), norm)
        again = suffice.from_json(found.to_json())
        assert again == found
        assert repr(again) == repr(found)
    assert suffice.from_json(explainer.reach(explainer.sufficient_reason()).to_json()).lower == math.inf


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda e: e.restricted_reason(-1), "radius=-1"),
        (lambda e: e.restricted_reason(math.inf), "radius=inf"),
        (lambda e: e.restricted_reason(10**400), "radius=1000"),
        (lambda e: e.restricted_reason(math.nan), "radius=nan"),
        (lambda e: e.restricted_reason("1"), "radius='1'"),
        (lambda e: e.restricted_contrastive_reason(1, "l2"), "norm='l2': expected one of 'linf'"),
        (lambda e: e.reach([-e.sufficient_reason()[0]]), "is not true at the instance"),
        (lambda e: e.reach(["petal width (cm) > 1.0"]), "do not say it"),
        (lambda e: e.reach((), weights=[1, 2]), "expected 4 numbers"),
        (lambda e: e.deactivate_theory() or e.reach(()), "distances need the theory"),
    ],
)
def test_refused(ask, said):
    with pytest.raises(BadInputError, match=said.replace("(", r"\(")):
        ask(iris()[0])


def test_numbers_that_a_tree_asks_one_by_one():
    """Of f4, 0.5 is too far away and -1 is not: a box of cells that no literals say."""
    half, minus = (Condition(3, "==", number, False) for number in (0.5, -1.0))
    low, mid, high = (Values((share, 1 - share)) for share in (0.0, 0.5, 0.9))
    last = Split(Condition(1, ">", 0.5, False), Values((0.65, 0.35)), Split(minus, low, Values((1.0, 0.0))))
    rest = Split(Condition(1, "<=", 0.0, False), Split(Condition(2, ">=", -1.0, False), mid, last), low)
    other = Split(Condition(1, "!=", 0.5, False), Values((0.1, 0.9)), Values((0.3, 0.7)))
    first = Split(Condition(1, "<", 2.0, False), other, Split(half, high, rest))
    second = Split(Condition(2, "==", 1.5, False), Values((0.7, 0.3)), Values((0.3, 0.7)))
    row = (1.0, 2.0 - 2.0**-52, 1.5 + 2.0**-52, -1.0 + 2.0**-53)
    for seed in range(some(20)):
        check(ForestCase(Forest((first, second), "soft"), ("f1", "f2", "f3", "f4"), (0, 1), row, seed=seed))

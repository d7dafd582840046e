"""Models that weigh numbers: what forces within a distance does so between the listed numbers, too."""

import itertools

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from suffice import Explainer
from suffice.engine.errors import UndecidedError

from tests.brute.amounts import some

NORMS = {
    "linf": lambda change: change.max(axis=1),
    "l1": lambda change: change.sum(axis=1),
    "l0": lambda change: (change > 0).sum(axis=1),
}


class Case:
    def __init__(self, seed):
        self.rng = rng = np.random.default_rng(seed)
        n = int(rng.integers(2, 4))
        data = rng.choice([0.0, 1.0, 2.0, 4.0], (40, n))
        labels = data @ rng.normal(size=n) + rng.normal(size=40) / 2 > 1
        labels[:2] = False, True
        self.model = LogisticRegression().fit(data, labels)
        self.row = data[5]
        ranges = {f"f{i + 1}": (column.min(), column.max()) for i, column in enumerate(data.T)}
        self.explainer = Explainer.initialize(self.model, self.row, background=data, ranges=ranges)
        lists = [feature.values for feature in self.explainer.features]
        assert all(feature.listed for feature in self.explainer.features)
        self.listed = np.array(list(itertools.product(*lists)))
        between = [np.linspace(min(one), max(one), 9) for one in lists]
        self.every = np.array([*self.listed, *itertools.product(*between)])

    def away(self, rows, kept, norm):
        """How far each row is that keeps some features and is decided otherwise; infinite for others."""
        other = self.model.predict(rows) != self.model.predict([self.row])[0]
        other &= (rows[:, kept] == self.row[kept]).all(axis=1)
        return np.where(other, NORMS[norm](np.abs(rows - self.row)), np.inf)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("seed", range(some(40)))
def test_how_far_features_hold(seed, norm):
    case = Case(seed)
    kept = np.flatnonzero(case.rng.random(len(case.row)) < 0.4).tolist()
    found = case.explainer.reach([f"f{i + 1}" for i in kept], norm, over="features")
    assert found.upper == pytest.approx(case.away(case.listed, kept, norm).min())
    assert found.lower <= case.away(case.every, kept, norm).min() + 1e-9
    assert (str(found.status) == "proved") == (found.lower == pytest.approx(found.upper))
    if norm == "l0":
        assert str(found.status) == "proved"


@pytest.mark.parametrize("smallest", [False, True])
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("seed", range(some(40)))
def test_reasons_within_a_distance(seed, norm, smallest):
    case = Case(seed)
    radius = float(case.rng.choice([0.5, 1.0, 1.5, 2.5]))
    names = [f"f{i + 1}" for i in range(len(case.row))]
    query = case.explainer.minimal_restricted_reason if smallest else case.explainer.restricted_reason
    if case.rng.random() < 0.3:
        names = names[1:]
        case.explainer.set_excluded_features(["f1"])
    try:
        found = query(radius, norm=norm, over="features")
    except UndecidedError as error:
        assert norm != "l0"
        assert "between" in str(error)
        return
    own = [int(name[1:]) - 1 for name in names]
    if found is None:
        assert (case.away(case.listed, own, norm) <= radius).any()
        return
    kept = [int(name[1:]) - 1 for name in found]
    assert not (case.away(case.every, kept, norm) <= radius).any()
    if found.status in ("proved", "optimal"):
        assert all((case.away(case.listed, [i for i in kept if i != one], norm) <= radius).any() for one in kept)
    if found.status == "optimal":
        sets = itertools.chain.from_iterable(itertools.combinations(own, size) for size in range(len(kept)))
        assert all((case.away(case.listed, list(one), norm) <= radius).any() for one in sets)
    assert found.status in ("proved", "optimal") or norm != "l0"

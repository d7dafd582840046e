"""What lies at the edge of a ball is in it, to within a part of 1e-9: compared with all rows at borders of cells."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer

from tests.brute.amounts import some

IN_IT = 1 + Fraction(1, 10**9)
AROUND = (1.0, 1 - 2.0**-53, 1 - 4e-10, 1 + 4e-10, 1 - 3e-9)
UP, DOWN = np.float32(np.inf), np.float32(-np.inf)


def nearest_beyond(number, threshold):
    """Return the nearest float64 number that is read, as float32, on the other side of a threshold."""
    low = np.float32(threshold)
    low = low if float(low) <= threshold else np.nextafter(low, DOWN)
    high = np.nextafter(low, UP)
    middle = (float(low) + float(high)) / 2
    rises = float(np.float32(number)) <= threshold
    wanted = high if rises else low
    return middle if np.float32(middle) == wanted else float(np.nextafter(middle, np.inf if rises else -np.inf))


def rows_at_borders(model, x):
    """Return the rows that have in each cell the number nearest to that of x."""
    trees = [one.tree_ for one in getattr(model, "estimators_", [model])]
    cuts = [{float(t) for one in trees for t in one.threshold[one.feature == c]} for c in range(len(x))]
    return np.array(list(itertools.product(*[[x[c], *(nearest_beyond(x[c], t) for t in cuts[c])] for c in range(3)])))


def distance(row, x, norm):
    each = [abs(Fraction(float(a)) - Fraction(float(b))) for a, b in zip(row, x, strict=True)]
    return {"linf": max, "l1": sum, "l0": np.count_nonzero}[norm](each)


def least(sets):
    return {one for one in sets if not any(other < one for other in sets)}


def check(explainer, inside, radius, norm):
    """Compare reasons of features with the sets of features by which the rows inside a ball differ."""
    every = [frozenset(c) for k in range(4) for c in itertools.combinations(range(3), k)]
    sufficient, contrastive = least([s for s in every if all(s & one for one in inside)]), least(inside)
    place = {feature.name: i for i, feature in enumerate(explainer.session.features)}
    for query, expected in (("restricted_reason", sufficient), ("restricted_contrastive_reason", contrastive)):
        for minimal in (False, True):
            found = getattr(explainer, f"minimal_{query}" if minimal else query)(radius, norm, over="features")
            assert (found is None) == (not expected)
            if found is not None:
                assert frozenset(place[name] for name in found) in expected
                assert found.status == ("optimal" if minimal else "proved")
                assert not minimal or len(found) == min(map(len, expected))
                assert expected is sufficient or found.witness is not None


@pytest.mark.parametrize("norm", ["linf", "l1", "l0"])
@pytest.mark.parametrize("seed", range(some(18)))
def test_what_is_at_the_edge(seed, norm):
    rng = np.random.default_rng(seed)
    X, y = np.round(rng.normal(size=(40, 3)), 1), rng.integers(0, 2, 40)
    kinds = (DecisionTreeClassifier(max_depth=4, random_state=0), RandomForestClassifier(3, max_depth=2))
    model, x = kinds[seed % 2].set_params(random_state=seed).fit(X, y), X[0]
    rows = rows_at_borders(model, x)
    bad = rows[model.predict(rows) != model.predict([x])]
    away = [distance(row, x, norm) for row in bad]
    explainer, edge = Explainer.initialize(model, x), float(away[rng.integers(len(away))])
    for part in AROUND:
        near = [row for row, far in zip(bad, away, strict=True) if far <= Fraction(edge * part) * IN_IT]
        check(explainer, {frozenset(np.nonzero(row != x)[0].tolist()) for row in near}, edge * part, norm)

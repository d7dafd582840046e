"""Linear conditions over leaves: never silent about an input outside O, and equal to it where sums are exact."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from suffice.encoders.formulas.problems import class_problems, interval_problems
from suffice.engine.errors import BadInputError

from tests.encoders.test_ensemble_cases import random_case


def possibly_bad(case, found, truth):
    leaves = case.trees.leaves_at(truth)
    return any(
        all(row.offset + sum(row.worth[leaves].tolist()) >= row.need for row in problem) for problem in found.problems
    )


@pytest.mark.parametrize("bits", [45, 26, 8])
@pytest.mark.parametrize("divisor", [1.0, 7.0])
def test_classes(bits, divisor):
    for seed in range(12):
        for voting, n_outputs in itertools.product(("hard", "grid", "soft"), (2, 3)):
            case = random_case(
                seed, voting=voting, n_outputs=n_outputs, columns=[0, 3], depth=3, n_trees=6, divisor=divisor
            )
            if voting == "grid":
                case.trees.base[:] = 0.25
            for signs in itertools.product((False, True), repeat=n_outputs):
                good = np.array(signs)
                if good.all() or not good.any():
                    continue
                found = class_problems(case.trees, good, bits)
                assert found.exact or voting == "soft" or bits == 8
                for truth in case.truths():
                    bad = not good[case.compiled.outcome_at(truth)]
                    told = possibly_bad(case, found, truth)
                    assert told == bad if found.exact else told or not bad
                    leaves = case.trees.leaves_at(truth)
                    rows = [row for problem in found.problems for row in problem]
                    assert all(abs(row.offset + row.worth[leaves].sum()) <= found.total for row in rows)


@pytest.mark.parametrize("divisor", [1.0, 6.0])
@pytest.mark.parametrize("voting", ["grid", "soft"])
def test_intervals(voting, divisor):
    for seed in range(12):
        case = random_case(seed, voting=voting, n_outputs=1, columns=[0, 3], depth=3, n_trees=6, divisor=divisor)
        if voting == "grid":
            case.trees.base[:] = -0.5
        truths = case.truths()
        values = sorted({case.compiled.value_at(truth) for truth in truths})
        points = [*values, *(np.nextafter(v, math.inf) for v in values), 1e300, -1e300, 0.1]
        rng = np.random.default_rng(seed)
        for lower, upper in [sorted(rng.choice(points, 2)) for _ in range(8)] + [
            [-math.inf, values[0]],
            [0.0, math.inf],
        ]:
            found = interval_problems(case.trees, lower, upper)
            assert found.exact or voting == "soft"
            for truth in truths:
                bad = not lower <= case.compiled.value_at(truth) <= upper
                told = possibly_bad(case, found, truth)
                assert told == bad if found.exact else told or not bad


def test_the_error_bound_is_small():
    for seed in range(6):
        case = random_case(seed, voting="soft", n_trees=40, depth=2, columns=[0])
        found = class_problems(case.trees, np.array([True, False]))
        row = found.problems[0][0]
        assert -row.need < found.total * 1e-9


def test_what_makes_no_sense_is_refused():
    case = random_case(0)
    assert class_problems(case.trees, np.array([True, True])).problems == ()
    for good in ([False, False], [True]):
        with pytest.raises(BadInputError):
            class_problems(case.trees, np.array(good))
    with pytest.raises(BadInputError):
        interval_problems(random_case(0, n_outputs=1, voting="grid").trees, 1.0, 0.0)

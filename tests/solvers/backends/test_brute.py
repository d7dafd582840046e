"""The yardstick itself, against plain loops."""

import random
from itertools import product

import numpy as np
import pytest
from suffice.engine.errors import CapabilityError
from suffice.engine.forms import Cnf, Linear, Wcnf
from suffice.solvers.backends.brute import BruteCounter, BruteMaxSat, BruteMip, BruteSat


def random_clauses(rng, n_vars, n_clauses):
    return [[rng.choice((-1, 1)) * rng.randint(1, n_vars) for _ in range(rng.randint(1, 3))] for _ in range(n_clauses)]


def assignments(n_vars):
    return [tuple(v if bit else -v for v, bit in enumerate(bits, 1)) for bits in product((0, 1), repeat=n_vars)]


def test_sat_and_count():
    rng = random.Random(0)
    for _ in range(80):
        n_vars = rng.randint(0, 8)
        clauses = random_clauses(rng, n_vars, rng.randint(0, 20)) if n_vars else []
        cnf = Cnf.from_clauses(clauses, n_vars)
        models = [m for m in assignments(n_vars) if all(any(lit in m for lit in c) for c in clauses)]
        assert BruteCounter().count(cnf).value == len(models)
        given = [rng.choice((-1, 1)) * v for v in range(1, n_vars + 1) if rng.random() < 0.3]
        with BruteSat().open(cnf) as session:
            answer = session.solve(given)
            fitting = [m for m in models if set(given) <= set(m)]
            assert answer.is_sat == bool(fitting)
            if fitting:
                assert answer.model in fitting
                common = set.intersection(*map(set, fitting))
                assert set(session.propagate(given)[1]) == common
            else:
                core = set(answer.core)
                assert not any(core <= set(m) for m in models)
                assert all(any(core - {lit} <= set(m) for m in models) for lit in core)


def test_maxsat():
    rng = random.Random(1)
    for _ in range(50):
        n_vars = rng.randint(1, 7)
        soft = random_clauses(rng, n_vars, rng.randint(0, 8))
        wcnf = Wcnf.from_clauses(
            random_clauses(rng, n_vars, rng.randint(0, 6)), soft, [rng.randint(1, 9) for _ in soft], n_vars
        )
        costs = [wcnf.cost(m) for m in assignments(n_vars) if wcnf.hard.satisfied_by(m)]
        found = BruteMaxSat().solve(wcnf)
        assert found.cost == min(costs, default=None)


def test_mip():
    rng = random.Random(2)
    for _ in range(30):
        n = rng.randint(1, 4)
        rows = [({j: rng.randint(-3, 3) for j in range(n)}, rng.randint(-5, 2), rng.randint(2, 5)) for _ in range(3)]
        linear = Linear.build([rng.uniform(-1, 1) for _ in range(n)], rows, -1, [1, 2, 0, 1][:n], True)
        boxes = [range(-1, int(top) + 1) for top in linear.upper]
        costs = [linear.cost(x) for x in product(*boxes) if linear.violation(x) == 0]
        found = BruteMip().solve(linear)
        assert found.cost == pytest.approx(min(costs)) if costs else found.cost is None


def test_refuses_what_is_too_large():
    with pytest.raises(CapabilityError, match="at most 20 variables, got 21"), BruteSat().open() as session:
        session.solve([21])
    with pytest.raises(CapabilityError, match="at most 20"):
        BruteCounter().count(Cnf.from_clauses([], 21))
    with pytest.raises(CapabilityError, match="at most 20"):
        BruteMaxSat().solve(Wcnf.from_clauses([], [[21]]))
    with pytest.raises(CapabilityError, match="points"):
        BruteMip().solve(Linear.build(np.zeros(21), (), 0, 1, True))
    with pytest.raises(CapabilityError, match="continuous"):
        BruteMip().solve(Linear.build([1.0], (), 0, 1))
    with pytest.raises(CapabilityError, match="finite bounds"):
        BruteMip().solve(Linear.build([1.0], (), 0, np.inf, True))

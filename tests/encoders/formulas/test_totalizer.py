"""The totalizer counts, and where both directions are asked for it is determined by what it counts."""

from __future__ import annotations

import itertools

import pytest
from suffice.encoders.formulas.totalizer import at_least, totalizer
from suffice.engine.forms import Cnf
from suffice.solvers.protocols import Kind
from suffice.solvers.registry import get


def models_of(clauses, n, inputs):
    """Number of models for each truth of the inputs."""
    return {
        signs: get("brute", Kind.COUNTER)
        .count(Cnf.from_clauses([*clauses, *((s * v,) for s, v in zip(signs, inputs, strict=True))], n))
        .value
        for signs in itertools.product((1, -1), repeat=len(inputs))
    }


@pytest.mark.parametrize(("size", "bound"), [(1, 1), (2, 2), (3, 2), (4, 2), (5, 3), (5, 9)])
def test_outputs_are_determined_and_count(size, bound):
    literals = [v if v % 2 else -v for v in range(1, size + 1)]
    clauses, outputs, n = totalizer(literals, bound, size)
    assert len(outputs) == min(size, bound)
    assert set(models_of(clauses, n, range(1, size + 1)).values()) == {1}
    for signs in itertools.product((1, -1), repeat=size):
        count = sum(sign * literal > 0 for sign, literal in zip(signs, literals, strict=True))
        with get("minisat22", Kind.SAT).open(Cnf.from_clauses(clauses, n)) as session:
            model = session.solve([s * v for v, s in enumerate(signs, 1)]).model
        assert [model[o - 1] > 0 for o in outputs] == [count > j for j in range(len(outputs))]


@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_at_least(size):
    for bound in range(-1, size + 2):
        clauses, n = at_least(list(range(1, size + 1)), bound, size)
        with get("minisat22", Kind.SAT).open(Cnf.from_clauses(clauses, n)) as session:
            for signs in itertools.product((1, -1), repeat=size):
                answer = session.solve([s * v for v, s in enumerate(signs, 1)])
                assert answer.is_sat == (signs.count(1) >= bound)

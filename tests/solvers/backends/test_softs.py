"""Soft clauses as soft literals: the same optimum, and the same cost of each model, as brute force says."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from suffice.engine.forms import Wcnf
from suffice.solvers.backends._softs import unit_softs

N = 4
clause = st.lists(st.sampled_from([*range(-N, 0), *range(1, N + 1)]), max_size=3)


@given(st.lists(clause, max_size=4), st.lists(st.tuples(clause, st.integers(1, 2**50)), max_size=5))
def test_each_model_costs_the_same(hard, soft):
    wcnf = Wcnf.from_clauses(hard, [c for c, _ in soft], [w for _, w in soft], N)
    units = unit_softs(wcnf)
    assert not any(-literal in units.soft for literal in units.soft)
    assert all(weight > 0 for weight in units.soft.values())
    best = {}
    for bits in product((False, True), repeat=units.n_vars):
        true = {v if bit else -v for v, bit in enumerate(bits, start=1)}
        if all(true & set(c) for c in units.hard):
            cost = units.constant + sum(w for literal, w in units.soft.items() if literal not in true)
            key = tuple(bits[:N])
            best[key] = min(cost, best.get(key, cost))
    for bits in product((False, True), repeat=N):
        model = tuple(v if bit else -v for v, bit in enumerate(bits, start=1))
        if wcnf.hard.satisfied_by(model):
            assert best[bits] == wcnf.cost(model)
        else:
            assert bits not in best


def test_what_no_model_escapes_is_taken_out():
    units = unit_softs(Wcnf.from_clauses([], [[], [1], [-1], [2, -2], [1]], [7, 2, 5, 9, 1], 2))
    assert (units.soft, units.constant, units.hard, units.total) == ({-1: 2}, 10, [], 2)

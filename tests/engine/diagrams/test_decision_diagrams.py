"""Families of minimal closed hitting sets, and models of formulas, against brute force over all sets."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from suffice.engine._native import Clock, FamilyBuild, ModelBuild
from suffice.engine.budget import Deadline, OutOfTimeError
from suffice.engine.diagrams.count import count_models
from suffice.engine.diagrams.family import Building, build
from suffice.engine.diagrams.remainders import numbers_of, primes_for
from suffice.engine.forms import Cnf

from tests.engine.hitting.cases import Case, minimal_sets, random_case


@pytest.mark.parametrize("kind", ["apart", "chains", "forest", "joint"])
def test_families_are_the_minimal_closed_hitting_sets(kind):
    rng = np.random.default_rng(7)
    for _ in range(60):
        case = random_case(rng, kind)
        wanted = minimal_sets(case)
        m = len(case.edges.ids) + len(case.edges.joint)
        family = build(case.edges, rng.integers(0, 4, len(case.edges.ids)).astype(float), Deadline())
        total, each = family.count_each()
        assert total == len(wanted)
        assert each == [sum(i in s for s in wanted) for i in range(m)]
        group = rng.integers(0, 3, m).astype(np.int32)
        has = [{int(group[i]) for i in s} for s in wanted]
        assert family.count_groups(group, 4) == [sum(g in groups for groups in has) for g in range(4)]
        cost = rng.integers(0, 4, m).astype(float)
        found = list(family.by_cost(cost))
        assert [c for c, _ in found] == sorted(sum(cost[i] for i in s) for s in wanted)
        assert sorted(tuple(s.tolist()) for _, s in found) == sorted(wanted)
        assert all(c == cost[s].sum() for c, s in found)


def pairs(n):
    """Return n edges of two elements, all apart: 2^n minimal hitting sets."""
    return Case.of([(2 * i, 2 * i + 1) for i in range(n)], [-1] * (2 * n)).edges


@pytest.mark.parametrize("n", [1, 60, 61, 62, 63, 64, 65, 93, 94, 300, 1500])
def test_large_counts_are_exact(n):
    family = build(pairs(n), np.arange(2.0 * n), Deadline())
    total, each = family.count_each()
    assert total == 2**n
    assert each == [2 ** (n - 1)] * (2 * n)
    halves = np.array([i % 2 for i in range(2 * n)], dtype=np.int32)
    assert family.count_groups(halves, 2) == [2**n - 1] * 2
    thirds = np.array([min(i, 2) for i in range(2 * n)], dtype=np.int32)  # the last one: all pairs but the first
    assert family.count_groups(thirds, 4) == [2 ** (n - 1), 2 ** (n - 1), 2**n if n > 1 else 0, 0]


def test_thousands_of_variables_are_no_deep_recursion():
    n = 20_000
    edges = Case.of([tuple(range(n))] * 2, [-1] * n).edges
    assert build(edges, np.zeros(n), Deadline()).count_each() == (n, [1] * n)
    chain = Case.of([(n - 1,)], [-1, *range(n - 1)]).edges
    assert build(chain, np.zeros(n), Deadline()).count_each() == (1, [0] * (n - 1) + [1])


def hard_edges(n, m, seed=0):
    rng = np.random.default_rng(seed)
    return Case.of([tuple(sorted(rng.choice(m, 5, replace=False).tolist())) for _ in range(n)], [-1] * m).edges


def test_what_ran_out_of_nodes_goes_on_where_it_was():
    edges, hint = hard_edges(26, 22), np.arange(22.0)
    whole = build(edges, hint, Deadline()).count_each()
    building = Building(edges, hint)
    limits = [2**k for k in range(2, 24)]
    found = [building.go_on(Deadline(), limit) for limit in limits]
    stopped = next(k for k, family in enumerate(found) if family is not None)
    assert stopped > 3
    assert found[stopped].count_each() == whole
    assert all(family.count_each() == whole for family in found[stopped:])
    assert build(edges, hint, Deadline(), limits[stopped - 1]) is None
    assert build(edges, hint, Deadline(), limits[stopped]) is not None


def test_a_limit_of_nodes_is_kept():
    edges, hint = hard_edges(26, 22), np.arange(22.0)
    no_joint = np.zeros(1, np.int64), np.zeros(0, np.int32)
    one = FamilyBuild(edges.start, edges.member, edges.parent, *no_joint, hint)
    clock = Clock()
    for limit in (10, 100, 1000):
        clock.begin(np.inf)
        assert one.go_on(limit, clock) is None
        assert one.n_nodes == limit


def test_time_that_is_up_stops_every_step():
    edges, hint = hard_edges(26, 22), np.arange(22.0)
    limit = Deadline(1e-9)
    assert build(edges, hint, limit) is None
    assert limit.stop.value == "time_limit"
    family = build(edges, hint, Deadline())
    with pytest.raises(OutOfTimeError):
        family.count_each(Deadline(1e-9))
    with pytest.raises(OutOfTimeError):
        family.count_groups(np.zeros(22, np.int32), 1, Deadline(1e-9))


def test_what_ran_out_of_time_goes_on_where_it_was():
    edges, hint = hard_edges(12, 14), np.arange(14.0)
    whole = build(edges, hint, Deadline()).count_each()
    building = Building(edges, hint)
    tries = 0
    while (family := building.go_on(Deadline(1e-9 if tries < 3 else 5e-4 * tries))) is None:
        tries += 1
    assert tries >= 3
    assert family.count_each() == whole


def random_clauses(rng, n_vars):
    width = rng.integers(1, min(n_vars, 4) + 1, rng.integers(0, 14))
    return [[int(v) * int(rng.choice((-1, 1))) for v in rng.integers(1, n_vars + 1, w)] for w in width]


def test_models_are_counted_as_brute_force_counts_them():
    rng = np.random.default_rng(5)
    for _ in range(150):
        n = int(rng.integers(1, 9))
        cnf = Cnf.from_clauses(random_clauses(rng, n), n)
        rows = product((-1, 1), repeat=n)
        wanted = sum(cnf.satisfied_by([s * (i + 1) for i, s in enumerate(row)]) for row in rows)
        assert count_models(cnf, Deadline()) == wanted


@pytest.mark.parametrize("n", [1, 31, 32, 33, 62, 63, 64, 100, 1000])
def test_many_models_are_counted_exactly(n):
    cnf = Cnf.from_clauses([[2 * i + 1, 2 * i + 2] for i in range(n)], 2 * n + 3)
    assert count_models(cnf, Deadline()) == 3**n * 8
    assert count_models(Cnf.from_clauses([[1, n + 1]], n + 1), Deadline()) == 3 * 2 ** (n - 1)


def test_models_within_limits():
    cnf = Cnf.from_clauses([[a, b, c] for a, b, c in combinations(range(1, 13), 3)], 12)
    assert count_models(cnf, Deadline(), node_limit=20) is None
    limit = Deadline(1e-9)
    assert count_models(cnf, limit) is None
    assert limit.stop.value == "time_limit"
    assert count_models(cnf, Deadline()) == 1 + 12 + 66  # two variables at most are false


@pytest.mark.parametrize("bits", [1, 63, 64, 65, 94, 95, 200, 1000])
def test_numbers_come_back_from_their_remainders(bits):
    primes = primes_for(bits)
    moduli = [2**64, *primes.tolist()]
    assert len(set(moduli)) == len(moduli)
    numbers = [0, 1, 2**bits - 1, 2 ** (bits - 1), 3**12345 % 2**bits]
    remainders = np.array([[number % p for number in numbers] for p in moduli], dtype=np.uint64)
    assert numbers_of(remainders, primes) == numbers


USUAL = {
    "start": [0, 2], "member": [0, 1], "parent": [-1, -1, 0], "joint_start": [0], "joint_member": [],
}  # fmt: skip


def building_of(**change):
    longs = {"start", "joint_start"}
    told = {name: np.array(v, np.int64 if name in longs else np.int32) for name, v in (USUAL | change).items()}
    return FamilyBuild(**told, hint=np.zeros(3))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": [0, 3]}, "start"),
        ({"start": []}, "start"),
        ({"start": [0, 2, 1, 2]}, "start"),
        ({"member": [0, 3]}, "no element"),
        ({"member": [0, -1]}, "no element"),
        ({"parent": [1, 0, -1]}, "above itself"),
        ({"parent": [0, -1, -1]}, "above itself"),
        ({"parent": [-2, -1, -1]}, "no element"),
        ({"parent": [3, -1, -1]}, "no element"),
        ({"parent": [-1, -1]}, "hint"),
        ({"joint_start": [0, 0]}, "no members"),
        ({"joint_start": [0, 1], "joint_member": [3]}, "no element"),
        ({"joint_start": [0, 2], "joint_member": [1, 1]}, "taken"),
        ({"joint_start": [0, 1, 2], "joint_member": [1, 1]}, "taken"),
        ({"joint_start": [0, 1], "joint_member": [0]}, "below"),
        ({"joint_start": [0, 2], "joint_member": [1, 2]}, "implies"),
    ],
)
def test_wrong_edges_are_refused(change, message):
    assert building_of().n_nodes == 2
    with pytest.raises(ValueError, match=message):
        building_of(**change)


def test_wrong_clauses_are_refused():
    start, positive = np.array([0, 2]), np.ones(2, np.bool_)
    with pytest.raises(ValueError, match="ascending"):
        ModelBuild(start, np.array([1, 1], np.int32), positive, 2)
    with pytest.raises(ValueError, match="no element"):
        ModelBuild(start, np.array([0, 2], np.int32), positive, 2)
    with pytest.raises(ValueError, match="positive"):
        ModelBuild(start, np.array([0, 1], np.int32), positive[:1], 2)

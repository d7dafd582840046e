"""Conditions, trees, ensembles and spaces in the core: what plain Python says, copies, and refusals at the border."""

import copy
import math
import pickle

import numpy as np
import pytest
from suffice.engine import _native
from suffice.engine.models.ensembles import NEAR

COMPARE = [
    lambda v, t: v >= t,
    lambda v, t: v > t,
    lambda v, t: v <= t,
    lambda v, t: v < t,
    lambda v, t: v == t,
    lambda v, t: v != t,
    lambda v, t: v == int(v) and 0 <= v < 53 and int(t) >> int(v) & 1 == 1,
    lambda v, t: not (v == int(v) and 0 <= v < 53 and int(t) >> int(v) & 1 == 1),
]
VALUES = [-1.0, -0.0, 0.0, 0.5, 1.0, 2.0, 3.0, 52.0, 53.0, 1e300, np.nan]


def random_conditions(rng, n):
    operation = rng.integers(0, 8, n).astype(np.int8)
    threshold = np.where(operation < 6, rng.choice(VALUES[:-1], n), rng.integers(0, 2**53, n).astype(np.float64))
    return rng.integers(0, 3, n).astype(np.int32), operation, threshold, rng.random(n) < 0.5


def truth_of(conditions, row):
    feature, operation, threshold, missing = conditions
    out = []
    for f, o, t, m in zip(feature, operation, threshold, missing, strict=True):
        value = float(row[f])
        out.append(bool(m) if math.isnan(value) else bool(COMPARE[o](value, float(t))))
    return out


def random_tree(rng, n_conditions, inner, first=0):
    """Return literals, left and right children of a tree whose nodes begin at `first`."""
    literal, left, right, leaves = [0], [0], [0], [0]
    for _ in range(inner):
        node = leaves.pop(rng.integers(len(leaves)))
        literal[node] = int(rng.integers(1, n_conditions + 1) * rng.choice([-1, 1]))
        left[node], right[node] = first + len(literal), first + len(literal) + 1
        for _ in range(2):
            leaves.append(len(literal))
            literal.append(0), left.append(0), right.append(0)
    return literal, left, right


def leaf_of(nodes, truth, root=0):
    literal, left, right = nodes
    node = root
    while literal[node]:
        node = right[node] if truth[abs(literal[node]) - 1] == (literal[node] > 0) else left[node]
    return node


def int32(values):
    return np.array(values, np.int32)


def copies(one):
    return one, pickle.loads(pickle.dumps(one)), copy.deepcopy(one)


def test_trees():
    rng = np.random.default_rng(0)
    for _ in range(150):
        n = int(rng.integers(1, 7))
        conditions = random_conditions(rng, n)
        nodes = random_tree(rng, n, int(rng.integers(0, 8)))
        outcome = np.where(int32(nodes[0]) == 0, rng.integers(0, 3, len(nodes[0])), -1).astype(np.int32)
        rows = rng.choice(VALUES, (4, 3))
        truths = [truth_of(conditions, row) for row in rows]
        wanted = [int(outcome[leaf_of(nodes, truth)]) for truth in truths]
        for codes, tree in zip(
            copies(_native.Conditions(*conditions)), copies(_native.Tree(*map(int32, nodes), outcome)), strict=True
        ):
            assert tree.outcomes(codes, rows).tolist() == wanted
            for truth, own in zip(truths, wanted, strict=True):
                assert tree.outcome_at(np.array(truth)) == own
                path = tree.path(np.array(truth)).tolist()
                assert all(truth[abs(literal) - 1] == (literal > 0) for literal in path)
                assert len(path) <= sum(v != 0 for v in nodes[0])


@pytest.mark.parametrize("single", [False, True])
def test_ensembles_add_up_in_order(single):
    rng = np.random.default_rng(1)
    for _ in range(100):
        n, k = int(rng.integers(1, 6)), int(rng.integers(1, 4))
        conditions = random_conditions(rng, n)
        root, nodes = [], ([], [], [])
        for _ in range(int(rng.integers(1, 6))):
            root.append(len(nodes[0]))
            for array, more in zip(nodes, random_tree(rng, n, int(rng.integers(0, 5)), root[-1]), strict=True):
                array.extend(more)
        leaf = np.where(int32(nodes[0]) == 0, np.cumsum(int32(nodes[0]) == 0) - 1, -1).astype(np.int32)
        number = np.float32 if single else np.float64
        values = rng.normal(size=(leaf.max() + 1, k)).astype(number)
        base, divisor = rng.normal(size=k).astype(number), float(rng.choice([1, 3, 7]))
        rows = rng.choice(VALUES, (3, 3))
        wanted = []
        for row in rows:
            total = base.copy()
            for first in root:
                total = total + values[leaf[leaf_of(nodes, truth_of(conditions, row), first)]]
            wanted.append((total.astype(np.float64) / divisor).tolist())
        made = _native.Ensemble(
            int32(root), *map(int32, nodes), leaf, values.astype(np.float64), base.astype(np.float64), divisor, single
        )
        codes = _native.Conditions(*conditions)
        for trees in copies(made):
            assert trees.scores(codes, rows).tolist() == wanted
            truth = np.array(truth_of(conditions, rows[0]))
            assert trees.scores_at(truth).tolist() == wanted[0]
            assert trees.add_up(trees.rows_at(truth)).tolist() == wanted[0]


def test_decisions():
    rng = np.random.default_rng(2)
    for _ in range(300):
        scores = rng.normal() + rng.integers(-2, 3, int(rng.integers(1, 5))) * rng.choice([0, 1e-16, 1e-9, 1e-7, 1])
        assert _native.decide(scores, 0) == scores.argmax()
        for link, number in ((1, np.float32), (2, np.float64)):
            power = np.exp((scores.astype(number) - scores.astype(number).max()).astype(number))
            share = power.astype(number) / number(sum(power.astype(np.float64).tolist()))
            found = _native.softmax(scores, link)
            assert found == pytest.approx(share, rel=1e-6 if link == 1 else 1e-14)
            close = np.flatnonzero(scores.max() - scores < NEAR[link]).tolist() or [int(scores.argmax())]
            assert _native.decide(scores, link) == min(c for c in close if found[c] == found.max())
            assert _native.decide_rows(scores[None], link).tolist() == [_native.decide(scores, link)]


NODES = [int32([1, 0, 0]), int32([1, 0, 0]), int32([2, 0, 0])]
REFUSED = {
    "circle": lambda: _native.Tree(int32([1, 1, 0]), int32([1, 0, 0]), int32([2, 2, 0]), int32([0, 0, 0])),
    "no node": lambda: _native.Tree(int32([1, 0, 0]), int32([1, 0, 0]), int32([3, 0, 0]), int32([0, 0, 0])),
    "length": lambda: _native.Tree(*NODES, int32([0])),
    "no list": lambda: _native.Conditions(int32([0]), np.array([6], np.int8), np.array([np.nan]), np.array([True])),
    "operator": lambda: _native.Conditions(int32([0]), np.array([8], np.int8), np.zeros(1), np.array([True])),
    "no values": lambda: _native.Ensemble(
        int32([0]), *NODES, int32([-1, 0, 2]), np.zeros((2, 1)), np.zeros(1), 1.0, False
    ),
    "truth": lambda: _native.Tree(*NODES, int32([-1, 0, 1])).outcome_at(np.zeros(0, np.bool_)),
    "link": lambda: _native.decide(np.zeros(2), 3),
    "member": lambda: _native.Edges(int32([0]), int32([-1]), np.array([0, 1]), int32([1]), int32([0])),
    "wrong ends": lambda: _native.Edges(int32([0]), int32([-1]), np.array([0, 2]), int32([0]), int32([0])),
    "no such literal": lambda: space().non_implied(np.array([True]), int32([1]), int32([2])),
    "one for each": lambda: space().non_implied(np.array([True]), int32([]), int32([1])),
}


def space():
    codes = _native.Conditions(int32([0]), np.array([0], np.int8), np.zeros(1), np.array([False]))
    one, none = int32([1]), int32([0])
    return _native.Space(codes, np.array([0, 1]), one, none, np.array([True]), none, none, 1, True)


@pytest.mark.parametrize("what", REFUSED)
def test_refusals(what):
    with pytest.raises(ValueError, match=r"\w"):
        REFUSED[what]()


def test_other_arrays_are_type_errors():
    with pytest.raises(TypeError):
        _native.decide(np.zeros(2, np.float32), 0)
    with pytest.raises(TypeError):
        _native.decide_rows(np.zeros((4, 4))[:, ::2], 0)


def test_spaces_are_copied():
    for one in copies(space()):
        truth, cells = one.place(np.array([1.0]))
        assert (truth.tolist(), cells.tolist()) == ([True], [1])
        assert one.literals(truth, int32([0])) == (1,)
        assert one.place(np.array([-1.0]))[1].tolist() == [0]

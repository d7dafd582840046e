"""Gates on intervals: what they say of points holds for all points of the intervals, and numpy's own numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice.engine.models.circuits import CircuitBuilder

from tests.brute.strategies import budget


def one_more(rng, builder, gates, n_scores):
    """A random gate above some of those that there are."""
    one, other = (int(rng.choice(gates)) for _ in range(2))
    a = float(rng.choice([-2.0, -0.3, 0.5, 1.0, 3.0]))
    points = np.sort(rng.choice(np.arange(-30, 30), 5, replace=False) / 5.0)
    rising = np.sort(rng.integers(0, 4, 5) / 3.0)[:: rng.choice([1, -1])]
    raw = gates[:n_scores]
    shares = [builder.logistic(gate) for gate in raw]
    choices = [
        lambda: builder.add(one, other), lambda: builder.subtract(one, other), lambda: builder.scale(one, a),
        lambda: builder.divide(one, a), lambda: builder.logistic(one), lambda: builder.step(one, a),
        lambda: builder.table(one, points, rising), lambda: builder.clip(one, -1.0, 2.0),
        lambda: builder.widen(one, 1e-9, 1e-9), lambda: builder.single(one),
        lambda: rng.choice(builder.softmax(raw)), lambda: rng.choice(builder.votes(raw)),
        lambda: rng.choice(builder.shares(shares)), lambda: builder.leads("softmax", raw, 0, n_scores - 1),
        lambda: builder.leads("share", shares, 0, n_scores - 1),
    ]  # fmt: skip
    return int(rng.choice(choices)())


def grown(rng, n_scores, size):
    """A random circuit, whose gates are all ends."""
    builder = CircuitBuilder()
    gates = [builder.raw(i) for i in range(n_scores)]
    for _ in range(size):
        gates.append(one_more(rng, builder, gates, n_scores))
    return builder.circuit(gates, n_scores)


@budget(60)
@given(st.integers(0, 10**6), st.integers(2, 4), st.integers(1, 15))
def test_intervals_hold_what_their_points_have(seed, n_scores, size):
    rng = np.random.default_rng(seed)
    circuit = grown(rng, n_scores, size)
    low = rng.integers(-20, 20, (1, n_scores)) / 5.0
    high = low + rng.integers(0, 10, (1, n_scores)) / 5.0
    below, above = circuit.intervals(low, high, circuit.ends)
    points = low + (high - low) * rng.choice([0.0, 0.3, 0.5, 1.0], (200, n_scores))
    least, most = circuit.intervals(points, points, circuit.ends)
    assert (least <= most).all()
    assert (least >= below - 1e-13 * (1 + abs(below))).all()
    assert (most <= above + 1e-13 * (1 + abs(above))).all()


@pytest.mark.parametrize("seed", range(5))
def test_points_hold_numpys_numbers(seed):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(500, 3)) * rng.choice([0.1, 1.0, 30.0])
    builder = CircuitBuilder()
    raw = [builder.raw(i) for i in range(3)]
    points, values = np.array([-1.0, -0.5, 0.25, 2.0]), np.array([0.0, 0.0, 0.7, 1.0])
    logistic = [builder.logistic(x) for x in raw]
    ends = [*logistic, *builder.softmax(raw), *builder.shares(logistic), builder.table(raw[0], points, values),
            builder.total(raw), *builder.votes(raw)]  # fmt: skip
    circuit = builder.circuit(ends, 3)
    low, high = circuit.intervals(scores, scores, circuit.ends)
    share = 1 / (1 + np.exp(-scores))
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    told = np.column_stack([
        share, powers / powers.sum(axis=1, keepdims=True), share / share.sum(axis=1, keepdims=True),
        np.interp(scores[:, 0], points, values), scores[:, 0] + scores[:, 1] + scores[:, 2],
        np.eye(3)[scores.argmax(axis=1)],
    ])  # fmt: skip
    assert (low <= told).all()
    assert (told <= high).all()
    assert (high - low <= 1e-11).all()
    assert (low[:, 10] == high[:, 10]).all()  # sums in a known order are exact


def test_flat_pieces_of_a_table_are_exact():
    builder = CircuitBuilder()
    end = builder.table(builder.raw(0), np.array([0.0, 1.0, 2.0]), np.array([0.3, 0.3, 0.9]))
    circuit = builder.circuit([end], 1)
    scores = np.array([[-5.0], [0.0], [0.5], [0.999], [1.0]])
    low, high = circuit.intervals(scores, scores, circuit.ends)
    assert (low == 0.3).all()
    assert (high[:4] == 0.3).all()
    assert high[4] == 0.3
    with pytest.raises(ValueError, match="never fall"):
        builder.table(0, np.arange(3.0), np.array([0.0, 1.0, 0.5]))


def test_the_least_numbers_above_a_cut_are_told_from_it():
    builder = CircuitBuilder()
    circuit = builder.circuit(builder.at_least(builder.raw(0), 5e-324), 1)
    scores = np.array([[-1.0], [0.0], [5e-324], [1e-300]])
    assert circuit.possible(scores).sum(axis=1).tolist() == [1, 1, 1, 1]
    assert circuit.outcomes(scores).tolist() == [0, 0, 1, 1]


def test_what_is_no_circuit_is_refused():
    builder = CircuitBuilder()
    end = builder.add(builder.raw(0), builder.raw(1))
    good = builder.circuit([end], 2)
    kind = type(good.core)
    parts = [good.op, good.at, good.argument, good.own, good.number, good.table_at, good.x, good.y]
    assert len(kind(*parts, 2)) == 3
    for place, wrong in ((0, np.array([0, 0, 99], np.int32)), (2, np.array([0, 2], np.int32)),
                         (1, np.array([0, 0, 0, 1], np.int32)), (3, np.array([0, 5, 0], np.int32))):  # fmt: skip
        with pytest.raises(ValueError, match=r"gate|argument|score"):
            kind(*[wrong if i == place else part for i, part in enumerate(parts)], 2)

"""What a goal rules out before any search: never what the library's own rounding makes of it."""

import numpy as np
from suffice.engine.ensembles.goals import goal_of, with_margins
from suffice.engine.ensembles.sums import whole_values
from suffice.engine.models.circuits import SINGLE, CircuitBuilder
from suffice.engine.models.ensembles import EnsembleArrays


def softmax_in_single(scores):
    scores = scores.astype(np.float32)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_leads_hold_what_single_precision_tells():
    near = np.random.default_rng(0).normal(size=(20000, 3)).astype(np.float32) * 0.3
    near[:, 1] = near[:, 0] + np.float32(3e-8) * np.arange(len(near)) % np.float32(2e-7)
    scores = near.astype(np.float64)
    builder = CircuitBuilder()
    raw = [builder.raw(i) for i in range(3)]
    first, second, _ = builder.softmax(raw, SINGLE)
    circuit = builder.circuit([first, second], 3)
    grown, _, (margin,) = with_margins(circuit, [(first, second, False)], scores.min(axis=0), scores.max(axis=0))
    most = grown.intervals(scores, scores, np.array([margin], np.int32))[1][:, 0]
    told = softmax_in_single(scores)
    met = told[:, 0] >= told[:, 1]
    assert (met & (scores[:, 0] < scores[:, 1])).any()  # ties that exact numbers do not have
    assert (most[met] >= 0).all()


def small_numbers(n, worth):
    """One test of a literal, worth 0 or -0.5, and n numbers that are lost in single precision."""
    literal = np.array([1, 0, 0, *[0] * n], np.int32)
    left, right = np.zeros(len(literal), np.int32), np.zeros(len(literal), np.int32)
    left[0], right[0] = 1, 2
    leaf = np.array([-1, 0, 1, *range(2, 2 + n)], np.int32)
    root = np.array([0, *range(3, 3 + n)], np.int32)
    values = np.array([-0.5, 0.0, *[worth] * n])[:, None]
    return EnsembleArrays(root, literal, left, right, leaf, values, np.array([1.0]), 1.0, True)


def test_what_many_additions_in_single_precision_lose_is_allowed_for():
    trees = small_numbers(2000, -(2.0**-26))
    assert {float(trees.scores_at(np.array([on]))[0]) for on in (False, True)} == {0.5, 1.0}  # as the library adds
    builder = CircuitBuilder()
    ends = [builder.raw(0), builder.constant(1.0)]
    columns = goal_of(trees, builder.circuit(ends, 1), np.array([False, True]), whole_values(trees), away=False)[1]
    highest = columns.offset[0] + columns.worth[:2, 0].max() + columns.worth[2:, 0].sum()
    assert highest >= columns.need[0]  # the first end can be as great as the second, and wins then


def test_what_is_met_reaches_what_is_needed():
    """Trees of one leaf: nothing is to be chosen, so that what they add up to is all that there is."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        n = int(rng.integers(2, 20))
        root, zero = np.arange(n, dtype=np.int32), np.zeros(n, np.int32)
        trees = EnsembleArrays(root, zero, zero, zero, root, rng.normal(size=(n, 2)), rng.normal(size=2), 1.0, False)
        builder = CircuitBuilder()
        mean = builder.divide(builder.total([builder.logistic(builder.raw(i)) for i in range(2)]), 2.0)
        circuit = builder.circuit([builder.subtract(builder.constant(1.0), mean), mean], 2)
        scores = trees.scores_at(np.zeros(0, np.bool_))
        won = int(circuit.outcomes(scores[None])[0])
        columns = goal_of(trees, circuit, np.arange(2) != won, whole_values(trees), away=False)[1]
        sums = columns.offset + columns.worth[trees.leaf].sum(axis=0)
        assert (sums >= columns.need).all()

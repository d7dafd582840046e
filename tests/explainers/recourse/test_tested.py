"""What is made once a model, as arrays, against the same number by number."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from suffice.engine.domain.conditions import Condition, Operator, Reading, cut_of
from suffice.engine.domain.vocabulary import Vocabulary
from suffice.engine.plans.parts import Axis
from suffice.explainers.recourse.axes import conditions_over
from suffice.explainers.recourse.costs import Price
from suffice.explainers.recourse.numbers import Line, lattice_of
from suffice.explainers.recourse.remembered import Remembered
from suffice.explainers.recourse.tested import Stretches, columns_tested, stretches_of

from tests.brute.strategies import budget

READINGS = (Reading.FLOAT16, Reading.FLOAT32, Reading.FLOAT64, Reading.WHOLE)
BY_ORDER = (Operator.LT, Operator.LE, Operator.GT, Operator.GE)


def slowly(line, starts):
    """The options of a line, stretch by stretch."""
    first, last = line.lattice.low, line.lattice.high
    cut = sorted({first, *(line.lattice.ceil(s) for s in starts if first < s <= last)})
    ends = [*(line.lattice.below(s) for s in cut[1:]), last]
    found = [line.own]
    for low, high in zip(cut, ends, strict=True):
        if not low <= line.own <= high and (number := line.nearest(low, high)) is not None:
            found.append(number)
    return found


def drawn(rng):
    reading = READINGS[rng.integers(len(READINGS))]
    scale = float(rng.choice([1e-3, 1.0, 1e4]))
    conditions = tuple(
        Condition(0, BY_ORDER[rng.integers(4)], float(np.round(rng.normal(0, scale), rng.integers(0, 12))))
        for _ in range(rng.integers(1, 9))
    )
    return reading, tuple(dict.fromkeys(conditions)), scale


@budget(150)
@given(seed=st.integers(0, 10**6))
def test_stretches_and_their_options(seed):
    rng = np.random.default_rng(seed)
    reading, conditions, scale = drawn(rng)
    vocabulary = Vocabulary(conditions, ("a",), reading)
    low, high = (-np.inf, np.inf) if rng.random() < 0.5 else (-scale, 2 * scale)
    lattice = lattice_of(frozenset({reading}), whole=bool(rng.random() < 0.3), low=low, high=high)
    own = np.nan if rng.random() < 0.2 else lattice.ceil(float(rng.normal(0, scale)))
    ends = sorted(rng.normal(0, scale, 2).tolist()) if rng.random() < 0.5 else [-np.inf, np.inf]
    line = Line(lattice, own, *ends)
    starts = sorted({reading.above(border) for c in conditions for border in cut_of(c, reading)})
    more = rng.normal(0, scale, rng.integers(0, 3)).tolist() + starts[:1]
    known = stretches_of((vocabulary,), 0, lattice)
    assert stretches_of((vocabulary,), 0, lattice) is known
    np.testing.assert_array_equal(line.options(*known), slowly(line, starts))
    np.testing.assert_array_equal(line.options(*known.cut(lattice, more)), slowly(line, [*starts, *more]))


@budget(60)
@given(seed=st.integers(0, 10**6))
def test_cuts_of_conditions(seed):
    rng = np.random.default_rng(seed)
    reading, conditions, scale = drawn(rng)
    values = np.unique(reading.cast(np.append(rng.normal(0, scale, 6), [c.threshold for c in conditions[:3]])))
    own = int(rng.integers(len(values)))
    vocabulary = Vocabulary(conditions, ("a",), reading)
    over = conditions_over(vocabulary, values[own : own + 1], [Axis(0, (0,), values[:, None], own, True)])
    assert columns_tested(vocabulary)[0].by_order
    for v, condition in enumerate(conditions):
        above = np.arange(len(values)) > over.cut[v] if over.cut[v] >= 0 else np.ones(len(values), bool)
        assert ((above == (over.side[v] > 0)) == condition.true_at(values)).all()


def test_stretches_that_are_cut_twice_in_one():
    lattice = lattice_of(frozenset({Reading.FLOAT64}), whole=True, low=0.0, high=10.0)
    cut = Stretches(np.array([0.0, 6.0]), np.array([5.0, 10.0])).cut(lattice, [2.0, 1.5, 4.0, 6.0, 9.0, -3.0])
    assert cut.low.tolist() == [0.0, 2.0, 4.0, 6.0, 9.0]
    assert cut.high.tolist() == [1.0, 3.0, 5.0, 8.0, 10.0]


def test_costs_of_many_numbers_are_those_of_each():
    new = np.array([-2.0, 0.0, 0.3, 1.0, 4.0])
    ranks = np.array([-1.0, 0.3, 0.3, 2.0])
    for cost in ("l0", "l1", "l2", "percentile"):
        price = Price(cost, 2.0, 0.5, 0.7, 0.25, {}, None, None, ranks)
        for number, told in zip(new.tolist(), price.of_numbers(0.3, new).tolist(), strict=True):
            distance = abs(number - 0.3) / 0.7
            size = {"l0": 1.0, "l1": distance, "l2": distance**2}.get(
                cost, abs((ranks <= number).mean() - (ranks <= 0.3).mean())
            )
            want = 0.0 if number == 0.3 else 0.25 + (2.0 if number > 0.3 else 0.5) * size
            assert told == want == price.of_number(0.3, number)


def test_what_is_remembered():
    known = Remembered(2)
    one, other = object(), object()
    made = []
    for key in ((one,), (other,), (one,), (one, other), (one,)):
        known.of(key, "x", lambda: made.append(0))
    assert len(made) == 4  # the first one was forgotten for the third

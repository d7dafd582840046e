"""Checks of backends for linear programs."""

from __future__ import annotations

import random

import numpy as np

from ...engine.budget import Deadline
from ...engine.errors import UnboundedError
from ...engine.forms import Linear
from ...engine.status import Status
from ..backends.brute import BruteMip
from ..protocols import Kind, Optimum
from ._common import SHORT, Conformance, require

_INF = float("inf")


class MipConformance(Conformance):
    """Checks of a backend for linear programs: derive, define ``make``."""

    kind = Kind.MIP

    def test_random_programs(self) -> None:
        """Costs are those of brute force, points are feasible and whole."""
        rng = random.Random(1)
        backend = self.make()
        for _ in range(self.rounds):
            linear = _random_program(rng)
            expected = BruteMip().solve(linear)
            found = backend.solve(linear)
            require(found.status is expected.status, f"status {found.status}, brute force says {expected.status}")
            if expected.cost is not None:
                _check(found, linear, float(expected.cost))

    def test_no_rows(self) -> None:
        """Without rows each variable goes to its cheaper bound."""
        linear = Linear.build([2, -3, 0], lower=[-4, -1, 1], upper=[5, 7, 3], integer=True, offset=1.5)
        _check(self.make().solve(linear), linear, -8 - 21 + 1.5)

    def test_nothing_at_all(self) -> None:
        """No variables: the offset is the cost."""
        linear = Linear.build(np.zeros(0), offset=2.0)
        _check(self.make().solve(linear), linear, 2.0)

    def test_empty_rows(self) -> None:
        """A row without coefficients is a statement about 0; a row without bounds says nothing."""
        backend = self.make()
        fine = Linear.build([1], [({}, -1, 1), ({0: 1}, -_INF, _INF)], 0, 3, True)
        _check(backend.solve(fine), fine, 0.0)
        broken = Linear.build([1], [({}, 1, 2)], 0, 3, True)
        require(backend.solve(broken).status is Status.INFEASIBLE, "0 >= 1 is infeasible")

    def test_infeasible(self) -> None:
        """By its rows, or by integrality alone."""
        backend = self.make()
        for rows in ([({0: 1, 1: 1}, 3, _INF)], [({0: 2, 1: 2}, 1, 1)]):
            found = backend.solve(Linear.build([1, 1], rows, 0, 1, True))
            require(found.status is Status.INFEASIBLE, f"status {found.status}, expected infeasible")
            require(found.values is None and found.cost is None, "nothing is feasible, so there are no values")
        found = backend.solve(Linear.build([1], (), 0.25, 0.75, True))
        require(found.status is Status.INFEASIBLE, "no integer between 0.25 and 0.75")

    def test_no_gap(self) -> None:
        """Optimal means optimal, not nearly so: costs that differ by a millionth are told apart."""
        rng = random.Random(2)
        base = 1_000_000
        costs = [base + rng.randint(0, 40) for _ in range(20)]
        linear = Linear.build(costs, [(dict.fromkeys(range(20), 1.0), 10, 10)], 0, 1, True)
        _check(self.make().solve(linear), linear, float(sum(sorted(costs)[:10])))

    def test_unbounded(self) -> None:
        """A program without a minimum is an error of the program."""
        backend = self.need("continuous")
        for linear in (
            Linear.build([-1.0], (), 0, _INF),
            Linear.build([-1, 0], [({0: 1, 1: -1}, 0, 3)], 0, _INF, True),
        ):
            try:
                found = backend.solve(linear)
            except UnboundedError:
                continue
            raise AssertionError(f"expected UnboundedError, got {found.status}")
        both = Linear.build([-1.0, 0.0], [({1: 1}, 3, _INF)], 0, [_INF, 1], True)
        require(backend.solve(both).status is Status.INFEASIBLE, "infeasible comes before unbounded")

    def test_continuous(self) -> None:
        """Variables that need not be whole."""
        backend = self.need("continuous")
        linear = Linear.build([1, 2], [({0: 3, 1: 1}, 1, _INF)], 0, [7, 9], [False, True])
        _check(backend.solve(linear), linear, 1 / 3)

    def test_fractional(self) -> None:
        """Coefficients that are not whole."""
        backend = self.need("fractional")
        linear = Linear.build([0.1, 0.3, 0.7], [({0: 0.3, 1: 0.9, 2: 2.1}, 2.05, _INF)], 0, 2, True)
        expected = BruteMip().solve(linear)
        _check(backend.solve(linear), linear, float(expected.cost or 0))

    def test_hint(self) -> None:
        """A hint, good or bad, changes nothing about the answer."""
        backend = self.make()
        linear = Linear.build([1, 1, 1], [({0: 1, 1: 1}, 1, _INF), ({1: 1, 2: 1}, 1, _INF)], 0, 1, True)
        for hint in (np.array([0.0, 1.0, 0.0]), np.zeros(3)):
            _check(backend.solve(linear, hint=hint), linear, 1.0)

    def test_time_limit(self) -> None:
        """A limit is kept on a hard program; what comes back is honest."""
        backend = self.make()
        linear = _hard_program()
        self.small_enough(backend, linear.n_vars)
        backend.solve(Linear.build([1], (), 0, 1, True))  # imports are not what is timed
        found = self.timed(backend, lambda: backend.solve(linear, SHORT))
        require(found.status is Status.BEST_SO_FAR, f"status {found.status} of a program that takes hours")
        if found.values is not None:
            require(linear.violation(found.values) <= 1e-6, "the point breaks the program")
            require(found.lower is None or found.lower <= (found.cost or 0) + 1e-6, "lower bound above the cost")

    def test_expired_deadline(self) -> None:
        """A deadline that has passed already is a result, not an error."""
        found = self.make().solve(Linear.build([1], (), 0, 1, True), Deadline(1e-9))
        require(found.status in (Status.BEST_SO_FAR, Status.OPTIMAL), "no time is no error")

    def test_same_answers_twice(self) -> None:
        """Two equal calls give equal points."""
        backend = self.need("deterministic")
        linear = _random_program(random.Random(3))
        first, second = backend.solve(linear), backend.solve(linear)
        same = first.values is None if second.values is None else np.array_equal(first.values, second.values)
        require(bool(same), "two equal calls differ")


def _random_program(rng: random.Random) -> Linear:
    n = rng.randint(1, 5)
    low = [rng.randint(-3, 1) for _ in range(n)]
    rows = []
    for _ in range(rng.randint(0, 4)):
        side = rng.randint(-6, 6)
        bounds = rng.choice([(side, _INF), (-_INF, side), (side, side), (side - 2, side + 3)])
        rows.append(({j: rng.randint(-4, 4) for j in range(n) if rng.random() < 0.8}, *bounds))
    costs = [rng.randint(-9, 9) for _ in range(n)]
    return Linear.build(costs, rows, low, [a + rng.randint(0, 4) for a in low], True, rng.randint(-5, 5))


def _hard_program() -> Linear:
    """Return a program of 60 binary variables that no solver finishes in seconds."""
    rng = random.Random(4)
    rows = [({j: rng.randint(1, 50) for j in range(60)}, rng.randint(300, 600), _INF) for _ in range(40)]
    return Linear.build([rng.randint(100, 200) for _ in range(60)], rows, 0, 1, True)


def _check(found: Optimum, linear: Linear, cost: float) -> None:
    require(found.status is Status.OPTIMAL, f"status {found.status}, expected optimal")
    require(found.cost is not None and abs(found.cost - cost) <= 1e-6 * max(1, abs(cost)), f"{found.cost}, not {cost}")
    values = found.values
    require(values is not None and values.shape == (linear.n_vars,), "one value a variable")
    if values is not None:
        require(linear.violation(values) <= 1e-6, f"the point breaks the program by {linear.violation(values)}")
        require(bool((values == np.round(values))[linear.integer].all()), "integer variables hold integers exactly")
        require(abs(linear.cost(values) - cost) <= 1e-6 * max(1, abs(cost)), "the cost is not that of the point")

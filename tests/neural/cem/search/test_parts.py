"""Single parts against brute force."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.neural.cem.model.sums import row_sum, soft
from suffice.neural.cem.search.domains import down, negative_domain, positive_domain, rounded, up
from suffice.neural.cem.search.linear import LinearQuestion
from suffice.neural.cem.search.problem import make_problem
from suffice.neural.cem.search.projection import allowed, projected_exact, shrunk_exact


def test_the_linear_question_is_solved_to_optimality():
    generator = torch.Generator().manual_seed(0)
    n, d = 40, 2

    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    lo, hi = -draw(n, d).abs(), draw(n, d).abs()
    question = LinearQuestion(0.1, draw(n, d), draw(n, d), draw(n, d), lo, hi, draw(n) * 0.5, draw(n).abs())
    found = question.solve()
    axis = torch.linspace(0, 1, 201, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    for i in range(n):
        points = lo[i] + grid * (hi[i] - lo[i])

        def cost(p, i=i):
            damped = 0.5 * question.damping[i] * (p - question.e[i]).pow(2).sum(dim=-1)
            return 0.1 * p.abs().sum(dim=-1) + p.pow(2).sum(dim=-1) + (p * question.h[i]).sum(dim=-1) + damped

        reached = points @ question.g[i]
        if not bool((reached >= question.need[i]).any()):
            assert float(found[i] @ question.g[i]) >= float(reached.max()) - 1e-6
            continue
        best = cost(points[reached >= question.need[i]]).min()
        assert float(found[i] @ question.g[i]) >= float(question.need[i]) - 1e-5
        assert float(cost(found[i])) <= float(best) + 1e-4


def problem_of(x, b, mode, published=False):
    width = len(x)
    low, high = np.full(width, -1.0), np.ones(width)
    fixed = np.zeros(width, dtype=bool)
    if mode == "PN":
        domain = negative_domain(x[None], b, low, high, fixed)
    else:
        domain = positive_domain(x[None], b, low, high, fixed, published=published)
    wanted = np.ones((1, 2), dtype=bool)
    return make_problem(domain, b, (low, high), wanted, None, torch.float64, torch.device("cpu")), domain


@pytest.mark.parametrize("mode", ["PN", "PP"])
def test_shrinkage_is_the_proximal_step(mode):
    generator = np.random.default_rng(1)
    for _ in range(60):
        x, b = generator.uniform(-0.9, 0.9, (2, 1))
        problem, _ = problem_of(x, b, mode)
        stepped = generator.uniform(-1.5, 1.5, 1)
        rate, beta = 0.3, 0.2
        got = shrunk_exact(problem, torch.from_numpy(stepped[None]), torch.tensor([[rate]], dtype=torch.float64), beta)
        grid = np.append(np.linspace(-1, 1, 4001), [x[0], problem.origin[0, 0].item()])
        if mode == "PN":
            grid = grid[(np.abs(grid - b) > np.abs(x - b) + 1e-6) | (grid == x)]
        else:
            grid = grid[(grid >= min(x, b)) & (grid <= max(x, b))]
        origin = problem.origin[0, 0].item()
        cost = (grid - stepped) ** 2 / (2 * rate) + beta * np.abs(grid - origin)
        own = (got[0, 0].item() - stepped[0]) ** 2 / (2 * rate) + beta * abs(got[0, 0].item() - origin)
        assert own <= cost.min() + 1e-4
        assert bool(allowed(problem, got)[0])
        assert bool(allowed(problem, projected_exact(problem, torch.from_numpy(stepped[None])))[0])


def test_the_set_of_a_negative_has_two_sides():
    _, domain = problem_of(np.array([0.4]), np.array([0.1]), "PN")
    for value, inside in (
        (0.4, True),
        (0.5, True),
        (1.0, True),
        (1.1, False),
        (0.3, False),
        (-0.2, False),
        (-0.3, True),
    ):
        assert bool(domain.holds(np.array([[value]]))[0]) is inside
    _, domain = problem_of(np.array([0.1]), np.array([0.1]), "PN")
    assert domain.holds(np.array([[-0.9], [0.9]])[:1]).all()


def test_rounding_goes_inwards():
    values = np.array([0.1, 0.3, -0.7, 1.0, np.inf, -np.inf, 1e300])
    single = np.dtype(np.float32)
    assert (up(values, single) >= values).all()
    assert (down(values, single) <= values).all()
    generator = np.random.default_rng(2)
    x = generator.uniform(-1, 1, (200, 3)).astype(np.float32).astype(np.float64)
    b, low, high = np.array([0.1, -0.3, 0.7]), np.full(3, -1.1), np.full(3, 1.3)
    fixed = np.zeros(3, dtype=bool)
    for wide in (negative_domain(x, b, low, high, fixed), positive_domain(x, b, low, high, fixed, published=False)):
        small = rounded(wide, single)
        assert (small.near_lo >= wide.near_lo).all() and (small.near_hi <= wide.near_hi).all()
        assert (small.near_lo.astype(np.float32) == small.near_lo).all()
        assert ((small.origin >= small.near_lo) & (small.origin <= small.near_hi)).all()


def test_soft_thresholds_and_sums():
    values = torch.tensor([[-2.0, -0.5, 0.0, 0.5, 2.0]])
    assert torch.equal(soft(values, 1.0), torch.tensor([[-1.0, 0.0, 0.0, 0.0, 1.0]]))
    assert row_sum(values).item() == 0.0

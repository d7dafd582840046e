"""The schedule, its posteriors, and the scheduler of diffusers that carries it."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from suffice.engine.errors import BadInputError
from suffice.neural.rcsb import BridgeDenoiser, I2SBScheduler
from suffice.neural.rcsb.bridge.predictions import KINDS, clean_image, target_of
from suffice.neural.rcsb.bridge.schedule import make_schedule, path

from tests.neural.rcsb.fixtures import needs_numbers, stored


@needs_numbers
@pytest.mark.parametrize("name", ["std_fwd", "std_bwd", "mu_x0", "mu_x1", "std_sb"])
def test_the_schedule_is_the_published_one(name):
    assert np.abs(getattr(make_schedule(), name) - stored("loop")[name].numpy()).max() <= 1e-12


def test_known_values_of_the_schedule():
    schedule = make_schedule()
    assert schedule.std_fwd[[0, 599, 999]] == pytest.approx([0.01, 0.40302, 0.49692], abs=5e-6)
    assert (schedule.times[0], schedule.times[-1]) == pytest.approx((0.1, 1000.0))
    assert np.abs(schedule.mu_x0 + schedule.mu_x1 - 1).max() < 1e-12


@needs_numbers
@pytest.mark.parametrize("case", ["a", "b"])
def test_the_steps_are_the_published_ones(case):
    arrays = stored("loop")
    start, nfe, _ = arrays[f"cfg_{case}"].tolist()
    assert path(int(start) - 1, int(nfe)) == arrays[f"steps_{case}"].tolist()


@pytest.mark.parametrize("last", [1, 2, 9, 599, 998, 999])
def test_steps_go_down_to_zero_and_never_stand_still(last):
    for nfe in {1, 2, 3, 7, 100, last} & set(range(1, last + 1)):
        steps = path(last, nfe)
        assert (steps[0], steps[-1], len(steps)) == (last, 0, nfe + 1)
        assert all(a > b for a, b in pairwise(steps))


def test_exact_marginals_fit_the_posteriors_and_published_ones_nearly_do():
    """If x_n follows its marginal given (x0, x1), so must x_m drawn from the posterior: weight of x1, variance."""
    for marginals, bound in (("exact", 1e-13), ("published", 7e-4)):
        schedule = make_schedule(marginals=marginals)
        worst = 0.0
        for later, earlier in ((999, 500), (700, 699), (300, 3), (999, 1)):
            image, state, spread = schedule.posterior(later, earlier)
            worst = max(
                worst,
                abs(state * schedule.mu_x1[later] - schedule.mu_x1[earlier]),
                abs(image + state * schedule.mu_x0[later] - schedule.mu_x0[earlier]),
                abs(state**2 * schedule.std_sb[later] ** 2 + spread**2 - schedule.std_sb[earlier] ** 2),
            )
        assert worst <= bound
        assert (worst > 1e-6) == (marginals == "published")


@pytest.mark.parametrize(("later", "earlier"), [(999, 400), (450, 449), (600, 10)])
def test_mean_and_variance_of_the_posterior_by_sampling(later, earlier):
    """A Brownian path conditioned on where it is at `later`: simulated forwards, never from the formula."""
    schedule = make_schedule(marginals="exact")
    rng = np.random.default_rng(later)
    near, far = schedule.std_fwd[earlier] ** 2, schedule.std_fwd[later] ** 2
    x0 = 0.7
    middle = x0 + math.sqrt(near) * rng.standard_normal(1_000_000)
    end = middle + math.sqrt(far - near) * rng.standard_normal(1_000_000)
    slope, offset = np.polyfit(end - x0, middle, 1)  # a Gaussian's posterior mean is linear, its variance the residue's
    image, state, spread = schedule.posterior(later, earlier)
    assert (slope, offset) == pytest.approx((state, x0), abs=3e-3)
    assert image + state == pytest.approx(1, abs=1e-12)
    assert np.var(middle - slope * end) == pytest.approx(spread**2, rel=6e-3)


def test_the_stochastic_step_draws_that_posterior():
    scheduler = I2SBScheduler(deterministic=False)
    x, estimate = torch.full((200_000, 1, 1, 1), 0.4).double(), torch.full((200_000, 1, 1, 1), -0.2).double()
    drawn = scheduler.posterior_sample(estimate, x, 600, 300, torch.Generator().manual_seed(0))
    image, state, spread = scheduler.schedule.posterior(600, 300)
    assert float(drawn.mean()) == pytest.approx(image * -0.2 + state * 0.4, abs=4 * spread / 200_000**0.5)
    assert float(drawn.std()) == pytest.approx(spread, rel=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_prediction_gives_the_image_back(kind):
    schedule = make_schedule()
    image, end = torch.randn(2, 3, 1, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    for step in (0, 57, 599, 999):
        x = schedule.mu_x0[step] * image + schedule.mu_x1[step] * end
        told = target_of(kind, image, x, end, torch.full((3, 1, 1, 1), schedule.std_fwd[step], dtype=torch.float64))
        assert (clean_image(kind, told, x, schedule, step) - image).abs().max() < 1e-10


class Linear(torch.nn.Module):
    """The best denoiser where images are Gaussian, pixel by pixel, and ends are noise; in float64."""

    def __init__(self, schedule, mean, deviation):
        super().__init__()
        self.schedule, self.mean, self.deviation = schedule, mean, deviation

    def image(self, x, step):
        mu0, mu1 = self.schedule.mu_x0[step], self.schedule.mu_x1[step]
        share = mu0 * self.deviation**2 / (mu0**2 * self.deviation**2 + mu1**2)
        return self.mean + share * (x - mu0 * self.mean)

    def forward(self, x, t):
        step = self.schedule.index_of(float(t.reshape(-1)[0]))
        return (x - self.image(x, step)) / self.schedule.std_fwd[step]


@pytest.mark.parametrize("marginals", ["published", "exact"])
@pytest.mark.parametrize("nfe", [1, 10, 77])
def test_gaussian_images_follow_the_closed_recursion(marginals, nfe):
    scheduler = I2SBScheduler(marginals=marginals)
    scheduler.set_timesteps(nfe, start=0.8)
    schedule = scheduler.schedule
    denoiser = Linear(schedule, 0.3, 0.5)
    x = torch.randn(3, 1, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    factor, offset = 1.0, 0.0  # the state stays an affine function of the first one
    for later, earlier in pairwise(scheduler.steps):
        n, m = schedule.std_fwd[later] ** 2, schedule.std_fwd[earlier] ** 2
        mu0, mu1 = schedule.mu_x0[later], schedule.mu_x1[later]
        share = mu0 * 0.25 / (mu0**2 * 0.25 + mu1**2)
        weight = (n - m) / n
        factor, offset = (
            factor * (weight * share + m / n),
            offset * (weight * share + m / n) + weight * (0.3 - share * mu0 * 0.3),
        )
    expected = factor * x + offset
    state = x
    for place in scheduler.steps[:-1]:
        t = float(schedule.times[place])
        state = scheduler.step(denoiser(state, torch.tensor(t, dtype=torch.float64)), t, state).prev_sample
    assert (state - expected).abs().max() < 1e-10


def test_the_scheduler_keeps_the_conventions_of_diffusers(tmp_path):
    scheduler = I2SBScheduler(beta_max=0.3, marginals="exact", prediction_type="x0")
    scheduler.save_pretrained(str(tmp_path))
    again = I2SBScheduler.from_pretrained(str(tmp_path))
    named = {name: value for name, value in scheduler.config.items() if not name.startswith("_")}
    assert {name: again.config[name] for name in named} == named
    assert (named["beta_max"], named["marginals"], named["prediction_type"]) == (0.3, "exact", "x0")
    assert again.schedule.mu_x0.tolist() == scheduler.schedule.mu_x0.tolist()
    again.set_timesteps(7, start=0.5)
    assert (len(again.timesteps), again.num_inference_steps, len(again)) == (7, 7, 1000)
    x = torch.randn(2, 1, 3, 3)
    assert again.scale_model_input(x, again.timesteps[0]) is x
    out = again.step(x, again.timesteps[0], x)
    plain = again.step(x, again.timesteps[0], x, return_dict=False)
    assert torch.equal(out.prev_sample, plain[0])
    assert torch.equal(out.pred_original_sample, x)


def test_noise_is_added_as_the_marginals_say():
    scheduler = I2SBScheduler()
    image, end = torch.randn(2, 3, 1, 4, 4, generator=torch.Generator().manual_seed(1))
    times = torch.tensor(scheduler.schedule.times[[0, 500, 999]])
    states = scheduler.add_noise(image, end, times)
    for row, step in enumerate((0, 500, 999)):
        expected = scheduler.schedule.mu_x0[step] * image[row] + scheduler.schedule.mu_x1[step] * end[row]
        assert (states[row] - expected).abs().max() < 1e-6
    noisy = I2SBScheduler(deterministic=False).add_noise(
        torch.zeros(50_000, 1, 1, 1), torch.zeros(50_000, 1, 1, 1), float(times[1]), torch.Generator().manual_seed(0)
    )
    assert float(noisy.std()) == pytest.approx(scheduler.schedule.std_sb[500], rel=0.02)


@pytest.mark.parametrize(
    ("message", "call"),
    [
        ("marginals='other'", lambda: I2SBScheduler(marginals="other")),
        ("steps=7", lambda: make_schedule(7)),
        ("beta_max=-1", lambda: make_schedule(beta_max=-1)),
        ("prediction_type='eps'", lambda: I2SBScheduler(prediction_type="eps")),
        ("start=1.5", lambda: I2SBScheduler().set_timesteps(10, start=1.5)),
        ("nfe=600", lambda: I2SBScheduler().set_timesteps(600, start=0.5)),
        ("no step is left", lambda: I2SBScheduler().set_timesteps(1, start=1e-4)),
        ("not a step of this run", lambda: I2SBScheduler().step(torch.zeros(1), 999.0, torch.zeros(1))),
        ("timestep=7000", lambda: I2SBScheduler().step(torch.zeros(1), 7000, torch.zeros(1))),
        ("differ in shape", lambda: I2SBScheduler().add_noise(torch.zeros(1, 1), torch.zeros(2, 1), 1.0)),
        ("predicts='epsilon'", lambda: BridgeDenoiser(lambda x, t: x, predicts="epsilon")),
    ],
)
def test_misuse_is_told(message, call):
    with pytest.raises(BadInputError, match=message):
        call()

"""Training a bridge: it learns, goes on where it stopped, and draws the same whatever happened before."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.engine.errors import BadInputError
from suffice.engine.status import Status, Stop
from suffice.neural.rcsb import BridgeDenoiser, train_bridge
from suffice.neural.rcsb.bridge.predictions import clean_image
from suffice.neural.rcsb.bridge.schedule import make_schedule
from suffice.neural.rcsb.training.batches import Batches
from suffice.neural.rcsb.training.holes import KINDS, RandomHoles
from torch import nn

from tests.neural.rcsb.fixtures import TinyNet, pictures, seeded

SMALL = {"batch_size": 8, "warm_up": 2, "learning_rate": 1e-3}


def network(seed=0):
    return seeded(TinyNet, seed)


def bits(trained):
    own = (trained.denoiser.network.state_dict(), trained.network.state_dict())
    return [weight.clone() for weights in own for weight in weights.values()]


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(bits(one), bits(other), strict=True)) and one.losses == other.losses


@pytest.mark.parametrize("predicts", ["bridge", "x0", "noise", "velocity"])
def test_training_learns_to_fill_regions(predicts):
    """Images of one grey each: what is hidden follows from what is seen."""
    grey = torch.rand(64, 1, 1, 1, generator=torch.Generator().manual_seed(0)).expand(64, 1, 8, 8)
    net = seeded(lambda: nn.Sequential(nn.Conv2d(1, 16, 5, padding=2), nn.SiLU(), nn.Conv2d(16, 1, 5, padding=2)), 1)

    class Timed(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net

        def forward(self, x, t):
            return self.net(x)

    trained = train_bridge(grey, Timed(), steps=150, batch_size=16, learning_rate=5e-3, predicts=predicts)
    assert np.mean(trained.losses[-20:]) < 0.6 * np.mean(trained.losses[:5])
    assert trained.status is Status.COMPLETE
    assert (trained.steps, len(trained.losses), trained.denoiser.predicts) == (150, 150, predicts)
    assert not trained.denoiser.training


def test_an_interrupted_training_goes_on_to_the_same_bits(tmp_path, monkeypatch):
    images = pictures(40)
    whole = train_bridge(images, network(), steps=30, **SMALL)
    path = tmp_path / "state.pt"
    part = train_bridge(images, network(), steps=13, checkpoint=path, **SMALL)
    assert (part.steps, part.status) == (13, Status.COMPLETE)

    class Interrupted(TinyNet):
        calls = 0

        def forward(self, x, t):
            Interrupted.calls += 1
            if Interrupted.calls == 8:
                raise KeyboardInterrupt
            return super().forward(x, t)

    cut = train_bridge(images, seeded(Interrupted), steps=30, checkpoint=path, **SMALL)
    assert (cut.steps, cut.status, cut.stop) == (20, Status.BEST_SO_FAR, Stop.INTERRUPT)
    again = train_bridge(images, network(seed=9), steps=30, checkpoint=path, **SMALL)
    assert same(again, whole)
    assert not list(tmp_path.glob("*.part"))
    done = train_bridge(images, network(seed=9), steps=30, checkpoint=path, **SMALL)
    assert same(done, whole)


def test_a_time_limit_stops_a_training(tmp_path):
    class Slow(TinyNet):
        def forward(self, x, t):
            import time

            time.sleep(0.02)
            return super().forward(x, t)

    path = tmp_path / "state.pt"
    part = train_bridge(pictures(), seeded(Slow), steps=1000, time_limit=0.3, checkpoint=path, **SMALL)
    assert (part.status, part.stop) == (Status.BEST_SO_FAR, Stop.TIME_LIMIT)
    assert 0 < part.steps < 1000
    assert path.is_file()


def test_checkpoints_of_other_trainings_are_refused(tmp_path):
    path = tmp_path / "state.pt"
    train_bridge(pictures(), network(), steps=2, checkpoint=path, **SMALL)
    with pytest.raises(BadInputError, match="of another training: seed was 0, now 5"):
        train_bridge(pictures(), network(), steps=4, checkpoint=path, seed=5, **SMALL)
    with pytest.raises(BadInputError, match="of another training: holes was"):
        train_bridge(pictures(), network(), steps=4, checkpoint=path, holes=RandomHoles(kinds=("box",)), **SMALL)
    with pytest.raises(BadInputError, match="is of another network"):
        train_bridge(pictures(), seeded(lambda: TinyNet(channels=1).b), steps=4, checkpoint=path, **SMALL)
    torch.save({"net": 3}, path)
    with pytest.raises(BadInputError, match="no state of a training"):
        train_bridge(pictures(), network(), steps=4, checkpoint=path, **SMALL)


def test_networks_keep_their_mode_and_training_draws_nothing_from_outside():
    net = network().eval()
    net.b.train()
    state = torch.random.get_rng_state()
    one = train_bridge(pictures(), net, steps=3, **SMALL)
    assert torch.equal(state, torch.random.get_rng_state())
    assert (net.training, net.a.training, net.b.training) == (False, False, True)
    torch.manual_seed(99)
    assert same(one, train_bridge(pictures(), network(), steps=3, **SMALL))
    other = train_bridge(pictures(), network(), steps=3, seed=1, **SMALL)
    assert one.losses != other.losses


class Items:
    def __init__(self, images, form):
        self.images, self.form = images, form

    def __len__(self):
        return len(self.images)

    def __getitem__(self, place):
        return {"plain": self.images[place], "pair": (self.images[place], 3)}[self.form]


@pytest.mark.parametrize("form", ["plain", "pair"])
def test_data_sets_of_all_kinds_give_the_same_training(form):
    images = pictures(12, kind="uint8")
    first = train_bridge(images, network(), steps=5, **SMALL)
    assert same(first, train_bridge(images.numpy(), network(), steps=5, **SMALL))
    assert same(first, train_bridge(images / 255, network(), steps=5, **SMALL))
    assert same(first, train_bridge(Items(images, form), network(), steps=5, **SMALL))


@pytest.mark.slow
def test_data_sets_loaded_by_other_processes_give_the_same_training():
    images = pictures(12)
    first = train_bridge(images, network(), steps=5, **SMALL)
    assert same(first, train_bridge(Items(images, "pair"), network(), steps=5, workers=2, **SMALL))


@pytest.mark.slow
def test_two_devices_give_the_training_of_one():
    """Two processes on the CPU, each with half of every batch."""
    images = pictures(12)
    one = train_bridge(images, network(), steps=4, device="cpu", **SMALL)
    two = train_bridge(images, network(), steps=4, devices=2, **SMALL)
    assert two.steps == 4
    for a, b in zip(bits(one), bits(two), strict=True):
        assert (a - b).abs().max() < 1e-2  # the mean of two halves' means: regions differ in size
    with pytest.raises(BadInputError, match="batch_size=8: expected a multiple of the 3 devices"):
        train_bridge(images, network(), steps=4, devices=3, **SMALL)


def test_every_epoch_takes_every_image_once():
    batches = Batches(pictures(10), 4, seed=3)
    places = [place for step in range(5) for place in batches.places(step)]
    assert sorted(places[:10]) == sorted(places[10:]) == list(range(10))
    assert places[:10] != places[10:]
    stream = batches.from_step(2)
    assert torch.equal(next(stream), batches._images[batches.places(2)])
    assert torch.equal(next(stream), batches._images[batches.places(3)])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(8, 8), (7, 13), (1, 1), (64, 48)])
def test_random_regions(kind, size):
    draw = RandomHoles(kinds=(kind,))
    masks = draw(50, *size, torch.Generator().manual_seed(0))
    assert masks.shape == (50, 1, *size)
    assert masks.dtype == torch.bool
    assert masks.flatten(1).any(1).all()
    assert torch.equal(masks, draw(50, *size, torch.Generator().manual_seed(0)))
    share = masks.double().mean((1, 2, 3))
    if kind == "full":
        assert masks.all()
    elif size == (64, 48):
        assert 0.15 < share.mean() < 0.6
        assert share.std() > 0.05


def test_what_training_shows_the_network():
    """The state and its target belong together: the network's perfect answer gives the image back."""
    from suffice.neural.rcsb.training.fitting import draw
    from suffice.neural.rcsb.training.plan import Plan

    schedule = make_schedule()
    images = pictures(16)
    for deterministic in (True, False):
        plan = Plan(
            1, 16, 1e-3, 0, 0.9, 1.0, 4, "bridge", schedule, deterministic, RandomHoles(), "float32", None, 1, False
        )
        x, t, wanted, masks = draw(images, 7, plan)
        again = draw(images, 7, plan)
        assert all(torch.equal(a, b) for a, b in zip((x, t, wanted, masks), again, strict=True))
        signed = images * 2 - 1
        for row in range(16):
            step = schedule.index_of(float(t[row]))
            image = clean_image("bridge", wanted[row : row + 1], x[row : row + 1], schedule, step)
            assert (image - signed[row]).abs().max() < 1e-4
        outside = ~masks
        assert torch.equal(x[outside], signed[outside]) == deterministic


@pytest.mark.parametrize(
    ("message", "options"),
    [
        ("dataset holds values", {"dataset": pictures() * 3}),
        ("it holds no image", {"dataset": pictures()[:0]}),
        ("dataset=7: expected images", {"dataset": 7}),
        (r"dataset\[0\] is .*expected an image", {"dataset": ["a", "b"]}),
        ("an image has shape", {"dataset": [torch.rand(1, 8, 8), torch.rand(1, 8, 9)]}),
        ("steps=0", {"steps": 0}),
        ("learning_rate=-1", {"learning_rate": -1}),
        ("ema=2", {"ema": 2}),
        ("precision='fp8'", {"precision": "fp8"}),
        ("holes=3", {"holes": 3}),
        ("epochs=3: unknown option", {"epochs": 3}),
        (r"holes returned torch\.float32", {"holes": lambda n, h, w, generator: torch.ones(n, 1, h, w)}),
        ("predicts='eps'", {"predicts": "eps"}),
        ("time_limit=-1", {"time_limit": -1}),
    ],
)
def test_training_misuse(message, options):
    told = {"dataset": pictures(), "steps": 3, **SMALL, **options}
    with pytest.raises(BadInputError, match=message):
        train_bridge(told.pop("dataset"), network(), **told)


@pytest.mark.parametrize("options", [{"area": (0.5, 0.1)}, {"kinds": ("blob",)}, {"kinds": ()}])
def test_bad_random_regions(options):
    with pytest.raises(BadInputError, match="expected"):
        RandomHoles(**options)


def test_a_default_network_fits_the_images(tmp_path):
    trained = train_bridge(pictures(4, 3, 12, 20), steps=1, batch_size=2)
    assert trained.denoiser.network.config.in_channels == 3
    again = BridgeDenoiser.load(trained.save(tmp_path))
    x = torch.rand(1, 3, 12, 20)
    with torch.no_grad():
        assert (again.estimate(x, 5) - trained.denoiser.estimate(x, 5)).abs().max() < 1e-6
    weights = trained.denoiser.network.state_dict()
    assert all(torch.equal(weight, weights[name]) for name, weight in again.network.state_dict().items())

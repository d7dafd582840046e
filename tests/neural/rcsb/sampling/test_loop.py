"""The guided walk: the published numbers, bits outside the region, seeds, batches."""

from __future__ import annotations

import pytest
import torch
from suffice.engine.budget import Deadline
from suffice.engine.status import Status
from suffice.neural.rcsb import RCSB, BridgeDenoiser
from suffice.neural.rcsb.presets import PRESETS
from suffice.neural.rcsb.regions.masks import MaskRegion
from suffice.neural.rcsb.regions.regions import FullRegion, InverseRegion
from suffice.neural.rcsb.sampling import sampler as sampling
from suffice.neural.rcsb.sampling.classifier import Classifier, Meter
from suffice.neural.rcsb.sampling.sampler import Rows, Sampler
from suffice.neural.rcsb.sampling.targets import Wanted
from suffice.neural.rcsb.settings import read_settings
from torch import nn

from tests.neural.rcsb.fixtures import (
    TinyNet,
    left_half,
    needs_numbers,
    others,
    part,
    pictures,
    stored,
    tiny_classifier,
    tiny_net,
)

QUICK = {"nfe": 6, "scale": 0.05, "scale_mode": "pixel", "samples": 2}


def explainer(channels=1, height=8, width=8, **options):
    classifier = tiny_classifier(channels, height, width)
    return RCSB(tiny_net(channels), classifier, **{**QUICK, **options})


@needs_numbers
@pytest.mark.parametrize(("case", "bound"), [("a", 1e-4), ("b", 5e-3)])
def test_the_published_loop(monkeypatch, case, bound):
    """From the stored end of the bridge; what is compared is the state before it meets the originals again."""
    arrays = stored("loop")
    network, classifier = TinyNet(), nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 5))
    network.load_state_dict(part(arrays, "net."))
    names = {"a": "1", "b": "3"}
    classifier.load_state_dict({names[key[0]] + key[1:]: value for key, value in part(arrays, "clf.").items()})
    start, nfe, scale = arrays[f"cfg_{case}"].tolist()
    told = {**PRESETS["published"], "start": start / 1000, "nfe": int(nfe), "scale": scale, "finish": None}
    settings = read_settings(**{key: told[key] for key in told if key not in ("samples", "preprocess")})

    class Stored:
        def __init__(self, seeds):
            pass

        def like(self, x):
            return arrays["x1"]

        def take(self, places):
            return self

    last = []
    monkeypatch.setattr(sampling, "Noise", Stored)
    monkeypatch.setattr(sampling, "composite", lambda x, originals, masks: last.append(x) or originals)
    wanted = torch.full((4, 5), -1, dtype=torch.int8)
    wanted[torch.arange(4), arrays["y"]] = 1
    x = arrays["x"]
    rows = Rows(x / 2 + 0.5, x, arrays["mask"].bool(), Wanted(wanted, False), torch.full((4,), scale), torch.arange(4))
    denoiser, meter = BridgeDenoiser(network), Meter()
    shown = Classifier(classifier, told["preprocess"], "logits", False, meter)
    walk = Sampler(denoiser.estimate, denoiser.schedule, shown, settings, meter, Deadline())
    walk.run(rows)
    assert walk.steps == arrays[f"steps_{case}"].tolist()
    assert (last[-1].clamp(-1, 1) - arrays[f"out_{case}"]).abs().max() <= bound
    assert (meter.denoiser, meter.denoiser_rows, meter.denoiser_backward_rows) == (nfe, 4 * nfe, 4 * nfe)


@pytest.mark.parametrize("deterministic", [True, False])
@pytest.mark.parametrize("kind", ["float32", "float64", "float16", "uint8"])
@pytest.mark.parametrize("preset", ["default", "published", "fast"])
def test_outside_the_region_nothing_changes_by_a_bit(deterministic, kind, preset):
    images = pictures(kind=kind)
    mask = torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(5)) < 0.4
    asked = explainer(preset=preset, deterministic=deterministic, finish=2)
    result = asked.explain(images, others(asked.classifier, images.float() if kind != "uint8" else images), mask)
    outside = ~mask.expand_as(images)
    assert result.images.dtype == images.dtype
    assert torch.equal(result.images[outside], images[outside])
    assert torch.equal(result.samples[:, 1][outside], images[outside])
    assert not torch.equal(result.images, images)
    assert torch.equal(result.originals, images)


@pytest.mark.parametrize("deterministic", [True, False])
def test_no_state_on_the_way_leaks_outside_the_region(deterministic):
    """The network must see the image itself there, with nothing of the guidance: 0 without noise, else the bridge's."""
    seen = []

    def network(x, t):
        seen.append(x.detach().clone())
        return torch.zeros_like(x)

    images, mask = pictures(64), left_half(64)
    classifier = tiny_classifier()
    RCSB(network, classifier, deterministic=deterministic, **{**QUICK, "samples": 1, "scale": 5.0}).explain(
        images, others(classifier, images), mask
    )
    outside = ~mask.expand_as(images)
    schedule = BridgeDenoiser(network).schedule
    walk = [599, 499, 399, 300, 200, 100]
    for step, x in zip(walk, seen, strict=True):
        off = (x - (images * 2 - 1))[outside]
        if deterministic:
            assert torch.equal(off, torch.zeros_like(off))
        else:
            assert float(off.std()) == pytest.approx(float(schedule.std_sb[step]), rel=0.1)


@pytest.mark.parametrize("kind", ["float32", "uint8"])
def test_an_empty_region_returns_the_input_and_asks_no_denoiser(kind):
    images = pictures(kind=kind)
    asked = explainer()
    result = asked.explain(images, others(asked.classifier, images), torch.zeros(8, 8, dtype=torch.bool))
    assert torch.equal(result.images, images)
    assert result.calls.denoiser == 0
    assert result.finished.all()
    assert not result.flipped.any()


def test_the_full_region_and_regions_of_all_kinds():
    images = pictures()
    asked = explainer()
    target = others(asked.classifier, images)
    full = asked.explain(images, target, FullRegion())
    assert full.changed.float().mean() > 0.99
    masks = left_half()
    given = asked.explain(images, target, masks)
    regions = [MaskRegion(masks[0, 0].numpy()), masks[1].numpy(), masks[2, 0], InverseRegion(MaskRegion(~masks[3, 0]))]
    again = asked.explain(images, target, regions)
    assert torch.equal(again.masks, masks)
    assert torch.equal(again.samples, given.samples)
    numbers = asked.explain(images.numpy(), target.tolist(), masks[:, 0].to(torch.uint8).numpy())
    assert torch.equal(numbers.samples, given.samples)


@pytest.mark.parametrize("size", [(6, 11), (9, 5)])
def test_images_need_not_be_square(size):
    images = pictures(3, 3, *size)
    asked = explainer(3, *size)
    mask = torch.zeros(*size, dtype=torch.bool)
    mask[1:4, 2:] = True
    result = asked.explain(images, others(asked.classifier, images), mask)
    assert result.images.shape == images.shape
    assert torch.equal(result.images[..., 0], images[..., 0])


@pytest.mark.parametrize("options", [{}, {"deterministic": False}, {"preset": "fast"}, {"precision": "bf16"}])
def test_the_same_seed_gives_the_same_bits(options):
    images = pictures()
    asked = explainer(**options)
    target = others(asked.classifier, images)
    first, again, other = (asked.explain(images, target, left_half(), seeds=seed) for seed in (3, 3, 4))
    for name in ("samples", "images", "sample_probabilities", "flipped", "best", "seeds"):
        assert torch.equal(getattr(first, name), getattr(again, name))
    assert not torch.equal(first.samples, other.samples)
    assert torch.equal(first.seeds[1:, 0], other.seeds[:-1, 0])
    assert not torch.equal(first.samples[:, 0], first.samples[:, 1])


@pytest.mark.parametrize("options", [{}, {"deterministic": False, "scale": 0.02}, {"preset": "fast"}])
def test_a_batch_of_16_equals_16_single_runs(options):
    images = pictures(16)
    asked = explainer(**{"samples": 1, **options})
    target = others(asked.classifier, images).tolist()
    masks = torch.rand(16, 1, 8, 8, generator=torch.Generator().manual_seed(2)) < 0.5
    scales = [0.02 + 0.002 * i for i in range(16)]
    seeds = [100 + 7 * i for i in range(16)]
    batch = asked.explain(images, target, masks, seeds=seeds, scales=scales)
    sliced = RCSB(asked.denoiser, asked.classifier, batch_size=3, **{**QUICK, "samples": 1, **options}).explain(
        images, target, masks, seeds=seeds, scales=scales
    )
    assert (batch.images - sliced.images).abs().max() <= 1e-5
    for i in range(16):
        one = asked.explain(
            images[i : i + 1], target[i], masks[i : i + 1], seeds=seeds[i : i + 1], scales=scales[i : i + 1]
        )
        assert (one.images[0] - batch.images[i]).abs().max() <= 1e-5
        assert bool(one.flipped[0]) == bool(batch.flipped[i])


def test_answers_are_those_of_the_classifier_on_the_images_as_returned():
    for kind in ("float32", "uint8"):
        images = pictures(8, kind=kind)
        asked = explainer(nfe=20, scale=0.2)
        target = others(asked.classifier, images)
        result = asked.explain(images, target, left_half(8))
        numbers = result.images / 255 if kind == "uint8" else result.images
        with torch.no_grad():
            logits = asked.classifier(numbers)
        assert torch.allclose(result.probabilities_after, logits.softmax(1), atol=1e-6)
        assert torch.equal(result.flipped, logits.argmax(1) == target)
        assert result.flipped.any()
        row = torch.arange(8)
        assert torch.equal(result.images, result.samples[row, result.best])
        assert torch.equal(result.flipped, result.sample_flipped.any(1))
        chances = result.sample_probabilities[row, :, target]
        chances = torch.where(result.sample_flipped, chances + 10, chances)
        assert torch.equal(result.best, chances.argmax(1))
        assert result.status is Status.COMPLETE
        assert result.finished.all()

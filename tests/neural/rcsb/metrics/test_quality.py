"""What the method is for, on trained toys: answers change, in the region, plausibly, and cheaply.

The small bridge is trained for seconds; the one of the slow tests for a minute and a half.
"""

from __future__ import annotations

import pytest
import torch
from suffice.neural.rcsb import RCSB
from suffice.neural.rcsb.metrics.metrics import cout
from suffice.neural.rcsb.regions.regions import RandomRegion

from benchmarks import rcsb_toys
from tests.neural.rcsb.toys import agreement, case, digits, full_bridge, region, small_bridge

PIXEL = {"scale_mode": "pixel", "samples": 1, "nfe": 50}


def explain(bridge, count, scale=None, masks=None, **options):
    toy = digits()
    images, target, own = case(count)
    asked = RCSB(bridge[0], toy.classifier, scale, **options)
    return asked.explain(images, target, own if masks is None else masks), target


def score(result, target):
    return cout(result.originals, result.images, digits().classifier, result.source, target)


def test_answers_flip_where_guidance_works_and_not_without():
    count = 40
    found, target = explain(small_bridge(), count, 0.04, **PIXEL)
    assert found.flip_rate >= 0.95
    assert agreement(digits(), found, target) >= 0.75
    unguided, _ = explain(small_bridge(), count, 0.0, **PIXEL)
    assert unguided.flip_rate <= 0.15
    assert float(score(found, target)[found.flipped].mean()) > 0.5
    random, _ = explain(small_bridge(), count, 0.02, RandomRegion(cell=1, area=0.3), **PIXEL)
    assert random.flip_rate <= 0.35
    assert torch.equal(found.images[~found.masks.expand_as(found.images)], found.originals[~found.masks])


def test_the_fast_preset_costs_a_third_and_flips_as_many():
    count = 40
    slow, target = explain(small_bridge(), count, 0.04, **PIXEL)
    fast, _ = explain(small_bridge(), count, preset="fast")
    assert fast.flip_rate >= slow.flip_rate - 0.026  # one image
    assert 3 * fast.calls.denoiser_rows <= slow.calls.denoiser_rows
    assert 3 * fast.calls.classifier_rows <= slow.calls.classifier_rows
    assert fast.calls.denoiser_backward_rows == 0 < slow.calls.denoiser_backward_rows
    assert agreement(digits(), fast, target) >= agreement(digits(), slow, target) - 0.05


def test_half_precision_gives_the_same_labels():
    options = {**PIXEL, "nfe": 20, "scale": 0.08}
    one, _ = explain(small_bridge(), 40, **options)
    half, _ = explain(small_bridge(), 40, precision="bf16", **options)
    labels = [result.probabilities_after.argmax(1) for result in (one, half)]
    assert (labels[0] == labels[1]).double().mean() >= 0.95
    assert not torch.equal(one.images, half.images)


@pytest.mark.slow
def test_the_full_bridge():
    """Target flip rate, a second classifier, COUT, unguided, random regions, on more images."""
    bridge, toy, count = full_bridge(), digits(), 128
    found, target = explain(bridge, count, 0.04, **PIXEL)
    assert found.flip_rate >= 0.95
    assert agreement(toy, found, target) >= 0.75
    assert float(score(found, target)[found.flipped].mean()) > 0.5
    assert explain(bridge, count, 0.0, **PIXEL)[0].flip_rate <= 0.15
    assert explain(bridge, count, 0.02, RandomRegion(cell=1, area=0.3), **PIXEL)[0].flip_rate <= 0.35
    fast, _ = explain(bridge, count, preset="fast")
    assert fast.flip_rate >= found.flip_rate - 0.01
    assert 3 * fast.calls.denoiser_rows <= found.calls.denoiser_rows
    assert agreement(toy, fast, target) >= 0.75
    wide, _ = explain(bridge, 48, 0.04, region(48, 0.6), **PIXEL)
    narrow, _ = explain(bridge, 48, 0.04, region(48, 0.1), **PIXEL)
    assert wide.flip_rate > narrow.flip_rate


@pytest.mark.slow
def test_shapes_of_16_pixels():
    from suffice.neural.rcsb.regions.attribution import AttributionRegion

    toy = rcsb_toys.shapes()
    bridge, _ = rcsb_toys.bridge(toy, "shapes", **rcsb_toys.SHAPES)
    images = toy.test[:32]
    target = rcsb_toys.ranked(toy.classifier, images, 1)
    masks = AttributionRegion(cell=2, area=0.5, baseline=toy.train.mean(0)).masks(images, classifier=toy.classifier)
    rates = {}
    for name, options in {
        "guided": {**PIXEL, "scale": 0.1},
        "unguided": {**PIXEL, "scale": 0.0},
        "fast": {"preset": "fast"},
    }.items():
        rates[name] = RCSB(bridge, toy.classifier, **options).explain(images, target, masks).flip_rate
    assert rates["guided"] >= 0.85
    assert rates["unguided"] <= 0.15
    assert rates["fast"] >= rates["guided"] - 0.07

"""Trained toys, once a session and kept on disk; regions for them."""

from __future__ import annotations

from functools import cache

import torch
from suffice.neural.rcsb.regions.attribution import AttributionRegion

from benchmarks import rcsb_toys
from tests.brute.amounts import sized


@cache
def digits():
    return rcsb_toys.digits(steps=sized(500, 200))


@cache
def small_bridge():
    """A bridge that is good enough for most purposes after a fifth of the time."""
    return rcsb_toys.bridge(digits(), "digits-small", **rcsb_toys.SMALL)


@cache
def full_bridge():
    return rcsb_toys.bridge(digits(), "digits", **rcsb_toys.FULL)


@cache
def case(count):
    """Test images, the classes that are third for the classifier, and the cells that its answers rest on."""
    toy = digits()
    return toy.test[:count], rcsb_toys.ranked(toy.classifier, toy.test[:count]), region(count)


@cache
def region(count, area=0.3):
    toy = digits()
    found = AttributionRegion(cell=1, area=area, baseline=toy.train.mean(0))
    return found.masks(toy.test[:count], classifier=toy.classifier)


def agreement(toy, result, target):
    """On how many of the flipped images the judge sees the target as well."""
    with torch.no_grad():
        return float((toy.judge(result.images).argmax(1) == target)[result.flipped].double().mean())

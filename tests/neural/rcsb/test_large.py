"""256 x 256 pixels with a small network of ADM-256's shape: shapes, memory, accounts of what it cost."""

from __future__ import annotations

import pytest
import torch
from suffice.neural.rcsb import RCSB

from benchmarks.rcsb_large import full_adm, photo_classifier, small_adm
from benchmarks.rcsb_memory import Peak
from tests.neural.rcsb.fixtures import pictures


@pytest.mark.slow
def test_images_of_imagenets_size():
    network, classifier = small_adm(), photo_classifier()
    images = pictures(1, 3, 256, 256, kind="uint8")
    mask = torch.zeros(256, 256, dtype=torch.bool)
    mask[64:192, 64:208] = True
    peaks, results = {}, {}
    for checkpointing in (False, True):
        asked = RCSB(network, classifier, nfe=1, samples=1, checkpointing=checkpointing)
        with Peak() as memory:
            results[checkpointing] = asked.explain(images, None, mask)
        peaks[checkpointing] = memory.peak
    assert peaks[True] <= 0.5 * peaks[False]
    one, other = results.values()
    assert torch.equal(one.images, other.images)
    assert one.images.shape == (1, 3, 256, 256)
    outside = ~mask.expand_as(images)
    assert torch.equal(one.images[outside], images[outside])
    calls = one.calls
    assert (calls.denoiser_rows, calls.denoiser_backward_rows, calls.classifier_backward_rows) == (1, 1, 1)
    assert one.seconds > 0


def test_the_large_network_has_the_size_of_adm_256():
    with torch.device("meta"):
        count = sum(parameter.numel() for parameter in full_adm().parameters())
    assert count == pytest.approx(552.8e6, rel=1e-3)

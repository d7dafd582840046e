"""Dotted paths that pages told before stay importable."""

from importlib import import_module

import pytest

KEPT = {
    "suffice.solvers.external": ("ExternalSat",),
    "suffice.solvers.external_opt": ("ExternalMaxSat", "ExternalCounter"),
    "suffice.neural.rcsb.networks": ("make_unet",),
    "suffice.neural.rcsb.masks": ("save_mask", "MaskRegion"),
}


@pytest.mark.parametrize("module", KEPT)
def test_a_path_hands_on_what_it_named(module):
    face = import_module(module.rpartition(".")[0])
    for name in KEPT[module]:
        assert getattr(import_module(module), name) is getattr(face, name)

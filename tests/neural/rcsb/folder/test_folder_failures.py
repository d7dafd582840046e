"""What fails for one image of a folder is a row of the table, and costs no other image its result."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from suffice.engine.status import Status
from suffice.neural.rcsb import RCSB, BridgeDenoiser
from suffice.neural.rcsb.folder.folder import load_folder, run_folder
from suffice.neural.rcsb.regions.regions import RandomRegion

from tests.neural.rcsb.small import Linear, Shrink, write_images

OPTIONS = {"nfe": 3, "scale": 1.0, "scale_mode": "pixel", "samples": 2, "mask_gradient": True}


def go(images, out, make, region, batch=2):
    return run_folder(make, images, out, 1, region, batch=batch)


class Picky(Linear):
    """Takes images of 8 x 8 pixels only, and not the dark ones."""

    def forward(self, x):
        if tuple(x.shape[2:]) != (8, 8):
            raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied for {tuple(x.shape)}")
        if bool((x.amax((1, 2, 3)) == 0).any()):
            raise ZeroDivisionError("a dark image")
        return super().forward(x)


def picky_region(images, **told):
    if bool((images[:, :, 0, 0] == 123).all(1).any()):
        raise OSError("the detector gave up")
    return torch.ones(len(images), 1, *images.shape[2:], dtype=torch.bool)


class Detector(RandomRegion):
    def masks(self, images, **told):
        return picky_region(images)


@pytest.mark.parametrize("batch", [1, 2, 20])
def test_whatever_fails_for_one_image_is_a_row(tmp_path, batch):
    images = write_images(tmp_path / "images")

    def add(name, array):
        Image.fromarray(array).save(images / name)

    add("80.png", np.full((16, 16, 3), 90, np.uint8))  # another size
    add("81.png", np.zeros((8, 8, 3), np.uint8))  # fails the classifier by itself
    marked = np.array(Image.open(images / "00.png"))
    marked[0, 0] = 123
    add("82.png", marked)  # fails the detector
    add("83.png", np.full((9, 8, 3), 90, np.uint8))
    make = RCSB(BridgeDenoiser(Shrink(), "x0"), Picky(), **OPTIONS)
    usual = RCSB(BridgeDenoiser(Shrink(), "x0"), Linear(), **OPTIONS)
    plain = go(write_images(tmp_path / "plain"), tmp_path / "a", usual, Detector(cell=2, area=0.5))
    found = go(images, tmp_path / "b", make, Detector(cell=2, area=0.5), batch=batch)
    rows = {row["file"]: row for row in found.rows}
    assert [rows[f"{name}.png"]["outcome"] for name in (80, 81, 82, 83)] == ["failed"] * 4
    assert "16 x 16 pixels" in rows["80.png"]["reason"] and "cannot be multiplied" in rows["80.png"]["reason"]
    assert "a dark image" in rows["81.png"]["reason"] and "OSError: the detector gave up" in rows["82.png"]["reason"]
    assert [row["outcome"] for row in found.rows[:7]] == [row["outcome"] for row in plain.rows]
    assert found.status is Status.COMPLETE and (tmp_path / "b" / "table.csv").read_text().count("\n") == 12
    assert repr(load_folder(tmp_path / "b")) == repr(found)

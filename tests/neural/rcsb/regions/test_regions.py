"""Regions: cells, masks by hand, random ones, their combinations; one image at a time, whatever else is there."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from suffice.engine.errors import BadInputError
from suffice.neural.rcsb.images.pixels import read_image
from suffice.neural.rcsb.regions.cells import best, best_cells, cell_sums, share_of
from suffice.neural.rcsb.regions.masks import MaskRegion, read_mask, save_mask
from suffice.neural.rcsb.regions.regions import EmptyRegion, FullRegion, RandomRegion

from tests.brute.amounts import few
from tests.neural.rcsb.small import images


def by_hand(values, cell, number):
    """The mask of the best cells, straight from the definition: loops over cells in reading order."""
    height, width = values.shape
    scored = []
    for top in range(0, height, cell):
        for left in range(0, width, cell):
            block = values[top : top + cell, left : left + cell]
            scored.append((-float(block.astype(np.float64).sum()), len(scored), top, left))
    mask = np.zeros((height, width), dtype=bool)
    for _, _, top, left in sorted(scored)[:number]:
        mask[top : top + cell, left : left + cell] = True
    return mask, len(scored)


@given(
    st.integers(1, 13), st.integers(1, 13), st.integers(1, 6), st.integers(1, 100), st.integers(0, 3),
)  # fmt: skip
@settings(max_examples=few(60), deadline=None)
def test_best_cells_by_hand(height, width, cell, per_cent, seed):
    values = np.random.default_rng(seed).integers(0, 3, (height, width)).astype(np.float64)  # many ties
    _, count = by_hand(values, cell, 0)
    number = Fraction(per_cent, 100) * count // 1
    area = per_cent / 100
    if number < 1:
        with pytest.raises(BadInputError, match="less than one"):
            best_cells(torch.from_numpy(values), cell, area)
        return
    expected, _ = by_hand(values, cell, number)
    assert np.array_equal(best_cells(torch.from_numpy(values), cell, area).numpy(), expected)


def test_shares_are_exact():
    for per_cent in range(1, 101):
        assert share_of(per_cent / 100, 100) == per_cent  # .29 * 100 is below 29 in floating point
    assert share_of(0.3, 16) == 4 and share_of(0.3, 4) == 1 and share_of(1.0, 7) == 7
    with pytest.raises(BadInputError, match=r"area=0.3 of 3 cells is less than one.*at least 0.33333"):
        share_of(0.3, 3)


def test_the_area_that_an_error_advises_is_enough():
    for count in (3, 7, 9, 49, 999):
        with pytest.raises(BadInputError) as told:
            share_of(0.5 / count, count)
        advised = float(str(told.value).split("at least ")[1].split(",")[0])
        assert share_of(advised, count) == 1


def test_ties_go_to_the_first_in_reading_order():
    assert best(torch.tensor([[1.0, 2.0], [2.0, 2.0]]), 2).tolist() == [[False, True], [True, False]]
    assert cell_sums(torch.ones(5, 7), 3).tolist() == [[9, 9, 3], [6, 6, 2]]


@pytest.mark.parametrize("side", [(8, 8), (7, 10), (1, 5)])
def test_random_regions(side):
    given_images = images(3, side=side[0], width=side[1])
    region = RandomRegion(cell=2, area=0.5)
    masks = region.masks(given_images, seeds=[5, 6, 7])
    rows, columns = -(-side[0] // 2), -(-side[1] // 2)
    for mask in masks[:, 0]:
        cells = mask[::2, ::2]
        assert int(cells.sum()) == rows * columns // 2
        large = cells.repeat_interleave(2, 0).repeat_interleave(2, 1)[: side[0], : side[1]]
        assert torch.equal(mask, large)
    alone = torch.cat([region.masks(given_images[i : i + 1], seeds=[5 + i]) for i in range(3)])
    assert torch.equal(masks, alone)
    assert not torch.equal(masks, region.masks(given_images, seeds=[8, 9, 10])) or rows * columns < 4


def test_random_cells_are_equally_likely():
    masks = RandomRegion(cell=4, area=0.25).masks(torch.zeros(4000, 1, 8, 8), seeds=range(4000))
    share = masks[:, 0, ::4, ::4].flatten(1).double().mean(0)
    assert float((share - 0.25).abs().max()) < 0.03


def test_full_empty_inverse_and_joined():
    given_images = images(2, channels=1, side=5, width=9)
    left = torch.zeros(5, 9, dtype=torch.bool)
    left[:, :4] = True
    part = MaskRegion(left)
    assert bool(FullRegion().masks(given_images).all()) and not bool(EmptyRegion().masks(given_images).any())
    assert torch.equal((~part).masks(given_images)[0, 0], ~left)
    assert torch.equal((part | ~part).masks(given_images), FullRegion().masks(given_images))
    assert torch.equal((part & ~part).masks(given_images), EmptyRegion().masks(given_images))
    noise = RandomRegion(1, 0.5)
    joined = (noise & part).masks(given_images, seeds=[3, 4])
    assert torch.equal(joined, noise.masks(given_images, seeds=[3, 4]) & part.masks(given_images))
    assert repr(~(part | noise)).startswith("~(MaskRegion(array (5, 9)")
    assert FullRegion().masks(given_images[:0]).shape == (0, 1, 5, 9)
    assert FullRegion().masks((given_images * 255).to(torch.uint8).numpy()).shape == (2, 1, 5, 9)


def test_masks_of_all_shapes():
    given_images = images(3)
    each = torch.rand(3, 1, 8, 8) > 0.5
    assert torch.equal(MaskRegion(each).masks(given_images), each)
    assert torch.equal(MaskRegion(each[:, 0].numpy()).masks(given_images), each)
    assert torch.equal(MaskRegion(each.to(torch.uint8) * 255).masks(given_images), each)
    assert torch.equal(MaskRegion(list(each[:, 0])).masks(given_images), each)
    assert torch.equal(MaskRegion(each[0]).masks(given_images), each[:1].expand(3, 1, 8, 8))
    assert torch.equal(MaskRegion(each[:1].float().tolist()).masks(given_images), each[:1].expand(3, 1, 8, 8))


def test_a_mask_is_not_the_callers_own():
    mask = torch.ones(8, 8, dtype=torch.bool)
    region = MaskRegion(mask)
    mask[:] = False
    assert bool(region.masks(images(1)).all())


def test_mask_files(tmp_path):
    mask = np.zeros((8, 8), dtype=bool)
    mask[2:5, 3:] = True
    save_mask(mask, tmp_path / "a.png")
    Image.fromarray(mask).save(tmp_path / "bits.png")  # one bit a pixel
    Image.fromarray(mask.astype(np.uint8)).save(tmp_path / "one.png")  # 0 and 1
    Image.fromarray(np.where(mask, 200, 40).astype(np.uint8)).save(tmp_path / "grey.png")
    Image.fromarray(np.where(mask, 60000, 0).astype(np.uint16)).save(tmp_path / "deep.png")
    colour = np.zeros((8, 8, 3), dtype=np.uint8)
    colour[mask] = (255, 255, 255)
    Image.fromarray(colour).convert("P").save(tmp_path / "palette.png")
    opaque = np.concatenate([colour, np.full((8, 8, 1), 255, dtype=np.uint8)], axis=2)
    Image.fromarray(opaque).save(tmp_path / "opaque.png")
    for name in ("a", "bits", "one", "grey", "deep", "palette", "opaque"):
        assert np.array_equal(read_mask(tmp_path / f"{name}.png").numpy(), mask), name
    given_images = images(2)
    assert np.array_equal(MaskRegion(tmp_path / "a.png").masks(given_images)[1, 0].numpy(), mask)
    both = MaskRegion([tmp_path / "a.png", ~mask]).masks(given_images)[:, 0].numpy()
    assert np.array_equal(both[0], mask) and np.array_equal(both[1], ~mask)


def test_masks_of_a_folder_go_by_names(tmp_path):
    corner = np.zeros((8, 8), dtype=bool)
    corner[0, 0] = True
    (tmp_path / "sub").mkdir()
    save_mask(corner, tmp_path / "b.png")
    save_mask(~corner, tmp_path / "sub" / "a.png")
    region = MaskRegion(tmp_path)
    masks = region.for_names(["sub/a", "b"]).masks(images(2))
    assert int(masks[0].sum()) == 63 and int(masks[1].sum()) == 1
    assert int((~region).for_names(["b"]).masks(images(1)).sum()) == 63
    assert int(region.masks(images(2))[0].sum()) == 1  # without names: in the order of the files
    with pytest.raises(BadInputError, match="no mask for 'c'"):
        region.for_names(["b", "c"])
    named = MaskRegion({"x": corner, "y": tmp_path / "b.png"}).for_names(["y", "x"])
    assert int(named.masks(images(2)).sum()) == 2


def test_large_masks_can_be_fitted_to_the_centre(tmp_path):
    large = np.zeros((16, 32), dtype=bool)
    large[:, 8:16] = True  # the left half of the central square
    save_mask(large, tmp_path / "a.png")
    mask = MaskRegion(tmp_path / "a.png", fit="centre").masks(images(1))[0, 0]
    assert bool(mask[:, :4].all()) and not bool(mask[:, 4:].any())
    with pytest.raises(BadInputError, match=r"16 x 32 pixels .height x width.: the images have 8 x 8"):
        MaskRegion(tmp_path / "a.png").masks(images(1))


def test_images_from_files(tmp_path):
    levels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    Image.fromarray(levels).save(tmp_path / "a.png")
    assert np.array_equal(read_image(tmp_path / "a.png").numpy(), np.moveaxis(levels, 2, 0))
    turned = Image.Exif()
    turned[274] = 6  # the camera was held upright
    Image.fromarray(levels).save(tmp_path / "b.png", exif=turned)
    assert np.array_equal(read_image(tmp_path / "b.png").numpy(), np.moveaxis(np.rot90(levels, -1), 2, 0))
    wide = np.repeat(np.arange(8, dtype=np.uint8)[None] * 20, 4, axis=0)
    Image.fromarray(wide).save(tmp_path / "wide.png")
    assert np.array_equal(read_image(tmp_path / "wide.png", size=4, grey=True)[0].numpy(), wide[:, 2:6])
    assert read_image(tmp_path / "wide.png", size=16).shape == (3, 16, 16)
    Image.fromarray(wide.astype(np.uint16) * 256).save(tmp_path / "deep.png")
    with pytest.raises(BadInputError, match="more than 8 bits"):
        read_image(tmp_path / "deep.png")


def transparent(path):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (8, 8, 4)).astype(np.uint8)).save(path)
    return path


@pytest.mark.parametrize(
    ("message", "make"),
    [
        ("the mask has 7 x 8 pixels .height x width.: the images have 8 x 8", lambda f: MaskRegion(np.ones((7, 8)))),
        ("mask 0 has 8 x 9 pixels", lambda f: MaskRegion(np.ones((2, 8, 9)))),
        ("3 masks for 2 images", lambda f: MaskRegion(np.ones((3, 8, 8)))),
        ("holds the values .0.0, 0.5, 1.0.", lambda f: MaskRegion(np.array([[0, 0.5], [1, 0]]))),
        ("holds the values .-1", lambda f: MaskRegion(np.array([[0, -1], [-1, 0]]))),
        ("holds the values", lambda f: MaskRegion(np.array([[0, np.nan]]))),
        ("source has shape .3,.", lambda f: MaskRegion([1, 0, 1])),
        ("no such mask file or folder", lambda f: MaskRegion(f / "none.png")),
        ("cannot be read as an image", lambda f: MaskRegion(f / "broken.png")),
        ("no image files in this folder", lambda f: MaskRegion(f / "nothing")),
        ("parts of this mask are transparent", lambda f: MaskRegion(transparent(f / "clear.png"))),
        ("all pixels of this mask have level 9", lambda f: MaskRegion(f / "flat.png")),
        ("1 mask in a list for 2 images", lambda f: MaskRegion([np.ones((8, 8))])),
        ("fit='best'", lambda f: MaskRegion(np.ones((8, 8)), fit="best")),
        ("cell=0", lambda f: RandomRegion(0, 0.3)),
        ("cell=2.0", lambda f: RandomRegion(2.0, 0.3)),
        ("area=0", lambda f: RandomRegion(2, 0)),
        ("area=1.5", lambda f: RandomRegion(2, 1.5)),
        ("area=nan", lambda f: RandomRegion(2, float("nan"))),
        ("area=0.05 of 16 cells is less than one", lambda f: RandomRegion(2, 0.05)),
        ("region=3: expected a Region", lambda f: FullRegion() | 3),
    ],
)
def test_refused(message, make, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    (tmp_path / "nothing").mkdir()
    Image.fromarray(np.full((8, 8), 9, dtype=np.uint8)).save(tmp_path / "flat.png")
    with pytest.raises(BadInputError, match=message):
        make(tmp_path).masks(images(2))


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("seeds=.1.: expected one whole number for each of 2", {"seeds": [1]}),
        ("seeds=.0.5, 1.5.", {"seeds": [0.5, 1.5]}),
        ("labels has shape .1,.", {"labels": [1]}),
        ("labels has shape .2,. and type torch.float32", {"labels": torch.tensor([0.5, 1.0])}),
    ],
)
def test_refused_questions(message, told):
    with pytest.raises(BadInputError, match=message):
        FullRegion().masks(images(2), **told)


@pytest.mark.parametrize(
    ("message", "bad"),
    [
        ("expected .n, channels, height, width.", torch.rand(3, 8, 8)),
        ("values from 0 to 255: expected .0, 1.", torch.linspace(0, 255, 64).reshape(1, 1, 8, 8)),
        ("values from -1 to 1", torch.linspace(-1, 1, 64).reshape(1, 1, 8, 8)),
        ("values from nan", torch.full((1, 1, 8, 8), float("nan"))),
        ("type torch.int64: expected uint8", torch.ones(1, 1, 8, 8, dtype=torch.int64)),
        ("expected a tensor or an array", [[1], [1, 2]]),
    ],
)
def test_refused_images(message, bad):
    with pytest.raises(BadInputError, match=message):
        FullRegion().masks(bad)

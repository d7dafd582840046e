"""Published settings by their published names; masks painted by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.engine.errors import BadInputError
from suffice.neural.rcsb.presets import PRESETS
from suffice.neural.rcsb.published import from_published
from suffice.neural.rcsb.regions.attribution import AttributionRegion
from suffice.neural.rcsb.regions.masks import MaskRegion, save_mask
from suffice.neural.rcsb.regions.painting import Painter, paint
from suffice.neural.rcsb.regions.text import TextRegion

from tests.neural.rcsb.small import Linear, Shrink, images

IDS = {"target_id": 340, "guide_id": 339}


def test_the_recommended_settings():
    told = from_published(**IDS, guidance_scale=1.5, start_step=600, cell_size=16, area=0.3)
    assert (told.source, told.target, told.samples) == (340, 339, 2)
    assert told.settings == {"preset": "published", "scale": 1.5, "start": 0.6, "samples": 2}
    assert isinstance(told.region, AttributionRegion) and (told.region.cell, told.region.area) == (16, 0.3)
    assert (told.region.method, told.region.steps, told.region.noise, told.region.noise_samples) == (
        "IntegratedGradients", 50, 0.05, 5
    )  # fmt: skip
    assert told.folder() == {"target": 339, "region": told.region, "source": 340, "n": 2}
    assert from_published(**IDS).settings == told.settings  # they are the defaults


def test_every_way_of_telling_them():
    named = from_published(**IDS, guidance_scale=0.8, start_step=500, cell_size=8, area=0.1, n_inpaints=1)
    overrides = [
        "exp.target_id=340", "exp.guide_id=339", "guidance.scale.value=0.8", "inpainter.subconfig.start_step=500",
        "explainer.cell_size=8", "explainer.area=0.1", "+exp.n_inpaints=1",
    ]  # fmt: skip
    shell = {"TARGET_ID": "340", "GUIDE_ID": "339", "GUIDANCE_SCALE": ".8", "START_STEP": "500", "CELL_SIZE": "8"}
    for told in (from_published(overrides), from_published(shell | {"AREA": "0.1"}, n_inpaints=1)):
        assert told.settings == named.settings and repr(told.region) == repr(named.region)
        assert (told.source, told.target, told.samples) == (340, 339, 1)


def test_the_explainer_that_follows():
    made = from_published(**IDS, guidance_scale=0.8, start_step=500).explainer(Shrink(), Linear(), nfe=7)
    plain = made.settings
    assert (plain.scale, plain.start, plain.nfe, made.samples) == (0.8, 0.5, 7, 2)
    published = {**PRESETS["published"], "scale": 0.8, "start": 0.5, "nfe": 7}
    assert all(getattr(plain, name) == published[name] for name in ("stabiliser", "normaliser", "through_denoiser"))


def found(image, prompt):
    return torch.tensor([[1.0, 1.0, 4.0, 4.0]]), torch.ones(1)


def outlined(image, boxes):
    return torch.linspace(-10, 53, 64).reshape(1, 8, 8)


def test_text_and_manual_regions(tmp_path):
    networks = {"detector": found, "segmenter": outlined}
    told = from_published(["explainer=lang_sam", "TEXT_PROMPT=mouth", "USE_BINARY_MASKS=true"], **IDS, **networks)
    assert isinstance(told.region, TextRegion) and told.region.binary and told.region.prompt == "mouth"
    told = from_published(["TEXT_PROMPT=mouth", "USE_BINARY_MASKS=true", "AREA=0.25"], **IDS, **networks)
    assert told.region.binary and told.region.area is None  # as published, binary masks switch the area off
    told = from_published(["TEXT_PROMPT=mouth", "USE_BINARY_MASKS=False", "AREA=0.25"], **IDS, **networks)
    assert int(told.region.masks(images(1)).sum()) == 16
    save_mask(np.ones((8, 8)), tmp_path / "a.png")
    for more in (["dataset=custom_mask_imagenet"], []):
        told = from_published(more, **IDS, masks=tmp_path)
        assert isinstance(told.region, MaskRegion)
        assert bool(told.region.for_names(["a"]).masks(images(1)).all())


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("target_id is missing", {"guide_id": 1}),
        ("guide_id is missing", {"target_id": 1}),
        ("both 3: expected two classes", {"target_id": 3, "guide_id": 3}),
        ("'temperature': unknown setting", IDS | {"temperature": 1}),
        ("'exp.seed': unknown setting", IDS | {"settings": {"exp.seed": 1}}),
        ("target_id is told twice", IDS | {"settings": ["exp.target_id=2"]}),
        ("'exp.target_id': expected name=value", {"settings": ["exp.target_id"]}),
        ("target_id='zebra'", {"target_id": "zebra", "guide_id": 1}),
        ("target_id=1.5", {"target_id": 1.5, "guide_id": 1}),
        ("target_id=-1", {"target_id": -1, "guide_id": 1}),
        ("target_id=True", {"target_id": True, "guide_id": 2}),
        ("start_step=0: expected a step", IDS | {"start_step": 0}),
        ("start_step=1001", IDS | {"start_step": 1001}),
        ("guidance_scale='nan'", IDS | {"guidance_scale": "nan"}),
        ("area=2", IDS | {"area": 2}),
        ("cell_size=0|cell=0", IDS | {"cell_size": 0}),
        ("explainer='lime'", IDS | {"explainer": "lime"}),
        ("use_binary_masks='yes'", IDS | {"use_binary_masks": "yes"}),
        ("use_binary_masks=True has no effect with automated", IDS | {"use_binary_masks": True}),
        ("give text_prompt", IDS | {"explainer": "lang_sam"}),
        ("needs detector=", IDS | {"text_prompt": "mouth"}),
        ("give masks=", IDS | {"dataset": "custom_mask_imagenet"}),
        ("area=0.2 has no effect with manual masks", IDS | {"masks": "folder", "area": 0.2}),
        ("no such mask file or folder", IDS | {"masks": "nowhere"}),
    ],
)  # fmt: skip
def test_refused(message, told):
    with pytest.raises(BadInputError, match=message):
        from_published(**told)


@pytest.fixture
def figure():
    pytest.importorskip("matplotlib")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(4, 4))
    FigureCanvasAgg(made)
    return made


def mouse(painter, kind, place, button=1):
    from matplotlib.backend_bases import MouseEvent

    canvas = painter.figure.canvas
    across, up = painter.figure.axes[0].transData.transform(place)
    canvas.callbacks.process(kind, MouseEvent(kind, canvas, across, up, button))


def key(painter, name):
    from matplotlib.backend_bases import KeyEvent

    painter.figure.canvas.callbacks.process("key_press_event", KeyEvent("key_press_event", painter.figure.canvas, name))


def test_painting_with_the_mouse(figure, tmp_path):
    painter = Painter(images(1, side=16)[0], tmp_path / "mask.png", brush=1.0, figure=figure)
    figure.canvas.draw()
    mouse(painter, "button_press_event", (3, 5))
    assert painter.mask.nonzero().tolist() == [[4, 3], [5, 2], [5, 3], [5, 4], [6, 3]]
    mouse(painter, "motion_notify_event", (9, 5))
    mouse(painter, "button_release_event", (9, 5))
    assert painter.mask[4:7, 3:10].all() and int(painter.mask.sum()) == 7 * 3 + 2
    mouse(painter, "motion_notify_event", (9, 12))  # no button: no stroke
    assert int(painter.mask.sum()) == 23
    key(painter, "s")
    region = MaskRegion(tmp_path / "mask.png")
    assert torch.equal(region.masks(images(1, side=16)), painter.region().masks(images(1, side=16)))
    mouse(painter, "button_press_event", (6, 5), button=3)
    mouse(painter, "button_release_event", (6, 5), button=3)
    assert not painter.mask[5, 6] and int(painter.mask.sum()) == 18
    key(painter, "i")
    assert int(painter.mask.sum()) == 256 - 18
    key(painter, "c")
    assert not painter.mask.any()
    key(painter, "+")
    assert painter.brush == 1.25
    key(painter, "-")
    assert painter.brush == 1.0


@pytest.mark.parametrize(
    ("message", "options"),
    [
        ("mask has shape .8, 8.: the image has .16, 16.", {"mask": np.ones((8, 8))}),
        ("brush=0", {"brush": 0}),
    ],
)
def test_painting_refused(message, options, figure):
    with pytest.raises(BadInputError, match=message):
        Painter(images(1, side=16)[0], figure=figure, **options)


def test_painting_without_a_file_or_a_display(figure, tmp_path):
    with pytest.raises(BadInputError, match="give path="):
        Painter(images(1)[0], figure=figure).save()
    with pytest.raises(BadInputError, match="there is no such file"):
        paint(tmp_path / "none.png", tmp_path / "mask.png")
    import matplotlib

    before = matplotlib.get_backend()
    matplotlib.use("agg")
    try:
        with pytest.raises(BadInputError, match="opens no windows"):
            paint(images(1)[0], tmp_path / "mask.png")
    finally:
        matplotlib.use(before)

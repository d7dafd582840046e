"""Results in folders, pictures and pages."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from PIL import Image
from suffice.engine.errors import BadInputError, FormatError
from suffice.engine.status import Status, Stop
from suffice.neural.rcsb.images.pixels import read_image
from suffice.neural.rcsb.results.joined import join
from suffice.neural.rcsb.results.pictures import asked_labels, html, overlay, plot
from suffice.neural.rcsb.results.reading import load_result
from suffice.neural.rcsb.results.result import Calls, Step
from suffice.neural.rcsb.results.saving import save, to_dict

from tests.neural.rcsb.small import images, made_result


def same(one, other):
    for item in fields(one):
        first, second = getattr(one, item.name), getattr(other, item.name)
        if isinstance(first, torch.Tensor):
            assert first.dtype == second.dtype and torch.equal(first, second), item.name
        else:
            assert first == second, item.name


@pytest.mark.parametrize("kind", ["float", "uint8", "half"])
def test_saved_and_loaded(tmp_path, kind):
    result = made_result()
    change = {"uint8": lambda x: (x * 255).to(torch.uint8), "half": lambda x: x.to(torch.bfloat16)}.get(
        kind, lambda x: x
    )
    result = replace(
        result, originals=change(result.originals), images=change(result.images), samples=change(result.samples),
        trace=(Step(599, 12, -1.5, 0.25, 0.5),), calls=Calls(3, 4, 5), status=Status.BEST_SO_FAR, stop=Stop.INTERRUPT,
        classes=("cat", "dog", "cow"), settings={"scale": 1.5, "words": ["linear", 2.0], "none": None},
    )  # fmt: skip
    assert save(result, tmp_path / "a") == tmp_path / "a"
    same(result, load_result(tmp_path / "a"))
    told = json.loads((tmp_path / "a" / "result.json").read_text())
    assert told["images"][2]["flipped"] is False and told["stop"] == "interrupt" and len(told["images"]) == 6


def test_results_of_several_labels(tmp_path):
    result = replace(
        made_result(), source=torch.rand(6, 3) > 0.5, targets=torch.tensor([[1, 0, -1]] * 6, dtype=torch.int8),
        multi_label=True,
    )  # fmt: skip
    save(result, tmp_path / "a")
    same(result, load_result(tmp_path / "a"))
    assert asked_labels(result, 0) == [0, 1] and "not flipped" in html(result)


def test_the_pictures_hold_the_pixels(tmp_path):
    result = made_result()
    names = [f"sub/{place}" for place in range(6)]
    save(result, tmp_path, names=names)
    for part, tensor in (("originals", result.originals), ("counterfactuals", result.images)):
        written = torch.stack([read_image(tmp_path / part / f"{name}.png") for name in names])
        assert float((written / 255 - tensor).abs().max()) <= 0.5 / 255 + 1e-6
    mask = np.asarray(Image.open(tmp_path / "masks" / "sub/1.png"))[:, :, 0] == 255
    assert np.array_equal(mask, result.masks[1, 0].numpy())
    sample = read_image(tmp_path / "samples" / "sub/3-1.png")
    assert float((sample / 255 - result.samples[3, 1]).abs().max()) <= 0.5 / 255 + 1e-6
    assert {path.name for path in tmp_path.iterdir()} == {
        "originals", "counterfactuals", "masks", "regions", "differences", "samples", "result.json",
        "tensors.safetensors"
    }  # fmt: skip


def test_pictures_can_be_left_out(tmp_path):
    save(made_result(), tmp_path / "a", pictures=["masks"])
    save(made_result(), tmp_path / "b", pictures=False)
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["masks", "result.json", "tensors.safetensors"]
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == ["result.json", "tensors.safetensors"]


@pytest.mark.parametrize(
    ("message", "error", "make"),
    [
        ("holds a result already", BadInputError, lambda f: save(made_result(), f / "there")),
        ("is a file", BadInputError, lambda f: save(made_result(), f / "there" / "result.json")),
        ("pictures='masks'", BadInputError, lambda f: save(made_result(), f / "new", pictures="masks")),
        ("pictures=.'x'.", BadInputError, lambda f: save(made_result(), f / "new", pictures=["x"])),
        ("names: 1 different ones for 6", BadInputError, lambda f: save(made_result(), f / "new", names=["a"] * 6)),
        (
            "'../a' does not stay",
            BadInputError,
            lambda f: save(made_result(), f / "new", names=["../a", *"bcdef"]),
        ),
        ("there is no result.json", BadInputError, load_result),
        ("there is no tensors.safetensors", BadInputError, lambda f: load_result(f / "half")),
        ("not a file of tensors", FormatError, lambda f: load_result(f / "cut")),
        ("not a saved result", FormatError, lambda f: load_result(f / "text")),
        ("version 9 is not known", FormatError, lambda f: load_result(f / "later")),
    ],
)
def test_refused(message, error, make, tmp_path):
    for name in ("there", "half", "cut", "text", "later"):
        save(made_result(), tmp_path / name, pictures=False)
    (tmp_path / "half" / "tensors.safetensors").unlink()
    whole = (tmp_path / "cut" / "tensors.safetensors").read_bytes()
    (tmp_path / "cut" / "tensors.safetensors").write_bytes(whole[:-100])
    (tmp_path / "text" / "result.json").write_text('{"version": 1}')
    told = json.loads((tmp_path / "later" / "result.json").read_text()) | {"version": 9}
    (tmp_path / "later" / "result.json").write_text(json.dumps(told))
    with pytest.raises(error, match=message):
        make(tmp_path)


def test_overwriting_on_demand(tmp_path):
    save(made_result(), tmp_path / "a", pictures=False)
    other = made_result(seed=7)
    save(other, tmp_path / "a", pictures=False, overwrite=True)
    same(other, load_result(tmp_path / "a"))


def test_the_figure(tmp_path):
    result = made_result()
    figure = plot(result, path=tmp_path / "a.png")
    assert len(figure.axes) == 6 * 4 + 1 and (tmp_path / "a.png").stat().st_size > 3000  # and the colour bar
    largest = float((result.images - result.originals).sum(1).abs().max())
    assert np.allclose(figure.axes[-1].get_ylim(), (-largest, largest))  # one scale for all differences
    texts = [panel.get_xlabel() for panel in figure.axes]
    assert "(not flipped)" in texts[2 * 4 + 2] and "(not flipped)" not in texts[2]
    shown = figure.axes[2].images[0].get_array()  # the counterfactual of the first image
    assert np.array_equal(shown, np.moveaxis((result.images[0] * 255).round().to(torch.uint8).numpy(), 0, 2))
    assert len(plot(result, [1, -1], samples=True).axes) == 2 * 5 + 1
    assert len(result.plot(3).axes) == 4 + 1
    with pytest.raises(BadInputError, match="there is no image 6; there are 6"):
        plot(result, [0, 6])
    with pytest.raises(BadInputError, match="nothing to draw"):
        plot(result, [])


def test_the_overlay_is_bright_inside_only():
    batch = images(1)
    masks = torch.zeros(1, 1, 8, 8, dtype=torch.bool)
    masks[:, :, :4] = True
    over = overlay(batch, masks)
    assert torch.equal(over[:, :, 4:], (0.45 * (batch * 255).round()).round().to(torch.uint8)[:, :, 4:])
    assert float(over[0, 0, :4].float().mean()) > 100
    assert overlay(images(1, channels=1), masks).shape == (1, 3, 8, 8)


def test_the_page():
    page = replace(made_result(12, (True,) * 12), classes=("<a>", "b&c", "d"))._repr_html_()
    assert page.count("<img") == 8 * 4 and "the first 8 of 12 are shown" in page
    assert "<a>" not in page and "&lt;a&gt;" in page and "<script" not in page


def test_what_was_not_measured_is_null_in_files(tmp_path):
    result = replace(made_result(), trace=(Step(599, 12, float("nan"), 0.0, float("nan")),))
    save(result, tmp_path, pictures=False)

    def refused(text):
        raise AssertionError(f"{text} is not JSON")

    told = json.loads((tmp_path / "result.json").read_text(), parse_constant=refused)
    assert told["trace"][0]["objective"] is None
    (step,) = load_result(tmp_path).trace
    assert math.isnan(step.objective) and math.isnan(step.flipped) and step.gradient == 0


def test_plain_values():
    told = json.loads(json.dumps(to_dict(made_result())))
    assert told["flip_rate"] == pytest.approx(5 / 6) and told["images"][0]["region"] == pytest.approx(25 / 64)
    assert "trace" not in to_dict(made_result(), trace=False)


def test_joined_results():
    one, other = made_result(4), made_result(2, seed=5)
    both = join([one, other])
    assert len(both) == 6 and torch.equal(both.samples[4:], other.samples) and both.seconds == 0.5
    stopped = replace(other, status=Status.BEST_SO_FAR, stop=Stop.TIME_LIMIT)
    assert join([one, stopped]).status is Status.BEST_SO_FAR
    with pytest.raises(BadInputError, match="there is no result to join"):
        join([])
    with pytest.raises(BadInputError, match="originals of shapes"):
        join([one, replace(other, originals=other.originals[:, :, :4])])
    with pytest.raises(BadInputError, match="different classes"):
        join([one, replace(other, classes=("a", "b", "c"))])

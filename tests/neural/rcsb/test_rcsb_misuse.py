"""What cannot be used is refused with a message that says what to do."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.engine.errors import BadInputError, UnsupportedModelError
from suffice.neural.rcsb import RCSB, BridgeDenoiser
from suffice.neural.rcsb.regions.regions import FullRegion

from tests.neural.rcsb.fixtures import left_half, others, pictures, tiny_classifier, tiny_net

IMAGES = pictures()
CLASSIFIER = tiny_classifier()
SOURCE, TARGET = (others(CLASSIFIER, IMAGES, shift=shift).tolist() for shift in (0, 1))


def refused(message, *, images=IMAGES, target=TARGET, regions=None, error=BadInputError, call=None, **options):
    classifier = options.pop("classifier", CLASSIFIER)
    denoiser = options.pop("denoiser", None) or tiny_net()
    with pytest.raises(error, match=message):
        RCSB(denoiser, classifier, **{"nfe": 2, "samples": 1, **options}).explain(
            images, target, left_half() if regions is None else regions, **(call or {})
        )


def changed(value):
    images = IMAGES.clone()
    images[2, 0, 3, 1] = value
    return images


@pytest.mark.parametrize(
    ("message", "case"),
    [
        (r"holds values from .* to 1\.7: expected \[0, 1\], or uint8", {"images": changed(1.7)}),
        (r"holds values from -0\.2", {"images": changed(-0.2)}),
        ("holds values from nan|NaN|nan", {"images": changed(float("nan"))}),
        ("expected uint8, or floating-point", {"images": (IMAGES * 255).long()}),
        (r"images has shape \(1, 8, 8\).*images\[None\]", {"images": IMAGES[0]}),
        (r"images has shape \(4, 8, 8\).*images\[:, None\]", {"images": IMAGES[:, 0].numpy()}),
        ("there is none to explain", {"images": IMAGES[:0]}),
        ("expected a tensor or an array", {"images": "cat.png"}),
        (r"regions has shape \(4, 1, 8, 9\): expected \(8, 8\)", {"regions": left_half(width=9)}),
        (r"regions has shape \(3, 1, 8, 8\)", {"regions": left_half(3)}),
        (r"regions holds \[0\.0, 0\.5\]", {"regions": left_half().float() / 2}),
        (r"regions holds \[0, 255\]", {"regions": left_half().numpy().astype(np.uint8) * 255}),
        (r"regions='left': expected a Region or masks", {"regions": "left"}),
        ("3 regions for 4 images", {"regions": [FullRegion()] * 3}),
        (r"regions\[1\] has shape \(7, 8\)", {"regions": [FullRegion(), np.ones((7, 8), bool), *[FullRegion()] * 2]}),
        ("target=5: unknown class; the classifier has 5, 0 … 4", {"target": 5}),
        ("target=-1: unknown class", {"target": -1}),
        ("target='cat': unknown class; expected a number", {"target": "cat"}),
        ("target='cow': unknown class; expected one of", {"target": "cow", "classes": list("abcde")}),
        ("target=1.5: expected the number", {"target": 1.5}),
        ("target=True: expected the number", {"target": True}),
        ("3 targets for 4 images", {"target": TARGET[:3]}),
        ("an empty set", {"target": set()}),
        ("a mapping is for several labels", {"target": {1: True}}),
        ("say which shall be on or off", {"target": None, "multi_label": True}),
        ("label 1 is 3; expected True", {"target": {1: 3}, "multi_label": True}),
        ("an empty mapping", {"target": {}, "multi_label": True}),
        (r"already answers as wanted on 1 of 4 images \(2\)", {"target": [*TARGET[:2], SOURCE[2], TARGET[3]]}),
        ("seeds=-3: expected whole numbers", {"call": {"seeds": -3}}),
        (r"seeds has shape \(3,\)", {"call": {"seeds": [1, 2, 3]}}),
        ("seeds=0.5", {"call": {"seeds": 0.5}}),
        ("n=0: expected a whole number from 1", {"call": {"n": 0}}),
        (r"scales has shape \(3,\)", {"call": {"scales": [1.0, 2.0, 3.0]}}),
        ("scales=-1", {"call": {"scales": -1.0}}),
        ("scales=nan", {"call": {"scales": float("nan")}}),
        ("time_limit=0", {"call": {"time_limit": 0}}),
        ("resume=3", {"call": {"resume": 3}}),
        ("scale=-1", {"scale": -1}),
        ("scale_mode='pixels'", {"scale_mode": "pixels"}),
        ("scale_schedule='cosine'", {"scale_schedule": "cosine"}),
        ("scale_schedule=.'linear',.: expected", {"scale_schedule": ("linear",)}),
        ("0 <= from <= to <= 1", {"scale_schedule": ("interval", 0.6, 0.2)}),
        ("expected an end above 0", {"scale_schedule": ("exponential", 0.0)}),
        (r"scale_schedule\(\.\.\.\)=-2", {"scale_schedule": lambda point: -2.0}),
        ("start=0.0005: no step is left", {"start": 0.0005}),
        ("start=2", {"start": 2}),
        ("nfe=0", {"nfe": 0}),
        ("nfe=600: expected 1 … 599", {"nfe": 600}),
        ("samples=1.5", {"samples": 1.5}),
        ("stabiliser='rms'", {"stabiliser": "rms"}),
        ("normaliser='last'", {"normaliser": "last"}),
        ("estimate='best'", {"estimate": "best"}),
        ("through_denoiser='yes'", {"through_denoiser": "yes"}),
        ("early_stop=1.5", {"early_stop": 1.5}),
        ("finish=-1", {"finish": -1}),
        ("precision='int8'", {"precision": "int8"}),
        ("preprocess='imagenet'", {"preprocess": "imagenet"}),
        ("deviations above 0", {"preprocess": (0.5, 0.0)}),
        ("preprocess has 3 means for images of 1 channels", {"preprocess": ([0.5] * 3, [0.2] * 3)}),
        ("preprocess returns 'x'", {"preprocess": lambda x: "x"}),
        ("output='prob'", {"output": "prob"}),
        ("preset='quick': expected 'default'", {"preset": "quick"}),
        ("batch_size=0", {"batch_size": 0}),
        ("classes='abc'", {"classes": "abc"}),
        ("3 names of classes, but the classifier has 5", {"classes": list("abc")}),
        ("expected names that differ", {"classes": list("aabcd")}),
        (r"the classifier returns shape \(4, 8, 8\)", {"classifier": lambda x: x[:, 0]}),
        ("scores have no slope", {"classifier": lambda x: CLASSIFIER(x).detach()}),
        (r"torch\.int64: these look like labels", {"classifier": lambda x: CLASSIFIER(x).argmax(1)}),
        ("the classifier returns ndarray", {"classifier": lambda x: CLASSIFIER(x).detach().numpy()}),
        ("pass through_denoiser=False", {"denoiser": BridgeDenoiser(lambda x, t: torch.zeros_like(x), "x0")}),
        ("the classifier returns None", {"classifier": lambda x: None}),
        ("output for image 0 is not finite", {"classifier": lambda x: CLASSIFIER(x) * float("nan")}),
        ("do not tell whether they are probabilities", {"classifier": lambda x: CLASSIFIER(x)[:, :1].sigmoid()}),
        ("tell whether", {"classifier": lambda x: CLASSIFIER(x).sigmoid(), "multi_label": True, "target": {1: True}}),
        ("denoiser's output at step .* is not finite", {"denoiser": lambda x, t: x / 0}),
        ("the denoiser returns", {"denoiser": lambda x, t: x[:, :, 1:]}),
    ],
)  # fmt: skip
def test_bad_arguments(message, case):
    refused(message, **case)


@pytest.mark.parametrize(
    ("denoiser", "classifier", "message"),
    [("weights.pt", CLASSIFIER, "network='weights.pt'"), (tiny_net(), 3, "classifier=3: expected a module")],
)
def test_what_cannot_be_called(denoiser, classifier, message):
    with pytest.raises(UnsupportedModelError, match=message):
        RCSB(denoiser, classifier)


def test_results_of_other_calls_are_not_resumed():
    asked = RCSB(tiny_net(), CLASSIFIER, nfe=2, samples=1)
    old = asked.explain(IMAGES, TARGET, left_half())
    for name, other in {
        "images": (IMAGES.flip(3), None, left_half()),
        "regions": (IMAGES, TARGET, ~left_half()),
        "target": (IMAGES, None, left_half()),
    }.items():
        with pytest.raises(BadInputError, match=f"its {name} are not the same"):
            asked.explain(*other, resume=old)
    with pytest.raises(BadInputError, match="its seeds are not the same"):
        asked.explain(IMAGES, TARGET, left_half(), seeds=7, resume=old)
    other = RCSB(tiny_net(), CLASSIFIER, nfe=3, samples=1)
    with pytest.raises(BadInputError, match="its settings are not the same: nfe was 2, now 3"):
        other.explain(IMAGES, TARGET, left_half(), resume=old)


def test_networks_that_do_not_take_the_images_are_told():
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3, padding=1), torch.nn.Flatten(), torch.nn.Linear(128, 3)).eval()
    with pytest.raises(BadInputError, match="the classifier fails on images of 3 channels and 8 x 8 pixels"):
        RCSB(tiny_net(), net).explain(torch.rand(1, 3, 8, 8), 1, torch.ones(8, 8, dtype=torch.bool))
    bridge = torch.nn.Conv2d(5, 5, 3, padding=1)
    with pytest.raises(BadInputError, match=r"the denoiser fails on images of \d channels"):
        RCSB(lambda x, t: bridge(x), CLASSIFIER).explain(IMAGES, TARGET, torch.ones(8, 8, dtype=torch.bool))


def test_pipelines_are_no_denoisers():
    from diffusers import DDPMPipeline, DDPMScheduler

    pipeline = DDPMPipeline(tiny_net(), DDPMScheduler())
    with pytest.raises(UnsupportedModelError, match=r"DDPMPipeline is a pipeline.*pipeline\.unet"):
        RCSB(pipeline, CLASSIFIER)


@pytest.mark.parametrize("form", [lambda s: {"logits": s, "more": s}, lambda s: (s,)])
def test_outputs_of_all_forms(form):
    plain = RCSB(tiny_net(), CLASSIFIER, nfe=2, samples=1)
    wrapped = RCSB(tiny_net(), lambda x: form(CLASSIFIER(x)), nfe=2, samples=1)
    mask = torch.ones(8, 8, dtype=torch.bool)
    assert torch.equal(plain.explain(IMAGES, TARGET, mask).images, wrapped.explain(IMAGES, TARGET, mask).images)

"""Region-constrained counterfactuals of images: flips, realism and cost on toys; memory and speed at 256 x 256."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks import rcsb_toys as toys

PARTS = ("digits", "shapes", "large")
BASE: dict[str, Any] = {"scale": 0.04, "scale_mode": "pixel", "nfe": 50, "samples": 1}


@dataclass(frozen=True)
class Line:
    """One line of a table.

    Attributes
    ----------
    setting : str
    flips : float
        Share of the images that are answered as wanted.
    judge : float
        Share of the flipped ones on which a classifier that was trained apart agrees.
    cout : float
        Mean over the flipped ones.
    fid : float
        Of the flipped ones against the originals; features of the judge's last hidden layer.
    l1 : float
        Mean absolute change of a pixel.
    denoiser, backward, classifier : float
        Rows an image.
    ms : float
        CPU milliseconds an image, verification included, the region left out.
    """

    setting: str
    flips: float
    judge: float
    cout: float
    fid: float
    l1: float
    denoiser: float
    backward: float
    classifier: float
    ms: float


@dataclass(frozen=True)
class Case:
    """Images with their targets and regions, and the networks."""

    toy: toys.Toy
    bridge: Any
    images: Tensor
    target: Tensor
    masks: Tensor
    encoder: nn.Module


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to run (all)")
    parser.add_argument("--images", type=int, default=128, help="test images of a toy (128)")
    parser.add_argument("--bridge", choices=("full", "small"), default="full", help="how long digits are trained on")
    parser.add_argument("--quick", action="store_true", help="32 images, the small bridge, the main settings alone")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Run the parts, print tables, return everything for JSON."""
    torch.set_num_threads(1)
    if options.quick:
        options.images, options.bridge = min(options.images, 32), "small"
    told: dict[str, Any] = {}
    if "digits" in options.parts:
        case, took = _digits(options.images, options.bridge)
        print(f"\ndigits 8 x 8, {len(case.images)} images, bridge trained in {took:.0f} CPU s; target: the third class")
        settings = _main(case) if options.quick else {**_main(case), **_grid(case)}
        told["digits"] = _lines(case, settings)
    if "shapes" in options.parts:
        case, took = _shapes(options.images)
        print(
            f"\nshapes 16 x 16, {len(case.images)} images, bridge trained in {took:.0f} CPU s; target: the third class"
        )
        told["shapes"] = _lines(case, _main(case))
    if "large" in options.parts:
        from benchmarks.rcsb_large import large

        told["large"] = large()
    return told


def _digits(count: int, which: str) -> tuple[Case, float]:
    toy = toys.digits()
    name, options = ("digits", toys.FULL) if which == "full" else ("digits-small", toys.SMALL)
    bridge, took = toys.bridge(toy, name, **options)
    return _case(toy, bridge, count), took


def _shapes(count: int) -> tuple[Case, float]:
    toy = toys.shapes()
    bridge, took = toys.bridge(toy, "shapes", **toys.SHAPES)
    return _case(toy, bridge, count, cell=2, area=0.5, place=1), took


def _case(toy: toys.Toy, bridge: Any, count: int, *, cell: int = 1, area: float = 0.3, place: int = 2) -> Case:
    images = toy.test[:count]
    layers = list(toy.judge.children())[:-1]
    masks = _region(toy, images, cell=cell, area=area)
    return Case(toy, bridge, images, toys.ranked(toy.classifier, images, place), masks, nn.Sequential(*layers).eval())


def _region(toy: toys.Toy, images: Tensor, *, cell: int, area: float = 0.3) -> Tensor:
    from suffice.neural.rcsb.regions.attribution import AttributionRegion

    region = AttributionRegion(cell=cell, area=area, baseline=toy.train.mean(0))  # against black, paper never counts
    return region.masks(images, classifier=toy.classifier)


Setting = Callable[[], tuple[Any, float]]


def _main(case: Case) -> dict[str, Setting]:
    """Return the settings that matter most."""

    def ours(masks: Tensor | None = None, **options: Any) -> Setting:
        return lambda: _ours(case, masks, options)

    return {
        "unguided": ours(**{**BASE, "scale": 0.0}),
        "base: .04 a pixel, 50 steps": ours(**BASE),
        "preset fast": ours(preset="fast"),
        "preset fast, 2 samples": ours(preset="fast", samples=2),
        "PGD in the region, 20 steps": lambda: _pgd(case, 20),
    }


def _grid(case: Case) -> dict[str, Setting]:
    """Return the ablations: one thing at a time, from the base."""
    from suffice.neural.rcsb.regions.regions import RandomRegion

    def ours(masks: Any = None, **options: Any) -> Setting:
        return lambda: _ours(case, masks, {**BASE, **options})

    found: dict[str, Setting] = {f"scale {s}": ours(scale=s) for s in (0.01, 0.02, 0.08)}
    found |= {f"nfe {n}": ours(nfe=n) for n in (20, 100)}
    found |= {f"tau {t}": ours(start=t) for t in (0.2, 0.4, 0.8, 1.0)}
    found |= {
        "no Adam, slope / first length": ours(stabiliser="none"),
        "no Adam, slope / own length": ours(stabiliser="none", normaliser="each"),
        "Adam / own length": ours(normaliser="each"),
        "Adam, no normaliser, scale .04": ours(normaliser="none", scale_mode="image"),
        "signs": ours(stabiliser="sign"),
        "slope cut to the region": ours(mask_gradient=True),
        "slope not through the denoiser": ours(through_denoiser=False),
        "classifier sees the composite": ours(estimate="composite"),
        "classifier sees stretched": ours(preprocess="published"),
        "stochastic": ours(deterministic=False),
        "bf16": ours(precision="bf16"),
        "early stop .5, all steps": ours(early_stop=0.5),
        "2 samples": ours(samples=2),
    }
    found |= {f"area {a}": ours(_region(case.toy, case.images, cell=1, area=a)) for a in (0.1, 0.2, 0.5)}
    found |= {
        "cell 2": ours(_region(case.toy, case.images, cell=2)),
        "cell 4": ours(_region(case.toy, case.images, cell=4)),
    }
    found |= {
        "random region": ours(RandomRegion(cell=1, area=0.3)),
        "random region, scale .02": ours(RandomRegion(cell=1, area=0.3), scale=0.02),
        "inverse region (70 %)": ours(~case.masks),
        "whole image": ours(torch.ones_like(case.masks)),
    }
    return found


def _ours(case: Case, masks: Any, options: dict[str, Any]) -> tuple[Any, float]:
    from suffice.neural.rcsb import RCSB

    told = dict(options)
    asked = RCSB(case.bridge, case.toy.classifier, told.pop("scale", None), **told)
    began = time.process_time()
    result = asked.explain(case.images, case.target, case.masks if masks is None else masks)
    return result, time.process_time() - began


@dataclass(frozen=True)
class Attack:
    """What an attack gives, with the names of a result."""

    originals: Tensor
    images: Tensor
    source: Tensor
    flipped: Tensor


def _pgd(case: Case, steps: int) -> tuple[Any, float]:
    """Projected gradient descent by signs in the region, anywhere in [0, 1]: it flips, and shows nothing."""
    began = time.process_time()
    x = case.images.clone()
    for _ in range(steps):
        x.requires_grad_(True)
        loss = nn.functional.cross_entropy(case.toy.classifier(x), case.target, reduction="sum")
        (slope,) = torch.autograd.grad(loss, x)
        x = torch.where(case.masks, (x - 0.02 * slope.sign()).clamp(0, 1), case.images).detach()
    with torch.no_grad():
        source, after = (case.toy.classifier(part).argmax(1) for part in (case.images, x))
    return Attack(case.images, x, source, after == case.target), time.process_time() - began


def _lines(case: Case, settings: dict[str, Setting]) -> list[dict[str, Any]]:
    """Run the settings, and print each line as it comes: the whole takes minutes."""
    header = ("setting", "flips", "judge", "COUT", "FID", "L1", "denoiser", "backward", "classifier", "CPU ms")
    widths = [max(map(len, settings)), *[max(6, len(name)) for name in header[1:]]]
    print(_row(header, widths))
    lines = []
    for name, setting in settings.items():
        lines.append(_line(case, name, setting))
        print(_row(_cells(lines[-1]), widths))
    return [asdict(line) for line in lines]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    rest = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return "  ".join([cells[0].ljust(widths[0]), *rest])


def _cells(line: Line) -> list[str]:
    shares = [f"{value:.2f}" for value in (line.flips, line.judge, line.cout)]
    rows = [f"{value:.1f}" for value in (line.denoiser, line.backward, line.classifier, line.ms)]
    return [line.setting, *shares, f"{line.fid:.1f}", f"{line.l1:.3f}", *rows]


def _line(case: Case, name: str, setting: Setting) -> Line:
    from suffice.neural.rcsb.metrics.frechet import fid
    from suffice.neural.rcsb.metrics.metrics import cout

    result, took = setting()
    count, flipped = len(case.images), result.flipped
    images, target = result.images[flipped], case.target[flipped]
    calls = getattr(result, "calls", None)
    nothing = math.nan
    with torch.no_grad():
        judged = (case.toy.judge(images).argmax(1) == target).double().mean() if len(images) else nothing
    told = [getattr(calls, part, 0) / count for part in ("denoiser_rows", "denoiser_backward_rows", "classifier_rows")]
    scores = cout(result.originals[flipped], images, case.toy.classifier, result.source[flipped], target)
    return Line(
        name,
        float(flipped.double().mean()),
        float(judged),
        float(scores.mean()) if len(images) else nothing,
        fid(case.toy.test, images, case.encoder) if len(images) > 8 else nothing,
        float((result.images - result.originals).abs().mean()),
        told[0],
        told[1],
        told[2],
        1000 * took / count,
    )

"""The commands ``rcsb`` and ``paint`` of ``python -m suffice.neural``."""

from __future__ import annotations

import argparse
import csv
import math
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError, SufficeError, shown
from .command_metrics import run_metrics

if TYPE_CHECKING:
    from .explainer import RCSB
    from .folder.folder import FolderRun
    from .published import Published
    from .regions.regions import Region

_REGIONS = ("attribution", "random", "text", "mask", "full")
_SETTINGS = ("scale", "scale_mode", "start", "nfe", "precision", "early_stop", "checkpointing", "batch_size")
_EXAMPLES = """examples:
  python -m suffice.neural rcsb --images photos --out results --classifier resnet-50 --bridge i2sb.pt \\
      --source 340 --target 339 --cell 16 --area 0.3 --size 256
  python -m suffice.neural rcsb … --region text --prompt mouth --detector grounding-dino --segmenter sam
  python -m suffice.neural rcsb … --region mask --masks painted
  python -m suffice.neural rcsb … --config-name imagenet_cava_target_to_guide exp.target_id=340 \\
      exp.guide_id=339 guidance.scale.value=1.5
The same command goes on where it was interrupted."""
_CLASSIFIER = (
    "a folder of transformers, an exported program (.pt2), a TorchScript file; or weights (.pt, .safetensors) of the "
    "network that --code makes"
)


def add_rcsb(commands: Any) -> None:
    """Add the command that explains the images of a folder."""
    parser = commands.add_parser(
        "rcsb",
        help="explain the images of a folder by region-constrained counterfactuals",
        description="Explain the images of a folder: what would a region have to look like for another answer?",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    files = parser.add_argument_group("files")
    files.add_argument("--images", required=True, metavar="FOLDER", help="the images, sub-folders included")
    files.add_argument("--out", required=True, metavar="FOLDER", help="for the results: new, or of the same run")
    files.add_argument("--classifier", metavar="PATH", help=_CLASSIFIER)
    files.add_argument("--code", metavar="MODULE:FUNCTION", help="your function that makes the classifier's network")
    files.add_argument(
        "--bridge", required=True, metavar="PATH", help="a saved bridge (folder), or a checkpoint of I2SB"
    )
    files.add_argument("--raw-weights", action="store_true", help="of a checkpoint, take the weights without averaging")
    files.add_argument("--head-channels", type=int, default=64, help="of a checkpoint: width of an attention head")
    files.add_argument("--classes", metavar="FILE", help="names of the classes, one a line")
    _add_question(parser.add_argument_group("question"))
    _add_region(parser.add_argument_group("region"))
    _add_run(parser)


def _add_question(group: Any) -> None:
    group.add_argument("--target", help="class to reach: number, name, several with commas (any of them), 'any' other; "
                       "for several labels smile=on,hat=off")  # fmt: skip
    group.add_argument("--targets", metavar="FILE", help="CSV with the columns file and target, for single images")
    group.add_argument("--source", help="explain only images that the classifier takes for this class")
    group.add_argument("--multi-label", action="store_true", help="several labels may hold at once")
    group.add_argument(
        "--published",
        nargs="+",
        metavar="NAME=VALUE",
        help="settings by their published names, such as exp.target_id=340",
    )
    group.add_argument(
        "--config-name", metavar="NAME", help="the published configuration, imagenet_cava_target_to_guide"
    )
    group.add_argument("overrides", nargs="*", metavar="NAME=VALUE", help="published settings, as behind --published")


def _add_region(group: Any) -> None:
    group.add_argument("--region", choices=_REGIONS, help="default: attribution")
    group.add_argument("--inverse", action="store_true", help="the rest of the image instead")
    group.add_argument("--cell", type=int, help="side of a cell in pixels (16)")
    group.add_argument("--area", type=float, help="share of the image (0.3)")
    group.add_argument("--method", help="a method of captum by name (IntegratedGradients)")
    group.add_argument("--masks", metavar="PATH", help="mask file, or folder of masks with the names of the images")
    group.add_argument("--prompt", help="what to look for, for --region text")
    group.add_argument("--detector", metavar="FOLDER", help="Grounding DINO")
    group.add_argument("--segmenter", metavar="FOLDER", help="the Segment Anything Model")


def _add_run(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("method; defaults are those of the preset")
    group.add_argument("--preset", help="default, published or fast")
    group.add_argument("--scale", type=float, help="length s of a guidance step")
    group.add_argument("--scale-mode", help="what the length measures: image, region or pixel")
    group.add_argument("--start", type=float, help="share tau of the bridge that is walked")
    group.add_argument("--nfe", type=int, help="steps")
    group.add_argument("--samples", type=int, help="samples an image")
    group.add_argument("--early-stop", type=float, metavar="P", help="stop at this probability of the target")
    group.add_argument("--precision", help="float32, float64, bf16 or fp16")
    group.add_argument("--checkpointing", action="store_true", default=None, help="less memory, one more forward pass")
    group.add_argument("--preprocess", help="what the classifier takes: unit, signed, published")
    group.add_argument("--mean", type=_numbers, metavar="M,M,M", help="or standardised images: mean a channel, …")
    group.add_argument("--std", type=_numbers, metavar="S,S,S", help="… and deviation")
    group = parser.add_argument_group("run")
    group.add_argument("--size", type=int, help="resize the shorter side to this and cut out the centre")
    group.add_argument("--grey", action="store_true", help="read images with one channel")
    group.add_argument("--seed", type=int, default=0)
    group.add_argument("--batch", type=int, default=16, help="images explained together")
    group.add_argument("--batch-size", type=int, help="samples under way at the same time")
    group.add_argument("--devices", type=int, default=1, help="processes, each with its own device")
    group.add_argument("--accelerator", help="auto, cpu, cuda, …; default auto")
    group.add_argument("--time-limit", type=float, metavar="SECONDS")
    group.add_argument("--quiet", action="store_true", help="no progress bar")


def add_paint(commands: Any) -> None:
    """Add the command that paints a mask."""
    parser = commands.add_parser("paint", help="mark the region of an image by hand, with the mouse")
    parser.add_argument("image", help="an image file")
    parser.add_argument("mask", help="the file of the mask (PNG); one that is there is painted on")
    parser.add_argument("--brush", type=float, default=8.0, help="radius in pixels")


def run(options: argparse.Namespace) -> int:
    """Run a command; errors become one line on stderr."""
    try:
        return {"paint": _paint, "metrics": run_metrics, "rcsb": _rcsb}[options.command](options)
    except SufficeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _paint(options: argparse.Namespace) -> int:
    from .regions.painting import paint

    paint(options.image, options.mask, brush=options.brush)
    print(f"saved: {options.mask}")
    return 0


def _rcsb(options: argparse.Namespace) -> int:
    from .folder.folder import run_folder

    published = _published(options)
    if options.target is None and published is None and options.targets is None:
        raise BadInputError("no target: give --target, --targets or --published")
    targets = _read_targets(options)
    if options.target is None and published is None:
        _check_all_listed(options.images, targets)
    target = _target(options.target, options.multi_label) if options.target is not None else None
    source = None if options.source is None else _label(options.source)
    if published is not None:
        target, source = published.target, published.source
    make = partial(make_explainer, vars(options), None if published is None else published.settings)
    found = run_folder(
        make, options.images, options.out, target, published.region if published is not None else make_region(options),
        targets=targets, source=source, n=options.samples, seed=options.seed, batch=options.batch, size=options.size,
        grey=options.grey, devices=options.devices, accelerator=options.accelerator or "auto",
        time_limit=options.time_limit, progress=not options.quiet,
    )  # fmt: skip
    return _told(found)


def _told(found: FolderRun) -> int:
    """Print what was found."""
    print(found)
    if not math.isnan(found.flip_rate):
        print(f"flip rate: {found.flip_rate:.4f}")
    print(f"table: {found.out / 'table.csv'}")
    failed = [row for row in found.rows if row["outcome"] == "failed"]
    for row in failed[:10]:
        print(f"failed: {row['file']}: {row['reason']}", file=sys.stderr)
    if len(failed) > 10:
        print(f"… {len(failed) - 10} more failed; see the table", file=sys.stderr)
    for problem in found.problems:
        print(f"problem: {problem}", file=sys.stderr)
    if found.pending:
        print("not finished: the same command goes on", file=sys.stderr)
    return 3 if found.pending else 0


def make_explainer(options: dict[str, Any], settings: dict[str, Any] | None) -> RCSB:
    """Return the explainer that a command line names; each process makes its own."""
    from .bridge.loading import load_bridge, load_classifier, processor_of
    from .explainer import RCSB

    classifier = load_classifier(options["classifier"], options["code"])
    bridge = load_bridge(options["bridge"], ema=not options["raw_weights"], head_channels=options["head_channels"])
    told = dict(settings or {})
    told |= {name: options[name] for name in _SETTINGS if options[name] is not None}
    if options["preset"] is not None:
        told["preset"] = options["preset"]
    if options["samples"] is not None:
        told["samples"] = options["samples"]
    preprocess = options["preprocess"]
    if (options["mean"] is None) != (options["std"] is None) or (
        preprocess is not None and options["mean"] is not None
    ):
        raise BadInputError("expected --mean and --std together, or --preprocess")
    if options["mean"] is not None:
        preprocess = (options["mean"], options["std"])
    if preprocess is None and options["code"] is None and told.get("preset") != "published":
        preprocess = processor_of(options["classifier"])
    told |= {"preprocess": preprocess, "multi_label": options["multi_label"], "classes": _names(options["classes"])}
    return RCSB(bridge, classifier, **told)


def make_region(options: argparse.Namespace) -> Region:
    """Return the region that a command line names.

    Raises
    ------
    BadInputError
        If an option is missing, or belongs to another region.
    """
    from .regions.attribution import AttributionRegion
    from .regions.masks import MaskRegion
    from .regions.regions import FullRegion, RandomRegion
    from .regions.text import TextRegion

    kind = options.region or "attribution"
    uses = {
        "attribution": {"cell", "area", "method"}, "random": {"cell", "area"}, "mask": {"masks"}, "full": set(),
        "text": {"prompt", "detector", "segmenter", "area"},
    }  # fmt: skip
    given = {name for name in set().union(*uses.values()) if getattr(options, name) is not None}
    if given - uses[kind]:
        raise BadInputError(f"--{min(given - uses[kind])} has no effect with --region {kind}")
    needed = {"mask": ["masks"], "text": ["prompt", "detector", "segmenter"]}.get(kind, [])
    missing = [name for name in needed if name not in given]
    if missing:
        raise BadInputError(f"--region {kind} needs --{missing[0]}")
    told = {name: getattr(options, name) for name in given}
    region: Region
    if kind == "text":
        region = TextRegion(
            options.prompt, options.detector, options.segmenter, binary="area" not in given, area=options.area
        )
    elif kind == "mask":
        region = MaskRegion(options.masks, fit="exact" if options.size is None else "centre")
    elif kind == "random":
        region = RandomRegion(**told)
    else:
        region = FullRegion() if kind == "full" else AttributionRegion(**told)
    return ~region if options.inverse else region


def _published(options: argparse.Namespace) -> Published | None:
    """Return the run that published names describe."""
    given = [*(options.published or ()), *options.overrides]
    if options.config_name is not None:
        given = ["--config-name", options.config_name, *given]
    if not given:
        return None
    from .published import from_published

    others = ("target", "source", "region", "cell", "area", "method", "masks", "prompt", "scale", "start")
    twice = [name for name in others if getattr(options, name) is not None]
    if twice or options.inverse:
        raise BadInputError(f"--{(twice or ['inverse'])[0]} and --published: say it in one way")
    return from_published(given, detector=options.detector, segmenter=options.segmenter)


def _target(text: str, multi_label: bool) -> Any:
    """Return a target as ``explain`` takes it."""
    parts = [part.strip() for part in text.split(",")]
    if "" in parts:
        raise BadInputError(f"--target {shown(text)}: expected a class, or several with commas")
    if multi_label:
        pairs = [part.partition("=") for part in parts]
        bad = [label for label, equals, state in pairs if equals and state not in ("on", "off")]
        if bad:
            raise BadInputError(f"--target {shown(text)}: expected label=on or label=off")
        return {_label(label): state != "off" for label, _, state in pairs}
    if text == "any":
        return None
    labels = [_label(part) for part in parts]
    return labels[0] if len(labels) == 1 else frozenset(labels)


def _label(text: str) -> int | str:
    """Return the number of a class, or its name."""
    return int(text) if text.strip().isdecimal() else text


def _read_targets(options: argparse.Namespace) -> dict[str, Any]:
    """Read the targets of single images."""
    if options.targets is None:
        return {}
    path = Path(options.targets)
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"--targets {path}: cannot be read ({error})") from None
    if not rows or not {"file", "target"} <= set(rows[0]) or any(not row["target"] for row in rows):
        raise BadInputError(f"--targets {path}: expected a CSV with the columns file and target")
    return {row["file"]: _target(row["target"], options.multi_label) for row in rows}


def _check_all_listed(folder: str, targets: dict[str, Any]) -> None:
    """Refuse images that no target is known of."""
    from .images.pixels import image_files

    files = [path.relative_to(folder).as_posix() for path in image_files(folder)]
    missing = [name for name in files if name not in targets]
    if missing:
        raise BadInputError(f"--targets lists no target for {missing[0]}: add it, or give --target for all others")


def _names(path: str | None) -> list[str] | None:
    if path is None:
        return None
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"--classes {path}: cannot be read ({error})") from None
    return [line.strip() for line in lines if line.strip()]


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))

"""The command ``metrics`` of ``python -m suffice.neural``: the metrics of a folder of results in one table."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError

if TYPE_CHECKING:
    from .metrics.evaluation import Evaluation
    from .results.result import RCSBResult

_NETWORKS = {
    "classifier": "the explained classifier: COUT",
    "judge": "another classifier of the same classes: how often it agrees",
    "encoder": "features of images: FID, split FID, FID of the region",
    "similarity-encoder": "a self-supervised network: S3",
    "face-encoder": "a network of faces: FVA and FS",
    "lpips-encoder": "feature maps of several layers: LPIPS",
    "attributes": "one logit an attribute: MNAC, and with --query CD",
}
_FORMS = "a folder of transformers, .pt2, TorchScript, or MODULE:FUNCTION that makes the network"


def add_metrics(commands: Any) -> None:
    """Add the command that measures results."""
    parser = commands.add_parser(
        "metrics",
        help="the metrics of a folder of results",
        description="Measure the results of a run: flip rate, distances, and what the given networks allow. Networks "
        "take images in [0, 1].",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", help="a folder that the command rcsb, run_folder or save wrote")
    for name, said in _NETWORKS.items():
        parser.add_argument(f"--{name}", metavar="NETWORK", help=f"{said} ({_FORMS})")
    parser.add_argument("--query", type=int, help="the attribute that was to be changed, for CD")
    parser.add_argument("--steps", type=int, default=50, help="steps of COUT")
    parser.add_argument("--json", metavar="FILE", help="write the values there, too")


def run_metrics(options: argparse.Namespace) -> int:
    """Print the table; results of several sizes have one each."""
    from .metrics.evaluation import evaluate

    networks = {name.replace("-", "_"): getattr(options, name.replace("-", "_")) for name in _NETWORKS}
    made = {name: _network(given) for name, given in networks.items() if given is not None}
    if options.steps < 1:
        raise BadInputError(f"--steps {options.steps}: expected a whole number from 1")
    told: dict[str, Evaluation] = {}
    for size, result in _by_size(Path(options.results)).items():
        told[size] = evaluate(result, **made, query=options.query, steps=options.steps)
    for size, table in told.items():
        print(f"{size} pixels\n{table}" if len(told) > 1 else table)
    if options.json is not None:
        values = {size: table.to_dict() for size, table in told.items()}
        only = next(iter(values.values())) if len(values) == 1 else values
        try:
            Path(options.json).write_text(json.dumps(only, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise BadInputError(f"--json {options.json}: cannot be written ({error})") from None
    return 0


def _by_size(place: Path) -> dict[str, RCSBResult]:
    """Return the results in a folder, those of one size together."""
    from .folder.folder import load_folder
    from .folder.job import MANIFEST
    from .results.joined import join
    from .results.reading import load_result

    if not place.is_dir():
        raise BadInputError(f"{place}: there is no such folder")
    found = [result for _, result in load_folder(place).results()] if (place / MANIFEST).is_file() else []
    if not found and not (place / MANIFEST).is_file():
        found = [load_result(place)]
    sizes: dict[str, list[RCSBResult]] = {}
    for result in found:
        _, channels, height, width = result.originals.shape
        sizes.setdefault(f"{channels} x {height} x {width}", []).append(result)
    if not sizes:
        raise BadInputError(f"{place} holds no image that was explained yet: nothing can be measured")
    return {size: join(results) for size, results in sizes.items()}


def _network(given: str) -> Any:
    """Return a network from its path, or from the function that makes it; with the processor that lies beside it."""
    from .bridge.loading import load_classifier, processor_of
    from .sampling.classifier import read_preprocess

    if ":" in given and not Path(given).exists():
        return load_classifier(None, given)
    network = load_classifier(given)
    processor = processor_of(given) if Path(given).is_dir() else None
    if processor is None:
        return network
    prepare = read_preprocess(network, processor)
    return lambda images: network(prepare(images))

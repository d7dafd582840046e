"""The most general box of stored forests with hard votes, beside stored boxes of published searches.

The forests, rows and boxes are read from ``--folder`` (left out, with a message, where absent). Rows whose hard vote is
not the class that the stored boxes are about are left out, and so are rows of which no box is stored. Boxes weigh the
number of their cells, added up over all columns (one that no tree tests has one). Times are CPU seconds.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.measure import ROOT
from benchmarks.report import table

FOLDER = ROOT.parent / "shared" / "peers" / "boxes"
ENSEMBLES = ROOT.parent / "shared" / "peers" / "ensembles"
WIDE = {"breast cancer": "bc", "digits": "dg"}  # stored forests of 100 trees, by the name of their rows
MODELS = ("ItalyPowerDemand", "Chinatown", "PowerCons", "GunPoint", "BME", "ECGFiveDays")


class Stored(NamedTuple):
    """The best box that is stored of a row."""

    stored: int
    greedy: int
    proved: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=FOLDER, help="stored forests, rows and boxes")
    parser.add_argument("--models", nargs="*", default=MODELS, choices=MODELS, help="which of them (all)")
    parser.add_argument("--ensembles", type=Path, default=ENSEMBLES, help="stored forests of 100 trees")
    parser.add_argument("--rows", type=int, default=100, help="rows of each model, drawn by --seed; 0: all (100)")
    parser.add_argument("--seed", type=int, default=0, help="which rows are drawn (0)")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds a row (10)")


def forest_of(path: Path) -> Any:
    """Return a stored forest, whose trees vote, as a hand-built one."""
    from suffice import Builder

    stored = np.load(path)
    feature, threshold, value = stored["feature"], stored["threshold"], stored["value"]
    width = int(stored["n_features"])

    def node(first: int, i: int) -> Any:
        at = first + i
        if feature[at] < 0:
            return int(value[at].argmax())
        below, above = (node(first, int(stored[side][at])) for side in ("left", "right"))
        column, border = int(feature[at]) + 1, float(threshold[at])
        return Builder.DecisionNode(column, operator=Builder.GT, threshold=border, left=below, right=above)

    trees = [Builder.DecisionTree(width, node(int(first), 0)) for first in stored["offset"][:-1]]
    return Builder.RandomForest(trees, n_classes=value.shape[1], voting="hard"), [str(c) for c in stored["classes"]]


def rows_of(path: Path) -> Any:
    """Return the stored rows, as float32 numbers."""
    with gzip.open(path, "rt") as file:
        read = list(csv.reader(file))[1:]
    return np.array([[float(number) for number in row[1:]] for row in read]).astype(np.float32).astype(np.float64)


def boxes_of(path: Path, model: str) -> dict[int, tuple[str, Stored]]:
    """Return the best stored box of each row with the class that it is about."""
    found: dict[int, tuple[str, Stored]] = {}
    with gzip.open(path, "rt") as file:
        for one in map(json.loads, file):
            if one["model"] != model or one.get("cells_best") is None or one.get("predicted") is None:
                continue
            mine = Stored(one["cells_best"], one["cells_greedy"], bool(one["cells_proved"]))
            if one["row"] not in found or mine > found[one["row"]][1]:
                found[one["row"]] = (str(one["predicted"]), mine)
    return found


def answers(folder: Path, model: str, options: argparse.Namespace) -> Iterator[tuple[int, Stored, Any, float]]:
    """Yield number, stored box, our reason and its seconds of the rows."""
    from suffice import Explainer

    forest, classes = forest_of(folder / f"{model}.npz")
    rows, boxes = rows_of(folder / f"{model}.rows.csv.gz"), boxes_of(folder / "peer_boxes.jsonl.gz", model)
    voted = forest.predict(rows)
    numbers = [n for n, (told, _) in sorted(boxes.items()) if classes[int(voted[n])] == told]
    if options.rows and len(numbers) > options.rows:
        chosen = np.random.default_rng(options.seed).choice(len(numbers), options.rows, replace=False)
        numbers = [numbers[i] for i in sorted(chosen.tolist())]
    explainer = Explainer.initialize(forest)
    for number in numbers:
        explainer.set_instance(rows[number])
        begun = time.process_time()
        reason = explainer.most_general_reason(time_limit=options.limit)
        yield number, boxes[number][1], reason, time.process_time() - begun


def wide_answers(options: argparse.Namespace) -> Iterator[tuple[str, str, Any, float, bool]]:
    """Yield of the stored forests of 100 trees: which, how it votes, a reason, its seconds, whether it was checked.

    A box is checked by a proof that it forces the decision.
    """
    import joblib
    from suffice import Explainer

    for told, short in WIDE.items():
        for depth in (4, 8):
            path = options.ensembles / f"rf_{short}_d{depth}.pkl"
            if not path.exists():
                print(f"left out: there is no {path}")
                continue
            forest, rows = joblib.load(path), np.load(options.ensembles / f"{short}_instances.npz")["X"]
            for voting in ("soft", "hard"):
                explainer = Explainer.initialize(forest, voting=voting)
                for row in rows[: options.rows or None]:
                    explainer.set_instance(row)
                    begun = time.process_time()
                    reason = explainer.most_general_reason(time_limit=options.limit)
                    seconds = time.process_time() - begun
                    yield f"{told}, depth {depth}", voting, reason, seconds, bool(explainer.is_reason(reason))


def run_wide(options: argparse.Namespace) -> dict[str, Any]:
    """Measure the stored forests of 100 trees."""
    runs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for model, voting, reason, seconds, checked in wide_answers(options):
        cells, bound = reason.proof.cost, reason.proof.upper
        runs.setdefault((model, voting), []).append(
            {"cells": cells, "bound": bound, "seconds": seconds, "checked": checked}
        )
    lines = []
    for (model, voting), found in runs.items():
        gaps = [(one["bound"] - one["cells"]) / one["bound"] for one in found]
        took, right = [one["seconds"] for one in found], sum(one["checked"] for one in found)
        lines.append([
            model, voting, str(len(found)), str(right), str(sum(gap == 0 for gap in gaps)),
            f"{np.median(took):.2f}", f"{max(took):.2f}", f"{100 * np.median(gaps):.1f} %",
            f"{100 * max(gaps):.1f} %",
        ])  # fmt: skip
    if lines:
        head = ("forest", "votes", "rows", "checked", "proved", "median s", "most s", "median gap", "largest gap")
        print(table(head, lines))
    return {f"{model}, {voting}": found for (model, voting), found in runs.items()}


def run(options: argparse.Namespace) -> dict[str, Any]:
    return {**run_stored(options), **run_wide(options)}


def run_stored(options: argparse.Namespace) -> dict[str, Any]:
    """Measure the stored forests of which boxes are stored."""
    if not options.folder.exists():
        print(f"left out: there is no folder {options.folder}")
        return {}
    told: dict[str, Any] = {}
    lines = []
    for model in options.models:
        forest, _ = forest_of(options.folder / f"{model}.npz")
        untested = forest.n_features - len(_tested(forest))
        runs = []
        for number, stored, reason, seconds in answers(options.folder, model, options):
            cells, bound = round(reason.proof.cost) + untested, round(reason.proof.upper) + untested
            runs.append({"row": number, "cells": cells, "bound": bound, "seconds": seconds, **stored._asdict()})
        told[model] = runs
        if runs:
            lines.append([model, *_line(runs)])
            print(table(_HEAD, [lines[-1]]))
    print(table(_HEAD, lines))
    return told


_HEAD = (
    "model", "rows", "proved", "stored proved", "larger", "equal", "smaller", "below greedy", "wrong", "median s",
    "mean s", "most s", "gaps",
)  # fmt: skip


def _line(runs: list[dict[str, Any]]) -> list[str]:
    seconds = [one["seconds"] for one in runs]
    proved = [one["cells"] == one["bound"] for one in runs]
    ahead = Counter(int(np.sign(one["cells"] - one["stored"])) for one in runs)
    wrong = sum(one["bound"] < one["stored"] or (one["proved"] and one["cells"] > one["stored"]) for one in runs)
    gaps = Counter(one["bound"] - one["cells"] for one in runs if one["bound"] > one["cells"])
    return [
        str(len(runs)), str(sum(proved)), str(sum(one["proved"] for one in runs)), str(ahead[1]), str(ahead[0]),
        str(ahead[-1]), str(sum(one["cells"] < one["greedy"] for one in runs)), str(wrong),
        f"{np.median(seconds):.4f}", f"{np.mean(seconds):.3f}", f"{max(seconds):.2f}",
        " ".join(f"{gap}:{count}" for gap, count in sorted(gaps.items())) or "none",
    ]  # fmt: skip


def _tested(forest: Any) -> set[int]:
    """Return the columns that a forest tests."""
    from suffice import Explainer

    return {condition.feature for condition in Explainer.initialize(forest).vocabulary.conditions}

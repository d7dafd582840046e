"""Formal feature attribution: all reasons listed, shares and scores, beside published times.

XReason's models (``peers/xreason``: text dumps of XGBoost, 50 trees a class, and the rows of its logs), and 25 trees of
depth 3 on adult, trained alike to those of published experiments (adult in mean 3.3 s there, at most 17 s), and on
digits 1 and 3 (10 x 10 pixels were not exact there after 1200 s). Times are
CPU seconds of one query; what did not end in the limit is told by how many features are decided.
"""

from __future__ import annotations

import argparse
import gzip
import re
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import ROOT
from benchmarks.report import table

SHARED = ROOT.parent / "shared"
_NODE = re.compile(r"(\d+):\[f(\d+)<(.+?)\] yes=(\d+),no=(\d+)")
_LEAF = re.compile(r"(\d+):leaf=(.+)")
KINDS = (("attribution", "ffa"), ("attribution", "wffa"), ("scores", "shapley"), ("scores", "banzhaf"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--instances", type=int, default=20, help="rows of each model (20)")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds of a query (10)")
    parser.add_argument("--shared", type=Path, default=SHARED, help="where data and peers lie")
    parser.add_argument("--models", default="", help="a pattern of names of models (all)")


def dumped(path: Path, n_classes: int, n_features: int) -> Any:
    """Return the model of a text dump of XGBoost."""
    from suffice import Builder

    trees: list[dict[int, Any]] = []
    with gzip.open(path, "rt") as lines:
        for line in lines:
            if line.startswith("booster"):
                trees.append({})
            elif node := _NODE.search(line):
                number, feature, border, yes, no = node.groups()
                trees[-1][int(number)] = (int(feature), float(border), int(yes), int(no))
            elif leaf := _LEAF.search(line):
                trees[-1][int(leaf[1])] = float(leaf[2])
    made = [Builder.DecisionTree(n_features, _node(tree, 0)) for tree in trees]
    return Builder.BoostedTrees(made, n_classes=n_classes)


def _node(tree: dict[int, Any], number: int) -> Any:
    from suffice import Builder

    told = tree[number]
    if isinstance(told, float):
        return told
    feature, border, yes, no = told
    left, right = _node(tree, no), _node(tree, yes)
    return Builder.DecisionNode(feature + 1, operator="<", threshold=border, left=left, right=right)


def logged(path: Path) -> tuple[np.ndarray, list[float]]:
    """Return the rows of a log of XReason, and how many seconds it took for one reason of each."""
    rows, seconds = [], []
    with gzip.open(path, "rt") as lines:
        for line in lines:
            if line.startswith("i: "):
                rows.append([float(value) for value in line[3:].split(",")])
            elif line.startswith("t: "):
                seconds.append(float(line[3:]))
    return np.array(rows), seconds


def adult(shared: Path, instances: int) -> tuple[Any, np.ndarray]:
    """Fit 25 trees of depth 3 on adult."""
    import pandas as pd
    from xgboost import XGBClassifier

    read = pd.read_csv(shared / "data" / "adult.csv.gz")
    rows, labels = read[read.columns[:-1]].to_numpy(float), read[read.columns[-1]].to_numpy()
    model = XGBClassifier(n_estimators=25, max_depth=3, n_jobs=1).fit(rows[:11000], labels[:11000])
    return model, rows[11000 : 11000 + instances]


def digits(shared: Path, instances: int, side: int) -> tuple[Any, np.ndarray]:
    """Fit 25 trees of depth 3 on images of the digits 1 and 3, of so many pixels a side."""
    from xgboost import XGBClassifier

    with gzip.open(shared / "data" / "t10k-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28).astype(float)
    with gzip.open(shared / "data" / "t10k-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    places = np.linspace(0, 28, side + 1).round().astype(int)
    rows = np.add.reduceat(np.add.reduceat(images, places[:-1], axis=1), places[:-1], axis=2)
    rows = rows.reshape(len(rows), -1)[np.isin(labels, (1, 3))]
    wanted = (labels[np.isin(labels, (1, 3))] == 3).astype(int)
    model = XGBClassifier(n_estimators=25, max_depth=3, n_jobs=1).fit(rows[:1500], wanted[:1500])
    return model, rows[1500 : 1500 + instances]


def models(options: argparse.Namespace) -> dict[str, tuple[Any, np.ndarray]]:
    """Return models and rows by name."""
    found = {}
    if re.search(options.models, "adult") and (options.shared / "data" / "adult.csv.gz").exists():
        found["adult"] = adult(options.shared, options.instances)
    for side in (10, 28):
        name = f"digits {side}x{side}"
        if re.search(options.models, name) and (options.shared / "data" / "t10k-images-idx3-ubyte.gz").exists():
            found[name] = digits(options.shared, options.instances, side)
    for path in sorted((options.shared / "peers" / "xreason").glob("*.dump.txt.gz")):
        name = path.name.partition(".")[0]
        if not re.search(options.models, name):
            continue
        rows, _ = logged(path.with_name(f"{name}.maxsat.log.gz"))
        with gzip.open(path, "rt") as lines:
            n_trees = sum(line.startswith("booster") for line in lines)
        n_classes = 2 if n_trees == 50 else n_trees // 50
        found[name] = dumped(path, n_classes, rows.shape[1]), rows[: options.instances]
    return found


def run(options: argparse.Namespace) -> dict[str, Any]:
    import suffice

    told: dict[str, Any] = {}
    lines = []
    for name, (model, rows) in models(options).items():
        explainer = suffice.Explainer.initialize(model, rows[0])
        told[name] = {}
        for query, kind in KINDS:
            figures = [_asked(explainer, row, query, kind, options.limit) for row in rows]
            told[name][kind] = figures
            lines.append([name, kind, *_line(figures)])
            print(*lines[-1], flush=True)
    print()
    print(table(["model", "kind", "ended", "median s", "mean s", "slowest s", "reasons", "decided"], lines))
    return told


def _asked(explainer: Any, row: np.ndarray, query: str, kind: str, limit: float) -> dict[str, Any]:
    explainer.set_instance(row)
    begin = time.process_time()
    found = getattr(explainer, query)(kind=kind, time_limit=limit)
    spent = time.process_time() - begin
    decided = sum(share.value is not None for share in found.values())
    return {
        "seconds": spent,
        "ended": found.status == "complete",
        "reasons": found.n_reasons,
        "decided": decided / max(len(found), 1),
        "sampled": found.n_samples,
    }


def _line(figures: list[dict[str, Any]]) -> list[str]:
    seconds = [one["seconds"] for one in figures]
    return [
        f"{sum(one['ended'] for one in figures)} of {len(figures)}",
        f"{np.median(seconds):.4f}",
        f"{np.mean(seconds):.4f}",
        f"{max(seconds):.3f}",
        f"{np.median([one['reasons'] for one in figures]):.0f}",
        f"{np.mean([one['decided'] for one in figures]):.0%}",
    ]

"""Radii of rows, with Veritas beside, and comparisons of two models of hundreds of trees.

Radii are those of the XGBoost models of `peers/ensense` (columns from 0 to 1), for seeded rows between their borders.
``--veritas`` names a python that has dtai-veritas; it bisects in 10 steps, to about 1/1000, where ours are exact.
"""

from __future__ import annotations

import argparse
import gzip
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import ROOT, quantile
from benchmarks.report import table

MODELS = ROOT.parent / "shared" / "peers" / "ensense"
DATA = ROOT.parent / "shared" / "data" / "adult.csv.gz"
DRIVER = Path(__file__).parent / "peers" / "veritas_driver.py"
PARTS = ("radius", "compare")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=PARTS, help="what is measured")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of models as XGBoost's JSON, in gzip")
    parser.add_argument("--only", nargs="+", help="names of some of them, without .json.gz")
    parser.add_argument("--rows", type=int, default=100, help="rows of each model (100)")
    parser.add_argument("--veritas", type=Path, help="a python that has dtai-veritas")
    parser.add_argument("--seconds", type=float, default=10.0, help="limit of Veritas for a row (10)")
    parser.add_argument("--data", type=Path, default=DATA, help="table of the part `compare`, labels last")
    parser.add_argument("--trees", type=int, nargs="+", default=[100, 500], help="trees of the models compared")
    parser.add_argument("--limit", type=float, default=20.0, help="seconds of a comparison (20)")


def run(options: argparse.Namespace) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if "radius" in options.parts:
        told["radius"] = radii(options)
    if "compare" in options.parts:
        told["compare"] = comparisons(options)
    return told


def between(booster: Any, n: int) -> NDArray[np.float64]:
    """Return seeded rows whose numbers lie in the middle between borders."""
    frame, rng = booster.trees_to_dataframe(), np.random.default_rng(0)
    columns = []
    for name in booster.feature_names:
        borders = np.unique(frame.loc[frame["Feature"] == name, "Split"].to_numpy())
        ends = np.concatenate([[0.0], borders, [1.0]])
        columns.append(rng.choice((ends[1:] + ends[:-1]) / 2, n))
    return np.column_stack(columns)


def radii(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure the radii of rows of each model."""
    import xgboost
    from suffice import Explainer
    from suffice.verify import robustness

    told = []
    for path in sorted(options.models.glob("*.json.gz")):
        name = path.name.removesuffix(".json.gz")
        if options.only and name not in options.only:
            continue
        content = gzip.decompress(path.read_bytes())
        booster = xgboost.Booster()
        booster.load_model(bytearray(content))
        rows = between(booster, options.rows)
        explainer = Explainer.initialize(booster)
        began = time.process_time()
        found = robustness(explainer, rows, n_jobs=1)
        assert isinstance(found, Sequence)
        line: dict[str, Any] = {"model": name, "cpu": time.process_time() - began}
        line["optimal"] = sum(str(one.status) == "optimal" for one in found)
        if options.veritas:
            line |= beside(options, content, rows, found)
        told.append(line)
        print(line, flush=True)
    shown = []
    for one in told:
        peer = f"{one['veritas']:.1f}" if "veritas" in one else ""
        shown.append((one["model"], f"{one['cpu']:.2f}", str(one["optimal"]), peer, str(one.get("apart", ""))))
    print(table(("model", "CPU s", "optimal", "Veritas CPU s", "disagree"), shown))
    return told


def beside(options: argparse.Namespace, content: bytes, rows: NDArray[np.float64], found: Any) -> dict[str, Any]:
    """Return what Veritas takes for the same rows, and on how many of them it says something else."""
    with tempfile.TemporaryDirectory() as folder:
        model, matrix, out = (Path(folder) / name for name in ("model.json", "rows.npy", "out.npy"))
        model.write_bytes(content)
        np.save(matrix, rows)
        told = subprocess.run(
            [options.veritas, DRIVER, model, matrix, out, str(options.seconds)], capture_output=True, check=True
        )  # it prints a warning a call
        del told
        theirs = np.load(out)
    ours = np.minimum(found.radii, 1.0)
    apart = int(((ours > theirs[:, 1] + 1e-3) | (ours < theirs[:, 0] - 1e-3)).sum())
    return {"veritas": float(theirs[:, 2].sum()), "wide": float(np.median(theirs[:, 1] - theirs[:, 0])), "apart": apart}


def comparisons(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Compare two models that were trained with different seeds, and one with itself in another file."""
    import pandas as pd
    import xgboost
    from suffice.verify import compare

    frame = pd.read_csv(options.data)
    X, y = frame[frame.columns[:-1]], frame[frame.columns[-1]]
    told = []
    for trees in options.trees:
        both = [
            xgboost.XGBClassifier(n_estimators=trees, max_depth=5, subsample=0.8, random_state=seed, n_jobs=1).fit(X, y)
            for seed in (0, 1)
        ]
        for name, pair in (("same", (both[0], both[0])), ("other seed", (both[0], both[1]))):
            began = time.process_time()
            found = compare(*pair, data=X, boxes=None, time_limit=options.limit)
            line = {
                "trees": trees, "pair": name, "cpu": time.process_time() - began, "equal": found.value,
                "boxes": len(found.boxes), "least": float(found.least), "most": float(found.most),
                "rows": len(found.rows_differ),
            }  # fmt: skip
            told.append(line)
            print(line, flush=True)
    print("median CPU s", quantile([line["cpu"] for line in told], 0.5))
    return told

"""ONNX models of 500 trees: exported from XGBoost and scikit-learn, explained as onnxruntime runs them.

Trained on adult (``--data``, where it is there) or on synthetic rows. Beside each export stands the model that it was
made from, read by its own encoder. CPU seconds to make an explainer (the self-check included), and CPU milliseconds of
``set_instance`` with one query, medians over the instances.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import ROOT
from benchmarks.report import table

DATA = ROOT.parent / "shared" / "data" / "adult.csv.gz"
QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("sufficient_reason", {}),
    ("sufficient_reason", {"over": "features"}),
    ("contrastive_reason", {}),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--instances", type=int, default=40, help="instances of each query (40)")
    parser.add_argument("--trees", type=int, default=500, help="trees of each model (500)")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds of a query (10)")
    parser.add_argument("--data", type=Path, default=DATA, help="a table of numbers with the class in its last column")


def rows_of(data: Path) -> tuple[Any, Any, Any]:
    """Return the name of the table, its rows as float32 and its classes."""
    if not data.exists():
        random = np.random.default_rng(0)
        rows = random.normal(size=(10_000, 12)).astype(np.float32)
        return "synthetic", rows, (np.sin(2 * rows) @ random.uniform(0.2, 1.5, 12) > 0).astype(int)
    import pandas as pd

    read = pd.read_csv(data)
    codes = [read[c] if read[c].dtype.kind in "fi" else pd.factorize(read[c])[0] for c in read.columns[:-1]]
    return "adult", np.column_stack(codes).astype(np.float32), pd.factorize(read[read.columns[-1]], sort=True)[0]


def models_of(rows: Any, classes: Any, trees: int) -> Iterator[tuple[str, Any, Any]]:
    """Yield the name of each model, the model, and its export."""
    from onnxmltools import convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType
    from skl2onnx import to_onnx
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from xgboost import XGBClassifier

    types = [("input", FloatTensorType([None, rows.shape[1]]))]
    for depth in (4, 6):
        boosted = XGBClassifier(n_estimators=trees, max_depth=depth, n_jobs=1).fit(rows, classes)
        yield f"XGBoost, depth {depth}", boosted, convert_xgboost(boosted, initial_types=types)
    flat = {"zipmap": False}
    forest = RandomForestClassifier(trees, max_depth=6, random_state=0, n_jobs=1).fit(rows, classes)
    yield "forest, depth 6", forest, to_onnx(forest, rows[:1], options=flat)
    scaled = make_pipeline(StandardScaler(), forest).fit(rows, classes)
    yield "scaled forest, depth 6", scaled, to_onnx(scaled, rows[:1], options=flat)


def run(options: argparse.Namespace) -> dict[str, Any]:
    told: dict[str, Any] = {}
    name, rows, classes = rows_of(options.data)
    lines = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for kind, fitted, proto in models_of(rows, classes, options.trees):
            for way, model in (("ONNX", proto.SerializeToString()), ("itself", fitted)):
                made, figures = _asked(model, rows[: options.instances + 1], options.limit)
                told[f"{kind}, {way}"] = {"initialize": made, "milliseconds": figures}
                spent = [f"{np.median(each):.1f} ({max(each):.0f})" for each in figures.values()]
                lines.append([kind, way, f"{made:.2f}", *spent])
    print(f"\n{name}, {len(rows)} rows, {options.trees} trees; milliseconds: median (slowest)\n")
    queries = [" over ".join([query, *more.values()]) for query, more in QUERIES]
    print(table(["model", "read from", "initialize, s", *queries], lines))
    return told


def _asked(model: Any, few: Any, limit: float) -> tuple[float, dict[str, list[float]]]:
    """Return the seconds to make an explainer, and the milliseconds of each query."""
    import suffice

    begin = time.process_time()
    explainer = suffice.Explainer.initialize(model, few[0])
    made = time.process_time() - begin
    figures: dict[str, list[float]] = {}
    for query, more in QUERIES:
        spent = []
        for row in few:
            begin = time.process_time()
            explainer.set_instance(row)
            getattr(explainer, query)(time_limit=limit, **more)
            spent.append(1e3 * (time.process_time() - begin))
        figures[" over ".join([query, *more.values()])] = spent[1:]
    return made, figures

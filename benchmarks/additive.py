"""Models that add a number a column: the fewest features by sorting, beside the general search.

Explainable boosting machines without interactions on adult (``--data``, where it is there) and on synthetic rows of
14 and of 30 columns of numbers. Times are CPU milliseconds of this process, medians over the instances.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.measure import ROOT
from benchmarks.report import table

DATA = ROOT.parent / "shared" / "data" / "adult.csv.gz"
QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("sufficient_reason", {"over": "features"}),
    ("minimal_sufficient_reason", {"over": "features"}),
    ("minimal_contrastive_reason", {"over": "features"}),
    ("sufficient_reason", {}),
    ("contrastive_reason", {}),
)
SORTED = QUERIES[1:3]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--instances", type=int, default=50, help="instances of each query (50)")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds of a query of the search (10)")
    parser.add_argument("--data", type=Path, default=DATA, help="a table with the class in its last column")


def tables(data: Path) -> dict[str, tuple[Any, Any]]:
    """Return rows and classes by name."""
    found = {}
    if data.exists():
        import pandas as pd

        read = pd.read_csv(data)
        found["adult"] = (read[read.columns[:-1]], read[read.columns[-1]])
    for width in (14, 30):
        random = np.random.default_rng(width)
        rows = random.normal(size=(5000, width))
        score = np.sin(rows * random.uniform(0.5, 3, width)) @ random.uniform(0.2, 1.5, width)
        found[f"synthetic, {width} columns"] = (rows, score + random.normal(size=len(rows)) > 0)
    return found


def run(options: argparse.Namespace) -> dict[str, Any]:
    import suffice
    from interpret.glassbox import ExplainableBoostingClassifier

    told: dict[str, Any] = {}
    for name, (rows, classes) in tables(options.data).items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = ExplainableBoostingClassifier(interactions=0, outer_bags=2, n_jobs=1)
            model.fit(rows[:8000], classes[:8000])
        few = [rows.iloc[i] if hasattr(rows, "iloc") else rows[i] for i in range(options.instances + 1)]
        begin = time.process_time()
        explainer = suffice.Explainer.initialize(model, few[0])
        made = time.process_time() - begin
        figures = _asked(explainer, few, options.limit)
        told[name] = {"conditions": len(explainer.vocabulary.conditions), "initialize": made, "milliseconds": figures}
        print(f"\n{name}: {told[name]['conditions']} conditions, initialize {made:.2f} s\n")
        lines = [[query, f"{np.median(spent):.3f}", f"{max(spent):.3f}"] for query, spent in figures.items()]
        print(table(["query", "median ms", "slowest ms"], lines))
    return told


def _asked(explainer: Any, few: list[Any], limit: float) -> dict[str, list[float]]:
    """Return the milliseconds of each query, and those of the general search."""
    from suffice.explainers.forest import contrastive, sufficient
    from suffice.explainers.forest.additive import Prefix

    found = {
        " over ".join([name, *more.values()]): _spent(few, explainer, partial(getattr(explainer, name), **more))
        for name, more in QUERIES
    }
    with (
        patch.object(sufficient, "shortest_prefix", lambda *_: Prefix()),
        patch.object(contrastive, "shortest_change", lambda *_: None),
    ):
        for name, more in SORTED:
            ask = partial(getattr(explainer, name), time_limit=limit, **more)
            found[f"{name} by the search"] = _spent(few, explainer, ask)
    return found


def _spent(few: list[Any], explainer: Any, ask: Callable[[], Any]) -> list[float]:
    spent = []
    for row in few:
        explainer.set_instance(row)
        begin = time.process_time()
        ask()
        spent.append(1e3 * (time.process_time() - begin))
    return spent[1:]

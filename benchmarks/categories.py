"""Columns of many categories: seconds for setting an instance, for queries, and for many rows.

Times are CPU seconds of this process; the first query of each kind is not counted (it may compile).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.report import table

SIZES = (40, 45, 50, 30, 20)
QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("sufficient_reason", {}),
    ("contrastive_reason", {}),
    ("minimal_contrastive_reason", {}),
    ("minimal_sufficient_reason", {}),
    ("sufficient_reason", {"over": "features"}),
    ("minimal_sufficient_reason", {"over": "features"}),
    ("minimal_contrastive_reason", {"over": "features"}),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--instances", type=int, default=10, help="instances of each query (10)")
    parser.add_argument("--rows", type=int, default=50, help="rows of the batch (50)")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds of a query, and of the batch (10)")
    parser.add_argument("--trees", type=int, default=100, help="trees of the model (100)")


def rows_and_scores() -> tuple[Any, Any]:
    """Return rows of five columns of 20 to 50 categories, and noisy scores that depend on each."""
    random = np.random.default_rng(0)
    rows = np.column_stack([random.integers(0, size, 6000) for size in SIZES]).astype(float)
    worth = [random.normal(size=60) for _ in SIZES]
    return rows, sum(w[rows[:, j].astype(int)] for j, w in enumerate(worth)) + random.normal(size=len(rows))


def spent(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of a call, and what it returns."""
    begin = time.process_time()
    found = call()
    return time.process_time() - begin, found


def run(options: argparse.Namespace) -> dict[str, Any]:
    import lightgbm
    import suffice

    rows, scores = rows_and_scores()
    model = lightgbm.LGBMClassifier(
        n_estimators=options.trees, num_leaves=31, n_jobs=1, verbose=-1, min_data_per_group=5, cat_smooth=1,
        max_cat_to_onehot=1,
    ).fit(rows, scores > 0, categorical_feature=list(range(len(SIZES))))  # fmt: skip
    begin, explainer = spent(lambda: suffice.Explainer.initialize(model, rows[0]))
    told: dict[str, Any] = {"conditions": len(explainer.vocabulary.conditions), "initialize": begin}
    placed = [spent(partial(explainer.set_instance, rows[i]))[0] for i in range(options.instances)]
    lines = [["set_instance", _medians(placed), ""]]
    told["set_instance"] = placed
    for name, more in QUERIES:
        seconds, proved = [], 0
        for i in range(options.instances + 1):
            explainer.set_instance(rows[i])
            second, found = spent(partial(getattr(explainer, name), time_limit=options.limit, **more))
            seconds.append(second)
            proved += i > 0 and found.status != "best_so_far"
        title = " over ".join([name, *more.values()])
        told[title] = {"seconds": seconds[1:], "proved": proved}
        lines.append([title, _medians(seconds[1:]), f"{proved}/{options.instances}"])
    second, batch = spent(lambda: suffice.explain(model, rows[: options.rows], time_limit=options.limit))
    done = sum(reason is not None and reason.status != "best_so_far" for reason in batch.reasons())
    told["batch"] = {"seconds": second, "rows": done}
    lines.append([f"explain, {options.rows} rows in {options.limit:g} s of the clock", f"{second:.2f}", f"{done} rows"])
    print(f"\n{told['conditions']} conditions; initialize {begin:.2f}\n")
    print(table(["", "CPU s (median, most)", "proved"], lines))
    return told


def _medians(seconds: list[float]) -> str:
    return f"{np.median(seconds):.4f}, {max(seconds):.4f}"

"""CatBoost: seconds for compiling 500 trees of depth 6 on adult, and for questions about rows of it.

Times are CPU seconds of this process, with ``set_instance``; the first query of each kind is not counted.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import table

NUMBERS = ("Age", "Capital Gain", "Capital Loss", "Hours per week")
WAYS: tuple[tuple[str, bool, dict[str, Any]], ...] = (
    ("numbers", False, {}),
    ("numbers, Lossguide", False, {"grow_policy": "Lossguide", "max_leaves": 64}),
    ("categories, one-hot", True, {"one_hot_max_size": 255}),
    ("categories, target statistics", True, {"one_hot_max_size": 2}),
)
QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("sufficient_reason", {}),
    ("sufficient_reason", {"over": "features"}),
    ("contrastive_reason", {}),
    ("minimal_contrastive_reason", {"over": "features"}),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("../shared/data/adult.csv.gz"), help="a table, labels last")
    parser.add_argument("--trees", type=int, default=500, help="trees of each model (500)")
    parser.add_argument("--instances", type=int, default=20, help="instances of each query (20)")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds of a query (10)")


def spent(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of a call, and what it returns."""
    begin = time.process_time()
    found = call()
    return time.process_time() - begin, found


def run(options: argparse.Namespace) -> dict[str, Any]:
    import catboost
    import pandas as pd
    import suffice
    from suffice.encoders.registry import compile_model

    whole = pd.read_csv(options.data)
    rows, labels = whole.iloc[:, :-1], whole.iloc[:, -1]
    listed = [name for name in rows.columns if name not in NUMBERS]
    told: dict[str, Any] = {}
    lines = []
    for title, coded, more in WAYS:
        how = {"cat_features": listed, "max_ctr_complexity": 1} if coded else {}
        model = catboost.CatBoostClassifier(
            iterations=options.trees, depth=6, verbose=0, allow_writing_files=False, random_seed=0, **how, **more
        ).fit(rows, labels)
        compiling = min(spent(partial(compile_model, model))[0] for _ in range(3))
        explainer = suffice.Explainer.initialize(model, rows.iloc[[0]], background=rows.iloc[:500])
        own: dict[str, Any] = {"compile": compiling, "conditions": len(explainer.vocabulary.conditions)}
        line = [title, str(own["conditions"]), f"{compiling:.2f} s"]
        for name, asked in QUERIES:
            seconds = []
            for i in range(options.instances + 1):
                call = partial(ask, explainer, rows.iloc[[i]], name, {"time_limit": options.limit, **asked})
                seconds.append(spent(call)[0])
            own[" over ".join([name, *asked.values()])] = seconds[1:]
            line.append(f"{1e3 * np.median(seconds[1:]):.0f}, {1e3 * max(seconds[1:]):.0f}")
        told[title] = own
        lines.append(line)
    heads = [" over ".join([name, *asked.values()]) for name, asked in QUERIES]
    print(table(["CPU ms (median, most)", "conditions", "compile", *heads], lines))
    return told


def ask(explainer: Any, row: Any, name: str, how: dict[str, Any]) -> Any:
    explainer.set_instance(row)
    return getattr(explainer, name)(**how)

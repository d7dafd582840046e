"""Models of models: calibrated and voting classifiers of hundreds of trees on adult, and a forest as large.

Times are CPU seconds of this process, with ``set_instance``; the first query of each kind is not counted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.catboost import QUERIES, ask, spent
from benchmarks.report import table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("../shared/data/adult.csv.gz"), help="a table, labels last")
    parser.add_argument("--trees", type=int, default=100, help="trees of each member (100)")
    parser.add_argument("--instances", type=int, default=20, help="instances of each query (20)")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds of a query (10)")


def models(trees: int) -> dict[str, Callable[[], Any]]:
    """Return what is measured."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, VotingClassifier

    forest = partial(RandomForestClassifier, max_depth=6, random_state=0)
    boosted = partial(GradientBoostingClassifier, random_state=0)
    return {
        "five calibrated forests, sigmoid": lambda: CalibratedClassifierCV(forest(trees), cv=5),
        "five calibrated forests, isotonic": lambda: CalibratedClassifierCV(forest(trees), cv=5, method="isotonic"),
        "five calibrated boosted models": lambda: CalibratedClassifierCV(boosted(n_estimators=trees), cv=5),
        "soft votes of a forest and a boosted model": lambda: VotingClassifier(
            [("forest", forest(trees)), ("boosted", boosted(n_estimators=trees))], voting="soft"
        ),
        "a forest of five times the trees": lambda: forest(5 * trees),
    }


def run(options: argparse.Namespace) -> dict[str, Any]:
    import pandas as pd
    import suffice

    whole = pd.read_csv(options.data).sample(8000, random_state=0)
    rows = whole.iloc[:, :-1].to_numpy(np.float64)
    labels = whole.iloc[:, -1].to_numpy()
    told: dict[str, Any] = {}
    lines = []
    for title, make in models(options.trees).items():
        model = make().fit(rows[:6000], labels[:6000])
        making, explainer = spent(partial(suffice.Explainer.initialize, model, rows[6000]))
        own: dict[str, Any] = {"initialize": making}
        line = [title, f"{making:.2f} s"]
        for name, asked in QUERIES:
            seconds = []
            for i in range(options.instances + 1):
                how = {"time_limit": options.limit, **asked}
                seconds.append(spent(partial(ask, explainer, rows[6001 + i], name, how))[0])
            own[" over ".join([name, *asked.values()])] = seconds[1:]
            line.append(f"{1e3 * np.median(seconds[1:]):.0f}, {1e3 * max(seconds[1:]):.0f}")
        told[title] = own
        lines.append(line)
    heads = [" over ".join([name, *asked.values()]) for name, asked in QUERIES]
    print(table(["CPU ms (median, most)", "initialize", *heads], lines))
    return told

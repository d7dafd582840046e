"""How late queries stop: CPU seconds beyond their time limit, on a forest of about a million nodes.

What is late counts from the limit on, in CPU time of this process; a query that ends in time is not late. A witness is
confirmed by the model's own `predict` when it is looked at, not here; what one call takes is told beside.
"""

from __future__ import annotations

import argparse
import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measure import quantile
from benchmarks.report import seconds, table

CORE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("sufficient_reason", {}),
    ("sufficient_reason", {"over": "features"}),
    ("sufficient_reason", {"n": "all"}),
    ("contrastive_reason", {}),
    ("contrastive_reason", {"n": "all"}),
    ("minimal_contrastive_reason", {}),
    ("minimal_contrastive_reason", {"over": "features"}),
    ("majoritary_reason", {}),
    ("necessary_literals", {}),
    ("relevant_literals", {}),
)
OUTSIDE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("minimal_sufficient_reason", {}),
    ("minimal_sufficient_reason", {"over": "features"}),
    ("minimal_majoritary_reason", {}),
    ("n_sufficient_reasons", {}),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--nodes", type=int, default=1_000_000, help="nodes of the forest, about (1000000)")
    parser.add_argument("--instances", type=int, default=5, help="instances of each query (5)")
    parser.add_argument("--limits", type=float, nargs="+", default=[0.05, 0.1, 0.2, 0.5], help="seconds (.05 .1 .2 .5)")


def forest(nodes: int) -> tuple[Any, Any]:
    """Return a forest of so many nodes, about, and its rows."""
    from sklearn.ensemble import ExtraTreesClassifier

    random = np.random.default_rng(0)
    rows = random.normal(size=(5000, 20))
    labels = (rows[:, :4].sum(axis=1) + random.normal(scale=2.0, size=len(rows)) > 0).astype(int)
    trees = ExtraTreesClassifier(10, random_state=0).fit(rows, labels)
    each = sum(tree.tree_.node_count for tree in trees.estimators_) / 10
    return ExtraTreesClassifier(max(1, round(nodes / each)), random_state=0).fit(rows, labels), rows


def lateness(call: Callable[[], Any], limit: float) -> float:
    """Return the CPU seconds that a call took beyond its limit (0: none).

    A thread reads this process's CPU clock at the limit; where it reads it late, what may have passed counts as late.
    """
    done = threading.Event()
    due = time.perf_counter() + limit
    at_limit: list[float] = []

    def read() -> None:
        if not done.wait(due - time.perf_counter()):
            at_limit.append(time.process_time() - (time.perf_counter() - due))

    begin = time.process_time()
    reader = threading.Thread(target=read)
    reader.start()
    call()
    cpu, wall = time.process_time(), time.perf_counter()
    done.set()
    reader.join()
    return max(0.0, min(cpu - max(at_limit[0], begin), wall - due)) if at_limit else 0.0


def run(options: argparse.Namespace) -> dict[str, Any]:
    import suffice

    model, rows = forest(options.nodes)
    nodes = sum(tree.tree_.node_count for tree in model.estimators_)
    begin = time.process_time()
    explainer = suffice.Explainer.initialize(model, rows[0])
    made = time.process_time() - begin
    begin = time.process_time()
    model.predict(rows[:1])
    predict = time.process_time() - begin
    told: dict[str, Any] = {"nodes": nodes, "initialize": made, "predict": predict, "queries": {}}
    lines = []
    for name, more in (*CORE, *OUTSIDE):
        asked = dict(more, n=suffice.Explainer.ALL) if more.get("n") == "all" else dict(more)
        each = [(limit, row) for limit in options.limits for row in rows[: options.instances]]
        late = [_late(explainer, row, name, asked, limit) for limit, row in each]
        title = _title(name, more)
        told["queries"][title] = late
        lines.append([title, *(seconds(quantile(late, share)) for share in (0.5, 0.95, 1.0))])
    core = [late for name, more in CORE for late in told["queries"][_title(name, more)]]
    lines.append(["all of the core", *(seconds(quantile(core, share)) for share in (0.5, 0.95, 1.0))])
    print(f"\n{nodes} nodes; initialize {seconds(made)}; one predict {seconds(predict)}\n")
    print(table(["late by", "median", "95 %", "most"], lines))
    return told


def _title(name: str, more: dict[str, Any]) -> str:
    return " ".join([name, *(f"{key}={value}" for key, value in more.items())])


def _late(explainer: Any, row: Any, name: str, more: dict[str, Any], limit: float) -> float:
    explainer.set_instance(row)
    return lateness(lambda: _asked(explainer, name, more, limit), limit)


def _asked(explainer: Any, name: str, more: dict[str, Any], limit: float) -> None:
    from suffice import SufficeError

    with contextlib.suppress(SufficeError):  # it is not known in so short a time: said in time is what counts
        getattr(explainer, name)(time_limit=limit, **more)

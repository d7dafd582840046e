"""Certificates: what a proof costs beside its query, how large it is, and how fast it is checked.

Times are CPU seconds of this process, medians over instances; a bound is that of one tree in one box.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarks.report import table

QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("sufficient_reason", {}),
    ("sufficient_reason", {"over": "features"}),
    ("contrastive_reason", {}),
    ("minimal_sufficient_reason", {"over": "features"}),
    ("minimal_sufficient_reason", {}),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--instances", type=int, default=10, help="instances of each query (10)")
    parser.add_argument("--limit", type=float, default=20.0, help="seconds of a query, and of a proof (20)")


def models() -> Iterator[tuple[str, Any, Any]]:
    """Yield names, fitted models and rows."""
    import xgboost
    from sklearn.datasets import load_breast_cancer, load_wine
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.tree import DecisionTreeClassifier

    cancer, wine = load_breast_cancer(return_X_y=True), load_wine(return_X_y=True)
    yield "tree", DecisionTreeClassifier(random_state=0).fit(*cancer), cancer[0]
    yield "forest, 25 trees, depth 6", RandomForestClassifier(25, max_depth=6, random_state=0).fit(*cancer), cancer[0]
    yield "forest, 100 trees", RandomForestClassifier(100, random_state=0).fit(*cancer), cancer[0]
    yield "forest, 50 trees, 3 classes", RandomForestClassifier(50, random_state=0).fit(*wine), wine[0]
    yield "XGBoost, 50 trees, depth 4", xgboost.XGBClassifier(n_estimators=50, max_depth=4).fit(*cancer), cancer[0]


def spent(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of a call, and what it returns."""
    begin = time.process_time()
    found = call()
    return time.process_time() - begin, found


def measured(explainer: Any, name: str, more: dict[str, Any], limit: float) -> dict[str, Any] | None:
    """Return the figures of one query and its proof; None where there was no proof in time."""
    from suffice.engine.errors import UndecidedError
    from suffice.explainers.certificates import suffice_check

    query, reason = spent(partial(getattr(explainer, name), time_limit=limit, **more))
    try:
        proof, certificate = spent(partial(reason.certificate, time_limit=limit))
    except UndecidedError:
        return None
    content = certificate.to_bytes()
    check, (verdict, _) = spent(partial(suffice_check.check, io.BytesIO(content)))
    bounds = certificate.boxes * len(certificate.arrays["tree_root"])
    return {
        "query": query, "proof": proof, "check": check, "bytes": len(content), "boxes": certificate.boxes,
        "witnesses": len(certificate.arrays["witness"]), "bounds": bounds, "verdict": verdict,
    }  # fmt: skip


def run(options: argparse.Namespace) -> dict[str, Any]:
    import suffice

    told: dict[str, Any] = {}
    lines = []
    for title, model, rows in models():
        explainer = suffice.Explainer.initialize(model, rows[0])
        for name, more in QUERIES:
            getattr(explainer, name)(time_limit=1.0, **more)  # what is loaded at first
            found = []
            for i in range(options.instances):
                explainer.set_instance(rows[(i * 37) % len(rows)])
                found.append(measured(explainer, name, more, options.limit))
            made = [one for one in found if one is not None]
            asked = " over ".join([name, *more.values()])
            told[f"{title}: {asked}"] = found
            lines.append([title, asked, *_figures(made), f"{len(made)}/{options.instances}"])
    heads = ["model", "query", "query s", "proof s", "check s", "kB", "boxes", "witnesses", "bounds/s", "proved"]
    print(table(heads, lines))
    return told


def _figures(made: list[dict[str, Any]]) -> list[str]:
    if not made:
        return [""] * 7
    middle = {key: float(np.median([one[key] for one in made])) for key in made[0] if key != "verdict"}
    rate = sum(one["bounds"] for one in made) / sum(one["check"] for one in made)
    return [
        f"{middle['query']:.4f}", f"{middle['proof']:.3f}", f"{middle['check']:.3f}", f"{middle['bytes'] / 1000:.1f}",
        f"{middle['boxes']:.0f}", f"{middle['witnesses']:.0f}", f"{rate:.2g}",
    ]  # fmt: skip

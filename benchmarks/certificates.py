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


NORMS = ("linf", "l1", "l0")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--instances", type=int, default=10, help="instances of each query (10)")
    parser.add_argument("--limit", type=float, default=20.0, help="seconds of a query, and of a proof (20)")
    parser.add_argument("--ask", default="", help="part of the name of what is asked (default: everything)")


def models() -> Iterator[tuple[str, Any, Any, Any]]:
    """Yield names, fitted models, rows and their labels."""
    import xgboost
    from sklearn.datasets import load_breast_cancer, load_wine
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.tree import DecisionTreeClassifier

    cancer, wine = load_breast_cancer(return_X_y=True), load_wine(return_X_y=True)
    yield "tree", DecisionTreeClassifier(random_state=0).fit(*cancer), *cancer
    yield "forest, 25 trees, depth 6", RandomForestClassifier(25, max_depth=6, random_state=0).fit(*cancer), *cancer
    yield "forest, 100 trees", RandomForestClassifier(100, random_state=0).fit(*cancer), *cancer
    yield "forest, 50 trees, 3 classes", RandomForestClassifier(50, random_state=0).fit(*wine), *wine
    yield "XGBoost, 50 trees, depth 4", xgboost.XGBClassifier(n_estimators=50, max_depth=4).fit(*cancer), *cancer


def whole(explainer: Any, model: Any, rows: Any, labels: Any, limit: float) -> Iterator[tuple[str, Any]]:
    """Yield names, and what asks about the model beside another one, and about the ball around a row."""
    from sklearn.base import clone
    from suffice import verify

    weights = 1 / rows.std(axis=0)
    again = clone(model).fit(rows[::2], labels[::2])
    for name, other, more in (
        ("compare, itself", model, {}), ("compare, half the rows", again, {"data": rows, "boxes": 5}),
    ):  # fmt: skip
        yield name, lambda _, other=other, more=more: verify.compare(model, other, time_limit=limit, **more)
    for norm in NORMS:
        how = {"norm": norm, "weights": weights, "time_limit": limit, "n_jobs": 1}
        yield f"robustness, {norm}", lambda i, how=how: verify.robustness(explainer, rows[i], **how)


def queries(explainer: Any, rows: Any, limit: float) -> Iterator[tuple[str, Any]]:
    """Yield names, and what asks for a reason of a row."""

    def ask(i: int, name: str, more: dict[str, Any]) -> Any:
        explainer.set_instance(rows[i])
        return getattr(explainer, name)(time_limit=limit, **more)

    for name, more in QUERIES:
        yield " over ".join([name, *more.values()]), partial(ask, name=name, more=more)


def spent(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of a call, and what it returns."""
    begin = time.process_time()
    found = call()
    return time.process_time() - begin, found


def measured(ask: Callable[[], Any], limit: float) -> dict[str, Any] | None:
    """Return the figures of one question and its proof; None where there was no proof in time."""
    from suffice.engine.errors import UndecidedError
    from suffice.explainers.certificates import suffice_check
    from suffice.explainers.certificates.suffice_check_all import Every

    query, answer = spent(ask)
    try:
        proof, certificate = spent(partial(answer.certificate, time_limit=limit))
    except UndecidedError:
        return None
    content = certificate.to_bytes()
    check, (verdict, _) = spent(partial(suffice_check.check, io.BytesIO(content), Every))
    bounds = certificate.boxes * len(certificate.arrays["tree_root"])
    return {
        "query": query, "proof": proof, "check": check, "bytes": len(content), "boxes": certificate.boxes,
        "witnesses": len(certificate.arrays["witness"]), "bounds": bounds, "verdict": verdict,
    }  # fmt: skip


def run(options: argparse.Namespace) -> dict[str, Any]:
    import suffice

    told: dict[str, Any] = {}
    lines = []
    for title, model, rows, labels in models():
        explainer = suffice.Explainer.initialize(model, rows[0])
        asks = [*queries(explainer, rows, options.limit), *whole(explainer, model, rows, labels, options.limit)]
        for name, ask in (one for one in asks if options.ask in one[0]):
            ask(0)  # what is loaded at first
            count = 1 if name.startswith("compare") else options.instances
            found = [measured(partial(ask, (i * 37) % len(rows)), options.limit) for i in range(count)]
            made = [one for one in found if one is not None]
            told[f"{title}: {name}"] = found
            lines.append([title, name, *_figures(made), f"{len(made)}/{count}"])
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

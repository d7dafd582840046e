"""Reasons that hold with a chance of .95 or .9, beside those that always hold: sizes, seconds, held-out precision.

Stored models of ``peers/pyxai`` and ``peers/ensembles`` and, trained here, a tree and 10 trees of depth 4 on adult. The
distribution is that of the first half of the rows; precision is told by the answer, and measured on the second half
(the rows that agree with the reason). Times are CPU seconds of one query.
"""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import ROOT
from benchmarks.report import table

SHARED = ROOT.parent / "shared"
DELTAS = (1.0, 0.95, 0.9)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--instances", type=int, default=10, help="rows of each model (10)")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds of a query (10)")
    parser.add_argument("--shared", type=Path, default=SHARED, help="where data and peers lie")
    parser.add_argument("--models", default="", help="a pattern of names of models (all)")
    parser.add_argument("--distributions", nargs="+", default=["data", "tree", "rows"])
    parser.add_argument("--peer", metavar="PYTHON", help="an environment with alibi: its anchors beside, and no more")
    parser.add_argument("--over", default="features", choices=["features", "literals"])


def tables(shared: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return rows and labels by name."""
    import pandas as pd
    from sklearn.datasets import load_breast_cancer

    adult = pd.read_csv(shared / "data" / "adult.csv.gz")
    found = {"adult": (adult[adult.columns[:-1]].to_numpy(float), adult[adult.columns[-1]].to_numpy())}
    found["breast_cancer"] = load_breast_cancer(return_X_y=True)
    return found


def models(options: argparse.Namespace) -> dict[str, tuple[Any, np.ndarray]]:
    """Return models and rows by name."""
    import joblib
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.tree import DecisionTreeClassifier

    known = tables(options.shared)
    rows, labels = known["adult"]
    made: dict[str, Any] = {
        "adult, tree of 50 leaves": DecisionTreeClassifier(max_leaf_nodes=50, random_state=0),
        "adult, 10 trees of depth 4": RandomForestClassifier(10, max_depth=4, random_state=0),
    }
    found = {
        name: (model.fit(rows[:5000], labels[:5000]), rows[5000:])
        for name, model in made.items()
        if re.search(options.models, name)
    }
    for name in ("breast_cancer_dt", "breast_cancer_rf25d6", "breast_cancer_xgb100d6"):
        path = options.shared / "peers" / "pyxai" / "models" / f"{name}.joblib"
        if re.search(options.models, name) and path.exists():
            found[name] = joblib.load(path), known["breast_cancer"][0]
    found |= {
        name: stored(options.shared / "peers" / "ensembles", name)
        for name in ("rf_bc_d4", "rf_bc_d8", "bt_bc_d4", "rf_dg_d4")
        if re.search(options.models, name) and (options.shared / "peers" / "ensembles" / f"{name}.pkl").exists()
    }
    return found


def stored(folder: Path, name: str) -> tuple[Any, np.ndarray]:
    """Return a stored ensemble (breast cancer, digits), and the rows that it was not fitted to, and then the others."""
    import pickle

    with np.load(folder / f"{name.split('_')[1]}_instances.npz") as kept:
        rows = np.concatenate([kept["Xtest"], kept["Xtrain"]]).astype(float)
    return pickle.loads((folder / f"{name}.pkl").read_bytes()), rows


def run(options: argparse.Namespace) -> dict[str, Any]:
    import suffice

    told: dict[str, Any] = {}
    lines = []
    if options.peer:
        from benchmarks.chances_anchors import HEADER, beside

        for name, (model, rows) in models(options).items():
            more = beside(options.peer, name, model, rows, options.instances, options.limit)
            lines += more
            print(*more, sep="\n", flush=True)
        print()
        print(table(HEADER, lines))
        return {"anchors": lines}
    for name, (model, rows) in models(options).items():
        mixed = np.random.default_rng(0).permutation(rows)
        data, held_out = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
        explainer = suffice.Explainer.initialize(model, data[0], background=data)
        said = np.asarray(model.predict(held_out))
        for distribution in options.distributions:
            for delta in DELTAS:
                how = {"distribution": distribution, "over": options.over, "time_limit": options.limit}
                found = [_asked(explainer, row, delta, how, held_out, said) for row in held_out[: options.instances]]
                told[f"{name}, {distribution}, {delta}"] = found
                lines.append([name, distribution, f"{delta:g}", *_line(found)])
                print(*lines[-1], flush=True)
    print()
    header = ["model", "distribution", "delta", "proved", "size", "median s", "slowest s"]
    header += ["precision", "held out", "agree"]
    print(table(header, lines))
    return told


def _asked(
    explainer: Any, row: np.ndarray, delta: float, how: dict[str, Any], held_out: np.ndarray, said: np.ndarray
) -> dict[str, Any]:
    explainer.set_instance(row)
    begin = time.process_time()
    if delta == 1.0:
        reason = explainer.sufficient_reason(over=how["over"], time_limit=how["time_limit"])
    else:
        reason = explainer.probable_reason(delta=delta, **how)
    spent = time.process_time() - begin
    measured = explainer.precision(reason, distribution="rows", data=held_out)
    told = None if reason.precision is None else (float(reason.precision.lower), float(reason.precision.upper))
    return {
        "size": len(reason),
        "seconds": spent,
        "proved": str(reason.status) == "proved",
        "precision": told or (1.0, 1.0),
        "held out": float(measured.lower) if measured.defined else None,
        "agree": measured.agree,
    }


def _line(found: list[dict[str, Any]]) -> list[str]:
    seconds = [one["seconds"] for one in found]
    low, high = (np.mean([one["precision"][i] for one in found]) for i in (0, 1))
    measured = [one["held out"] for one in found if one["held out"] is not None]
    return [
        f"{sum(one['proved'] for one in found)} of {len(found)}",
        f"{np.mean([one['size'] for one in found]):.1f}",
        f"{np.median(seconds):.3f}",
        f"{max(seconds):.2f}",
        f"{low:.3f} … {high:.3f}",
        f"{np.mean(measured):.3f}" if measured else "-",
        f"{np.median([one['agree'] for one in found]):.0f}",
    ]

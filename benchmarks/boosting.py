"""Boosted trees: stored models beside the stored figures of their peers, and very large models."""

from __future__ import annotations

import argparse
import pickle
import re
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from benchmarks.cases import DATA, ENSEMBLES, STORED
from benchmarks.measure import Run, quantile
from benchmarks.peers.stored import quickest, read_ensembles, read_stored
from benchmarks.report import number, ratio, seconds, table
from benchmarks.serve import Clock

PARTS = ("literals", "features", "large")


@dataclass(frozen=True)
class Ask:
    """A query, what it is called with, and what the peers call it."""

    name: str
    method: str
    arguments: dict[str, Any]
    pyxai: str | None = None
    kind: str | None = None
    theory: bool = True


LITERALS = (
    Ask("tree-specific, best of 50", "tree_specific_reason", {}, "tree_specific_reason_it50", theory=False),
    Ask("tree-specific, theory", "tree_specific_reason", {}, "tree_specific_reason_it50(theory)"),
    Ask("minimal tree-specific", "minimal_tree_specific_reasons", {"n": 1}, theory=False),
    Ask("sufficient", "sufficient_reason", {}),
    Ask("minimal sufficient", "minimal_sufficient_reason", {}),
    Ask("minimal contrastive", "minimal_contrastive_reason", {}, "minimal_contrastive_reason"),
)
FEATURES = (
    Ask("sufficient", "sufficient_reason", {"over": "features"}, kind="axp"),
    Ask("minimal sufficient", "minimal_sufficient_reason", {"over": "features"}, kind="maxp"),
    Ask("contrastive", "contrastive_reason", {"over": "features"}, kind="cxp"),
    Ask("minimal contrastive", "minimal_contrastive_reason", {"over": "features"}, kind="mcxp"),
    Ask("all sufficient", "sufficient_reason", {"n": None, "over": "features"}),
)


@dataclass(frozen=True)
class Line:
    """One query on one model: CPU seconds with set_instance; sizes; what the quickest peer took."""

    model: str
    query: str
    instances: int
    median: float
    p95: float
    late: int
    size: float | None
    proved: int
    peer: str
    peer_median: float | None
    peer_size: float | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to run (all)")
    parser.add_argument("--models", help="only the stored models whose name matches this regular expression")
    parser.add_argument("--rows", type=int, default=10, help="instances of each model at most (10)")
    parser.add_argument("--limit", type=float, default=10.0, help="no query gets more seconds (10)")
    parser.add_argument("--folder", type=Path, default=STORED, help=f"PyXAI's models and figures ({STORED})")
    parser.add_argument("--ensembles", type=Path, default=ENSEMBLES, help=f"other peers' ({ENSEMBLES})")
    parser.add_argument("--data", type=Path, default=DATA / "adult.csv.gz", help="table of the part `large`")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Run the parts, print tables as they come, return everything for JSON."""
    warnings.simplefilter("ignore")  # models of other versions of their library
    lines: list[Line] = []
    if "literals" in options.parts:
        lines += _literals(options)
    if "features" in options.parts:
        lines += _features(options)
    if "large" in options.parts:
        lines += _large(options)
    return {"lines": [asdict(line) for line in lines]}


def _measure(explainer: Any, rows: Any, ask: Ask, limit: float) -> list[Run]:
    """Ask for each row; the first one is asked once before, so that what is made once is there."""
    method = getattr(explainer, ask.method)
    explainer.set_instance(rows[0])
    method(**ask.arguments, time_limit=60.0)
    found = []
    for i, row in enumerate(rows):
        clock = Clock()
        explainer.set_instance(row)
        answer = method(**ask.arguments, time_limit=limit)
        cpu, wall = clock.read()
        many = ask.arguments.get("n", 1) is None
        status = str(getattr(answer, "status", "proved"))
        size = None if answer is None else len(answer)
        late = status == "best_so_far"
        code = "late" if late else "ok"
        found.append(Run(ask.name, i, 0, code, cpu, wall, size=None if many else size, reasons=size))
    return found


def _line(model: str, ask: Ask, runs: list[Run], peer: str, theirs: list[float], sizes: list[int]) -> Line:
    known = [run.size if run.size is not None else run.reasons for run in runs]
    sized = [size for size in known if size is not None]
    late = sum(run.status == "late" for run in runs)
    return Line(
        model, ask.name, len(runs), quantile([run.cpu for run in runs], 0.5), quantile([run.cpu for run in runs], 0.95),
        late, sum(sized) / len(sized) if sized else None, len(runs) - late, peer,
        quantile(theirs, 0.5) if theirs else None, sum(sizes) / len(sizes) if sizes else None,
    )  # fmt: skip


def _print(title: str, lines: list[Line]) -> None:
    header = ["query", "CPU", "p95", "n", "late", "size", "peer", "CPU", "ratio", "size"]
    rows = [
        [
            line.query, seconds(line.median), seconds(line.p95), str(line.instances), str(line.late), number(line.size),
            line.peer, seconds(line.peer_median), ratio(line.peer_median, line.median), number(line.peer_size),
        ]
        for line in lines
    ]  # fmt: skip
    print(f"\n{title}; seconds of CPU with set_instance, medians over instances\n\n{table(header, rows)}")


def _literals(options: argparse.Namespace) -> Iterator[Line]:
    import suffice

    stored = read_stored(options.folder)
    for path in sorted((options.folder / "models").glob("*xgb*.joblib")):
        if options.models and not re.search(options.models, path.stem):
            continue
        model = joblib.load(path)
        with np.load(path.with_name(f"{path.stem}_instances.npz")) as told:
            rows = told["X"][: options.rows]
        explainers = {on: suffice.Explainer.initialize(model, theory="auto" if on else None) for on in (True, False)}
        lines = []
        for ask in LITERALS:
            explainer = explainers[ask.theory]
            if not hasattr(explainer, ask.method):
                continue
            runs = _measure(explainer, rows, ask, options.limit)
            theirs = [] if stored is None else [r for r in stored.of(path.stem, ask.pyxai) if r.status == "ok"]
            sizes = [r.size for r in theirs if r.size is not None]
            lines.append(_line(path.stem, ask, runs, "PyXAI" if theirs else "-", [r.cpu for r in theirs], sizes))
        _print(f"literals: {path.stem}", lines)
        yield from lines


def _features(options: argparse.Namespace) -> Iterator[Line]:
    import suffice

    stored = read_ensembles(options.ensembles)
    for path in sorted(options.ensembles.glob("bt_*.pkl")):
        if options.models and not re.search(options.models, path.stem):
            continue
        with path.open("rb") as file:  # the peers' own stored models
            model = pickle.load(file)
        with np.load(options.ensembles / f"{path.stem.split('_')[1]}_instances.npz") as told:
            rows = told[told.files[0]][: options.rows]
        explainer = suffice.Explainer.initialize(model)
        lines = []
        for ask in FEATURES:
            runs = _measure(explainer, rows, ask, options.limit)
            answers = stored.get((path.stem, ask.kind or "", "soft"), [])
            peer = quickest(answers, prototype=False)
            theirs = [] if peer is None else list(peer.seconds.values())
            sizes = [] if peer is None else list(peer.sizes.values())
            lines.append(_line(path.stem, ask, runs, "-" if peer is None else peer.name, theirs, sizes))
        _print(f"features: {path.stem}", lines)
        yield from lines


def _large(options: argparse.Namespace) -> Iterator[Line]:
    if not options.data.exists():
        print(f"\nlarge: {options.data} is absent")
        return
    import pandas as pd
    import suffice

    frame = pd.read_csv(options.data).dropna()
    y = (frame.iloc[:, -1].astype("category").cat.codes).to_numpy()
    columns = frame.iloc[:, :-1]
    codes = {
        name: columns[name].astype("category").cat.codes for name in columns if columns[name].dtype.kind not in "if"
    }
    X = np.column_stack([codes.get(name, columns[name]) for name in columns]).astype(float)
    ask = Ask("sufficient", "sufficient_reason", {})
    lines = []
    for name, model in _large_models():
        model.fit(X, y)
        explainer = suffice.Explainer.initialize(model)
        lines.append(_line(name, ask, _measure(explainer, X[:5], ask, options.limit), "-", [], []))
    _print("large", [Line(**{**asdict(line), "query": f"{line.model}: {line.query}"}) for line in lines])
    yield from lines


def _large_models() -> Iterator[tuple[str, Any]]:
    import xgboost

    yield "XGBoost, 1000 trees d6", xgboost.XGBClassifier(n_estimators=1000, max_depth=6, n_jobs=1)
    try:
        import lightgbm
    except ImportError:
        return
    yield (
        "LightGBM, 500 trees of 63 leaves",
        lightgbm.LGBMClassifier(n_estimators=500, num_leaves=63, n_jobs=1, verbose=-1),
    )

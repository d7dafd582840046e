"""Questions about whole models: discrimination by features and pairs of features, and the audit of an income model.

The models are XGBoost classifiers of 200 to 800 trees (``--models``, a folder of gzipped JSON files; nothing is asked
where it is not there). Of each: every feature alone, and pairs of features drawn by ``--seed``. Times are CPU seconds
of this process; a question that is not decided within ``--limit`` seconds counts as a time-out. The audit is of an
XGBoost model of 1000 trees of the adult data (``--data``).
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT
from benchmarks.report import table

MODELS = ROOT.parent / "shared" / "peers" / "ensense"
DATA = ROOT.parent / "shared" / "data" / "adult.csv.gz"
PARTS = ("sensitivity", "audit")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of XGBoost models as *.json.gz")
    parser.add_argument("--data", type=Path, default=DATA, help="the adult table")
    parser.add_argument("--part", choices=[*PARTS, "all"], default="all", help="what is measured (all)")
    parser.add_argument("--pairs", type=int, default=200, help="pairs of features a model (200)")
    parser.add_argument("--margin", type=float, default=0.0, help="how far apart the raw scores are at least (0)")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds of a question (60)")
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure what is asked for, and print tables."""
    parts = {"sensitivity": _sensitivities, "audit": _audit}
    return {name: part(options) for name, part in parts.items() if options.part in (name, "all")}


def _sensitivities(options: argparse.Namespace) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(options.models.glob("*.json.gz")):
        found += list(sensitivity(path, options))
    head = ["model", "trees", "asked", "pairs found", "proved", "time-outs", "median", "p95", "max", "setup"]
    rows = [
        [
            one["model"], *(str(one[name]) for name in ("trees", "asked", "found", "proved", "late")),
            *(f"{one[name]:.3f}" for name in ("median", "p95", "max", "setup")),
        ]
        for one in found
    ]  # fmt: skip
    print(table(head, rows))
    return found


def _audit(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Ask a model of 1000 trees what an auditor asks."""
    if not options.data.exists():
        return []
    import pandas
    import xgboost
    from suffice import Explainer, verify

    data = pandas.read_csv(options.data)
    rows, target = data.iloc[:, :-1], data.iloc[:, -1]
    model = xgboost.XGBClassifier(n_estimators=1000, max_depth=5, n_jobs=1, random_state=0).fit(rows, target)
    began = time.process_time()
    explainer = Explainer(model, background=rows[:200])
    print(f"\nadult, 1000 trees: explainer in {time.process_time() - began:.2f} s\n")
    limit, told = {"time_limit": options.limit}, []
    questions: dict[str, Callable[[], Any]] = {
        "Sex alone": lambda: verify.discriminates(explainer, "Sex", **limit),
        "Race alone": lambda: verify.discriminates(explainer, "Race", **limit),
        "Sex alone, scores 4 apart": lambda: verify.discriminates(explainer, "Sex", margin=4.0, **limit),
        "rows whose sex decides (1000)": lambda: verify.affected(explainer, "Sex", rows[:1000], **limit),
        "more Age, never lower": lambda: verify.monotone(explainer, "Age", **limit),
        "more Capital Gain, never lower": lambda: verify.monotone(explainer, "Capital Gain", **limit),
        "rule: gains and hours": lambda: verify.verify(
            explainer, "Capital Gain >= 2 and Hours per week >= 2", 1, **limit
        ),
        "labels without gains": lambda: verify.reachable(explainer, "Capital Gain = 0 and Age = 0", **limit),
        "range of the score": lambda: verify.range(explainer, "Age = 0", **limit),
    }
    for name, ask in questions.items():
        start = time.process_time()
        answer = ask()
        spent = time.process_time() - start
        told.append({"question": name, "answer": repr(answer)[:160], "seconds": spent})
    print(
        table(
            ["question", "CPU s", "answer"],
            [[str(t["question"]), f"{t['seconds']:.2f}", str(t["answer"])[:90]] for t in told],
        )
    )
    return told


def opened(path: Path) -> Any:
    """Return the explainer of a model in a file."""
    import xgboost
    from suffice import Explainer

    booster = xgboost.Booster()
    booster.load_model(bytearray(gzip.decompress(path.read_bytes())))
    return Explainer(booster)


def sensitivity(path: Path, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield what single features and pairs of features of a model take."""
    from suffice.verify import discriminates

    began = time.process_time()
    explainer = opened(path)
    setup = time.process_time() - began
    names = explainer.get_feature_names()
    singles = [(name,) for name in names]
    pairs = list(itertools.combinations(names, 2))
    random.Random(options.seed).shuffle(pairs)
    drawn = pairs[: options.pairs]
    for kind, asked in (("single features", singles), ("pairs of features", drawn)):
        seconds, answers = [], []
        for features in asked:
            start = time.process_time()
            verdict = discriminates(explainer, features, margin=options.margin, time_limit=options.limit)
            seconds.append(time.process_time() - start)
            answers.append(verdict.answer)
        yield {
            "model": f"{path.name.removesuffix('.json.gz')}, {kind}", "trees": explainer.session.compiled.trees.n_trees,
            "asked": len(asked), "found": answers.count("refuted"), "proved": answers.count("proved"),
            "late": answers.count("undecided"), "median": statistics.median(seconds), "max": max(seconds),
            "p95": sorted(seconds)[int(0.95 * (len(seconds) - 1))], "setup": setup, "seconds": seconds,
        }  # fmt: skip

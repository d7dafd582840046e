"""Explanations of several labels through surrogates: the tables of Boumazouza et al. (ICAART 2023) on data at hand.

Times are CPU seconds; limits are seconds of the clock.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cases import DATA
from benchmarks.multilabel_data import SOURCES, Box, Source, make_box
from benchmarks.report import table

MOST = 100_000  # joined reasons that are counted
FLIPPED = 2  # labels that a joined contrastive reason flips at once
# CNF sizes of table 5 of Boumazouza et al. (2023), variables and clauses of a label's formula: least, average, greatest
PUBLISHED = {
    ("mnist", 150): ((509, 1268), (12095, 32353), (14308, 38344)),
    ("mnist", 250): ((423, 1119), (9556, 25455), (15105, 40530)),
    ("Yelp", 60): ((96, 232), (4827, 13004), (13732, 36864)),
    ("Yelp", 180): ((4625, 12416), (6812, 18395), (15963, 428941)),
    ("IMDB", 30): ((863, 2344), (1282, 3533), (3149, 8558)),
    ("NYS 2015", 63): ((2446, 6615), (7887, 21370), (11305, 30594)),
}
SHORT = {"sufficient": "sr", "contrastive": "cf"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    names = [source.name for source in SOURCES]
    parser.add_argument("--tables", nargs="+", choices=names, default=names, help="which tables (all)")
    parser.add_argument("--folder", type=Path, default=DATA, help=f"where the tables are ({DATA})")
    parser.add_argument("--instances", type=int, default=5, help="instances of each table and radius (5)")
    parser.add_argument("--labels", type=int, default=13, help="labels of each instance at most (13)")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds of an enumeration (300, as published)")
    parser.add_argument("--trees", type=int, default=25, help="trees of a surrogate (25)")
    parser.add_argument("--depth", type=int, default=5, help="depth of a tree (5)")
    kinds = ("forest", "tree", "boosted", "linear", "auto")
    parser.add_argument("--kind", choices=kinds, default="forest", help="what surrogates are (forest)")
    sources = ("rows", "both")
    parser.add_argument("--source", choices=sources, default="rows", help="rows alone, or with perturbed ones (rows)")
    parser.add_argument("--samples", type=int, default=4000, help="perturbed rows of --source both (4000)")
    parser.add_argument("--voting", choices=("hard", "soft"), default="hard", help="how trees decide (hard)")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure, print tables as they come, return everything for JSON."""
    told: dict[str, Any] = {
        "published CNF sizes": {f"{name} {radius}": size for (name, radius), size in PUBLISHED.items()}
    }
    for source in SOURCES:
        if source.name not in options.tables:
            continue
        box = make_box(source, options.folder)
        if box is None:
            print(f"\n{source.name}: no {options.folder / source.file} (option --folder): left out.")
            continue
        print(
            f"\n{box.name}: {len(box.bits)} rows, {box.bits.shape[1]} bits, {len(box.labels)} labels; the network is "
            f"right on {box.accuracy:.1%} of the held-out labels"
        )
        for radius in source.radii:
            told[f"{source.name} {radius}"] = _measured(box, source, radius, options)
    return told


def _measured(box: Box, source: Source, radius: int, options: argparse.Namespace) -> dict[str, Any]:
    rows = np.random.default_rng(1).permutation(len(box.bits))[: options.instances]
    ours: list[dict[str, Any]] = []
    whole: list[dict[str, Any]] = []
    for number, row in enumerate(rows.tolist()):
        if not number:  # what is made once is made by a first instance, which is not counted
            _instance(box, row, radius, options, 0.5)
        of_labels, of_all = _instance(box, row, radius, options, options.limit)
        ours += of_labels
        whole += of_all
    _print(box, source, radius, options, ours, whole)
    return {"labels": ours, "whole": whole}


def _instance(
    box: Box, row: int, radius: int, options: argparse.Namespace, limit: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the figures of each label's surrogate, and those of all labels together."""
    from suffice import BadInputError, Builder, Explainer, FidelityError, SurrogateExplainer

    x = box.bits[row]
    try:
        start = time.process_time()
        surrogate = SurrogateExplainer(
            box.predict, box.bits, x, radius=radius, label_names=box.labels, seed=row, kind=options.kind,
            source=options.source, n_samples=options.samples, minimum_held_out=2, **_size(options),
        )  # fmt: skip
        fitting = time.process_time() - start
    except (BadInputError, FidelityError) as error:
        print(f"  instance {row}, radius {radius}: {error}")
        return [], []
    types = {"binary": list(surrogate.feature_names)}
    # labels that never change near the instance have nothing to tell
    moving = [i for i, model in enumerate(surrogate.models) if len(model.classes_) > 1][: options.labels]
    models = surrogate.models
    told = []
    for i in moving:
        one = _label(models[i], x, types, options, limit)
        told.append({**one, "row": row, "label": box.labels[i], "accuracy": surrogate.fidelity.accuracy[box.labels[i]]})
    if not moving:
        return told, []
    start = time.process_time()
    joint = Builder.MultiLabel([models[i] for i in moving], names=[box.labels[i] for i in moving])
    hard = all(_voting(models[i], options) == "hard" for i in moving)
    explainer = Explainer.initialize(joint, x, types, voting="hard" if hard else "soft", check=False)
    whole = {"row": row, "labels": len(moving), "fitting": fitting, "encoding": time.process_time() - start}
    if hard:
        whole |= _formulas(explainer)
    flip = [box.labels[i] for i in moving[:FLIPPED]]
    return told, [whole | _joined(explainer, "sufficient", limit) | _joined(explainer, "contrastive", limit, flip=flip)]


def _size(options: argparse.Namespace) -> dict[str, Any]:
    """Return the size of a surrogate; kinds other than forests keep their own."""
    return {"n_estimators": options.trees, "max_depth": options.depth} if options.kind == "forest" else {}


def _voting(model: Any, options: argparse.Namespace) -> str:
    """Return how a surrogate decides: only a forest can vote."""
    voting: str = options.voting
    return voting if type(getattr(model, "model", model)).__name__ == "RandomForestClassifier" else "soft"


def _label(model: Any, x: Any, types: Any, options: argparse.Namespace, limit: float) -> dict[str, Any]:
    """Return encoding, first reasons and enumerations of one label's surrogate."""
    from suffice import Explainer

    voting = _voting(model, options)
    start = time.process_time()
    explainer: Any = Explainer.initialize(model, features_type=types, voting=voting, check=False)
    explainer.set_instance(x)
    told: dict[str, Any] = {"encoding": time.process_time() - start, "conditions": len(explainer.vocabulary)}
    if voting == "hard":
        start = time.process_time()
        cnf = explainer.to_cnf()
        told |= {"cnf": time.process_time() - start, "variables": cnf.n_vars, "clauses": cnf.n_clauses}
    for query, name in SHORT.items():
        ask = getattr(explainer, f"{query}_reason")
        start = time.process_time()
        ask()
        told[f"one {name}"] = time.process_time() - start
        explainer.set_instance(x)  # nothing is kept from the question before
        start = time.process_time()
        found = ask(n=None, time_limit=limit)
        told[f"all {name}"] = time.process_time() - start
        told[f"number {name}"], told[f"complete {name}"] = len(found or ()), getattr(found, "complete", True)
    return told


def _formulas(explainer: Any) -> dict[str, Any]:
    """Return time and sizes of the formulas of all labels over the conditions that they share."""
    start = time.process_time()
    formulas = explainer.to_cnf().values()
    return {
        "cnf": time.process_time() - start,
        "variables": float(np.mean([cnf.n_vars for cnf in formulas])),
        "clauses": float(np.mean([cnf.n_clauses for cnf in formulas])),
    }


def _joined(explainer: Any, query: str, limit: float, **more: Any) -> dict[str, Any]:
    """Return how many joined reasons of all labels come within the limit (at most `MOST`)."""
    start = time.process_time()
    one, number = 0.0, 0
    for _ in getattr(explainer, f"{query}_reasons")(mode="joined", time_limit=limit, **more):
        number += 1
        one = one or time.process_time() - start
        if number >= MOST:
            break
    name = SHORT[query]
    return {f"one {name}": one, f"number {name}": number, f"all {name}": time.process_time() - start}


# ---------------------------------------------------------------- tables


def _print(
    box: Box, source: Source, radius: int, options: argparse.Namespace, ours: Sequence[dict[str, Any]],
    whole: Sequence[dict[str, Any]],
) -> None:  # fmt: skip
    if not ours:
        print(f"  radius {radius}: nothing to tell")
        return
    rows = []
    columns = [
        ("accuracy", "accuracy", 1.0), ("encoding, ms", "encoding", 1e3), ("CNF, ms", "cnf", 1e3),
        ("CNF variables", "variables", 1), ("CNF clauses", "clauses", 1), ("conditions", "conditions", 1),
        ("one sufficient, ms", "one sr", 1e3), ("all sufficient, s", "all sr", 1),
        ("sufficient, number", "number sr", 1),
        ("one contrastive, ms", "one cf", 1e3), ("all contrastive, s", "all cf", 1),
        ("contrastive, number", "number cf", 1),
    ]  # fmt: skip
    for title, key, scale in columns:
        values = [scale * float(one[key]) for one in ours if key in one]
        if values:
            rows.append([title, *_three(values)])
    for query, name in SHORT.items():
        rates = [one[f"number {name}"] / max(one[f"all {name}"], 1e-9) for one in ours]
        total = sum(one[f"number {name}"] for one in ours) / max(sum(one[f"all {name}"] for one in ours), 1e-9)
        rows.append([f"{query} a second (in all: {total:.0f})", *_three(rates)])
    for title, key, scale in (
        ("fitting the surrogates, s", "fitting", 1), ("all labels: encoding, ms", "encoding", 1e3),
        ("all labels: CNF of each, ms in all", "cnf", 1e3), ("all labels: CNF variables a label", "variables", 1),
        ("all labels: CNF clauses a label", "clauses", 1),
        ("all labels: one joined sufficient, ms", "one sr", 1e3),
        ("all labels: joined sufficient, number", "number sr", 1),
        ("all labels: one joined contrastive, ms", "one cf", 1e3),
        ("all labels: joined contrastive, number", "number cf", 1),
    ):  # fmt: skip
        values = [scale * float(one[key]) for one in whole if key in one]
        if values:
            rows.append([title, *_three(values)])
    for query, name in SHORT.items():
        rates = [one[f"number {name}"] / max(one[f"all {name}"], 1e-9) for one in whole]
        rows.append([f"all labels: joined {query} a second", *_three(rates)])
    done = {name: sum(one[f"complete {name}"] for one in ours) for name in ("sr", "cf")}
    print(
        f"\n{box.name}, radius {radius}: {len(ours)} surrogates ({_described(options)}) of "
        f"{len(whole)} instances, limit {options.limit:g} s; enumerations that ended: "
        f"{done['sr']} of sufficient, {done['cf']} of contrastive reasons"
    )
    sizes = PUBLISHED.get((box.name, radius))
    for place, what in enumerate(("variables", "clauses") if sizes else ()):
        rows.append([f"published: CNF {what}", *(str(size[place]) for size in sizes or ())])
    print(table(("", "min", "average", "max"), rows))


def _described(options: argparse.Namespace) -> str:
    if options.kind != "forest":
        return f"{options.kind}, learnt from {options.source}"
    return f"{options.trees} trees of depth {options.depth}, {options.voting} votes, learnt from {options.source}"


def _three(values: Sequence[float]) -> list[str]:
    return [f"{value:.4g}" for value in (min(values), float(np.mean(values)), max(values))]

"""Forests: stored models beside their peers, many rows at once, and a very large forest."""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from benchmarks.cases import DATA, ENSEMBLES, STORED, Case, stored_cases, stored_forests
from benchmarks.forest_asks import LIMIT, OF_ENSEMBLES, OF_PYXAI, PARTS, QUERIES, Ask
from benchmarks.forest_goals import WORDS, goal_rows, print_goals
from benchmarks.forest_lines import Line, Sat, Settings, measure_case, of_ensembles, of_pyxai, print_processes
from benchmarks.forest_processes import BATCH_ROWS, ask_process, breast_cancer_rows, middle
from benchmarks.peers.stored import Ensembles, StoredPeer, read_ensembles, read_stored
from benchmarks.report import number, seconds, table
from benchmarks.serve import Clock

BATCH_MODEL, BATCH_GOAL, BATCH_LIMIT, FLAT = "breast_cancer_rf100d8", 10.0, 300.0, 1.1
WARM_LIMIT = 120.0
LARGE_GOAL, LARGE_LIMIT, PROCESS_LIMIT = 10.0, 60.0, 900.0


@dataclass(frozen=True)
class Plan:
    """What to run; see `add_arguments`."""

    parts: tuple[str, ...]
    queries: frozenset[str]
    models: str | None
    folder: Path
    ensembles: Path
    data: Path
    trees: int
    settings: Settings

    def asks(self, table_of_asks: dict[str, tuple[Ask, ...]], part: str, case: Case) -> list[Ask]:
        asks = table_of_asks.get(part, ())
        return [ask for ask in asks if ask.query in self.queries and re.search(ask.models, case.name)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to run (all)")
    parser.add_argument("--queries", nargs="+", choices=QUERIES, default=list(QUERIES), help="only these queries")
    parser.add_argument("--models", help="only the stored models whose name matches this regular expression")
    parser.add_argument("--folder", type=Path, default=STORED, help=f"PyXAI's models and figures ({STORED})")
    parser.add_argument("--ensembles", type=Path, default=ENSEMBLES, help=f"other peers' ({ENSEMBLES})")
    parser.add_argument("--data", type=Path, default=DATA / "adult.csv.gz", help="table of the part `large`")
    parser.add_argument("--trees", type=int, default=1000, help="trees of the part `large` (1000)")
    parser.add_argument("--rows", type=int, default=10, help="instances of each stored model at most (10)")
    parser.add_argument("--limit", type=float, help=f"no query gets more seconds ({LIMIT:g}, some 5, 20 or 60)")
    parser.add_argument("--quick", action="store_true", help="3 instances, limit 2 s, 100 trees in the part `large`")
    parser.add_argument("--with-peer", metavar="PYTHON", help="python of an environment with PyXAI: measure it as well")


def plan_of(options: argparse.Namespace) -> Plan:
    quick = options.quick
    limits = [limit for limit in (options.limit, 2.0 if quick else None) if limit is not None]
    settings = Settings(
        rows=min(3, options.rows) if quick else options.rows,
        limit=min(limits, default=None),
        budget=0.1 if quick else 0.5,
        peer=options.with_peer,
    )
    return Plan(
        tuple(options.parts), frozenset(options.queries), options.models, options.folder, options.ensembles,
        options.data, min(100, options.trees) if quick else options.trees, settings,
    )  # fmt: skip


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Run the plan, print tables as they come, return everything for JSON."""
    plan = plan_of(options)
    told: dict[str, Any] = {}
    lines: list[Line] = []
    stored, ensembles = read_stored(plan.folder), read_ensembles(plan.ensembles)
    cases = [*stored_cases(plan.folder, "_rf25d6", plan.models), *stored_cases(plan.folder, "_rf100d8", plan.models)]
    others = stored_forests(plan.ensembles, plan.models)
    stored_parts = [part for part in plan.parts if part in {*OF_PYXAI, *OF_ENSEMBLES}]
    if stored_parts and (cases or others):
        told["warm up"] = warm_up(plan)
    for part in stored_parts:
        found = run_part(plan, part, cases, others, stored, ensembles)
        lines += found
        told[part] = [asdict(line) for line in found]
    goals = goal_rows(lines)
    with tempfile.TemporaryDirectory() as scratch:
        if "batch" in plan.parts:
            told["batch"], more = run_batch(plan, Path(scratch))
            goals += more
        if "large" in plan.parts:
            told["large"], more = run_large(plan, Path(scratch))
            goals += more
    print_goals(goals)
    told["goals"] = goals
    return told


def warm_up(plan: Plan) -> float:
    """Ask a tiny forest everything once, so that no compilation falls into the figures; return the seconds it took."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import RandomForestClassifier

    clock = Clock()
    data = load_breast_cancer()
    forest = RandomForestClassifier(5, max_depth=3, random_state=0).fit(data.data, data.target)
    asks = [replace(ask, limit=WARM_LIMIT, slow=False) for part in plan.parts for ask in all_asks(part)]
    asks = [ask for ask in dict.fromkeys(asks) if ask.query in plan.queries]
    with tempfile.TemporaryDirectory() as scratch:
        model, instances = Path(scratch) / "tiny.joblib", Path(scratch) / "rows.npz"
        joblib.dump(forest, model)
        np.savez(instances, X=data.data[:2])
        settings = replace(plan.settings, limit=None, budget=0.0, peer=None)
        lines, sat = measure_case(settings, Case("tiny", model, instances, 2, 0, 0), asks, None, {})
    notes = dict.fromkeys(f"{line.ask.query}: {line.note}" for line in lines if line.note)
    wall = clock.read()[1]
    print(f"\nEvery query once in a new process: {seconds(wall)} wall")
    for trouble in [*notes, *[trouble for one in sat for trouble in one.measured.trouble]]:
        print(f"trouble: {trouble}")
    return wall


def all_asks(part: str) -> list[Ask]:
    """What a part asks, without the peers' names of it."""
    return [
        replace(ask, stored=None, kind=None, models="")
        for ask in (*OF_PYXAI.get(part, ()), *OF_ENSEMBLES.get(part, ()))
    ]


def run_part(
    plan: Plan, part: str, cases: Sequence[Case], others: Sequence[Case], stored: StoredPeer | None,
    ensembles: Ensembles,
) -> list[Line]:  # fmt: skip
    """Measure one part on all its models; a table a model."""
    lines: list[Line] = []
    for asks_of, models, show, place in (
        (OF_PYXAI, cases, of_pyxai, plan.folder),
        (OF_ENSEMBLES, others, of_ensembles, plan.ensembles),
    ):
        if part in asks_of and not models:
            print(f"\n{part}: no stored forests in {place} that match: left out.")
        for case in models if part in asks_of else ():
            asks = plan.asks(asks_of, part, case)
            if not asks:
                continue
            found, sat = measure_case(plan.settings, case, asks, stored, ensembles)
            print_case(part, case, show(found), sat)
            lines += found
    return lines


def print_case(part: str, case: Case, text: str, sat: Sequence[Sat]) -> None:
    print(f"\n{part}: {case.name} ({case.leaves} leaves); seconds of CPU with set_instance, medians over instances\n")
    print(text)
    print_processes(sat)


# ---------------------------------------------------------------- many rows


def run_batch(plan: Plan, scratch: Path) -> tuple[dict[str, Any], list[list[str]]]:
    cases = stored_cases(plan.folder, BATCH_MODEL)
    if not cases:
        print(f"\nbatch: no {BATCH_MODEL} in {plan.folder}: left out.")
        return {}, []
    rows = scratch / "rows.npz"
    breast_cancer_rows(rows, BATCH_ROWS)
    told = ask_process("batch", cases[0].model, rows, limit=BATCH_LIMIT)
    print(f"\nbatch: one sufficient reason for each row, {BATCH_MODEL}, {cases[0].leaves} leaves\n")
    if "error" in told:
        print(f"trouble: {told['error']}")
        return told, [["batch", "all", BATCH_MODEL, f"1000 rows in {BATCH_GOAL:g} s", told["error"], "NO"]]
    shown = [
        [
            one["setting"], str(one["rows"]), seconds(one["wall"]), seconds(one["cpu"]), seconds(one["read"]),
            str(one["answers"]), number(one["size"]),
            number(one["before_mb"]), number(one["after_mb"]), number(one["peak_mb"]),
        ]
        for one in told["passes"]
    ]  # fmt: skip
    print(
        table(("setting", "rows", "wall", "CPU", "all read", "answers", "items", "MB before", "after", "peak"), shown)
    )
    return told, batch_goals(told["passes"])


def batch_goals(passes: Sequence[dict[str, Any]]) -> list[list[str]]:
    goals = []
    for setting in dict.fromkeys(one["setting"] for one in passes):
        last = [one for one in passes if one["setting"] == setting][-1]
        goal, done = BATCH_GOAL / last["part"], last["answers"] == last["rows"]
        times = f"{seconds(last['wall'])} wall, {last['answers']}/{last['rows']} answered"
        told = f"{last['rows']} rows in {goal:g} s"
        goals.append(["batch", setting, BATCH_MODEL, told, times, WORDS[done and last["wall"] <= goal]])
    few, last = passes[0], passes[-1]
    memory = f"{number(few['peak_mb'])} MB peak after {few['rows']} rows, {number(last['peak_mb'])} at the end"
    within = WORDS[last["peak_mb"] <= FLAT * few["peak_mb"]]
    return [*goals, ["batch", "all", BATCH_MODEL, "memory flat (10 %)", memory, within]]


# ---------------------------------------------------------------- a very large forest


def run_large(plan: Plan, scratch: Path) -> tuple[dict[str, Any], list[list[str]]]:
    if not plan.data.exists():
        print(f"\nlarge: no {plan.data} (option --data): left out.")
        return {}, []
    model, instances = scratch / "large.joblib", scratch / "large.npz"
    fitted = ask_process("fit", plan.data, plan.trees, model, instances, limit=PROCESS_LIMIT)
    if "error" in fitted:
        print(f"\nlarge: trouble with training: {fitted['error']}")
        return {"fit": fitted}, []
    limit = min(LARGE_LIMIT, plan.settings.limit or LARGE_LIMIT)
    told = ask_process("large", model, instances, limit, limit=PROCESS_LIMIT)
    print(
        f"\nlarge: {fitted['trees']} trees of unlimited depth on {plan.data.name} ({fitted['rows']} rows, "
        f"{fitted['leaves']} leaves, depth {fitted['depth']}, right on {100 * fitted['right']:.1f} %), trained in "
        f"{seconds(fitted['wall'])}"
    )
    name = f"adult, {fitted['trees']} trees"
    if "error" in told:
        print(f"trouble: {told['error']}")
        goal = ["large", "soft, theory on", name, f"one reason in {LARGE_GOAL:g} s", told["error"], "NO"]
        return {"fit": fitted, **told}, [goal]
    print_large(told)
    return {"fit": fitted, **told}, large_goals(told["queries"], name)


def print_large(told: dict[str, Any]) -> None:
    print(
        f"set-up {seconds(told['cpu'])} CPU, {seconds(told['wall'])} wall; memory: {told['loaded_mb']:.0f} MB with the "
        f"model loaded, {told['set_up_mb']:.0f} set up (peak {told['set_up_peak_mb']:.0f}), peak "
        f"{told['peak_mb']:.0f}\n"
    )
    rows = [
        [
            one["over"], str(one["row"]), *[seconds(one.get(key)) for key in ("cpu", "wall", "set_cpu")],
            number(one.get("size")), one.get("status", "-"), one.get("error", "-"),
        ]
        for one in told["queries"]
    ]  # fmt: skip
    print(
        table(("one sufficient reason over", "row", "CPU", "wall", "set_instance", "size", "status", "trouble"), rows)
    )


def large_goals(queries: Sequence[dict[str, Any]], name: str) -> list[list[str]]:
    rows = []
    for over in dict.fromkeys(one["over"] for one in queries):
        mine = [one for one in queries if one["over"] == over]
        proved = [one["cpu"] for one in mine if one.get("status") in ("proved", "optimal")]
        told = f"median {seconds(middle(proved))}, {len(proved)}/{len(mine)} proved"
        met = len(proved) == len(mine) and max(proved) <= LARGE_GOAL
        rows.append(["sufficient", "soft, theory on", name, f"over {over} in {LARGE_GOAL:g} s", told, WORDS[met]])
    return rows

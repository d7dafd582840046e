"""Decision trees: stored models beside a peer, trees of growing size, and a batch."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks import batch, measure
from benchmarks.cases import KINDS, STORED, Case, stored_cases, synthetic_case
from benchmarks.measure import Figures, Measured, Run, figures, first_runs, quantile
from benchmarks.peers.stored import StoredPeer, read_stored
from benchmarks.report import number, ratio, seconds, table
from benchmarks.serve import Clock, Request


@dataclass(frozen=True)
class Query:
    """A query: the stored peer's name of it, the field that must be equal there, and the speed-up aimed at."""

    name: str
    stored: str | None = None
    equal: str | None = None
    goal: float | None = None
    plus: str | None = None  # the peer leaves the literals of this other query out of its answer


QUERIES = (
    Query("direct", "direct_reason", "size"),
    Query("sufficient", "sufficient_reason_n1", None, 20),
    Query("sufficient-100", "sufficient_reason_n100", "reasons"),
    Query("minimal", "minimal_sufficient_reason", "size", 10),
    Query("preferred", "preferred_FeatureImportance"),
    Query("contrastive", "contrastive_reason_all", "reasons", 20),
    Query("contrastive-min", "contrastive_reason_n1(minimal)", "size", 20),
    Query("necessary", "necessary_literals", "size", 20),
    Query("relevant", "relevant_literals", "size", 20, plus="necessary"),
    Query("count", "n_sufficient_reasons", "count", 20),
    Query("count-per-literal"),
    Query("count-per-feature", "n_sufficient_reasons_per_attribute", None, 20),
    Query("sufficient-features"),
)
WARM_LEAVES, WARM_SECONDS = 200, 300.0
BATCH_LEAVES, BATCH_ROWS, BATCH_GOAL = 500, 10_000, 2.0
PARTS = ("stored", "scaling", "batch")


@dataclass(frozen=True)
class Plan:
    """What to run; see `add_arguments`."""

    parts: tuple[str, ...]
    queries: tuple[Query, ...]
    models: str | None
    folder: Path
    kinds: tuple[str, ...]
    leaves: tuple[int, ...]
    rows: int
    limit: float
    budget: float
    peer: str | None
    peer_leaves: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to run (all)")
    parser.add_argument("--queries", nargs="+", choices=[q.name for q in QUERIES], help="only these queries")
    parser.add_argument("--models", help="only the stored models whose name matches this regular expression")
    parser.add_argument("--folder", type=Path, default=STORED, help=f"stored models and figures ({STORED})")
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS), help="synthetic trees (all)")
    parser.add_argument("--leaves", nargs="+", type=int, default=[100, 500, 2000, 5000, 20_000], help="tree sizes")
    parser.add_argument("--rows", type=int, default=10, help="instances of each synthetic tree (10)")
    parser.add_argument("--limit", type=float, default=10.0, help="time limit of each query in seconds (10)")
    parser.add_argument("--quick", action="store_true", help="trees up to 2000 leaves, 3 instances, limit 2 s")
    parser.add_argument("--with-peer", metavar="PYTHON", help="python of an environment with PyXAI: measure it as well")
    parser.add_argument("--peer-leaves", type=int, default=0, help="and on synthetic trees up to this size (0)")


def plan_of(options: argparse.Namespace) -> Plan:
    wanted = set(options.queries or [query.name for query in QUERIES])
    quick = options.quick
    return Plan(
        parts=tuple(options.parts),
        queries=tuple(query for query in QUERIES if query.name in wanted),
        models=options.models,
        folder=options.folder,
        kinds=tuple(options.kinds),
        leaves=tuple(n for n in options.leaves if n <= 2000 or not quick),
        rows=min(3, options.rows) if quick else options.rows,
        limit=min(2.0, options.limit) if quick else options.limit,
        budget=0.1 if quick else 0.5,
        peer=options.with_peer,
        peer_leaves=options.peer_leaves,
    )


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Run the plan, print tables as they come, return everything for JSON."""
    plan = plan_of(options)
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        told["warm up"] = warm_up(plan, Path(scratch))
        if "stored" in plan.parts:
            told["stored"] = run_stored(plan)
        if "scaling" in plan.parts:
            told["scaling"] = run_scaling(plan, Path(scratch))
        if "batch" in plan.parts:
            told["batch"] = run_batch(plan, Path(scratch))
    return told


def warm_up(plan: Plan, scratch: Path) -> float:
    """Ask everything once, so that no compilation falls into the figures; return the seconds that it took."""
    clock = Clock()
    case = synthetic_case("numeric", WARM_LEAVES, 3, scratch)
    patient = replace(plan, limit=WARM_SECONDS, budget=0.0)
    for theory in (False, True):
        measure.ask(measure.ours(), request(patient, case, theory))
    wall = clock.read()[1]
    print(f"\nEvery query once in a new process: {seconds(wall)} wall")
    return wall


def request(plan: Plan, case: Case, theory: bool) -> Request:
    indices = list(range(case.rows))
    jobs = [(query.name, indices) for query in plan.queries]
    return Request(str(case.model), str(case.instances), jobs, theory, plan.limit, plan.budget)


def by_query(measured: Measured) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for one in measured.runs:
        found.setdefault(one.query, []).append(one)
    return found


# ---------------------------------------------------------------- stored models


@dataclass(frozen=True)
class Line:
    """One query on one stored model: ours, the peer's stored figures, the peer measured now."""

    query: Query
    ours: Figures
    stored: Figures | None
    live: Figures | None
    agree: tuple[int, int] | None  # instances with the same answer, instances compared

    @property
    def peer(self) -> Figures | None:
        return self.live or self.stored


def agreement(query: Query, ours: Sequence[Run], peer: Sequence[Run]) -> tuple[int, int] | None:
    """On how many instances the comparable part of the answer is equal; unfinished answers are not compared."""
    if query.equal is None:
        return None
    mine, theirs = first_runs(ours), first_runs(peer)
    both = [i for i in mine if i in theirs and not mine[i].late and not theirs[i].late]
    known = [
        i for i in both if getattr(mine[i], query.equal) is not None and getattr(theirs[i], query.equal) is not None
    ]
    return sum(getattr(mine[i], query.equal) == getattr(theirs[i], query.equal) for i in known), len(known)


def with_sizes(runs: Sequence[Run], more: Sequence[Run]) -> list[Run]:
    """The runs with the sizes of other runs on the same instances added; without a size where there is none."""
    extra = {index: run.size for index, run in first_runs(more).items()}
    return [replace(run, size=add(run.size, extra.get(run.instance))) for run in runs]


def add(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def compare(plan: Plan, case: Case, stored: StoredPeer | None) -> tuple[list[Line], list[Measured]]:
    mine = measure.ask(measure.ours(), request(plan, case, theory=False))
    live = measure.ask(measure.pyxai(plan.peer), request(plan, case, theory=False)) if plan.peer else Measured()
    ours, now = by_query(mine), by_query(live)
    names = {query.name: query.stored for query in QUERIES}
    then = {name: stored.of(case.name, known) if stored else [] for name, known in names.items()}
    lines = []
    for query in plan.queries:
        summed = figures(ours.get(query.name, []))
        if summed is None:
            continue
        peer = now if now.get(query.name) else then
        theirs = peer.get(query.name, [])
        if query.plus:
            theirs = with_sizes(theirs, peer.get(query.plus, []))
        old, new = figures(then[query.name]), figures(now.get(query.name, []))
        lines.append(Line(query, summed, old, new, agreement(query, ours[query.name], theirs)))
    return lines, [mine, live]


STORED_HEADER = (
    "query", "CPU", "quiet", "p95", "max", "query only", "wall", "first", "peer then", "ratio", "peer now", "ratio",
    "literals", "peer", "features", "peer", "agree", "late", "peer late",
)  # fmt: skip


def stored_row(line: Line) -> list[str]:
    ours, old, new, peer = line.ours, line.stored, line.live, line.peer
    return [
        line.query.name,
        *[seconds(value) for value in (ours.median, ours.quiet, ours.p95, ours.max, ours.alone, ours.wall, ours.cold)],
        seconds(old.median if old else None),
        ratio(old.median if old else None, ours.median),
        seconds(new.median if new else None),
        ratio(new.median if new else None, ours.median),
        number(ours.size),
        number(peer.size if peer else None),
        number(ours.features),
        number(peer.features if peer else None),
        f"{line.agree[0]}/{line.agree[1]}" if line.agree else "-",
        str(ours.late) if ours.late else "-",
        str(peer.late) if peer and peer.late else "-",
    ]


def run_stored(plan: Plan) -> list[dict[str, Any]]:
    cases = stored_cases(plan.folder, "_dt", plan.models)
    if not cases:
        print(f"\nNo stored decision trees in {plan.folder} (option --folder): this part is left out.")
        return []
    stored = read_stored(plan.folder)
    told, everything = [], []
    for case in cases:
        lines, measured = compare(plan, case, stored)
        everything += lines
        print(f"\nStored model {case.title}, theory off; medians over the instances\n")
        print(table(STORED_HEADER, [stored_row(line) for line in lines]))
        print_loading(measured)
        told.append(
            {"case": asdict(case), "lines": [asdict(line) for line in lines], "raw": [asdict(m) for m in measured]}
        )
    print_goals(everything)
    return told


def print_loading(measured: Sequence[Measured]) -> None:
    for who, one in zip(("ours", "peer"), measured, strict=True):
        if one.load_cpu is not None:
            print(f"import and compile, {who}: {seconds(one.load_cpu)} CPU, {seconds(one.load_wall)} wall")
        for trouble in one.trouble:
            print(f"trouble, {who}: {trouble}")


def print_goals(lines: Sequence[Line]) -> None:
    """The speed-ups aimed at, over all models, against the stored figures and against the peer measured now."""
    rows = []
    for query in QUERIES:
        mine = [line for line in lines if line.query == query]
        then = [line.stored.median / line.ours.median for line in mine if line.stored]
        now = [line.live.median / line.ours.median for line in mine if line.live]
        if query.goal is not None and (then or now):
            rows.append([query.name, f"{query.goal:.0f}x", *goal_cells(then, query.goal), *goal_cells(now, query.goal)])
    if rows:
        print("\nGoals: how many times less CPU than the peer; the median over the models, and each model\n")
        print(table(("query", "goal", "then", "each", "met", "now", "each", "met"), rows))


def goal_cells(times: Sequence[float], goal: float) -> list[str]:
    if not times:
        return ["-", "-", "-"]
    middle = quantile(times, 0.5)
    return [ratio(middle, 1.0), ", ".join(ratio(one, 1.0) for one in times), "yes" if middle >= goal else "NO"]


# ---------------------------------------------------------------- growing trees


def scaling_cell(summed: Figures | None) -> str:
    if summed is None:
        return "-"
    late = f" ({summed.late}/{summed.instances} late)" if summed.late else ""
    return f"{seconds(summed.median)} <{seconds(summed.max)}{late}"


def run_scaling(plan: Plan, scratch: Path) -> list[dict[str, Any]]:
    told = []
    for kind in plan.kinds:
        cases = [synthetic_case(kind, leaves, plan.rows, scratch) for leaves in plan.leaves]
        for theory in (False, True):
            told += scale(plan, kind, cases, theory=theory, command=measure.ours(), who="ours")
        small = [case for case in cases if case.leaves <= plan.peer_leaves]
        if plan.peer and small:
            told += scale(plan, kind, small, theory=False, command=measure.pyxai(plan.peer), who="peer")
    return told


def scale(
    plan: Plan, kind: str, cases: Sequence[Case], *, theory: bool, command: Sequence[str], who: str
) -> list[dict[str, Any]]:
    """One table: a row a query, a column a size."""
    columns, told = [], []
    for case in cases:
        measured = measure.ask(command, request(plan, case, theory))
        summed = {name: figures(runs) for name, runs in by_query(measured).items()}
        columns.append((measured, summed))
        told.append({"who": who, "theory": theory, "case": asdict(case), "raw": asdict(measured)})
    rows = [[query.name, *[scaling_cell(summed.get(query.name)) for _, summed in columns]] for query in plan.queries]
    rows.append(["import and compile", *[seconds(measured.load_cpu) for measured, _ in columns]])
    rows.append(["peak memory, MB", *[number(max(m.peak_mb.values(), default=0.0)) for m, _ in columns]])
    print(
        f"\n{who}: {kind} trees, theory {'on' if theory else 'off'}; CPU median <max, limit {plan.limit:g} s a query\n"
    )
    print(table(("leaves", *[str(case.leaves) for case in cases]), rows))
    for measured, _ in columns:
        for trouble in measured.trouble:
            print(f"trouble: {trouble}")
    return told


# ---------------------------------------------------------------- batch


def run_batch(plan: Plan, scratch: Path) -> list[dict[str, Any]]:
    case = synthetic_case("numeric", BATCH_LEAVES, BATCH_ROWS, scratch, seed=1)
    told = [batch.measure_batch(case, theory) for theory in (False, True)]
    print(f"\nBatch: one sufficient reason for each of {BATCH_ROWS} instances of a tree of {BATCH_LEAVES} leaves\n")
    rows = []
    for one in told:
        times = [seconds(one.get(key)) for key in ("cold", "wall", "cpu", "read")]
        name = f"theory {'on' if one['theory'] else 'off'}"
        rows.append([name, *times, seconds(BATCH_GOAL), number(one.get("size")), one.get("error") or "-"])
    print(table(("", "first, wall", "wall", "CPU", "wall, all read", "goal", "literals", "trouble"), rows))
    return told

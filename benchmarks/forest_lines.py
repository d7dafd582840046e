"""Measuring forests: one line a query, a mode and a model, with what peers needed for the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from benchmarks import measure
from benchmarks.cases import Case
from benchmarks.forest_asks import FIRST_LIMIT, SLOW_ROWS, Ask, Sitting, sittings
from benchmarks.measure import Figures, Measured, Run, figures, first_runs
from benchmarks.peers.stored import Answers, Ensembles, StoredPeer, quickest
from benchmarks.report import number, ratio, seconds, table
from benchmarks.serve import Request

NOT_THERE = "not there"


@dataclass(frozen=True)
class Settings:
    """What holds for all measurements."""

    rows: int  # instances at most
    limit: float | None  # no query gets more seconds
    budget: float
    peer: str | None  # python of PyXAI's environment
    command: tuple[str, ...] = field(default_factory=lambda: tuple(measure.our_forests()))


@dataclass(frozen=True)
class Beside:
    """An ensemble peer's answers: sizes are compared on the instances that both answered."""

    name: str
    median: float
    instances: int
    late: int
    size: float
    ours: float | None


@dataclass(frozen=True)
class Line:
    """One query in one mode on one model: ours, PyXAI's stored figures, PyXAI now, other peers."""

    case: str
    ask: Ask
    ours: Figures | None
    runs: tuple[Run, ...] = ()
    note: str = ""
    stored: Figures | None = None
    live: Figures | None = None
    peer: Beside | None = None
    prototype: Beside | None = None
    smallest: Beside | None = None  # the one, of both kinds, whose answers are the smallest beside ours

    @property
    def gap(self) -> float | None:
        """How far the proved lower bound is below the size that was found, at most, as a share of it."""
        gaps = []
        for run in first_runs(self.runs).values():
            cost = run.cost if run.cost is not None else run.size
            if run.status in ("optimal", "infeasible"):
                gaps.append(0.0)
            elif run.status == "best_so_far" and cost:
                gaps.append(1.0 - max(run.lower or 0.0, 0.0) / cost)
            else:
                return None  # nothing is known of this one
        return max(gaps) if gaps else None


@dataclass
class Sat:
    """What the measuring processes told about themselves."""

    title: str
    measured: Measured


def measure_case(
    settings: Settings, case: Case, asks: Sequence[Ask], stored: StoredPeer | None, ensembles: Ensembles
) -> tuple[list[Line], list[Sat]]:
    """Ask everything about one model, ours and, where it is comparable, PyXAI."""
    lines, sat = [], []
    for sitting in sittings(asks):
        mode = f"{sitting.asks[0].mode}, limit {sitting.limit:g} s"
        mine = measure.ask(settings.command, request(settings, case, sitting))
        sat.append(Sat(f"ours, {mode}", mine))
        live = Measured()
        comparable = tuple(ask for ask in sitting.asks if ask.stored)
        if settings.peer and comparable:
            live = measure.ask(measure.pyxai(settings.peer), request(settings, case, replace(sitting, asks=comparable)))
            sat.append(Sat("PyXAI", live))
        for ask in sitting.asks:
            runs = tuple(run for run in mine.runs if run.query == ask.query)
            line = Line(case.name, ask, figures(runs), runs, note_of(runs, mine))
            lines.append(with_peers(line, stored, live, ensembles))
    return lines, sat


def request(settings: Settings, case: Case, sitting: Sitting) -> Request:
    limit = sitting.limit if settings.limit is None else min(sitting.limit, settings.limit)
    rows = range(min(case.rows, settings.rows, SLOW_ROWS if sitting.slow else case.rows))
    jobs = [(ask.query, list(rows)) for ask in sitting.asks]
    return Request(
        str(case.model), str(case.instances), jobs, sitting.theory, limit, settings.budget,
        passes=1 if sitting.slow else 20, voting=sitting.voting,
        first_limit=min(limit, FIRST_LIMIT) if sitting.slow else None,
    )  # fmt: skip


def note_of(runs: Sequence[Run], measured: Measured) -> str:
    """Why there are no figures, or what went wrong."""
    if not runs:
        return NOT_THERE if measured.load_cpu is not None else "; ".join(measured.trouble)[:100] or "no answer"
    errors = dict.fromkeys(run.error for run in runs if run.error)
    return "; ".join(errors)[:100]


def with_peers(line: Line, stored: StoredPeer | None, live: Measured, ensembles: Ensembles) -> Line:
    ask = line.ask
    then = stored.of(line.case, ask.stored) if stored else []
    now = [run for run in live.runs if run.query == ask.query] if ask.stored else []
    answers = ensembles.get((line.case, ask.kind, ask.voting), []) if ask.kind else []
    return replace(
        line, stored=figures(then), live=figures(now),
        peer=beside(line.runs, quickest(answers, prototype=False)),
        prototype=beside(line.runs, quickest(answers, prototype=True)), smallest=smallest(line.runs, answers),
    )  # fmt: skip


def smallest(runs: Sequence[Run], answers: Sequence[Answers]) -> Beside | None:
    pairs = [(one.size - one.ours, one) for one in (beside(runs, a) for a in answers) if one and one.ours is not None]
    return min(pairs, key=lambda pair: pair[0])[1] if pairs else None


def beside(runs: Sequence[Run], peer: Answers | None) -> Beside | None:
    if peer is None:
        return None
    mine = {i: run.size for i, run in first_runs(runs).items() if run.size is not None and not run.late}
    both = [i for i in peer.sizes if i in mine]
    theirs = both or list(peer.sizes)
    return Beside(
        peer.name, peer.median, len(peer.seconds), peer.late, sum(peer.sizes[i] for i in theirs) / len(theirs),
        sum(mine[i] or 0 for i in both) / len(both) if both else None,
    )  # fmt: skip


# ---------------------------------------------------------------- tables

HEADER = (
    "query", "mode", "CPU", "p95", "max", "query only", "wall", "first", "n", "late", "size", "features", "gap",
)  # fmt: skip
OF_PYXAI_HEADER = (*HEADER, "PyXAI then", "ratio", "size", "now", "ratio", "size", "its late", "note")
OF_ENSEMBLES_HEADER = (*HEADER, "best peer", "CPU", "ratio", "sizes", "prototype", "CPU", "ratio", "sizes", "note")


def own_cells(line: Line) -> list[str]:
    """The columns that both tables share."""
    ask, ours = line.ask, line.ours
    if ours is None:
        return [ask.query, ask.mode, *["-"] * (len(HEADER) - 2)]
    times = (ours.median, ours.p95, ours.max, ours.alone, ours.wall, ours.cold)
    bounded = any(run.lower is not None or run.status == "optimal" for run in line.runs) and line.gap is not None
    return [
        ask.query, ask.mode, *[seconds(value) for value in times], str(ours.instances), str(ours.late or "-"),
        number(ours.size), number(ours.features), f"{100 * (line.gap or 0.0):.0f} %" if bounded else "-",
    ]  # fmt: skip


def of_pyxai(lines: Sequence[Line]) -> str:
    rows = []
    for line in lines:
        median = line.ours.median if line.ours else None
        cells = []
        for peer in (line.stored, line.live):
            told = peer.median if peer else None
            cells += [seconds(told), ratio(told, median), number(peer.size if peer else None)]
        known = line.live or line.stored
        late = f"{known.late}/{known.instances}" if known and known.late else "-"
        rows.append([*own_cells(line), *cells, late, line.note or "-"])
    return table(OF_PYXAI_HEADER, rows)


def of_ensembles(lines: Sequence[Line]) -> str:
    rows = []
    for line in lines:
        cells = []
        for peer in (line.peer, line.prototype):
            if peer is None:
                cells += ["-"] * 4
                continue
            late = f", {peer.late} late" if peer.late else ""
            cells += [
                f"{peer.name} ({peer.instances}{late})", seconds(peer.median),
                ratio(peer.median, line.ours.median if line.ours else None),
                f"{number(peer.ours)} / {number(peer.size)}",
            ]  # fmt: skip
        rows.append([*own_cells(line), *cells, line.note or "-"])
    return table(OF_ENSEMBLES_HEADER, rows)


def print_processes(sat: Sequence[Sat]) -> None:
    """Set-up, memory and trouble of the measuring processes."""
    for one in sat:
        if one.measured.load_cpu is not None:
            peak = max(one.measured.peak_mb.values(), default=0.0)
            times = f"{seconds(one.measured.load_cpu)} CPU, {seconds(one.measured.load_wall)} wall"
            print(f"{one.title}: import and set-up {times}; peak {peak:.0f} MB")
        for trouble in one.measured.trouble:
            print(f"trouble, {one.title}: {trouble}")

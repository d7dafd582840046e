"""Every solver that is here, on the questions that this library hands to solvers, of every family, small to large.

Each question goes to each backend of its kind with the same limit. Answers are cross-checked: what is told as proved
must agree, solutions are no better than a proved optimum, bounds no worse. A disagreement is printed loudly and ends
with exit code 1. PAR-2 is the mean of CPU seconds, twice the limit where the question is not decided; processes that a
backend starts are counted, but for their start.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import resource
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from suffice.engine.budget import Deadline
from suffice.engine.errors import CapabilityError, MissingBackendError, SufficeError
from suffice.engine.forms import Cnf, Linear, Wcnf
from suffice.solvers import Kind, backends, get

from benchmarks.measure import ROOT
from benchmarks.report import table
from benchmarks.solver_questions import Question, questions
from benchmarks.solver_tables import Told, disagreements, draw, summary, write_page

SHARED = ROOT.parent / "shared"
LEFT_OUT = ("brute",)
KINDS = tuple(str(kind) for kind in Kind if kind is not Kind.HITTING)
_SAID = {"sat": "proved", "unsat": "proved", "optimal": "proved", "infeasible": "proved", "complete": "proved"}
_FEW = Cnf.from_clauses([[1, 2], [-1, 2]])
_SMALL = {
    Kind.SAT: Question(Kind.SAT, "", "", "", _FEW),
    Kind.MAXSAT: Question(Kind.MAXSAT, "", "", "", Wcnf.from_clauses([[1, 2]], [[-1], [-2]])),
    Kind.COUNTER: Question(Kind.COUNTER, "", "", "", _FEW),
    Kind.MIP: Question(Kind.MIP, "", "", "", Linear.build([1, 1], [({0: 1, 1: 1}, 1, 2)], 0, 1, True)),
}
_TICKS = os.sysconf("SC_CLK_TCK")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=float, default=5.0, help="seconds of a question (5)")
    parser.add_argument("--instances", type=int, default=1, help="instances of each model (1)")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS, help="which kinds of solvers")
    parser.add_argument("--solvers", nargs="+", help="only these, by name")
    parser.add_argument("--shared", type=Path, default=SHARED, help="where data and peers lie")
    parser.add_argument("--questions", type=Path, help="a file to keep the questions in, or to take them from")
    parser.add_argument("--page", action="store_true", help="write the tables and the plot into docs/solvers.md")
    parser.add_argument(
        "--join", nargs="+", type=Path, default=[], help="runs written by --json: put together, nothing is asked"
    )


@dataclass(frozen=True)
class _Clock:
    """CPU seconds of this process and of all that it started, living or not."""

    @staticmethod
    def cpu() -> float:
        own = resource.getrusage(resource.RUSAGE_SELF)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (
            own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime + sum(map(_seconds, _children(os.getpid())))
        )


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_children(child)]
    return found


def _seconds(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, words[11:15])) / _TICKS


def run(options: argparse.Namespace) -> dict[str, Any]:
    asked = [] if options.join else [each for each in _questions(options) if str(each.kind) in options.kinds]
    told: list[Told] = [Told(**line) for path in options.join for line in _lines(path)]
    for kind in dict.fromkeys(str(each.kind) for each in asked):
        of_kind = [question for question in asked if str(question.kind) == kind]
        names = _names(kind, options.solvers)
        print(f"\n{kind}: {len(of_kind)} questions, {', '.join(names)}")
        for name in names:
            told += [_ask(name, number, question, options.limit) for number, question in enumerate(of_kind)]
            own = [each for each in told if each.kind == kind and each.solver == name]
            print(table(*summary(own, options.limit)).splitlines()[-1])
    wrong, limit = disagreements(told), _limit(options)
    for kind in sorted({each.kind for each in told}):
        print(f"\n{kind}\n{table(*summary([each for each in told if each.kind == kind], limit))}")
    if options.page:
        draw(told, limit, ROOT / "docs" / "images" / "solvers-cactus.png")
        write_page(told, limit, ROOT / "docs" / "solvers.md")
    for line in wrong:
        print(f"DISAGREEMENT: {line}")
    return {"limit": limit, "runs": [asdict(each) for each in told], "wrong": wrong}


def _limit(options: argparse.Namespace) -> float:
    """Return the limit of the runs, which is one."""
    limits = {float(json.loads(path.read_text())["solvers"]["limit"]) for path in options.join} or {options.limit}
    if len(limits) > 1:
        raise SystemExit(f"--join: these runs had limits of {sorted(limits)} seconds: expected one")
    return limits.pop()


def _lines(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text())["solvers"]["runs"])


def _questions(options: argparse.Namespace) -> Sequence[Question]:
    if options.questions is not None and options.questions.exists():
        return list(pickle.loads(options.questions.read_bytes()))
    begin = time.process_time()
    found = list(questions(options.shared, options.instances, options.limit))
    print(f"{len(found)} questions written down in {time.process_time() - begin:.0f} CPU s")
    if options.questions is not None:
        options.questions.write_bytes(pickle.dumps(found))
    return found


def _names(kind: str, wanted: Iterable[str] | None) -> list[str]:
    rows = [row for row in backends(kind) if row.available and row.name not in LEFT_OUT and "recorder" not in row.name]
    return [row.name for row in rows if wanted is None or row.name in wanted]


def _ask(name: str, number: int, question: Question, limit: float) -> Told:
    """Ask a backend one question; it is asked something small before, so that loading is not measured."""
    backend: Any = get(name, question.kind)
    _answer(backend, _SMALL[question.kind], Deadline(60.0))
    where = (name, number, str(question.kind), question.family, question.query, question.model, question.size)
    wall, cpu = time.perf_counter(), _Clock.cpu()
    try:
        found = _answer(backend, question, Deadline(limit))
    except (CapabilityError, MissingBackendError) as error:
        return Told(*where, "refused", 0.0, 0.0, remark=str(error)[:200])
    except SufficeError as error:
        return Told(*where, "error", _Clock.cpu() - cpu, time.perf_counter() - wall, remark=str(error)[:200])
    cpu, wall = _Clock.cpu() - cpu, time.perf_counter() - wall
    status = str(getattr(found, "status", None) or found.verdict)
    said = _SAID.get(status, "open")
    if question.kind is Kind.SAT:
        return Told(*where, said, cpu, wall, answer=status)
    if question.kind is Kind.COUNTER:
        value = None if found.value is None else str(found.value)
        estimate = None if found.estimate is None else str(found.estimate)
        return Told(*where, said, cpu, wall, answer=value, estimate=estimate)
    answer = "infeasible" if status == "infeasible" else None if found.cost is None else repr(found.cost)
    return Told(*where, said, cpu, wall, answer=answer, lower=found.lower)


def _answer(backend: Any, question: Question, limit: Deadline) -> Any:
    if question.kind is Kind.COUNTER:
        return backend.count(question.form, limit)
    if question.kind is not Kind.SAT:
        return backend.solve(question.form, limit)
    given = question.assumptions
    if given and not backend.capabilities.assumptions:
        clauses = [*question.form.clauses(), *((literal,) for literal in given)]
        with backend.open(type(question.form).from_clauses(clauses, question.form.n_vars)) as session:
            return session.solve((), limit)
    with backend.open(question.form) as session:
        return session.solve(given, limit)

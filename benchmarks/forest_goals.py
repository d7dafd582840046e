"""What was aimed at for forests, beside what was measured."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.forest_asks import DEFAULT, LARGE, SMALL, VOTES
from benchmarks.forest_lines import Line
from benchmarks.report import number, ratio, seconds, table

Verdict = tuple[str, bool | None]  # what was measured; whether the goal is met (None: cannot be told)


@dataclass(frozen=True)
class Goal:
    """A goal for one query in one mode on each model whose name matches."""

    query: str
    mode: tuple[str, bool]
    models: str
    text: str
    judge: Callable[[Line], Verdict]
    all_answered: bool = True  # an unfinished answer misses the goal


def faster(times: float) -> Callable[[Line], Verdict]:
    """So many times less CPU than PyXAI, then and, where it was measured, now."""

    def judge(line: Line) -> Verdict:
        known = [(name, peer) for name, peer in (("then", line.stored), ("now", line.live)) if peer]
        if line.ours is None or not known:
            return "-", None
        told = [f"{ratio(peer.median, line.ours.median)} {name}" for name, peer in known]
        return ", ".join(told), all(peer.median >= times * line.ours.median for _, peer in known)

    return judge


def no_longer(line: Line) -> Verdict:
    """Mean sizes are not above PyXAI's."""
    peer = line.live or line.stored
    if line.ours is None or line.ours.size is None or peer is None or peer.size is None:
        return "-", None
    return f"{number(line.ours.size)}, peer {number(peer.size)}", line.ours.size <= peer.size + 1e-9


def median_within(limit: float) -> Callable[[Line], Verdict]:
    def judge(line: Line) -> Verdict:
        return ("-", None) if line.ours is None else (seconds(line.ours.median), line.ours.median <= limit)

    return judge


def proved_within(limit: float) -> Callable[[Line], Verdict]:
    """All instances proved, each within the limit."""

    def judge(line: Line) -> Verdict:
        if line.ours is None:
            return "-", None
        return f"max {seconds(line.ours.max)}", line.ours.max <= limit

    return judge


def gap_within(share: float) -> Callable[[Line], Verdict]:
    def judge(line: Line) -> Verdict:
        if line.ours is None or line.gap is None:
            return "-", None
        return f"{100 * line.gap:.0f} %, {line.ours.late}/{line.ours.instances} not proved", line.gap <= share

    return judge


def as_small(line: Line) -> Verdict:
    """The mean size is not above that of any ensemble peer, on the instances that both answered."""
    peer = line.smallest
    if peer is None or peer.ours is None:
        return "-", None
    return f"{number(peer.ours)}, {peer.name} {number(peer.size)}", peer.ours <= peer.size + 1e-9


GOALS = (
    Goal("sufficient", VOTES, LARGE, "10x less CPU than PyXAI", faster(10)),
    Goal("majoritary", VOTES, LARGE, "10x less CPU than PyXAI", faster(10)),
    Goal("majoritary", VOTES, "", "reasons no longer than PyXAI's", no_longer),
    Goal("majoritary-min", VOTES, "", "proved within 2 s", proved_within(2.0)),
    Goal("contrastive-min", VOTES, "", "0.1 s", median_within(0.1)),
    Goal("minimal-features", DEFAULT, SMALL, "optimum within 5 s", proved_within(5.0)),
    Goal("minimal-features", DEFAULT, LARGE, "optimum within 60 s", proved_within(60.0)),
    Goal("minimal", VOTES, "", "bound at most 25 % below after 20 s", gap_within(0.25), all_answered=False),
    Goal("minimal", DEFAULT, "", "bound at most 25 % below after 20 s", gap_within(0.25), all_answered=False),
    *[
        Goal("sufficient-features", DEFAULT, model, f"{seconds(limit)}", median_within(limit))
        for model, limit in (("rf_bc_d4", 0.02), ("rf_bc_d8", 0.04), ("rf_dg_d4", 0.04), ("rf_dg_d8", 1.5))
    ],
    Goal("sufficient-features", DEFAULT, "^rf_", "no larger than the peers'", as_small),
)
WORDS = {True: "yes", False: "NO", None: "?"}
HEADER = ("query", "mode", "model", "goal", "measured", "met")


def goal_rows(lines: Sequence[Line]) -> list[list[str]]:
    """One row a goal and a model that was measured for it."""
    rows = []
    for goal in GOALS:
        for line in lines:
            mode = (line.ask.voting, line.ask.theory)
            if line.ask.query == goal.query and mode == goal.mode and re.search(goal.models, line.case):
                told, met = goal.judge(line)
                if goal.all_answered and line.ours is not None and line.ours.late:
                    told, met = f"{told} ({line.ours.late}/{line.ours.instances} late)", False
                rows.append([goal.query, line.ask.mode, line.case, goal.text, told, WORDS[met]])
    return rows


def print_goals(rows: Sequence[Sequence[str]]) -> None:
    if rows:
        print("\nGoals\n")
        print(table(HEADER, rows))

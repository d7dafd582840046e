"""How often a text contains something, in words: ``contains awful``, ``good at most once``; written and read."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from ...engine.domain.conditions import Operator
from ...engine.reasons.spelling import quoted, unquoted
from .values import Run

_TIMES = r"once|twice|\d+ times"
_CONTAINS = re.compile(r"(?P<no>does not contain|contains)\s+(?P<name>.+)", re.DOTALL)
_BOUND = re.compile(rf"(?P<name>.+)\s+(?P<how>at most|at least|exactly)\s+(?P<times>{_TIMES})", re.DOTALL)
_BETWEEN = re.compile(r"(?P<name>.+)\s+(?P<low>\d+) to (?P<high>\d+) times", re.DOTALL)
_DOUBTFUL = re.compile(rf"^(contains|does not contain)\b|\b({_TIMES})$")
_OPERATORS = {"at most": Operator.LE, "at least": Operator.GE, "exactly": Operator.EQ}
_WORDS = {"once": 1, "twice": 2}


class Said(NamedTuple):
    """What a statement says: of what, and what its count is compared with."""

    name: str
    bounds: tuple[tuple[Operator, int], ...]


def say_counts(name: str, runs: Sequence[Run]) -> str:
    """Return a statement that is true for the counts in some runs; `name` is spelled as statements have it."""
    plain = unquoted(name)
    name = quoted(name) if plain is None and _DOUBTFUL.search(name) else name
    return " or ".join(_say(name, low, high) for low, high in runs)


def _say(name: str, border: float, high: float) -> str:
    low = 0 if border == -math.inf else int(border) + 1
    if high == 0:
        return f"does not contain {name}"
    if high == math.inf:
        return f"contains {name}" if low == 1 else f"{name} at least {_times(low)}"
    if low == 0:
        return f"{name} at most {_times(int(high))}"
    return f"{name} exactly {_times(low)}" if low == high else f"{name} {low} to {int(high)} times"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def read_counts(text: str) -> list[Said]:
    """Return what a statement may say, the likeliest first; nothing if it is none of this kind."""
    found = []
    if match := _BOUND.fullmatch(text):
        times = match["times"]
        found.append(Said(match["name"], ((_OPERATORS[match["how"]], _WORDS.get(times) or int(times.split()[0])),)))
    if match := _BETWEEN.fullmatch(text):
        found.append(Said(match["name"], ((Operator.GE, int(match["low"])), (Operator.LE, int(match["high"])))))
    if match := _CONTAINS.fullmatch(text):
        bound = (Operator.LE, 0) if match["no"].startswith("does") else (Operator.GE, 1)
        found.append(Said(match["name"].strip(), (bound,)))
    return found

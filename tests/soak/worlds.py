"""Small finite worlds: columns of every kind, all their rows, and data to fit models on."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tests.brute.choices import Choices

ROWS_AT_MOST = 4000
KINDS = ("integer", "integer", "binary", "category", "number", "group")
PLACES = ("home", "age", "Ärger", "f1", "x y", "income", "f 2", "0", "size")


@dataclass(frozen=True)
class Column:
    """A feature: its name, the columns it owns, its joint values, and what it is declared as."""

    name: str
    owned: tuple[int, ...]
    values: tuple[tuple[float, ...], ...]
    kind: str
    seen: tuple[float, ...] = ()  # of numbers: those that models are fitted on

    @property
    def numeric(self) -> bool:
        """Whether its values are ordered numbers."""
        return self.kind in ("integer", "number", "binary")


@dataclass(frozen=True)
class World:
    """Columns and the names of what they own."""

    columns: tuple[Column, ...]
    names: tuple[str, ...]

    @cached_property
    def rows(self) -> np.ndarray:
        """Every row, a combination of values of the columns."""
        listed = itertools.product(*(column.values for column in self.columns))
        return np.array([list(itertools.chain(*row)) for row in listed], dtype=np.float64)

    @property
    def missing(self) -> list[str]:
        """Columns that may be missing."""
        return [c.name for c in self.columns if any(np.isnan(v[0]) for v in c.values)]

    @property
    def plain(self) -> bool:
        """Whether every column may stay undeclared."""
        return not self.missing

    def arguments(self) -> dict[str, Any]:
        """What ``Explainer.initialize`` is told."""
        types: dict[str, Any] = {"integer": {}, "binary": [], "categorical": {}}
        for c in self.columns:
            if c.kind == "integer":
                known = [v[0] for v in c.values if not np.isnan(v[0])]
                types["integer"][c.name] = (min(known), max(known))
            elif c.kind == "binary":
                types["binary"].append(c.name)
            elif c.kind == "category":
                types["categorical"][c.name] = [v[0] for v in c.values if not np.isnan(v[0])]
            elif c.kind == "group":
                types["categorical"][c.name] = [str(i) for i in c.owned]
        kept = {key: value for key, value in types.items() if value}
        return {"features_type": {"numerical": "default", **kept}, "missing": self.missing or False}

    def training(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """Rows to fit a model on; every value of a number is among them."""
        chosen = self.rows[rng.integers(len(self.rows), size=n)].copy()
        for c in self.columns:
            if c.kind == "number":
                chosen[:, c.owned[0]] = rng.choice(c.seen, size=n)
                chosen[: len(c.seen), c.owned[0]] = c.seen
                if c.name in self.missing:
                    chosen[len(c.seen) :: 4, c.owned[0]] = np.nan
        return chosen


def draw_world(choose: Choices, *, missing: bool, numbers: bool, spaces: bool = True) -> World:
    """Draw a world of two to five features and at most ``ROWS_AT_MOST`` rows."""
    columns: list[Column] = []
    names: list[str] = []
    told = [name for name in PLACES if spaces or " " not in name] if choose.coin() else []
    for place in range(choose.whole(2, 6)):
        kind = choose.one_of([k for k in KINDS if numbers or k != "number"])
        stem = told.pop(choose.whole(0, len(told) - 1)) if told else f"f{len(names) + 1}"
        stem = f"g{place}" if kind == "group" and not told else stem
        column = _column(choose, kind, stem, len(names), missing and choose.whole(0, 3) == 0)
        size = np.prod([len(c.values) for c in (*columns, column)])
        if size > ROWS_AT_MOST:
            break
        columns.append(column)
        names += [stem] if kind != "group" else [f"{stem}_{i}" for i in column.owned]
    return World(tuple(columns), tuple(names))


def _column(choose: Choices, kind: str, stem: str, place: int, holes: bool) -> Column:
    if kind == "group":
        width = choose.whole(2, 3)
        owned = tuple(range(place, place + width))
        return Column(f"{stem}_*", owned, tuple(tuple(row) for row in np.eye(width).tolist()), kind)
    if kind == "integer":
        least = choose.one_of([0, 0, -1, 3])
        numbers = [float(least + i) for i in range(choose.whole(2, 5))]
    elif kind == "binary":
        numbers = [0.0, 1.0]
    elif kind == "category":
        numbers = sorted(float(v) for v in choose.some([0, 1, 2, 5, 7], 2, 4)) or [0.0, 1.0]
    else:
        seen = sorted({float(choose.whole(-8, 8)) / 4 for _ in range(choose.whole(1, 3))})
        return Column(stem, (place,), tuple((v,) for v in [*around(seen), *[float("nan")] * holes]), kind, tuple(seen))
    values = tuple((v,) for v in numbers)
    return Column(stem, (place,), (*values, (float("nan"),)) if holes else values, kind)


def around(seen: list[float]) -> list[float]:
    """Numbers on both sides of every border that a model may have which saw these.

    Borders lie halfway between two of them (of a node, which may lack those between), at one of them, or at 0.
    """
    borders = sorted({0.0, *((a + b) / 2 for a in seen for b in seen)})
    between = [(a + b) / 2 for a, b in itertools.pairwise(borders)]
    return sorted({borders[0] - 100.0, *borders, *between, borders[-1] + 100.0})

"""Small finite worlds: columns of every kind, all their rows, and data to fit models on."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tests.brute.cases import open_ends
from tests.brute.choices import Choices
from tests.brute.strategies import EDGES, edge_values

ROWS_AT_MOST = 4000
LARGEST = float(np.finfo(np.float32).max)
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
    ends: tuple[float, float] = (-math.inf, math.inf)  # of numbers: between which they are declared to lie
    reference: str | None = None  # of groups: what no column stands for

    @property
    def numeric(self) -> bool:
        """Whether its values are ordered numbers."""
        return self.kind in ("integer", "number", "listed", "binary")

    @property
    def optional(self) -> bool:
        """Whether all columns of a group may be 0."""
        return self.kind == "group" and not any(self.values[-1])

    def told(self, value: tuple[float, ...]) -> Any:
        """How a value is called in questions."""
        if self.kind != "group":
            return value[0]
        return str(self.owned[value.index(1.0)]) if any(value) else self.reference


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
    def moderate(self) -> bool:
        """Whether all numbers are quarters, none of them huge or as near to another one as floats can be."""
        return all((4 * v).is_integer() and abs(v) < 1e6 for c in self.columns for v in c.seen)

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
                values = [str(i) for i in c.owned]
                told = {"values": values, "reference": c.reference} if c.optional else values
                types["categorical"][c.name] = told
        kept = {key: value for key, value in types.items() if value}
        ranges = {c.name: open_ends(c.ends) for c in self.columns if any(map(math.isfinite, c.ends))}
        found = {"features_type": {"numerical": "default", **kept}, "missing": self.missing or False}
        found |= {"ranges": ranges} if ranges else {}
        return {**found, "background": self.rows} if any(c.kind == "listed" for c in self.columns) else found

    def training(self, rng: np.random.Generator, n: int, *, codes: bool = False) -> np.ndarray:
        """Rows to fit a model on; every value of a number is among them, and with `codes` every category."""
        chosen = self.rows[rng.integers(len(self.rows), size=n)].copy()
        for c in self.columns:
            if codes and c.kind == "category":
                known = [v[0] for v in c.values if not np.isnan(v[0])]
                chosen[: len(known), c.owned[0]] = known
            if c.kind in ("number", "listed"):
                chosen[:, c.owned[0]] = rng.choice(c.seen, size=n)
                chosen[: len(c.seen), c.owned[0]] = c.seen
                if c.name in self.missing:
                    chosen[len(c.seen) :: 4, c.owned[0]] = np.nan
        return chosen


def draw_world(
    choose: Choices,
    *,
    missing: bool,
    numbers: bool,
    spaces: bool = True,
    kinds: tuple[str, ...] = KINDS,
    named: bool = True,
) -> World:
    """Draw a world of two to five features and at most ``ROWS_AT_MOST`` rows."""
    columns: list[Column] = []
    names: list[str] = []
    told = [name for name in PLACES if spaces or " " not in name] if named and choose.coin() else []
    for place in range(choose.whole(2, 6)):
        kind = choose.one_of([k for k in kinds if numbers or k != "number"])
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
        values = [tuple(row) for row in np.eye(width).tolist()]
        if choose.whole(0, 2):
            return Column(f"{stem}_*", owned, tuple(values), kind)
        return Column(f"{stem}_*", owned, (*values, (0.0,) * width), kind, reference="none of them")
    if kind == "listed":
        return _listed(choose, stem, place)
    if kind in ("integer", "count"):
        least = 0 if kind == "count" else choose.one_of([0, 0, -1, 3])
        kind = "integer"
        numbers = [float(least + i) for i in range(choose.whole(2, 5))]
    elif kind == "binary":
        numbers = [0.0, 1.0]
    elif kind == "sign":
        kind, numbers = "category", [-1.0, 1.0]
    elif kind == "many":
        kind, numbers = "category", sorted(float(v) for v in choose.some(range(10), 5, 8))
    elif kind == "category":
        numbers = sorted(float(v) for v in choose.some([0, 1, 2, 5, 7], 2, 4)) or [0.0, 1.0]
    else:
        return _number(choose, stem, place, holes, ends=kind != "free")
    values = tuple((v,) for v in numbers)
    return Column(stem, (place,), (*values, (float("nan"),)) if holes else values, kind)


def _listed(choose: Choices, stem: str, place: int) -> Column:
    """Quarters, which are all numbers that there are; declared ends, if any, are the outer ones."""
    seen = sorted({float(choose.whole(-8, 8)) / 4 for _ in range(choose.whole(2, 4))})
    ends = (seen[0], seen[-1]) if choose.coin() else (-math.inf, math.inf)
    return Column(stem, (place,), tuple((v,) for v in seen), "listed", tuple(seen), ends)


def _number(choose: Choices, stem: str, place: int, holes: bool, *, ends: bool = True) -> Column:
    """Quarters, or now and then neighbours among floats; a third of them between declared ends."""
    if choose.whole(0, 4):
        seen = sorted({float(choose.whole(-8, 8)) / 4 for _ in range(choose.whole(1, 3))})
    else:
        seen = sorted(set(choose.some([*edge_values(choose.one_of(EDGES), np.float32), 0.0], 1, 3)))
    values, declared = around(seen), (-math.inf, math.inf)
    if ends and choose.whole(0, 2) == 0:
        low, high = sorted(choose.one_of(values) for _ in range(2))
        declared = choose.one_of([(low, high), (low, math.inf), (-math.inf, high)])
        values = [v for v in values if declared[0] <= v <= declared[1]]
    told = tuple((v,) for v in [*values, *[float("nan")] * holes])
    return Column(stem, (place,), told, "number", tuple(seen), declared)


def around(seen: list[float]) -> list[float]:
    """Numbers on both sides of every border that a model may have which saw these.

    Borders lie halfway between two of them (of a node, which may lack those between), at one of them, or at 0. Numbers
    are such that every library reads them as they are.
    """
    borders = sorted({0.0, *((a + b) / 2 for a in seen for b in seen)})
    between = [(a + b) / 2 for a, b in itertools.pairwise(borders)]
    least, most = 2 * min(borders[0], 0.0) - 100.0, 2 * max(borders[-1], 0.0) + 100.0
    found = {max(least, -LARGEST), *borders, *between, min(most, LARGEST)}
    return sorted({float(np.float32(value)) for value in found})

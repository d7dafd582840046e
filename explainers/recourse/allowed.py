"""What plans may change, as users say it: what stays, ways, ranges, steps, moves, and rules between features."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...engine.arrays import Bools
from ...engine.domain.ranges import ends_of
from ...engine.errors import BadInputError, shown
from ...engine.given import is_finite_from_0, is_number, is_whole, list_of, names_of
from ...engine.plans.parts import Axis, Rule, Table
from ..session.session import Session
from .axes import Frame, Room
from .linear import Linear, exact, linears_of, tables_over
from .names import chosen, name_of, same_name
from .numbers import Steps
from .rules import Order, Parsed, options_where, parsed

_UP, _DOWN = ("increasing", "increase", "up", 1), ("decreasing", "decrease", "down", -1)
_GROUPS = "groups such as [('a', 'b')]"
Named = Mapping[str, Any]


class Allowed:
    """What plans may change: each constraint has a name, so that one can be left out.

    Parameters
    ----------
    session : Session
        The features and the instance.
    said : mapping
        The arguments of ``recourse`` that limit changes.
    """

    def __init__(self, session: Session[Any], said: Named) -> None:
        self.session = session
        find = session.feature_index
        self.still = {find(name) for name in names_of(_given(said, "immutable"), "immutable")}
        self.ways = self._of_each(said, "monotone", self._way)
        self.ranges = self._of_each(said, "ranges", lambda i, v: ends_of(session.features[i].name, v))
        self.steps = self._of_each(said, "steps", self._step)
        self.moves = self._of_each(said, "moves", self._moves)
        self.missing = self._of_each(said, "missing", lambda i, v: v)
        self.at_most = self._at_most(said.get("at_most"))
        groups = list_of(_given(said, "together"), "together", _GROUPS)
        self.together = [
            tuple(dict.fromkeys(find(name) for name in list_of(group, "together", _GROUPS))) for group in groups
        ]
        if () in self.together:
            raise BadInputError(f"together={shown(said['together'])}: a group is empty, expected {_GROUPS}")
        rules = _given(said, "rules")
        listed = (
            [rules] if isinstance(rules, str) else list_of(rules, "rules", "texts, such as 'age rises or debt falls'")
        )
        self.rules: list[Parsed] = [parsed(text, find) for text in listed]
        told = session.features
        numbers = [self._is_number(i) for i in range(len(told))]
        self.linear = linears_of(said.get("linear"), find, [feature.name for feature in told], numbers)

    # -- reading -----------------------------------------------------------------------------------------------

    def _of_each(self, said: Named, name: str, read: Any) -> dict[int, Any]:
        given = said.get(name)
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            raise BadInputError(f"{name}={shown(given)}: expected a mapping from names of features")
        return {(i := self.session.feature_index(key)): read(i, value) for key, value in given.items()}

    def _is_number(self, index: int) -> bool:
        feature = self.session.features[index]
        return feature.kind.value in ("numerical", "integer") or feature.listed

    def _way(self, index: int, way: Any) -> bool:
        feature = self.session.features[index]
        if not isinstance(way, (str, int)) or way not in (*_UP, *_DOWN):
            raise BadInputError(f"monotone[{feature.name!r}]={shown(way)}: expected 'increasing' or 'decreasing'")
        if not self._is_number(index) and feature.kind.value != "binary":
            raise BadInputError(
                f"monotone[{feature.name!r}]: a category has no order; say which moves are allowed by moves="
            )
        return way in _UP

    def _step(self, index: int, step: Any) -> Steps:
        feature = self.session.features[index]
        what = f"steps[{feature.name!r}]={shown(step)}: expected a positive number, or (step, one of the values)"
        size, anchor = step if isinstance(step, (tuple, list)) and len(step) == 2 else (step, None)
        own = float(self.session.here.row[feature.columns[0]])
        if anchor is None:
            anchor = 0.0 if math.isnan(own) else own
        numbers = [size, anchor]
        fine = all(is_number(v) and is_finite_from_0(abs(v)) for v in numbers) and size > 0
        if not self._is_number(index) or not fine:
            raise BadInputError(what if self._is_number(index) else f"steps[{feature.name!r}]: it is no number")
        return Steps(exact(size), exact(anchor))

    def _moves(self, index: int, said: Any) -> Bools:
        feature, vocabulary = self.session.features[index], self.session.compiled.vocabulary
        if self._is_number(index):
            raise BadInputError(f"moves[{feature.name!r}]: it is a number; say where it may go by ranges= or steps=")
        what = f"moves[{feature.name!r}]"
        if not isinstance(said, Mapping):
            return chosen(feature, vocabulary, said, what)
        own = self.session.here.row[list(feature.columns)]
        here = name_of(feature, vocabulary, own)
        for old in said:
            if here != "missing":
                chosen(feature, vocabulary, [old], what)
        ours = [new for old, new in said.items() if same_name(here, old)]
        return chosen(feature, vocabulary, ours[0] if ours else [], what)

    @staticmethod
    def _at_most(value: Any) -> int | None:
        if value is None:
            return None
        if not is_whole(value) or value < 0:
            raise BadInputError(f"at_most={shown(value)}: expected how many features may change, a whole number from 0")
        return int(value)

    # -- names -------------------------------------------------------------------------------------------------

    def names(self) -> tuple[str, ...]:
        """Return the names of all constraints that could be left out."""
        told = self.session.features
        found = [f"immutable: {told[i].name}" for i in sorted(self.still)]
        for kind in ("monotone", "ranges", "steps", "moves"):
            listed: dict[int, Any] = getattr(self, "ways" if kind == "monotone" else kind)
            kept = self.summed if kind in ("ranges", "steps") else frozenset[int]()  # they make sums finite
            found += [f"{kind}: {told[i].name}" for i in listed if i not in kept]
        if self.at_most is not None:
            found.append(f"at_most: {self.at_most}")
        found += [f"together: {', '.join(told[i].name for i in group)}" for group in self.together]
        found += [f"rule: {rule.text}" for rule in self.rules]
        return (*found, *(f"linear: {one.text}" for one in self.linear))

    # -- as a task has them ------------------------------------------------------------------------------------

    def rooms(self, frame: Frame, dropped: frozenset[str]) -> list[Room]:
        """Return where each feature may go, without the constraints that are dropped."""
        told = self.session.features
        rooms = [Room(still=i in self.session.excluded) for i in range(len(told))]

        def kept(kind: str, index: int) -> bool:
            return f"{kind}: {told[index].name}" not in dropped

        for i, room in enumerate(rooms):
            room.still |= i in self.still and kept("immutable", i)
            room.missing = i in self.missing
            if i in self.ways and kept("monotone", i):
                room.up, room.down = self.ways[i], not self.ways[i]
            if i in self.ranges and kept("ranges", i):
                room.low, room.high = self.ranges[i]
            if i in self.steps and kept("steps", i):
                room.steps = self.steps[i]
            if i in self.moves and kept("moves", i):
                room.moves = self.moves[i]
        for group in self.together:
            for i in group:
                rooms[i].named = True
        for rule in self.rules:
            self._mark(rule, rooms, frame)
        return rooms

    @property
    def summed(self) -> frozenset[int]:
        """The features that linear constraints add up."""
        return frozenset(i for one in self.linear for i in one.weights)

    def linears(self, dropped: frozenset[str]) -> list[Linear]:
        """Return the linear constraints that hold."""
        return [one for one in self.linear if f"linear: {one.text}" not in dropped]

    def _mark(self, rule: Parsed, rooms: list[Room], frame: Frame) -> None:
        """Note what a rule speaks of, and at which numbers it tells values apart."""
        for i in rule.features:
            rooms[i].named = True
        for clause in rule.clauses:
            for atom in clause:
                if self._is_number(atom.feature) and isinstance(atom.value, float):
                    lattice = frame.lattice(self.session.features[atom.feature])
                    rooms[atom.feature].starts += [atom.value, lattice.above(atom.value)]

    def orders(self, dropped: frozenset[str]) -> list[Order]:
        """Return the orders of two features that hold."""
        return [r.order for r in self.rules if r.order is not None and f"rule: {r.text}" not in dropped]

    def over(self, axes: tuple[Axis, ...], dropped: frozenset[str]) -> tuple[list[Rule], list[Table]]:
        """Return rules and tables over axes."""
        told, vocabulary = self.session.features, self.session.compiled.vocabulary
        place = {axis.feature: a for a, axis in enumerate(axes)}
        changed = [np.arange(len(axis)) != axis.own for axis in axes]
        rules: list[Rule] = []
        for group in self.together:
            if f"together: {', '.join(told[i].name for i in group)}" in dropped:
                continue
            own = [place[i] for i in group]
            for one, other in zip(own, [*own[1:], own[0]], strict=True):  # a circle of implications
                if one != other:
                    rules.append([(one, ~changed[one]), (other, changed[other])])
        for rule in self.rules:
            if f"rule: {rule.text}" in dropped:
                continue
            for clause in rule.clauses:
                rules.append(
                    [
                        (
                            place[atom.feature],
                            options_where(
                                atom, axes[place[atom.feature]], told[atom.feature], vocabulary,
                                number=self._is_number(atom.feature),
                            ),
                        )
                        for atom in clause
                    ]
                )  # fmt: skip
        tables = []
        if self.at_most is not None and f"at_most: {self.at_most}" not in dropped:
            tables.append(Table([own.astype(np.float64) for own in changed], float(min(self.at_most, len(changed)))))
        return rules, tables + tables_over(self.linears(dropped), axes)


def _given(said: Named, name: str) -> Any:
    """Return a list that was given; an empty one for None."""
    value = said.get(name)
    return () if value is None else value


def clauses_over(clauses: Iterable[tuple[int, ...]], over: Any, axes: tuple[Axis, ...]) -> list[Rule]:
    """Return clauses of signed conditions as rules over axes (`over`: the conditions over them)."""
    rules: list[Rule] = []
    for clause in clauses:
        rule: list[tuple[int, Bools]] = []
        for literal in clause:
            v = abs(literal) - 1
            a = int(over.axis[v])
            if v in over.sets:
                truth = over.sets[v]
            else:
                above = np.arange(len(axes[a])) > over.cut[v] if over.cut[v] >= 0 else np.ones(len(axes[a]), np.bool_)
                truth = above == (over.side[v] > 0)
            rule.append((a, truth if literal > 0 else ~truth))
        rules.append(rule)
    return rules

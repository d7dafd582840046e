"""From what is asked to a task of the search: the models, the options of each feature, costs, rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np

from ...encoders.columns.rows import plain_rows
from ...engine.arrays import F64
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, shown
from ...engine.given import list_of, truth_of
from ...engine.plans.parts import Axis, Conditions, Part, Table, Task, Weighed
from ..session.kept import Kept
from ..session.session import Session
from .allowed import Allowed, clauses_over
from .axes import Frame, Room, conditions_over
from .costs import COSTS, SCALES, Price, costs_of, number_of, prices_of, scale_of
from .density import density_of, with_density
from .lasting import radii_of, spread
from .linear import LEAST, list_numbers
from .names import name_of
from .outcomes import Sides, Wanted
from .plausible import DENSITY, SLACK, SUPPORT, WITHIN, narrow, support_of, with_support
from .rules import Order

Named = Mapping[str, Any]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A model that a plan has to satisfy.

    Attributes
    ----------
    vocabulary : Vocabulary
        Its conditions.
    row : ndarray of float64
        The instance as it reads it.
    sides : tuple of Sides
        What it has to reach: of one model, or of each label that is named.
    wanted : tuple of (int, Wanted)
        The same as it was said: the number of each label (0 of one model), and what is wanted of it.
    session : Session or None
        The model's own session, where its rows are read; None for the first one.
    """

    vocabulary: Vocabulary
    row: F64
    sides: tuple[Sides, ...]
    wanted: tuple[tuple[int, Wanted], ...]
    session: Session[Any] | None = None


@dataclass(frozen=True, eq=False)
class Plans:
    """What is asked, read once; tasks with or without some of its constraints are made from it.

    Attributes
    ----------
    session : Session
        The model, the domain and the instance.
    said : mapping
        The arguments of ``recourse``.
    views : sequence of View
        The models.
    """

    session: Session[Any]
    said: Named
    views: Sequence[View]

    @cached_property
    def allowed(self) -> Allowed:
        """What may change."""
        return Allowed(self.session, self.said)

    @cached_property
    def frame(self) -> Frame:
        """The row and the models over it."""
        own = self.session
        return Frame(own.features, own.here.row, own.teller.kind, [(view.vocabulary, view.row) for view in self.views])

    @cached_property
    def radii(self) -> dict[int, Fraction]:
        """By how much numbers may turn out otherwise."""
        return radii_of(self)

    @property
    def n_deciding(self) -> int:
        """How many of the models decide; the others tell what is usual."""
        return 1 + len(further(self.said))

    def over(self, view: View, axes: tuple[Axis, ...]) -> Conditions:
        """Return the conditions of a model over axes."""
        return conditions_over(view.vocabulary, view.row, axes, self._read(view, axes))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all constraints that could be left out."""
        there = {WITHIN: self.within and not self.allowed.summed, SUPPORT: self.least_support, SLACK: self.radii}
        there[DENSITY] = self.density is not None
        return (*self.allowed.names(), *(name for name, value in there.items() if value))

    @cached_property
    def within(self) -> bool:
        """Whether changed values lie within the data."""
        return truth_of(self.said.get("within_data", False), "within_data")

    @cached_property
    def least_support(self) -> int:
        """How many rows of the data leaves have to hold."""
        return support_of(self.said.get("support", 0))

    @cached_property
    def density(self) -> float | None:
        """Which share of the data may be less dense than a plan."""
        return density_of(self.said.get("density"))

    @cached_property
    def data(self) -> F64 | None:
        """The data that was given, as the model reads it."""
        given = self.said.get("data")
        return None if given is None else self.once("rows", lambda: self.read(given))

    def once(self, what: Hashable, make: Callable[[], Made], of: Any = None) -> Made:
        """Return what is made of the data, and the model (or `of`); where many rows are asked, that is done once."""
        given = self.said.get("data")
        if not isinstance(given, Kept):
            return make()
        made: Made = given.of(self.session.compiled if of is None else of, what, make)
        return made

    def read(self, given: Any) -> F64:
        """Return rows of data as the model reads them."""
        form, told = self.session.form_of(plain_rows(given.rows if isinstance(given, Kept) else given))
        rows: F64 = form.read(told)
        if not len(rows):
            raise BadInputError("data has no rows: expected those that the model was fitted to, or such as them")
        return rows

    def task(self, dropped: frozenset[str] = frozenset()) -> Task:
        """Return the task, without the constraints that are dropped."""
        self.prices  # noqa: B018  # what is wrong with costs is told before any work
        rooms = self.rooms(dropped)
        if SLACK not in dropped:
            spread(self, rooms, self.radii)
        list_numbers(self.frame, rooms, self.allowed.linears(dropped))
        return self.over_axes(self._axes(rooms, self.allowed.orders(dropped)), dropped)

    def rooms(self, dropped: frozenset[str]) -> list[Room]:
        """Return where each feature may go, without the constraints that are dropped."""
        rooms = self.allowed.rooms(self.frame, dropped)
        if self.within and WITHIN not in dropped:
            narrow(rooms, self.session.features, self.data, self.frame.row)
        return rooms

    def over_axes(self, axes: tuple[Axis, ...], dropped: frozenset[str] = frozenset()) -> Task:
        """Return the task over these options."""
        rules, tables = self.allowed.over(axes, dropped)
        names = [feature.name for feature in self.session.features]
        tables += _orders_over(self.allowed.orders(dropped), axes, names)
        parts: list[Part] = []
        for number, view in enumerate(self.views):
            over = self.over(view, axes)
            if number == 0 and self.session.theory_on:
                rules += clauses_over(self.session.clauses, over, axes)
            parts += [Part(s.trees, over, s.ways, s.kind, s.accepts, s.goal) for s in view.sides]
        own = len(self.views[0].sides)
        if self.least_support and SUPPORT not in dropped:
            parts[:own] = with_support(self, parts[:own])
        if self.density is not None and DENSITY not in dropped:
            parts[:own] = with_density(self, parts[:own], self.density)
        return Task(axes, tuple(parts), self._costs(axes), tuple(tables), tuple(rules))

    # -- options -----------------------------------------------------------------------------------------------

    def _axes(self, rooms: list[Room], orders: list[Order]) -> tuple[Axis, ...]:
        made = [self.frame.axis(i, room) for i, room in enumerate(rooms)]
        for _ in orders:  # a chain of orders hands its numbers on
            for order in orders:
                for one, other in ((order.low, order.high), (order.high, order.low)):
                    self._meet(rooms, made, one, other)
            for order in orders:
                for i in (order.low, order.high):
                    made[i] = self.frame.axis(i, rooms[i])
        return tuple(axis for axis in made if axis is not None)

    def _meet(self, rooms: list[Room], made: list[Axis | None], one: int, other: int) -> None:
        """Let a number stop at the numbers of another one."""
        features = self.session.features
        for i in (one, other):
            if not self.frame.is_number(features[i]):
                raise BadInputError(
                    f"rules: {features[i].name!r} is no number, and cannot be compared with another one"
                )
        if self.said.get("cost", "l1") not in ("l0", "l1"):
            raise BadInputError(
                "rules that compare two features are for cost='l0' and 'l1': others have optima between"
            )
        numbers = made[other]
        assert numbers is not None
        lattice = self.frame.lattice(features[one])
        known = [float(v) for v in numbers.values[:, 0] if not math.isnan(v)]
        rooms[one].starts += [start for v in known for start in (v, lattice.above(v))]

    def _read(self, view: View, axes: tuple[Axis, ...]) -> Mapping[int, F64] | None:
        """Return what another model reads for the options of axes whose values have names."""
        if view.session is None:
            return None
        own = self.session.compiled.vocabulary.labels
        found: dict[int, F64] = {}
        for a, axis in enumerate(axes):
            if not any(c in own or c in view.vocabulary.labels for c in axis.columns):
                continue
            rows = [self.row_of((axis,), np.array([option])) for option in range(len(axis))]
            told = rows[0].together(rows)
            found[a] = view.session.read(told)[:, list(axis.columns)]
        return found

    def row_of(self, axes: Sequence[Axis], point: Any) -> Any:
        """Return the row that is the instance but for the options of some axes, in the user's types."""
        read = self.session.here.row.copy()
        for axis, option in zip(axes, point.tolist(), strict=True):
            read[list(axis.columns)] = axis.values[option]
        return self.session.teller.told(read, self.session.here.row)

    def stretch(self, axis: Axis, option: int) -> tuple[float, float]:
        """Return between which numbers an option stands for all, away from the instance.

        It is only itself where rules or steps may tell them apart.
        """
        number, own = float(axis.values[option, 0]), float(axis.values[axis.own, 0])
        room = self.allowed.rooms(self.frame, frozenset())[axis.feature]
        apart = room.named or axis.feature in self.allowed.summed or axis.feature in self.radii
        if room.steps is not None or apart:
            return number, number
        line = self.frame.line(axis.feature, room)
        starts = self.frame.starts(axis.feature)
        if number > own:
            ends = [line.lattice.below(s) for s in starts if s > number]
            return number, min([*ends, line.high, line.lattice.high])
        return max([*(s for s in starts if s <= number), line.low, line.lattice.low]), number

    # -- costs -------------------------------------------------------------------------------------------------

    @cached_property
    def prices(self) -> list[Price]:
        """What changes of each feature cost."""
        said, session = self.said, self.session
        cost, scale = said.get("cost", "l1"), said.get("scale")
        if not isinstance(cost, str) or cost not in COSTS:
            raise BadInputError(f"cost={shown(cost)}: expected one of {COSTS}")
        if not (scale is None or (isinstance(scale, str) and scale in SCALES)):
            raise BadInputError(f"scale={shown(scale)}: expected one of {SCALES}")
        if (scale is not None or cost == "percentile") and self.data is None:
            raise BadInputError(f"scale={scale!r}, cost={cost!r}: they are taken from rows: give data=")
        given = self._of_features("prices")
        fixed = said.get("fixed", 0.0)
        each = self._of_features("fixed") if isinstance(fixed, Mapping) else {}
        usual = 0.0 if isinstance(fixed, Mapping) else number_of(fixed, "fixed")
        missing = self.allowed.missing
        found = []
        for i, feature in enumerate(session.features):
            number = self.frame.is_number(feature)
            up, down, moves = prices_of(given, i, feature.name, number=number)
            column = None if self.data is None else self.data[:, feature.columns[0]]
            unit, ranks = 1.0, None
            if scale is not None and number and column is not None:
                unit = self.once((scale, i), partial(scale_of, feature, column, scale))
            if cost == "percentile" and number and column is not None:
                ranks = self.once(("ranks", i), partial(_ranked, column))
                if not len(ranks):
                    raise BadInputError(f"data: {feature.name!r} is missing in all rows, and has no percentiles")
            own = number_of(each[i], f"fixed[{feature.name!r}]") if i in each else usual
            to, back = _of_missing(missing.get(i), feature.name)
            found.append(Price(cost, up, down, unit, own, moves, to, back, ranks))
        return found

    def _of_features(self, name: str) -> dict[int, Any]:
        given = self.said.get(name)
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            raise BadInputError(f"{name}={shown(given)}: expected a mapping from names of features")
        return {self.session.feature_index(key): value for key, value in given.items()}

    def _costs(self, axes: tuple[Axis, ...]) -> list[F64]:
        told, vocabulary = self.session.features, self.session.compiled.vocabulary
        found = []
        for axis in axes:
            feature = told[axis.feature]
            number = self.frame.is_number(feature)
            names = [] if number else [name_of(feature, vocabulary, values) for values in axis.values]
            found.append(costs_of(axis, self.prices[axis.feature], names, number=number))
        return found


def further(said: Named) -> list[Any]:
    """Return the further models that have to decide as wanted."""
    given = said.get("also")
    return [] if given is None else list_of(given, "also", "fitted models, such as [retrained]")


def _ranked(column: F64) -> F64:
    """Return the numbers of a column in order."""
    found: F64 = np.sort(column[~np.isnan(column)])
    return found


def _of_missing(said: Any, name: str) -> tuple[float | None, float | None]:
    """Return what it costs to become missing, and to become known."""
    if said is None:
        return None, None
    what = f"missing[{name!r}]"
    if isinstance(said, (tuple, list)) and len(said) == 2:
        return number_of(said[0], what), number_of(said[1], what)
    return number_of(said, what), None


def _orders_over(orders: list[Order], axes: tuple[Axis, ...], names: Sequence[str]) -> list[Table]:
    """Return what keeps numbers in order: tables of differences."""
    place = {axis.feature: a for a, axis in enumerate(axes)}
    tables: list[Table] = []
    for order in orders:
        low, high = place[order.low], place[order.high]
        one, other = axes[low].values[:, 0], axes[high].values[:, 0]
        of = [np.zeros(len(axis)) for axis in axes]
        of[low], of[high] = np.where(np.isnan(one), LEAST, one), np.where(np.isnan(other), LEAST, -other)
        says = f"{names[order.low]} <= {names[order.high]}"
        tables.append(Table(of, 0.0, sums=Weighed(says, {low: Fraction(1), high: Fraction(-1)}, Fraction(0))))
    return tables

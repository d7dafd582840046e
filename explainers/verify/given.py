"""Conditions on inputs, as users say them, as boxes of cells: exact, also where the model has no border."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ...engine.arrays import F64, I32, Bools
from ...engine.domain.conditions import Condition, Operator
from ...engine.domain.instance import Situation, anywhere, situate
from ...engine.domain.region import Region, region_of
from ...engine.domain.space import Space, build_space
from ...engine.domain.theory import Kind
from ...engine.errors import BadInputError, TheoryError, shown
from ...engine.given import is_number, items_in
from ..words.asked import is_triple
from ..words.readers import reader_of
from ..words.reading import Reader
from ..words.values import NumberScale, OptionScale, Scale, Values, cells_of
from .subject import Subject

_PARTS = 4096  # into which conditions may fall, at most


@dataclass(frozen=True, eq=False)
class Place:
    """Where inputs are looked for.

    Attributes
    ----------
    space : Space
        The model's domain, with the borders of the conditions among its own.
    boxes : tuple of Region
        Disjoint boxes of cells that hold exactly the inputs that are meant.
    said : tuple of str
        The conditions in words.
    usual : ndarray of float64 or None
        A row that the user showed, which inputs are told around.
    """

    space: Space
    boxes: tuple[Region, ...]
    said: tuple[str, ...]
    usual: F64 | None = None

    @property
    def where_said(self) -> str:
        """The conditions as the end of a statement; empty if there are none."""
        return f", where {' and '.join(self.said)}" if self.said else ""

    @cached_property
    def somewhere(self) -> Situation:
        """Some input of the domain, one that the user showed where there is one."""
        if self.usual is not None and self.space.theory is not None:
            try:
                return situate(self.space, self.usual)
            except TheoryError:
                pass
        return anywhere(self.space)


def place_of(subject: Subject, given: Any = None, where: Any = None) -> Place:
    """Return where inputs are looked for.

    Parameters
    ----------
    subject : Subject
        The model.
    given, where : conditions, optional
        Texts such as ``"age > 37 and colour in {blue, red}"``, tuples ``("age", ">", 37)``, lists of these, or mappings
        ``{"age": (18, 30), "colour": "blue"}`` from features to an interval (both ends included, None: open), a value,
        or a list of values. Both have to be met.

    Raises
    ------
    BadInputError
        If they cannot be read, or fall into more than 4096 boxes.
    """
    asked = [*_items(given, "given"), *_items(where, "where")]
    session = subject.session
    if session.space.theory is None:
        literals = session.words.asking.region(asked, "given").literals if asked else ()
        free = any(-v in set(literals) for v in literals)
        box = region_of(session.space, np.array(literals, np.int32))
        said = session.words.asking.say(asked) if asked else ()
        return Place(session.space, () if free or box.empty else (box,), said, subject.usual)
    sets = session.words.asking.sets(asked, "given") if asked else {}
    said = session.words.asking.say(asked) if asked else ()
    space = refined(subject, sets)
    return Place(space, boxes_of(subject, space, sets, asked), said, subject.usual)


def _items(asked: Any, name: str) -> list[Any]:
    """Return conditions as a list of what is read one by one."""
    if asked is None:
        return []
    if isinstance(asked, Mapping):
        return [one for feature, values in asked.items() for one in _of_mapping(feature, values, name)]
    if isinstance(asked, str) or is_triple(asked):
        return [asked]
    found = items_in(asked)
    if found is None:
        raise BadInputError(
            f"{name}={shown(asked)}: expected a text such as 'age > 37', a tuple ('age', '>', 37), a list of these, or "
            "a mapping such as {'age': (18, 30)}"
        )
    return [part for one in found for part in (_items(one, name) if isinstance(one, Mapping) else [one])]


def _of_mapping(feature: Any, values: Any, name: str) -> list[Any]:
    """Return what a mapping says of one feature."""
    if isinstance(values, tuple):
        ends = [None if end is None or (is_number(end) and math.isinf(end)) else end for end in values]
        if len(ends) != 2 or not all(end is None or is_number(end) for end in ends):
            raise BadInputError(
                f"{name}[{shown(feature)}]={shown(values)}: expected an interval (least, greatest), None for an open "
                "end; values are listed in a list or a set"
            )
        signs = (">=", "<=")
        return [(feature, sign, end) for sign, end in zip(signs, ends, strict=True) if end is not None]
    listed = items_in(values)
    return [(feature, "=", values)] if listed is None else [(feature, "in", listed)]


# -- borders ---------------------------------------------------------------------------------------------------


def reader_for(subject: Subject) -> Reader:
    """Return what knows the values of the features."""
    theory = subject.theory
    assert theory is not None, "with the theory off, features have no values"
    return reader_of(subject.session.compiled.vocabulary, subject.features, theory.missing, theory=True)


def refined(subject: Subject, sets: Mapping[int, Values]) -> Space:
    """Return the domain with borders where sets of values begin and end within cells of the model."""
    space, reader = subject.session.space, reader_for(subject)
    for exactly in (False, True):
        added: list[Condition] = []
        for feature, values in sets.items():
            scale = reader.scale(feature)
            if not _whole(space, feature, scale, values):
                added += borders_of(scale, values)
                if exactly and scale.missing:
                    added.append(Condition(scale.feature.columns[0], Operator.GT, math.inf, True))
        if added:
            space = with_conditions(subject, space, added)
    return space


def with_conditions(subject: Subject, space: Space, added: Sequence[Condition]) -> Space:
    """Return a domain with more conditions, which get the next numbers."""
    vocabulary = replace(space.vocabulary, conditions=(*space.vocabulary.conditions, *dict.fromkeys(added)))
    return build_space(vocabulary, subject.features, subject.theory)


def _whole(space: Space, feature: int, scale: Scale, values: Values) -> bool:
    """Tell whether a set of values is some cells of a domain."""
    attribute = next((a for a in space.attributes if a.feature == feature), None)
    if attribute is None:
        return values.empty or scale.negated(values).empty
    return cells_of(scale, values, attribute, space.vocabulary.conditions)[1]


def borders_of(scale: Scale, values: Values) -> list[Condition]:
    """Return conditions that tell a set of values from all others (but for a missing one)."""
    columns = scale.feature.columns
    if isinstance(scale, NumberScale):
        ends = sorted({end for run in values.runs for end in run if math.isfinite(end)})
        return [Condition(columns[0], Operator.GT, end) for end in ends]
    assert isinstance(scale, OptionScale)
    found = []
    for place, chosen in enumerate(values.chosen):
        if not chosen:
            continue
        if scale.feature.kind is not Kind.ONE_HOT:
            found.append(Condition(columns[0], Operator.EQ, float(scale.options[place, 0])))
        elif place < len(columns):
            found.append(Condition(columns[place], Operator.GT, 0.5))
        else:  # none of the columns
            found += [Condition(column, Operator.GT, 0.5) for column in columns]
    return found


# -- boxes -----------------------------------------------------------------------------------------------------


def boxes_of(subject: Subject, space: Space, sets: Mapping[int, Values], asked: Any = None) -> tuple[Region, ...]:
    """Return disjoint boxes of the cells in which each feature has a value of its set."""
    reader = reader_for(subject)
    whole = region_of(space, np.zeros(0, np.int32))
    allowed = whole.allowed.copy()
    runs: list[list[tuple[int, int, int]]] = []  # of each attribute that is bounded: it, its first and its last cell
    for feature, values in sets.items():
        number = next((i for i, a in enumerate(space.attributes) if a.feature == feature), None)
        if number is None:
            if values.empty:
                return ()
            continue
        attribute = space.attributes[number]
        met, _ = cells_of(reader.scale(feature), values, attribute, space.vocabulary.conditions)
        if not met.any():
            return ()
        if attribute.interval:
            runs.append([(number, int(run[0]), int(run[-1])) for run in _runs(met)])
        else:
            allowed[whole.base[number] : whole.base[number + 1]] &= met
    if math.prod(map(len, runs)) > _PARTS:
        raise BadInputError(f"given={shown(asked)} falls into more than {_PARTS} boxes: ask about fewer at a time")
    return tuple(_box(whole, allowed, chosen) for chosen in itertools.product(*runs))


def _box(whole: Region, allowed: Bools, chosen: Sequence[tuple[int, int, int]]) -> Region:
    low, high = whole.low.copy(), whole.high.copy()
    for number, first, last in chosen:
        low[number], high[number] = first, last
    return Region(low, high, allowed, whole.base)


def _runs(met: Bools) -> list[I32]:
    """Return the runs of true places."""
    places = np.nonzero(met)[0].astype(np.int32)
    return np.split(places, np.nonzero(np.diff(places) > 1)[0] + 1)

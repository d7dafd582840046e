"""What users ask about: literals, reasons, statements and tuples, turned into parts that literals can tell.

A region is a set of values for each feature. It meets some cells of each attribute; the model is the same all over a
cell, so what is proved of the cells is proved of the region. The cells are split into parts that literals tell exactly.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.domain.attributes import Attribute
from ...engine.domain.conditions import Condition, Operator
from ...engine.domain.space import Space
from ...engine.errors import BadInputError, shown
from ...engine.given import is_whole, items_in
from ...engine.reasons import Reason
from .asked_conditions import conditions_of
from .readers import reader_of
from .reading import Reader, Said
from .values import NumberScale, OptionScale, Scale, Values, cells_of

_PARTS = 4096  # into which a region may fall, at most
_EXPECTED = (
    "a signed integer such as 3 or -3, a reason, a statement such as 'age > 37.5', or a tuple ('age', '>', 37.5)"
)
Literals = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked about.

    Attributes
    ----------
    literals : tuple of int
        The literals that hold all over the cells that the region meets.
    parts : tuple of tuples of int
        Sets of literals; what satisfies one of them lies in these cells, and the other way round.
    exact : bool
        Whether the literals say the region exactly.
    weaker : tuple of str
        Where they do not: what they say instead, feature by feature.
    sets : mapping from feature to Values
        The region, where it was not told by literals alone (theory on).
    worded : bool
        Whether statements were given.
    """

    literals: Literals
    parts: tuple[Literals, ...]
    exact: bool = True
    weaker: tuple[str, ...] = ()
    sets: Mapping[int, Values] = field(default_factory=dict)
    worded: bool = False


class Asking:
    """Reads what users ask about, in one space.

    Parameters
    ----------
    words : Words
        What says literals of the space.
    """

    def __init__(self, words: Any) -> None:
        self._words = words
        self._space: Space = words.space
        theory = self._space.theory
        missing = theory.missing if theory else frozenset()
        self.reader: Reader = reader_of(words.vocabulary, self._space.features, missing, theory=theory is not None)

    # -- items -------------------------------------------------------------------------------------------------

    def read(self, asked: Any, name: str = "reason") -> tuple[Literals, list[Said]]:
        """Return the literals and the statements that were given.

        Raises
        ------
        BadInputError
            If something is neither, or belongs to another model.
        """
        literals: list[int] = []
        said: list[Said] = []
        check = self._words.vocabulary.check_literals
        if isinstance(asked, Reason):
            return check_home(asked, self._words), []
        for item in self._items(asked, name):
            if isinstance(item, Reason):
                literals += check_home(item, self._words)
            elif isinstance(item, str):
                said += self.reader.text(item)
            elif isinstance(item, (tuple, list)):
                said.append(self.reader.triple(item))
            elif is_whole(item):
                literals += check((item,))
            else:
                what = "condition" if name == "conditions" else "literal"
                raise BadInputError(f"{what} {shown(item)}: expected {_EXPECTED}")
        return tuple(literals), said

    @staticmethod
    def _items(asked: Any, name: str) -> list[Any]:
        if isinstance(asked, str) or is_triple(asked):
            return [asked]
        if (listed := items_in(asked)) is None:
            raise BadInputError(f"{name}={shown(asked)}: expected {_EXPECTED}")
        return listed

    def features_of(self, asked: Any) -> set[int]:
        """Return the features that what is asked about speaks of."""
        literals, said = self.read(asked)
        return {self._space.feature_of(literal) for literal in literals} | {self._feature(one) for one in said}

    def _feature(self, said: Said) -> int:
        if self._space.theory is not None:
            return said.feature
        return next(i for i, f in enumerate(self._space.features) if said.feature in f.columns)

    # -- regions -----------------------------------------------------------------------------------------------

    def region(self, asked: Any, name: str = "reason") -> Asked:
        """Return what is asked about as parts that literals tell."""
        literals, said = self.read(asked, name)
        if not said:
            return Asked(literals, (literals,))
        if self._space.theory is None:
            return self._free(literals, said)
        sets = self._sets(literals, said)
        choices: list[list[Literals]] = []
        common: list[int] = []
        exact, weaker = True, []
        attributes = {attribute.feature: attribute for attribute in self._space.attributes}
        for feature, values in sets.items():
            told, pieces, whole = self._pieces(feature, values, attributes.get(feature))
            choices.append(pieces)
            common += told
            if not whole:
                exact = False
                weaker.append(self._weaker(feature, told))
        if math.prod(map(len, choices)) > _PARTS:
            raise BadInputError(f"{name}={shown(asked)} falls into more than {_PARTS} parts: ask about fewer at a time")
        parts = tuple(tuple(itertools.chain(*chosen)) for chosen in itertools.product(*choices))
        return Asked(tuple(common), parts, exact, tuple(weaker), sets, worded=True)

    def sets(self, asked: Any, name: str = "conditions") -> dict[int, Values]:
        """Return the values of each feature that are asked about (with the theory on).

        Raises
        ------
        BadInputError
            If it cannot be read.
        """
        return self._sets(*self.read(asked, name))

    def _sets(self, literals: Literals, said: Sequence[Said]) -> dict[int, Values]:
        """Return the values of each feature that are asked about."""
        sets: dict[int, Values] = {}
        for one in said:
            self._narrow(sets, one.feature, one.values)
        for literal in literals:
            feature = self._space.feature_of(literal)
            scale = self.reader.scale(feature)
            self._narrow(sets, feature, scale.where(self._words.vocabulary.condition(literal)))
        return dict(sorted(sets.items()))

    def _narrow(self, sets: dict[int, Values], feature: int, values: Values) -> None:
        scale = self.reader.scale(feature)
        sets[feature] = scale.meet(sets.get(feature, scale.every), values)

    def _pieces(
        self, feature: int, values: Values, attribute: Attribute | None
    ) -> tuple[list[int], list[Literals], bool]:
        """Return the literals that hold all over the cells of a set, the parts, and whether the literals say it."""
        scale = self.reader.scale(feature)
        if attribute is None:  # the model does not look at it
            empty = values.empty
            return [], [] if empty else [()], not empty and scale.negated(values).empty
        met, whole = cells_of(scale, values, attribute, self._words.vocabulary.conditions)
        if not met.any():
            return [], [], False
        if attribute.interval:
            told = self._between(attribute, np.nonzero(met)[0])
            return told, [tuple(self._between(attribute, run)) for run in _runs(met)], whole and len(_runs(met)) == 1
        truth = attribute.truth_table()
        told = _common(attribute, truth, met)
        if (_cells_with(attribute, truth, told) == met).all():
            return told, [tuple(told)], whole
        single = [_common(attribute, truth, np.arange(attribute.n_cells) == cell) for cell in np.nonzero(met)[0]]
        return told, [tuple(one) for one in single], False

    def _between(self, attribute: Attribute, cells: Any) -> list[int]:
        """Return the literals that say "from the first cell to the last one" of an interval attribute."""
        base = int(self._space.element_base[list(self._space.attributes).index(attribute)])
        first, last = int(cells[0]), int(cells[-1])
        above = [int(self._space.element_literal[base + first - 1])] if first else []
        below = [-int(self._space.element_literal[base + last])] if last + 1 < attribute.n_cells else []
        return above + below

    def fallen(self, feature: int, values: Values, truth: Bools, inside: bool) -> tuple[list[int], bool]:
        """Return the literals of an instance that a change of one feature makes false, and whether they say it exactly.

        Parameters
        ----------
        truth : ndarray of bool
            The instance's literals.
        inside : bool
            Whether the instance has one of the values: then they are what changes, else what it changes to.
        """
        attribute = next((a for a in self._space.attributes if a.feature == feature), None)
        scale = self.reader.scale(feature)
        if attribute is None:
            return [], False
        met, whole = cells_of(scale, values, attribute, self._words.vocabulary.conditions)
        table = attribute.truth_table()
        own = truth[attribute.variables]
        if inside:
            told = self._pieces(feature, values, attribute)
            return told[0], told[2]
        fallen = ~(table[:, met] == own[:, None]).any(axis=1)  # true here, and nowhere in what it changes to
        numbers = attribute.variables[fallen] + 1
        reached = (table[fallen] != own[fallen][:, None]).all(axis=0)
        literals = np.where(own[fallen], numbers, -numbers).tolist()
        return literals, whole and bool((reached == met).all()) and bool(literals)

    def _weaker(self, feature: int, literals: Sequence[int]) -> str:
        """Return what literals on a feature say; with none of them that the feature does not matter."""
        if literals:
            return " and ".join(self._words.features(literals))
        return f"any {self.reader.statements.name(self._space.features[feature])}"

    def say(self, asked: Any) -> tuple[str, ...]:
        """Return what is asked about in words, one statement a feature."""
        literals, said = self.read(asked)
        if self._space.theory is None or not said:
            region = self.region(asked)
            return tuple(self._words.features(region.literals))
        told = []
        for feature, values in self._sets(literals, said).items():
            own = self._space.features[feature]
            text = self.reader.statements.say(own, values)
            told.append(text or f"{self.reader.statements.name(own)}: {'no value' if values.empty else 'any value'}")
        return tuple(told)

    def outside(self, asked: Asked, row: F64) -> str:
        """Return the first statement that is not true of a row (as the model reads it); empty if all are."""
        for feature, values in asked.sets.items():
            scale = self.reader.scale(feature)
            if not holds_at(scale, values, row):
                return self.reader.statements.say(scale.feature, values) or "what no value satisfies"
        return ""

    # -- with the theory off -----------------------------------------------------------------------------------

    def _free(self, literals: Literals, said: Sequence[Said]) -> Asked:
        """Return the literals that statements say; what the model does not test is one more free Boolean."""
        found, unknown = list(literals), []
        for one in said:
            told = self._literals_of(one)
            found += told
            if not told:
                unknown.append(f"any {self.reader.statements.name(self.reader.features[one.feature])}")
        chosen = tuple(dict.fromkeys(found))
        return Asked(chosen, (chosen,), not unknown, tuple(unknown), worded=True)

    def _literals_of(self, said: Said) -> list[int]:
        scale = self.reader.scale(said.feature)
        sets = [said.values]
        if isinstance(scale, NumberScale) and len(said.values.runs) == 1:
            low, high = said.values.runs[0]
            sets += [Values(((low, math.inf),)), Values(((-math.inf, high),))]
        column = scale.feature.columns[0]
        own = [(v + 1, c) for v, c in enumerate(self._words.vocabulary.conditions) if c.feature == column]
        found = []
        for values in sets:
            if scale.negated(values).empty:
                continue
            for number, condition in own:
                where = scale.where(condition)
                if values in (where, scale.negated(where)):
                    found.append(number if values == where else -number)
                    break
            if found and values is said.values:
                break
        return found

    # -- conditions --------------------------------------------------------------------------------------------

    def conditions(self, asked: Any, name: str = "conditions") -> list[Condition]:
        """Return conditions that say together what is asked about.

        Raises
        ------
        BadInputError
            If it cannot be read, or no conjunction of conditions says it.
        """
        literals, said = self.read(asked, name)
        found = [self._words.vocabulary.condition(literal) for literal in literals]
        for one in said:
            if one.condition is not None and self.reader.scale(one.feature).where(one.condition) == one.values:
                found.append(one.condition)
            else:
                found += conditions_of(self.reader.scale(one.feature), one.values)
        return found


def is_triple(asked: Any) -> bool:
    """Tell whether what is asked about is one (feature, operator, value)."""
    if not isinstance(asked, (tuple, list)) or isinstance(asked, Reason) or len(asked) not in (3, 4):
        return False
    if not isinstance(asked[1], str) or isinstance(asked[0], (tuple, list)):
        return False
    try:
        Operator.parse(asked[1])
    except BadInputError:
        return False
    return True


def check_home(reason: Reason, words: Any) -> Literals:
    """Return the literals of a reason of this model (or of an equal one whose conditions have the same numbers).

    Raises
    ------
    BadInputError
        If it belongs to another model, or is made of features.
    """
    if reason.proof.over == "features":
        raise BadInputError(f"reason={shown(tuple(reason))} is made of features: expected over='features'")
    if not reason.speaks_of(words):
        raise BadInputError(
            f"the reason {shown(tuple(reason))} is of another model, whose literals mean something else: pass its "
            "words (reason.features), or ask that model's explainer"
        )
    checked: Literals = words.vocabulary.check_literals(tuple(reason))
    return checked


def holds_at(scale: Scale, values: Values, row: F64) -> bool:
    """Tell whether a row (as the model reads it) has a value of a set."""
    own = row[list(scale.feature.columns)]
    if np.isnan(own).all():
        return values.missing
    if isinstance(scale, OptionScale):
        places = np.nonzero((scale.options == own).all(axis=1))[0]
        return any(values.chosen[place] for place in places.tolist())
    return any(low < own[0] <= high for low, high in values.runs)


def _runs(met: Bools) -> list[Any]:
    """Return the runs of true places."""
    places = np.nonzero(met)[0]
    return np.split(places, np.nonzero(np.diff(places) > 1)[0] + 1)


def _common(attribute: Attribute, truth: Bools, cells: Bools) -> list[int]:
    """Return the literals that are true in all of some cells."""
    chosen = truth[:, cells]
    yes, no = chosen.all(axis=1), ~chosen.any(axis=1)
    numbers = attribute.variables + 1
    return [*numbers[yes].tolist(), *(-numbers[no]).tolist()]


def _cells_with(attribute: Attribute, truth: Bools, literals: Sequence[int]) -> Bools:
    """Return the cells in which literals are true."""
    place = {v + 1: i for i, v in enumerate(attribute.variables.tolist())}
    fits = np.ones(attribute.n_cells, np.bool_)
    for literal in literals:
        fits &= truth[place[abs(literal)]] == (literal > 0)
    return fits

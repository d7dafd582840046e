"""Common actions: a few concrete changes that are the same for everybody, and where candidates for them come from."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ...engine.errors import BadInputError, shown
from ...engine.given import is_number, list_of
from ...engine.reasons.spelling import value_text
from ..recourse.plan import Plan

RISE, FALL, BY, TO = "at least", "at most", "by", "to"
_SUCH = "such as {'income': ('at least', 1850), 'debt': ('by', -200), 'home': 'owned'}"


class Change(NamedTuple):
    """One change of an action.

    Attributes
    ----------
    feature : str
        The feature.
    kind : {"at least", "at most", "by", "to"}
        A number is raised to at least a value, lowered to at most one, or moved by so much (a little further, where
        a row's steps ask for it); a category becomes a value. Where that is so already, nothing changes.
    value : object
        The number or the category.
    """

    feature: str
    kind: str
    value: Any

    @property
    def text(self) -> str:
        """The change in words."""
        if self.kind == BY:
            return f"{'raise' if self.value > 0 else 'lower'} {self.feature} by {value_text(abs(self.value))}"
        if self.kind == TO:
            return f"change {self.feature} to {value_text(self.value)}"
        return f"{'raise' if self.kind == RISE else 'lower'} {self.feature} to {self.kind} {value_text(self.value)}"


@dataclass(frozen=True, slots=True)
class Action:
    """Changes that are offered together; whoever needs only some of them makes only these.

    Attributes
    ----------
    changes : tuple of Change
        The changes, one a feature.
    """

    changes: tuple[Change, ...]

    @property
    def text(self) -> str:
        """The action in words."""
        return " and ".join(change.text for change in self.changes)

    def __repr__(self) -> str:
        return f"<Action: {self.text}>"


def said_actions(said: Any, index_of: Callable[[Any], int], is_numeric: Callable[[int], bool]) -> list[Action]:
    """Return the actions that a user lists.

    Raises
    ------
    BadInputError
        If one is none.
    """
    found = []
    for number, one in enumerate(list_of(said, "candidates", f"actions {_SUCH}")):
        if isinstance(one, Action):
            found.append(one)
            continue
        if not isinstance(one, Mapping) or not one:
            raise BadInputError(f"candidates[{number}]={shown(one)}: expected an action {_SUCH}")
        found.append(Action(tuple(_change(name, value, number, index_of, is_numeric) for name, value in one.items())))
    return list(dict.fromkeys(found))


def _change(
    name: Any, value: Any, number: int, index_of: Callable[[Any], int], is_numeric: Callable[[int], bool]
) -> Change:
    index, what = index_of(name), f"candidates[{number}][{name!r}]={shown(value)}"
    if not is_numeric(index):
        if isinstance(value, (tuple, list, Mapping)):
            raise BadInputError(f"{what}: {name!r} is a category: expected the value that it becomes")
        return Change(str(name), TO, value)
    if not isinstance(value, (tuple, list)) or len(value) != 2 or value[0] not in (RISE, FALL, BY):
        raise BadInputError(f"{what}: expected ('at least', number), ('at most', number) or ('by', number)")
    kind, size = value
    if not is_number(size) or not math.isfinite(size) or (kind == BY and size == 0):
        raise BadInputError(f"{what}: expected a finite number{' other than 0' if kind == BY else ''}")
    return Change(str(name), kind, size)


# -- candidates --------------------------------------------------------------------------------------------------


def drawn_actions(
    plans: Sequence[Plan], length: int, most: int, each: int, numeric: Callable[[str], bool]
) -> list[Action]:
    """Return candidates: the changes of given plans, and combinations of features that these plans change together.

    Of each number that plans raise (lower) there are up to `each` values to be reached, and up to `each` amounts,
    both at quantiles of what the plans do; of a category the values that plans give it. Features are combined as plans
    combine them, in all their values; where these are more than `most`, each combination of features gets its part of
    what is left, thinned evenly, the fewest and most frequent features first.
    """
    changes = _changes(plans, each, numeric)
    together: Counter[tuple[str, ...]] = Counter()
    for plan in plans:
        own = sorted({step.feature for step in plan.steps})
        for size in range(1, min(length, len(own)) + 1):
            together.update(itertools.combinations(own, size))
    found: dict[Action, None] = {}
    order = sorted(together, key=lambda names: (len(names), -together[names], names))
    for number, names in enumerate(order):
        every = [Action(made) for made in itertools.product(*(changes[name] for name in names))]
        quota = min(len(every), math.ceil((most - len(found)) / (len(order) - number)))
        places = np.unique(np.linspace(0, len(every) - 1, quota).astype(int))
        found.update(dict.fromkeys(every[i] for i in places.tolist()))
    return list(found)


def _changes(plans: Sequence[Plan], each: int, numeric: Callable[[str], bool]) -> dict[str, list[Change]]:
    """Return, for each feature, what becomes of it in plans."""
    seen: dict[str, list[tuple[Any, Any]]] = {}
    for plan in plans:
        for step in plan.steps:
            seen.setdefault(step.feature, []).append((step.old, step.new))
    found = {}
    for name, moves in seen.items():
        known = [(old, new) for old, new in moves if is_number(new) and math.isfinite(new)]
        if not numeric(name):
            found[name] = _each_once(Change(name, TO, new) for _, new in moves)
            continue
        changes: list[Change] = []
        for kind, sign in ((RISE, 1), (FALL, -1)):
            ends = [new for old, new in known if not (is_number(old) and sign * (new - old) < 0)]
            ways = [new - old for old, new in known if is_number(old) and sign * (new - old) > 0]
            changes += [Change(name, kind, value) for value in _spread(ends, each)]
            changes += [Change(name, BY, value) for value in _spread([_plain(way) for way in ways], each)]
        found[name] = _each_once(changes)
    return found


def _each_once(changes: Iterable[Change]) -> list[Change]:
    kept: dict[tuple[str, str], Change] = {}
    for change in changes:
        kept.setdefault((change.kind, repr(change.value)), change)
    return list(kept.values())


def _spread(values: Sequence[Any], most: int) -> list[Any]:
    """Return values at up to `most` quantiles, the least and the greatest one among them."""
    ordered = sorted({float(value): value for value in values}.items())
    places = np.unique(np.linspace(0, len(ordered) - 1, min(most, len(ordered))).round().astype(int)) if ordered else ()
    return [_native(ordered[i][1]) for i in places]


def _plain(way: Any) -> Any:
    """Return an amount without the noise of a subtraction of floats."""
    return float(f"{float(way):.12g}") if not isinstance(way, (int, np.integer)) else int(way)


def _native(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value

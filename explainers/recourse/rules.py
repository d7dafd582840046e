"""Rules in words: "if education rises then age rises", "home = owned or debt falls", "debt <= income"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...engine.arrays import Bools
from ...engine.domain.theory import Feature
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, shown
from ...engine.plans.parts import Axis
from ...engine.reasons.spelling import parts, places, unquoted
from .names import name_of, same_name

MOVES = ("rises", "falls", "changes", "stays")
_SIGNS = ("<=", ">=", "!=", "==", "<", ">", "=")
_FORMS = (
    "'if education rises then age rises', 'home = owned or debt falls', 'debt <= 5000', 'debt <= income'; of a feature "
    "may be said that it rises, falls, changes, stays, and how it compares with a value"
)
Find = Callable[[Any], int]


class Atom(NamedTuple):
    """One statement about a feature of a plan.

    Attributes
    ----------
    feature : int
        The feature.
    test : str
        One of ``MOVES``, or a comparison.
    value : object
        What is compared with.
    negated : bool
        Whether the opposite is stated.
    """

    feature: int
    test: str
    value: Any = None
    negated: bool = False


class Order(NamedTuple):
    """Of two numbers the first is at most the second."""

    low: int
    high: int


class Parsed(NamedTuple):
    """A rule: of the atoms of each clause one holds; or an order of two features."""

    text: str
    clauses: tuple[tuple[Atom, ...], ...] = ()
    order: Order | None = None

    @property
    def features(self) -> set[int]:
        """The features that it speaks of."""
        if self.order is not None:
            return {self.order.low, self.order.high}
        return {atom.feature for clause in self.clauses for atom in clause}


def parsed(text: Any, find: Find) -> Parsed:
    """Read a rule.

    Raises
    ------
    BadInputError
        If it is none.
    """
    if not isinstance(text, str) or not text.strip():
        raise BadInputError(f"rules: {shown(text)} is no rule: expected texts such as {_FORMS}")
    said = " ".join(text.split())
    premise: list[Atom] = []
    if said.startswith("if "):
        halves = parts(said[3:], " then ")
        if len(halves) != 2:
            raise BadInputError(f"rules: {text!r}: expected 'if … then …', once each")
        premise = [_atom(one, find, text) for one in parts(halves[0], " and ")]
        said = halves[1]
    elif (order := _order(said, find)) is not None:
        return Parsed(text, (), order)
    opposite = tuple(atom._replace(negated=not atom.negated) for atom in premise)
    clauses = [
        opposite + tuple(_atom(one, find, text) for one in parts(conclusion, " or "))
        for conclusion in parts(said, " and ")
    ]
    return Parsed(text, tuple(clauses))


def _split(said: str) -> tuple[str, str, str] | None:
    """Return the sides of a comparison and its sign; None if it is none."""
    for i in range(len(said)):
        sign = next((s for s in _SIGNS if said.startswith(s, i)), None)
        if sign is not None and any(place == i for place in places(said, sign)):
            return said[:i].strip(), sign, said[i + len(sign) :].strip()
    return None


def _known(name: str, find: Find) -> int | None:
    try:
        return find(_plain(name))
    except BadInputError:
        return None


def _plain(text: str) -> str:
    found = unquoted(text)
    return text if found is None else found


def _order(said: str, find: Find) -> Order | None:
    split = _split(said)
    if split is None:
        return None
    left, sign, right = split
    if sign not in ("<=", ">=", "<", ">") or re.fullmatch(r"[-+0-9.eE]+", right):
        return None
    one, other = _known(left, find), _known(right, find)
    if one is None or other is None:
        return None
    if "=" not in sign:
        raise BadInputError(f"rules: {said!r} compares two features: say <= or >=, which they can be held to exactly")
    return Order(one, other) if sign == "<=" else Order(other, one)


def _atom(said: str, find: Find, rule: str) -> Atom:
    said = said.strip()
    negated = said.startswith("not ")
    said = said[4:].strip() if negated else said
    for test in MOVES:
        if said.endswith(" " + test):
            return Atom(find(_plain(said[: -len(test)].strip())), test, None, negated)
    split = _split(said)
    if split is None:
        raise BadInputError(f"rules: {said!r} in {rule!r} is no statement: expected such as {_FORMS}")
    name, sign, value = split
    return Atom(find(_plain(name)), "=" if sign == "==" else sign, _value(value), negated)


def _value(text: str) -> Any:
    quoted = unquoted(text)
    if quoted is not None:
        return quoted
    try:
        return float(text)
    except ValueError:
        return {"true": True, "false": False}.get(text, text)


def options_where(atom: Atom, axis: Axis, feature: Feature, vocabulary: Vocabulary, *, number: bool) -> Bools:
    """Return the options of an axis for which an atom holds.

    Raises
    ------
    BadInputError
        If the feature has no such order, or no such value.
    """
    found = _holds(atom, axis, feature, vocabulary, number=number)
    return np.asarray(found != atom.negated, np.bool_)


def _holds(atom: Atom, axis: Axis, feature: Feature, vocabulary: Vocabulary, *, number: bool) -> Bools:
    changed: Bools = np.arange(len(axis)) != axis.own
    if atom.test in ("changes", "stays"):
        return changed if atom.test == "changes" else ~changed
    if atom.test in ("=", "!=") and not (number and isinstance(atom.value, float)):
        names = [name_of(feature, vocabulary, values) for values in axis.values]
        same: Bools = np.array([same_name(name, atom.value) for name in names], np.bool_)
        return np.asarray(same != (atom.test == "!="), np.bool_)
    if len(axis.columns) > 1 or not (number or feature.kind.value == "binary"):
        raise BadInputError(f"rules: {feature.name!r} is a category, which has no order: say 'changes', 'stays', '='")
    values, own = axis.values[:, 0], axis.values[axis.own, 0]
    if atom.test in ("rises", "falls"):
        moved: Bools = values > own if atom.test == "rises" else values < own
        return moved
    if not isinstance(atom.value, (float, bool)):
        raise BadInputError(f"rules: {feature.name!r} {atom.test} {atom.value!r}: expected a number or a feature")
    bound = float(atom.value)
    known = ~np.isnan(values)
    tests = {
        "<": values < bound, "<=": values <= bound, ">": values > bound, ">=": values >= bound,
        "=": values == bound, "!=": values != bound,
    }  # fmt: skip
    return np.asarray(tests[atom.test] & known, np.bool_)

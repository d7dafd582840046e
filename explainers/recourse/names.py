"""How the options of a feature are called, and which of them a user means."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.domain.attributes import options_of
from ...engine.domain.theory import Feature, Kind
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, shown
from ...engine.given import is_number, items_in

MISSING = "missing"


def name_of(feature: Feature, vocabulary: Vocabulary, values: F64) -> Any:
    """Return how an option is called: a number, a category, a truth value, or ``"missing"``."""
    if np.isnan(values).any():
        return MISSING
    if feature.kind is Kind.ONE_HOT:
        (on,) = np.nonzero(values == 1.0)
        if not len(on):
            return feature.none_of_these if feature.reference is None else feature.reference
        return feature.values[int(on[0])]
    number = float(values[0])
    labels = vocabulary.labels.get(feature.columns[0])
    if labels and number.is_integer() and 0 <= number < len(labels):
        return labels[int(number)]
    if feature.kind is Kind.BINARY and feature.truth:
        return bool(number)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def same_name(one: Any, other: Any) -> bool:
    """Tell whether a user means an option by a value."""
    if is_number(one) and is_number(other):
        return float(one) == float(other)
    try:
        return bool(one == other) or str(one) == str(other)
    except (TypeError, ValueError):
        return False


def chosen(feature: Feature, vocabulary: Vocabulary, said: Any, what: str) -> Bools:
    """Return which options of a category are among those that a user lists.

    Raises
    ------
    BadInputError
        If one is none of them.
    """
    options = options_of(feature)
    names = [name_of(feature, vocabulary, values) for values in options]
    listed = (
        [said] if isinstance(said, str) or is_number(said) or isinstance(said, (bool, np.bool_)) else items_in(said)
    )
    if listed is None:
        raise BadInputError(f"{what}={shown(said)}: expected values of {feature.name!r}, such as {names[:3]}")
    found = np.zeros(len(options), np.bool_)
    for value in listed:
        fits = [same_name(name, value) for name in names]
        if not any(fits):
            raise BadInputError(
                f"{what}: {shown(value)} is no value of {feature.name!r}: expected some of {shown(names, 300)}"
            )
        found |= np.array(fits)
    return found

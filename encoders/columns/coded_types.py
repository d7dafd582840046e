"""What users declare of columns of categories, in the codes that stand for their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...engine.errors import TheoryError, shown
from ...engine.given import is_number
from .coded_columns import MISSING, OTHER, key_of
from .seen_types import SeenTypes

KINDS = ("numerical", "integer", "binary", "categorical")


def listed_of(types: Mapping[str, Any]) -> Mapping[Any, Any]:
    """Return the part of declared types that lists the values of columns by their names."""
    listed = types.get("categorical") if all(key in KINDS for key in types) else types
    return listed if isinstance(listed, Mapping) else {}


def in_codes(types: Mapping[str, Any] | None, names: Sequence[str], labels: Mapping[int, Sequence[Any]]) -> Any:
    """Return declared types with codes in place of the values of categories that encoders know.

    Parameters
    ----------
    types : mapping or None
        As users declare them.
    names : sequence of str
        The columns.
    labels : mapping from column to sequence
        What the codes of a column are called.

    Raises
    ------
    TheoryError
        If some of the values of a column are known, and others are not.
    """
    if not isinstance(types, Mapping) or not labels:
        return types
    listed = listed_of(types)
    coded = {}
    for name, values in listed.items():
        column = names.index(name) if isinstance(name, str) and name in names else -1
        if column in labels and hasattr(values, "__iter__") and not isinstance(values, (str, Mapping)):
            codes = {key_of(label): code for code, label in enumerate(labels[column])}
            keys = [key_of(value) for value in values]
            if OTHER in labels[column] and all(is_number(one) or one in (OTHER, MISSING) for one in labels[column]):
                codes |= {key: codes[OTHER] for key in keys if is_number(key) and key not in codes}  # none has a name
            unknown = [value for value, key in zip(values, keys, strict=True) if key not in codes]
            if unknown and len(unknown) < len(keys):
                raise TheoryError(
                    f"categorical feature {name!r} has the value {shown(unknown[0])}: expected some of "
                    f"{shown(list(labels[column]), 200)}"
                )
            if not unknown:
                coded[name] = [float(codes[key]) for key in dict.fromkeys(keys)]
    if not coded:
        return types
    changed = {**listed, **coded}
    return _saying(types, changed if listed is types else {**types, "categorical": changed})


def without(types: Mapping[str, Any] | None, names: set[str]) -> Mapping[str, Any] | None:
    """Return declared types without some columns."""
    if not isinstance(types, Mapping):
        return types
    listed = listed_of(types)
    kept = {name: values for name, values in listed.items() if name not in names}
    return _saying(
        types, kept if listed is types else {**types, "categorical": kept} if "categorical" in types else types
    )


def _saying(types: Mapping[str, Any], said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is said in place of declared types, with what rows show and ranges say beside them."""
    return replace(types, said=said) if isinstance(types, SeenTypes) and said is not types else said

"""What is said of columns that do not fit a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...engine.errors import BadInputError


def check_columns(names: Sequence[str], count: int, missing: frozenset[int], takes_missing: bool, model: Any) -> None:
    """Raise BadInputError if names do not fit the model's columns, or it does not take the missing values."""
    if len(names) != count:
        raise BadInputError(f"feature_names has {len(names)} names: the model has {count} columns, expected {count}")
    if missing and not takes_missing:
        raise BadInputError(
            f"missing values in {[names[c] for c in sorted(missing)]}: this {type(model).__name__} takes none; "
            "impute them, or fit a model that supports them"
        )


def missing_remedy(takes_missing: bool) -> str:
    """Return what to do about a missing value in a column that was not declared to have any."""
    if takes_missing:
        return "declare it with missing=True or missing=[names], since the model can take it"
    return "this model takes no missing values; impute it"

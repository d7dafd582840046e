"""What encoders of categories make of their columns, and functions of columns whose values are declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...engine.errors import UnsupportedModelError
from ..columns.coded_types import listed_of
from .number_steps import Columns, Notes
from .plan import Encoding, ModelColumn, not_taken

Values = Mapping[int, tuple[Any, ...]]


def _encode(notes: Notes, step: Any, path: str, columns: Columns, unknown: bool, counts: Sequence[int]) -> Columns:
    made: Columns = []
    for column, categories, count in zip(columns, step.categories_, counts, strict=True):
        source = notes.source(column)
        if not column.coded:
            if not column.raw:
                raise UnsupportedModelError(
                    f"step {path} is a {type(step).__name__} on column {source.name!r} after it was scaled or "
                    "binned: expected an encoder of the original column"
                )
            source.encodings.append(Encoding(path, tuple(categories.tolist()), unknown))
        made += [ModelColumn(column.source, coded=True, raw=False)] * count
    return made


def one_hot(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    """Return a column for each category that has one."""
    rare = getattr(step, "infrequent_categories_", None) if step.max_categories or step.min_frequency else None
    counts = []
    for i, categories in enumerate(step.categories_):
        count = len(categories)
        if rare is not None and rare[i] is not None:
            count += 1 - len(rare[i])
        counts.append(count - (step.drop_idx_ is not None and step.drop_idx_[i] is not None))
    if sum(counts) != len(step.get_feature_names_out()):
        raise UnsupportedModelError(
            f"step {path}: this OneHotEncoder makes another number of columns than its categories tell"
        )
    return _encode(notes, step, path, columns, step.handle_unknown != "error", counts)


def ordinal(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    """Return columns of numbers of categories."""
    return _encode(notes, step, path, columns, step.handle_unknown != "error", [1] * len(columns))


def target(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    """Return columns of the mean target of each category: of several classes, one for each."""
    each = len(step.classes_) if step.target_type_ == "multiclass" else 1
    return _encode(notes, step, path, columns, True, [each] * len(columns))


def declared(notes: Notes, step: Any, path: str, columns: Columns, values: Values | None, width: int | None) -> Columns:
    """Return the columns that any function makes of a column whose values are declared.

    Parameters
    ----------
    notes, step, path, columns
        As of other steps; the columns depend on one source.
    values : mapping from source to tuple, or None
        The values that are declared; ``None`` if they are not known yet.
    width : int, optional
        How many columns it makes, if that is known.
    """
    sources = {column.source for column in columns}
    name = getattr(step.func, "__name__", repr(step.func))
    told = ", ".join(repr(notes.sources[source].name) for source in sorted(sources)[:6])
    if len(sources) > 1:
        raise not_taken(path, step, f"which calls {name} on several columns ({told}) at once")
    (source,) = sources
    if width is None or (values is not None and source not in values):
        example = f"features_type={{'categorical': {{{told}: [...]}}}}"
        raise not_taken(
            path,
            step,
            f"which calls {name}, of which it is not known that it rises or falls with {told}: declare the values of "
            f"that column ({example}), and any function of it is taken; or",
        )
    if any(not column.coded and not column.raw for column in columns):
        raise not_taken(path, step, f"which calls {name} on {told} after it was scaled")
    notes.sources[source].declared = True
    if any(not column.coded for column in columns):
        notes.sources[source].encodings.append(Encoding(path, (values or {}).get(source, ()), unknown=False))
    return [ModelColumn(source, coded=True, raw=False)] * width


def declared_values(types: Mapping[str, Any] | None, names: Sequence[str]) -> Values:
    """Return the values that a user declares of columns: source -> values; those that are no lists are left out."""
    if not isinstance(types, Mapping):
        return {}
    listed = listed_of(types)
    found = {}
    for c, name in enumerate(names):
        values = listed.get(name)
        if values is None or isinstance(values, (str, Mapping)) or not hasattr(values, "__len__"):
            continue
        plain = values.tolist() if isinstance(values, np.ndarray) and values.dtype.kind not in "mM" else list(values)
        if plain:
            found[c] = tuple(dict.fromkeys(plain))
    return found

"""Following columns through the steps of a pipeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ...engine.errors import BadInputError, UnsupportedModelError
from . import category_steps, number_steps
from .functions import Known, known_function
from .number_steps import Columns, Notes
from .plan import (
    Encoding,
    ModelColumn,
    Plan,
    Source,
    class_of,
    fitted_columns,
    is_passthrough,
    not_fitted,
    not_taken,
)

_NONE: category_steps.Values = {}


def make_plan(
    pipeline: Any, names: tuple[str, ...] | None = None, values: category_steps.Values | None = _NONE
) -> Plan:
    """Follow the columns through the steps before the last one.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    names : tuple of str, optional
        Names of the columns, for the texts of errors.
    values : mapping from source to tuple, optional
        The values that are declared of columns: functions that are not known are taken of these. ``None``: they are
        not known yet, but will be.

    Raises
    ------
    UnsupportedModelError
        If a step is not taken; it names the step.
    NotFittedModelError
        If a step is not fitted.
    """
    count, fitted = fitted_columns(pipeline)
    shown = names or fitted or tuple(f"f{i + 1}" for i in range(count))
    if len(shown) != count:
        raise BadInputError(f"{len(shown)} feature names: expected {count}, one for each column")
    walk = _Walk([Source(name) for name in shown], values)
    columns = [ModelColumn(i) for i in range(count)]
    following = [getattr(step, "n_features_in_", None) for _, step in pipeline.steps[1:]]
    for (name, step), made in zip(pipeline.steps[:-1], following, strict=True):
        columns = walk.follow(step, repr(name), columns, made)
    final_name, final = pipeline.steps[-1]
    if len(columns) != final.n_features_in_:
        raise UnsupportedModelError(
            f"step {final_name!r} reads {final.n_features_in_} columns but the steps before it make {len(columns)}: "
            "expected a pipeline that was fitted as a whole"
        )
    for column in columns:
        if not column.coded and not walk.sources[column.source].number_by:
            walk.sources[column.source].number_by = repr(final_name)
    for source in walk.sources:
        check_uses(source)
    ends = tuple(replace(c, coded=c.coded or bool(walk.sources[c.source].encodings)) for c in columns)
    return Plan(tuple(walk.sources), ends, fitted, tuple(walk.notes.taps), tuple(walk.notes.noise))


def check_uses(source: Source) -> None:
    """Decide what a source is, or say what does not go together."""
    if source.encodings:
        if source.number_by and all(e.unknown for e in source.encodings):
            raise UnsupportedModelError(
                f"column {source.name!r} is read as a number by step {source.number_by} and as categories, unknown "
                f"ones included, by step {source.encodings[0].step}: expected one of both, or handle_unknown='error'"
            )
        return
    if not source.number_by and source.seen and any(isinstance(fill, str) for fill in source.fills):
        # text that an imputer reads and nothing keeps
        source.encodings.append(Encoding("SimpleImputer", tuple(source.fills), unknown=True))
    elif source.marks:
        step, value = source.marks[0]
        raise UnsupportedModelError(
            f"step {step}: SimpleImputer(missing_values={value!r}) on the numeric column {source.name!r}: expected "
            f"NaN; replace {value!r} by NaN in the rows and fit with missing_values=np.nan"
        )


class _Walk:
    """Follows columns through steps, and notes who reads the sources.

    Parameters
    ----------
    sources : list of Source
        The columns of the input.
    values : mapping from source to tuple, or None
        The values that are declared of some; ``None`` if they are not known yet.
    """

    def __init__(self, sources: list[Source], values: category_steps.Values | None) -> None:
        self.notes, self.sources, self.values = Notes(sources), sources, values
        self._inside: dict[str, Callable[[Any, str, Columns, int | None], Columns]] = {
            "ColumnTransformer": self._column_transformer,
            "FeatureUnion": self._union,
            "Pipeline": self._pipeline,
        }

    def follow(self, step: Any, path: str, columns: Columns, width: int | None = None) -> Columns:
        """Return the columns after a step; `width` tells how many there are, if something else knows."""
        if is_passthrough(step):
            return columns
        kind = class_of(step)
        inside = self._inside.get(kind)
        if inside is not None:
            if kind != "Pipeline":
                self._check_fitted(step, path, columns)
            return inside(step, path, columns, width)
        rule = _selected if _selects(step) else _RULES.get(kind)
        if rule is None and kind != "FunctionTransformer":
            raise not_taken(path, step)
        self._check_fitted(step, path, columns)
        self._see(columns)
        if rule is None:
            return self._function(step, path, columns, width)
        return rule(self.notes, step, path, columns)

    def _see(self, columns: Columns) -> None:
        """Note that a step looks at columns, which may be of different dtypes."""
        beside = {column.source for column in columns if not column.coded}
        for column in columns:
            self.sources[column.source].seen = True
            self.sources[column.source].beside |= not column.coded and len(beside) > 1

    @staticmethod
    def _check_fitted(step: Any, path: str, columns: Columns) -> None:
        count = getattr(step, "n_features_in_", None)
        if count is None:
            if class_of(step) == "FunctionTransformer" or (class_of(step) == "FeatureUnion" and step.transformer_list):
                return
            raise not_fitted(path, step)
        if count != len(columns):
            raise UnsupportedModelError(
                f"step {path} ({type(step).__name__}) reads {count} columns but gets {len(columns)}: "
                "expected a pipeline that was fitted as a whole"
            )

    def _function(self, step: Any, path: str, columns: Columns, width: int | None) -> Columns:
        if step.func is None:
            return columns
        if isinstance(known_function(step.func, step.kw_args), Known):
            return number_steps.function(self.notes, step, path, columns)
        return category_steps.declared(self.notes, step, path, columns, self.values, width)

    def _pipeline(self, step: Any, path: str, columns: Columns, width: int | None) -> Columns:
        following = [getattr(part, "n_features_in_", None) for _, part in step.steps[1:]]
        for (name, part), made in zip(step.steps, [*following, width], strict=True):
            columns = self.follow(part, f"{path} / {name!r}", columns, made)
        return columns

    def _union(self, step: Any, path: str, columns: Columns, width: int | None) -> Columns:
        made: Columns = []
        parts = [(name, part) for name, part in step.transformer_list if not (isinstance(part, str) and part == "drop")]
        for name, part in parts:
            own = f"{path} / {name!r}"
            out = self.follow(part, own, columns, width if len(parts) == 1 else None)
            made += number_steps.weighted(self.notes, (step.transformer_weights or {}).get(name), own, out)
        return made

    def _column_transformer(self, step: Any, path: str, columns: Columns, width: int | None) -> Columns:
        made: dict[int, ModelColumn] = {}
        for name, part, wanted in step.transformers_:
            chosen = [columns[i] for i in _positions(wanted, step, path)]
            if not chosen or (isinstance(part, str) and part == "drop"):
                continue
            place = step.output_indices_[name]
            own = f"{path} / {name!r}"
            out = self.follow(part, own, chosen, place.stop - place.start)
            if len(out) != place.stop - place.start:
                raise UnsupportedModelError(
                    f"step {path} / {name!r} makes {place.stop - place.start} columns, not the {len(out)} that it is "
                    "known to make"
                )
            out = number_steps.weighted(self.notes, (step.transformer_weights or {}).get(name), own, out)
            made.update(zip(range(place.start, place.stop), out, strict=True))
        return [made[i] for i in range(len(made))]


Rule = Callable[[Notes, Any, str, Columns], Columns]
_RULES: dict[str, Rule] = {
    "StandardScaler": number_steps.scaler,
    "MinMaxScaler": number_steps.scaler,
    "MaxAbsScaler": number_steps.scaler,
    "RobustScaler": number_steps.scaler,
    "PowerTransformer": number_steps.powers,
    "QuantileTransformer": number_steps.ranks,
    "Binarizer": number_steps.monotone,
    "KBinsDiscretizer": number_steps.bins,
    "SimpleImputer": number_steps.imputer,
    "MissingIndicator": number_steps.indicator,
    "KNNImputer": number_steps.filled_by_others,
    "IterativeImputer": number_steps.filled_by_others,
    "OneHotEncoder": category_steps.one_hot,
    "OrdinalEncoder": category_steps.ordinal,
    "TargetEncoder": category_steps.target,
}


def _selected(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    return [column for column, kept in zip(columns, step.get_support().tolist(), strict=True) if kept]


def _selects(step: Any) -> bool:
    """Tell whether a step is a selector of columns with scikit-learn's own ``transform``."""
    from sklearn.feature_selection import SelectorMixin

    return isinstance(step, SelectorMixin) and type(step).transform is SelectorMixin.transform


def _positions(wanted: Any, step: Any, path: str) -> list[int]:
    """Return the columns that a fitted ColumnTransformer means by names, numbers, a mask or a slice."""
    names = [str(name) for name in getattr(step, "feature_names_in_", ())]
    count = int(step.n_features_in_)
    if isinstance(wanted, slice):
        ends = [wanted.start, wanted.stop]
        if any(isinstance(end, str) for end in ends):
            start = 0 if ends[0] is None else names.index(ends[0])
            stop = count if ends[1] is None else names.index(ends[1]) + 1
            return list(range(start, stop, wanted.step or 1))
        return list(range(count)[wanted])
    listed = [wanted] if isinstance(wanted, (str, int, np.integer)) else list(wanted)
    if listed and all(isinstance(item, (bool, np.bool_)) for item in listed):
        return [i for i, kept in enumerate(listed) if kept]
    found = []
    for item in listed:
        if isinstance(item, str):
            if item not in names:
                raise UnsupportedModelError(f"step {path} names the column {item!r}, which it was not fitted on")
            found.append(names.index(item))
        else:
            found.append(range(count)[int(item)])
    return found

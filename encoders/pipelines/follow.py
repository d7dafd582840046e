"""Following columns through the steps of a pipeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...engine.errors import BadInputError, UnsupportedModelError
from ..columns.missing import is_missing
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


def make_plan(pipeline: Any, names: tuple[str, ...] | None = None) -> Plan:
    """Follow the columns through the steps before the last one.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    names : tuple of str, optional
        Names of the columns, for the texts of errors.

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
    walk = _Walk([Source(name) for name in shown])
    columns = [ModelColumn(i) for i in range(count)]
    for name, step in pipeline.steps[:-1]:
        columns = walk.follow(step, repr(name), columns)
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
    return Plan(tuple(walk.sources), ends, fitted)


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


Columns = list[ModelColumn]


class _Walk:
    """Follows columns through steps, and notes who reads the sources."""

    def __init__(self, sources: list[Source]) -> None:
        self.sources = sources
        self._rules: dict[str, Callable[[Any, str, Columns], Columns]] = {
            "StandardScaler": self._scaler,
            "MinMaxScaler": self._scaler,
            "MaxAbsScaler": self._scaler,
            "RobustScaler": self._scaler,
            "Binarizer": self._monotone,
            "KBinsDiscretizer": self._bins,
            "SimpleImputer": self._imputer,
            "OneHotEncoder": self._one_hot,
            "OrdinalEncoder": self._ordinal,
            "FunctionTransformer": self._function,
            "ColumnTransformer": self._column_transformer,
            "Pipeline": self._pipeline,
        }

    def follow(self, step: Any, path: str, columns: Columns) -> Columns:
        """Return the columns after a step."""
        if is_passthrough(step):
            return columns
        rule = self._selector if _selects(step) else self._rules.get(class_of(step))
        if rule is None:
            raise not_taken(path, step)
        if rule != self._pipeline:
            self._check_fitted(step, path, columns)
        if rule not in (self._pipeline, self._column_transformer):
            beside = {column.source for column in columns if not column.coded}
            for column in columns:
                self.sources[column.source].seen = True
                self.sources[column.source].beside |= not column.coded and len(beside) > 1
        return rule(step, path, columns)

    @staticmethod
    def _check_fitted(step: Any, path: str, columns: Columns) -> None:
        if not hasattr(step, "n_features_in_"):
            if class_of(step) == "FunctionTransformer":
                return
            raise not_fitted(path, step)
        if step.n_features_in_ != len(columns):
            raise UnsupportedModelError(
                f"step {path} ({type(step).__name__}) reads {step.n_features_in_} columns but gets {len(columns)}: "
                "expected a pipeline that was fitted as a whole"
            )

    def _monotone(self, step: Any, path: str, columns: Columns) -> Columns:
        for column in columns:
            source = self.sources[column.source]
            if not column.coded:
                source.number_by = source.number_by or path
        return [column if column.coded else replace(column, raw=False) for column in columns]

    def _scaler(self, step: Any, path: str, columns: Columns) -> Columns:
        scale = getattr(step, "scale_", None)
        if scale is not None:
            for column, factor in zip(columns, np.asarray(scale, dtype=np.float64).tolist(), strict=True):
                if not column.coded and not (np.isfinite(factor) and factor > 0):
                    raise UnsupportedModelError(
                        f"step {path} ({type(step).__name__}) scales column {self.sources[column.source].name!r} by "
                        f"{factor}: expected a positive number"
                    )
        return self._monotone(step, path, columns)

    def _bins(self, step: Any, path: str, columns: Columns) -> Columns:
        if step.encode != "ordinal":
            raise UnsupportedModelError(
                f"step {path} is a KBinsDiscretizer(encode={step.encode!r}): expected encode='ordinal'"
            )
        return self._monotone(step, path, columns)

    def _imputer(self, step: Any, path: str, columns: Columns) -> Columns:
        if step.add_indicator:
            raise UnsupportedModelError(
                f"step {path} is a SimpleImputer(add_indicator=True): expected add_indicator=False"
            )
        kept = []
        for column, fill in zip(columns, step.statistics_.tolist(), strict=True):
            source = self.sources[column.source]
            if not is_missing(step.missing_values) and not column.coded:
                if not column.raw:
                    raise UnsupportedModelError(
                        f"step {path}: SimpleImputer(missing_values={step.missing_values!r}) on column {source.name!r} "
                        "after it was scaled: expected missing_values=np.nan"
                    )
                source.marks.append((path, step.missing_values))
            if not column.coded:
                source.fills.append(fill)
            if step.keep_empty_features or not is_missing(fill):
                kept.append(column)
        return kept

    def _encode(self, step: Any, path: str, columns: Columns, unknown: bool, counts: Sequence[int]) -> Columns:
        made: Columns = []
        for column, categories, count in zip(columns, step.categories_, counts, strict=True):
            source = self.sources[column.source]
            if not column.coded:
                if not column.raw:
                    raise UnsupportedModelError(
                        f"step {path} is a {type(step).__name__} on column {source.name!r} after it was scaled or "
                        "binned: expected an encoder of the original column"
                    )
                source.encodings.append(Encoding(path, tuple(categories.tolist()), unknown))
            made += [ModelColumn(column.source, coded=True, raw=False)] * count
        return made

    def _one_hot(self, step: Any, path: str, columns: Columns) -> Columns:
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
        return self._encode(step, path, columns, step.handle_unknown != "error", counts)

    def _ordinal(self, step: Any, path: str, columns: Columns) -> Columns:
        return self._encode(step, path, columns, step.handle_unknown != "error", [1] * len(columns))

    def _function(self, step: Any, path: str, columns: Columns) -> Columns:
        if step.func is not None:
            name = getattr(step.func, "__name__", repr(step.func))
            raise not_taken(path, step, f"which calls {name}, expected func=None")
        return columns

    def _selector(self, step: Any, path: str, columns: Columns) -> Columns:
        return [column for column, kept in zip(columns, step.get_support().tolist(), strict=True) if kept]

    def _pipeline(self, step: Any, path: str, columns: Columns) -> Columns:
        for name, part in step.steps:
            columns = self.follow(part, f"{path} / {name!r}", columns)
        return columns

    def _column_transformer(self, step: Any, path: str, columns: Columns) -> Columns:
        if step.transformer_weights:
            raise UnsupportedModelError(f"step {path} is a ColumnTransformer with transformer_weights: expected none")
        made: dict[int, ModelColumn] = {}
        for name, part, wanted in step.transformers_:
            chosen = [columns[i] for i in _positions(wanted, step, path)]
            if not chosen or (isinstance(part, str) and part == "drop"):
                continue
            place = step.output_indices_[name]
            out = self.follow(part, f"{path} / {name!r}", chosen)
            if len(out) != place.stop - place.start:
                raise UnsupportedModelError(
                    f"step {path} / {name!r} makes {place.stop - place.start} columns, not the {len(out)} that it is "
                    "known to make"
                )
            made.update(zip(range(place.start, place.stop), out, strict=True))
        return [made[i] for i in range(len(made))]


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

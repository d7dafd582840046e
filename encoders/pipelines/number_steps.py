"""What steps for numbers make of their columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...engine.errors import UnsupportedModelError
from ..columns.missing import is_missing
from .functions import FLAT, UP, VALLEY, Known, Refusal, known_function
from .plan import ModelColumn, Noise, Source, Tap, not_taken

Columns = list[ModelColumn]
_POWERS, _RANKS = 8, 16  # last bits by which powers and ranks may be off; see ``shadows`` for the rest


class Notes:
    """What is noted of the sources and the steps while columns are followed."""

    def __init__(self, sources: list[Source]) -> None:
        self.sources = sources
        self.taps: list[Tap] = []
        self.noise: list[Noise] = []

    def source(self, column: ModelColumn) -> Source:
        """Return the source of a column."""
        return self.sources[column.source]

    def numbers(self, path: str, columns: Columns) -> None:
        """Note that a step reads columns as numbers."""
        for column in columns:
            source = self.source(column)
            if not column.coded:
                source.number_by = source.number_by or path

    def tap(self, step: Any, place: int, column: ModelColumn, thresholds: tuple[float, ...], *, bins: bool) -> int:
        """Return the number of a new tap."""
        self.taps.append(Tap(step, place, column, thresholds, bins))
        return len(self.taps) - 1


def monotone(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    """Return columns of which a step makes some that rise with them."""
    notes.numbers(path, columns)
    return [column if column.coded else replace(column, raw=False) for column in columns]


def scaler(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    """Return scaled columns."""
    scale = getattr(step, "scale_", None)
    if scale is not None:
        for column, factor in zip(columns, np.asarray(scale, dtype=np.float64).tolist(), strict=True):
            if not column.coded and not (np.isfinite(factor) and factor > 0):
                raise UnsupportedModelError(
                    f"step {path} ({type(step).__name__}) scales column {notes.source(column).name!r} by "
                    f"{factor}: expected a positive number"
                )
    return monotone(notes, step, path, columns)


def weighted(notes: Notes, weight: Any, path: str, columns: Columns) -> Columns:
    """Return columns that are multiplied by a weight."""
    if weight is None:
        return columns
    factor = float(weight)
    if not isinstance(weight, float):
        _note_wraps(notes, path, columns)
    if not np.isfinite(factor):
        raise UnsupportedModelError(f"step {path} has the weight {factor}: expected a finite number")
    made = monotone(notes, None, path, columns)
    return (
        made if factor >= 0 else [column if column.coded else replace(column, trend=-column.trend) for column in made]
    )


def powers(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    """Return columns of powers (Yeo and Johnson, Box and Cox)."""
    lambdas = np.asarray(step.lambdas_, np.float64)
    if not np.isfinite(lambdas).all():
        raise UnsupportedModelError(
            f"step {path}: its powers (lambdas_) are {lambdas.tolist()}: expected finite numbers"
        )
    known = Known(ulps=_POWERS, partial=step.method == "box-cox")
    return _applied(notes, step, path, scaler(notes, getattr(step, "_scaler", None), path, columns), known)


def ranks(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    """Return columns of ranks among quantiles, or of what a normal distribution has for them."""
    return _applied(notes, step, path, columns, Known(ulps=_RANKS))


def _note_wraps(notes: Notes, path: str, columns: Columns) -> None:
    """Note columns that a step calculates with as they come."""
    for column in columns:
        if column.raw and not column.coded:
            notes.source(column).wraps = path


def function(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    """Return columns to which a function of numpy is applied."""
    known = known_function(step.func, step.kw_args)
    if isinstance(known, Refusal):
        raise not_taken(path, step, known.why)
    if known.trend != UP:
        _note_wraps(notes, path, columns)
    return _applied(notes, step, path, columns, known)


def _applied(notes: Notes, step: Any, path: str, columns: Columns, known: Known) -> Columns:
    notes.numbers(path, columns)
    made = []
    for place, column in enumerate(columns):
        source = notes.source(column)
        if column.coded:
            made.append(column)
            continue
        source.partial |= known.partial
        made.append(_through(notes, step, path, place, replace(column, raw=False), known))
    if known.ulps:
        trends = tuple(0 if column.coded else int(np.sign(column.trend)) for column in made)
        notes.noise.append(Noise(step, trends, known.ulps))
    return made


def _through(notes: Notes, step: Any, path: str, place: int, column: ModelColumn, known: Known) -> ModelColumn:
    """Return what a function makes of a column of numbers."""
    if column.trend == FLAT:
        return column
    if known.trend == VALLEY:
        if column.cuts:
            raise _too_odd(notes, step, path, column)
        if column.noisy:  # moved by its last bits, it would be on the other side of 0
            name = notes.source(column).name
            raise not_taken(path, step, f"after a step that makes column {name!r} uncertain in its last bits")
        tap = notes.tap(step, place, column, (-5e-324,), bins=False)
        return replace(column, trend=VALLEY, cuts=(tap,))
    noisy = column.noisy or known.ulps > 0
    return replace(column, trend=column.trend * known.trend, noisy=noisy)


def _too_odd(notes: Notes, step: Any, path: str, column: ModelColumn) -> UnsupportedModelError:
    name = notes.source(column).name
    return not_taken(path, step, f"after a step that makes column {name!r} positive (or squares it)")


def bins(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    """Return columns of bins: their numbers, or a column for each of them."""
    if step.encode == "ordinal":
        return monotone(notes, step, path, columns)
    notes.numbers(path, columns)
    made: Columns = []
    for place, (column, count) in enumerate(zip(columns, np.asarray(step.n_bins_).tolist(), strict=True)):
        if column.coded or column.trend == FLAT:
            made += [replace(column, raw=False)] * count
            continue
        if column.cuts:
            raise _too_odd(notes, step, path, column)
        tap = notes.tap(step, place, column, tuple(np.arange(count - 1) + 0.5), bins=True)
        made += [replace(column, raw=False, trend=FLAT, noisy=False, cuts=(tap,))] * count
    return made


def imputer(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    """Return columns with values in place of missing ones, and what tells that they were missing."""
    kept = []
    for column, fill in zip(columns, step.statistics_.tolist(), strict=True):
        _note_marks(notes, step, path, column)
        if not column.coded:
            notes.source(column).fills.append(fill)
        if step.keep_empty_features or not is_missing(fill):
            kept.append(column)
    inside = step.indicator_ if step.add_indicator else None
    return kept if inside is None else kept + _marks(inside, columns)


def indicator(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    """Return columns that tell whether others are missing."""
    for column in columns:
        _note_marks(notes, step, path, column)
    return _marks(step, columns)


def _marks(step: Any, columns: Columns) -> Columns:
    return [replace(columns[i], raw=False, trend=UP, noisy=False, cuts=()) for i in np.asarray(step.features_).tolist()]


def _note_marks(notes: Notes, step: Any, path: str, column: ModelColumn) -> None:
    """Note a value, other than NaN and None, that stands for a missing one."""
    if is_missing(step.missing_values) or column.coded:
        return
    if not column.raw:
        raise UnsupportedModelError(
            f"step {path}: {type(step).__name__}(missing_values={step.missing_values!r}) on column "
            f"{notes.source(column).name!r} after it was scaled: expected missing_values=np.nan"
        )
    notes.source(column).marks.append((path, step.missing_values))


def filled_by_others(notes: Notes, step: Any, path: str, columns: Columns) -> Columns:
    """Return columns whose missing values are filled in from other columns: as they are, where none is missing."""
    if not is_missing(step.missing_values) or step.add_indicator:
        why = "add_indicator=True" if step.add_indicator else f"missing_values={step.missing_values!r}"
        raise not_taken(path, step, f"with {why}, which fills in values from other columns")
    for column in columns:
        if not column.coded:
            notes.source(column).unfilled = notes.source(column).unfilled or f"{path} ({type(step).__name__})"
    kept = _kept_by(step, len(columns))
    return [column for column, stays in zip(monotone(notes, step, path, columns), kept, strict=True) if stays]


def _kept_by(step: Any, count: int) -> list[bool]:
    """Return which columns had a value when an imputer was fitted; it leaves out the others."""
    if hasattr(step, "_valid_mask"):  # KNNImputer
        valid = np.asarray(step._valid_mask) | step.keep_empty_features  # its own name for it
        return [bool(stays) for stays in valid]
    first = step.initial_imputer_
    if first.keep_empty_features:
        return [True] * count
    return [not is_missing(fill) for fill in first.statistics_.tolist()]

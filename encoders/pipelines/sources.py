"""What the source columns of a pipeline are: numbers, or categories with their codes, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import BadInputError, UnsupportedModelError
from ..columns.coded_columns import MISSING, OTHER, CodeColumn, FreeColumn, NumberColumn, SourceColumn, key_of
from ..columns.missing import is_missing
from .plan import Source
from .probe import Probe

Images = NDArray[np.floating[Any]]
_FILLERS = (1.0, 0.5, 10.0, 100.0, 1e4, -0.5, -10.0)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a pipeline makes of its sources.

    Attributes
    ----------
    columns : list of columns
        The sources.
    images : mapping from source to ndarray, shape (n_codes, n_columns)
        What each code becomes, in the columns that reach the tree.
    ordinal : frozenset of int
        Sources whose codes are ordered by what they become.
    absent : mapping from source to ndarray, shape (n_columns,)
        What a missing value becomes, for the sources that may be missing.
    missing : frozenset of int
        Sources that may be missing, but for those where that is a category.
    """

    columns: list[SourceColumn]
    images: dict[int, Images]
    ordinal: frozenset[int]
    absent: dict[int, Images]
    missing: frozenset[int]


@dataclass(slots=True)
class _Listed:
    """The values of a source that encoders tell apart; `other`, one of them, stands for all that are not listed."""

    values: list[Any]
    other: Any = ...

    def is_other(self, value: Any) -> bool:
        return self.other is not ... and key_of(value) == key_of(self.other)


def survey(probe: Probe, missing: frozenset[int]) -> Survey:
    """Ask a pipeline about all its sources (the limits of numbers are left open).

    Raises
    ------
    BadInputError
        If a column is declared missing and the pipeline takes no missing value there.
    UnsupportedModelError
        If the pipeline takes no value of some column.
    """
    plan = probe.plan
    listed = _listed(probe)
    for s, values in _taken(probe, {s: known.values for s, known in listed.items()}).items():
        listed[s].values = values
    columns: list[SourceColumn] = [
        NumberColumn() if source.seen or source.number_by else FreeColumn() for source in plan.sources
    ]
    images: dict[int, Images] = {}
    ordinal = set()
    answers = probe.images({s: known.values for s, known in listed.items()}) if listed else np.empty((0, 0), np.float32)
    _check_row_by_row(probe, listed)
    blanks = _taken(probe, {s: [np.nan, None] if _may_be_blank(plan.sources[s]) else [] for s in listed})
    for s, known in listed.items():
        own = [j for j, column in enumerate(plan.columns) if column.source == s]
        order, by_rank = _order(answers[: len(known.values)][:, own])
        known.values = [known.values[i] for i in order]
        images[s] = answers[order]
        ordinal |= {s} if by_rank else set()
        columns[s] = _code_column(probe, s, known, images[s][:, own], blanks[s])
    kept = frozenset(c for c in missing if not _has_missing_code(columns[c]))
    return Survey(columns, images, frozenset(ordinal), _absent(probe, columns, kept), kept)


def _check_row_by_row(probe: Probe, listed: dict[int, _Listed]) -> None:
    """Raise if a function that is only known by its results makes others of a value among others than of it alone."""
    for s, known in listed.items():
        source, values = probe.plan.sources[s], known.values
        if not source.declared or not values:
            continue
        together = probe.images({s: values})
        others = probe.images({s: values[::-1]})[::-1]
        alone = probe.images({s: values[-1:]})
        if not (_same(together, others) and _same(together[-1:], alone)):
            raise UnsupportedModelError(
                f"column {source.name!r}: step {source.encodings[0].step} makes of a value what depends on the other "
                "rows: expected a function of a row alone"
            )


def _same(one: Images, other: Images) -> bool:
    return np.array_equal(one, other, equal_nan=True)


def _listed(probe: Probe) -> dict[int, _Listed]:
    """Return the values of all sources that encoders read; the first of each becomes its filler."""
    plan = probe.plan
    listed = {s: _candidates(source) for s, source in enumerate(plan.sources) if source.encodings}
    for s, known in listed.items():
        if not known.values:
            raise UnsupportedModelError(
                f"no value of column {plan.sources[s].name!r} is known to all encoders that read it"
            )
        probe.fillers[s] = known.values[0]
    _fill_partial(probe)
    probe.check_fillers()
    return listed


def _fill_partial(probe: Probe) -> None:
    """Let the fillers of sources that steps make nothing of for some numbers (0, or all below it) be others."""
    sources = probe.plan.sources
    partial = [s for s, source in enumerate(sources) if source.partial and not source.encodings]
    for number in _FILLERS:
        if all(probe.made(s, np.array([probe.fillers[s]])) for s in partial):
            return
        for s in partial:
            if number == _FILLERS[0] or not probe.made(s, np.array([probe.fillers[s]])):
                probe.fillers[s] = number


def _may_be_blank(source: Source) -> bool:
    """Tell whether NaN or None can be taken: it is imputed, known, or one of many unknown values."""
    known = any(is_missing(value) for encoding in source.encodings for value in encoding.categories)
    return bool(source.fills) or known or any(encoding.unknown for encoding in source.encodings)


def _candidates(source: Source) -> _Listed:
    """Return the values of a source that encoders tell apart, in their order."""
    strict = [encoding for encoding in source.encodings if not encoding.unknown]
    values = {key_of(v): v for encoding in strict[:1] or source.encodings for v in encoding.categories}
    for encoding in strict[1:]:
        known = {key_of(v) for v in encoding.categories}
        values = {key: v for key, v in values.items() if key in known}
    values |= {key_of(v): v for _, v in source.marks}
    listed = list(values.values())
    if strict:
        return _Listed(listed)
    other = _other(listed)
    return _Listed([*listed, other], other)


def _other(values: list[Any]) -> Any:
    """Return a value of the same kind that is not listed."""
    real = [v for v in values if not is_missing(v)]
    if real and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in real):
        return float(np.ceil(max(real)) + 1)
    text = OTHER
    while text in real:
        text += " "
    return text


def _taken(probe: Probe, listed: dict[int, list[Any]]) -> dict[int, list[Any]]:
    """Leave out the values that the pipeline does not take."""
    questions = [(s, value) for s, values in listed.items() for value in values]
    kept: dict[int, list[Any]] = {s: [] for s in listed}
    for (s, value), fits in zip(questions, probe.takes(questions), strict=True):
        if fits:
            kept[s].append(value)
    return kept


def _order(images: Images) -> tuple[list[int], bool]:
    """Return an order of the codes, in which equal images lie side by side, and whether it is by rank."""
    codes = list(range(len(images)))
    for j in range(images.shape[1]):
        column = images[:, j]
        if len(np.unique(column[~np.isnan(column)])) > 2:
            return sorted(codes, key=lambda i: (bool(np.isnan(column[i])), float(column[i]), i)), True
    rows = [image.tobytes() for image in images]
    return sorted(codes, key=lambda i: (rows.count(rows[i]) > 1, i)), False


def _code_column(probe: Probe, source: int, listed: _Listed, images: Images, blanks: list[Any]) -> CodeColumn:
    """Return the codes of a source.

    `images` are its columns of what they become, `blanks` those of NaN and None that are taken.
    """
    values = listed.values
    other = next((code for code, value in enumerate(values) if listed.is_other(value)), None)
    codes = {key_of(value): code for code, value in enumerate(values) if code != other}
    own = [j for j, column in enumerate(probe.plan.columns) if column.source == source]
    answers = probe.images({source: blanks})[:, own] if blanks else images[:0]
    imputed = []
    category = next((codes[key_of(blank)] for blank in (np.nan, None) if key_of(blank) in codes), None)
    for blank, image in zip(blanks, answers, strict=True):
        if key_of(blank) in codes:
            continue
        # None may be a mere unknown value where NaN is a category or imputed, and the other way round
        unknown = other is not None and np.array_equal(image, images[other], equal_nan=True)
        if other is not None and unknown and (category is not None or len(blanks) == 2):
            codes[key_of(blank)] = other
        else:
            imputed.append(blank)
    if category is not None:
        codes = {key_of(np.nan): category, key_of(None): category} | codes
        imputed = []
    elif not imputed and blanks:  # both are unknown values
        codes = {key: code for key, code in codes.items() if key not in (key_of(np.nan), key_of(None))}
        imputed = blanks
    labels = tuple(_label(value, code == other, values) for code, value in enumerate(values))
    return CodeColumn(tuple(values), labels, codes, other, imputed[0] if imputed else ...)


def _label(value: Any, is_other: bool, values: Sequence[Any]) -> Any:
    """Return what a code is called."""
    if is_other:
        return OTHER
    if is_missing(value):
        return MISSING if sum(map(is_missing, values)) == 1 else f"({value})"
    if type(value).__name__ == "Timestamp" and value == value.normalize():
        return value.date()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _has_missing_code(column: SourceColumn) -> bool:
    """Tell whether a missing value is one of the categories."""
    return isinstance(column, CodeColumn) and any(is_missing(value) for value in column.tokens)


def _absent(probe: Probe, columns: list[SourceColumn], missing: frozenset[int]) -> dict[int, Images]:
    """Return what a missing value becomes, for each source."""
    asked: dict[int, Any] = {}
    for c in sorted(missing):
        column = columns[c]
        if not isinstance(column, FreeColumn):
            asked[c] = column.blank if isinstance(column, CodeColumn) else np.nan
    possible = [(c, value) for c, value in asked.items() if value is not ...]
    taken = {c for (c, _), fits in zip(possible, probe.takes(possible), strict=True) if fits}
    by_others = [probe.plan.sources[c] for c in sorted(missing) if probe.plan.sources[c].unfilled]
    if by_others:
        raise BadInputError(
            f"missing values in {[source.name for source in by_others]}: step {by_others[0].unfilled} fills them in "
            "from other columns; impute them in the rows, or fit the pipeline with a SimpleImputer in its place"
        )
    refused = [probe.plan.sources[c].name for c in asked if c not in taken]
    if refused:
        raise BadInputError(
            f"missing values in {refused}: this pipeline takes none there; impute them in the rows, or fit it with a "
            "SimpleImputer"
        )
    return {c: probe.images({c: [value]})[0] for c, value in possible}


def takes_missing_somewhere(probe: Probe) -> bool:
    """Tell whether the pipeline takes NaN in some column."""
    _listed(probe)
    sources = sorted(range(len(probe.fillers)), key=lambda s: not probe.plan.sources[s].fills)
    return any(any(probe.takes([(s, np.nan), (s, None)])) for s in sources)

"""The dtypes in which the steps of a pipeline get its columns."""

from __future__ import annotations

from ..columns.dtypes import ABSENT, SPARSE, USUAL, Dtypes, told_dtype
from ..columns.row_kind import RowKind
from .plan import Plan, Source


def usual_dtypes(plan: Plan) -> Dtypes:
    """Return the dtypes of rows of which nothing is known: numbers are float64."""
    return tuple("" if source.encodings or not _is_read(source) else USUAL for source in plan.sources)


def dtypes_of(plan: Plan, kind: RowKind, *, absent_is_missing: bool = False) -> Dtypes:
    """Return the dtypes of a pipeline's columns in rows that were given so.

    Raises
    ------
    BadInputError
        If columns of a frame are sparse.
    """
    if kind.container == "sparse":
        return ((ABSENT if absent_is_missing else SPARSE) + told_dtype(kind.dtypes[0], False, ""),) * len(plan.sources)
    return tuple(
        told_dtype(dtype, bool(source.encodings), source.name) if _is_read(source) and _matters(source) else usual
        for source, dtype, usual in zip(plan.sources, kind.dtypes, usual_dtypes(plan), strict=True)
    )


def _is_read(source: Source) -> bool:
    return bool(source.seen or source.number_by)


def _matters(source: Source) -> bool:
    """Tell whether steps may calculate in the dtype of a column: of categories only if it comes beside numbers."""
    return not source.encodings or source.beside

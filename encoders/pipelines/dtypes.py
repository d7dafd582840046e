"""The dtypes in which the steps of a pipeline get its columns."""

from __future__ import annotations

from ..columns.dtypes import Dtypes
from ..columns.row_dtypes import TypedColumn
from .plan import Plan, Source


def typed_columns(plan: Plan) -> tuple[TypedColumn, ...]:
    """Return what matters of the dtype of each column of a pipeline."""
    return tuple(
        TypedColumn(source.name, bool(source.encodings), _is_read(source), _matters(source)) for source in plan.sources
    )


def usual_dtypes(plan: Plan) -> Dtypes:
    """Return the dtypes of rows of which nothing is known: numbers are float64."""
    return tuple(column.usual for column in typed_columns(plan))


def _is_read(source: Source) -> bool:
    return bool(source.seen or source.number_by)


def _matters(source: Source) -> bool:
    """Tell whether steps may calculate in the dtype of a column: of categories only if it comes beside numbers."""
    return not source.encodings or source.beside

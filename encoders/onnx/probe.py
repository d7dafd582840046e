"""Asking onnxruntime what the nodes before the trees or the linear model make of values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Reading
from ...engine.errors import BadInputError
from ..columns.coded_columns import CodeColumn, FreeColumn, Numbers, typed
from ..columns.coded_rows import Rows
from ..columns.dtypes import limits_of
from ..columns.missing import is_missing
from ..pipelines.plan import Plan
from ..pipelines.probe import Probe
from .graph import Graph
from .sessions import Runner, feeds_of

Images = NDArray[np.floating[Any]]
_LARGEST = 1 << 31
_ROWS = 20_000  # that are run at once, at most


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The part of a graph that makes the columns of the model, and the whole one: what a probe calls its pipeline."""

    graph: Graph
    before: Runner
    whole: Runner

    def transform(self, feeds: dict[str, Any]) -> Any:
        """Return the columns that reach the model."""
        made = self.before(feeds)[0]
        return made.reshape(len(made), -1)

    def predict(self, feeds: dict[str, Any]) -> Any:
        """Return what the graph says."""
        return labels_of(self.whole, feeds)


def labels_of(runner: Runner, feeds: dict[str, Any]) -> NDArray[Any]:
    """Return what a graph says of rows, one label or number each."""
    count = len(next(iter(feeds.values())))
    parts = [
        np.asarray(runner({name: array[i : i + _ROWS] for name, array in feeds.items()})[0]).reshape(-1)
        for i in range(0, count, _ROWS)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


class GraphProbe(Probe):
    """A probe whose pipeline is a graph (``Steps``)."""

    def _input(self, asked: dict[int, Sequence[Any]], count: int) -> dict[str, Any]:
        columns = []
        for source, filler in enumerate(self.fillers):
            values = asked.get(source)
            if values is None or not len(values):
                columns.append(typed([filler] * count))
            elif isinstance(values, np.ndarray):
                columns.append(np.concatenate([values, np.repeat(values[-1:], count - len(values))]))
            else:
                columns.append(typed([filler, *values, *[values[-1]] * (count - len(values))])[1:])
        return feeds_of(self.pipeline.graph, columns)

    def images(
        self, asked: dict[int, Sequence[Any]], *, stored: bool = False, shade: int = 0, taps: bool = False,
        filled: bool = False,
    ) -> Images:  # fmt: skip
        """Return the columns that reach the model, as it reads them, shape (rows, columns)."""
        count = max((len(values) for values in asked.values()), default=1)
        feeds = self._input(asked, count)
        step = max(1, min(_ROWS, 4_000_000 // max(1, len(self.plan.columns))))
        parts = [
            self.pipeline.transform({name: array[i : i + step] for name, array in feeds.items()})
            for i in range(0, count, step)
        ]
        with np.errstate(all="ignore"):
            return np.concatenate(parts).astype(self.precision.value)

    def leaves_out(self) -> bool:
        """Tell that nothing is left out."""
        return False


@dataclass(frozen=True, slots=True)
class NumberCodes(CodeColumn):
    """A column of numbers of which encoders tell some apart: each is read in the column's own dtype.

    Attributes
    ----------
    dtype : str
        That of the input.
    whole : bool
        Whether the encoders know whole numbers only; onnxruntime would cut others off.
    """

    dtype: str = "float32"
    whole: bool = False

    def code_of(self, value: Any, name: str, row: int, missing: bool) -> float:
        """Return the code of a user's value, NaN for a missing one."""
        if is_missing(value):
            return CodeColumn.code_of(self, None if value is None else np.nan, name, row, missing)
        number = isinstance(value, (int, float, np.number, np.bool_)) and bool(np.isfinite(value))
        if not number or (self.whole and not (float(value).is_integer() and abs(value) < _LARGEST)):
            kind = "a whole number of 32 bits" if self.whole else "a number"
            raise BadInputError(f"feature {name!r} is {value!r} in row {row}: expected {kind}, as the graph reads it")
        held = float(value) if self.whole else float(np.dtype(self.dtype).type(value))
        return CodeColumn.code_of(self, held, name, row, missing)


@dataclass(frozen=True, slots=True)
class TextCodes(CodeColumn):
    """A column of texts."""

    def code_of(self, value: Any, name: str, row: int, missing: bool) -> float:
        """Return the code of a user's value."""
        if not isinstance(value, str) and not is_missing(value):
            raise BadInputError(f"feature {name!r} is {value!r} in row {row}: expected a text, as the graph reads it")
        return CodeColumn.code_of(self, value, name, row, missing)


def text_codes(column: CodeColumn) -> CodeColumn:
    """Return a column of codes as one whose values are texts."""
    return TextCodes(column.tokens, column.labels, column.codes, column.other, column.blank, column.void)


@dataclass(frozen=True, slots=True)
class Unread(FreeColumn):
    """A column that nothing reads, as onnxruntime takes it: whatever is in it, some value of the input's dtype."""

    dtype: str = ""

    def values(self, numbers: Numbers) -> NDArray[Any]:
        """Return what is fed for the numbers in the matrix."""
        if not self.dtype:
            return np.full(len(numbers), "", object)
        if self.dtype in ("float32", "float64"):
            return numbers
        return np.clip(np.rint(np.nan_to_num(numbers)), *limits_of(self.dtype))


def number_codes(column: CodeColumn, dtype: str, whole: bool | None = None) -> CodeColumn:
    """Return a column of codes as one whose values are read as numbers of a dtype.

    `whole` tells whether only whole numbers are read; left out: where the dtype or all known values are whole.
    """
    if whole is None:
        real = [token for token in column.tokens if not is_missing(token)]
        whole = dtype not in ("float32", "float64") or all(float(token).is_integer() for token in real)
    return NumberCodes(
        column.tokens, column.labels, column.codes, column.other, column.blank, column.void, dtype, whole
    )  # fmt: skip


def predict_of(graph: Graph, runner: Runner, rows: Rows) -> Callable[[Numbers], NDArray[Any]]:
    """Return what the graph says of matrices of numbers and codes."""

    def predict(matrix: Numbers) -> NDArray[Any]:
        columns = [column.values(matrix[:, c]) for c, column in enumerate(rows.columns)]
        for c, dtype in enumerate(rows.dtypes):
            if dtype and not isinstance(rows.columns[c], CodeColumn):
                columns[c] = np.clip(columns[c], *limits_of(dtype))
        return labels_of(runner, feeds_of(graph, columns))

    return predict


def precision_of(dtype: str) -> Reading:
    """Return the precision in which a model reads columns of a dtype."""
    return Reading.FLOAT64 if dtype == "float64" else Reading.FLOAT32


def probe_of(steps: Steps, plan: Plan, fillers: list[Any], precision: Reading, dtypes: tuple[str, ...]) -> GraphProbe:
    """Return a probe of a graph."""
    return GraphProbe(steps, plan, fillers, precision, dtypes=dtypes)

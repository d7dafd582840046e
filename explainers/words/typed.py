"""What users may pass, as types: arguments that many calls share are told once, and type checkers spell them out.

``**how: Unpack[Initial]`` in an overload stands for all these arguments by name; the methods themselves name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypedDict

import numpy as np
from numpy.typing import NDArray

from ...encoders.columns.told import Row

Types = Mapping[str, Any] | None  # what features are


class Compiling(TypedDict, total=False):
    """How a model is compiled and checked."""

    theory: str | Iterable[Sequence[int]] | None
    missing: str | bool | Sequence[str]
    feature_names: Sequence[str] | None
    check: bool
    voting: str
    ranges: Mapping[Any, Any] | None
    setup_limit: float | None


class Initial(Compiling, total=False):
    """Arguments of ``Explainer.initialize``."""

    background: Any


class ExplainOptions(Compiling, total=False):
    """Arguments of ``explain``."""

    features_type: Types
    excluded: Iterable[str | int]
    over: str
    time_limit: float | None
    n_jobs: int | None
    progress: bool
    immutable: Iterable[str | int]
    monotone: Mapping[str, str] | None
    tolerance: float | None
    interval: tuple[float, float] | None


class Frame(Protocol):
    """A data frame (of pandas, of polars): many rows, columns of types of their own."""

    @property
    def columns(self) -> Any:
        """Names of the columns."""

    @property
    def dtypes(self) -> Any:
        """Their types."""


class Sparse(Protocol):
    """A sparse matrix of scipy: many rows."""

    def tocsr(self) -> Any:
        """Return it row by row."""


class Series(Protocol):
    """A series (of pandas, of polars): one row, of one type."""

    @property
    def name(self) -> Any:
        """Its name."""

    def to_numpy(self) -> Any:
        """Return its values."""

    def __iter__(self) -> Iterator[Any]: ...


Value = str | float | np.generic | None  # of a column
OneRow = Row | Mapping[str, Any] | Series | Sequence[Value]
ManyRows = Frame | Sparse | Sequence[Row | Mapping[str, Any] | list[Any] | tuple[Any, ...] | NDArray[Any]]

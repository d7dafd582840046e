"""Instances as the user gave them: what is read, what is kept, and in which types rows are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...encoders.columns.containers import in_dtype
from ...encoders.columns.given import Given, given_row
from ...encoders.columns.missing import is_missing
from ...encoders.columns.row_kind import RowKind, kind_of
from ...encoders.columns.rows import plain_rows
from ...encoders.fingerprint import Watch
from ...encoders.registry import absent_of, own_names
from ...engine.domain.typed_features import Types, whole_columns
from ...engine.models import CompiledModel
from .witness import Teller

_LOOSE = ("series", "mapping", "list")


class Instances:
    """Reads the instances of one model.

    Parameters
    ----------
    compiled : CompiledModel
        The model.
    background : array-like, optional
        Rows whose container and dtypes say what columns hold.
    """

    def __init__(self, compiled: CompiledModel, background: Any = None) -> None:
        self.names: tuple[str, ...] = compiled.vocabulary.names
        self.own: Sequence[str] | None = own_names(compiled.source)
        self.watch = Watch(compiled.source)
        absent = absent_of(compiled.source)
        self._absent = 0.0 if absent is None else absent
        self._kinds: dict[RowKind, RowKind] = {}
        self._arrays: dict[Any, RowKind] = {}
        self._frame: tuple[Any, list[Any], RowKind] | None = None  # the last frame's labels and dtypes
        self._whole: dict[int, Types] = {}  # by the id of a kind, which is kept
        self.told: RowKind | None = None
        self.typed = False
        if background is not None:
            self.tell_in(background)

    def tell_in(self, background: Any) -> None:
        """Let the container and dtypes of some rows say what columns hold."""
        self.told = self.kind_of(background)
        self.typed = self.told.typed

    def tell_as(self, kind: RowKind) -> None:
        """Let a kind of rows say what columns hold."""
        self.told, self.typed = self._one(kind), kind.typed

    def kind_of(self, rows: Any) -> RowKind:
        """Describe rows as they were given; equal kinds are one object."""
        rows = rows if type(rows) is np.ndarray else plain_rows(rows)
        if type(rows) is np.ndarray:
            kind = self._arrays.get(rows.dtype)
            if kind is None:
                kind = self._arrays[rows.dtype] = self._one(kind_of(rows, self.names, self.own))
            return kind
        columns = getattr(rows, "columns", None)
        if columns is None or not hasattr(columns, "equals"):
            return self._one(kind_of(rows, self.names, self.own))
        dtypes = rows.dtypes.tolist()
        before = self._frame
        if before is None or not (columns.equals(before[0]) and all(map(is_, dtypes, before[1]))):
            before = self._frame = (columns, dtypes, self._one(kind_of(rows, self.names, self.own)))
        return before[2]

    def _one(self, kind: RowKind) -> RowKind:
        if kind.container == "sparse":
            kind = replace(kind, absent=self._absent)
        return self._kinds.setdefault(kind, kind)

    def whole(self, kind: RowKind) -> Types:
        """Return the columns that hold whole numbers or truth values: by the background's dtypes, else by these."""
        decides = self.told if self.typed and self.told is not None else kind
        if id(decides) not in self._whole:
            self._whole[id(self._one(decides))] = whole_columns(decides.columns)
        return self._whole[id(decides)]

    def usual(self) -> RowKind:
        """Return what rows are like where there is no instance: the background's kind, or arrays."""
        return self.told or RowKind("array", self.names, (None,) * len(self.names))

    def taken(self, instance: Any) -> tuple[Any, RowKind, RowKind, str]:
        """Return an instance as it is to be read, its kind, the kind it is told in, and what has to be known of that.

        Series, mappings, lists and arrays of objects have no dtype for each column: they are told in the background's.
        The numbers of all but lists are rounded to these dtypes; this is what the note says.
        """
        instance = instance if type(instance) is np.ndarray else plain_rows(instance)
        kind, told = self.kind_of(instance), self.told
        if told is None or not self.typed:
            return instance, kind, kind, ""
        objects = kind.container == "array" and not kind.typed
        loose = kind.container in _LOOSE or (objects and (instance.ndim < 2 or len(instance) == 1))
        if not loose:
            return instance, kind, kind, ""
        if kind.container == "list":
            return instance, kind, told, ""
        values = given_row(instance, 0, kind, self.names, self.own, np.zeros(0)).values
        read = tuple(in_dtype(v, dtype, None) for v, dtype in zip(values, told.dtypes, strict=True))
        rounded = [
            f"{name} = {new}"
            for name, old, new in zip(self.names, values, read, strict=True)
            if not (is_missing(old) and is_missing(new)) and old != _plain(new)
        ]
        note = f"read in the background's dtypes: {', '.join(rounded[:6])}{', …' if len(rounded) > 6 else ''}"
        given = dict(zip(self.names, read, strict=True))
        return given, self.kind_of(given), told, note if rounded else ""

    def teller(
        self, compiled: CompiledModel, rows: Any, index: int, read: NDArray[np.float64], own: RowKind, kind: RowKind,
        note: str = "",
    ) -> Teller:  # fmt: skip
        """Return what tells rows around row `index` of rows of kind `own`, which the model reads as `read`."""
        given = given_row(plain_rows(rows), index, own, self.names, self.own, read)
        if own is not kind:
            values = (in_dtype(v, dtype, v) for v, dtype in zip(given.values, kind.dtypes, strict=True))
            pairs = zip(given.values, values, strict=True)
            given = Given(kind, tuple(new if _same(old, new) else old for old, new in pairs))
        return Teller(compiled, kind, given, note, self.watch)


def _same(old: Any, new: Any) -> bool:
    return (is_missing(old) and is_missing(new)) or bool(old == new)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value

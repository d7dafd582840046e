"""The last guard: what is explained is what the model's own ``predict`` says of the rows as they were given."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...encoders.columns.given import in_order
from ...encoders.columns.probe_rows import probe_rows
from ...encoders.columns.row_kind import RowKind
from ...encoders.columns.rows import plain_rows
from ...encoders.meta.as_given import predict_as_given
from ...encoders.selfcheck import compare
from ...engine.arrays import F64
from ...engine.domain.space import Space
from ...engine.errors import SufficeError
from ...engine.models import CompiledModel
from .instances import Instances

_LOOSE = ("series", "mapping", "list")  # they have no dtypes of their own, and are read as the self-check's rows are


class Guard:
    """Compares the compiled form with ``predict`` on rows of the user's own kinds.

    Rows of many are compared all, in one call. A single row costs nothing where rows of its container and dtypes were
    compared before; else it is compared together with rows of the same kind at the model's borders.
    """

    def __init__(self, instances: Instances) -> None:
        self._instances = instances
        # by the ids of kinds, which the instances keep; arrays of float64 are what the self-check compares
        self._known: set[tuple[int, tuple[str, ...]]] = {(id(instances.kind_of(np.zeros(len(instances.names)))), ())}

    def knows(self, compiled: CompiledModel, kind: RowKind) -> bool:
        """Tell whether rows of a kind were compared before, at the model's borders as well."""
        return (id(kind), compiled.dtypes) in self._known

    def check_rows(self, compiled: CompiledModel, space: Space, rows: Any, read: F64) -> None:
        """Compare all of some rows, which the model reads as `read`.

        Raises
        ------
        SelfCheckError
            It names the first row that ``predict`` decides otherwise.
        """
        instances = self._instances
        kind = instances.kind_of(rows)
        if not len(read):
            return  # models predict at least one row
        given = rows if kind.container in _LOOSE else in_order(plain_rows(rows), kind)
        said: NDArray[Any] = compiled.predict(read) if kind.container in _LOOSE else predict_as_given(compiled, given)
        compare(compiled, space, read, said)
        self._known.add((id(kind), compiled.dtypes))

    def check_row(self, compiled: CompiledModel, space: Space, row: Any, kind: RowKind, read: F64) -> None:
        """Compare one row, if no row of its kind was compared before; raises SelfCheckError as ``check_rows`` does."""
        key = (id(kind), compiled.dtypes)
        if kind.container in _LOOSE or key in self._known:
            return
        self.check_rows(compiled, space, row, read[None, :])
        self._known.discard(key)  # until the borders are compared as well
        try:
            rows = probe_rows(compiled, kind, read)
            borders = compiled.read(rows)
        except SufficeError:  # a kind that has no other rows of this model: each of them is compared on its own
            return
        compare(compiled, space, borders, predict_as_given(compiled, rows))
        self._known.add(key)

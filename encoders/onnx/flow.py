"""Following columns through the nodes of a graph.

Guaranteed form
---------------
A tensor has one column for each number that a row has in it. A column depends on one column of the input, its source.
If it is ``coded`` it is any function of the values that encoders of categories tell apart; else it is a function of a
number that never falls, or never rises (``rising``). What nodes make of values is not calculated here: onnxruntime is
asked (``probe``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import FormatError, UnsupportedModelError
from ..pipelines.plan import Encoding, Source
from .graph import REMEDY, Graph, Node


@dataclass(frozen=True, slots=True)
class Column:
    """See the text of the module.

    Attributes
    ----------
    source : int
        The column of the input.
    coded : bool
        Whether it is a function of categories.
    raw : bool
        Whether present values are still those of the source.
    rising : int
        1 if it never falls where the source rises, -1 if it never rises, 0 if it does neither.
    cut : bool
        Whether numbers lost what follows the point: only encoders may read it then.
    """

    source: int
    coded: bool = False
    raw: bool = True
    rising: int = 1
    cut: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """The columns of a tensor: an array of the shape of one row, and the dtype."""

    columns: NDArray[Any]
    dtype: str

    @property
    def flat(self) -> list[Column]:
        """The columns in their order."""
        return list(self.columns.reshape(-1))


def tensor(columns: list[Column], dtype: str, shape: tuple[int, ...] | None = None) -> Tensor:
    """Return columns as a tensor."""
    array = np.empty(len(columns), object)
    array[:] = columns
    return Tensor(array if shape is None else array.reshape(shape), dtype)


class Flow:
    """Follows columns, and notes who reads the sources.

    Parameters
    ----------
    graph : Graph
        The graph.
    sources : list of Source
        Columns of the input, in their order; what reads them is noted there.
    known : mapping from str to Tensor
        The tensors that it begins with.
    """

    def __init__(self, graph: Graph, sources: list[Source], known: dict[str, Tensor]) -> None:
        self.graph = graph
        self.sources = sources
        self.known = known
        self.constants: dict[str, Any] = dict(graph.constants)

    def told(self, node: Node, place: int) -> Tensor | NDArray[Any] | None:
        """Return an input of a node: columns or a constant, None where it is left out."""
        name = node.inputs[place] if place < len(node.inputs) else ""
        if not name:
            return None
        found = self.constants.get(name)
        if found is not None:
            return np.asarray(found)
        return self.known[name]

    def columns(self, node: Node, place: int = 0) -> Tensor:
        """Return an input of a node that has columns."""
        found = self.told(node, place)
        if not isinstance(found, Tensor):
            raise not_taken(self, node, "of a constant")
        return found

    def fixed(self, node: Node, place: int) -> NDArray[Any] | None:
        """Return an input of a node that is constant, None where it is left out."""
        found = self.told(node, place)
        if isinstance(found, Tensor):
            raise not_taken(self, node, "whose settings depend on the row")
        return found

    def numbers(self, node: Node, *tensors: Tensor) -> None:
        """Note that a node reads numbers.

        Raises
        ------
        UnsupportedModelError
            If they are texts, or lost what follows the point.
        """
        for column in (column for one in tensors for column in one.flat if not column.coded):
            source = self.sources[column.source]
            if column.cut or any(one.dtype == "str" for one in tensors):
                raise not_taken(self, node, f"of column {source.name!r}, which is no number")
            source.number_by = source.number_by or node.told

    def encodes(self, node: Node, column: Column, listed: list[Any], *, unknown: bool) -> Column:
        """Note that a node tells the listed values of a column apart; return what comes out."""
        source = self.sources[column.source]
        if not column.coded and not column.raw:
            raise not_taken(self, node, f"of column {source.name!r} after its numbers were changed")
        source.encodings.append(Encoding(node.told, tuple(listed), unknown))
        source.seen = True
        return Column(column.source, coded=True, raw=False)


def not_taken(flow: Flow, node: Node, why: str = "") -> UnsupportedModelError:
    """Return the error for a node that is not taken."""
    return UnsupportedModelError(
        f"{flow.graph.where} has the {node.told}{' ' + why if why else ''}, which is not taken: expected columns that "
        "are chosen, scaled, filled in or encoded one by one before the trees or the linear model;\nhand over the "
        "model that it was exported from, or use SurrogateExplainer with a function that runs the session"
    )


def changed(column: Column, rising: int) -> Column:
    """Return what becomes of a column of numbers by a function that rises or falls."""
    return column if column.coded else replace(column, raw=False, rising=column.rising * rising)


def damaged(flow: Flow, node: Node, what: str) -> FormatError:
    """Return the error for a node whose attributes do not fit."""
    return FormatError(f"{flow.graph.where} has the {node.told} {what}: {REMEDY}")

"""The columns of a graph's inputs, and how those that reach the model come from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...engine.errors import BadInputError, UnsupportedModelError
from ..columns.rows import default_names
from ..pipelines.follow import check_uses
from ..pipelines.plan import ModelColumn, Plan, Source
from .ends import End
from .flow import Column, Flow, tensor
from .following import reach
from .graph import Graph, Input


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """The plan of a graph.

    Attributes
    ----------
    plan : Plan
        The columns.
    names : tuple of str or None
        Names of the inputs, where each is a column.
    shown : tuple of str
        Names of the columns as the user sees them.
    dtypes : tuple of str
        Those of the columns; empty for texts.
    reads : str
        The dtype of what reaches the model.
    direct : bool
        Whether the model reads the input as it is, in its own precision.
    inputs : tuple of Input
        Those of the graph, each with its width.
    """

    plan: Plan
    names: tuple[str, ...] | None
    shown: tuple[str, ...]
    dtypes: tuple[str, ...]
    reads: str
    direct: bool
    inputs: tuple[Input, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The columns of the inputs."""
        return self.plan.sources

    @property
    def fillers(self) -> tuple[object, ...]:
        """A value that each column holds."""
        return tuple(0.0 if dtype else "" for dtype in self.dtypes)

    def renamed(self, names: tuple[str, ...] | None) -> Planned:
        """Return the same with other names of the columns."""
        if names is None:
            return self
        if len(names) != len(self.sources):
            raise BadInputError(f"{len(names)} feature names: expected {len(self.sources)}, one for each column")
        sources = tuple(replace(one, name=name) for one, name in zip(self.sources, names, strict=True))
        return replace(self, plan=replace(self.plan, sources=sources), shown=names)


def planned(graph: Graph, end: End) -> Planned:
    """Follow the columns of a graph up to its model.

    Raises
    ------
    UnsupportedModelError
        If a node on the way is not taken.
    """
    widths = [_width(one.width, end, one.name, len(graph.inputs)) for one in graph.inputs]
    wide = tuple(replace(one, width=width) for one, width in zip(graph.inputs, widths, strict=True))
    single = all(width == 1 for width in widths)
    names = tuple(one.name for one in graph.inputs) if single and len(widths) > 1 else None
    count = sum(widths)
    shown = names or default_names(count)
    sources = [Source(name) for name in shown]
    known, at = {}, 0
    dtypes: list[str] = []
    for one, width in zip(graph.inputs, widths, strict=True):
        columns = [Column(at + i) for i in range(width)]
        known[one.name] = tensor(columns, one.dtype, () if one.flat else (width,))
        dtypes += ["" if one.dtype == "str" else one.dtype] * width
        at += width
    flow = Flow(graph, sources, known)
    reached = reach(flow, end.node.inputs[0])
    _check(graph, end, flow, reached.flat, reached.dtype)
    if (reached.dtype == "float64") != end.double:
        raise UnsupportedModelError(
            f"{end.where} reads {reached.dtype}, which its columns do not show; export it again"
        )
    for source in sources:
        check_uses(source)
    ends = tuple(
        ModelColumn(c.source, c.coded or bool(sources[c.source].encodings), c.raw and not c.coded) for c in reached.flat
    )
    first = graph.inputs[0]
    plain = len(graph.inputs) == 1 and end.node.inputs[0] == first.name and not first.flat
    direct = plain and end.linear is None and first.dtype in ("float32", "float64")
    plan = Plan(tuple(sources), ends, names)
    return Planned(plan, names, shown, tuple(dtypes), reached.dtype, direct, wide)


def _width(told: int | None, end: End, name: str, inputs: int) -> int:
    """Return the number of columns of an input."""
    if told is not None:
        return told
    if inputs == 1 and end.node.inputs[0] == name:
        return end.width
    raise UnsupportedModelError(
        f"{end.where} does not tell how many columns its input {name!r} has: export it with a shape, such as [None, 12]"
    )


def _check(graph: Graph, end: End, flow: Flow, columns: list[Column], dtype: str) -> None:
    """Raise an error if what reaches the model is nothing that it takes."""
    if end.width > len(columns) or (end.linear is not None and end.width < len(columns)):
        raise UnsupportedModelError(
            f"{end.where} reads column {end.width - 1} of {len(columns)}: the model is damaged, save it again"
        )
    for column in columns:
        name = flow.sources[column.source].name
        if column.coded:
            continue
        if column.cut or dtype == "str":
            raise UnsupportedModelError(
                f"{graph.where} turns column {name!r} into whole numbers before its model: expected an input of whole "
                "numbers (int64), or numbers as they are"
            )
        if column.rising < 0:
            raise UnsupportedModelError(
                f"{graph.where} turns the order of column {name!r} round before its model (by a negative factor): "
                "expected factors above 0"
            )
        source = flow.sources[column.source]
        source.number_by = source.number_by or end.node.told

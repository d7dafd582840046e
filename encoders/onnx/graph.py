"""An ONNX graph as plain data: what goes in, its nodes, its constants, what comes out.

Guaranteed form
---------------
Every tensor is made once: by an input, a constant or a node, and no node waits for itself. Inputs are columns, or
matrices of columns, of a type that numpy knows. What the attributes of nodes say is checked where they are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.errors import FormatError, UnsupportedModelError, shown

REMEDY = "the model is damaged, save it again"
DTYPES = {1: "float32", 11: "float64", 6: "int32", 7: "int64", 9: "bool", 8: "str"}  # of tensors, by their number
ML = "ai.onnx.ml"
_KINDS = {1: "FLOAT", 2: "INT", 3: "STRING", 4: "TENSOR", 6: "FLOATS", 7: "INTS", 8: "STRINGS"}  # of attributes


@dataclass(frozen=True, slots=True)
class Input:
    """What goes in: its name, its dtype ("str" for texts), its columns, and whether rows are a vector of it."""

    name: str
    dtype: str
    width: int | None
    flat: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One step; ``attributes`` are plain numbers, texts, arrays and lists of texts."""

    op: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    place: int

    @property
    def told(self) -> str:
        """What error messages call it."""
        return f"node {self.op} ({', '.join(self.outputs)})"


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """See the text of the module.

    Attributes
    ----------
    proto : ModelProto
        What it was read from; it is not changed.
    where : str
        What error messages call the model.
    inputs, nodes, constants, outputs
        The parts; ``outputs`` are names.
    made_by : mapping from str to Node
        The node that makes a tensor.
    """

    proto: Any
    where: str
    inputs: tuple[Input, ...]
    nodes: tuple[Node, ...]
    constants: Mapping[str, Any]
    outputs: tuple[str, ...]
    made_by: Mapping[str, Node]

    def needed(self, names: Iterable[str], given: Iterable[str] = ()) -> list[Node]:
        """Return the nodes that some tensors are made by where others are given, in an order that works.

        Raises
        ------
        FormatError
            If a tensor is made by nothing, or in a circle.
        """
        known = set(given) | {one.name for one in self.inputs}
        done: dict[int, Node] = {}
        inside: set[int] = set()
        stack = [(name, False) for name in reversed(list(names))]
        while stack:
            name, leaving = stack.pop()
            if name in known or name in self.constants or not name:
                continue
            node = self.made_by.get(name)
            if node is None:
                raise FormatError(f"{self.where} uses {shown(name)}, which nothing makes: {REMEDY}")
            if node.place in done:
                continue
            if leaving:
                inside.discard(node.place)
                done[node.place] = node
                continue
            if node.place in inside:
                raise FormatError(f"{self.where} makes {shown(name)} out of itself: {REMEDY}")
            inside.add(node.place)
            stack.append((name, True))
            stack += [(other, False) for other in reversed(node.inputs)]
        return list(done.values())


def graph_of(proto: Any, where: str) -> Graph:
    """Return the graph of a ModelProto.

    Raises
    ------
    FormatError
        If tensors are made twice or by nothing, or nothing comes out.
    UnsupportedModelError
        If something goes in that is no column of numbers or texts.
    """
    graph = proto.graph
    if not graph.node or not graph.output:
        raise FormatError(f"{where} has no nodes or no outputs: expected an ONNX model; {REMEDY}")
    constants = {one.name: _array(one, where) for one in graph.initializer}
    inputs = tuple(_input(one, where) for one in graph.input if one.name not in constants)
    nodes: list[Node] = []
    made_by: dict[str, Node] = {}
    for place, one in enumerate(graph.node):
        node = Node(
            one.op_type, "" if one.domain == "ai.onnx" else one.domain, tuple(one.input), tuple(one.output),
            {a.name: _value(a, where) for a in one.attribute}, place,
        )  # fmt: skip
        if node.op == "Constant" and not node.domain:
            constants[node.outputs[0]] = _constant(node, where)
            continue
        nodes.append(node)
        for name in filter(None, node.outputs):
            if name in made_by or name in constants or any(name == put.name for put in inputs):
                raise FormatError(f"{where} makes {shown(name)} twice: {REMEDY}")
            made_by[name] = node
    outputs = tuple(one.name for one in graph.output)
    found = Graph(proto, where, inputs, tuple(nodes), constants, outputs, made_by)
    found.needed(outputs)
    return found


def _input(told: Any, where: str) -> Input:
    tensor = told.type.tensor_type
    dims = list(tensor.shape.dim)
    kind = DTYPES.get(tensor.elem_type, "")
    if told.type.WhichOneof("value") != "tensor_type" or not kind or len(dims) not in (1, 2):
        raise UnsupportedModelError(
            f"{where} reads {told.name!r}, which is no matrix or column of numbers or texts: expected inputs of shape "
            "[rows, columns] or [rows]"
        )
    if len(dims) == 1:
        return Input(told.name, kind, 1, True)
    width = int(dims[1].dim_value)
    return Input(told.name, kind, width if width > 0 else None)


def _array(tensor: Any, where: str) -> Any:
    """Return a constant tensor: an array, of objects for texts."""
    from onnx import numpy_helper

    try:
        array = np.asarray(numpy_helper.to_array(tensor))
    except Exception as error:  # of whatever kind: the tensor is not as its header says
        raise FormatError(f"{where} has a tensor that cannot be read ({shown(str(error), 60)}): {REMEDY}") from None
    if array.dtype == object:
        array = _texts(array)
    array.flags.writeable = False
    return array


def _texts(array: Any) -> Any:
    made = np.empty(array.shape, object)
    made.reshape(-1)[:] = [one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in array.ravel()]
    return made


def _constant(node: Node, where: str) -> Any:
    for key in ("value", "value_float", "value_floats", "value_int", "value_ints"):
        if key in node.attributes:
            return np.asarray(node.attributes[key])
    for key in ("value_string", "value_strings"):
        if key in node.attributes:
            return np.asarray(node.attributes[key], object)
    raise FormatError(f"{where} has a Constant without a value: {REMEDY}")


def _value(told: Any, where: str) -> Any:
    """Return what an attribute says; None for graphs and what else no node here has."""
    kind = _KINDS.get(told.type, "")
    if kind == "FLOATS":
        return np.fromiter(told.floats, np.float32, len(told.floats))
    if kind == "INTS":
        return np.fromiter(told.ints, np.int64, len(told.ints))
    if kind == "STRINGS":
        return [one.decode("utf-8", "replace") for one in told.strings]
    if kind == "TENSOR":
        return _array(told.t, where)
    if kind == "STRING":
        return told.s.decode("utf-8", "replace")
    return {"FLOAT": told.f, "INT": told.i}.get(kind)

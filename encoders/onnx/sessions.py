"""Running parts of a graph by onnxruntime: the tensors that some others make.

All runs are on one thread of a processor, where trees are added in their order for one row and for many.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...engine.errors import FormatError, UnsupportedModelError, shown
from .graph import DTYPES, REMEDY, Graph

_NUMBERS = {name: number for number, name in DTYPES.items()}


class Runner:
    """A part of a graph.

    Parameters
    ----------
    graph : Graph
        The whole.
    outputs : sequence of str
        The tensors that are wanted.
    given : sequence of (str, str, dims), optional
        Tensors, their dtypes and dims (texts and None are open), that are fed in place of the inputs.
    """

    def __init__(
        self, graph: Graph, outputs: Sequence[str], given: Sequence[tuple[str, str, Sequence[Any]]] | None = None
    ) -> None:
        self.outputs = list(outputs)
        self._where = graph.where
        self._session = _session(_part(graph, self.outputs, given), graph.where)
        self._reads = {put.name for put in self._session.get_inputs()}

    def __call__(self, feeds: Mapping[str, Any]) -> list[Any]:
        """Return the wanted tensors."""
        fed = {name: array for name, array in feeds.items() if name in self._reads}
        try:
            return list(self._session.run(self.outputs, fed))
        except Exception as error:  # of the runtime or of its bindings: of whatever class
            raise UnsupportedModelError(f"onnxruntime does not run {self._where} ({_reason(error)})") from None


def runtime() -> Any:
    """Return onnxruntime.

    Raises
    ------
    UnsupportedModelError
        If it is not installed.
    """
    try:
        import onnxruntime
    except ImportError:
        raise UnsupportedModelError(
            "an ONNX model needs the package onnxruntime, whose predictions are compared: pip install 'suffice[onnx]'"
        ) from None
    return onnxruntime


def check_whole(graph: Graph) -> None:
    """Raise FormatError if onnxruntime does not take the graph with all its outputs."""
    if len(graph.outputs) > 1:
        _session(bytes(graph.proto.SerializeToString()), graph.where)


def _session(content: bytes, where: str) -> Any:
    onnxruntime = runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # of the runtime or of its bindings: of whatever class
        raise FormatError(f"{where} is refused by onnxruntime ({_reason(error)}): {REMEDY}") from None


def _reason(error: Exception) -> str:
    """Return what onnxruntime says, without places in its source."""
    told = re.sub(r"Exception during initialization: .* was false\. ?|/\S+:\d+ ", "", str(error).rpartition(" : ")[2])
    return shown(told.strip() or type(error).__name__, 120)


def _part(graph: Graph, outputs: Sequence[str], given: Sequence[tuple[str, str, Sequence[Any]]] | None) -> bytes:
    """Return a part of a graph as a model of its own."""
    import onnx

    names = [name for name, _, _ in given] if given is not None else []
    nodes = graph.needed(outputs, names)
    wanted = {name for node in nodes for name in node.inputs} | set(outputs)
    whole = graph.proto
    part = onnx.ModelProto()
    part.ir_version = whole.ir_version
    part.opset_import.extend(whole.opset_import)
    part.functions.extend(whole.functions)
    inside = part.graph
    inside.name = "part"
    inside.node.extend(one for one in whole.graph.node if one.op_type == "Constant" and set(one.output) & wanted)
    inside.node.extend(whole.graph.node[node.place] for node in nodes)
    inside.initializer.extend(one for one in whole.graph.initializer if one.name in wanted)
    if given is None:
        inside.input.extend(
            one for one in whole.graph.input if one.name in wanted and one.name not in graph.constants
        )  # fmt: skip
    else:
        inside.input.extend(
            onnx.helper.make_tensor_value_info(name, _NUMBERS[dtype], list(dims)) for name, dtype, dims in given
        )
    known = {one.name: one for one in whole.graph.output}
    for name in outputs:
        inside.output.append(known[name] if name in known else onnx.ValueInfoProto(name=name))
    return bytes(part.SerializeToString())


def feeds_of(graph: Graph, columns: Sequence[Any]) -> dict[str, Any]:
    """Return what is fed for the columns of rows, each an array.

    Raises
    ------
    ValueError
        If an input does not hold a value.
    """
    feeds, at = {}, 0
    for one in graph.inputs:
        width = one.width or 1
        own = [_typed(column, one.dtype) for column in columns[at : at + width]]
        at += width
        feeds[one.name] = own[0] if one.flat else np.column_stack(own) if len(own) > 1 else own[0].reshape(-1, 1)
    return feeds


def _typed(values: Any, dtype: str) -> Any:
    """Return values as an input takes them."""
    array = np.asarray(values)
    if dtype == "str":
        if any(not isinstance(value, str) for value in dict.fromkeys(array.tolist())):
            raise ValueError("a column of texts has a value that is none")
        return array.astype(object)
    if dtype in ("float32", "float64"):
        with np.errstate(over="ignore"):
            return array.astype(dtype)
    numbers = array.astype(np.float64) if array.dtype == object else array
    whole = numbers.astype(dtype)
    if not (whole == numbers).all():
        raise ValueError(f"{dtype} does not hold a value")
    return whole

"""What stands in the place of an ONNX model, and its bytes: a path, the bytes themselves, a proto, a session."""

from __future__ import annotations

import functools
from typing import Any

from ...engine.errors import BadInputError, FormatError, UnsupportedModelError, shown
from ..encoder import class_in
from ..model_files import ONNX, begins_like, content_at, file_name, is_path, library_of
from .graph import Graph, graph_of

TAKEN = "an .onnx file, its bytes, an onnx.ModelProto or an onnxruntime.InferenceSession"
_BYTES = (bytes, bytearray)


def kind_of(model: Any) -> str:
    """Return "bytes", "file", "proto" or "session", empty for anything else."""
    if isinstance(model, _BYTES):
        return "bytes" if begins_like(bytes(model[:64])) == ONNX else ""
    if is_path(model):
        return "file" if library_of(model) == ONNX else ""
    if class_in(model, "onnx", ("ModelProto",)):
        return "proto"
    return "session" if class_in(model, "onnxruntime", ("InferenceSession",)) else ""


def named(model: Any) -> str:
    """Return what error messages call a model."""
    kind = kind_of(model)
    return file_name(model) if kind == "file" else {"session": "the session's model"}.get(kind, "the ONNX model")


def read(model: Any) -> Graph:
    """Return the graph of a model.

    Raises
    ------
    FormatError
        If it is damaged.
    UnsupportedModelError
        If onnx is not installed, or a session does not tell its model.
    BadInputError
        If a file cannot be read.
    """
    kind = kind_of(model)
    if kind == "session":
        return _of_session(model)
    if kind == "proto":
        return _parsed(_serialized(model), named(model))
    if kind == "bytes":
        return _parsed(bytes(model), named(model))
    graph: Graph = content_at(model, _file_at)
    return graph


def _of_session(session: Any) -> Graph:
    """Return the graph that a session was made of."""
    content, path = getattr(session, "_model_bytes", None), getattr(session, "_model_path", None)
    where = named(session)
    if isinstance(content, _BYTES) and begins_like(bytes(content[:64])) == ONNX:
        return _parsed(bytes(content), where)
    if path and library_of(path) == ONNX:
        found = read(path)
        told, own = sorted(put.name for put in session.get_outputs()), sorted(found.outputs)
        if told == own and [put.name for put in session.get_inputs()] == [one.name for one in found.inputs]:
            return found
        raise UnsupportedModelError(
            f"the file {shown(path, 200)} is another model by now than the session's: hand over the model's own path"
        )
    raise UnsupportedModelError(
        "this InferenceSession does not tell the ONNX model that it was made of: hand over the path or the bytes of "
        "the .onnx file"
    )


def _serialized(proto: Any) -> bytes:
    try:
        return bytes(proto.SerializeToString())
    except Exception as error:  # protobuf's own, which is not imported here
        raise BadInputError(
            f"the ModelProto cannot be written ({shown(str(error), 80)}): hand over the path of its file"
        ) from None


@functools.lru_cache(maxsize=4)
def _file_at(path: str, _time: int, _size: int) -> Graph:
    with open(path, "rb") as stream:
        return graph_of(_whole(stream.read(), path), file_name(path))


@functools.lru_cache(maxsize=4)
def _parsed(content: bytes, where: str) -> Graph:
    proto = _proto(content, where)
    if _is_apart(proto):
        raise FormatError(f"{where} keeps numbers in other files: hand over the path of its own file")
    return graph_of(proto, where)


def _is_apart(proto: Any) -> bool:
    """Tell whether numbers of a model lie in other files."""
    apart = _onnx().TensorProto.EXTERNAL
    return any(one.data_location == apart for one in proto.graph.initializer)


def _whole(content: bytes, path: str) -> Any:
    """Return the proto of a file, with the numbers that it keeps in other files beside it."""
    import os

    proto = _proto(content, file_name(path))
    if _is_apart(proto):
        try:
            _onnx().load_external_data_for_model(proto, os.path.dirname(os.path.abspath(path)))
        except Exception as error:
            raise FormatError(
                f"{file_name(path)} keeps numbers in other files that cannot be read ({shown(str(error), 80)}): put "
                "them beside it, or save the model in one file"
            ) from None
    return proto


def _proto(content: bytes, where: str) -> Any:
    try:
        return _onnx().ModelProto.FromString(content)
    except UnsupportedModelError:
        raise
    except Exception:  # protobuf's own
        raise FormatError(f"{where} is damaged or cut off: expected an ONNX model; save it again") from None


def _onnx() -> Any:
    try:
        import onnx
    except ImportError:
        raise UnsupportedModelError(
            "an ONNX model needs the packages onnx and onnxruntime: pip install 'suffice[onnx]'"
        ) from None
    return onnx

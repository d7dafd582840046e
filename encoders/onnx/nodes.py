"""What each kind of node makes of columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .flow import Column, Flow, Tensor, changed, damaged, not_taken, tensor
from .graph import DTYPES, Node

Rule = Callable[[Flow, Node], "Tensor | dict[str, Tensor]"]
_FLOATS, _WHOLES = ("float32", "float64"), ("int32", "int64", "bool")
_EXACT = 1 << 24  # whole numbers below it are float32 numbers
NAN = float("nan")


def _same(flow: Flow, node: Node) -> Tensor:
    return flow.columns(node)


def _arranged(flow: Flow, node: Node, make: Callable[[Flow, Node, NDArray[Any]], NDArray[Any]]) -> Tensor:
    given = flow.columns(node)
    return Tensor(make(flow, node, given.columns), given.dtype)


def _reshape(flow: Flow, node: Node, columns: NDArray[Any]) -> NDArray[Any]:
    told = flow.fixed(node, 1)
    shape = [] if told is None else told.reshape(-1).tolist()
    if not shape or shape[0] not in (-1, 0) or -1 in shape[1:] or 0 in shape[1:]:
        raise not_taken(flow, node, f"to the shape {shape}")
    if int(np.prod(shape[1:])) != columns.size:
        raise not_taken(flow, node, "that mixes rows")
    return columns.reshape(shape[1:])


def _flatten(flow: Flow, node: Node, columns: NDArray[Any]) -> NDArray[Any]:
    if node.attributes.get("axis", 1) != 1:
        raise not_taken(flow, node)
    return columns.reshape(-1)


def _axes(flow: Flow, node: Node, count: int) -> list[int]:
    """Return the axes of a node, as counted from the first."""
    told = flow.fixed(node, 1) if len(node.inputs) > 1 else node.attributes.get("axes")
    axes = [] if told is None else [int(axis) % count for axis in np.asarray(told).reshape(-1).tolist()]
    if not axes or 0 in axes:
        raise not_taken(flow, node, "of the rows")
    return sorted(axes)


def _squeeze(flow: Flow, node: Node, columns: NDArray[Any]) -> NDArray[Any]:
    axes = _axes(flow, node, columns.ndim + 1)
    return columns.reshape([size for axis, size in enumerate(columns.shape) if axis + 1 not in axes])


def _unsqueeze(flow: Flow, node: Node, columns: NDArray[Any]) -> NDArray[Any]:
    told = flow.fixed(node, 1) if len(node.inputs) > 1 else node.attributes.get("axes")
    added = columns.ndim + 1 + (0 if told is None else np.asarray(told).size)
    return np.expand_dims(columns, tuple(axis - 1 for axis in _axes(flow, node, added)))


def _gather(flow: Flow, node: Node, columns: NDArray[Any]) -> NDArray[Any]:
    chosen = flow.fixed(node, 1)
    axis = node.attributes.get("axis", 0) % (columns.ndim + 1)
    if chosen is None or axis == 0:
        raise not_taken(flow, node, "of the rows")
    return _taken(flow, node, columns, chosen, axis - 1)


def _extract(flow: Flow, node: Node, columns: NDArray[Any]) -> NDArray[Any]:
    chosen = flow.fixed(node, 1)
    if chosen is None or columns.ndim != 1:
        raise not_taken(flow, node)
    return _taken(flow, node, columns, chosen.reshape(-1), 0)


def _taken(flow: Flow, node: Node, columns: NDArray[Any], chosen: NDArray[Any], axis: int) -> NDArray[Any]:
    size = columns.shape[axis]
    if chosen.dtype.kind not in "iu" or (chosen < -size).any() or (chosen >= size).any():
        raise damaged(flow, node, f"that chooses columns {chosen.reshape(-1).tolist()[:6]} of {size}")
    made: NDArray[Any] = np.take(columns, chosen, axis)
    return made


def _split(flow: Flow, node: Node) -> dict[str, Tensor]:
    given = flow.columns(node)
    axis = node.attributes.get("axis", 0) % (given.columns.ndim + 1)
    told = flow.fixed(node, 1) if len(node.inputs) > 1 else node.attributes.get("split")
    count = len(node.outputs)
    if axis == 0:
        raise not_taken(flow, node, "of the rows")
    total = given.columns.shape[axis - 1]
    step = -(-total // count)
    sizes = [min(step, total - i * step) for i in range(count)] if told is None else np.asarray(told).tolist()
    if len(sizes) != count or sum(sizes) != total or min(sizes) < 1:
        raise damaged(flow, node, f"that makes parts of {sizes} of {total} columns")
    parts = np.split(given.columns, np.cumsum(sizes)[:-1], axis - 1)
    return {name: Tensor(part, given.dtype) for name, part in zip(node.outputs, parts, strict=True)}


def _concat(flow: Flow, node: Node) -> Tensor:
    given = [flow.columns(node, place) for place in range(len(node.inputs))]
    ndim = given[0].columns.ndim
    axis = node.attributes.get("axis", 1) % (ndim + 1)
    shapes = {tuple(size for i, size in enumerate(one.columns.shape) if i + 1 != axis) for one in given}
    if axis == 0 or len(shapes) > 1 or len({one.columns.ndim for one in given}) > 1:
        raise not_taken(flow, node, "of the rows")
    if len({one.dtype for one in given}) > 1:
        raise damaged(flow, node, "of several types")
    return Tensor(np.concatenate([one.columns for one in given], axis - 1), given[0].dtype)


def _vectorizer(flow: Flow, node: Node) -> Tensor:
    given = [flow.columns(node, place) for place in range(len(node.inputs))]
    sizes = node.attributes.get("inputdimensions", [])
    if len(sizes) != len(given) or any(one.columns.size != size for one, size in zip(given, sizes, strict=True)):
        raise not_taken(flow, node, "that cuts or fills up its columns")
    if any(one.columns.ndim != 1 for one in given):
        raise not_taken(flow, node)
    flow.numbers(node, *given)
    return tensor([column for one in given for column in _cast(flow, node, one, "float32").flat], "float32")


def _cast_node(flow: Flow, node: Node) -> Tensor:
    wanted = DTYPES.get(node.attributes.get("to", 0), "")
    if not wanted:
        raise not_taken(flow, node)
    return _cast(flow, node, flow.columns(node), wanted)


def _cast(flow: Flow, node: Node, given: Tensor, wanted: str) -> Tensor:
    """Return columns in another dtype."""
    made = []
    for column in given.flat:
        if column.coded or given.dtype == wanted:
            made.append(column)
        elif "str" in (given.dtype, wanted) or (wanted == "bool") or (given.dtype, wanted) == ("int64", "int32"):
            raise not_taken(flow, node, f"of column {flow.sources[column.source].name!r} to {wanted}")
        elif given.dtype in _FLOATS and wanted in _WHOLES:
            if not column.raw:
                raise not_taken(flow, node, f"of column {flow.sources[column.source].name!r} to {wanted}")
            made.append(replace(column, cut=True))
        else:  # whole numbers stay what they are as far as encoders list them, see ``_listed``
            exact = given.dtype in _WHOLES or wanted == "float64"
            made.append(column if exact else changed(column, 1))
    return tensor(made, wanted, given.columns.shape)


def _scaler(flow: Flow, node: Node) -> Tensor:
    given = flow.columns(node)
    flow.numbers(node, given)
    offset, scale = (np.asarray(node.attributes.get(key, ())) for key in ("offset", "scale"))
    count = given.columns.shape[-1] if given.columns.ndim else 1
    if scale.size not in (1, count) or offset.size != scale.size or not np.isfinite([*scale, *offset]).all():
        raise damaged(flow, node, f"with {scale.size} scales and {offset.size} offsets for {count} columns")
    signs = np.broadcast_to(np.sign(scale), given.columns.shape).reshape(-1)
    return tensor(
        [changed(c, _sign(flow, node, c, s)) for c, s in zip(given.flat, signs, strict=True)], "float32",
        given.columns.shape,
    )  # fmt: skip


def _sign(flow: Flow, node: Node, column: Column, factor: float) -> int:
    """Return the sign of a factor.

    Raises
    ------
    UnsupportedModelError
        If it is no number.
    """
    if not np.isfinite(factor) and not column.coded:
        raise not_taken(flow, node, f"that scales column {flow.sources[column.source].name!r} by {factor}")
    return int(np.sign(factor)) if np.isfinite(factor) else 0


def _imputer(flow: Flow, node: Node) -> Tensor:
    given = flow.columns(node)
    keys = ("imputed_value_floats", "imputed_value_int64s")
    fills = next((node.attributes[key] for key in keys if key in node.attributes), ())
    mark = node.attributes.get("replaced_value_float", 0.0) if given.dtype == "float32" else 0
    count = given.columns.shape[-1] if given.columns.ndim else 1
    if len(fills) not in (1, count) or (given.dtype == "float32") != ("imputed_value_floats" in node.attributes):
        raise damaged(flow, node, f"with {len(fills)} values to fill in {count} columns of {given.dtype}")
    flow.numbers(node, given)
    for column, fill in zip(given.flat, np.broadcast_to(fills, given.columns.shape).reshape(-1).tolist(), strict=True):
        if column.coded:
            continue
        if given.dtype != "float32" or not np.isnan(mark):
            raise not_taken(flow, node, f"that fills in {mark} of column {flow.sources[column.source].name!r}")
        flow.sources[column.source].fills.append(fill)
    return tensor([changed(c, 1) for c in given.flat], given.dtype, given.columns.shape)


def _rising(flow: Flow, node: Node, sign: int = 1, dtype: str = "") -> Tensor:
    """Return what a function of numbers that rises (or falls) makes, whose other inputs are constant."""
    given = flow.columns(node)
    flow.numbers(node, given)
    for place in range(1, len(node.inputs)):
        bound = flow.fixed(node, place)
        if bound is not None and (bound.size != 1 or np.isnan(bound).any()):
            raise not_taken(flow, node)
    return tensor([changed(c, sign) for c in given.flat], dtype or given.dtype, given.columns.shape)


def _onehot(flow: Flow, node: Node) -> Tensor:
    given = flow.columns(node)
    listed = _listed(flow, node, given, "cats_strings", "cats_int64s")
    unknown = bool(node.attributes.get("zeros", 1))
    made = [column for c in given.flat for column in [flow.encodes(node, c, listed, unknown=unknown)] * len(listed)]
    return tensor(made, "float32", (*given.columns.shape, len(listed)))


def _listed(flow: Flow, node: Node, given: Tensor, strings: str, numbers: str) -> list[Any]:
    """Return the values that an encoder knows, of the type of its input."""
    listed = node.attributes.get(strings if given.dtype == "str" else numbers)
    if listed is None or not len(listed) or len(set(listed)) < len(listed):
        raise damaged(flow, node, f"for columns of {given.dtype} without their categories, or with some twice")
    values = list(listed) if given.dtype == "str" else [float(value) for value in listed]
    if given.dtype != "str" and any(abs(value) >= _EXACT for value in values):
        raise not_taken(flow, node, f"of categories from {_EXACT} on")
    return values


_KEYS = {
    "str": ("keys_strings",), "int64": ("keys_int64s",), "float32": ("keys_floats",), "float64": (), "int32": (),
}  # fmt: skip
_VALUES = {"values_strings": "str", "values_int64s": "int64", "values_floats": "float32"}


def _label_encoder(flow: Flow, node: Node) -> Tensor:
    given = flow.columns(node)
    attributes = node.attributes
    if "classes_strings" in attributes:  # of the first version
        keys: list[Any] = list(attributes["classes_strings"]) if given.dtype == "str" else []
        keys = keys or [float(i) for i in range(len(attributes["classes_strings"]))]
        dtype = "int64" if given.dtype == "str" else "str"
    else:
        found = [attributes[k] for k in (*_KEYS.get(given.dtype, ()), "keys_tensor") if k in attributes]
        if not found:
            raise damaged(flow, node, f"without keys for columns of {given.dtype}")
        keys = [key if given.dtype == "str" else float(key) for key in list(found[0])]
        dtype = next((kind for key, kind in _VALUES.items() if key in attributes), "")
        dtype = dtype or _dtype_of(attributes.get("values_tensor"))
    if any(isinstance(key, float) and (np.isnan(key) or abs(key) >= _EXACT) for key in keys):
        raise not_taken(flow, node, f"of keys that are no numbers below {_EXACT}")
    made = [flow.encodes(node, column, list(dict.fromkeys(keys)), unknown=True) for column in given.flat]
    return tensor(made, dtype, given.columns.shape)


def _dtype_of(array: Any) -> str:
    """Return the dtype of columns or of a constant."""
    if isinstance(array, Tensor):
        return array.dtype
    kind = np.asarray(array).dtype
    return "str" if kind.kind == "O" else str(kind)


def _category_mapper(flow: Flow, node: Node) -> Tensor:
    given = flow.columns(node)
    listed: list[Any] = list(node.attributes.get("cats_strings", []))
    if given.dtype != "str":
        listed = [float(value) for value in node.attributes.get("cats_int64s", [])]
    if not listed or len(set(listed)) < len(listed):
        raise damaged(flow, node, "without its categories, or with some twice")
    made = [flow.encodes(node, column, listed, unknown=True) for column in given.flat]
    return tensor(made, "int64" if given.dtype == "str" else "str", given.columns.shape)


def _elementwise(flow: Flow, node: Node) -> Tensor:
    """Return what an operator makes, number by number, of columns and constants."""
    given = [flow.told(node, place) for place in range(len(node.inputs))]
    try:
        spread = np.broadcast_arrays(*(_as_row(one) for one in given))
    except ValueError:
        raise damaged(flow, node, "of shapes that do not fit") from None
    if spread[0].shape[:1] != (1,):
        raise not_taken(flow, node, "that mixes rows")
    cells = [_cell(flow, node, given, list(cell)) for cell in zip(*(one.reshape(-1) for one in spread), strict=True)]
    boolean = node.op in ("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Not", "And", "Or", "IsNaN")
    kinds = [_dtype_of(one) for one in given[1 if node.op == "Where" else 0 :]]
    return tensor(cells, "bool" if boolean else kinds[0], spread[0].shape[1:])


def _as_row(given: Any) -> NDArray[Any]:
    """Return an input as an array with one row of objects."""
    if isinstance(given, Tensor):
        return given.columns[None]
    made = np.empty(given.shape, object)
    made.reshape(-1)[:] = given.reshape(-1).tolist()
    return made


def _cell(flow: Flow, node: Node, given: list[Any], cell: list[Any]) -> Column:
    """Return the column that an operator makes of columns and constants."""
    columns = [one for one in cell if isinstance(one, Column)]
    texts = any(isinstance(one, Tensor) and one.dtype == "str" for one in given)
    if len({column.source for column in columns}) > 1:
        raise not_taken(flow, node, "of several columns")
    if node.op in ("Equal", "Where") and texts:
        listed = [one for one in cell if isinstance(one, str)]
        columns = [c if c.coded else flow.encodes(node, c, listed, unknown=True) for c in columns]
    if all(column.coded for column in columns) and columns:
        return Column(columns[0].source, coded=True, raw=False)
    if node.op == "Where" and columns == cell[:1] and not texts:  # of a test of numbers
        return changed(columns[0], int(np.sign(float(cell[1]) - float(cell[2]))))
    if len(columns) != 1 or len(cell) != 2 or texts:
        raise not_taken(flow, node, f"of column {flow.sources[columns[0].source].name!r}" if columns else "")
    flow.numbers(node, *(one for one in given if isinstance(one, Tensor)))
    column = columns[0]
    if node.op in ("Add", "Sub", "Mul") and any(one.dtype in _WHOLES for one in given if isinstance(one, Tensor)):
        raise not_taken(flow, node, f"of whole numbers of column {flow.sources[column.source].name!r}")
    first = cell[0] is column
    other = float(cell[1] if first else cell[0])
    sign = _DIRECTIONS[node.op](other, first) if node.op in _DIRECTIONS and np.isfinite(other) else None
    if sign is None:
        raise not_taken(flow, node, f"of column {flow.sources[column.source].name!r} and {other}")
    return changed(column, sign)


def _quotient(other: float, first: bool) -> int | None:
    return int(np.sign(other)) if first and other else None


# the direction of an operator of a column and a constant (the column first, or second), None for none
_DIRECTIONS: dict[str, Callable[[float, bool], int | None]] = {
    "Add": lambda other, first: 1,
    "Sub": lambda other, first: 1 if first else -1,
    "Mul": lambda other, first: int(np.sign(other)),
    "Div": _quotient,
    "Max": lambda other, first: 1,
    "Min": lambda other, first: 1,
    "Less": lambda other, first: -1 if first else 1,
    "LessOrEqual": lambda other, first: -1 if first else 1,
    "Greater": lambda other, first: 1 if first else -1,
    "GreaterOrEqual": lambda other, first: 1 if first else -1,
}


def _not(flow: Flow, node: Node) -> Tensor:
    given = flow.columns(node)
    return tensor([changed(c, -1) for c in given.flat], "bool", given.columns.shape)


RULES: dict[str, Rule] = {
    "Identity": _same, "Cast": _cast_node, "Scaler": _scaler, "Imputer": _imputer, "Concat": _concat,
    "FeatureVectorizer": _vectorizer, "Split": _split, "OneHotEncoder": _onehot, "LabelEncoder": _label_encoder,
    "CategoryMapper": _category_mapper, "Not": _not, "Neg": partial(_rising, sign=-1),
    "Binarizer": partial(_rising, dtype="float32"),
    **dict.fromkeys(("Clip", "Relu", "Floor", "Ceil", "Round"), _rising),
    **dict.fromkeys((*_DIRECTIONS, "Equal", "Where", "And", "Or"), _elementwise),
    **{
        op: partial(_arranged, make=make)
        for op, make in (
            ("Reshape", _reshape), ("Flatten", _flatten), ("Squeeze", _squeeze), ("Unsqueeze", _unsqueeze),
            ("Gather", _gather), ("ArrayFeatureExtractor", _extract),
        )
    },
}  # fmt: skip

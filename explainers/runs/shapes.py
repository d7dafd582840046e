"""What a query's answers look like in a frame: its columns, declared before any row is asked."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from inspect import signature
from typing import Any

import numpy as np

from ...encoders.columns.told import Row
from ...engine.errors import UndecidedError
from ...engine.models.multilabel import CompiledMultiLabel
from ...engine.reasons import Check, Reason, Reasons
from ...engine.reasons.plain import plain
from ..batch.batch import FAILED
from ..batch.rooms import Question

REASON, REASONS, CHECK, NUMBER, OTHER = "reason", "reasons", "check", "number", "other"
UNDECIDED = "undecided"
_INT64 = range(-(1 << 63), 1 << 63)


def shape_of(explainer: Any, question: Question) -> str:
    """Return what a query answers: what its method says that it returns, and whether one reason is asked for."""
    method = getattr(type(explainer), question.name)
    said = str(getattr(method, "__annotations__", {}).get("return", ""))
    if "Answered" in said or {"Reason", "Reasons"} <= set(said.replace(" ", "").split("|")):
        usual = signature(method).parameters["n"].default if "n" in signature(method).parameters else 1
        return REASON if question.options.get("n", usual) == 1 else REASONS
    if "Stream" in said or said == "Reasons":
        return REASONS
    if said.partition(" ")[0] in ("Reason", "LabelReason"):
        return REASON
    return {"Check": CHECK, "int": NUMBER}.get(said.partition(" ")[0], OTHER)


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a query's answers.

    Attributes
    ----------
    kind : str
        What it answers.
    per_feature : bool
        Whether reasons are made of names of features.
    words : bool
        Whether reasons are told in words as well.
    """

    kind: str
    per_feature: bool
    words: bool

    def fields(self) -> list[Any]:
        """Return the columns as fields of Arrow."""
        import pyarrow as pa

        if self.kind == REASON:
            return self._of_reason()
        if self.kind == REASONS:
            inner = [*self._of_reason(), pa.field("status", pa.string())]
            return [pa.field("reasons", pa.list_(pa.field("item", pa.struct(inner)))), pa.field("count", pa.int32())]
        if self.kind == CHECK:
            return [pa.field("value", pa.bool_()), pa.field("why", pa.string()), pa.field("witness", pa.string())]
        if self.kind == NUMBER:
            return [pa.field("value", pa.int64()), pa.field("exact", pa.string())]
        return [pa.field("value", pa.string())]

    def _of_reason(self) -> list[Any]:
        import pyarrow as pa

        items = pa.string() if self.per_feature else pa.int32()
        words = [pa.field("features", pa.list_(pa.field("item", pa.string())))] if self.words else []
        return [
            *words, pa.field("items", pa.list_(pa.field("item", items))), pa.field("size", pa.int32()),
            pa.field("cost", pa.float64()), pa.field("lower", pa.float64()), pa.field("witness", pa.string()),
        ]  # fmt: skip

    def told(self, value: Any) -> dict[str, Any]:
        """Return an answer as values of the columns; of what is no answer, nothing."""
        return _TELLERS[self.kind](self, value)

    def reason(self, value: Any) -> dict[str, Any]:
        """Return a reason as values of its columns."""
        if not isinstance(value, Reason):
            return {}
        proof = value.proof
        words = {"features": list(value.features)} if self.words else {}
        items = [str(item) for item in value] if self.per_feature else [int(item) for item in value]
        cost, lower = (None if number is None else float(number) for number in (proof.cost, proof.lower))
        return {
            **words, "items": items, "size": len(value), "cost": cost, "lower": lower, "witness": changed(value.witness)
        }  # fmt: skip

    def reasons(self, value: Any) -> dict[str, Any]:
        """Return several reasons."""
        if isinstance(value, Reason):
            value = (value,)
        if not isinstance(value, (Reasons, tuple)):
            return {}
        rows = [{**self.reason(one), "status": str(one.status)} for one in value]
        return {"reasons": rows, "count": len(rows)}

    def check(self, value: Any) -> dict[str, Any]:
        """Return a check."""
        if not isinstance(value, Check):
            return {}
        return {"value": value.value, "why": value.why or None, "witness": changed(value.witness)}

    def number(self, value: Any) -> dict[str, Any]:
        """Return a whole number, which may be larger than any column of numbers holds."""
        if not isinstance(value, int):
            return {}
        return {"value": value if value in _INT64 else None, "exact": str(value)}

    def other(self, value: Any) -> dict[str, Any]:
        """Return an answer of any kind as JSON."""
        return {} if value is None else {"value": as_json(value)}


_TELLERS: dict[str, Callable[[Shape, Any], dict[str, Any]]] = {
    REASON: Shape.reason, REASONS: Shape.reasons, CHECK: Shape.check, NUMBER: Shape.number, OTHER: Shape.other,
}  # fmt: skip


def changed(row: Any) -> str | None:
    """Return the changed values of a row as JSON: an object by column."""
    if row is None:
        return None
    return json.dumps({name: _value(row[name]) for name in row.changed}, ensure_ascii=False, allow_nan=False)


def _value(value: Any) -> Any:
    item = getattr(value, "item", None)
    told = item() if callable(item) else value
    if isinstance(told, float) and math.isnan(told):
        return None
    return (
        told if isinstance(told, (bool, int, str)) or (isinstance(told, float) and math.isfinite(told)) else plain(told)
    )


def as_json(value: Any) -> str:
    """Return an answer of any kind as JSON, without the seconds that it took: equal answers are equal texts."""
    return json.dumps(_plainly(value), ensure_ascii=False, allow_nan=False)


def _plainly(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, np.generic)) or type(value) is str:
        return None if value is None else _value(value)
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, Row):
        return {name: _plainly(one) for name, one in zip(value.names, value.values, strict=True)}
    if hasattr(value, "to_dict"):
        value = value.to_dict()
    elif is_dataclass(value) and not isinstance(value, type):
        value = {
            one.name: getattr(value, one.name) for one in fields(value) if one.repr and not one.name.startswith("_")
        }
    if isinstance(value, Mapping):
        return {str(key): _plainly(one) for key, one in value.items() if key != "seconds"}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plainly(one) for one in value]
    return str(value)


class Predictions:
    """The column of predictions.

    Parameters
    ----------
    explainer : explainer
        Whose model predicts.
    """

    def __init__(self, explainer: Any) -> None:
        compiled = explainer.session.compiled
        self._names: tuple[str, ...] | None = None
        if isinstance(compiled, CompiledMultiLabel):
            self._names = tuple(str(label.name) for label in compiled.labels)
            self._types = [_type_of(label.model.classes) for label in compiled.labels]
        elif getattr(compiled, "regression", False):
            self._types = ["float64"]
        else:
            self._types = [_type_of(compiled.classes)]

    def type(self) -> Any:
        """Return its type."""
        import pyarrow as pa

        types = [pa.type_for_alias(name) for name in self._types]
        if self._names is None:
            return types[0]
        return pa.struct([pa.field(name, kind) for name, kind in zip(self._names, types, strict=True)])

    def told(self, label: Any) -> Any:
        """Return a prediction as a value of the column."""
        if label is None:
            return None
        if self._names is None:
            return _label(label, self._types[0])
        return {name: _label(one, kind) for name, one, kind in zip(self._names, label, self._types, strict=True)}


def _type_of(classes: Sequence[Any]) -> str:
    """Return the type of labels, as Arrow names it."""
    kinds = {type(_plain_label(label)) for label in classes}
    for kind, name in ((bool, "bool"), (int, "int64"), (float, "float64")):
        if kinds == {kind}:
            return name
    return "string"


def _plain_label(label: Any) -> Any:
    item = getattr(label, "item", None)
    return item() if callable(item) else label


def _label(label: Any, kind: str) -> Any:
    own = _plain_label(label)
    return str(own) if kind == "string" else own


def status_of(value: Any, status: str) -> str:
    """Return the status of a row: what the batch says, or that nothing is known, as a limit struck."""
    return UNDECIDED if status == FAILED and isinstance(value, UndecidedError) else status

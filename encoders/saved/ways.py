"""Functions of a form (how rows are read, what is made of sums) as their names and plain arguments.

Only the functions that are listed here are written, and only these are called when a file is read: a name in a file is
looked up in this list, never imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache, partial
from importlib import import_module
from inspect import signature
from typing import Any

from ...engine.errors import FormatError, shown
from ..columns.coded_rows import Rows
from ..columns.row_dtypes import RowDtypes, TypedColumn
from .values import told, untold

_FUNCTIONS: Mapping[str, str] = {  # the name in files, which stays for ever -> where the function is now
    "read.plain": "columns.readers:read_plain",
    "read.renamed": "columns.readers:read_renamed",
    "read.together": "columns.readers:read_together",
    "read.trees": "sklearn.trees:read_as_trees",
    "row.copy": "columns.rows:copy_row",
    "seen.trees": "columns.as_libraries:trees_of_sklearn",
    "seen.xgboost": "columns.as_libraries:xgboost",
    "seen.lightgbm": "columns.as_libraries:lightgbm",
    "seen.catboost": "columns.as_libraries:catboost_numbers",
    "seen.catboost.mixed": "columns.as_libraries:catboost_mixed",
    "dtypes.all": "columns.row_dtypes:dtypes_of_all",
    "dtypes.covered": "columns.row_dtypes:covered",
    "void.negative": "assembly.assemble:negative",
    "void.anything": "assembly.assemble:anything",
    "sums.sigmoid32": "assembly.links:sigmoid32",
    "sums.exp32": "assembly.links:exp32",
    "sums.sigmoid64": "assembly.links:sigmoid64",
    "sums.exp64": "assembly.links:exp64",
    "sums.log1p_exp64": "assembly.links:log1p_exp64",
    "sums.signed_square64": "assembly.links:signed_square64",
    "sums.exp": "assembly.links:exp_of_numpy",
    "sums.rounded": "assembly.links:rounded32",
    "sums.moved": "catboost.links:moved",
}
_CLASSES: Mapping[str, str] = {
    "rows": "columns.coded_rows:Rows",
    "row dtypes": "columns.row_dtypes:RowDtypes",
    "typed column": "columns.row_dtypes:TypedColumn",
    "numbers": "columns.coded_columns:NumberColumn",
    "free": "columns.coded_columns:FreeColumn",
    "codes": "columns.coded_columns:CodeColumn",
    "codes.whole": "assembly.assemble:WholeNumbers",
    "codes.hashed": "catboost.categories:HashedColumn",
    "codes.texts": "interpret.nominal:Texts",
    "codes.graph.numbers": "onnx.probe:NumberCodes",
    "codes.graph.texts": "onnx.probe:TextCodes",
    "graph.unread": "onnx.probe:Unread",
}
_METHODS: Mapping[str, Callable[[Rows], Any]] = {
    "rows.read": lambda rows: rows.read,
    "rows.to_user_row": lambda rows: rows.to_user_row,
}
_LOADED_BY_NAME = {place.partition(":")[2]: name for name, place in {**_FUNCTIONS, **_CLASSES}.items()}


class NotToldError(Exception):
    """A function that has no name here: it works with the model itself."""


def way_of(value: Any) -> Any:
    """Return a function, or a value among its arguments, as JSON has it.

    Raises
    ------
    NotToldError
        If it is none of those that are listed.
    BadInputError
        If a value has no form.
    """
    if isinstance(value, partial):
        return {
            "call": _named(value.func, _FUNCTIONS), "with": [way_of(one) for one in value.args],
            "by": {name: way_of(one) for name, one in value.keywords.items()},
        }  # fmt: skip
    if isinstance(getattr(value, "__self__", None), Rows):
        return _method_of(value)
    if _LOADED_BY_NAME.get(_name(type(value))) in _CLASSES:
        return _object_of(value)
    if callable(value) and not isinstance(value, type(...)):
        return {"call": "bool"} if value is bool else {"function": _named(value, _FUNCTIONS)}
    if isinstance(value, tuple) and any(callable(one) or _name(type(one)) in _LOADED_BY_NAME for one in value):
        return {"each": [way_of(one) for one in value]}
    return {"value": told(value)}


def _method_of(value: Any) -> Any:
    owner = value.__self__
    name = next((name for name, method in _METHODS.items() if method(owner) == value), None)
    if name is None:
        raise NotToldError(shown(value))
    return {"method": name, "of": way_of(owner)}


def _object_of(value: Any) -> Any:
    names = value._fields if isinstance(value, TypedColumn) else [one.name for one in fields(value) if one.init]
    return {"class": _named(type(value), _CLASSES), "by": {name: way_of(getattr(value, name)) for name in names}}


def from_way(form: Any, deep: int = 0) -> Any:
    """Return the function or value that ``way_of`` wrote.

    Raises
    ------
    FormatError
        If it names what is not listed, or its arguments are none of the function's.
    """
    if not isinstance(form, Mapping) or deep > 12:
        raise FormatError(f"{shown(form)}: expected a function of the list, or a value")
    if "value" in form:
        return untold(form["value"])
    try:
        return _made(form, deep + 1)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormatError(
            f"a function of the form is damaged ({shown(str(error), 120)}): save the explainer again"
        ) from None


def _made(form: Mapping[str, Any], inner: int) -> Any:
    if "each" in form:
        return tuple(from_way(one, inner) for one in form["each"])
    if "function" in form:
        return _found(form["function"], _FUNCTIONS)
    if "method" in form:
        owner = from_way(form["of"], inner)
        if not isinstance(owner, Rows):
            raise TypeError("a method of no rows")
        return _METHODS[form["method"]](owner)
    named = {str(name): from_way(one, inner) for name, one in form.get("by", {}).items()}
    if "class" in form:
        return _found(form["class"], _CLASSES)(**named)
    return bool if form["call"] == "bool" else _called(form, named, inner)


def _called(form: Mapping[str, Any], named: Mapping[str, Any], inner: int) -> Any:
    function = _found(form["call"], _FUNCTIONS)
    given = [from_way(one, inner) for one in form["with"]]
    signature(function).bind_partial(*given, **named)
    return partial(function, *given, **named)


def _name(thing: Any) -> str:
    return str(getattr(thing, "__qualname__", ""))


def _place(thing: Any) -> str:
    """Return where a function or class is, as the lists have it."""
    return f"{thing.__module__.partition('.encoders.')[2]}:{_name(thing)}"


def _named(thing: Any, names: Mapping[str, str]) -> str:
    found: str | None = _LOADED_BY_NAME.get(_name(thing))
    if found is None or names.get(found) != _place(thing):
        raise NotToldError(f"{getattr(thing, '__module__', '')}.{_name(thing) or shown(thing)}")
    return found


@cache
def _loaded(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(f"{__package__.rpartition('.')[0]}.{module}"), name)


def _found(name: Any, names: Mapping[str, str]) -> Any:
    if not isinstance(name, str) or name not in names:
        raise KeyError(f"{shown(name)} is not listed")
    return _loaded(names[name])


__all__ = ["NotToldError", "RowDtypes", "from_way", "way_of"]

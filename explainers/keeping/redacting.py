"""Explanations without the values of some columns: that they were withheld is said, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError, shown
from ...engine.given import names_of

if TYPE_CHECKING:
    from ..explanation import Explanation
    from ..explanations import Explanations

WITHHELD = "withheld"
Form = Mapping[str, Any]


def withheld_names(one: Explanation | Explanations, columns: Iterable[str]) -> frozenset[str]:
    """Return the columns, and features made of them, whose values are withheld, with those that were before.

    Raises
    ------
    BadInputError
        If one of them is no column or feature of the row.
    """
    wanted = set(map(str, names_of(columns, "redact")))
    groups = one.groups()
    known = {str(name) for name in one.columns} | {name for group in groups for name in group}
    for name in sorted(wanted - known):
        listed = ", ".join(map(repr, sorted(known)[:12]))
        raise BadInputError(f"redact={shown(name)}: expected columns or features of the row, such as {listed}")
    touched = [set(group) for group in groups if wanted & set(group)]
    return frozenset(wanted.union(*touched, one.withheld))


def withheld_explanation(form: Form, names: frozenset[str]) -> dict[str, Any]:
    """Return the form of an explanation without the values of some columns; of a text, without anything said of it."""
    contrastive = form["contrastive"]
    told = not (names and form["instance"]["kind"]["container"] == "text")  # each word said of a text is its value
    if contrastive is not None:
        listed = [_reason(one, names, told) for one in contrastive["reasons"]]
        contrastive = {**contrastive, "reasons": listed}
    return {
        **form,
        "instance": _row(form["instance"], names),
        "sufficient": None if form["sufficient"] is None else _reason(form["sufficient"], names, told),
        "contrastive": contrastive,
        "withheld": sorted(names),
    }


def withheld_explanations(form: Form, names: frozenset[str]) -> dict[str, Any]:
    """Return the form of many explanations without the values of some columns."""
    hides = any(name in names for name in form.get("index_names", ()))  # rows are labelled by such a column
    index = list(range(len(form["rows"]))) if hides else form["index"]
    rows = [withheld_explanation(one, names) for one in form["rows"]]
    return {**form, "rows": rows, "index": index, "withheld": sorted(names)}


def _reason(form: Form, names: frozenset[str], told: bool) -> dict[str, Any]:
    """Return a reason, in whose statements the columns are only named; if it may not be told, how many they are."""
    hides = [part["feature"] in names for part in form["parts"]]
    whole = form["over"] == "features"
    told = told and (whole or len(form["parts"]) == len(form["features"]))
    parts = [_part(part) if hide else part for part, hide in zip(form["parts"], hides, strict=True)]
    out = {**form, "parts": parts, "witness": _row(form["witness"], names), "note": "", "fingerprint": ""}
    if whole and told:
        return out
    if not told:  # whose statement is whose is not known
        out["features"], out["own_values"], out["parts"] = [WITHHELD] * len(form["features"]), [], []
        out["items"] = out["features"]
    elif any(hides):
        said = zip(form["features"], parts, hides, strict=True)
        out["features"] = [part["says"] if hide else one for one, part, hide in said]
        own = form["own_values"] or [""] * len(hides)
        out["own_values"] = ["" if hide else one for one, hide in zip(own, hides, strict=True)]
        out["items"] = [part["feature"] for part in parts]  # numbers of conditions would tell borders
    if "by_label" in form and (not told or any(hides)):
        out["by_label"] = [[name, []] for name, _ in form["by_label"]]
    return out


def _part(part: Form) -> dict[str, Any]:
    says = f"{part['feature']}: {WITHHELD}"
    return {
        "feature": part["feature"], "says": says, "runs": [], "options": [], "allowed": [], "missing": False, "own": ""
    }  # fmt: skip


def _row(form: Any, names: frozenset[str]) -> Any:
    """Return a row that names the columns, but has no values of them."""
    if form is None:
        return None
    hide = [name in names for name in form["names"]]
    kind = form["kind"]
    dtypes = [None if hidden else dtype for dtype, hidden in zip(kind["dtypes"], hide, strict=True)]
    values = [WITHHELD if hidden else value for value, hidden in zip(form["values"], hide, strict=True)]
    return {**form, "values": values, "note": "", "kind": {**kind, "dtypes": dtypes}}

"""A view without the values of some columns."""

from __future__ import annotations

from typing import Any

from ..keeping.redacting import WITHHELD

_BARE = {"open": "Not decided.", "breaks": "Without this condition the decision may change."}


def withheld_view(view: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Return a view in which the values of some columns, and the borders of statements about them, are withheld."""
    if not names:
        return view
    if {one["name"] for one in view["row"]} <= names:  # such as a text: whatever is said of it tells its words
        view = _unnamed(view)
    row = [{**one, "value": WITHHELD if one["name"] in names else one["value"]} for one in view["row"]]
    why = {**view["why"], "statements": [_statement(one, names) for one in view["why"]["statements"]], "note": ""}
    changes = [
        {
            **one, "note": "", "new": _new(one["new"], names),
            "statements": [_statement(statement, names) for statement in one["statements"]],
        }
        for one in view["changes"]
    ]  # fmt: skip
    reasons = [[_statement(one, names) for one in reason] for reason in view["others"]["reasons"]]
    return {**view, "row": row, "why": why, "changes": changes, "others": {**view["others"], "reasons": reasons}}


def _unnamed(view: dict[str, Any]) -> dict[str, Any]:
    """Return a view whose statements do not say what they are about."""

    def bare(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**one, "feature": ""} for one in statements]

    why = {**view["why"], "statements": bare(view["why"]["statements"])}
    changes = [{**one, "statements": bare(one["statements"])} for one in view["changes"]]
    others = {**view["others"], "reasons": [bare(reason) for reason in view["others"]["reasons"]]}
    return {**view, "why": why, "changes": changes, "others": others}


def _statement(one: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Return a statement; one whose feature is not known could be about any of the columns."""
    out = dict(one)
    if "relaxed" in one:
        out["relaxed"] = _relaxed(one["relaxed"], names)
    if one["feature"] and one["feature"] not in names:
        return out
    says = f"{one['feature']}: {WITHHELD}" if one["feature"] else WITHHELD
    hidden: dict[str, Any] = {
        "short": says,
        "own": "",
        "lane": None,
        "runs": [],
        "options": [],
        "allowed": [],
        "missing": False,
    }
    return {**out, "says": says, **{key: value for key, value in hidden.items() if key in one}}


def _relaxed(one: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Return what a relaxed condition shows; grounds in words could name any value."""
    if "new" in one:
        return {**one, "new": _new(one["new"], names)}
    return {**one, "says": _BARE.get(one["answer"], one["says"])}


def _new(rows: list[dict[str, str]], names: frozenset[str]) -> list[dict[str, str]]:
    return [{**one, "from": WITHHELD, "to": WITHHELD} if one["feature"] in names else one for one in rows]

"""The page of many explanations: a summary, and a table that can be sorted and searched."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ...engine.reasons import Reason
from ...engine.reasons.html import standing
from ...engine.status import Status
from ..keeping.counting import counts_of, features_of
from .lanes import said
from .view import label, new_values
from .writing import audit_lines, embedded, page, write

if TYPE_CHECKING:
    from ..explanation import Explanation
    from ..explanations import Explanations

_ALL = "Every row was reached; how far each reason is proved stands with it."
_FIRST = 100  # rows that are there without scripts
_BARS = 15  # features that are counted on top
_COLUMNS = (("row", "Row"), ("prediction", "Decision"), ("reason", "Because"), ("size", "Size"), ("status", "How far"))


def explanations_page(
    many: Explanations, path: Any, *, changes: bool, values: bool, title: str | None
) -> str:  # fmt: skip
    """Return (and write) the page that ``Explanations.to_html`` tells of."""
    rows = [row_form(one, name, changes=changes, values=values) for one, name in zip(many, many.row_index, strict=True)]
    columns = [*_COLUMNS, *([("change", "Unless")] if changes else [])]
    text = page(
        "explanations.html", scripts=("many.js",), styles=("many.css",), wide=True,
        title=title or f"{len(rows)} decisions explained", eyebrow=title or "Decisions",
        heading=f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}", summary=_summary(many, rows), columns=columns,
        first=rows[:_FIRST], hidden_rows=max(0, len(rows) - _FIRST), has_changes=changes, withheld=many.withheld,
        audit=audit_lines(many.audit), data=embedded({"rows": rows, "columns": [key for key, _ in columns]}),
    )  # fmt: skip
    write(text, path)
    return text


def row_form(one: Explanation, name: Any, *, changes: bool, values: bool) -> dict[str, Any]:
    """Return what the table has of one row."""
    reason, instance = one.sufficient, one.instance
    found = one.known_changes() if changes else None
    change = found[0] if found else None
    witness = None if change is None else change.witness
    changed = one.change() if change is not None else None
    return {
        "row": said(name), "prediction": one.predicted, "reason": [] if reason is None else list(reason.features),
        "features": [] if reason is None else features_of(reason),
        "size": None if reason is None else len(reason.features),
        "none": _nothing(one, reason),
        "status": "no reason" if reason is None else standing(reason.status, reason.stop),
        "own": [] if reason is None else _own(reason),
        "change": [] if change is None else list(change.features),
        "new": [] if witness is None else new_values(one, witness),
        "to": "" if changed is None else label(changed[1]),
        "values": [[str(n), said(v)] for n, v in zip(instance.names, instance.values, strict=True)] if values else [],
    }  # fmt: skip


def _nothing(one: Explanation, reason: Reason | None) -> str:
    """Say why no statement is shown, where none is."""
    if reason is None:
        return one.none_because
    return "" if len(reason) else "every row is decided so"


def _own(reason: Reason) -> list[str]:
    return [f"{part.feature} = {part.own}" for part in reason.parts if part.own]


def _summary(many: Explanations, rows: list[dict[str, Any]]) -> dict[str, Any]:
    counts = Counter(row["prediction"] for row in rows)
    features = counts_of([row["features"] for row in rows], many)
    top = list(features.items())[:_BARS]
    reached = f"{len(rows)} of {many.n_rows} rows were reached: {standing(many.status, many.stop)}."
    return {
        "predictions": counts.most_common(12) if len(counts) <= 50 else [],
        "features": [{"name": n, "count": c, "share": round(100 * c / max(1, len(rows)), 1)} for n, c in top],
        "hidden": len(features) - len(top),
        "proved": many.status is not Status.BEST_SO_FAR,
        "status": reached if len(rows) < many.n_rows else _ALL,
    }  # fmt: skip

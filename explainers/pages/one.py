"""The page of one explanation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...engine.given import names_of
from ..keeping.redacting import withheld_names
from .asked import asked_of
from .view import view_of
from .withheld import withheld_view
from .writing import audit_lines, page, write

if TYPE_CHECKING:
    from ..explanation import Explanation


def explanation_page(
    explanation: Explanation, path: Any, *, data: Any, title: str | None, time_limit: float,
    redact: Iterable[str],
) -> str:  # fmt: skip
    """Return (and write) the page that ``Explanation.to_html`` tells of."""
    redact = names_of(redact, "redact")
    names = withheld_names(explanation, redact) if redact else frozenset[str](explanation.withheld)
    view = withheld_view(view_of(explanation, data=data, asked=asked_of(explanation, time_limit)), names)
    text = page(
        "explanation.html", title=title or f"{view['prediction']}: why, and what would change it",
        eyebrow=title or "Decision", view=view, withheld=sorted(names), wide=False,
        audit=audit_lines(view["audit"]),
    )  # fmt: skip
    write(text, path)
    return text

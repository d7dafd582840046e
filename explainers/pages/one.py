"""The page of one explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .asked import asked_of
from .view import view_of
from .writing import audit_lines, page, write

if TYPE_CHECKING:
    from ..explanation import Explanation


def explanation_page(
    explanation: Explanation, path: Any, *, data: Any, title: str | None, time_limit: float
) -> str:  # fmt: skip
    """Return (and write) the page that ``Explanation.to_html`` tells of."""
    view = view_of(explanation, data=data, asked=asked_of(explanation, time_limit))
    text = page(
        "explanation.html", title=title or f"{view['prediction']}: why, and what would change it",
        eyebrow=title or "Decision", view=view, withheld=view.get("withheld", []), audit=audit_lines(view["audit"]),
        wide=False,
    )  # fmt: skip
    write(text, path)
    return text

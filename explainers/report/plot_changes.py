"""What would change a decision, before and after: each change with the features that it moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError, shown
from ...engine.given import count_of
from ...engine.reasons import Reason, Reasons
from ...engine.status import Status
from ..explanation import Explanation
from ..words.how_far import minimality
from .draw_lanes import HEIGHT
from .lanes import decision_of, lanes_of, short
from .plot_reason import check_explanation, draw_line, title_of
from .sheet import EDGE, Sheet
from .style import style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH = 640.0  # points
_TOP, _HEAD, _AFTER, _LINE = 46.0, 40.0, 10.0, 15.0


def plot_changes(
    explanation: Explanation, reasons: Iterable[Reason] | None = None, *, most: int = 3, data: Any = None,
    ax: Axes | None = None, theme: str = "light", size: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw what would change a prediction: for each change the old and new values, and the new prediction.

    Parameters
    ----------
    explanation : Explanation
        Of one row, as ``explain`` returned it, or kept.
    reasons : iterable of Reason, optional
        Contrastive reasons of this row, as queries return them; default: those of the explanation.
    most : int
        Changes that are drawn, the first ones.
    data : array-like or data frame, optional
        Other rows, with the columns of the model: their distribution is drawn behind each lane.
    ax, theme, size
        As in ``plot_reason``.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    BadInputError
        If something else is passed, or matplotlib is not installed.
    """
    style = style_of(theme)
    check_explanation(explanation)
    count_of(most, "most")
    found = explanation.contrastive if reasons is None else _checked(reasons)
    listed = found[: int(most)]
    every = [lanes_of(explanation.instance, reason, data) for reason in listed]
    words = [() if lanes else reason.features for lanes, reason in zip(every, listed, strict=True)]
    high = _TOP + sum(
        _HEAD + HEIGHT * len(lanes) + _LINE * len(alone) + _AFTER for lanes, alone in zip(every, words, strict=True)
    )
    sheet = Sheet(ax, style, _WIDTH, high, size)
    head = f"{decision_of(explanation)}: what would change it"
    under = title_of(explanation, None, "contrastive")[1] if not listed else _counted(len(listed), len(found))
    sheet.title(head, under)
    y, told = _TOP, []
    for number, (reason, lanes, alone) in enumerate(zip(listed, every, words, strict=True), 1):
        told.append(_head(sheet, y, number, explanation, reason, first=number == 1 and _ordered(found)))
        y += _HEAD
        for lane in lanes:
            draw_line(sheet, y + HEIGHT / 2, lane, style.changes, 22)
            y += HEIGHT
        for statement in alone:
            sheet.text(EDGE + 22, y + _LINE / 2, statement, 9.5, width=sheet.room - 22)
            y += _LINE
        y += _AFTER
    return sheet.described(f"{head} ({under}). {' '.join(told)}".strip())


def _checked(reasons: Any) -> list[Reason]:
    listed = [reasons] if isinstance(reasons, Reason) else list(reasons) if isinstance(reasons, Iterable) else None
    if listed is None or not all(isinstance(one, Reason) and "contrastive" in one.kind for one in listed):
        raise BadInputError(f"reasons={shown(reasons, 60)}: expected contrastive reasons")
    return listed


def _counted(shown_: int, all_: int) -> str:
    if all_ == 1:
        return "one change is known"
    return f"{all_} changes are known" if shown_ == all_ else f"{shown_} of {all_} known changes"


def _ordered(found: Iterable[Reason]) -> bool:
    """Tell whether these are all changes there are, the smallest first."""
    return isinstance(found, Reasons) and found.status is Status.COMPLETE


def _head(sheet: Sheet, y: float, number: int, explanation: Explanation, reason: Reason, *, first: bool) -> str:
    """Write the number of a change, what it changes, and how far it is proved; return all that in words."""
    style, witness = sheet.style, reason.witness
    after = explanation.predicted_of(witness)
    if after is None and explanation.contrastive and reason is explanation.contrastive[0]:
        changed = explanation.change()
        after = None if changed is None else changed[1]
    sheet.line([EDGE, _WIDTH - EDGE], [y, y], style.line, 0.8)
    sheet.dot(EDGE + 8, y + 16, 15, style.changes, markeredgewidth=0)
    sheet.text(EDGE + 8, y + 16, number, 8.5, style.on(style.changes), ha="center", weight="bold")
    head = "would change the prediction" if after is None else f"{_plain(explanation.prediction)}  →  {_plain(after)}"
    sheet.text(EDGE + 22, y + 15, head, 10.5, style.changes, width=380, weight="bold")
    count = len({part.feature for part in reason.parts}) or len(reason.features)
    sure = (reason.status is Status.OPTIMAL or first) and not explanation.rounding
    smallest = "the smallest: " if sure else ""
    far = f"{count} feature{'s' * (count != 1)}; {smallest}{minimality(reason, explanation.rounding)}"
    sheet.text(EDGE + 22, y + 30, far, 8, style.soft, width=sheet.room - 22)
    return f"{number}: {head} if {' and '.join(reason.features)} ({far})."


def _plain(prediction: object) -> str:
    """Return a prediction in few characters."""
    return f"{prediction:.6g}" if isinstance(prediction, float) else short(prediction)

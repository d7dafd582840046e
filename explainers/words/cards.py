"""What explanations and explainers show of themselves: a few lines of text, and the same as a card in notebooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...engine.reasons import Reason
from ...engine.reasons.html import card, chips, milliseconds, row_text, standing, text
from ...engine.reasons.spelling import bracketed
from .how_far import no_change, smallest
from .telling import LABELS

if TYPE_CHECKING:
    from ..explanation import Explanation
    from ..explanations import Explanations

_ALWAYS = "every input is decided so"
_ROWS = 5  # that are shown of many
_ONE_VALUE = re.compile(r" (=|is) (?!not )")


class Told:
    """The parts of an explanation, worked out once.

    Attributes
    ----------
    because, unless : tuple of str
        What forces the prediction, and what would change it.
    because_own, unless_own : tuple of str
        What the row itself has for each of them.
    because_status, unless_status : str
        How far each is proved; for none of them why there is none.
    change : pair of str, or None
        How a changed row is introduced ("then", or "for example" if it is one of many), and what it is.
    """

    def __init__(self, explanation: Explanation) -> None:
        self.prediction = explanation.predicted
        reason, changes = explanation.sufficient, explanation.known_changes()
        self.because: tuple[str, ...] = ()
        self.because_own: tuple[str, ...] = ()
        self.because_status = explanation.none_because
        if reason is not None:
            self.because, self.because_own = reason.features or (_ALWAYS,), reason.own_values
            self.because_status = standing(reason.status, reason.stop)
        self.unless: tuple[str, ...] = ()
        self.unless_own: tuple[str, ...] = ()
        self.unless_status = "not asked for before it was written"
        self.change: tuple[str, str] | None = None
        if changes:
            first = changes[0]
            self.unless, self.unless_own = first.features, first.own_values
            self.unless_status = smallest(first, changes, explanation.rounding)
            self._show(explanation, first)
        elif changes is not None:
            self.unless_status = no_change(changes, explanation.rounding)

    def _show(self, explanation: Explanation, first: Reason) -> None:
        changed = explanation.change()
        if changed is None:
            return
        row, other = changed
        names = getattr(row, "changed", ())
        only = all(_ONE_VALUE.search(said) for said in first.features) and first.proof.over == "literals"
        made = row_text({name: row[name] for name in names})
        self.change = "then" if only else "for example", f"{made or 'as it is'} gives {other}"


def _line(said: Sequence[str], own: Sequence[str]) -> str:
    """Return statements, each with the row's own value, as one text."""
    pairs = [(one, own[i] if i < len(own) else "") for i, one in enumerate(said)]
    return " and ".join(
        f"{bracketed(one) if len(said) > 1 else one}{f' (yours: {mine})' if mine else ''}" for one, mine in pairs
    )


def explanation_text(explanation: Explanation) -> str:
    """Return an explanation in a few lines."""
    told = Told(explanation)
    lines = [f"prediction   {told.prediction}"]
    for label, said, own, status in (
        ("because", told.because, told.because_own, told.because_status),
        ("unless", told.unless, told.unless_own, told.unless_status),
    ):
        lines.append(f"{label:<13}{_line(said, own)}  [{status}]" if said else f"{label:<13}{status}")
    if told.change:
        lines.append(f"{told.change[0]:<13}{told.change[1]}")
    return "\n".join(lines)


def explanation_html(explanation: Explanation) -> str:
    """Return an explanation as a card."""
    told = Told(explanation)
    rows = []
    for label, kind, said, own, status in (
        ("because", "sufficient", told.because, told.because_own, told.because_status),
        ("unless", "contrastive", told.unless, told.unless_own, told.unless_status),
    ):
        known = f'<div style="opacity:.72;font-size:12px">{text(status)}</div>'
        rows.append((label, f"{chips(said, kind, own)}{known}" if said else text(status)))
    if told.change:
        rows.append((told.change[0], text(told.change[1])))
    return card(told.prediction, rows)


def many_html(many: Explanations) -> str:
    """Return explanations of many rows as a card with the first ones."""
    rows = []
    for i in range(min(_ROWS, len(many))):
        reason = many.reason(i)
        said = text(many[i].none_because) if reason is None else chips(reason.features, "sufficient") or text(_ALWAYS)
        rows.append((str(i), f"<b>{text(str(many.predictions[i]))}</b> because {said}"))
    more = f", the first {_ROWS} are shown" if len(many) > _ROWS else ""
    rate = milliseconds(many.seconds / max(1, len(many)))
    note = f"{standing(many.status, many.stop)}{more}; {many.seconds:.3f} s, {rate} a row"
    return card(f"{len(many)} of {many.n_rows} rows explained", rows, note)


def explainer_html(name: str, parts: Sequence[str]) -> str:
    """Return what an explainer says of itself as a card."""
    return card(name, [(label, text(_bare(label, part))) for label, part in zip(LABELS, parts, strict=True)])


def _bare(label: str, part: str) -> str:
    """Return a part of a description without the words that its label says."""
    return part.removeprefix(f"{label} ").removesuffix(f" {label}").removeprefix(f"the {label} is ")

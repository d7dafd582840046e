"""``affected``: which of given rows would be decided otherwise if only some of their features were others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...engine.reasons.html import card, milliseconds, text
from ...engine.status import Status, Stop
from .asking import within
from .differing import features_said, said_of, wanted_of
from .given import place_of
from .rows_asked import RowsAsked
from .subject import subject_of
from .verdict import Witness


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Affected:
    """Which rows would be decided otherwise.

    Attributes
    ----------
    values : tuple of bool or None
        For each row: whether it would; None where it is not known (time was up, rounding decides, or it is outside the
        domain).
    witnesses : tuple of Witness or None
        For each row that would: the row, and what it would have to be.
    statement : str
        What was asked, in words.
    stop : Stop
        Why the search ended early, if it did.
    seconds : float
        How long it took.
    """

    values: tuple[bool | None, ...]
    witnesses: tuple[Witness | None, ...]
    statement: str
    stop: Stop = Stop.NONE
    seconds: float = 0.0

    @property
    def status(self) -> Status:
        """``COMPLETE`` where all rows are decided."""
        return Status.BEST_SO_FAR if None in self.values else Status.COMPLETE

    @property
    def rows(self) -> tuple[int, ...]:
        """The positions of the rows that would be decided otherwise."""
        return tuple(i for i, value in enumerate(self.values) if value)

    @property
    def share(self) -> tuple[float, float]:
        """Which share of the rows it is, at least and at most."""
        n = max(len(self.values), 1)
        return self.values.count(True) / n, (self.values.count(True) + self.values.count(None)) / n

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"<Affected: {len(self.rows)} of {len(self)} rows, {self.values.count(None)} unknown: {self.statement}>"

    def to_html(self) -> str:
        """Return it as a small piece of HTML."""
        rows = [(f"row {i}", text(one.told)) for i, one in enumerate(self.witnesses) if one is not None]
        head = f"{len(self.rows)} of {len(self)} rows are decided otherwise"
        note = f"{self.statement}; {self.values.count(None)} unknown, {milliseconds(self.seconds)}"
        return card(head, rows[:8], note)

    def _repr_html_(self) -> str:
        return self.to_html()


def affected(
    model: Any,
    features: Any,
    rows: Any,
    *,
    allowed: Any = None,
    margin: float = 0.0,
    time_limit: float | None = None,
    features_type: Mapping[str, Any] | None = None,
    **how: Any,
) -> Affected:
    """Tell of each given row whether it would be decided otherwise if only some of its features were others.

    Parameters
    ----------
    model : object
        A fitted or hand-built model, or an explainer.
    features : str or list of str
        The features that may be others.
    rows : rows
        The given rows.
    allowed : conditions, optional
        What the changed row has to meet, as ``given`` of ``verify``.
    margin : float
        Of a regressor: how far the prediction must move at least.
    time_limit, features_type, **how
        As of ``verify``; the limit is for all rows together.

    Returns
    -------
    Affected
        Exact for each row: all values of the features are looked at.

    Raises
    ------
    BadInputError
        If a feature is unknown, or an argument cannot be read.
    """
    subject = subject_of(model, features_type, **how)
    with within(time_limit) as deadline:
        chosen = features_said(subject, features)
        wanted = wanted_of(subject.form, margin)
        place = place_of(subject, allowed)
        asked = RowsAsked(subject, place, chosen, rows, float(margin))
        found = [asked.one(number, deadline) for number in range(len(asked))]
        return Affected(
            tuple(value for value, _ in found), tuple(witness for _, witness in found),
            said_of(subject, place, chosen, wanted), deadline.stop, deadline.elapsed,
        )  # fmt: skip

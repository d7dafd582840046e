"""An explanation of a row whose values may have been moved, filled in as the answers come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...engine.arrays import F64
from ...engine.reasons import Reason, Reasons
from ...engine.status import Status
from ..explanation import Explanation

if TYPE_CHECKING:
    from ..batch.intervals import Interval
    from ..facade import AnyExplainer


class Moved(Explanation):
    """Why a row is decided so, as far as it was asked.

    Attributes
    ----------
    found : Reasons or None
        What would change the decision; None before it was asked.
    already : bool
        Whether it is decided as it is wanted to be.
    no_reason : str
        Why there is no sufficient reason, if it is not that of the explainer.
    """

    def __init__(self, explainer: AnyExplainer, interval: Interval | None) -> None:
        session = explainer.session
        row = session.placed_row
        assert row is not None
        super().__init__(explainer, row, session.teller, explainer.target_prediction, None, interval)
        self.found: Reasons | None = None
        self.no_reason = "it was not asked"
        self.already = False

    @property
    def contrastive(self) -> Reasons:  # known or not, it is not asked when it is looked at
        """What would change the decision, as far as it is known."""
        return Reasons([], Status.BEST_SO_FAR) if self.found is None else self.found

    def known_changes(self) -> Reasons | None:
        """Return what would change the prediction, where it was asked."""
        return self.found

    @property
    def none_because(self) -> str:
        """Why there is no sufficient reason."""
        return self.no_reason or super().none_because

    @property
    def read_as(self) -> F64:
        """The row as the model reads it."""
        return self._row

    def fits(self, reason: Reason, other: Moved) -> list[bool]:
        """Tell for each statement of a reason of this row whether another row satisfies it.

        Statements are about the same conditions: both rows are in the same domain.
        """
        session = self._explainer.session
        if reason.proof.over == "features":
            return [self._same_value(feature, other) for feature in reason]
        truth = session.space.truth(other.read_as)
        groups = self.grouped(reason) or [(item,) for item in reason]
        return [all(bool(truth[abs(item) - 1]) == (item > 0) for item in group) for group in groups]

    def _same_value(self, feature: Any, other: Moved) -> bool:
        session = self._explainer.session
        columns = session.features[session.feature_index(feature)].columns
        return all(
            self._row[c] == other.read_as[c] or (self._row[c] != self._row[c] and other.read_as[c] != other.read_as[c])
            for c in columns
        )

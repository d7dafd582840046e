"""The most general reason: the largest box around the instance on which the decision never changes.

Cells and their ranges as in Izza, Ignatiev, Stuckey, Marques-Silva ("inflated" explanations, IJCAI 2024); the maximum
and its bounds are this library's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...engine.arrays import Bools
from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND, UNKNOWN
from ...engine.ensembles.cheapest.boxes import Heaviest, heaviest_box
from ...engine.ensembles.views.literals import LiteralView, importance_order
from ...engine.errors import BadInputError, UndecidedError, shown
from ...engine.reasons import Proof, Reason
from ...engine.status import Status, Stop
from ..session.gate import twin_of
from .answers import Deciding
from .asked_checks import Given
from .box_weights import Seen, weighing_of
from .explaining import Explaining
from .inflated import inflated_box, narrowed

KIND = "most general"


class GeneralQueries(Explaining):
    """The largest box."""

    answers: Deciding

    def most_general_reason(
        self,
        *,
        weight: str | Sequence[float] | Mapping[str, float] = "cells",
        data: Any = None,
        reason: Iterable[Any] | None = None,
        row: Any = None,
        time_limit: float | None = None,
    ) -> Reason | None:
        """Return the sufficient reason with the largest box: a range or a set of values a feature, decided alike.

        Worst-case exponential.

        Parameters
        ----------
        weight : {"cells", "volume", "coverage"} or sequence or mapping of numbers
            What is as large as can be. ``"cells"``: the number of cells (stretches between the model's thresholds)
            that the box has, added up over the features; numbers, one a column, are what a cell of it counts.
            ``"volume"``: the product of the shares of each feature's range that the box has. ``"coverage"``: the
            product of the shares of `data` in the box's range of each feature.
        data : array-like, optional
            Rows, as the model takes them; default: the explainer's background. ``proof.coverage`` is the share of
            them that lies in the box.
        reason : iterable, optional
            A reason that forces the decision, over features or literals, which the box is to grow from ("inflated"):
            from the row's values for names of features, from what they say for literals; other features are free.
        row : array-like, optional
            Another row, such as one of a plan: the box is around it, and of its decision, its literals, its `reason`.
        time_limit : float, optional
            Seconds; the largest box that was found by then, of which no side can move (or ``best_so_far``).

        Returns
        -------
        Reason or None
            A sufficient reason with status ``optimal``: no box weighs more (by a part of 1e-9, where weights are no
            whole numbers); else ``best_so_far``. ``proof.cost`` is what it weighs, ``proof.upper`` what no box
            exceeds. ``None`` if there is no reason without the excluded features.

        Raises
        ------
        BadInputError
            If `reason` does not force the decision.
        UndecidedError
            If rounding, or the time, leaves open whether it does.
        """
        if row is not None:
            return self._around(row).most_general_reason(weight=weight, data=data, reason=reason, time_limit=time_limit)
        seen = self._seen_data(data)
        given = None if reason is None else self._reason_given(reason)
        with self.session.query(time_limit) as deadline:
            weighing = weighing_of(self.session, weight, seen)
            view = self.answers.literal_view()
            if given is not None:
                start = self._started(view, given, reason, deadline)
                found = inflated_box(view, weighing, start, given.per_feature, deadline)
                return self._told(view, found, seen, deadline)
            if _bans_all(view, deadline):
                return None
            start, _ = view.shrink(view.full, importance_order(view, deadline), deadline)
            return self._told(view, heaviest_box(view, weighing, start, deadline), seen, deadline)

    def _told(self, view: LiteralView, found: Heaviest, seen: Seen | None, deadline: Deadline) -> Reason:
        """Return a box as a reason."""
        literals = view.names(view.written(found.kept))
        coverage = None if seen is None else seen.covered(literals)
        proved = found.proved and found.maximal
        return self.session.make(literals, _proof(proved, found.weight, found.bound, coverage, deadline))

    def _around(self, row: Any) -> GeneralQueries:
        """Return an explainer of another row, over the same model and domain."""
        other = twin_of(self)
        other.set_instance(row)
        return other

    def _reason_given(self, reason: Any) -> Given:
        """Return a reason of the instance that is given.

        Raises
        ------
        BadInputError
            If it is none, or the model's own conditions do not say it.
        """
        answers = self.answers
        names = {feature.name for feature in self.session.features}
        listed = [reason] if isinstance(reason, str) else reason
        named = not isinstance(reason, Reason) and all(isinstance(one, str) and one in names for one in listed)
        given = answers.asked.given(listed if named else reason, "features" if named and len(listed) else "literals")
        why = answers.asked.why_not(given, excluded=True)
        if not why and not given.exact:
            why = "the model's own conditions do not say it"
        if why:
            raise BadInputError(f"reason={shown(reason)}: {why}; expected a reason of the instance")
        return given

    def _started(self, view: LiteralView, given: Given, reason: Any, deadline: Deadline) -> Bools:
        """Return what a given reason keeps; raise UndecidedError if rounding leaves open whether it forces."""
        if self.answers.doubts:
            try:
                self.answers.suffices(given.items, given.per_feature, self.answers.wanted(), deadline.with_grace())
            except UndecidedError as error:
                told = f"whether reason={shown(reason)} forces the decision is not known: {error}"
                raise UndecidedError(told) from None
        return narrowed(view, given, reason, deadline)

    def _seen_data(self, data: Any) -> Seen | None:
        """Return the rows that boxes are counted in."""
        if data is None:
            data = self.session.background
        return None if data is None else Seen(self.session, data)


def _bans_all(view: LiteralView, deadline: Deadline) -> bool:
    """Tell whether there is no reason without the excluded features."""
    if not view.banned.any():
        return False
    code = view.answer(view.full, deadline.with_grace())
    if code == UNKNOWN:
        raise deadline.undecided("whether there is a reason without the excluded features")
    return bool(code == FOUND)


def _proof(proved: bool, weight: float, bound: float, coverage: float | None, deadline: Deadline) -> Proof:
    if not proved:
        deadline.expired()
    return Proof(
        KIND, Status.OPTIMAL if proved else Status.BEST_SO_FAR, Stop.NONE if proved else deadline.stop,
        "branch and bound over the sides of boxes", seconds=deadline.elapsed, cost=weight, upper=bound,
        coverage=coverage,
    )  # fmt: skip

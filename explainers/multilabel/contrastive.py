"""Contrastive reasons for several labels: what would bring them to wanted values, flip them, or change any of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from ...engine.budget import Deadline
from ...engine.errors import BadInputError
from ...engine.reasons import Reason, ReasonStream
from ...engine.reasons.label_reasons import LabelReason
from ..queries.answers import Change, change_of
from ..queries.changes import check_distance, limits_of
from ..queries.explaining import Explaining
from ..session.running import by_length, first_of, over_features
from .answers import LabelAnswers
from .joined import Joiner

if TYPE_CHECKING:
    from ...engine.reasons import Answered, NoneInTime, Reasons
    from ..words.query_types import LabelChanging, LabelNearing


class LabelContrastive(Explaining):
    """Queries for contrastive reasons."""

    answers: LabelAnswers

    @overload
    def contrastive_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, n: Literal[1] = 1, **how: Unpack[LabelChanging]
    ) -> LabelReason | NoneInTime | None: ...
    @overload
    def contrastive_reason(self, *, n: int | None, **how: Unpack[LabelChanging]) -> Reasons: ...
    def contrastive_reason(
        self,
        *,
        target: Any = None,
        flip: Any = None,
        labels: Any = None,
        others: str = "free",
        n: int | None = 1,
        mode: str = "exact",
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
        immutable: Iterable[str | int] = (),
        monotone: Mapping[str, str] | None = None,
    ) -> Answered:
        """Return one, several or all contrastive reasons.

        Parameters
        ----------
        target : sequence or mapping, optional
            The wanted values: one for each label, or name -> value of some.
        flip : label or list of labels, optional
            Labels of two values that shall all have their other value.
        labels : label or list of labels, optional
            Any change in one of these labels; default (without `target` and `flip`): in any label.
        others : {"free", "kept"}
            Whether labels that are not named may change as well.
        n : int or ALL
            How many. One is inclusion-minimal, but need not be the smallest.
        mode : {"exact", "joined"}
            ``"exact"``: subset-minimal for all that is wanted at once. ``"joined"``: unions of a change for each label,
            told only where they do what is wanted when all that they name, and nothing else, changes; they may hold
            more than they need, and where changes for single labels work against each other there may be no such union
            though an exact reason exists.
        time_limit, over, solver
            As in ``sufficient_reason``.
        immutable : iterable of str
            Features that stay as they are.
        monotone : mapping, optional
            Numbers that may only go one way: ``{"age": "increasing"}`` (exact mode).

        Returns
        -------
        LabelReason, Reasons or None
            ``None`` if it is proved that there is none (``NoneInTime``, which is empty, if time was up before one was
            found). ``reason.witness`` is the changed instance, ``reason.features`` what has to become true,
            ``reason.by_label`` which part of the change serves which label.
        """
        joined, per_feature = LabelAnswers.check_mode(mode, solver), over_features(over)
        problem, classes = self.answers.change(target, flip, labels, others)
        with self.session.query(time_limit) as deadline:
            if joined:
                self._check_joined(classes, others, monotone)
                source = self._joined_changes(classes, labels, per_feature, deadline, immutable)
                return first_of(by_length(self.session.collect(source, n, deadline)), n)
            change = change_of(n, None, per_feature, solver, immutable, monotone)
            found = self.answers.leaves_or(problem).answers.contrastive(change, deadline)
            return self.answers.told(found, self.answers.changing(problem, classes))

    def _check_joined(self, classes: dict[int, int] | None, others: str, monotone: Any) -> None:
        if monotone:
            raise BadInputError("monotone is for mode='exact': leave out the mode, or monotone")
        if classes is None and others == "kept":
            raise BadInputError("others='kept' with any change in labels is for mode='exact': give a target, or flip")

    def _joined_changes(
        self, classes: dict[int, int] | None, labels: Any, per_feature: bool, deadline: Deadline, immutable: Any
    ) -> Iterator[LabelReason]:
        if classes is None:
            return Joiner(self.answers, self.answers.named(labels), per_feature, deadline).single_changes(immutable)
        return Joiner(self.answers, tuple(sorted(classes)), per_feature, deadline).changes(classes, immutable)

    def contrastive_reasons(
        self,
        *,
        target: Any = None,
        flip: Any = None,
        labels: Any = None,
        others: str = "free",
        mode: str = "exact",
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
        immutable: Iterable[str | int] = (),
        monotone: Mapping[str, str] | None = None,
    ) -> ReasonStream:
        """Return a lazy iterator over all contrastive reasons, see ``contrastive_reason``."""
        joined, per_feature = LabelAnswers.check_mode(mode, solver), over_features(over)
        problem, classes = self.answers.change(target, flip, labels, others)
        deadline = Deadline.of(time_limit)
        limits_of(self.session, immutable, monotone)  # an error is told at the call
        if joined:
            self._check_joined(classes, others, monotone)
            source: Iterator[Reason] = self._joined_changes(classes, labels, per_feature, deadline, immutable)
        else:
            wrap, sub = self.answers.changing(problem, classes), self.answers.leaves_or(problem)
            change = Change(None, None, per_feature, solver, immutable, monotone)
            source = (wrap(reason) for reason in sub.answers.each_change(change, deadline))
        return ReasonStream(self.session.guarded(source, deadline), deadline)

    @overload
    def minimal_contrastive_reason(  # type: ignore[overload-overlap]  # n=1 is one
        self, *, n: Literal[1] = 1, **how: Unpack[LabelNearing]
    ) -> LabelReason | NoneInTime | None: ...
    @overload
    def minimal_contrastive_reason(self, *, n: int | None, **how: Unpack[LabelNearing]) -> Reasons: ...
    def minimal_contrastive_reason(
        self,
        *,
        target: Any = None,
        flip: Any = None,
        labels: Any = None,
        others: str = "free",
        n: int | None = 1,
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
        immutable: Iterable[str | int] = (),
        monotone: Mapping[str, str] | None = None,
        distance: str | None = None,
        weights: Sequence[float] | Mapping[str, float] | None = None,
    ) -> Answered:
        """Return one, several or all contrastive reasons with the fewest literals (features), or the nearest change.

        Parameters
        ----------
        target, flip, labels, others, n, time_limit, over, solver, immutable, monotone
            As in ``contrastive_reason``.
        distance, weights
            As for forests: ``distance="l1"`` asks for the nearest changed instance.
        """
        check_distance(distance, weights)
        change = change_of(n, None, over_features(over), solver, immutable, monotone, distance, weights)
        problem, classes = self.answers.change(target, flip, labels, others)
        with self.session.query(time_limit) as deadline:
            found = self.answers.leaves_or(problem).answers.fewest(change, deadline)
            return self.answers.told(found, self.answers.changing(problem, classes))

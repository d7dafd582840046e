"""Reasons for several labels: which labels they speak of, in which mode, and which part serves which label."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .kept_words import Kept
from .proof import Proof
from .reasons import Reason

Parts = Mapping[str, tuple[Any, ...]]


class LabelReason(Reason):
    """A reason for (a change of) several labels: a tuple of signed literals, or of names of features.

    Attributes
    ----------
    mode : str
        ``"exact"``: subset-minimal for all the labels at once. ``"joined"``: united from a reason for each label; it
        does what it says, but may hold more than it needs.
    labels : dict
        Name -> value of the labels that it speaks of: those that it forces, or those that the changed instance has.
    by_label : dict
        Name -> the part that serves the label: a reason for this label alone. Computed when it is looked at.
    """

    mode: str
    labels: dict[str, Any]
    _parts: Callable[[LabelReason], Parts] | Parts
    question: Any = None  # of any change in some labels: the problem, as long as the explainer is there

    @classmethod
    def of(
        cls, reason: Reason, mode: str, labels: Mapping[str, Any], parts: Callable[[LabelReason], Parts] | Parts
    ) -> LabelReason:
        """Return a reason with what it says about labels."""
        self = cls.like(reason)
        self.mode, self.labels, self._parts = mode, dict(labels), parts
        return self

    @property
    def by_label(self) -> dict[str, tuple[Any, ...]]:
        """The part that serves each label."""
        if callable(self._parts):
            self._parts = dict(self._parts(self))
        return dict(self._parts)

    def with_proof(self, **changes: Any) -> LabelReason:
        """Return the same reason with some fields of its proof changed."""
        other = Reason(tuple(self), replace(self.proof, **changes), self._say, self._show, self._own)
        made = LabelReason.of(self._on(other), self.mode, self.labels, self._parts)
        made.question = self.question
        return made

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        parts = {name: list(items) for name, items in self.by_label.items()}
        return {**Reason.to_dict(self), "mode": self.mode, "labels": self.labels, "by_label": parts}

    def __reduce__(self) -> tuple[Any, ...]:
        return (
            _restored,
            (
                tuple(self),
                self.proof,
                self._kept,
                self.witness,
                self.mode,
                self.labels,
                self.by_label,
            ),
        )


def _restored(
    items: tuple[Any, ...], proof: Proof, say: Kept, witness: Any, mode: str, labels: Any, parts: Any
) -> LabelReason:
    reason = Reason(items, proof, say, lambda _: witness)
    return LabelReason.of(reason, mode, labels, parts)

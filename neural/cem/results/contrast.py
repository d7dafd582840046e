"""The result for one row: what was found, or why nothing was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

_WORDS = {"PN": "pertinent negative", "PP": "pertinent positive"}
_SHOWN = 6  # features in a repr


class Outcome(str, Enum):
    """What became of a row.

    ``FOUND``: a verified point. ``EMPTY``: the point of no information alone is already of the class, so that nothing
    has to be present. ``NOT_FOUND``: the search ended without a valid point. ``IMPOSSIBLE``: there cannot be one, or
    none is needed; the reason says why. ``STOPPED``: time ran out, or Ctrl-C, before a valid point was met.
    """

    FOUND = "found"
    EMPTY = "empty"
    NOT_FOUND = "not found"
    IMPOSSIBLE = "impossible"
    STOPPED = "stopped"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Change:
    """One feature, or one-hot group, that differs: what it was and what it is."""

    name: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.name} {_plain(self.before)} -> {_plain(self.after)}"


@dataclass(frozen=True, eq=False)
class Contrast:
    """A pertinent negative or positive of one instance.

    Attributes
    ----------
    mode : str
        ``"PN"`` or ``"PP"``.
    instance : ndarray
        The instance.
    original : label
        The model's class of the instance.
    found : bool
        Whether there is a verified point.
    outcome : Outcome
        The same in more detail.
    reason : str
        Why there is no point, or what is special about it; else empty.
    point : ndarray or None
        What the model was shown: for a negative the changed instance; for a positive what alone suffices.
    delta : ndarray or None
        Its difference to the instance (PN) or to no information (PP).
    prediction : label or None
        The model's class of the point.
    margin : float
        Best wanted score minus best other score at the point, in the space of the loss, float64.
    l1, l2 : float
        Norms of `delta`.
    n_changed : int
        Features that differ; a one-hot group counts once.
    objective : float
        ``beta * l1 + l2 ** 2``.
    autoencoder : float
        Squared reconstruction error of the point; NaN without an auto-encoder.
    total : float
        `objective` plus gamma times `autoencoder`.
    c : float
        The weight of the loss at which the search met its best state; NaN where the refinement found it alone.
    iterations : int
        Iterations of FISTA over all values of c.
    names : tuple of str or None
        The names of the features.
    groups : tuple
        The columns of each one-hot group.
    """

    mode: str
    instance: NDArray[Any]
    original: Any
    found: bool
    outcome: Outcome
    reason: str
    point: NDArray[Any] | None
    delta: NDArray[Any] | None
    prediction: Any
    margin: float
    l1: float
    l2: float
    n_changed: int
    objective: float
    autoencoder: float
    total: float
    c: float
    iterations: int
    names: tuple[str, ...] | None
    groups: tuple[NDArray[np.int64], ...]

    @property
    def changes(self) -> list[Change]:
        """What differs, the largest difference first; for a positive: what is present."""
        if self.point is None or self.delta is None:
            return []
        point, delta = self.point.reshape(-1), self.delta.reshape(-1)
        before = point - delta if self.mode == "PP" else self.instance.reshape(-1)
        grouped = {int(column): place for place, columns in enumerate(self.groups) for column in columns}
        seen: set[int] = set()
        changes = []
        for feature in np.argsort(-np.abs(delta), kind="stable"):
            if delta[feature] == 0:
                continue
            group = grouped.get(int(feature))
            if group is None:
                changes.append(Change(self.name(int(feature)), before[feature].item(), point[feature].item()))
            elif group not in seen:
                seen.add(group)
                columns = self.groups[group]
                changes.append(
                    Change(self._group_name(columns), *(self._chosen(v[columns], columns) for v in (before, point)))
                )
        return changes

    def name(self, feature: int) -> str:
        """Return the name of a feature: the user's, or its place in the instance."""
        if self.names is not None:
            return self.names[feature]
        if self.instance.ndim == 1:
            return f"feature {feature}"
        place = np.unravel_index(feature, self.instance.shape)
        return f"[{', '.join(str(int(i)) for i in place)}]"

    def _group_name(self, columns: NDArray[np.int64]) -> str:
        return "/".join(self.name(int(column)) for column in columns[:4]) + ("/…" if len(columns) > 4 else "")

    def _chosen(self, values: NDArray[Any], columns: NDArray[np.int64]) -> str:
        return self.name(int(columns[int(values.argmax())])) if (values == 1).sum() == 1 else "nothing"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values; numbers that are not there are None."""

        def plain(value: float) -> float | None:
            return float(value) if np.isfinite(value) else None

        return {
            "mode": self.mode,
            "instance": self.instance.tolist(),
            "original": self.original,
            "found": self.found,
            "outcome": str(self.outcome),
            "reason": self.reason,
            "point": None if self.point is None else self.point.tolist(),
            "delta": None if self.delta is None else self.delta.tolist(),
            "prediction": self.prediction,
            "margin": plain(self.margin),
            "l1": plain(self.l1),
            "l2": plain(self.l2),
            "n_changed": self.n_changed,
            "objective": plain(self.objective),
            "autoencoder": plain(self.autoencoder),
            "total": plain(self.total),
            "c": plain(self.c),
            "iterations": self.iterations,
        }

    def to_json(self, **options: Any) -> str:
        """Return `to_dict` as JSON; `options` go to ``json.dumps``."""
        import json

        return json.dumps(self.to_dict(), **options)

    def to_frame(self) -> Any:
        """Return a pandas data frame with one line a changed feature (needs pandas)."""
        import pandas

        lines = [(change.name, change.before, change.after) for change in self.changes]
        return pandas.DataFrame(lines, columns=["feature", "before", "after"])

    def plot(self, **options: Any) -> Any:
        """Draw bars (tabular data) or pictures (images) and return the figure (the extra ``suffice[report]``)."""
        from .plots import plot_contrasts

        return plot_contrasts([self], **options)

    def __repr__(self) -> str:
        head = f"{_WORDS[self.mode]} of an instance of class {self.original}: {self.outcome}"
        if not self.found:
            return f"{head}\n  {self.reason}"
        lines = [head + (f" ({self.reason})" if self.reason else "")]
        shape = self.instance.shape
        if self.n_changed and (len(shape) == 1 or self.n_changed <= _SHOWN):
            verb = "change" if self.mode == "PN" else "keep"
            shown = [str(change) for change in self.changes[:_SHOWN]]
            lines.append(f"  {verb}  " + ", ".join(shown) + (", …" if self.n_changed > _SHOWN else ""))
        elif self.n_changed:
            lines.append(
                f"  {self.n_changed} of {self.instance.size} values {'change' if self.mode == 'PN' else 'stay'}"
            )
        lines.append(f"  then  class {self.prediction}, margin {self.margin:.4g}")
        told = f"  cost  {self.objective:.4g} (L1 {self.l1:.4g}, L2 {self.l2:.4g})"
        if np.isfinite(self.autoencoder):
            told += f", auto-encoder {self.autoencoder:.4g}, total {self.total:.4g}"
        return "\n".join([*lines, told])

    def _repr_html_(self) -> str:
        from .pages import contrast_html

        page: str = contrast_html(self)
        return page


def _plain(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def label_list(labels: Sequence[Any]) -> NDArray[Any]:
    """Return labels as an array: numbers or words of one kind stay such, anything else becomes objects."""
    array = np.asarray(labels)
    if array.ndim == 1 and array.dtype.kind in "iubfU":
        return array
    objects = np.empty(len(labels), dtype=object)
    objects[:] = list(labels)
    return objects

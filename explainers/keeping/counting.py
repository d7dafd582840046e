"""Explanations of many rows, counted: which features are in the reasons, which are necessary, which change."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from ...engine.budget import Deadline
from ...engine.errors import SufficeError
from ...engine.reasons import Reason
from ...engine.reasons.html import card, standing, text
from ...engine.status import Status

if TYPE_CHECKING:
    from pandas import DataFrame

    from ..explanations import Explanations

_SHOWN = 8


class Counts(dict[str, int]):
    """In how many rows each feature is something, the most frequent first.

    Attributes
    ----------
    n_rows : int
        The rows that were counted.
    status : Status
        ``COMPLETE``, or ``BEST_SO_FAR`` if not all rows could be counted: then each number is a lower bound.
    """

    def __init__(self, counted: Mapping[str, int], n_rows: int, status: Status) -> None:
        super().__init__(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
        self.n_rows, self.status = n_rows, status

    def __reduce__(self) -> tuple[Any, ...]:
        return Counts, (dict(self), self.n_rows, self.status)

    def __repr__(self) -> str:
        bound = "" if self.status is Status.COMPLETE else ", not all were counted"
        lines = [f"{count:>8}  {name}" for name, count in self.items()]
        return "\n".join([f"of {self.n_rows} rows{bound}:", *lines])

    def _repr_html_(self) -> str:
        bound = "" if self.status is Status.COMPLETE else "not all rows were counted: each number is a lower bound"
        return card(f"of {self.n_rows} rows", [(str(count), text(name)) for name, count in self.items()], bound)


def features_of(reason: Reason) -> list[str]:
    """Return the names of the features that a reason speaks of; its statements where they are not known."""
    if reason.proof.over == "features":
        return [str(item) for item in reason]
    return list(dict.fromkeys(part.feature for part in reason.parts)) or list(reason.features)


def feature_counts(many: Explanations) -> Counts:
    """Return in how many reasons each feature is."""
    return counts_of([features_of(reason) for reason in many.reasons() if reason is not None], many)


def counts_of(listed: Iterable[Iterable[str]], many: Explanations) -> Counts:
    """Return how often each feature is in lists of features, of the reasons of many rows."""
    return Counts(Counter(itertools.chain.from_iterable(listed)), len(many), many.status)


def change_counts(many: Explanations) -> Counts:
    """Return in how many rows each feature is part of the first change."""
    known = [one.known_changes() for one in many]
    counted = Counter(name for found in known if found for name in features_of(found[0]))
    whole = all(found is not None and (found or found.status is Status.COMPLETE) for found in known)
    return Counts(counted, len(many), many.status if whole else Status.BEST_SO_FAR)


def necessary_counts(many: Explanations, time_limit: float | None) -> Counts:
    """Return in how many rows each feature is in every sufficient reason over features."""
    deadline, counted, done = Deadline(time_limit), Counter[str](), 0
    for one in many:
        if deadline.expired():
            break
        left = None if time_limit is None else max(deadline.remaining, 0.001)
        try:
            counted.update(map(str, one.ask("necessary_features", time_limit=left)))
        except SufficeError:
            if one.has_model and deadline.expired():
                break
            raise
        done += 1
    return Counts(counted, done, Status.COMPLETE if done == many.n_rows else Status.BEST_SO_FAR)


@dataclass(frozen=True, slots=True, repr=False)
class Summary:
    """Explanations of many rows in a few numbers.

    Attributes
    ----------
    n_rows, n_reached : int
        The rows that were given, and those that were reached in time.
    predictions : dict
        How many rows have each prediction (of a regressor nothing).
    features : Counts
        In how many reasons each feature is.
    median_size, largest_size : float, int
        Of the reasons.
    statuses : dict of str to int
        How many reasons are proved how far; ``"no reason"`` where none is left.
    seconds : float
        Of all rows together.
    status : Status
        ``COMPLETE`` if every row was reached.
    """

    n_rows: int
    n_reached: int
    predictions: dict[Any, int]
    features: Counts
    median_size: float
    largest_size: int
    statuses: dict[str, int]
    seconds: float
    status: Status

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "n_rows": self.n_rows, "n_reached": self.n_reached,
            "predictions": {str(label): count for label, count in self.predictions.items()},
            "features": dict(self.features), "median_size": self.median_size, "largest_size": self.largest_size,
            "statuses": dict(self.statuses), "seconds": self.seconds, "status": str(self.status),
        }  # fmt: skip

    def to_frame(self) -> DataFrame:
        """Return a frame of pandas, a row a feature: in how many ``reasons`` it is, and the ``share`` of rows."""
        import pandas

        counts = list(self.features.values())
        share = [count / max(1, self.n_reached) for count in counts]
        return pandas.DataFrame({"reasons": counts, "share": share}, index=pandas.Index(self.features, name="feature"))

    @property
    def _lines(self) -> list[tuple[str, str]]:
        rate = self.seconds / max(1, self.n_reached) * 1e6
        top = [f"{name} ({count})" for name, count in list(self.features.items())[:_SHOWN]]
        more = f", and {len(self.features) - _SHOWN} more" if len(self.features) > _SHOWN else ""
        listed = self.predictions.items()
        return [
            ("rows", f"{self.n_reached} of {self.n_rows} reached, {self.seconds:.3f} s ({rate:.0f} µs a row)"),
            *([("predicted", ", ".join(f"{label} ({count})" for label, count in listed))] if self.predictions else []),
            ("reasons", f"{self.median_size:g} statements each (median), {self.largest_size} at most"),
            ("features", ", ".join(top) + more or "none"),
            ("proved", ", ".join(f"{name.replace('_', ' ')} ({count})" for name, count in self.statuses.items())),
        ]  # fmt: skip

    def __repr__(self) -> str:
        return "\n".join(f"{label:<11}{said}" for label, said in self._lines)

    def _repr_html_(self) -> str:
        return card("Summary", [(label, text(said)) for label, said in self._lines])


def summary_of(many: Explanations) -> Summary:
    """Return explanations of many rows in a few numbers."""
    reasons = list(many.reasons())
    sizes = [len(reason.features) for reason in reasons if reason is not None]
    numbers = len(many) > 0 and many[0].interval is not None
    labels: Counter[Any] = Counter()
    if not numbers:
        several = many.predictions.ndim > 1
        labels.update(one.predicted for one in many) if several else labels.update(many.predictions.tolist())
    statuses = Counter(
        "no reason" if reason is None else standing(reason.status, reason.stop).replace(" ", "_") for reason in reasons
    )
    return Summary(
        many.n_rows, len(many), dict(labels.most_common()), feature_counts(many), median(sizes) if sizes else 0.0,
        max(sizes, default=0), dict(statuses), many.seconds, many.status,
    )  # fmt: skip

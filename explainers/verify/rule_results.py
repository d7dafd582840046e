"""What ``rules`` returns: rules that are true of a model, the rows that they cover, and how many are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from ...encoders.builders.rules import RuleSet
from ...engine.errors import UnsupportedModelError
from ...engine.reasons.certified import known, without
from ...engine.reasons.html import card, milliseconds, text
from ...engine.status import Status, Stop

if TYPE_CHECKING:
    from ..certificates.certificate import Certificate
    from ..certificates.regions import Proven

_GREATEST = float(np.finfo(np.float64).max)
_FEW = 12  # rules that are shown
Tests = tuple[tuple[str, Any, float], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rule:
    """A box of inputs that a model all gives one label.

    Attributes
    ----------
    features : tuple of str
        The conditions in words, one a feature; none: all inputs.
    literals : tuple of int
        The literals of the model that say the same.
    rows : ndarray of int64
        The given rows that meet it.
    maximal : bool
        Whether it is proved that no condition can be weakened.
    tests : tuple or None
        The same as tests of columns ``(name, operator, number)``; None where they have no such form.
    proven : Proven or None
        What a certificate has to know of it.
    """

    features: tuple[str, ...]
    literals: tuple[int, ...]
    rows: NDArray[np.int64]
    maximal: bool
    tests: Tests | None = None
    proven: Proven | None = field(default=None, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return without(self, "proven")

    def certificate(self, *, time_limit: float | None = None) -> Certificate:
        """Return a certificate that all inputs of the box have the label, and that it is maximal.

        Parameters
        ----------
        time_limit : float, optional
            Seconds that the proof may take (see ``Reason.certificate``).

        Raises
        ------
        BadInputError
            If the rule was read from a file.
        UndecidedError
            If time was up.
        """
        proven = known(self.proven, "rule", "it was read from a file, without its model")
        return proven.certificate(True, f"always so{', maximal' * self.maximal}: {self}", time_limit)

    def __str__(self) -> str:
        return " and ".join(self.features) or "always"

    def __repr__(self) -> str:
        return f"<Rule: {self} ({len(self.rows)} rows{'' if self.maximal else ', may be widened'})>"


class Rules(Sequence[Rule]):
    """Rules that are true of a model: what meets one of them has the label, proved for all inputs.

    Attributes
    ----------
    label : object
        The label.
    n_rows : int
        How many of the given rows have it.
    uncovered : ndarray of int64
        Those that no rule covers.
    lower : int
        No fewer rules cover the rows that are covered: proved.
    most : int
        So many of the rows `k` rules can cover at most: proved.
    stop : Stop
        Why the search ended early, if it did.
    seconds : float
        How long it took.
    feature_names : tuple of str
        The columns of the model.
    others : object
        What ``model`` says where no rule fires.
    """

    def __init__(
        self, each: Sequence[Rule], label: Any, n_rows: int, uncovered: NDArray[np.int64], *, lower: int, most: int,
        stop: Stop, seconds: float, feature_names: tuple[str, ...], others: Any,
    ) -> None:  # fmt: skip
        self._each = tuple(each)
        self.label, self.n_rows, self.uncovered, self.lower, self.most = label, n_rows, uncovered, lower, most
        self.stop, self.seconds, self.feature_names, self.others = stop, seconds, feature_names, others

    def __len__(self) -> int:
        return len(self._each)

    @overload
    def __getitem__(self, index: int) -> Rule: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Rule, ...]: ...
    def __getitem__(self, index: int | slice) -> Rule | tuple[Rule, ...]:
        return self._each[index]

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._each)

    @property
    def n_covered(self) -> int:
        """How many of the rows meet a rule."""
        return self.n_rows - len(self.uncovered)

    @property
    def gap(self) -> int:
        """How many rules fewer might do."""
        return max(0, len(self) - self.lower)

    @property
    def status(self) -> Status:
        """``OPTIMAL`` if no fewer rules cover as much and no other ones cover more, else ``BEST_SO_FAR``."""
        return Status.OPTIMAL if self.gap == 0 and self.n_covered >= self.most else Status.BEST_SO_FAR

    @property
    def model(self) -> RuleSet:
        """The rules as a model: the label where one of them fires, ``others`` elsewhere.

        Raises
        ------
        UnsupportedModelError
            If a rule has no form as tests of numbers.
        """
        if any(rule.tests is None for rule in self):
            raise UnsupportedModelError(
                "some rules speak of categories by their labels, which a RuleSet does not test: use their words"
            )
        tests = [list(rule.tests or ()) or [(self.feature_names[0], "<=", _GREATEST)] for rule in self]
        return RuleSet(tests, feature_names=self.feature_names, class_names=(self.others, self.label))

    def to_frame(self) -> Any:
        """Return a data frame of pandas, a row for each rule."""
        import pandas as pd

        return pd.DataFrame(
            {
                "rule": [str(rule) for rule in self],
                "label": [self.label] * len(self),
                "rows": [len(rule.rows) for rule in self],
                "share": [len(rule.rows) / max(1, self.n_rows) for rule in self],
                "maximal": [rule.maximal for rule in self],
            }
        )

    @property
    def told(self) -> str:
        """How good the rules are, in words."""
        said = f"{len(self)} rules cover {self.n_covered} of {self.n_rows} rows of {self.label!r}"
        if self.status is Status.OPTIMAL:
            return f"{said}, and no fewer do"
        return f"{said}; at least {self.lower} are needed for as much, at most {self.most} rows can be covered"

    def __repr__(self) -> str:
        return f"<Rules: {self.told}>"

    def to_html(self) -> str:
        """Return the rules as a small piece of HTML, which needs nothing else."""
        rows = [(f"{len(rule.rows)} rows", text(str(rule))) for rule in self[:_FEW]]
        more = f"; {len(self) - _FEW} more rules" if len(self) > _FEW else ""
        return card(f"{self.label!r}, always", rows, f"{self.told}; {milliseconds(self.seconds)}{more}")

    def _repr_html_(self) -> str:
        return self.to_html()

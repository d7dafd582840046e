"""``range_of``: the least and the greatest prediction (or score) that inputs of a region can have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.arrays import I32
from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.ensembles.layout import Layout, lay_out
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.sums import Arithmetic, greatest_sum, interval_columns
from ...engine.errors import BadInputError, UnsupportedModelError, shown
from ...engine.labels.joint_question import truth_of_cells
from ...engine.models import CompiledEnsemble
from ...engine.models.ensembles import EnsembleArrays
from ...engine.reasons.certified import known, without
from ...engine.reasons.html import card, milliseconds, text
from ...engine.status import Status, Stop
from .asking import within
from .claims import classes_of
from .given import Place, place_of
from .hunt import Shower
from .proving import range_proven
from .subject import Subject, subject_of
from .verdict import Witness

if TYPE_CHECKING:
    from ..certificates.certificate import Certificate
    from ..certificates.regions import Proven


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Range:
    """The least and the greatest number that inputs of a region can have.

    Attributes
    ----------
    low, high : float
        All numbers are between them; where `exact`, some input has each of them. ``inf, -inf`` where no input meets the
        conditions.
    least, greatest : Witness or None
        Inputs with the least and the greatest number that were found.
    exact : bool
        Whether both ends are taken.
    statement : str
        What the numbers are, in words.
    stop : Stop
        Why the search ended early, if it did.
    seconds : float
        How long it took.
    proven : Proven or None
        What a certificate has to know of the question.
    """

    low: float
    high: float
    least: Witness | None
    greatest: Witness | None
    exact: bool
    statement: str
    stop: Stop = Stop.NONE
    seconds: float = 0.0
    proven: Proven | None = field(default=None, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return without(self, "proven")

    def certificate(self, *, time_limit: float | None = None) -> Certificate:
        """Return a certificate that all numbers are in an exact range, and its ends are taken (``Reason.certificate``).

        Parameters
        ----------
        time_limit : float, optional
            Seconds that the proof may take.

        Raises
        ------
        BadInputError
            If the range is not exact, or was read from a file.
        UndecidedError
            If time was up.
        """
        proven = known(self.proven, "range", "it is not exact, or empty, or was read from a file")
        return proven.attained(repr(self), time_limit)

    @property
    def status(self) -> Status:
        """``OPTIMAL`` where both ends are taken; ``BEST_SO_FAR``: all numbers are between them."""
        return Status.OPTIMAL if self.exact else Status.BEST_SO_FAR

    def __iter__(self) -> Any:
        return iter((self.low, self.high))

    def __repr__(self) -> str:
        return f"<Range: {self.statement} in [{self.low:.9g}, {self.high:.9g}] ({self.status})>"

    def to_html(self) -> str:
        """Return the range as a small piece of HTML."""
        ends = (("least", self.least), ("greatest", self.greatest))
        rows = [(name, text(one.told)) for name, one in ends if one is not None]
        said = f"{self.statement}: {self.low:.9g} to {self.high:.9g}"
        return card(said, rows, f"{str(self.status).replace('_', ' ')}, {milliseconds(self.seconds)}")

    def _repr_html_(self) -> str:
        return self.to_html()


def range_of(
    model: Any,
    given: Any = None,
    *,
    label: Any = None,
    time_limit: float | None = None,
    features_type: Mapping[str, Any] | None = None,
    **how: Any,
) -> Range:
    """Return the least and the greatest prediction of all inputs that meet some conditions, with inputs that have them.

    Parameters
    ----------
    model : object
        A regressor, or a classifier, whose score is asked about; or an explainer.
    given : conditions, optional
        As of ``verify``.
    label : object, optional
        Of a classifier with a score for each class: whose score (its probability, where they are averaged).
    time_limit, features_type, **how
        As of ``verify``.

    Returns
    -------
    Range

    Raises
    ------
    UnsupportedModelError
        If the model's scores are made of the scores of other models.
    BadInputError
        If a label is missing, or an argument cannot be read.
    """
    subject = subject_of(model, features_type, **how)
    with within(time_limit) as deadline:
        place = place_of(subject, given)
        form, what = _form(subject, label)
        said = f"{what}, if {' and '.join(place.said)}" if place.said else what
        hunt = _Extremes(subject, form, place, deadline)
        (low, taken_low, least), (high, taken_high, greatest) = hunt.end(-1), hunt.end(1)
        exact = taken_low and taken_high and not form.slack
        proven = range_proven(subject, place, form, *hunt.sums) if exact and place.boxes else None
        return Range(
            low - form.slack, high + form.slack, least, greatest, exact, said,
            Stop.NONE if taken_low and taken_high else deadline.stop, deadline.elapsed, proven,
        )  # fmt: skip


def _form(subject: Subject, label: Any) -> tuple[CompiledEnsemble, str]:
    """Return the model as one of a single number, and what that is."""
    form = subject.form
    if form.circuit is not None:
        raise UnsupportedModelError(
            "this model's scores are made of those of other models, and their range is not known exactly: "
            "ask verify whether a label can come out"
        )
    if form.regression or form.one_score:
        if label is not None:
            raise BadInputError("label: the model has one number for all; leave it out")
        return form, "prediction" if form.regression else "raw score"
    if label is None:
        raise BadInputError(f"label=None: the model has a score for each of {list(form.classes)[:8]}; say which one")
    wanted = classes_of(form, label)
    if len(wanted) != 1:
        raise BadInputError(f"label={shown(label)}: expected one label")
    (k,) = wanted
    own = replace(form.trees, values=np.ascontiguousarray(form.trees.values[:, [k]]), base=form.trees.base[[k]])
    return replace(form, trees=own, classes=(), voting="value", transform=None), f"score of {form.classes[k]}"


class _Extremes:
    """Finds the ends of a range."""

    def __init__(self, subject: Subject, form: CompiledEnsemble, place: Place, deadline: Deadline) -> None:
        self._subject, self._form, self._place, self._deadline = subject, form, place, deadline
        self._layout: Layout = lay_out(form.trees, place.space, subject.clauses)
        self.sums: list[float] = []  # the ends that were found, before any link

    def end(self, sign: int) -> tuple[float, bool, Witness | None]:
        """Return the greatest (sign 1) or least number, whether it is taken, and an input that has the best one."""
        trees = self._form.trees
        own = trees if sign > 0 else replace(trees, values=-trees.values, base=-trees.base)
        best, bound, point = -math.inf, -math.inf, None
        for box in self._place.boxes:
            found, most, where = self._greatest(own, box, best)
            bound = max(bound, most)
            if where is not None and found > best:
                best, point = found, where
        taken = best >= bound
        transform = self._form.transform
        number = sign * (best if taken else bound)
        self.sums.append(number)
        told = float(transform(np.array([number]))[0]) if transform is not None and math.isfinite(number) else number
        return told, taken, None if point is None else self._shown(point)

    def _greatest(self, trees: EnsembleArrays, box: Any, best: float) -> tuple[float, float, I32 | None]:
        """Return the best number of a box beyond one that is known, and a bound of all."""
        most = 1.01 * greatest_sum(trees) / trees.divisor
        bound, point, halve = most, None, False
        best = max(best, -1.5 * most)
        while True:
            middle = best / 2 + bound / 2
            goal = middle if halve and best < middle < bound else best
            code, where = self._beyond(trees, box, goal)
            if code == FOUND and where is not None:
                best, point, halve = self._number(trees, where), where, True
            elif code == NONE and goal == best:
                return best, best if point is not None else -math.inf, point
            elif code == NONE:
                bound, halve = goal, not halve
            else:
                return best, bound, point

    def _beyond(self, trees: EnsembleArrays, box: Any, goal: float) -> tuple[int, I32 | None]:
        columns = interval_columns(trees, -math.inf, goal)
        if len(columns.need) == 0:
            return NONE, None
        none = np.zeros(0, np.bool_)
        sums = Arithmetic(trees.values, trees.base, trees.divisor, none, -math.inf, goal, False, trees.single)
        question = EnsembleQuestion(self._layout, sums, columns, self._place.somewhere.cells)
        question.set_region(box)
        code = question.answer(self._deadline)
        return code, question.point.copy() if code == FOUND else None

    def _number(self, trees: EnsembleArrays, point: I32) -> float:
        return float(trees.scores_at(truth_of_cells(self._place.space, point))[0])

    def _shown(self, point: I32) -> Witness | None:
        if self._place.space.theory is None:
            return None
        shower = Shower(self._subject.session.anyones, self._place.somewhere)
        row = shower.row(point)
        return Witness((row,), (shower.teller.predictions([row])[0],))

"""What an encoder returns: the compiled form of a model, and the ways in and out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _native
from ..arrays import I32, Bools
from ..domain.space import Space
from ..domain.theory import Feature
from ..domain.vocabulary import Vocabulary
from ..errors import BadInputError, shown
from .around import Around
from .circuits import Circuit
from .ensembles import LINKS, EnsembleArrays
from .floats import Transform, margins_between
from .trees import TreeArrays

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledTree:
    """A decision tree, its vocabulary, and its relation to the user's model.

    Attributes
    ----------
    tree : TreeArrays
        The tree.
    vocabulary : Vocabulary
        Its conditions, on the columns that the user sees.
    classes : tuple
        Labels; ``tree.outcome`` indexes them.
    features : tuple of Feature
        What the model itself tells of its features (before a user's declaration).
    read : callable
        User rows (matrix, list, data frame) -> float64 matrix in the vocabulary's columns and reading.
        Raises BadInputError for rows that the model would refuse.
    to_user_row : callable
        One row of such a matrix -> a row that the model's own ``predict`` takes, as a 1-d array (of objects, if
        labels occur).
    predict : callable
        A matrix as ``read`` returns it -> labels by the model's own ``predict``, shape (m,).
    missing : frozenset of int
        Columns that may be NaN.
    source : object
        The user's model.
    dtypes : tuple of str
        The dtypes of the columns of the rows that the form holds for, where the model calculates in them; empty if it
        holds for all.
    rounded : bool
        Whether ``read`` does no more to arrays of finite floats than round them to the vocabulary's reading.
    around : Around or None
        What makes the forms around other instances, where the form holds around one alone.
    """

    tree: TreeArrays
    vocabulary: Vocabulary
    classes: tuple[Any, ...]
    features: tuple[Feature, ...]
    read: Callable[[Any], Rows]
    to_user_row: Callable[[NDArray[np.float64]], NDArray[Any]]
    predict: Callable[[Rows], NDArray[Any]]
    missing: frozenset[int]
    source: Any
    dtypes: tuple[str, ...] = ()
    rounded: bool = False
    around: Around | None = None

    @property
    def rounding(self) -> bool:
        """Whether rounding may decide inputs near ties: never, a single tree adds nothing up."""
        return False

    def tied(self, truth: Bools, interval: tuple[float, float] | None = None) -> bool:
        """Tell whether rounding decides about the input with these truth values of the conditions: never."""
        return False

    def class_index(self, label: Any) -> int:
        """Return the index of a label.

        Raises
        ------
        BadInputError
            If the model has no such class.
        """
        return class_index(self.classes, label)

    def outcome_at(self, truth: Bools) -> int:
        """Return the class index for a vector of truth values of the conditions."""
        return self.tree.outcome_at(truth)

    def outcomes(self, space: Space, rows: Rows) -> I32:
        """Return the class index of each row (as ``read`` returns them) by the compiled form."""
        return self.tree.outcomes(rows, space.codes)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledEnsemble:
    """A tree ensemble, its vocabulary, and its relation to the user's model.

    Attributes
    ----------
    trees : EnsembleArrays
        The trees and how their values are added.
    voting : str
        ``"soft"`` (scores are averaged), ``"hard"`` (each leaf gives one vote to one class), ``"boosted"`` (scores are
        added up), ``"value"`` (regression), ``"composed"`` (a circuit decides).
    threshold : float
        Of a boosted classifier with one score: it decides for class 1 if the score is at least this number, the least
        one (of the precision of the sums) where the library's own ``predict`` does; ``inf`` if it never does.
    link : str
        Of a classifier with a score for each class: what lies between the scores and the greatest one, see
        ``ensembles.LINKS``.
    slack : float
        How far a score of the model's own ``predict`` can be from the sum of the trees, where its library adds in an
        order of its own (0: never). What is nearer to a tie than that is not decided here, see ``doubtful``.
    circuit : Circuit or None
        What decides over the scores, in place of all these; ``slack`` is then not 0, since something may be in doubt.
    transform : callable or None
        Of a regressor: scores (as float64) -> predictions, never falling, rounded as the library does; ``None`` if they
        are the same.
    classes : tuple
        Labels; empty for a regressor.
    rows_show : mapping from column to tuple
        Values of columns of categories by which the model's numbers of them were told.
    vocabulary, features, read, to_user_row, predict, missing, source, dtypes, around
        As in ``CompiledTree``; ``predict`` of a regressor returns float64 numbers.
    """

    trees: EnsembleArrays
    vocabulary: Vocabulary
    classes: tuple[Any, ...]
    features: tuple[Feature, ...]
    read: Callable[[Any], Rows]
    to_user_row: Callable[[NDArray[np.float64]], NDArray[Any]]
    predict: Callable[[Rows], NDArray[Any]]
    missing: frozenset[int]
    source: Any
    voting: str = "soft"
    threshold: float = 0.0
    link: str = "identity"
    transform: Transform | None = None
    slack: float = 0.0
    dtypes: tuple[str, ...] = ()
    circuit: Circuit | None = None
    around: Around | None = None
    rows_show: Mapping[int, Any] = field(default_factory=dict)

    @property
    def regression(self) -> bool:
        """Whether the model predicts a number."""
        return not self.classes

    def class_index(self, label: Any) -> int:
        """Return the index of a label.

        Raises
        ------
        BadInputError
            If the model has no such class.
        """
        return class_index(self.classes, label)

    @property
    def rounding(self) -> bool:
        """Whether rounding may decide inputs near ties: that nothing was found is no proof then."""
        return self.slack != 0.0 or self.circuit is not None

    def tied(self, truth: Bools, interval: tuple[float, float] | None = None) -> bool:
        """Tell whether rounding decides about the input with these truth values of the conditions.

        Of a regressor: whether it decides on which side of an end of an interval of predictions it lies.
        """
        scores = self.trees.scores_at(truth)
        if self.regression:
            return interval is not None and self.doubtful_interval(float(scores[0]), interval)
        return bool(self.doubtful(scores[None])[0])

    @property
    def one_score(self) -> bool:
        """Whether one score and a threshold decide between two classes."""
        return self.voting == "boosted" and self.trees.n_outputs == 1

    @property
    def link_code(self) -> int:
        """The link as the core takes it."""
        return LINKS.index(self.link)

    def outcome_at(self, truth: Bools) -> int:
        """Return the class index for a vector of truth values of the conditions."""
        scores = self.trees.scores_at(truth)
        if self.circuit is not None:
            return int(self.circuit.outcomes(scores[None])[0])
        return int(scores[0] >= self.threshold) if self.one_score else _native.decide(scores, self.link_code)

    def value_at(self, truth: Bools) -> float:
        """Return a regressor's prediction for a vector of truth values of the conditions."""
        scores = self.trees.scores_at(truth)
        return float(scores[0] if self.transform is None else self.transform(scores)[0])

    def outcomes(self, space: Space, rows: Rows) -> I32:
        """Return the class index of each row (as ``read`` returns them) by the compiled form."""
        scores = self.trees.scores_of_rows(rows, space.codes)
        if self.circuit is not None:
            return self.circuit.outcomes(scores)
        if self.one_score:
            return (scores[:, 0] >= self.threshold).astype(np.int32)
        return _native.decide_rows(scores, self.link_code)

    def values(self, space: Space, rows: Rows) -> Rows:
        """Return a regressor's prediction for each row by the compiled form."""
        scores = self.trees.scores_of_rows(rows, space.codes)[:, 0]
        return scores if self.transform is None else self.transform(scores)

    def doubtful(self, scores: Rows) -> NDArray[np.bool_]:
        """Tell for each row of scores, shape (m, n_outputs), whether it is too near to a tie to tell its class."""
        if self.circuit is not None:
            unsure: NDArray[np.bool_] = self.circuit.possible(scores).sum(axis=1) > 1
            return unsure
        if self.slack == 0.0 or len(self.classes) < 2:
            return np.zeros(len(scores), np.bool_)
        if self.one_score:
            near: NDArray[np.bool_] = np.abs(scores[:, 0] - self.threshold) <= 4 * self.slack
            return near
        ranked = np.sort(scores, axis=1)
        close: NDArray[np.bool_] = ranked[:, -1] - ranked[:, -2] <= 4 * self.slack
        return close

    def leaning(self, good: Bools, away: bool) -> EnsembleArrays:
        """Return the trees from another start, so that what is in doubt counts as outside O (`away`: as inside it).

        Parameters
        ----------
        good : ndarray of bool, shape (n_classes,)
            O: one class, or all but one.
        away : bool
            Whether to be cautious about leaving O, instead of staying in it.
        """
        if self.slack == 0.0 or good.all() or not good.any():
            return self.trees
        base = self.trees.base.copy()
        one = good.sum() == 1
        own = int(good.argmax()) if one else int((~good).argmax())
        raised = one == away
        step = 4 * self.slack
        if self.one_score:
            base[0] += step if raised == (own == 1) else -step
        else:
            base[own] += step if raised else -step
        return replace(self.trees, base=base)

    def leaning_interval(self, lower: float, upper: float, enter: bool, away: bool) -> tuple[float, float]:
        """Return an interval of scores, moved so that what is in doubt counts as outside O (`away`: as inside it).

        Parameters
        ----------
        lower, upper : float
            The interval: O, or with `enter` all that is outside O.
        enter, away : bool
            See above, and ``leaning``.
        """
        step = 4 * self.slack if enter == away else -4 * self.slack
        return lower + step, upper - step

    def doubtful_interval(self, score: float, wanted: tuple[Any, ...]) -> bool:
        """Tell whether a regressor's score is so near to an end of an interval of predictions that rounding decides."""
        if self.slack == 0.0:
            return False
        ends = self.margins_of_interval(float(wanted[0]), float(wanted[1]))
        return any(abs(score - end) <= 4 * self.slack for end in ends)

    def margins_of_interval(self, lower: float, upper: float) -> tuple[float, float]:
        """Return the least and the greatest score of a regressor whose prediction lies in ``[lower, upper]``.

        They are numbers of the precision of the sums, infinite where there is no limit; ``(inf, -inf)`` if no score has
        such a prediction.
        """
        return margins_between(self.transform or _as_they_are, lower, upper, self.trees.single)

    def margins_of_classes(self, good: Bools) -> tuple[float, float]:
        """Return the least and the greatest score for which a classifier with one score decides in a set of classes.

        Parameters
        ----------
        good : ndarray of bool, shape (n_classes,)
            The classes: one of them, or all.
        """
        below = np.float32(self.threshold) if self.trees.single else np.float64(self.threshold)
        before = float(np.nextafter(below, type(below)(-np.inf)))
        lower = -np.inf if good[0] or not len(good) else self.threshold
        return lower, np.inf if good[-1] else before


def _as_they_are(scores: Rows) -> Rows:
    return scores


CompiledModel = CompiledTree | CompiledEnsemble


def class_index(classes: tuple[Any, ...], label: Any) -> int:
    """Return the position of a label among `classes`; equal numbers of other types count as the same."""
    tests: tuple[Callable[[Any], bool], ...] = (
        lambda known: known is label or (type(known) is type(label) and same_label(known, label)),
        lambda known: is_bool(known) == is_bool(label) and same_label(known, label),
        lambda known: same_label(known, label),
    )
    for fits in tests:
        for index, known in enumerate(classes):
            if fits(known):
                return index
    raise BadInputError(f"class {shown(label)} is unknown: the classes are {shown(list(classes), 400)}")


def is_bool(label: Any) -> bool:
    """Tell whether a label is a truth value, which Python holds for equal to 0 or 1."""
    return isinstance(label, (bool, np.bool_))


def same_label(one: Any, other: Any) -> bool:
    """Tell whether two labels are equal; NaN is equal to NaN, and what cannot be compared is different."""
    if one is other:
        return True
    try:
        return bool(one == other) or bool(one != one and other != other)  # noqa: PLR0124  # that is what NaN is
    except Exception:  # labels are of any type, and so are the errors of comparing them
        return False


def label_array(labels: Sequence[Any]) -> NDArray[Any]:
    """Return labels as a 1-d array of objects (tuples stay tuples)."""
    array = np.empty(len(labels), dtype=object)
    for i, label in enumerate(labels):
        array[i] = label
    return array


def label_tuple(array: NDArray[Any]) -> tuple[Any, ...]:
    """Return the labels of an array as Python's values; dates stay dates (``tolist`` makes numbers of some)."""
    return tuple(array) if array.dtype.kind in "mM" else tuple(array.tolist())

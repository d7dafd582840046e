"""Any ``predict`` function as a function from rows to labels: one label a row, or a row of 0 and 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...encoders.columns.rows import listed_names
from ...engine.errors import BadInputError, shown
from ...engine.given import reals
from ...engine.models import label_array, same_label
from ...engine.quiet import quietly

Table = NDArray[Any]


class BlackBox:
    """A model that is only asked for its predictions.

    Parameters
    ----------
    predict : callable, or object with ``predict``
        Rows -> a label each, or a matrix of 0 and 1 with a column a label.
    as_input : callable
        Makes what `predict` takes of a table of values.
    threshold : float, optional
        For a function that returns probabilities of labels: a label holds from this probability on.
    label_names : sequence of str, optional
        Names of the labels of a matrix; default y1, y2, ….

    Raises
    ------
    BadInputError
        If it cannot be called, or an argument is nothing of the kind.
    """

    def __init__(
        self,
        predict: Any,
        as_input: Callable[[Table], Any],
        *,
        threshold: float | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        self._ask = getattr(predict, "predict", predict)
        if isinstance(predict, type) or not callable(self._ask):
            raise BadInputError(
                f"predict={shown(predict)}: expected a function of rows, or a fitted model with predict"
            )
        number = isinstance(threshold, (int, float, np.number)) and not isinstance(threshold, bool)
        if threshold is not None and not (number and 0 < threshold < 1):
            raise BadInputError(f"threshold={shown(threshold)}: expected a probability between 0 and 1")
        self._as_input, self._threshold = as_input, threshold
        self._names = None if label_names is None else listed_names(label_names)
        self.labels: tuple[str, ...] | None = None
        self._asked = False

    def predict(self, table: Table) -> Table:
        """Return the label of each row, shape (m,), or rows of 0 and 1, shape (m, n_labels).

        Raises
        ------
        BadInputError
            If what the function returns is no label a row: it names the value and says what to do.
        """
        return self.ask(self._as_input(table), len(table))

    def ask(self, rows: Any, count: int = 1) -> Table:
        """Return the same for rows that are in the form of the function's own."""
        with quietly(".*feature names.*"):
            given = self._ask(rows)
        told = _as_array(given)
        if told.ndim == 0 or len(told) != count:
            raise BadInputError(
                f"predict returned {shown(given)} for {count} rows: expected an array with a label (or a row of "
                "labels) for each"
            )
        if told.ndim == 2 and told.shape[1] == 1:
            told = told[:, 0]
        if told.ndim > 2 or (told.ndim == 2 and not told.shape[1]):
            raise BadInputError(f"predict returned an array of shape {told.shape}: expected (rows,) or (rows, labels)")
        return self._matrix(told) if told.ndim == 2 else self._single(told)

    def same(self, one: Any, other: Any) -> bool:
        """Tell whether two predictions for a row are equal."""
        if self.labels is None:
            return same_label(one, other)
        return bool(np.array_equal(one, other))

    def _matrix(self, told: Table) -> Table:
        names = self._names or tuple(f"y{i + 1}" for i in range(told.shape[1]))
        if len(names) != told.shape[1] or len(set(names)) != len(names):
            raise BadInputError(
                f"label_names={shown(list(names))}: predict gives {told.shape[1]} labels, expected as many names"
            )
        if self._asked and self.labels is None:
            raise BadInputError("predict returned one label a row before and several now: expected always the same")
        self._asked, self.labels = True, names
        numbers = _numbers(told, "a matrix with " + shown(told[0, 0]))
        if self._threshold is not None:
            _check_probabilities(numbers)
            return (numbers >= self._threshold).astype(np.int64)
        wrong = ~np.isin(numbers, (0.0, 1.0))
        if wrong.any():
            raise BadInputError(
                f"predict returned {float(numbers[wrong][0])!r} in a matrix of shape {told.shape}: expected 0 and 1, a "
                "column a label. For probabilities of labels pass threshold=0.5; for probabilities of classes pass the "
                "model's predict, or a function that takes the argmax"
            )
        return numbers.astype(np.int64)

    def _single(self, told: Table) -> Table:
        if self._asked and self.labels is not None:
            raise BadInputError("predict returned several labels a row before and one now: expected always the same")
        if self._names is not None:
            raise BadInputError(
                f"label_names={shown(list(self._names))}: predict gives one label a row, leave them out"
            )
        self._asked = True
        if self._threshold is not None:
            numbers = _numbers(told, "labels such as " + shown(told[0]))
            _check_probabilities(numbers)
            return (numbers >= self._threshold).astype(np.int64)
        if told.dtype.kind == "f":
            wrong = (told != np.floor(told)) | ~np.isfinite(told)
            if wrong.any():
                raise BadInputError(
                    f"predict returned {float(told[wrong][0])!r}: expected labels. For the probability of class 1 pass "
                    "threshold=0.5; a number that is predicted has to be cut into classes first"
                )
        return label_array(told.tolist()) if told.dtype.kind in "OUS" else told


def _as_array(given: Any) -> Table:
    if hasattr(given, "toarray"):
        given = given.toarray()
    if hasattr(given, "detach"):  # a tensor
        given = given.detach().cpu()
    if hasattr(given, "to_numpy"):
        return np.asarray(given.to_numpy())
    if isinstance(given, (list, tuple)) and given and all(getattr(part, "ndim", 0) == 2 for part in given):
        raise BadInputError(
            f"predict returned a list of {len(given)} matrices, probabilities of the classes of each label: expected "
            "one matrix of 0 and 1; pass the model's predict"
        )
    try:
        return np.asarray(given)
    except ValueError:
        raise BadInputError(f"predict returned {shown(given)}: expected an array with a label for each row") from None


def _numbers(told: Table, what: str) -> NDArray[np.float64]:
    try:
        numbers = reals(told)
    except (TypeError, ValueError):
        numbers = None
    if numbers is None or told.dtype.kind in "US":
        raise BadInputError(f"predict returned {what}: expected 0 and 1, or True and False, a column a label")
    if not np.isfinite(numbers).all():
        raise BadInputError("predict returned NaN or an infinite number: expected labels")
    return numbers


def _check_probabilities(numbers: NDArray[np.float64]) -> None:
    wrong = (numbers < 0) | (numbers > 1)
    if wrong.any():
        raise BadInputError(f"predict returned {float(numbers[wrong][0])!r}: expected probabilities, with threshold=…")

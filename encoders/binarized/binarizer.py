"""Binary columns made of numbers and categories, each with the condition that it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading, shortest
from ...engine.errors import BadInputError, NotFittedModelError, shown
from ...engine.given import dimensions_of, is_whole, names_of, numbers_of
from ..columns.missing import is_missing
from ..columns.rows import as_matrix, default_names, listed_names

METHODS = ("quantiles", "trees")
PARAMETERS = ("method", "n_thresholds", "categorical", "feature_names")
_FEW = 12  # a column of no more than this many categories needs no word about it


class Bit(NamedTuple):
    """What a binary column says: ``column > threshold``, or ``column = category``.

    Attributes
    ----------
    column : int
        Column of the table.
    threshold : float
        Of a number (NaN for a category).
    code : int
        Of a category: its place among the column's categories (-1 for a number).
    """

    column: int
    threshold: float
    code: int = -1


class Binarizer:
    """Turns numbers and categories into bits: ``age > 37.5``, ``colour = red``.

    Parameters
    ----------
    method : {"quantiles", "trees"}
        Thresholds of a number: its quantiles, or those of a decision tree that predicts the targets from it alone. A
        number with few values has a threshold between each two of them.
    n_thresholds : int
        How many for each number, at most.
    categorical : iterable of str or int, optional
        Names or places (from 0) of the columns that are categories; columns with a text in them always are.
    feature_names : sequence of str, optional
        Names of the columns; f1, f2, … by default, or those of a data frame.

    Attributes
    ----------
    names : tuple of str
        After ``fit``: names of the columns.
    classes_ : ndarray
        After ``fit`` with one column of targets: its labels, sorted.
    feature_names_in_ : ndarray of str
        After ``fit``, where columns had names: those.
    n_features_in_ : int
        After ``fit``: how many columns there are.
    bits : tuple of Bit
        After ``fit``: what each binary column says.
    categories : dict from int to tuple
        After ``fit``: the categories of a column, in the order in which they were met.

    Raises
    ------
    BadInputError
        If an argument is nothing of the kind.
    """

    n_features_in_: int
    feature_names_in_: NDArray[Any]
    classes_: NDArray[Any]

    def __init__(
        self,
        method: str = "quantiles",
        n_thresholds: int = 8,
        *,
        categorical: Iterable[str | int] = (),
        feature_names: Sequence[str] | None = None,
    ) -> None:
        if isinstance(categorical, Iterator):  # it can be read only once
            categorical = tuple(categorical)
        self.method, self.n_thresholds = method, n_thresholds  # as given: clones compare them
        self.categorical, self.feature_names = categorical, feature_names
        self._check()
        self.names: tuple[str, ...] = ()
        self.bits: tuple[Bit, ...] = ()
        self.categories: dict[int, tuple[Any, ...]] = {}

    def _check(self) -> tuple[tuple[Any, ...], tuple[str, ...] | None]:
        """Return what is declared of the columns: categories, and names; BadInputError if an argument is no such."""
        if not isinstance(self.method, str) or self.method not in METHODS:
            raise BadInputError(f"method={shown(self.method)}: expected 'quantiles' or 'trees'")
        if not is_whole(self.n_thresholds) or self.n_thresholds < 1:
            raise BadInputError(f"n_thresholds={shown(self.n_thresholds)}: expected a number from 1")
        names = None if self.feature_names is None else listed_names(self.feature_names)
        return tuple(names_of(self.categorical, "categorical")), names

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the arguments, by name, as scikit-learn's ``clone`` asks for them."""
        return {name: getattr(self, name) for name in PARAMETERS}

    def set_params(self, **parameters: Any) -> Self:
        """Set arguments by name; what was fitted stays until ``fit``.

        Raises
        ------
        BadInputError
            If there is no such argument, or it is nothing of the kind; nothing is changed then.
        """
        unknown = [name for name in parameters if name not in PARAMETERS]
        if unknown:
            raise BadInputError(f"Binarizer has no {unknown[0]}: its arguments are {', '.join(PARAMETERS)}")
        made = type(self)(**{**self.get_params(), **parameters})  # it says what is wrong with them
        vars(self).update(made.get_params())
        return self

    def __repr__(self) -> str:
        return f"Binarizer({', '.join(f'{name}={shown(value)}' for name, value in self.get_params().items())})"

    def fit(self, rows: Any, targets: Any = None) -> Binarizer:
        """Choose thresholds and list categories; `targets` (labels, or a matrix of them) are for trees.

        Raises
        ------
        BadInputError
            If a number is missing or infinite, or targets are needed and absent.
        """
        categorical, given = self._check()
        names = given or _names_of(rows)
        table = as_matrix(rows, names, numeric=False)
        if not len(table):
            raise BadInputError("rows are empty: expected rows to choose thresholds from")
        if self.method == "trees" and targets is None:
            raise BadInputError("method='trees' chooses thresholds by what they tell of the targets: pass them as well")
        declared = {_place_of(name, names) for name in categorical}
        categories: dict[int, tuple[Any, ...]] = {}
        bits: list[Bit] = []
        for column, name in enumerate(names):
            values = table[:, column]
            if column in declared or _has_text(values):
                known = categories[column] = _categories(values, name)
                bits += [Bit(column, np.nan, code) for code in range(len(known))] if len(known) > 1 else []
            else:
                bits += [Bit(column, float(t)) for t in self._thresholds(_numbers(values, name), targets)]
        self.names, self.categories, self.bits = names, categories, tuple(bits)
        self.n_features_in_ = len(names)
        self._tell(feature_names_in_=np.array(names, object) if given or hasattr(rows, "columns") else None)
        self._tell(classes_=_labels(targets))
        return self

    def _tell(self, **fitted: Any) -> None:
        """Set attributes, or take them away that an earlier fit has set."""
        for name, value in fitted.items():
            if value is not None:
                setattr(self, name, value)
            else:
                vars(self).pop(name, None)

    def fit_transform(self, rows: Any, targets: Any = None) -> F64:
        """Fit, and return the rows as bits."""
        return self.fit(rows, targets).transform(rows)

    def transform(self, rows: Any) -> F64:
        """Return rows as bits, float64 of shape (m, n_bits). An unknown category is none of the known ones.

        Raises
        ------
        NotFittedModelError, BadInputError
            If ``fit`` was not called, or a value is no number where one is expected.
        """
        if not self.names:
            raise NotFittedModelError("the Binarizer is not fitted: call fit(rows) first")
        table = as_matrix(rows, self.names, numeric=False)
        return self.transform_codes(self.encode(table))

    def encode(self, table: NDArray[Any]) -> F64:
        """Return a table as numbers, with the code of each category (one more for an unknown one)."""
        out = np.empty(table.shape, dtype=np.float64)
        for column, name in enumerate(self.names):
            known = self.categories.get(column)
            if known is None:
                out[:, column] = _numbers(table[:, column], name)
            else:
                place = {value: code for code, value in enumerate(known)}
                out[:, column] = [place.get(value, len(known)) for value in table[:, column].tolist()]
        return out

    def transform_codes(self, codes: F64) -> F64:
        """Return numbers and codes, as ``encode`` gives them, as bits."""
        columns = [bit.column for bit in self.bits]
        category = np.array([bit.code >= 0 for bit in self.bits], np.bool_)
        bound = np.array([bit.code if bit.code >= 0 else bit.threshold for bit in self.bits], np.float64)
        values = codes[:, columns]
        out: F64 = np.where(category, values == bound, values > bound).astype(np.float64)
        return out

    @property
    def conditions(self) -> tuple[str, ...]:
        """What each bit says, in words."""
        return tuple(self._say(bit) for bit in self.bits)

    def words(self, bits: Sequence[Any]) -> tuple[str, ...]:
        """Return what a row of bits says of each column, in words: ``37.5 < age <= 50``, ``colour = red``.

        Raises
        ------
        BadInputError
            If there are not as many bits, or they contradict each other.
        """
        row = numbers_of(bits, "bits").ravel()
        if len(row) != len(self.bits) or not np.isin(row, (0.0, 1.0)).all():
            raise BadInputError(f"bits={shown(bits)}: expected {len(self.bits)} bits, each 0 or 1")
        said = []
        for column in dict.fromkeys(bit.column for bit in self.bits):
            mine = [(bit, bool(row[j])) for j, bit in enumerate(self.bits) if bit.column == column]
            said.append(self._category(mine) if column in self.categories else self._interval(column, mine))
        return tuple(said)

    # -- how ---------------------------------------------------------------------------------------------------

    def _thresholds(self, numbers: F64, targets: Any) -> F64:
        values = np.unique(numbers)
        if len(values) <= self.n_thresholds + 1:
            return _middles(values[:-1], values[1:])
        if self.method == "quantiles":
            shares = np.arange(1, self.n_thresholds + 1) / (self.n_thresholds + 1)
            low = np.unique(np.quantile(numbers, shares, method="lower"))
            low = low[low < values[-1]]
            return _middles(low, values[np.searchsorted(values, low) + 1])
        from sklearn.tree import DecisionTreeClassifier

        tree = DecisionTreeClassifier(max_leaf_nodes=self.n_thresholds + 1, random_state=0)
        tree.fit(numbers.reshape(-1, 1), np.asarray(targets))
        found: F64 = np.unique(tree.tree_.threshold[tree.tree_.children_left >= 0])
        return found

    def _say(self, bit: Bit) -> str:
        name = self.names[bit.column]
        if bit.code >= 0:
            return f"{name} = {self.categories[bit.column][bit.code]}"
        return f"{name} > {shortest(bit.threshold, Reading.FLOAT64)}"

    def _category(self, mine: list[tuple[Bit, bool]]) -> str:
        true = [bit for bit, truth in mine if truth]
        if len(true) > 1:
            raise BadInputError(f"bits say {[self._say(bit) for bit in true]}: expected one category at most")
        if true:
            return self._say(true[0])
        name, known = self.names[mine[0][0].column], self.categories[mine[0][0].column]
        return f"{name} not in {{{', '.join(map(str, known[:_FEW]))}{', …' if len(known) > _FEW else ''}}}"

    def _interval(self, column: int, mine: list[tuple[Bit, bool]]) -> str:
        low = max((bit.threshold for bit, truth in mine if truth), default=-np.inf)
        high = min((bit.threshold for bit, truth in mine if not truth), default=np.inf)
        if low > high:
            raise BadInputError(f"bits say {self.names[column]} > {low:g} and {self.names[column]} <= {high:g}")
        name = self.names[column]
        first, last = (shortest(bound, Reading.FLOAT64) for bound in (low, high))
        if np.isinf(low):
            return f"{name} <= {last}"
        return f"{name} > {first}" if np.isinf(high) else f"{first} < {name} <= {last}"


def _place_of(name: str | int, names: tuple[str, ...]) -> int:
    if is_whole(name) and 0 <= name < len(names):
        return int(name)
    if name not in names:
        raise BadInputError(
            f"categorical has {shown(name)}: expected names or places of the columns {list(names)[:12]}"
        )
    return names.index(str(name))


def _categories(values: NDArray[Any], name: str) -> tuple[Any, ...]:
    """Return the categories of a column in the order in which they are met."""
    try:
        known = tuple(dict.fromkeys(values.tolist()))
    except TypeError:
        raise BadInputError(
            f"column {shown(name)} holds {shown(values.tolist()[0])}: expected numbers or categories"
        ) from None
    if any(is_missing(value) for value in known):
        raise BadInputError(f"column {shown(name)} has missing values: fill them with a category of their own")
    return known


def _labels(targets: Any) -> NDArray[Any] | None:
    """Return the labels of one column of targets, sorted; None if they have no order, or there is no such column."""
    try:
        if targets is None or np.ndim(targets) != 1:
            return None
        labels: NDArray[Any] = np.unique(np.asarray(targets))
    except (TypeError, ValueError):  # texts beside numbers; rows of labels of several lengths
        return None
    return labels


def _names_of(rows: Any) -> tuple[str, ...]:
    labels = getattr(rows, "columns", None)
    if labels is not None:
        return tuple(str(label) for label in labels)
    if not dimensions_of(rows) or isinstance(rows, range):
        raise BadInputError(f"rows={shown(rows)}: expected a matrix of rows")
    return default_names(int(np.shape(rows)[-1]))


def _has_text(values: NDArray[Any]) -> bool:
    if values.dtype.kind in "fiub":
        return False
    return any(not isinstance(v, (int, float, np.number, np.bool_)) and not is_missing(v) for v in values.tolist())


def _numbers(values: NDArray[Any], name: str) -> F64:
    try:
        numbers = values.astype(np.float64)
    except (TypeError, ValueError):
        raise BadInputError(f"column {shown(name)} holds {shown(values.tolist()[:3])}: expected numbers") from None
    if not np.isfinite(numbers).all():
        raise BadInputError(
            f"column {shown(name)} holds {float(numbers[~np.isfinite(numbers)][0])}: expected finite numbers"
        )
    return numbers


def _middles(low: F64, high: F64) -> F64:
    """Return numbers from `low` on and below `high`: those of the fewest digits near the middle."""
    return np.array([_short(a, b) for a, b in zip(low.tolist(), high.tolist(), strict=True)])


def _short(low: float, high: float) -> float:
    middle = low / 2 + high / 2
    for digits in range(1, 17):
        rounded = float(f"{middle:.{digits}g}")
        if low <= rounded < high:
            return rounded
    return low

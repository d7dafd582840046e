"""Hand-built linear models: sums of weighted columns, for classes and for numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.errors import BadInputError, shown
from ...engine.given import reals
from ...engine.models import CompiledEnsemble, label_array
from ..assembly.additive import Shape, additive_model
from ..assembly.declared import listed_values, number_reader, term_of
from ..assembly.weighted import Weighted
from ..columns.checks import check_columns
from ..columns.rows import as_matrix, copy_row, default_names, listed_names
from ..encoder import Traits
from .nodes import listed_classes

__all__ = ["LinearModel", "accepts", "column_names", "compile_model", "own_names", "takes_missing", "takes_types"]


class LinearModel:
    """A sum of weighted columns: ``intercept + weights[0] * x[0] + …``, added from left to right in float64.

    Parameters
    ----------
    weights : sequence of float, mapping, or matrix
        A weight a column; a mapping says them by the names of the columns. A matrix of shape (n_classes, n_columns) for
        more than two classes.
    intercept : float or sequence of float
        What the sum starts from; a number for each class, where there are more than two.
    feature_names : sequence of str, optional
        Names of the columns: those of the mapping, else f1, f2, ….
    class_names : sequence, optional
        Labels. None: the model predicts the sum itself. Two: the second one where the sum is above 0. More: the first
        greatest sum.

    Raises
    ------
    BadInputError
        If weights are no finite numbers, or do not go together with names and classes.
    """

    def __init__(
        self,
        weights: Any,
        intercept: Any = 0.0,
        *,
        feature_names: Sequence[str] | None = None,
        class_names: Sequence[Any] | None = None,
    ) -> None:
        if isinstance(weights, Mapping):
            told = {str(name): weight for name, weight in weights.items()}
            names = tuple(map(str, weights)) if feature_names is None else listed_names(feature_names)
            unknown = [name for name in told if name not in names]
            if unknown:
                raise BadInputError(
                    f"weights speak of {shown(unknown)}: expected names among {shown(list(names), 160)}"
                )
            weights = [told.get(name, 0.0) for name in names]
            feature_names = names
        self.weights = np.atleast_2d(_numbers(weights, "weights"))
        count, width = self.weights.shape
        self.classes = () if class_names is None else listed_classes(class_names)
        wanted = len(self.classes) if len(self.classes) > 2 else 1
        if len(self.classes) == 1 or count != wanted or not width:
            raise BadInputError(
                f"weights have the shape {self.weights.shape} for the classes {shown(list(self.classes))}: expected a "
                "weight a column for two classes or none, a row of them for each of more classes"
            )
        start = _numbers(intercept, "intercept").reshape(-1)
        if len(start) not in (1, count):
            raise BadInputError(f"intercept={shown(intercept)}: expected a number, or one for each of {count} sums")
        self.intercept = np.broadcast_to(start, (count,)).copy()
        self.feature_names = default_names(width) if feature_names is None else listed_names(feature_names)
        self.n_features = width
        if len(self.feature_names) != width or len(set(self.feature_names)) != width:
            raise BadInputError(f"feature_names={shown(list(self.feature_names))}: expected {width} distinct names")

    def sums(self, matrix: F64) -> F64:
        """Return the sums of rows of numbers, shape (m, n_scores)."""
        out = np.tile(self.intercept, (len(matrix), 1))
        for column in np.nonzero((self.weights != 0).any(axis=0))[0]:
            out += np.outer(matrix[:, column], self.weights[:, column])
        return out

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return the label (or the number) of each row."""
        return self.predict_read(as_matrix(rows, self.feature_names, own=own_names(self), absent=0.0))

    def predict_read(self, matrix: F64) -> NDArray[Any]:
        """Return the same for a matrix of numbers."""
        sums = self.sums(np.asarray(matrix, np.float64))
        if not self.classes:
            return np.ascontiguousarray(sums[:, 0])
        chosen = (sums[:, 0] > 0).astype(np.intp) if len(self.classes) == 2 else sums.argmax(axis=1)
        labels: NDArray[Any] = label_array(self.classes)[chosen]
        return labels

    def __repr__(self) -> str:
        what = f"classes {shown(list(self.classes))}" if self.classes else "a number"
        return f"{type(self).__name__}({self.n_features} features, {what})"


def _numbers(values: Any, name: str) -> F64:
    try:
        found = reals(values)
    except (TypeError, ValueError, OverflowError):
        raise BadInputError(f"{name}={shown(values)}: expected finite numbers") from None
    if found.ndim > 2 or not np.isfinite(found).all():
        raise BadInputError(f"{name}={shown(values)}: expected finite numbers, in two dimensions at most")
    return found


def accepts(model: Any) -> bool:
    """Tell whether `model` is a hand-built linear model."""
    return isinstance(model, LinearModel)


def takes_missing(model: Any) -> bool:
    """Tell that these models take no missing values."""
    return False


def takes_types(model: Any) -> bool:
    """Tell that the compiled form depends on what the columns are declared to be."""
    return True


def column_names(model: LinearModel) -> tuple[str, ...]:
    """Return the names of the columns."""
    return model.feature_names


def own_names(model: LinearModel) -> tuple[str, ...] | None:
    """Return the names that the model was made with, None if they are the default ones."""
    return None if model.feature_names == default_names(model.n_features) else model.feature_names


def compile_model(
    model: LinearModel,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
) -> CompiledEnsemble:
    """Compile a hand-built linear model.

    Parameters
    ----------
    model : LinearModel
        The model.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Must be empty.
    types : mapping, optional
        What the columns are, as for scikit-learn's linear models.

    Raises
    ------
    BadInputError
        If names do not fit, missing values are wanted, or a column that it weighs may be any number.

    Notes
    -----
    The order of its sums is its own, so that they are exact: there is no doubt about rounding.
    """
    names = names or model.feature_names
    check_columns(names, model.n_features, missing, False, model)
    used = (model.weights != 0).any(axis=0)
    features, values = listed_values(types, used, names, type(model).__name__)
    terms = [
        term_of(c, listed, np.outer(listed, model.weights[:, c])) for c, listed in enumerate(values) if len(listed)
    ]
    for term in terms:
        _numbers(term.values, "weights times the ends of the columns")
    shape = Shape(names, features, number_reader(names, own_names(model)), copy_row, model.predict_read)
    return additive_model(terms, model.intercept.copy(), shape, model.classes, model)


def weighted(model: LinearModel) -> Weighted:
    """Return what the model decides by."""
    return Weighted(type(model).__name__, model.weights, model.intercept, model.classes, 0.0)


TRAITS = Traits(own_names=own_names, takes_types=takes_types, lists_numbers=takes_types, weighted=weighted)

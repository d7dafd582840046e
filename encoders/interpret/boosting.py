"""Explainable boosting machines of interpret: sums of a number a bin of each column, and of pairs of columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading
from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.models.floats import Transform
from ..assembly.additive import LEAST
from ..assembly.assemble import Table, assemble
from ..assembly.members import Parts
from ..columns.coded_rows import as_input, quiet
from ..columns.rows import default_names
from ..encoder import Traits, class_in
from .bins import Bins, bins_of
from .nominal import Nominal, nominal
from .tensors import member_of_tensor

__all__ = ["TAKEN", "accepts", "check_fitted", "column_names", "compile_model", "own_names", "takes_missing"]

_CLASSIFIERS = ("ExplainableBoostingClassifier", "DPExplainableBoostingClassifier")
_REGRESSORS = ("ExplainableBoostingRegressor", "DPExplainableBoostingRegressor")
_LINKS = ("identity", "log")  # of regressors
TAKEN = "ExplainableBoostingClassifier or ExplainableBoostingRegressor"


def accepts(model: Any) -> bool:
    """Tell whether `model` is an explainable boosting machine (fitted or not)."""
    return bool(class_in(model, "interpret", _CLASSIFIERS + _REGRESSORS))


def takes_missing(model: Any) -> bool:
    """Tell that these models take missing values everywhere: they have a bin of their own."""
    return True


def check_fitted(model: Any) -> None:
    """Raise NotFittedModelError if the model has no terms."""
    if not hasattr(model, "term_scores_"):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    check_fitted(model)
    return own_names(model) or default_names(len(model.feature_names_in_))


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names that the model was fitted with, None if it made them itself (feature_0000, …)."""
    names = tuple(map(str, model.feature_names_in_))
    return None if names == tuple(f"feature_{i:04}" for i in range(len(names))) else names


def categories(model: Any) -> dict[int, Nominal]:
    """Return the columns of categories."""
    check_fitted(model)
    kinds = model.feature_types_in_
    return {c: nominal(model.bins_[c]) for c, kind in enumerate(kinds) if kind in ("nominal", "ordinal")}


def absent(model: Any) -> float | None:
    """Return what the model reads for the entries that a sparse matrix leaves out."""
    return None if categories(model) else 0.0


def compile_model(
    model: Any, *, names: tuple[str, ...] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledEnsemble:
    """Compile a fitted explainable boosting machine: a tree a term.

    Parameters
    ----------
    model : ExplainableBoostingClassifier or ExplainableBoostingRegressor
        Fitted.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, has other links or infinite scores, or names do not fit.

    Notes
    -----
    Numbers are read as float64; a number is in the bin above a cut if it is at least the cut. A missing value has a bin
    of its own, and so have categories that were not seen in training. The terms are added to the intercept one after
    the other, in float64. Two classes: the second one where the sum is above 0; more: the first greatest sum.
    """
    check_fitted(model)
    table = Table(names or column_names(model), own_names(model), categories(model), absent=absent(model))
    table.check(len(model.feature_names_in_), missing, model)
    return assemble(_parts(model, table, missing), table, missing, _own_predict(model, table), model)


def _parts(model: Any, table: Table, missing: frozenset[int]) -> Parts:
    base = np.atleast_1d(np.asarray(model.intercept_, np.float64)).copy()
    classes = label_tuple(np.asarray(model.classes_)) if class_in(model, "interpret", _CLASSIFIERS) else ()
    constant = len(classes) == 1  # its intercept is -inf, and the only class always wins
    if constant:
        base[:] = 0.0
    if "ignore" in model.feature_types_in_:
        raise UnsupportedModelError(
            f"{type(model).__name__} was fitted with columns of the type 'ignore': fit it on rows without these columns"
        )
    members = tuple(
        member_of_tensor(_tensor(model, t, len(base)), _bins(model, t, table, missing), len(base), str(name))
        for t, name in enumerate(model.term_names_)
        if not constant
    )
    if not members:
        members = (member_of_tensor(np.zeros(len(base)), (), len(base), "intercept"),)
    parts = Parts(members, base, 1.0, classes, "boosted", reading=Reading.FLOAT64, below=True, threshold=LEAST)
    _check_finite(model, base, *(member.values for member in members))
    if not classes:
        return parts.__class__(
            members, base, 1.0, (), "value", reading=Reading.FLOAT64, below=True, transform=_transform(model)
        )
    return parts


def _tensor(model: Any, term: int, n_scores: int) -> F64:
    """Return what a term adds, with an axis of bins for each of its columns and one of scores."""
    scores = np.asarray(model.term_scores_[term], np.float64)
    return scores if scores.ndim > len(model.term_features_[term]) else scores[..., None]


def _bins(model: Any, term: int, table: Table, missing: frozenset[int]) -> tuple[Bins, ...]:
    """Return the bins of the columns of a term."""
    columns = [int(c) for c in model.term_features_[term]]
    found = []
    for c in columns:
        levels = model.bins_[c]
        bins = levels[min(len(levels), len(columns)) - 1]
        known = table.categories.get(c)
        found.append(bins_of(c, bins, known if isinstance(known, Nominal) else None, c in missing))
    return tuple(found)


def _check_finite(model: Any, *arrays: F64) -> None:
    for array in arrays:
        if not np.isfinite(array).all():
            raise UnsupportedModelError(
                f"{type(model).__name__} has a score of {float(array[~np.isfinite(array)][0])}: expected finite numbers"
            )


def _transform(model: Any) -> Transform | None:
    """Return what a regressor makes of its sums; None if nothing."""
    link = str(model.link_)
    if link not in _LINKS:
        raise UnsupportedModelError(f"{type(model).__name__} has the link {link!r}: expected one of {_LINKS}")
    if link == "identity":
        return None

    def transform(sums: F64) -> F64:
        from interpret.utils import inv_link

        with np.errstate(over="ignore"):
            told: F64 = np.asarray(inv_link(np.ascontiguousarray(sums, np.float64), link), np.float64)
        return told

    return transform


def _own_predict(model: Any, table: Table) -> Callable[[F64], NDArray[Any]]:
    """Return the model's own ``predict`` on matrices of numbers and codes."""
    codes = {c: known.column() for c, known in table.categories.items()}

    def predict(matrix: F64) -> NDArray[Any]:
        rows: Any = matrix
        if codes:
            columns = [codes[c].values(matrix[:, c]) if c in codes else matrix[:, c] for c in range(matrix.shape[1])]
            rows = as_input([column.astype(object) for column in columns], None)
        with quiet():
            told: NDArray[Any] = np.asarray(model.predict(rows))
        return told

    return predict


TRAITS = Traits(own_names=own_names, absent=absent, categories=categories)

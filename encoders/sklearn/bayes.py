"""scikit-learn's naive Bayes models: BernoulliNB, CategoricalNB, and MultinomialNB over declared counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Condition, Operator, Reading
from ...engine.domain.theory import Feature, Kind, numerical_features
from ...engine.errors import BadInputError, NotFittedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ..assembly.additive import Shape, Term, additive_model, any_order_slack, check_finite
from ..assembly.assemble import Categories
from ..assembly.declared import listed_values, number_reader, term_of
from ..columns.coded_rows import Rows
from ..columns.rows import copy_row, default_names
from ..encoder import Traits, class_in
from .trees import complete_names, own_names, own_predict

__all__ = [
    "TAKEN", "accepts", "check_fitted", "column_names", "compile_model", "own_names", "takes_missing", "takes_types"
]  # fmt: skip

_NAMES = ("BernoulliNB", "CategoricalNB", "MultinomialNB")
TAKEN = "BernoulliNB, CategoricalNB or MultinomialNB"


def _kind(model: Any) -> str:
    return class_in(model, "sklearn", _NAMES)


def accepts(model: Any) -> bool:
    """Tell whether `model` is one of these naive Bayes models (fitted or not)."""
    return bool(_kind(model))


def takes_missing(model: Any) -> bool:
    """Tell that these models take no missing values."""
    return False


def takes_types(model: Any) -> bool:
    """Tell whether the compiled form depends on what the columns are declared to be."""
    return _kind(model) == "MultinomialNB" or (_kind(model) == "BernoulliNB" and model.binarize is None)


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    check_fitted(model)
    return own_names(model) or default_names(int(model.n_features_in_))


def check_fitted(model: Any) -> None:
    """Raise NotFittedModelError if the model is not fitted."""
    if not hasattr(model, "feature_log_prob_"):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
) -> CompiledEnsemble:
    """Compile a fitted naive Bayes model.

    Parameters
    ----------
    model : BernoulliNB, CategoricalNB or MultinomialNB
        Fitted.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Must be empty.
    types : mapping, optional
        What the columns are, for ``MultinomialNB`` (lists of counts) and ``BernoulliNB(binarize=None)`` (0 and 1, if
        nothing else is said).

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted or has infinite logarithms, or a column may be any number.

    Notes
    -----
    The class is the first greatest joint log likelihood. ``CategoricalNB`` adds the columns one after the other, then
    the prior: the compiled sums are the library's own. The others multiply matrices, see ``additive``.
    """
    check_fitted(model)
    names = complete_names(model, names, missing)
    if _kind(model) == "CategoricalNB":
        return _categorical(model, names)
    return _multiplied(model, names, types)


def _categorical(model: Any, names: tuple[str, ...]) -> CompiledEnsemble:
    """Compile ``CategoricalNB``: columns hold codes 0, 1, …, and tests are equalities."""
    logs = [np.asarray(table, np.float64) for table in model.feature_log_prob_]
    prior = np.asarray(model.class_log_prior_, np.float64)
    check_finite(model, class_log_prior_=prior, **{f"feature_log_prob_[{c}]": table for c, table in enumerate(logs)})
    terms = []
    for c, table in enumerate(logs):
        tests = tuple(Condition(c, Operator.EQ, float(code)) for code in range(table.shape[1] - 1))
        terms.append(Term(tests, np.ascontiguousarray(table.T), ordered=False))
    sizes = [table.shape[1] for table in logs]
    columns = tuple(Categories(tuple(map(float, range(n))), np.arange(n, dtype=np.float64)).column() for n in sizes)
    features = tuple(
        Feature(name, Kind.CATEGORICAL, (c,), tuple(map(float, range(n))))
        for c, (name, n) in enumerate(zip(names, sizes, strict=True))
    )
    rows = Rows(names, own_names(model), columns, Reading.FLOAT64, frozenset())
    labels = {c: column.labels for c, column in enumerate(columns)}
    shape = Shape(names, features, rows.read, rows.to_user_row, own_predict(model, np.float64), labels=labels)
    start = np.zeros(len(prior))
    return additive_model(terms, start, shape, label_tuple(model.classes_), model, last=prior)


def _multiplied(model: Any, names: tuple[str, ...], types: Mapping[str, Any] | None) -> CompiledEnsemble:
    """Compile a model that multiplies its columns with logarithms."""
    logs, start = _logs_of(model)
    check_finite(model, feature_log_prob_=logs, class_log_prior_=start)
    read = number_reader(names, own_names(model))
    if not takes_types(model):
        bound = float(model.binarize)
        features = numerical_features(names)
        terms = [
            Term((Condition(c, Operator.GT, bound),), np.stack([np.zeros(len(logs)), logs[:, c]]))
            for c in range(len(names))
        ]
        factors: list[F64] = []  # 0 or 1 times
    else:
        usual = Kind.BINARY if _kind(model) == "BernoulliNB" else Kind.NUMERICAL
        used = (logs != 0).any(axis=0)
        features, values = listed_values(types, used, names, type(model).__name__, usual=usual)
        _check_counts(model, values, names)
        terms = [term_of(c, listed, np.outer(listed, logs[:, c])) for c, listed in enumerate(values) if len(listed)]
        factors = [logs, *values]
    shape = Shape(names, features, read, copy_row, own_predict(model, np.float64))
    slack = any_order_slack(terms, start, factors=factors)
    return additive_model(terms, start, shape, label_tuple(model.classes_), model, slack=slack)


def adding(model: Any) -> tuple[F64, NDArray[np.bool_], Callable[[int, F64], F64]]:
    """Return what the scores of a fitted model start from, which columns it weighs, and what values of a column add.

    The last is a function of a column and its values; it returns an array of shape (n_values, n_classes).

    Raises
    ------
    UnsupportedModelError
        If it has infinite logarithms.
    """
    if _kind(model) == "CategoricalNB":
        tables = [np.asarray(table, np.float64) for table in model.feature_log_prob_]
        prior = np.asarray(model.class_log_prior_, np.float64)
        check_finite(model, class_log_prior_=prior, **{f"feature_log_prob_[{c}]": t for c, t in enumerate(tables)})
        moves = np.array([bool((table != table[:, :1]).any()) for table in tables])
        return prior, moves, lambda j, values: np.ascontiguousarray(tables[j][:, values.astype(np.intp)].T)
    logs, start = _logs_of(model)
    check_finite(model, feature_log_prob_=logs, class_log_prior_=start)
    bound = model.binarize if _kind(model) == "BernoulliNB" else None

    def adds(j: int, values: F64) -> F64:
        units = values if bound is None else (values > float(bound)).astype(np.float64)
        return np.outer(units, logs[:, j])

    return start, (logs != 0).any(axis=0), adds


def _logs_of(model: Any) -> tuple[F64, F64]:
    """Return what a column adds for each unit, shape (n_classes, n_columns), and what the sums start from."""
    logs = np.asarray(model.feature_log_prob_, np.float64)
    prior = np.asarray(model.class_log_prior_, np.float64)
    if _kind(model) == "MultinomialNB":
        return logs, prior
    with np.errstate(all="ignore"):  # infinite ones are refused
        absent = np.log(1 - np.exp(logs))
        return logs - absent, prior + absent.sum(axis=1)


def _check_counts(model: Any, values: list[F64], names: tuple[str, ...]) -> None:
    """Raise BadInputError if declared values are none that the model takes."""
    for name, listed in zip(names, values, strict=True):
        wrong = listed[listed < 0] if _kind(model) == "MultinomialNB" else listed[(listed != 0) & (listed != 1)]
        if len(wrong):
            raise BadInputError(
                f"column {name!r} is declared with the value {float(wrong[0])}: {type(model).__name__} takes "
                + ("counts from 0" if _kind(model) == "MultinomialNB" else "0 and 1 (binarize=None)")
            )


TRAITS = Traits(own_names=own_names, takes_types=takes_types, lists_numbers=takes_types)

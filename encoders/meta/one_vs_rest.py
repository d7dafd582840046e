"""scikit-learn's one-vs-rest for classes: the class whose model has the greatest score.

The score is ``decision_function`` where the models have one, else the probability of their class 1. Scores are taken
that are sums: those of trees and forests (shares), gradient boosting and linear models. Equal scores go to the class
that the installed library takes (newer ones: the first, older ones: the last), which it is asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ..assembly.additive import Shape, additive_model, any_order_slack, check_finite
from ..assembly.assemble import Table, assemble
from ..assembly.declared import column_values, declared_features, number_reader, term_of
from ..assembly.members import Member, Parts
from ..columns.rows import copy_row, default_names
from ..encoder import Traits, class_in
from ..sklearn import boosting as sklearn_boosting
from ..sklearn import forests as sklearn_forests
from ..sklearn import linear as sklearn_linear
from ..sklearn import trees as sklearn_trees
from ..sklearn.trees import complete_names, own_names, own_predict
from . import one_vs_rest_labels
from .sources import absent_of, one_job_each

__all__ = ["accepts", "column_names", "compile_model", "own_names", "takes_missing", "takes_types"]

_AVERAGED = (sklearn_trees, sklearn_forests)
_SCORED = (sklearn_boosting, sklearn_linear)


def accepts(model: Any) -> bool:
    """Tell whether `model` is a fitted one-vs-rest model of classes (not of several labels)."""
    named = class_in(model, "sklearn", ("OneVsRestClassifier",))
    return bool(named) and hasattr(model, "label_binarizer_") and not model.multilabel_


def takes_missing(model: Any) -> bool:
    """Tell whether all its models take missing values."""
    taken = (*_AVERAGED, *_SCORED)
    known = all(any(encoder.accepts(e) for encoder in taken) or _constant(e) for e in model.estimators_)
    return known and all(one_vs_rest_labels.takes_missing(estimator) for estimator in model.estimators_)


def absent(model: Any) -> float | None:
    """Return what is read for the entries that a sparse matrix leaves out; ``None`` where classes differ."""
    found = {str(value): value for value in map(absent_of, model.estimators_)}
    return next(iter(found.values())) if len(found) == 1 else None


def takes_types(model: Any) -> bool:
    """Tell whether the compiled form depends on what the columns are declared to be."""
    return any(sklearn_linear.accepts(estimator) for estimator in model.estimators_)


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    return own_names(model) or default_names(one_vs_rest_labels.count_columns(model))


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
) -> CompiledEnsemble:
    """Compile a fitted one-vs-rest model of classes.

    Parameters
    ----------
    model : OneVsRestClassifier
        Fitted on one column of classes; made of trees, forests of equal size, gradient boosting or linear models.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be NaN.
    types : mapping, optional
        What the columns are, for linear models.

    Raises
    ------
    UnsupportedModelError, BadInputError
        If it is made of other models, names do not fit, or missing values are declared where it takes none.
    """
    if len(model.estimators_) == 1:  # two classes: one model, and a threshold
        return _two_classes(model, names or column_names(model), missing, types)
    estimators = [e for e in model.estimators_ if not _constant(e)]
    for encoder in (*_AVERAGED, *_SCORED):
        if estimators and all(encoder.accepts(e) for e in estimators):
            if encoder is sklearn_linear:
                return _linear(model, complete_names(model, names, missing), types)
            return _trees(model, names or column_names(model), missing)
    kinds = sorted({type(e).__name__ for e in estimators})
    raise UnsupportedModelError(
        f"OneVsRestClassifier of classes is made of {', '.join(kinds) or 'constants'}: expected trees, forests, "
        "GradientBoostingClassifier or linear classifiers, one kind for all classes, since their scores are sums; or "
        "fit a model that decides between several classes itself; SurrogateExplainer explains any predict near an "
        "instance"
    )


def _constant(estimator: Any) -> bool:
    return type(estimator).__name__ == "_ConstantPredictor"


def _two_classes(
    model: Any, names: tuple[str, ...], missing: frozenset[int], types: Mapping[str, Any] | None
) -> CompiledEnsemble:
    one_vs_rest_labels.check(model)
    make = one_vs_rest_labels.compiler(model.estimators_[0], one_vs_rest_labels.threshold_of(model))
    compiled, classes = make(names, missing, "soft", types), label_tuple(model.classes_)
    if len(classes) == 1:
        only = replace(compiled.trees, values=compiled.trees.values[:, :1].copy(), base=compiled.trees.base[:1].copy())
        compiled = replace(compiled, trees=only)
    return replace(
        compiled, classes=classes, predict=own_predict(model, compiled.vocabulary.reading.value),
        source=model,
    )  # fmt: skip


def _places(model: Any) -> tuple[list[int], tuple[Any, ...]]:
    """Return the place of each class's score, so that the first greatest one wins, and the classes in this order."""
    count = len(model.estimators_)
    order = list(range(count)) if _first_wins() else list(range(count))[::-1]
    labels = label_tuple(model.classes_)
    return order, tuple(labels[i] for i in order)


@cache
def _first_wins() -> bool:
    """Ask the installed library which of two classes with equal scores it predicts."""
    from sklearn.linear_model import Perceptron
    from sklearn.multiclass import OneVsRestClassifier

    rows = np.eye(3)
    model = OneVsRestClassifier(Perceptron()).fit(rows, [0, 1, 2])
    for estimator in model.estimators_:
        estimator.coef_, estimator.intercept_ = np.zeros((1, 3)), np.zeros(1)
    return int(model.predict(rows[:1])[0]) == 0


def _linear(model: Any, names: tuple[str, ...], types: Mapping[str, Any] | None) -> CompiledEnsemble:
    order, classes = _places(model)
    weights = np.zeros((len(order), len(names)))
    starts = np.zeros(len(order))
    for place, i in enumerate(order):
        estimator = model.estimators_[i]
        if _constant(estimator):
            starts[place] = float(estimator.y_[0])
            continue
        sklearn_linear.check_fitted(estimator)
        weights[place] = sklearn_linear.weights_of(estimator).ravel()
        starts[place] = float(np.asarray(estimator.intercept_).ravel()[0])
    check_finite(model, coef_=weights, intercept_=starts)
    features = declared_features(types, names)
    used = (weights != 0).any(axis=0)
    values = column_values(features, used, names, "OneVsRestClassifier of linear models", types)
    terms = [term_of(c, listed, np.outer(listed, weights[:, c])) for c, listed in enumerate(values) if len(listed)]
    shape = Shape(names, features, number_reader(names, own_names(model)), copy_row, own_predict(model, np.float64))
    unit = max(sklearn_linear.unit_of(e) for e in model.estimators_ if not _constant(e))
    slack = any_order_slack(terms, starts, unit, [weights, *values])
    return additive_model(terms, starts, shape, classes, model, slack=slack)


def _trees(model: Any, names: tuple[str, ...], missing: frozenset[int]) -> CompiledEnsemble:
    order, classes = _places(model)
    members: list[Member] = []
    base, divisors = np.zeros(len(order)), set()
    boosted = any(sklearn_boosting.accepts(e) for e in model.estimators_)
    for place, i in enumerate(order):
        estimator = model.estimators_[i]
        if _constant(estimator):
            base[place] = float(estimator.y_[0])
            continue
        own = _parts(estimator)
        divisors.add(own.divisor)
        base[place] = own.base[-1]
        members += [replace(m, values=_in_column(m.values[:, -1], place, len(order))) for m in own.members]
    if len(divisors) > 1:
        raise UnsupportedModelError(
            f"OneVsRestClassifier is made of forests of {sorted(map(int, divisors))} trees: expected as many for each "
            "class"
        )
    divisor = divisors.pop()
    parts = Parts(tuple(members), base * divisor, divisor, classes, "boosted" if boosted else "soft")
    table = Table(names, own_names(model), takes_missing=takes_missing(model), absent=absent(model))
    table.check(one_vs_rest_labels.count_columns(model), missing, model)
    return assemble(parts, table, missing, own_predict(one_job_each(model)), model)


def _parts(estimator: Any) -> Parts:
    """Return the trees of one class's model; its score is the last column of their values."""
    encoder = next(e for e in (sklearn_trees, sklearn_forests, sklearn_boosting) if e.accepts(estimator))
    encoder.check_fitted(estimator)
    parts: Parts = encoder.parts_of(estimator)
    return parts


def _in_column(values: F64, place: int, count: int) -> F64:
    wide = np.zeros((len(values), count))
    wide[:, place] = values
    return wide


TRAITS = Traits(own_names=own_names, takes_types=takes_types, absent=absent)

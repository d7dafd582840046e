"""scikit-learn's forests and bagged trees, for classes and for numbers, and its single regression trees."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Reading
from ...engine.domain.theory import numerical_features
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.quiet import quietly
from ...engine.setup_limit import each_in_time
from ..assembly.members import Member, Parts, check_voting, member_of, number_members, vote_of
from ..assembly.outputs import chosen, output_names
from ..columns.checks import check_columns
from ..columns.rows import copy_row, default_names
from ..encoder import Traits, class_in
from . import trees as sklearn_trees
from .trees import own_names, reader

__all__ = ["accepts", "check_fitted", "column_names", "compile_model", "own_names", "takes_missing", "takes_voting"]

_TREES = ("DecisionTreeRegressor", "ExtraTreeRegressor")
_FORESTS = ("RandomForestClassifier", "ExtraTreesClassifier", "RandomForestRegressor", "ExtraTreesRegressor")
_BAGGING = ("BaggingClassifier", "BaggingRegressor")
TAKEN = (
    "DecisionTreeClassifier, ExtraTreeClassifier, RandomForestClassifier, ExtraTreesClassifier, BaggingClassifier of "
    "trees, or the regressor of one of these names"
)


def _kind(model: Any, names: tuple[str, ...] = (*_TREES, *_FORESTS, *_BAGGING)) -> str:
    """Return the name of scikit-learn's class that a model is of; empty if it is none of them."""
    return class_in(model, "sklearn", names)


def accepts(model: Any) -> bool:
    """Tell whether `model` is a forest, bagging or a regression tree of scikit-learn (fitted or not).

    Fitted bagging of other classifiers than trees is none (``meta.bagging``).
    """
    return bool(_kind(model)) and not bags_others(model)


def bags_others(model: Any) -> bool:
    """Tell whether `model` is fitted bagging of classifiers that are no trees."""
    if _kind(model) != "BaggingClassifier":
        return False
    return not all(sklearn_trees.accepts(one) for one in getattr(model, "estimators_", ()))


def takes_voting(model: Any) -> bool:
    """Tell whether `model` is an ensemble of classifiers."""
    return _kind(model).endswith("Classifier")


def takes_missing(model: Any) -> bool:
    """Tell whether the model's ``predict`` takes NaN."""
    check_fitted(model)
    # all trees of an ensemble are made alike
    return sklearn_trees.takes_missing(_estimators(model)[0])


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    check_fitted(model)
    return own_names(model) or default_names(int(model.n_features_in_))


def is_fitted(model: Any) -> bool:
    """Tell whether `model` was fitted."""
    return hasattr(model, "tree_" if _kind(model) in _TREES else "estimators_")


def check_fitted(model: Any) -> None:
    """Raise an error if the model is not fitted, or is made of other models than trees."""
    kind = _kind(model)
    if not is_fitted(model):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")
    estimators = _estimators(model)
    classifies = kind.endswith("Classifier")
    for member in {type(member): member for member in estimators}.values():
        if not (sklearn_trees.accepts(member) if classifies else _kind(member, _TREES)):
            wanted = "DecisionTreeClassifier or ExtraTreeClassifier" if classifies else " or ".join(_TREES)
            raise UnsupportedModelError(
                f"{type(model).__name__} is made of {type(member).__name__}: expected trees ({wanted}); "
                "SurrogateExplainer(model.predict, rows, instance) explains any predict"
            )


def outputs(model: Any) -> tuple[str, ...]:
    """Return the names of the numbers that a fitted regressor predicts, y1, y2, …, if they are several."""
    return output_names(int(getattr(_estimators(model)[0], "n_outputs_", 1)))


def _estimators(model: Any) -> list[Any]:
    """Return the trees whose values ``predict`` adds, in their order."""
    kind = _kind(model)
    if kind in _TREES:
        return [model]
    members = list(model.estimators_)
    # bagging goes by n_estimators, even if that was set after it was fitted
    return members[: int(model.n_estimators)] if kind in _BAGGING else members


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    voting: str = "soft",
    output: int | None = None,
) -> CompiledEnsemble:
    """Compile a fitted forest, bagging, or a regression tree.

    Parameters
    ----------
    model : RandomForest, ExtraTrees or Bagging, for classes or numbers, DecisionTreeRegressor or ExtraTreeRegressor
        Fitted; bagging is made of single trees.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be NaN.
    voting : str
        For classifiers: ``"soft"`` averages the leaves' shares of the classes, as scikit-learn does; ``"hard"`` counts
        the classes that the trees predict (ties go to the first class).
    output : int, optional
        For regressors of several outputs: the place of the one that is compiled.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, has several outputs of which none is chosen, is made of other models than trees, or takes
        no missing values where some are wanted.

    Notes
    -----
    Scores are added in the order of ``estimators_``, as scikit-learn does with ``n_jobs=1``; with more jobs its sums
    may differ in the last bit from run to run. ``predict`` of the compiled form asks the model with ``n_jobs=1``.
    """
    check_fitted(model)
    names = names or column_names(model)
    takes = takes_missing(model)
    check_columns(names, int(model.n_features_in_), missing, takes, model)
    parts = parts_of(model, voting, output)
    trees, conditions = number_members(parts, missing)
    predict = own_predict(model, parts.voting, output)
    return CompiledEnsemble(
        trees, Vocabulary(conditions, names, Reading.FLOAT32), parts.classes, numerical_features(names),
        reader(model, names, missing, takes), copy_row, predict, missing, model, parts.voting,
    )  # fmt: skip


def parts_of(model: Any, voting: str = "soft", output: int | None = None) -> Parts:
    """Return the trees of a fitted model and how their values are added.

    Parameters
    ----------
    model : any model that ``accepts`` takes
        Checked by ``check_fitted``.
    voting : str
        See ``compile_model``; of no meaning for regressors.
    output : int, optional
        See ``compile_model``.
    """
    kind, estimators = _kind(model), _estimators(model)
    columns = list(model.estimators_features_) if kind in _BAGGING else [None] * len(estimators)
    divisor = float(model.n_estimators) if kind in _BAGGING else float(len(estimators))
    if not kind.endswith("Classifier"):
        place = chosen(model, outputs(model), output)
        members = tuple(
            member_of(e.tree_, e.tree_.value[:, place, :1], own)
            for e, own in each_in_time(zip(estimators, columns, strict=False))
        )
        # a single tree's value is not added to anything: -0.0 stays what it is
        return Parts(members, np.array([-0.0 if kind in _TREES else 0.0]), divisor, (), "value")
    check_voting(voting)
    if outputs(model):
        raise UnsupportedModelError(
            f"{type(model).__name__} predicts {len(outputs(model))} outputs: expected one here; fit a model for each, "
            "or hand over the model itself, which is explained as one of several labels"
        )
    classes = label_tuple(model.classes_)
    members = tuple(
        _classifier(e, own, len(classes), voting == "hard")
        for e, own in each_in_time(zip(estimators, columns, strict=False))
    )
    return Parts(members, np.zeros(len(classes)), 1.0 if voting == "hard" else divisor, classes, voting)


def _classifier(estimator: Any, columns: Any, n_classes: int, hard: bool) -> Member:
    """Return a tree of an ensemble; its own classes are indices into those of the ensemble."""
    values = estimator.tree_.value[:, 0, : int(estimator.n_classes_)]
    if hard:
        values = vote_of(values)
    if values.shape[1] != n_classes:
        seen = np.asarray(estimator.classes_).astype(np.intp)
        values, known = np.zeros((len(values), n_classes)), values
        values[:, seen] = known
    return member_of(estimator.tree_, values, columns)


def single_job(model: Any) -> Any:
    """Return the model with ``n_jobs=1``: the sums of several jobs depend on their number."""
    if getattr(model, "n_jobs", 1) == 1:
        return model
    single = copy.copy(model)
    single.n_jobs = 1
    return single


def own_predict(model: Any, voting: str, output: int | None = None) -> Callable[[Any], NDArray[Any]]:
    """Return the model's own ``predict`` on matrices, or the majority of its trees' own ``predict`` for hard votes."""
    single = single_job(model)

    def predict(rows: Any) -> NDArray[Any]:
        matrix = rows.astype(np.float32) if isinstance(rows, np.ndarray) and rows.dtype == np.float64 else rows
        with quietly(".*feature names.*"):
            labels: NDArray[Any] = majority(single, matrix) if voting == "hard" else single.predict(matrix)
        return labels if output is None else labels[:, output]

    return predict


def majority(model: Any, rows: Any) -> NDArray[Any]:
    """Return the class that most of an ensemble's trees predict for each row, the first one of several."""
    rows = np.asarray(rows.toarray() if hasattr(rows, "toarray") else rows)
    estimators = _estimators(model)
    columns = list(model.estimators_features_) if _kind(model) in _BAGGING else [slice(None)] * len(estimators)
    votes = np.zeros((len(rows), len(model.classes_)), np.int64)
    every = np.arange(len(rows))
    for estimator, own in zip(estimators, columns, strict=False):
        votes[every, np.asarray(estimator.predict(rows[:, own])).astype(np.intp)] += 1
    labels: NDArray[Any] = model.classes_.take(votes.argmax(axis=1), axis=0)
    return labels


TRAITS = Traits(own_names=own_names, takes_voting=takes_voting, outputs=outputs)

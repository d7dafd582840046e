"""scikit-learn's trees and forests of several outputs: each output is an ensemble of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...engine.domain.conditions import Reading
from ...engine.domain.theory import numerical_features
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.quiet import quietly
from ..assembly.members import Parts, check_voting, member_of, number_members, vote_of
from ..columns.checks import check_columns
from ..columns.rows import copy_row
from ..encoder import class_in
from ..sklearn import trees as sklearn_trees
from ..sklearn.forests import single_job
from ..sklearn.trees import reader

_TREES = ("DecisionTreeClassifier", "ExtraTreeClassifier")
_FORESTS = ("RandomForestClassifier", "ExtraTreesClassifier")


def _kind(model: Any) -> str:
    return class_in(model, "sklearn", (*_TREES, *_FORESTS))


def accepts(model: Any) -> bool:
    """Tell whether `model` is a tree or forest of classes that was fitted on several outputs."""
    return bool(_kind(model)) and int(getattr(model, "n_outputs_", 1)) > 1


def is_forest(model: Any) -> bool:
    """Tell whether `model` is a forest."""
    return _kind(model) in _FORESTS


def check(model: Any) -> None:
    """Raise NotFittedModelError if the model has no trees."""
    if not hasattr(model, "estimators_" if is_forest(model) else "tree_"):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, Y) before explaining it")


def takes_missing(model: Any) -> bool:
    """Tell whether the model's ``predict`` takes NaN."""
    return sklearn_trees.takes_missing(_members(model)[0])


def _members(model: Any) -> list[Any]:
    return list(model.estimators_) if is_forest(model) else [model]


def compiler(
    model: Any, output: int
) -> Callable[[tuple[str, ...], frozenset[int], str, Mapping[str, Any] | None], CompiledEnsemble]:
    """Return what compiles one output of a fitted model.

    Notes
    -----
    A forest averages the leaves' shares of the output's classes in the order of its trees; the first greatest one wins.
    """

    def compile_output(
        names: tuple[str, ...], missing: frozenset[int], voting: str, types: Mapping[str, Any] | None
    ) -> CompiledEnsemble:
        check_voting(voting)
        takes = takes_missing(model)
        check_columns(names, int(model.n_features_in_), missing, takes, model)
        hard = voting == "hard" and is_forest(model)
        parts = parts_of(model, output, hard=hard)
        trees, conditions = number_members(parts, missing)
        predict = _own_predict(model, output, hard=hard)
        return CompiledEnsemble(
            trees, Vocabulary(conditions, names, Reading.FLOAT32), parts.classes, numerical_features(names),
            reader(model, names, missing, takes), copy_row, predict, missing, model, parts.voting,
        )  # fmt: skip

    return compile_output


def parts_of(model: Any, output: int, *, hard: bool) -> Parts:
    """Return the trees of one output and how their values are added."""
    classes = label_tuple(np.asarray(model.classes_[output]))
    if len(classes) != int(model.n_classes_[output]):
        raise UnsupportedModelError(f"{type(model).__name__} has no classes for output {output}")
    members = []
    for tree in _members(model):
        values = np.ascontiguousarray(tree.tree_.value[:, output, : len(classes)])
        members.append(member_of(tree.tree_, vote_of(values) if hard else values))
    divisor = 1.0 if hard else float(len(members))
    return Parts(tuple(members), np.zeros(len(classes)), divisor, classes, "hard" if hard else "soft")


def _own_predict(model: Any, output: int, *, hard: bool) -> Callable[[Any], Any]:
    """Return the model's own ``predict`` of one output, or the majority of its trees' own ``predict``."""
    single = single_job(model)

    def predict(rows: Any) -> Any:
        matrix = rows.astype(np.float32)
        if not hard:
            with quietly(".*feature names.*"):
                return np.asarray(single.predict(matrix))[:, output]
        votes = np.zeros((len(matrix), len(model.classes_[output])), np.int64)
        for tree in _members(model):
            said = np.asarray(tree.predict(matrix))[:, output].astype(np.intp)
            votes[np.arange(len(matrix)), said] += 1
        return np.asarray(model.classes_[output]).take(votes.argmax(axis=1), axis=0)

    return predict

"""scikit-learn's one-vs-rest for several labels: a label holds where its model's score is above a threshold.

The score is ``decision_function`` where the models have one, with the threshold 0, else the probability of class 1,
with the threshold one half. This is not always what the model's own ``predict`` decides: ties differ. The threshold
goes by the first model alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ...engine.domain.conditions import Reading
from ...engine.domain.theory import numerical_features
from ...engine.domain.vocabulary import Vocabulary
from ...engine.ensembles.sums import whole_values
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble
from ...engine.models.ensembles import EnsembleArrays
from ..assembly.members import number_members
from ..catalog import encoder_at, find
from ..columns.checks import check_columns
from ..columns.readers import read_plain
from ..columns.rows import copy_row
from ..sklearn import trees as sklearn_trees
from ..sklearn.trees import reader

# Encoders by their places in the catalogue, loaded when a model is looked at.
_BY_SHARES = ("sklearn.trees", "sklearn.forests")
_BY_SUMS = ("sklearn.boosting", "sklearn.hist_boosting", "sklearn.linear")  # what decision_function returns
_BY_HALF = ("xgboost.models", "lightgbm.models")  # else: their predict is "probability of class 1 above one half"


def _is_constant(estimator: Any) -> bool:
    return type(estimator).__name__ == "_ConstantPredictor"


def _is_of(estimator: Any, places: tuple[str, ...]) -> bool:
    return any(encoder_at(place).accepts(estimator) for place in places)


def check(model: Any) -> None:
    """Raise UnsupportedModelError if a label is decided by a model whose scores are not taken."""
    for estimator in model.estimators_:
        if _is_constant(estimator):
            continue
        fits = _is_of(estimator, (*_BY_SHARES, *_BY_SUMS, *_BY_HALF))
        if not fits or not hasattr(estimator, "classes_"):
            raise UnsupportedModelError(
                f"OneVsRestClassifier is made of {type(estimator).__name__}: expected trees, forests, boosted or "
                "linear classifiers; or fit a MultiOutputClassifier, whose labels are its models' own predictions"
            )


def takes_missing(estimator: Any) -> bool:
    """Tell whether the ``predict`` of a label's model takes NaN."""
    return _is_constant(estimator) or find(estimator).takes_missing


def takes_types(estimator: Any) -> bool:
    """Tell whether the compiled form of a label's model depends on what its columns are declared to be."""
    return not _is_constant(estimator) and find(estimator).takes_types


def count_columns(model: Any) -> int:
    """Return how many columns the models read."""
    counts = [int(e.n_features_in_) for e in model.estimators_ if not _is_constant(e)]
    return counts[0] if counts else int(getattr(model, "n_features_in_", 1))


def threshold_of(model: Any) -> float:
    """Return what scores have to be above: it goes by the first model alone, also for the others."""
    from sklearn.base import is_classifier

    first = model.estimators_[0]
    return 0.0 if hasattr(first, "decision_function") and is_classifier(first) else 0.5


def compiler(
    estimator: Any, threshold: float
) -> Callable[[tuple[str, ...], frozenset[int], str, Mapping[str, Any] | None], CompiledEnsemble]:
    """Return what compiles one label."""

    def compile_label(
        names: tuple[str, ...], missing: frozenset[int], voting: str, types: Mapping[str, Any] | None
    ) -> CompiledEnsemble:
        if _is_constant(estimator):
            return _constant(bool(estimator.y_[0] > threshold), names, missing)
        if sklearn_trees.accepts(estimator):
            return _above(_tree(estimator, names, missing), threshold)
        compiled = find(estimator).compile(feature_names=names, missing=missing, features_type=types)
        assert isinstance(compiled, CompiledEnsemble)  # only single trees are compiled to anything else
        by_sums = hasattr(estimator, "decision_function")
        if _is_of(estimator, _BY_HALF) and not by_sums:
            if threshold != 0.5:
                raise UnsupportedModelError(f"OneVsRestClassifier mixes {type(estimator).__name__} with other models")
            return replace(compiled, classes=(0, 1))
        if compiled.one_score:
            kind = np.float32 if compiled.trees.single else np.float64
            least = float(np.nextafter(kind(threshold), kind(np.inf)))
            return replace(compiled, classes=(0, 1), threshold=least)
        if by_sums or compiled.voting == "boosted":
            raise UnsupportedModelError(
                f"OneVsRestClassifier is made of {type(estimator).__name__} with several scores: expected one; fit a "
                "MultiOutputClassifier instead"
            )
        return _above(compiled, threshold)

    return compile_label


def _above(compiled: CompiledEnsemble, threshold: float) -> CompiledEnsemble:
    """Return an averaging ensemble of two classes as "the score of class 1 is above the threshold"."""
    trees = compiled.trees
    one = trees.values[:, [1]]
    share = replace(trees, values=one, base=trees.base[[1]])
    half = threshold * trees.divisor
    if whole_values(share).error == 0 and float(half * 2).is_integer():
        # sums are exact, and so is the comparison of the sum with half the number of trees: ties go to class 0
        both = np.concatenate([np.zeros_like(one), 2.0 * one], axis=1)
        base = np.array([2.0 * half, 2.0 * trees.base[1]])
        return replace(compiled, trees=replace(trees, values=both, base=base, divisor=1.0), classes=(0, 1))
    least = float(np.nextafter(threshold, np.inf))
    return replace(compiled, trees=share, classes=(0, 1), voting="boosted", threshold=least)


def _tree(model: Any, names: tuple[str, ...], missing: frozenset[int]) -> CompiledEnsemble:
    """Return a single tree with the shares of its leaves."""
    takes = sklearn_trees.takes_missing(model)
    check_columns(names, int(model.n_features_in_), missing, takes, model)
    parts = replace(sklearn_trees.parts_of(model), classes=(0, 1))
    trees, conditions = number_members(parts, missing)
    return CompiledEnsemble(
        trees, Vocabulary(conditions, names, Reading.FLOAT32), (0, 1), numerical_features(names),
        reader(model, names, missing, takes), copy_row, model.predict, missing, model, "soft",
    )  # fmt: skip


def _constant(holds: bool, names: tuple[str, ...], missing: frozenset[int]) -> CompiledEnsemble:
    """Return a label that never changes."""
    values = np.array([[0.0, 1.0] if holds else [1.0, 0.0]])
    leaf, zero = np.zeros(1, np.int32), np.zeros(1, np.int32)
    trees = EnsembleArrays(zero, zero, zero, zero, leaf, values, np.zeros(2))
    read = partial(read_plain, None, names, Reading.FLOAT32, missing, "this label reads nothing", None, None)
    return CompiledEnsemble(
        trees, Vocabulary((), names, Reading.FLOAT32), (0, 1), numerical_features(names), read, copy_row,
        lambda rows: np.full(len(rows), int(holds)), missing, None, "hard",
    )  # fmt: skip

"""A classifier of two classes as one score: a sum that is compiled, and what the classifier makes of it.

Wrappers move the cut between two classes, by a threshold or by a calibrator. What they say of a score is asked of
their own code: a **stub** is a copy of the classifier that takes a column of scores in place of rows, so that
``predict_proba`` and ``decision_function`` are the library's own functions of them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.errors import SufficeError
from ...engine.models import CompiledEnsemble
from ...engine.models.ensembles import EnsembleArrays
from ..catalog import encoder_at
from . import wrapped
from .nesting import last_of

_SHARES = ("sklearn.trees", "sklearn.forests")  # the score is a share of the classes, predict_proba itself
_SUMS = ("sklearn.boosting", "sklearn.linear")  # the score is decision_function


def score_holder(model: Any) -> Any:
    """Return the classifier itself, without the steps and the wrappers around it."""
    while wrapped.accepts(model):
        model = wrapped.inside(model)
    return last_of(model)


def knows_scores(model: Any) -> bool:
    """Tell whether a fitted model has two classes and one score, of which is known what it makes of it."""
    try:
        holder = score_holder(model)
    except SufficeError:  # nothing fitted inside
        return False
    known = _column_of(holder) is not None or bool(encoder_at("meta.cuts").accepts(holder))
    return known and len(getattr(holder, "classes_", ())) == 2


def as_scores(model: Any) -> Any:
    """Return a model as it is compiled to scores: a single tree is a forest of one, so that its shares are kept."""
    holder = score_holder(model)
    if not encoder_at("sklearn.trees").accepts(holder):
        return model
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(1)
    vars(forest).update(
        {name: value for name, value in vars(holder).items() if name.startswith(("n_", "feature_names"))}
    )
    forest.n_estimators, forest.estimators_, forest.classes_ = 1, [holder], holder.classes_
    return _replaced(model, holder, forest)


def _replaced(model: Any, known: Any, other: Any) -> Any:
    """Return a model with another classifier in the place of one, without the wrappers around it."""
    while wrapped.accepts(model):
        model = wrapped.inside(model)
    if model is known:
        return other
    made = copy.copy(model)  # a pipeline
    made.steps = [*model.steps[:-1], (model.steps[-1][0], other)]
    return made


def column_of_scores(trees: EnsembleArrays, compiled: CompiledEnsemble, place: int) -> EnsembleArrays:
    """Return the trees of one score: of a class whose share is asked, or the only one."""
    if compiled.trees.n_outputs == 1:
        return trees
    return replace(trees, values=np.ascontiguousarray(trees.values[:, [place]]), base=trees.base[[place]])


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the greatest score that the trees can give, with the noise of sums in another order."""

    low: float
    high: float

    def held(self, scores: F64) -> F64:
        """Return scores, those beyond the range at its ends."""
        return np.clip(scores, self.low, self.high)


def range_of(trees: EnsembleArrays, slack: float = 0.0) -> Range:
    """Return the range of an ensemble's only score: sums of floats never fall where what is added grows."""
    nodes = np.nonzero(trees.leaf >= 0)[0]
    tree = np.searchsorted(trees.root, nodes, side="right") - 1
    values = trees.values[trees.leaf[nodes], 0]
    order = np.lexsort((values, tree))
    first = np.searchsorted(tree[order], np.arange(trees.n_trees))
    last = np.append(first[1:], len(order)) - 1
    ends = [float(trees.add_up(trees.leaf[nodes[order[places]]])[0]) for places in (first, last)]
    return Range(ends[0] - 8 * slack, ends[1] + 8 * slack)


def range_of_column(trees: EnsembleArrays, column: int) -> Range:
    """Return the range of one of several scores, before it is divided."""
    values = np.ascontiguousarray(trees.values[:, [column]])
    return range_of(EnsembleArrays(
        trees.root, trees.literal, trees.left, trees.right, trees.leaf, values, trees.base[[column]], 1.0, trees.single
    ))  # fmt: skip


# -- stubs: libraries look at the names of the methods -----------------------------------------------------------


def stub_of(holder: Any, place: int) -> Any:
    """Return a copy of a classifier that takes a column of scores in place of rows.

    Parameters
    ----------
    holder : object
        See ``score_holder``.
    place : int
        The class whose share is the score, of a classifier whose scores are shares.
    """
    told = _column_of(holder)
    if told is None:  # a moved cut in a moved cut
        cuts: Any = encoder_at("meta.cuts")
        return cuts.stub_of_cut(holder, place)
    stub = copy.copy(holder)
    vars(stub).pop("predict", None)  # of the model outside it
    told(stub, place)
    return stub


def _column_of(holder: Any) -> Callable[[Any, int], None] | None:
    """Return what makes a copy of a classifier take scores; None if its scores are not known."""
    if any(encoder_at(place).accepts(holder) for place in _SHARES):
        return _of_shares
    if any(encoder_at(place).accepts(holder) for place in _SUMS):
        return _of_sums
    if encoder_at("sklearn.hist_boosting").accepts(holder):
        return _of_raw
    if encoder_at("sklearn.ada_boost").accepts(holder):
        return _of_votes
    for place in ("xgboost.models", "lightgbm.models"):
        encoder: Any = encoder_at(place)
        if encoder.accepts(holder) and hasattr(holder, "classes_"):
            return lambda stub, _: _of_probabilities(stub, encoder.probability_of(holder), encoder.SINGLE)
    return None


def _column(rows: Any) -> F64:
    return np.array(np.asarray(rows)[:, 0], np.float64)


def _of_shares(stub: Any, place: int) -> None:
    def predict_proba(rows: Any) -> F64:
        share = _column(rows)
        return np.stack([share, 1.0 - share] if place == 0 else [1.0 - share, share], axis=1)

    stub.predict_proba = predict_proba


def _of_sums(stub: Any, place: int) -> None:
    def decision_function(rows: Any) -> F64:
        return _column(rows)

    stub.decision_function = decision_function


def _of_votes(stub: Any, place: int) -> None:
    def decision_function(rows: Any) -> F64:
        return 2.0 * _column(rows)  # the votes of both classes, which are opposite

    stub.decision_function = decision_function


def _of_raw(stub: Any, place: int) -> None:
    stub._raw_predict = lambda rows, n_threads=None: _column(rows).reshape(-1, 1)


def _of_probabilities(stub: Any, link: Callable[[F64], F64], single: bool) -> None:
    def predict_proba(rows: Any) -> NDArray[Any]:
        one: NDArray[Any] = link(_column(rows)).astype(np.float32 if single else np.float64)
        return np.vstack((np.subtract(1.0, one), one)).transpose()

    stub.predict_proba = predict_proba
    if hasattr(stub, "decision_function"):  # of LightGBM from 4.7 on
        _of_sums(stub, 1)

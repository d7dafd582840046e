"""scikit-learn's gradient boosting on histograms: HistGradientBoostingClassifier and HistGradientBoostingRegressor."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading
from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.models.floats import Transform, first_float
from ...engine.quiet import quietly
from ..assembly.assemble import Categories, Table, anything, assemble
from ..assembly.links import exp_of_numpy
from ..assembly.members import Choice, Member, Parts
from ..columns.coded_rows import as_input
from ..columns.rows import default_names
from ..encoder import Traits, class_in
from .trees import own_names

__all__ = ["TAKEN", "accepts", "check_fitted", "column_names", "compile_model", "own_names", "takes_missing"]

_NAMES = ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor")
_LEAST = 5e-324  # the least number above 0
TAKEN = " or ".join(_NAMES)


def accepts(model: Any) -> bool:
    """Tell whether `model` is a gradient boosting model of scikit-learn on histograms (fitted or not)."""
    return bool(class_in(model, "sklearn", _NAMES))


def takes_missing(model: Any) -> bool:
    """Tell that these models take missing values everywhere."""
    return True


def categories(model: Any) -> dict[int, Categories]:
    """Return the columns of categories."""
    return _categories(model)


def absent(model: Any) -> None:
    """Tell that these models take no sparse matrices."""
    return None


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    check_fitted(model)
    return own_names(model) or default_names(int(model.n_features_in_))


def is_fitted(model: Any) -> bool:
    """Tell whether `model` was fitted."""
    return hasattr(model, "_predictors")


def check_fitted(model: Any) -> None:
    """Raise NotFittedModelError if the model has no trees."""
    if not is_fitted(model):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")


def single_job(model: Any) -> Any:
    """Return the model: its sums do not depend on the number of jobs."""
    return model


def compile_model(
    model: Any, *, names: tuple[str, ...] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledEnsemble:
    """Compile a fitted gradient boosting model on histograms.

    Parameters
    ----------
    model : HistGradientBoostingClassifier or HistGradientBoostingRegressor
        Fitted, with one output.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.

    Raises
    ------
    NotFittedModelError, BadInputError
        If it is not fitted, or names do not fit.

    Notes
    -----
    Numbers are read as float64, sums are float64 sums from the baseline on. Two classes: the second one where the sum
    is above 0; more: the first greatest sum. In columns of categories the model takes for missing what was not seen in
    training.
    """
    check_fitted(model)
    parts = _parts(model, raw=False)
    table = Table(names or column_names(model), own_names(model), _categories(model))
    table.check(int(model.n_features_in_), missing, model)
    return assemble(parts, table, missing, _own_predict(model, table), model)


def parts_of(model: Any, voting: str = "soft") -> Parts:
    """Return the trees of a fitted model, on the values that its ``predict`` gets, and how their values are added.

    Raises
    ------
    UnsupportedModelError
        If it was fitted with categories that are no numbers.
    """
    return _parts(model, raw=True)


def _encoder(model: Any) -> tuple[NDArray[np.intp], list[NDArray[Any]]]:
    """Return the columns of categories and what they hold, without the missing value."""
    if getattr(model, "is_categorical_", None) is None:
        return np.zeros(0, np.intp), []
    listed = []
    for known in model._preprocessor.named_transformers_["encoder"].categories_:
        absent = len(known) and isinstance(known[-1], (float, np.floating)) and np.isnan(known[-1])
        listed.append(known[:-1] if absent else known)
    return np.nonzero(model.is_categorical_)[0], listed


def _categories(model: Any) -> dict[int, Categories]:
    columns, listed = _encoder(model)
    return {
        int(c): Categories(tuple(known.tolist()), np.arange(len(known), dtype=np.float64), void=anything)
        for c, known in zip(columns, listed, strict=True)
    }


def _parts(model: Any, *, raw: bool) -> Parts:
    """Return the trees; splits by categories are told by codes, or by the raw values that ``predict`` gets."""
    columns, listed = _encoder(model)
    if raw:
        for known in listed:
            if known.dtype.kind not in "fiub":
                raise UnsupportedModelError(
                    f"{type(model).__name__} splits by categories that are no numbers ({known.tolist()[:3]} …) inside "
                    "a pipeline: expected an OrdinalEncoder before it, or the model alone"
                )
    count = int(model.n_features_in_)
    # its own encoder puts the columns of categories first
    order = np.concatenate([columns, np.setdiff1d(np.arange(count), columns)]).astype(np.intp)
    tokens = {int(c): known for c, known in zip(columns, listed, strict=True)} if raw else {}
    base = np.atleast_1d(np.asarray(model._baseline_prediction, np.float64).ravel())
    members = tuple(
        _member(predictor, order, k, len(base), tokens)
        for trees in model._predictors
        for k, predictor in enumerate(trees)
    )
    plain = Parts(members, np.ascontiguousarray(base), 1.0, (), "value", reading=Reading.FLOAT64)
    if not hasattr(model, "classes_"):
        return replace(plain, transform=_transform(model))
    decided = replace(plain, classes=label_tuple(model.classes_), voting="boosted")
    if len(model.classes_) == 1:
        return replace(decided, link="identity")
    by_sums = _goes_by_sums(model)
    if len(base) > 1:
        return replace(decided, link="identity" if by_sums else "softmax64")
    return replace(decided, threshold=_LEAST if by_sums else first_float(lambda sums: _second_wins(model, sums), False))


def _member(predictor: Any, order: NDArray[np.intp], k: int, outputs: int, tokens: dict[int, NDArray[Any]]) -> Member:
    nodes = predictor.nodes
    leaf = nodes["is_leaf"].astype(np.bool_)
    left, right = (np.where(leaf, -1, nodes[side].astype(np.int64)) for side in ("left", "right"))
    feature = np.where(leaf, -1, order[np.where(leaf, 0, nodes["feature_idx"])])
    values = np.zeros((len(nodes), outputs))
    values[:, k] = nodes["value"]
    choices = {}
    for node in np.nonzero(nodes["is_categorical"].astype(np.bool_) & ~leaf)[0].tolist():
        bits = predictor.raw_left_cat_bitsets[int(nodes["bitset_idx"][node])]
        codes = [32 * word + bit for word in range(len(bits)) for bit in range(32) if int(bits[word]) >> bit & 1]
        known = tokens.get(int(feature[node]))
        if known is None:
            choices[node] = Choice(frozenset(map(float, codes)), False)
        else:
            listed = frozenset(float(known[code]) for code in codes if code < len(known))
            choices[node] = Choice(listed, False, frozenset(map(float, known.tolist())))
    return Member(
        left, right, feature, nodes["num_threshold"].astype(np.float64), nodes["missing_go_to_left"].astype(np.bool_),
        values, choices,
    )  # fmt: skip


def _transform(model: Any) -> Transform | None:
    """Return what a regressor makes of its sums; None if nothing."""
    link = model._loss.link
    if type(link).__name__ == "IdentityLink":
        return None
    if type(link).__name__ == "LogLink":
        return exp_of_numpy

    def transform(sums: F64) -> F64:
        with np.errstate(over="ignore"):
            told: F64 = np.asarray(link.inverse(np.ascontiguousarray(sums)), np.float64)
        return told

    return transform


def _goes_by_sums(model: Any) -> bool:
    """Tell whether ``predict`` compares the sums themselves (else the probabilities that it makes of them)."""
    stub = copy.copy(model)
    stub._predictors = []
    rows = np.zeros((1, int(model.n_features_in_)))
    stub._preprocessor = None
    stub._baseline_prediction = np.zeros((1, max(1, np.size(model._baseline_prediction))))
    stub._baseline_prediction[0, -1] = _LEAST
    with quietly():
        said = stub.predict(rows)[0]
    return bool(said == model.classes_[-1])


def _second_wins(model: Any, sums: F64) -> NDArray[np.bool_]:
    shares = model._loss.predict_proba(np.ascontiguousarray(sums).reshape(-1, 1))
    wins: NDArray[np.bool_] = shares[:, 1] > shares[:, 0]
    return wins


def _own_predict(model: Any, table: Table) -> Callable[[F64], NDArray[Any]]:
    """Return the model's own ``predict`` on matrices of numbers and codes."""
    codes = {c: known.column() for c, known in table.categories.items()}

    def predict(matrix: F64) -> NDArray[Any]:
        rows: Any = matrix
        if codes:
            columns = [codes[c].values(matrix[:, c]) if c in codes else matrix[:, c] for c in range(matrix.shape[1])]
            rows = as_input(columns, table.own)
        with quietly(), np.errstate(all="ignore"):
            labels: NDArray[Any] = model.predict(rows)
        return labels

    return predict


TRAITS = Traits(own_names=own_names, absent=absent, categories=categories)

"""What a surrogate may be, and how the kind is chosen that agrees best with the black box."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...encoders.binarized.linear import round_weights
from ...engine.arrays import F64
from ...engine.errors import BadInputError, FidelityError, shown
from ...engine.quiet import quietly

KINDS = ("forest", "tree", "boosted", "linear", "auto")
ON_BITS = ("linear", "auto")  # a linear model of numbers has no finite form
_CANDIDATES = ("linear", "forest", "boosted")  # of "auto"; the first of equals
_FOLDS = 3
_MOST_TRIED = 2000  # rows of a fold's training: comparing kinds needs no more
_WEIGHTS = tuple(4.0**k for k in range(9))  # of the instance, until the surrogate decides about it as the model does


def chosen_kind(inputs: F64, target: NDArray[Any], groups: NDArray[np.intp], seed: int) -> str:
    """Return the kind whose models agree best with the targets of rows that they did not learn from.

    Parameters
    ----------
    inputs, target : ndarray
        Rows to learn from, and what the black box says of them.
    groups : ndarray of int
        A number for each of the first rows, which may be asked about; copies of a row share it. The other rows are only
        learnt from.
    seed : int
        Splits the rows into three parts, of which each is asked about in turn; copies are in one part.
    """
    rng = np.random.default_rng(seed)
    own = np.unique(groups, return_inverse=True)[1].reshape(-1)
    of_group = rng.permutation(int(own.max()) + 1 if len(own) else 0) % _FOLDS
    part = np.append(of_group[own], np.full(len(target) - len(groups), -1))
    folds = []
    for fold in range(_FOLDS):
        learnt = np.nonzero(part != fold)[0]
        if len(learnt) > _MOST_TRIED:
            learnt = rng.choice(learnt, _MOST_TRIED, replace=False)
        if (part == fold).any() and len(set(target[learnt].tolist())) > 1:
            folds.append((learnt, np.nonzero(part == fold)[0]))
    right: dict[str, int] = {}
    for kind in _CANDIDATES:
        right[kind] = 0
        for learnt, asked in folds:
            told = fitted(kind, seed, {}, inputs[learnt], target[learnt]).predict(inputs[asked])
            right[kind] += sum(a == b for a, b in zip(told.tolist(), target[asked].tolist(), strict=True))
        if right[kind] == sum(len(asked) for _, asked in folds):
            return kind  # nothing can be better
    return max(right, key=lambda kind: right[kind])


def faithful_at_last(
    inputs: F64, target: NDArray[Any], kind: str, seed: int, options: Mapping[str, Any], name: str
) -> Any:
    """Fit a surrogate that decides about the last row, the instance, as the black box does.

    Raises
    ------
    FidelityError
        If none does, however much the instance weighs.
    """
    constant = all(value == target[-1] for value in target.tolist())
    weights = np.ones(len(target))
    for weight in _WEIGHTS:
        weights[-1] = weight
        model = fitted("tree" if constant else kind, seed, {} if constant else options, inputs, target, weights)
        if model.predict(inputs[-1:]).tolist() == target[-1:].tolist():
            return model
    raise FidelityError(
        f"the surrogate of label {name!r} decides about the instance otherwise than the model, which says "
        f"{shown(target[-1].item())}: it would explain another decision. Give another kind, deeper trees, a narrower "
        "radius or another seed"
    )


def fitted(
    kind: str, seed: int, options: Mapping[str, Any], inputs: F64, target: NDArray[Any], weights: F64 | None = None
) -> Any:
    """Return a fitted estimator.

    Raises
    ------
    BadInputError
        If the estimator does not take the options.
    """
    model = _estimator(kind, seed, options)
    with quietly(".*failed to converge.*"):  # its agreement is measured anyway
        try:
            model.fit(inputs, target, sample_weight=weights)
        except ValueError as error:
            if not options:
                raise
            raise BadInputError(
                f"options={shown(dict(options))}: {type(model).__name__} refuses them ({error})"
            ) from None
    if kind == "linear":
        round_weights(model)
    return model


def _estimator(kind: str, seed: int, options: Mapping[str, Any]) -> Any:
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    makes: dict[str, tuple[Any, dict[str, Any]]] = {
        "forest": (RandomForestClassifier, {"n_estimators": 25, "max_depth": 6, "n_jobs": 1}),
        # a forest of one tree over all rows and columns is a decision tree, and its form is that of the others
        "tree": (
            RandomForestClassifier,
            {"n_estimators": 1, "bootstrap": False, "max_features": None, "max_depth": 8, "n_jobs": 1},
        ),
        # many small trees of parts of the rows: a vicinity has few rows and many columns
        "boosted": (
            GradientBoostingClassifier,
            {"n_estimators": 100, "max_depth": 2, "subsample": 0.5, "max_features": "sqrt"},
        ),
        "linear": (LogisticRegression, {"C": 0.3, "max_iter": 200}),
    }
    make, usual = makes[kind]
    try:
        return make(**{**usual, "random_state": seed, **options})
    except TypeError as error:
        raise BadInputError(f"options={shown(dict(options))}: {make.__name__} does not take them ({error})") from None

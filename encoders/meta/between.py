"""Whether the number that a model predicts lies below, within or above an interval, for weighted medians of trees.

An ``AdaBoostRegressor`` predicts the weighted median of what its trees say: the least of these numbers up to which
half of the weight has come together. So it predicts at most v where the weights of the trees that say at most v reach
one half, a sum. An interval has two such sums, B of the trees below it and A of those up to its end: the number is
below where B reaches one half, above where A does not, and the greatest of ``B - half``, 0 and ``half - A`` tells
which, the first of equal ones.

The library adds the weights in the order of the numbers, so that its sums differ by their rounding: see ``slack``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading
from ...engine.errors import BadInputError, NotFittedModelError, UnsupportedModelError, shown
from ...engine.given import is_number
from ...engine.models import CompiledEnsemble, label_array
from ...engine.setup_limit import each_in_time
from ..assembly.additive import Term, any_order_slack
from ..assembly.assemble import Table, assemble
from ..assembly.members import Parts, member_of
from ..columns.as_libraries import trees_of_sklearn
from ..columns.rows import default_names
from ..encoder import Names, Traits, class_in
from ..sklearn import trees as sklearn_trees

TAKEN = "suffice.Between(an AdaBoostRegressor of trees, lower, upper)"
CLASSES = ("below", "within", "above")
_TREES = ("DecisionTreeRegressor", "ExtraTreeRegressor")


class Between:
    """Where the prediction of an ``AdaBoostRegressor`` lies: ``"below"``, ``"within"`` or ``"above"`` an interval.

    Other regressors take an interval when they are asked: ``explainer.set_interval(lower, upper)``.

    Parameters
    ----------
    model : AdaBoostRegressor
        Fitted, made of trees.
    lower, upper : float
        Ends of the closed interval; ``-inf`` and ``inf`` leave it open.

    Raises
    ------
    UnsupportedModelError, NotFittedModelError
        If it is another model, made of others than trees, or not fitted.
    BadInputError
        If the ends are no numbers in ascending order.

    Examples
    --------
    >>> from sklearn.ensemble import AdaBoostRegressor
    >>> from suffice import Between, Explainer
    >>> model = AdaBoostRegressor(n_estimators=3, random_state=0).fit([[0], [1], [2], [3]], [0, 0, 7, 7])
    >>> prices = Between(model, 5, 10)
    >>> prices.predict([[0], [3]]).tolist()
    ['below', 'within']
    >>> explainer = Explainer(prices, [3])
    >>> explainer.to_features(explainer.sufficient_reason())
    ('f1 > 1.5',)
    """

    def __init__(self, model: Any, lower: float, upper: float) -> None:
        _check(model)
        self.model = model
        if not (is_number(lower) and is_number(upper) and lower <= upper):
            raise BadInputError(
                f"lower={shown(lower)}, upper={shown(upper)}: expected two numbers, the lower one first"
            )
        self.lower, self.upper = float(lower), float(upper)

    def predict(self, rows: Any) -> NDArray[np.object_]:
        """Return where the model's own ``predict`` lies for each row."""
        said = np.asarray(self.model.predict(rows))
        return label_array(CLASSES)[(said >= self.lower).astype(np.intp) + (said > self.upper)]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the arguments that it was made with."""
        return {"model": self.model, "lower": self.lower, "upper": self.upper}

    def __repr__(self) -> str:
        return f"Between({type(self.model).__name__}, {self.lower!r}, {self.upper!r})"


def _check(model: Any) -> None:
    """Raise unless a model is a fitted AdaBoostRegressor of trees of one output."""
    if class_in(model, "sklearn", ("Pipeline",)):
        raise UnsupportedModelError(
            "Between(Pipeline, …): expected the AdaBoostRegressor itself; ask Between(pipeline[-1], lower, upper) "
            "about what the other steps make of rows, pipeline[:-1].transform(rows)"
        )
    if not class_in(model, "sklearn", ("AdaBoostRegressor",)):
        raise UnsupportedModelError(
            f"Between({type(model).__name__}, …): expected an AdaBoostRegressor; other regressors are explained as "
            "they are: Explainer(model), and set_interval(lower, upper)"
        )
    if not hasattr(model, "estimators_"):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")
    for member in {type(member): member for member in model.estimators_}.values():
        if not class_in(member, "sklearn", _TREES):
            raise UnsupportedModelError(
                f"{type(model).__name__} is made of {type(member).__name__}: expected {' or '.join(_TREES)}"
            )
    weights = _weights(model)
    if not (np.isfinite(weights).all() and (weights >= 0.0).all() and weights.sum() > 0.0):
        raise UnsupportedModelError(
            f"{type(model).__name__} has estimator_weights_ {weights.tolist()[:5]} …: expected finite numbers above 0; "
            "fit it again"
        )


def _weights(model: Any) -> F64:
    """Return the weights of the trees; that of a single one does not matter."""
    weights = np.asarray(model.estimator_weights_, np.float64)[: len(model.estimators_)]
    return np.ones(1) if len(weights) == 1 else weights


def accepts(model: Any) -> bool:
    """Tell whether `model` is such a question about a model."""
    return isinstance(model, Between)


def takes_missing(model: Between) -> bool:
    """Tell that these models take no missing values, whatever their trees do."""
    return False


def own_names(model: Between) -> Names | None:
    """Return the names that the model was fitted with, None if it had none."""
    return sklearn_trees.own_names(model.model)


def column_names(model: Between) -> Names:
    """Return the names of the model's columns, f1, f2, … if they had none."""
    _check(model.model)
    return own_names(model) or default_names(int(model.model.n_features_in_))


def compile_model(
    model: Between, *, names: Names | None = None, missing: frozenset[int] = frozenset()
) -> CompiledEnsemble:
    """Compile the question where a weighted median lies.

    Parameters
    ----------
    model : Between
        The question.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Must be empty: these models take no missing values.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If names do not fit, or missing values are wanted.
    """
    names = names or column_names(model)
    table = Table(names, own_names(model), takes_missing=False, absent=0.0, seen=trees_of_sklearn)
    table.check(int(model.model.n_features_in_), missing, model.model)
    return assemble(_parts(model), table, missing, sklearn_trees.own_predict(model), model)


def _parts(model: Between) -> Parts:
    """Return the trees, which add their weights to the sums of what lies below and of what lies above."""
    weights = _weights(model.model)
    members = []
    for tree, weight in each_in_time(list(zip(model.model.estimators_, weights.tolist(), strict=True))):
        said = tree.tree_.value[:, 0, 0]
        adds = np.zeros((len(said), len(CLASSES)))
        adds[:, 0], adds[:, 2] = weight * (said < model.lower), -weight * (said <= model.upper)
        members.append(member_of(tree.tree_, adds))
    half = float(weights.sum()) / 2.0
    base = np.array([-half, 0.0, half])
    slack = any_order_slack([Term((), np.array([[weight]])) for weight in weights.tolist()], np.array([half]))
    return Parts(tuple(members), base, 1.0, CLASSES, "boosted", reading=Reading.FLOAT32, slack=slack)


TRAITS = Traits(own_names=own_names)

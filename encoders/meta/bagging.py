"""scikit-learn's ``BaggingClassifier`` of other members than trees: the mean of their probabilities, or of their votes.

Bagging of trees is one forest (``sklearn.forests``). Members may read some of the columns, drawn for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ..catalog import find
from ..columns.checks import check_columns
from ..columns.rows import default_names
from ..encoder import Traits
from ..sklearn.forests import bags_others
from ..sklearn.trees import own_names
from .composing import ComposedMember, compose
from .responses import probabilities_of, votes_of
from .sources import absent_of

__all__ = ["TAKEN", "accepts", "column_names", "compile_model", "own_names", "takes_missing"]

TAKEN = "BaggingClassifier of classifiers that are taken"


def accepts(model: Any) -> bool:
    """Tell whether `model` is a fitted BaggingClassifier of members that are no trees."""
    return bags_others(model)


def _members(model: Any) -> list[Any]:
    """Return the members; it goes by ``n_estimators``, even if that was set after it was fitted.

    Raises
    ------
    UnsupportedModelError
        If one is not taken.
    """
    members = list(model.estimators_)[: int(model.n_estimators)]
    try:
        find(members[0])  # all are of one kind
    except UnsupportedModelError:
        raise UnsupportedModelError(
            f"{type(model).__name__} is made of {type(members[0]).__name__}, which is not taken: expected trees, "
            "forests, boosted trees or linear classifiers; SurrogateExplainer(model.predict, rows, instance) explains "
            "any predict"
        ) from None
    return members


def takes_missing(model: Any) -> bool:
    """Tell whether all members take missing values."""
    return all(find(one).takes_missing for one in _members(model))


def takes_types(model: Any) -> bool:
    """Tell whether the compiled form depends on what the columns are declared to be."""
    return any(find(one).takes_types for one in _members(model))


def absent(model: Any) -> float | None:
    """Return what is read for the entries that a sparse matrix leaves out."""
    found = {str(value): value for value in map(absent_of, _members(model))}
    return next(iter(found.values())) if len(found) == 1 else None


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    return own_names(model) or default_names(int(model.n_features_in_))


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
) -> CompiledEnsemble:
    """Compile a fitted BaggingClassifier of members that are no trees.

    Parameters
    ----------
    model : BaggingClassifier
        Fitted, with members that ``responses`` knows; those without probabilities vote.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.
    types : mapping, optional
        What the columns are, for linear members.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If a member is not taken, or names do not fit.
    """
    names = names or column_names(model)
    check_columns(names, int(model.n_features_in_), missing, takes_missing(model), model)
    members = _members(model)
    columns = [np.asarray(own).tolist() for own in model.estimators_features_[: len(members)]]
    composed = compose(
        members, names, model, own=own_names(model), missing=missing, types=types, columns=columns
    )  # fmt: skip
    circuit, classes = composed.circuit, label_tuple(np.asarray(model.classes_))
    gates: list[list[int]] = [[] for _ in classes]
    for member in composed.members:
        told = (probabilities_of if hasattr(member.model, "predict_proba") else votes_of)(circuit, member)
        for place, gate in zip(_places(member), told.gates, strict=True):
            gates[place].append(gate)
    ends = [
        circuit.divide(circuit.total(own) if own else circuit.constant(0.0), float(model.n_estimators)) for own in gates
    ]
    return composed.finish(ends, classes, model)


def _places(member: ComposedMember) -> list[int]:
    """Return the place of each class of a member among those of the model: its own labels are these places."""
    places: list[int] = np.asarray(member.model.classes_).astype(np.intp).tolist()
    return places


TRAITS = Traits(own_names=own_names, takes_types=takes_types, absent=absent)

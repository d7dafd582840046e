"""Trees, ensembles and linear models that were fitted on bits of a table, as models of the table itself.

A test of a bit is a test of the number or the category that the bit is made of, so the compiled form speaks of these:
``age > 37.5`` instead of ``bit 17 > 0.5``, and knows that ``age > 50`` implies it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading
from ...engine.errors import BadInputError, NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledEnsemble
from ...engine.quiet import quietly
from ..assembly.assemble import Categories, Table, assemble
from ..assembly.members import Choice, Member, Parts
from ..columns.rows import default_names
from ..encoder import Traits
from ..sklearn import boosting as sklearn_boosting
from ..sklearn import forests as sklearn_forests
from ..sklearn import linear as sklearn_linear
from ..sklearn import trees as sklearn_trees
from .binarizer import Binarizer
from .linear import compile_on_bits

__all__ = ["BinarizedModel", "accepts", "column_names", "compile_model", "own_names", "takes_missing", "takes_voting"]

_FAMILIES = (sklearn_trees, sklearn_forests, sklearn_boosting)
_INNER = (*_FAMILIES, sklearn_linear)


class BinarizedModel:
    """A fitted tree, forest, boosted or linear model of scikit-learn behind a ``Binarizer``.

    Parameters
    ----------
    binarizer : Binarizer
        Fitted.
    model : estimator
        Fitted on its bits.
    """

    def __init__(self, binarizer: Binarizer, model: Any) -> None:
        self.binarizer, self.model = binarizer, model
        if not any(family.accepts(model) for family in _INNER):
            raise UnsupportedModelError(
                f"BinarizedModel got a {type(model).__name__}: expected a {sklearn_forests.TAKEN}, "
                f"{sklearn_boosting.TAKEN}, {sklearn_linear.TAKEN}"
            )

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the arguments, by name, as estimators do."""
        return {"binarizer": self.binarizer, "model": self.model}

    @property
    def classes_(self) -> Any:
        """The labels."""
        return self.model.classes_

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return the label of each row."""
        return self.predict_bits(self.binarizer.transform(rows))

    def predict_bits(self, bits: F64) -> NDArray[Any]:
        """Return the label of each row of bits."""
        with quietly(".*feature names.*"):
            linear = sklearn_linear.accepts(self.model)
            model = self.model if linear else sklearn_forests.single_job(self.model)
            labels: NDArray[Any] = model.predict(bits)
        return labels

    def __repr__(self) -> str:
        return f"BinarizedModel({len(self.binarizer.bits)} bits, {type(self.model).__name__})"


def accepts(model: Any) -> bool:
    """Tell whether `model` is a model on bits."""
    return isinstance(model, BinarizedModel)


def check_fitted(model: Any) -> None:
    """Raise an error if one of the two is not fitted, the model has several outputs, or it reads other bits."""
    binarizer, inner = model.binarizer, model.model
    if not binarizer.names:
        raise NotFittedModelError(
            "the Binarizer of a BinarizedModel is not fitted: call fit(rows) before explaining it"
        )
    next(family for family in _INNER if family.accepts(inner)).check_fitted(inner)
    outputs = len(sklearn_forests.outputs(inner)) if sklearn_forests.accepts(inner) else 1
    if outputs > 1:
        raise UnsupportedModelError(
            f"BinarizedModel has a {type(inner).__name__} of {outputs} outputs: expected one; fit a model for each"
        )
    if int(inner.n_features_in_) != len(binarizer.bits):
        raise BadInputError(
            f"BinarizedModel has a {type(inner).__name__} that reads {inner.n_features_in_} bits, and a Binarizer that "
            f"makes {len(binarizer.bits)}: fit the model on what binarizer.transform returns"
        )


def takes_missing(model: Any) -> bool:
    """Tell that these models take no missing values."""
    return False


def takes_voting(model: Any) -> bool:
    """Tell whether the trees of the model could vote."""
    return bool(sklearn_forests.accepts(model.model) and hasattr(model.model, "classes_"))


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names of the table's columns, None if they are the default ones."""
    names: tuple[str, ...] = model.binarizer.names
    return None if names == default_names(len(names)) else names


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the table's columns."""
    check_fitted(model)
    names: tuple[str, ...] = model.binarizer.names
    return names


def compile_model(
    model: BinarizedModel,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    voting: str = "soft",
) -> CompiledEnsemble:
    """Compile a model on bits over the columns of the table; categories that the binarizer did not meet are refused.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, has several outputs, or names do not fit, or missing values are wanted.
    """
    check_fitted(model)
    binarizer = model.binarizer
    if sklearn_linear.accepts(model.model):
        shown = names or column_names(model)
        Table(shown, own_names(model), {}, takes_missing=False).check(len(binarizer.names), missing, model)
        return compile_on_bits(model.model, binarizer, shown, own_names(model), model)
    family = next(family for family in _FAMILIES if family.accepts(model.model))
    parts: Parts = family.parts_of(model.model, voting)
    members = tuple(_on_table(member, binarizer) for member in parts.members)
    parts = replace(parts, members=members, reading=Reading.FLOAT64, below=False)
    categories = {
        column: Categories(known, np.arange(len(known), dtype=np.float64))
        for column, known in binarizer.categories.items()
    }
    table = Table(names or column_names(model), own_names(model), categories, takes_missing=False)
    table.check(len(binarizer.names), missing, model)

    def predict(codes: F64) -> NDArray[Any]:
        bits = binarizer.transform_codes(codes)
        if voting == "hard" and parts.voting == "hard":
            return sklearn_forests.majority(model.model, bits)
        return model.predict_bits(bits)

    return assemble(parts, table, missing, predict, model)


def _on_table(member: Member, binarizer: Binarizer) -> Member:
    """Return a tree over bits as a tree over the columns that they are made of."""
    inner = member.left >= 0
    column = np.array([bit.column for bit in binarizer.bits], np.int64)
    bound = np.array([bit.threshold for bit in binarizer.bits])
    own = np.where(inner, member.feature, 0).astype(np.intp)
    if not len(column):
        return member
    choices = {}
    for node in np.nonzero(inner)[0].tolist():
        bit = binarizer.bits[int(member.feature[node])]
        if bit.code >= 0:
            choices[node] = Choice(frozenset({float(bit.code)}), right=True)
    return replace(
        member, feature=np.where(inner, column[own], -1), threshold=np.where(inner, bound[own], -2.0), choices=choices
    )


TRAITS = Traits(own_names=own_names, takes_voting=takes_voting)

"""Multi-label models: lists of models, one a label, and scikit-learn's own.

``MultiLabel([model, model, …])`` takes anything that the registry compiles (trees, forests, boosted models, linear
models, naive Bayes, pipelines, hand-built ones), labels as formulas (``LabelCNF``), and compiled forms, mixed.
scikit-learn's multi-label models (``sources``) go straight to ``Explainer.initialize``, or into
``MultiLabel(model, names=…)`` to name their labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import BadInputError, shown
from ...engine.models.multilabel import CompiledMultiLabel
from ..columns.rows import as_matrix, listed_names
from ..encoder import Traits
from .shared import shared_form
from .sources import Sources, is_multilabel, listed_sources, shared_absent, source_names, sources_of

TAKEN = (
    "MultiOutputClassifier, OneVsRestClassifier of several labels, ClassifierChain, trees and forests of several "
    "outputs, or a Builder.MultiLabel"
)


class MultiLabel:
    """A multi-label model made of one model a label.

    Parameters
    ----------
    labels : sequence of models, or one multi-label model
        Fitted or hand-built classifiers over the same columns, or formulas (``Builder.LabelCNF``), mixed; or a
        multi-label model of scikit-learn, to name its labels.
    names : sequence of str, optional
        Names of the labels; default y1, y2, ….
    feature_names : sequence of str, optional
        Names of the columns; default: those of the first fitted model, else all names in the formulas, in their order.

    Raises
    ------
    BadInputError
        If there is no label, names are not distinct or of another number, or models read other columns.
    """

    def __init__(
        self, labels: Any, names: Sequence[str] | None = None, *, feature_names: Sequence[str] | None = None
    ) -> None:
        if isinstance(labels, (str, bytes, Mapping)):
            raise BadInputError(f"labels={shown(labels)}: expected a list of models, one a label")
        self.sources: Sources = sources_of(labels) if is_multilabel(labels) else listed_sources(labels)
        if feature_names is not None:
            self.sources = self.sources.over(listed_names(feature_names))
        if names is not None:
            self.sources = self.sources.named(listed_names(names))

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the labels."""
        return self.sources.labels

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.sources.columns

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return the labels of each row, shape (m, n_labels), by the models' own ``predict``."""
        types = None
        if takes_types(self):  # what the rows hold is all that has to be known of the columns here
            table = as_matrix(rows, self.feature_names, own=own_names(self))
            types = {name: np.unique(table[:, c]).tolist() for c, name in enumerate(self.feature_names)}
        compiled = compile_model(self, types=types)
        return compiled.predict(compiled.read(rows))

    def __repr__(self) -> str:
        return f"MultiLabel({len(self.label_names)} labels over {len(self.feature_names)} features)"


def sources(model: Any) -> Sources:
    """Return what the labels of a multi-label model are decided by."""
    return model.sources if isinstance(model, MultiLabel) else sources_of(model)


def accepts(model: Any) -> bool:
    """Tell whether `model` decides about several labels."""
    return isinstance(model, MultiLabel) or is_multilabel(model)


def takes_missing(model: Any) -> bool:
    """Tell whether all labels' models take missing values."""
    return all(source.takes_missing for source in sources(model).each)


def takes_types(model: Any) -> bool:
    """Tell whether a label's compiled form depends on what its columns are declared to be."""
    return any(source.takes_types for source in sources(model).each)


def takes_voting(model: Any) -> bool:
    """Tell whether some label is decided by an ensemble of classifiers, whose trees could vote."""
    return any(source.takes_voting for source in sources(model).each)


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns."""
    return sources(model).columns


def absent(model: Any) -> float | None:
    """Return what is read for the entries that a sparse matrix leaves out; ``None`` where labels differ."""
    return shared_absent(sources(model).each)


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names that the model was fitted with, None if it had none."""
    return source_names(sources(model))


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    voting: str = "soft",
    types: Mapping[str, Any] | None = None,
) -> CompiledMultiLabel:
    """Compile a multi-label model: each label on its own, then all of them over shared conditions.

    Parameters
    ----------
    model : MultiLabel, or a multi-label model of scikit-learn
        Fitted.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be NaN.
    voting : str
        For labels that are decided by forests: see ``registry.compile_model``.
    types : mapping, optional
        What the columns are, for models whose compiled form depends on it.

    Raises
    ------
    UnsupportedModelError, NotFittedModelError, BadInputError
        If a label's model is not taken or not fitted, predicts numbers, or reads other columns than the others.
    """
    found = sources(model)
    return shared_form(found if names is None else found.over(names), missing, voting, types, model)


TRAITS = Traits(own_names=own_names, takes_voting=takes_voting, takes_types=takes_types, absent=absent)

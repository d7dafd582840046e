"""What a certificate is about: a model's own numbers, the domain, and a row."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ...engine.arrays import F64, I32, Bools
from ...engine.domain.conditions import Reading
from ...engine.domain.instance import Situation
from ...engine.domain.ranges import read_ends
from ...engine.domain.space import Space
from ...engine.domain.theory import Feature, Kind
from ...engine.ensembles.layout import Layout, lay_out
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble, CompiledModel, CompiledTree
from ...engine.models.ensembles import NEAR, EnsembleArrays
from ...engine.models.multilabel import CompiledMultiLabel, as_ensemble
from . import suffice_check

_OPERATORS = {text: code for code, text in enumerate(suffice_check.OPERATORS)}
Form = CompiledModel | CompiledMultiLabel


@dataclass(frozen=True, eq=False)
class Subject:
    """A model, a domain and a row, as the checker reads them.

    Attributes
    ----------
    form : compiled model
        The model.
    space : Space
        The domain.
    here : Situation
        The row.
    """

    form: Form
    space: Space
    here: Situation

    @cached_property
    def models(self) -> tuple[tuple[str, CompiledEnsemble], ...]:
        """What decides each label, by its name (empty for a model that decides about one thing)."""
        if not isinstance(self.form, CompiledMultiLabel):
            return (("", _ensemble(self.form)),)
        if self.form.chained:
            raise UnsupportedModelError("certificates are not made for chains, whose labels ask each other")
        return tuple((label.name, _ensemble(label.model)) for label in self.form.labels)

    @cached_property
    def trees(self) -> EnsembleArrays:
        """The trees of all labels, each of which adds to its own scores."""
        parts = [model.trees for _, model in self.models]
        if len(parts) == 1:
            return parts[0]
        nodes = np.cumsum([0, *(len(part.literal) for part in parts)]).tolist()
        leaves = np.cumsum([0, *(part.n_leaves for part in parts)]).tolist()
        scores = np.cumsum([0, *(part.n_outputs for part in parts)]).tolist()
        values, base = np.zeros((leaves[-1], scores[-1])), np.zeros(scores[-1])
        columns: dict[str, list[Any]] = {name: [] for name in ("root", "literal", "left", "right", "leaf")}
        for i, part in enumerate(parts):
            values[leaves[i] : leaves[i + 1], scores[i] : scores[i + 1]] = part.values
            base[scores[i] : scores[i + 1]] = part.base
            columns["root"].append(part.root + nodes[i])
            columns["literal"].append(part.literal)
            columns["left"].append(part.left + nodes[i])
            columns["right"].append(part.right + nodes[i])
            columns["leaf"].append(np.where(part.leaf < 0, -1, part.leaf + leaves[i]))
        joined: dict[str, Any] = {name: np.concatenate(column).astype(np.int32) for name, column in columns.items()}
        return replace(parts[0], **joined, values=values, base=base)

    @cached_property
    def clauses(self) -> tuple[tuple[int, ...], ...]:
        """The clauses of the theory."""
        return self.space.theory.clauses if self.space.theory is not None else ()

    @cached_property
    def layout(self) -> Layout:
        """The trees over the elements of the domain."""
        return lay_out(self.trees, self.space, self.clauses)

    @cached_property
    def head(self) -> dict[str, Any]:
        """The text part of the model and the domain."""
        vocabulary, theory = self.space.vocabulary, self.space.theory
        readings = [vocabulary.reading_of(c) for c in range(len(vocabulary.names))]
        told = [Reading.FLOAT64 if reading is Reading.WHOLE else reading for reading in readings]
        model = {
            "columns": list(vocabulary.names), "reading": [reading.value for reading in told], "labels": self.labels
        }  # fmt: skip
        missing = frozenset() if theory is None else theory.missing
        features = [_feature(feature, readings[feature.columns[0]], missing) for feature in self.space.features]
        return {
            "format": suffice_check.FORMAT, "version": suffice_check.VERSION, "model": model,
            "theory": theory is not None, "features": features, "clauses": [list(clause) for clause in self.clauses],
        }  # fmt: skip

    @cached_property
    def labels(self) -> list[dict[str, Any]]:
        """How each label is decided."""
        out, first = [], 0
        for name, model in self.models:
            end = first + model.trees.n_outputs
            rule = "number" if model.regression else "threshold" if model.one_score else "greatest"
            relative = "the predictions of these scores are the model's own function of them"
            out.append({
                "name": name, "rule": rule, "outputs": [first, end], "classes": [str(c) for c in model.classes],
                "threshold": _exact(model.threshold), "single": model.trees.single,
                "divisor": _exact(model.trees.divisor), "near": _exact(NEAR[model.link_code]),
                "doubt": _exact(model.slack), "relative": "" if model.transform is None else relative,
            })  # fmt: skip
            first = end
        return out

    @cached_property
    def arrays(self) -> dict[str, Any]:
        """The numbers of the model, the domain and the row."""
        conditions, trees = self.space.vocabulary.conditions, self.trees
        return {
            "condition_column": np.array([c.feature for c in conditions], np.int32),
            "condition_operator": np.array([_OPERATORS[c.operator.value] for c in conditions], np.int8),
            "condition_threshold": np.array([c.threshold for c in conditions], np.float64),
            "condition_missing": np.array([c.missing for c in conditions], np.bool_),
            "tree_root": trees.root, "tree_literal": trees.literal, "tree_left": trees.left,
            "tree_right": trees.right, "tree_leaf": trees.leaf, "leaf_values": trees.values, "base": trees.base,
            "row": self.rows([self.here.cells]),
        }  # fmt: skip

    def rows(self, points: list[Any]) -> F64 | Bools:
        """Return rows in some cells as certificates have them: values as the model reads them (or truth values)."""
        n = len(self.space.vocabulary)
        if self.space.theory is None:
            return np.array([self.truth(point) for point in points], np.bool_).reshape(len(points), n)
        vocabulary, rows = self.space.vocabulary, []
        for point in points:
            row = self.here.row.copy()
            for a in np.nonzero(np.asarray(point) != self.here.cells)[0].tolist():
                for column, value in self.space.attributes[a].nearest(int(point[a]), self.here.row).items():
                    row[column] = float(vocabulary.reading_of(column).cast(np.array([value]))[0])
            rows.append(row)
        return np.array(rows, np.float64).reshape(len(points), len(vocabulary.names))

    def truth(self, point: Any) -> Bools:
        """Return the truth of the conditions in some cells."""
        out = np.zeros(len(self.space.vocabulary), np.bool_)
        for (variables, table), cell in zip(self._tables, np.asarray(point).tolist(), strict=True):
            out[variables] = table[cell]
        return out

    @cached_property
    def _tables(self) -> list[tuple[I32, Bools]]:
        """The conditions on each attribute, and their truth in each of its cells."""
        return [(a.variables, np.ascontiguousarray(a.truth_table().T)) for a in self.space.attributes]

    def scores(self, truth: Bools) -> F64:
        """Return the scores of a vector of truth values, as the library adds them up, shape (1, n_scores)."""
        parts = [model.trees for _, model in self.models]
        return np.concatenate([part.scores_at(truth) for part in parts])[None]


def _ensemble(form: CompiledTree | CompiledEnsemble) -> CompiledEnsemble:
    model = as_ensemble(form)
    if model.circuit is not None:
        raise UnsupportedModelError(
            "certificates are not made for models of models, which put a circuit above the sums of their trees: "
            "ask for one of a member"
        )
    return model


def _feature(feature: Feature, reading: Reading, missing: frozenset[int]) -> dict[str, Any]:
    kinds = {Kind.ONE_HOT: "one-hot", Kind.BINARY: "listed", Kind.CATEGORICAL: "listed"}
    kind = kinds.get(feature.kind, "integer" if reading is Reading.WHOLE else feature.kind.value)
    values = [0.0, 1.0] if feature.kind is Kind.BINARY else feature.values
    if kind == "one-hot":
        values = []
    elif kind != "listed":
        values = list(read_ends(feature.low, feature.high, reading))
        if kind == "integer":
            values = [float(math.ceil(values[0])), float(math.floor(values[1]))]
    return {
        "name": feature.name, "kind": kind, "columns": list(feature.columns), "values": [_exact(v) for v in values],
        "optional": feature.optional, "missing": bool(missing & set(feature.columns)),
    }  # fmt: skip


def _exact(number: float) -> str:
    """Return a number as text that holds all of its bits."""
    return float(number).hex()

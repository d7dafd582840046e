"""What a certificate is about: a model's own numbers, the domain, and a row."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ...engine.arrays import F64, I32, I64, Bools
from ...engine.domain.conditions import Condition, Reading
from ...engine.domain.instance import Situation
from ...engine.domain.ranges import read_ends
from ...engine.domain.space import Space
from ...engine.domain.theory import Feature, Kind
from ...engine.ensembles.layout import Layout, lay_out
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble, CompiledModel, CompiledTree
from ...engine.models.around import around_of
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
    more : tuple of (str, CompiledEnsemble, str)
        Numbers beside the model: what they are, trees that tell them, and what the checker cannot know of them.
    began : float
        When its proof was begun, by ``time.perf_counter``.
    """

    form: Form
    space: Space
    here: Situation
    more: tuple[tuple[str, CompiledEnsemble, str], ...] = ()
    began: float = field(default_factory=time.perf_counter)

    @cached_property
    def models(self) -> tuple[tuple[str, CompiledEnsemble], ...]:
        """What decides each label, by its name (empty for a model that decides about one thing)."""
        return ensembles_of(self.form)

    @property
    def _parts(self) -> list[EnsembleArrays]:
        """The trees of each label."""
        return [model.trees for _, model in self.models] + [model.trees for _, model, _ in self.more]

    @cached_property
    def trees(self) -> EnsembleArrays:
        """The trees of all labels, each of which adds to its own scores."""
        parts = self._parts
        if len(parts) == 1:
            return parts[0]
        owner: dict[int, int] = {}  # some labels are other numbers in the leaves of the same trees
        own = [owner.setdefault(id(part.literal), i) == i for i, part in enumerate(parts)]
        nodes = np.cumsum([0, *(len(part.literal) * new for part, new in zip(parts, own, strict=True))]).tolist()
        leaves = np.cumsum([0, *(part.n_leaves * new for part, new in zip(parts, own, strict=True))]).tolist()
        scores = np.cumsum([0, *(part.n_outputs for part in parts)]).tolist()
        values, base = np.zeros((leaves[-1], scores[-1])), np.zeros(scores[-1])
        columns: dict[str, list[Any]] = {name: [] for name in ("root", "literal", "left", "right", "leaf")}
        for i, part in enumerate(parts):
            first = leaves[owner[id(part.literal)]]
            values[first : first + part.n_leaves, scores[i] : scores[i + 1]] = part.values
            base[scores[i] : scores[i + 1]] = part.base
            if not own[i]:
                continue
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
    def owner(self) -> I64:
        """The feature of each condition."""
        return np.array([self.space.attributes[a].feature for a in self.space.attribute_of.tolist()], np.int64)

    @cached_property
    def layout(self) -> Layout:
        """The trees over the elements of the domain."""
        return lay_out(self.trees, self.space, self.clauses)

    @cached_property
    def head(self) -> dict[str, Any]:
        """The text part of the model and the domain."""
        vocabulary, theory, around = self.space.vocabulary, self.space.theory, around_of(self.form)
        readings = [vocabulary.reading_of(c) for c in range(len(vocabulary.names))]
        names = list(vocabulary.names)
        told = [Reading.FLOAT64 if reading is Reading.WHOLE else reading for reading in readings]
        if theory is None:
            names = [_said(condition, names) for condition in vocabulary.conditions]
            told, missing = [Reading.FLOAT64] * len(names), frozenset[int]()
            features = [_listed(name, [i], [0.0, 1.0], missing) for i, name in enumerate(names)]
        else:
            missing = theory.missing
            features = [_feature(feature, readings[feature.columns[0]], missing) for feature in self.space.features]
        model: dict[str, Any] = {
            "columns": names,
            "reading": [reading.value for reading in told],
            "labels": self.labels,
        }
        if theory is None:  # for readers: the checker knows conditions as columns
            model["names"] = list(vocabulary.names)
        if around is not None:
            words = {word: [low, None if math.isinf(high) else int(high)] for word, (low, high) in around.words.items()}
            model["text"] = {"of": around.text, "words": words}
        return {
            "format": suffice_check.FORMAT, "version": suffice_check.VERSION, "model": model, "features": features,
            "clauses": [list(clause) for clause in self.clauses],
        }  # fmt: skip

    @property
    def written(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The text and the numbers of the model and the domain, as files have them."""
        return self.head, self.arrays

    @cached_property
    def labels(self) -> list[dict[str, Any]]:
        """How each label is decided."""
        out, first, counted = [], 0, _counted(self.form)
        for name, model, told in (*((name, model, "") for name, model in self.models), *self.more):
            end, classes = first + model.trees.n_outputs, [str(c) for c in model.classes]
            if len({*classes}) < len(classes):
                raise UnsupportedModelError(
                    "certificates are not made for classes that are written alike, as 1 and '1'"
                )
            rule = "number" if model.regression else "threshold" if model.one_score else "greatest"
            linked = "" if model.transform is None else "predictions are the model's own function of these scores"
            out.append({
                "name": name, "rule": rule, "outputs": [first, end], "classes": classes,
                "threshold": _exact(model.threshold), "single": model.trees.single,
                "divisor": _exact(model.trees.divisor), "near": _exact(NEAR[model.link_code]),
                "doubt": _exact(model.slack), "relative": "; ".join(filter(None, (told or linked, counted))),
            })  # fmt: skip
            first = end
        return out

    @cached_property
    def arrays(self) -> dict[str, Any]:
        """The numbers of the model, the domain and the row."""
        conditions, trees = self.space.vocabulary.conditions, self.trees
        told: list[Any] = [(c.feature, _OPERATORS[c.operator.value], c.threshold, c.missing) for c in conditions]
        if self.space.theory is None:  # each condition is a column of its own
            told = [(v, _OPERATORS["=="], 1.0, False) for v in range(len(told))]
        column, operator, threshold, missing = zip(*told, strict=True) if told else ((), (), (), ())
        return {
            "condition_column": np.array(column, np.int32), "condition_operator": np.array(operator, np.int8),
            "condition_threshold": np.array(threshold, np.float64), "condition_missing": np.array(missing, np.int8),
            "tree_root": trees.root, "tree_literal": trees.literal, "tree_left": trees.left,
            "tree_right": trees.right, "tree_leaf": trees.leaf, "leaf_values": trees.values, "base": trees.base,
        }  # fmt: skip

    def rows(self, points: list[Any]) -> F64:
        """Return rows in some cells as certificates have them: values as the model reads them (or truth values)."""
        if self.space.theory is None:
            n = len(self.space.vocabulary)
            return np.array([self.truth(point) for point in points], np.float64).reshape(len(points), n)
        vocabulary, rows, start = self.space.vocabulary, [], self.here.row.copy()
        for column, value in enumerate(start.tolist()):  # it may be told otherwise than as the model reads it
            start[column] = float(vocabulary.reading_of(column).cast(np.array([value]))[0])
        for point in points:
            row = start.copy()
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
        parts = self._parts
        return np.concatenate([part.scores_at(truth) for part in parts])[None]


def _counted(form: Form) -> str:
    """Return what is said of models of texts: that counts are no texts."""
    around = around_of(form)
    if around is None:
        return ""
    free = " (n-grams as if they were free of each other)" if around.free else ""
    return f"columns are counts of words{free}: how the pipeline makes them of a text is not in the file"


def ensembles_of(form: Form) -> tuple[tuple[str, CompiledEnsemble], ...]:
    """Return what decides each label of a model, by its name (empty for one that decides about one thing).

    Raises
    ------
    UnsupportedModelError
        If more than sums decide.
    """
    if not isinstance(form, CompiledMultiLabel):
        return (("", _ensemble(form)),)
    if form.chained:
        raise UnsupportedModelError("certificates are not made for chains, whose labels ask each other")
    return tuple((label.name, _ensemble(label.model)) for label in form.labels)


def _ensemble(form: CompiledTree | CompiledEnsemble) -> CompiledEnsemble:
    model = as_ensemble(form)
    if model.circuit is not None and around_of(form) is not None:
        raise UnsupportedModelError(
            "certificates are not made of counts that are divided by their norm, which is no sum of trees: fit the "
            "vectorizer with norm=None"
        )
    if model.circuit is not None:
        raise UnsupportedModelError(
            "certificates are not made for models of models, which put a circuit above the sums of their trees: "
            "ask for one of a member"
        )
    return model


def _feature(feature: Feature, reading: Reading, missing: frozenset[int]) -> dict[str, Any]:
    columns = list(feature.columns)
    if feature.kind is Kind.ONE_HOT:
        return _listed(feature.name, columns, np.eye(len(columns) + feature.optional, len(columns)), missing)
    if feature.kind in (Kind.BINARY, Kind.CATEGORICAL):
        return _listed(feature.name, columns, [0.0, 1.0] if feature.kind is Kind.BINARY else feature.values, missing)
    kind = "integer" if reading is Reading.WHOLE else feature.kind.value
    values = list(read_ends(feature.low, feature.high, reading))
    if kind == "integer":
        values = [float(math.ceil(values[0])), float(math.floor(values[1]))]
    return {**_listed(feature.name, columns, values, missing), "kind": kind}


def _listed(name: str, columns: list[int], values: Any, missing: frozenset[int]) -> dict[str, Any]:
    told = [_exact(v) for v in np.asarray(values, np.float64).ravel()]
    gone = ["nan"] * len(columns) if missing & set(columns) else []  # all of them may be missing
    return {"name": name, "kind": "listed", "columns": columns, "values": told + gone}


def _said(condition: Condition, names: list[str]) -> str:
    """Return a condition in words that tell all of its digits."""
    text = f"{names[condition.feature]} {condition.operator.value} {float(condition.threshold)!r}"
    return f"{text} or missing" if condition.missing else text


def _exact(number: float) -> str:
    """Return a number as text that holds all of its bits."""
    return float(number).hex()


def whole(array: Any) -> Any:
    """Return numbers as certificates have them: floats of 64 bits, or whole numbers of 64 bits."""
    found = np.asarray(array)
    return found.astype(np.float64 if found.dtype.kind == "f" else np.int64)

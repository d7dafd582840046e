"""Models of several members above whose scores stands a circuit: all members' trees in one ensemble.

``compose`` compiles the members, puts their trees on shared conditions and side by side, with one score for each score
of each member, and returns a ``Composition``. What the model makes of these scores is put into its circuit gate by
gate; ``finish`` returns the compiled form. ``responses`` has what scikit-learn's classes ask of a member, as gates.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.ensembles.sums import rounding_of
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.models.circuits import DOUBLE, CircuitBuilder
from ...engine.models.ensembles import EnsembleArrays
from ...engine.models.multilabel import CompiledMultiLabel
from ...engine.quiet import quietly
from ..assembly.additive import LEAST
from ..catalog import Found, encoder_at, find
from ..encoder import class_in
from ..sklearn import trees as sklearn_trees
from .listed import check_listed
from .members import check_no_texts
from .nesting import last_of, one_job
from .parting import over_columns
from .shared import shared_form
from .sources import Source, Sources, source_of

LEAST_DOUBT = 5e-324  # a slack that says no more than that something may be in doubt


@dataclass(frozen=True, slots=True, eq=False)
class ComposedMember:
    """One member.

    Attributes
    ----------
    model : object
        The fitted model.
    compiled : CompiledEnsemble
        Its compiled form over the shared conditions.
    scores : tuple of int
        The gates of its scores, as its library computes them.
    """

    model: Any
    compiled: CompiledEnsemble
    scores: tuple[int, ...]

    @property
    def final(self) -> Any:
        """The model without the steps before it."""
        return last_of(self.model)


@dataclass(frozen=True, slots=True, eq=False)
class Composition:
    """Members side by side, and the circuit above them, which grows until ``finish``."""

    members: tuple[ComposedMember, ...]
    circuit: CircuitBuilder
    trees: EnsembleArrays
    shared: CompiledMultiLabel
    table: Callable[[NDArray[np.float64]], Any]

    def finish(self, ends: Sequence[int], classes: tuple[Any, ...], model: Any) -> CompiledEnsemble:
        """Return the compiled form of a model that decides for the first greatest of some gates, one a class."""
        circuit = self.circuit.circuit(ends, self.trees.n_outputs)
        return self._form(self.trees, classes, model, "composed", slack=LEAST_DOUBT, circuit=circuit)

    def finish_sums(self, weights: F64, start: F64, classes: tuple[Any, ...], model: Any) -> CompiledEnsemble:
        """Return the compiled form of a model whose scores are sums of the members' scores, each times a number.

        Parameters
        ----------
        weights : ndarray of float64, shape (n_scores_of_all_members, n_outputs)
            What the sums of the trees, not divided yet, are multiplied with.
        start : ndarray of float64, shape (n_outputs,)
            What is added. One output: the second class where it is above 0; more: the first greatest one.
        classes, model
            As of ``finish``; no classes: a regressor, whose prediction the only output is.

        Notes
        -----
        The library adds in another order: ``slack`` bounds how far its sums can be from these, see ``additive``.
        """
        values, base = self.trees.values @ weights, self.trees.base @ weights + start
        sizes = np.abs(self.trees.values) @ np.abs(weights)
        leaf, count = self.trees.leaf, self.trees.n_trees
        nodes = np.nonzero(leaf >= 0)[0]
        largest = np.zeros((count, len(start)))
        np.maximum.at(largest, np.searchsorted(self.trees.root, nodes, side="right") - 1, sizes[leaf[nodes]])
        total = float((largest.sum(axis=0) + np.abs(self.trees.base) @ np.abs(weights) + np.abs(start)).max())
        terms = count + 2 * len(weights) + 16  # additions and products, and the rounding of this bound itself
        slack = 4.0 * terms * DOUBLE / (1.0 - terms * DOUBLE) * total
        trees = replace(self.trees, values=np.ascontiguousarray(values), base=np.ascontiguousarray(base), single=False)
        threshold = LEAST if classes and len(start) == 1 else 0.0
        return self._form(trees, classes, model, "boosted" if classes else "value", threshold=threshold, slack=slack)

    def finish_trees(
        self, trees: EnsembleArrays, classes: tuple[Any, ...], model: Any, voting: str
    ) -> CompiledEnsemble:
        """Return the compiled form of a model that adds up other numbers of the same trees."""
        return self._form(trees, classes, model, voting)

    def _form(
        self, trees: EnsembleArrays, classes: tuple[Any, ...], model: Any, voting: str, **how: Any
    ) -> CompiledEnsemble:
        shared, table, asked = self.shared, self.table, one_job(model)

        def predict(rows: NDArray[np.float64]) -> NDArray[Any]:
            with quietly(), np.errstate(all="ignore"):
                said: NDArray[Any] = np.asarray(asked.predict(table(rows)))
            return said if classes else said.ravel().astype(np.float64)

        dtypes = next((label.model.dtypes for label in shared.labels if label.model.dtypes), ())
        return CompiledEnsemble(
            trees, shared.vocabulary, classes, shared.features, shared.read, shared.to_user_row, predict,
            shared.missing, model, voting, dtypes=dtypes, **how,
        )  # fmt: skip


def compose(
    models: Sequence[Any],
    names: tuple[str, ...],
    model: Any,
    *,
    own: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
    columns: Sequence[Sequence[int]] | None = None,
    dtypes: tuple[str, ...] | None = None,
    numbers: bool = False,
    ways: Sequence[float] | None = None,
) -> Composition:
    """Compile the members of a model, and put them side by side.

    Parameters
    ----------
    models : sequence of models
        Fitted classifiers over the same columns; pipelines are told in the columns that go into them.
    names : tuple of str
        Names of the columns.
    model : object
        The model that is made of them.
    own : tuple of str, optional
        The names that it was fitted with.
    missing : frozenset of int
        Columns that may be missing.
    types : mapping, optional
        What the columns are, for members whose compiled form depends on it.
    columns : sequence of sequences of int, optional
        The columns that each member reads, in its order; default: all of them.
    dtypes : tuple of str, optional
        The dtypes of the rows, for members that calculate in them.
    numbers : bool
        Whether members are regressors.
    ways : sequence of float, optional
        See ``check_listed``.

    Raises
    ------
    UnsupportedModelError, NotFittedModelError, BadInputError
        If a member is not taken, or members read their columns in ways that do not go together.
    """
    told = tuple(f"member {i + 1}" for i in range(len(models)))
    each = tuple(_source(one, dtypes, model, numbers) for one in models)
    if columns is not None:
        each = tuple(over_columns(one, own_columns) for one, own_columns in zip(each, columns, strict=True))
    found = Sources(each, tuple(range(len(models))), told, names, own)
    shared = shared_form(found, missing, "soft", types, model, circuits=True)
    compiled = [label.model for label in shared.labels]
    check_listed(compiled, ways, types, type(last_of(model)).__name__)
    trees = _side_by_side(compiled)
    circuit = CircuitBuilder()
    members, first = [], 0
    for one, its_model in zip(compiled, models, strict=True):
        members.append(ComposedMember(its_model, one, tuple(_scores(circuit, one, first, trees.single))))
        first += one.trees.n_outputs
    return Composition(tuple(members), circuit, trees, shared, _table_of(compiled))


def _source(model: Any, dtypes: tuple[str, ...] | None, outer: Any, numbers: bool) -> Source:
    """Return what compiles a member; a single tree is a forest of one, which knows the shares of its leaves."""
    told = _with_shares(model)
    source, calibrated = source_of(told), encoder_at("meta.calibrated")  # its gates are probabilities
    found = Found(told, calibrated) if calibrated.accepts(told) else find(told)

    def compile_one(
        names: tuple[str, ...], missing: frozenset[int], voting: str, types: Mapping[str, Any] | None
    ) -> CompiledTree | CompiledEnsemble:
        compiled = found.compile(feature_names=names, missing=missing, features_type=types, dtypes=dtypes)
        check_no_texts(compiled, outer)
        if isinstance(compiled, CompiledEnsemble) and compiled.regression and not numbers:
            raise UnsupportedModelError(
                f"{type(model).__name__} predicts numbers: expected a classifier among the members"
            )
        return compiled

    return replace(source, compile=compile_one)


def _with_shares(model: Any) -> Any:
    if class_in(model, "sklearn", ("Pipeline",)) and sklearn_trees.accepts(last_of(model)):
        outer = copy.copy(model)
        name, final = model.steps[-1]
        outer.steps = [*model.steps[:-1], (name, _with_shares(final))]
        return outer
    if not sklearn_trees.accepts(model) or not sklearn_trees.is_fitted(model):
        return model
    from sklearn.ensemble import RandomForestClassifier

    sklearn_trees.check_fitted(model)
    forest = RandomForestClassifier(n_estimators=1)
    forest.estimators_ = [model]
    for attribute in ("classes_", "n_classes_", "n_outputs_", "n_features_in_", "feature_names_in_"):
        if hasattr(model, attribute):
            setattr(forest, attribute, getattr(model, attribute))
    return forest


def _side_by_side(compiled: Sequence[CompiledEnsemble]) -> EnsembleArrays:
    """Return all members' trees, with the scores of each member in columns of their own."""
    parts = [one.trees for one in compiled]
    nodes = np.cumsum([0, *(len(trees.literal) for trees in parts)])
    leaves = np.cumsum([0, *(trees.n_leaves for trees in parts)])
    outputs = np.cumsum([0, *(trees.n_outputs for trees in parts)])
    values = np.zeros((int(leaves[-1]), int(outputs[-1])))
    for i, trees in enumerate(parts):
        values[leaves[i] : leaves[i + 1], outputs[i] : outputs[i + 1]] = trees.values

    def moved(name: str, starts: NDArray[np.int64], only: bool = False) -> NDArray[np.int32]:
        arrays = [getattr(trees, name) for trees in parts]
        shifted = [np.where(array >= 0, array + start, array) for array, start in zip(arrays, starts, strict=False)]
        return np.concatenate(shifted).astype(np.int32)

    inner = np.concatenate([trees.literal for trees in parts]) != 0
    return EnsembleArrays(
        moved("root", nodes), np.concatenate([trees.literal for trees in parts]).astype(np.int32),
        np.where(inner, moved("left", nodes), 0).astype(np.int32),
        np.where(inner, moved("right", nodes), 0).astype(np.int32), moved("leaf", leaves),
        values, np.concatenate([trees.base for trees in parts]), 1.0, all(trees.single for trees in parts),
    )  # fmt: skip


def _scores(circuit: CircuitBuilder, one: CompiledEnsemble, first: int, single: bool) -> list[int]:
    """Return the gates of a member's scores; one that is made of members itself has those of its ends."""
    trees = one.trees
    raw = [circuit.raw(first + i) for i in range(trees.n_outputs)]
    if trees.single and not single:  # they are added in double precision here
        raw = [circuit.widen(x, 0.0, rounding_of(trees)) for x in raw]
    if one.circuit is not None:
        return circuit.graft(one.circuit, raw)
    told = [circuit.divide(x, trees.divisor) for x in raw]
    return [circuit.widen(x, 0.0, one.slack) for x in told]


def _table_of(compiled: Sequence[CompiledEnsemble]) -> Callable[[NDArray[np.float64]], Any]:
    """Return what makes of a matrix of numbers and codes the rows that the library takes."""
    for one in compiled:
        table: Callable[[NDArray[np.float64]], Any] | None = getattr(getattr(one.read, "__self__", None), "table", None)
        if table is not None:
            return table
    return lambda rows: rows

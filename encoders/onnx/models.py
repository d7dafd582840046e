"""ONNX graphs that end with trees."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.models.ensembles import EnsembleArrays
from ..assembly.assemble import Categories, Table, assemble, decision_of
from ..assembly.members import Member, Parts
from ..columns.coded_columns import CodeColumn, FreeColumn
from ..columns.coded_rows import Rows
from ..columns.dtypes import holds_missing, own_readings
from ..columns.rows import default_names
from ..encoder import Traits
from ..pipelines.grown import features_of, grown_in_sources
from ..pipelines.sources import Survey, survey, takes_missing_somewhere
from ..pipelines.sums import compile_adding
from .content import TAKEN, kind_of, read
from .ends import End, end_of
from .graph import Graph
from .members import members_of, set_columns, values_of
from .plans import Planned, planned
from .probe import Steps, Unread, labels_of, number_codes, precision_of, predict_of, probe_of, text_codes
from .sessions import Runner, check_whole, feeds_of
from .sets import check_chains, large_sets

__all__ = ["TAKEN", "accepts", "column_names", "compile_model", "own_names", "takes_missing"]


def accepts(model: Any) -> bool:
    """Tell whether `model` is an ONNX model: a path, its bytes, a ModelProto or an InferenceSession."""
    return bool(kind_of(model))


@dataclass(frozen=True, slots=True, eq=False)
class _Whole:
    """A graph with its end, its plan, and the runner of what it says."""

    graph: Graph
    end: End
    plan: Planned
    runner: Runner


@functools.lru_cache(maxsize=4)
def _whole(graph: Graph) -> _Whole:
    end = end_of(graph)
    plan = planned(graph, end)
    check_whole(graph)
    graph = replace(graph, inputs=plan.inputs)
    return _Whole(graph, end, plan, Runner(graph, [end.output]))


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names of the columns, if each is an input of its own."""
    return planned_of(model).names


def planned_of(model: Any) -> Planned:
    """Return how the columns of a model come from those of its inputs."""
    return _whole(read(model)).plan


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the inputs where each is a column, else f1, f2, …."""
    plan = planned_of(model)
    return plan.names or default_names(len(plan.sources))


def takes_missing(model: Any) -> bool:
    """Tell whether the graph takes NaN in some column."""
    whole = _whole(read(model))
    if whole.plan.direct:
        return True
    return takes_missing_somewhere(_probe(whole, whole.plan))


def takes_types(model: Any) -> bool:
    """Tell whether the compiled form depends on what the columns are declared to be."""
    return _whole(read(model)).end.linear is not None


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
) -> CompiledEnsemble:
    """Compile an ONNX model.

    Parameters
    ----------
    model : str, Path, bytes, ModelProto or InferenceSession
        A graph with one TreeEnsembleClassifier, TreeEnsembleRegressor, TreeEnsemble or LinearClassifier, nodes before
        it that map columns one to one, and nodes after it that rename labels.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.
    types : mapping, optional
        What the columns are, for a linear model: those that it weighs need a list of values.

    Raises
    ------
    UnsupportedModelError, FormatError, BadInputError
        If a node is not taken, the model is damaged, a package is not installed, or names do not fit.

    Notes
    -----
    What is explained is what onnxruntime says on one thread: rows are read in the type of the input, weights are added
    in the order of the trees, as float32 (float64 where the trees read that). With more threads onnxruntime may add in
    another order, so that the last bit of a sum differs.
    """
    whole = _whole(read(model))
    plan = whole.plan.renamed(names)
    if whole.end.linear is not None:
        return _linear(model, whole, plan, missing, types)
    return _direct(model, whole, plan, missing) if plan.direct else _through_steps(model, whole, plan, missing)


def _parts(whole: _Whole, listed: set[int], reading: Reading) -> Parts:
    """Return the trees and how what they give is added."""
    end = whole.end
    forest, decision = end.forest, end.decision
    assert decision is not None
    check_chains(forest, end.where)
    members = members_of(forest, values_of(forest, decision.targets), listed, end.where)
    if (decision.base != 0).any():
        members = (*members, _constant(decision.base))
    parts = Parts(
        members, np.zeros(len(decision.targets)), 1.0, (), "value", single=forest.single, transform=end.transform,
        reading=reading, below=end.strict,
    )  # fmt: skip
    if not decision.labels:
        return parts
    classes = label_tuple(np.asarray(end.labels, object))
    return replace(parts, classes=classes, voting="boosted", threshold=decision.threshold)


def _constant(base: F64) -> Member:
    """Return a tree of one leaf."""
    none, zero = np.array([-1]), np.zeros(1)
    return Member(none, none, np.zeros(1, np.int64), zero, np.zeros(1, np.bool_), base.reshape(1, -1))


@dataclass(frozen=True, slots=True)
class _Numbered(Categories):
    """A column of numbers of which the trees tell some apart; ``whole`` if they would cut others off."""

    dtype: str = "float32"
    whole: bool = False

    def column(self) -> CodeColumn:
        """Return the codes of the numbers."""
        return number_codes(Categories.column(self), self.dtype, self.whole)


def _cut_off(whole: _Whole, plan: Planned, columns: set[int]) -> UnsupportedModelError:
    names = ", ".join(repr(plan.shown[column]) for column in sorted(columns)[:6])
    return UnsupportedModelError(
        f"{whole.end.where} looks up {names} in a set of numbers beyond 0 … 30, before which onnxruntime cuts numbers "
        "off: expected columns of categories, which nothing else reads"
    )


def _direct(model: Any, whole: _Whole, plan: Planned, missing: frozenset[int]) -> CompiledEnsemble:
    """Compile trees that read the input as it is."""
    sets, dtype = set_columns(whole.end.forest), plan.dtypes[0]
    large = large_sets(whole.end.forest)
    if large - set(sets):
        raise _cut_off(whole, plan, large - set(sets))
    categories: dict[int, Categories] = {}
    for column, listed in sets.items():
        tokens = (*listed.tolist(), _another(listed, dtype))
        categories[column] = _Numbered(tokens, np.array(tokens), True, None, dtype, column in large)
    table = Table(plan.shown, plan.names, categories, absent=None)
    table.check(len(plan.sources), missing, model)

    def predict(matrix: F64) -> NDArray[Any]:
        return labels_of(whole.runner, feeds_of(whole.graph, list(table.values_of(matrix).T)))

    return assemble(_parts(whole, set(sets), precision_of(dtype)), table, missing, predict, model)


def _another(listed: F64, dtype: str) -> float:
    """Return a number of a dtype that is not listed, a small whole one if it can be."""
    near = [np.floor(listed.max(initial=0.0)) + 1.0, np.ceil(listed.min(initial=0.0)) - 1.0]
    beyond = np.nextafter(listed.max(initial=0.0).astype(dtype), np.dtype(dtype).type(np.inf))
    held = np.array([*near, beyond]).astype(dtype).astype(np.float64)
    free = held[~np.isin(held, listed) & np.isfinite(held)]
    return float(free[0]) if len(free) else float(np.setdiff1d(np.arange(len(listed) + 1.0), listed)[0])


def _probe(whole: _Whole, plan: Planned) -> Any:
    before = Runner(whole.graph, [whole.end.node.inputs[0]])
    steps = Steps(whole.graph, before, whole.runner)
    return probe_of(steps, plan.plan, list(plan.fillers), precision_of(plan.reads), plan.dtypes)


def _surveyed(model: Any, whole: _Whole, plan: Planned, missing: frozenset[int]) -> tuple[Any, Survey]:
    """Return a probe, and what the nodes before the model make of the input."""
    Table(plan.shown, plan.names, {}).check(len(plan.sources), missing, model)
    probe = _probe(whole, plan)
    missing = missing - {c for c, dtype in enumerate(plan.dtypes) if dtype and not holds_missing(dtype)}
    found = survey(probe, missing)
    for c, column in enumerate(found.columns):
        if isinstance(column, CodeColumn):
            found.columns[c] = number_codes(column, plan.dtypes[c]) if plan.dtypes[c] else text_codes(column)
        elif isinstance(column, FreeColumn):
            found.columns[c] = Unread(plan.dtypes[c])
    return probe, found


def _linear(
    model: Any, whole: _Whole, plan: Planned, missing: frozenset[int], types: Mapping[str, Any] | None
) -> CompiledEnsemble:
    """Compile a linear model: what each column of the input adds to its sums."""
    assert whole.end.linear is not None
    probe, found = _surveyed(model, whole, plan, missing)

    def rows_of(known: Survey) -> Rows:
        return Rows(plan.shown, plan.names, tuple(known.columns), Reading.FLOAT64, known.missing, plan.dtypes)

    compiled = compile_adding(
        whole.end.linear.adding(whole.end.labels), model, probe, found, types, plan.dtypes, rows_of,
        lambda rows: predict_of(whole.graph, whole.runner, rows),
    )  # fmt: skip
    return replace(compiled, dtypes=())  # rows are read in the types of the inputs, whatever theirs


def _through_steps(model: Any, whole: _Whole, plan: Planned, missing: frozenset[int]) -> CompiledEnsemble:
    """Compile trees that read what other nodes make of the input."""
    probe, found = _surveyed(model, whole, plan, missing)
    if large_sets(whole.end.forest):
        raise _cut_off(whole, plan, set())
    coded = {j for j, column in enumerate(plan.plan.columns) if column.coded}
    parts = _parts(whole, coded, precision_of(plan.reads))
    grown, places = grown_in_sources(parts, probe, found, Reading.FLOAT64, False)
    labels = {c: column.labels for c, column in enumerate(found.columns) if isinstance(column, CodeColumn)}
    rows = Rows(plan.shown, plan.names, tuple(found.columns), Reading.FLOAT64, found.missing, plan.dtypes)
    readings = own_readings(plan.dtypes, labels, Reading.FLOAT64)
    vocabulary = Vocabulary(grown.conditions, plan.shown, Reading.FLOAT64, labels, readings)
    values = np.array([parts.members[t].values[node] for t, node in places])
    trees = EnsembleArrays(*grown[:5], values, parts.base, parts.divisor, parts.single)
    return CompiledEnsemble(
        trees, vocabulary, parts.classes, features_of(plan.shown, found), rows.read, rows.to_user_row,
        predict_of(whole.graph, whole.runner, rows), found.missing, model, **decision_of(parts),
    )  # fmt: skip


TRAITS = Traits(own_names=own_names, takes_types=takes_types, absent=lambda model: None, lists_numbers=takes_types)

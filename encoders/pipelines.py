"""Pipelines of scikit-learn that end with a classification tree, told in the columns that go into them.

The steps before the tree map columns one to one (``pipeline_walk``). The pipeline itself is asked what it makes of
values (``pipeline_probe``), so that the conditions on the original columns are exact: a threshold of the tree becomes
the one float64 number of the original column at which the pipeline's own arithmetic changes sides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.conditions import Reading
from ..engine.errors import UnsupportedModelError
from ..engine.models import CompiledTree, label_tuple
from ..engine.theory import Feature, Kind
from ..engine.vocabulary import Vocabulary
from . import sklearn_trees
from .growth import grow
from .pipeline_conditions import Tests, code_tests, number_tests
from .pipeline_plan import TAKEN, Plan, fitted_columns, not_fitted
from .pipeline_probe import Probe
from .pipeline_rows import CodeColumn, NumberColumn, Rows, quiet
from .pipeline_sources import Survey, survey, takes_missing_somewhere
from .pipeline_walk import make_plan


def accepts(model: Any) -> bool:
    """Tell whether `model` is a pipeline of scikit-learn (whether its steps are taken is told when it is compiled)."""
    return any(c.__name__ == "Pipeline" and c.__module__.startswith("sklearn.") for c in type(model).__mro__)


def takes_missing(model: Any) -> bool:
    """Tell whether the pipeline's ``predict`` takes a missing value in some column."""
    plan = _plan(model, None)
    return takes_missing_somewhere(Probe(model, plan, [0.0] * len(plan.sources)))


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted pipeline was trained on, f1, f2, … if they had none."""
    _check_tree(model)
    count, names = fitted_columns(model)
    return names or tuple(f"f{i + 1}" for i in range(count))


def _check_tree(model: Any) -> None:
    """Raise if the last step is no fitted classification tree."""
    name, tree = model.steps[-1]
    if not sklearn_trees.accepts(tree):
        raise UnsupportedModelError(
            f"step {name!r}, the last one of the pipeline, is a {type(tree).__name__}: expected a "
            f"DecisionTreeClassifier or an ExtraTreeClassifier; before it, {TAKEN}"
        )
    if not hasattr(tree, "tree_"):
        raise not_fitted(repr(name), tree)
    sklearn_trees.check_fitted(tree)


def _plan(model: Any, names: tuple[str, ...] | None) -> Plan:
    _check_tree(model)
    return make_plan(model, names)


def compile_model(
    model: Any, *, names: tuple[str, ...] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledTree:
    """Compile a fitted pipeline that ends with a classification tree.

    Parameters
    ----------
    model : Pipeline
        Fitted; its steps map columns one to one, the last one is a DecisionTreeClassifier or an ExtraTreeClassifier.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.

    Raises
    ------
    UnsupportedModelError
        If a step is not taken; the message names it.
    NotFittedModelError, BadInputError
        If it is not fitted, names do not fit, or missing values are declared where the pipeline takes none.

    Notes
    -----
    Numbers are read as float64; if the tree gets all of them as they are, as float32, the way the tree reads them.
    """
    plan = _plan(model, names)
    probe = Probe(model, plan, [0.0] * len(plan.sources))
    found = survey(probe, missing)
    changed = any(not (c.coded or c.raw) for c in plan.columns)
    return _assemble(model, probe, found, Reading.FLOAT64 if changed else Reading.FLOAT32)


def _assemble(model: Any, probe: Probe, found: Survey, reading: Reading) -> CompiledTree:
    """Return the compiled form of a pipeline whose sources are known."""
    plan, tree = probe.plan, model.steps[-1][1]
    names = tuple(source.name for source in plan.sources)
    numbers, limits = number_tests(tree, probe, found, reading)
    for source, (low, high) in limits.items():
        found.columns[source] = NumberColumn(low, high)
    tests = Tests(tree, plan, numbers | code_tests(tree, plan, found), found.missing)
    best = tree.tree_.value[:, 0, :].argmax(axis=1).tolist()
    arrays, conditions = grow(
        tests.root, tests.split_of, lambda node: int(best[tests.place(node)]), reading, missing=found.missing
    )
    labels = {c: column.labels for c, column in enumerate(found.columns) if isinstance(column, CodeColumn)}
    rows = Rows(names, plan.fitted_names, tuple(found.columns), reading, found.missing)
    return CompiledTree(
        arrays, Vocabulary(conditions, names, reading, labels), label_tuple(tree.classes_), _features(names, found),
        rows.read, rows.unread, _own_predict(model, rows), found.missing, model,
    )  # fmt: skip


def _features(names: tuple[str, ...], found: Survey) -> tuple[Feature, ...]:
    features = []
    for c, (name, column) in enumerate(zip(names, found.columns, strict=True)):
        if isinstance(column, CodeColumn):
            features.append(
                Feature(name, Kind.CATEGORICAL, (c,), tuple(float(code) for code in range(len(column.tokens))))
            )
        else:
            features.append(Feature(name, Kind.NUMERICAL, (c,)))
    return tuple(features)


def _own_predict(model: Any, rows: Rows) -> Callable[[NDArray[np.float64]], NDArray[Any]]:
    """Return the pipeline's own ``predict`` on matrices of numbers and codes."""

    def predict(matrix: NDArray[np.float64]) -> NDArray[Any]:
        with quiet():
            labels: NDArray[Any] = model.predict(rows.table(matrix))
        return labels

    return predict

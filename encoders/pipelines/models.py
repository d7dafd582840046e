"""Pipelines of scikit-learn that end with trees or a sum of columns, told in the columns that go into them.

The steps before it map columns one to one (``follow``). The pipeline itself is asked what it makes of
values (``probe``), so that the conditions on the original columns are exact: a threshold of a tree becomes
the one float64 number of the original column at which the pipeline's own arithmetic changes sides.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Reading
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble, CompiledModel, CompiledTree
from ...engine.models.ensembles import EnsembleArrays
from ..assembly.assemble import decision_of
from ..assembly.growth import one_tree
from ..assembly.node_tests import Tests
from ..catboost import models as catboost_models
from ..columns.coded_columns import CodeColumn
from ..columns.coded_rows import Rows, quiet
from ..columns.coded_types import without
from ..columns.dtypes import Dtypes, holds_missing, leaves_out, own_readings, reading_of
from ..columns.row_dtypes import RowDtypes, covered
from ..encoder import Traits, class_in
from ..lightgbm import models as lightgbm_models
from ..refusals import TAKEN as MODELS_TAKEN
from ..refusals import way_out
from ..sklearn import ada_boost, hist_boosting, isolation
from ..sklearn import boosting as sklearn_boosting
from ..sklearn import forests as sklearn_forests
from ..sklearn import trees as sklearn_trees
from ..xgboost import models as xgboost_models
from .category_steps import Values, declared_values
from .dtypes import typed_columns, usual_dtypes
from .follow import make_plan
from .grown import features_of, grown_in_sources
from .plan import Plan, fitted_columns, not_fitted, real_steps
from .probe import Probe
from .sources import Survey, survey, takes_missing_somewhere
from .sums import FINALS as SUMS
from .sums import compile_sums, final_of

FINALS = (
    sklearn_trees, sklearn_forests, sklearn_boosting, hist_boosting, ada_boost, isolation, xgboost_models,
    lightgbm_models, catboost_models,
)  # fmt: skip


def accepts(model: Any) -> bool:
    """Tell whether `model` is a pipeline of scikit-learn (whether its steps are taken is told when it is compiled)."""
    return bool(class_in(model, "sklearn", ("Pipeline",)))


def takes_missing(model: Any) -> bool:
    """Tell whether the pipeline's ``predict`` takes a missing value in some column."""
    plan = _plan(model, None)
    if any(source.declared for source in plan.sources):
        return True  # which of their values are taken is seen when they are known
    return takes_missing_somewhere(Probe(_single_job(model), plan, [0.0] * len(plan.sources)))


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted pipeline was trained on, f1, f2, … if they had none."""
    _check_final(model)
    count, names = fitted_columns(model)
    return names or tuple(f"f{i + 1}" for i in range(count))


def takes_types(model: Any) -> bool:
    """Tell whether the compiled form depends on what the columns are declared to be."""
    return final_of(model) is not None or any(source.declared for source in _plan(model, None).sources)


def takes_voting(model: Any) -> bool:
    """Tell whether the pipeline ends with an ensemble of classifiers."""
    final = model.steps[-1][1]
    return sklearn_forests.accepts(final) and sklearn_forests.takes_voting(final)


def outputs(model: Any) -> tuple[str, ...]:
    """Return the names of the numbers that the last step predicts, if they are several."""
    final = model.steps[-1][1]
    encoder = _encoder_of(final)
    names: tuple[str, ...] = () if encoder is None else encoder.TRAITS.outputs(final)
    return names


def _check_final(model: Any) -> None:
    """Raise if the last step is no fitted model that is taken."""
    name, final = model.steps[-1]
    sums = final_of(model)
    if sums is not None:
        sums.check_fitted(final)
        return
    encoder = _encoder_of(final)
    if encoder is None:
        raise UnsupportedModelError(
            f"step {name!r}, the last one of the pipeline, is a {type(final).__name__}, which is not taken there: "
            f"{way_out(final, lambda one: False)};\n{MODELS_TAKEN}"
        )
    if not encoder.is_fitted(final):
        raise not_fitted(repr(name), final)
    encoder.check_fitted(final)


def _encoder_of(final: Any) -> Any:
    return next((encoder for encoder in FINALS if encoder.accepts(final)), None)


def _plan(model: Any, names: tuple[str, ...] | None, values: Values | None = None) -> Plan:
    """Return the plan; without the values that are declared of columns, what would be made of them is left open."""
    _check_final(model)
    return make_plan(model, names, values)


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    voting: str = "soft",
    types: Mapping[str, Any] | None = None,
    dtypes: Dtypes | None = None,
    output: int | None = None,
) -> CompiledModel:
    """Compile a fitted pipeline that ends with trees, a linear model or naive Bayes.

    Parameters
    ----------
    model : Pipeline
        Fitted; its steps map columns one to one, the last one is a tree, a forest, bagging of trees, boosted
        trees, a linear model or naive Bayes.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.
    voting : str
        How a forest of classifiers decides, see ``sklearn.forests``.
    types : mapping, optional
        What the columns are, for a linear model or naive Bayes.
    dtypes : tuple of str, optional
        The dtypes of the rows, see ``dtypes_of``: the steps calculate in them, and the form holds for such rows only.
    output : int, optional
        Of a last step that predicts several numbers: the place of the one that is compiled.

    Raises
    ------
    UnsupportedModelError
        If a step is not taken; the message names it.
    NotFittedModelError, BadInputError
        If it is not fitted, names do not fit, or missing values are declared where the pipeline takes none.

    Notes
    -----
    Numbers are read in their own dtypes (float64 if nothing is said of them); if the trees get all of them as they are,
    in the precision in which they read them.
    """
    plan = _plan(model, names, declared_values(types, names or column_names(model)))
    own = (dtypes or usual_dtypes(plan)) if _calculates(model, plan) or leaves_out(dtypes) else ()
    missing = missing - {c for c, dtype in enumerate(own) if dtype and not holds_missing(dtype)}
    if final_of(model) is not None:
        others = without(types, {source.name for source in plan.sources if source.declared})
        return compile_sums(
            model, plan, missing, others, own, lambda found: _rows(model, plan, found, Reading.FLOAT64, own),
            lambda rows: _own_predict(model, rows, "soft"),
        )  # fmt: skip
    return _with_trees(model, plan, missing, voting, own, output)


def dtypes_reader(model: Any, names: tuple[str, ...]) -> Callable[[Any], Dtypes | None]:
    """Return what tells the dtypes of rows in which the pipeline's steps calculate.

    They are empty if the steps do not depend on them, ``None`` if the rows declare none (lists, mappings, arrays of
    objects).
    """
    plan = _plan(model, names)
    return _dtypes_reader(model, plan, _calculates(model, plan))


def _dtypes_reader(model: Any, plan: Plan, calculates: bool = True) -> RowDtypes:
    return RowDtypes(
        typed_columns(plan), plan.fitted_names, xgboost_models.accepts(model.steps[-1][1]), calculates=calculates
    )


def _calculates(model: Any, plan: Plan) -> bool:
    """Tell whether it matters in which dtypes rows come: LightGBM reads whole numbers of a matrix as float32."""
    return plan.calculates or lightgbm_models.accepts(model.steps[-1][1])


def covers(model: Any, own: Dtypes, told: Dtypes) -> bool:
    """Tell whether a form for the dtypes `own` holds for rows of the dtypes `told`."""
    return covered(lightgbm_models.accepts(model.steps[-1][1]), own, told)


def absent(model: Any) -> float | None:
    """Return what is read for the entries that a sparse matrix leaves out, as the last step has it."""
    final = model.steps[-1][1]
    encoder = final_of(model) or _encoder_of(final)
    return None if encoder is None else (encoder.absent(final) if hasattr(encoder, "absent") else 0.0)


def _with_trees(
    model: Any, plan: Plan, missing: frozenset[int], voting: str, dtypes: Dtypes, output: int | None
) -> CompiledModel:
    """Compile a pipeline that ends with trees."""
    single = _single_job(model)
    final = model.steps[-1][1]
    alone = sklearn_trees.accepts(final)
    parts = _encoder_of(final).parts_of(final, voting, *(() if output is None else (output,)))
    probe = Probe(
        single, plan, [0.0] * len(plan.sources), parts.reading, xgboost_models.accepts(final), dtypes,
        lightgbm_models.as_seen if lightgbm_models.accepts(final) else None,
    )  # fmt: skip
    found = survey(probe, missing)
    whole = any(reading_of(dtype) is Reading.WHOLE for dtype in dtypes)  # in float32 some of them become equal
    plain = all(c.coded or c.raw for c in plan.columns) and not whole
    plain = plain and (all(c.coded for c in plan.columns) or not probe.leaves_out())
    reading = parts.reading if plain else Reading.FLOAT64
    grown, places = grown_in_sources(parts, probe, found, reading, plain)
    labels = {c: column.labels for c, column in enumerate(found.columns) if isinstance(column, CodeColumn)}
    shown = tuple(source.name for source in plan.sources)
    rows = _rows(model, plan, found, reading, dtypes)
    vocabulary = Vocabulary(grown.conditions, shown, reading, labels, own_readings(dtypes, labels, reading))
    features, predict = features_of(shown, found), _own_predict(single, rows, parts.voting, output)
    if alone:
        best = parts.members[0].values.argmax(axis=1).tolist()
        tree = one_tree(grown, lambda place: int(best[Tests.place(place)]))
        return CompiledTree(
            tree,
            vocabulary,
            parts.classes,
            features,
            rows.read,
            rows.to_user_row,
            predict,
            found.missing,
            model,
            dtypes,
        )
    values = np.array([parts.members[t].values[node] for t, node in places])
    trees = EnsembleArrays(*grown[:5], values, parts.base, parts.divisor, parts.single)
    return CompiledEnsemble(
        trees, vocabulary, parts.classes, features, rows.read, rows.to_user_row, predict, found.missing, model,
        dtypes=dtypes, **decision_of(parts),
    )  # fmt: skip


def _rows(model: Any, plan: Plan, found: Survey, reading: Reading, dtypes: Dtypes) -> Rows:
    """Return what reads the user's rows."""
    names = tuple(source.name for source in plan.sources)
    return Rows(
        names, plan.fitted_names, tuple(found.columns), reading, found.missing, dtypes, _dtypes_reader(model, plan),
        partial(covered, lightgbm_models.accepts(model.steps[-1][1]), dtypes), absent(model),
    )  # fmt: skip


def _single_job(model: Any) -> Any:
    """Return the pipeline with a last step that works in one job, for sums that do not depend on their number."""
    (name, final) = model.steps[-1]
    single = copy.copy(model)
    single.steps = [*model.steps[:-1], (name, _single_job_of(final))]
    return single


def _single_job_of(final: Any) -> Any:
    if any(encoder.accepts(final) for encoder in SUMS):
        return final
    return final if sklearn_trees.accepts(final) else _encoder_of(final).single_job(final)


def _own_predict(
    model: Any, rows: Rows, voting: str, output: int | None = None
) -> Callable[[NDArray[np.float64]], NDArray[Any]]:
    """Return the pipeline's own ``predict`` on matrices of numbers and codes, or its last step's hard votes."""

    def predict(matrix: NDArray[np.float64]) -> NDArray[Any]:
        table = rows.table(matrix)
        with quiet():
            if voting != "hard":
                labels: NDArray[Any] = np.asarray(model.predict(table))
                if output is not None:
                    return labels[:, output]
                return labels.ravel() if labels.shape[1:] == (1,) else labels  # CatBoost has a column of classes
            for _, step in real_steps(model)[:-1]:
                table = step.transform(table)
            return sklearn_forests.majority(model.steps[-1][1], table)

    return predict


TRAITS = Traits(
    takes_voting=takes_voting,
    takes_types=takes_types,
    lists_numbers=takes_types,
    dtypes_reader=dtypes_reader,
    covers=covers,
    absent=absent,
    outputs=outputs,
)

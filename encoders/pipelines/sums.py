"""Pipelines that end with a linear model or naive Bayes: what each column of the input adds to the scores.

The pipeline itself is asked what the steps before the model make of a value. A column of categories has those that its
encoders know; a column of numbers needs declared values, as it does without a pipeline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Condition, Operator, Reading
from ...engine.domain.theory import Feature, Kind, cast_values
from ...engine.errors import BadInputError, UnsupportedModelError
from ...engine.models import CompiledEnsemble, label_tuple
from ..assembly.additive import Shape, Term, additive_model, any_order_slack, check_finite
from ..assembly.declared import between, column_values, declared_features, listed_features
from ..assembly.node_tests import if_missing
from ..columns.coded_columns import CodeColumn
from ..columns.coded_rows import Rows
from ..columns.dtypes import Dtypes, own_readings
from ..sklearn import bayes as sklearn_bayes
from ..sklearn import linear as sklearn_linear
from ..sklearn import linear_regression as sklearn_regression
from .functions import DOWN, UP
from .plan import Plan
from .probe import Probe
from .shadows import EARLY, LATE
from .sources import Survey, survey

FINALS = (sklearn_linear, sklearn_bayes, sklearn_regression)
Adds = Callable[[int, F64], F64]  # column of the model, its values -> what they add, shape (n_values, n_scores)


@dataclass(frozen=True, slots=True, eq=False)
class Adding:
    """A model that adds up columns.

    Attributes
    ----------
    start : ndarray of float64, shape (n_scores,)
        What its scores start from.
    used : ndarray of bool, shape (n_columns,)
        Which columns it weighs.
    adds : callable
        What values of a column add.
    unit : float
        See ``additive.any_order_slack``.
    classes : tuple
        Labels.
    name : str
        What error messages call it.
    """

    start: F64
    used: NDArray[np.bool_]
    adds: Adds
    unit: float
    classes: tuple[Any, ...]
    name: str


def final_of(model: Any) -> Any:
    """Return the encoder of a pipeline's last step if it adds up columns, else None."""
    last = model.steps[-1][1]
    return next((encoder for encoder in FINALS if encoder.accepts(last)), None)


def compile_sums(
    model: Any,
    plan: Plan,
    missing: frozenset[int],
    types: Mapping[str, Any] | None,
    dtypes: Dtypes,
    rows_of: Callable[[Survey], Rows],
    predict_of: Callable[[Rows], Any],
) -> CompiledEnsemble:
    """Compile a fitted pipeline that ends with a linear model or naive Bayes.

    Parameters
    ----------
    model : Pipeline
        Fitted.
    plan : Plan
        How its columns come from those of the input.
    missing : frozenset of int
        Columns that may be missing.
    types : mapping, optional
        What the columns of the input are; columns of numbers that the model weighs need a list of values.
    dtypes : tuple of str
        The dtypes of the rows, see ``columns.dtypes``.
    rows_of : callable
        A survey of the columns -> a way to read rows.
    predict_of : callable
        The pipeline's own ``predict``, of a way to read rows.

    Raises
    ------
    UnsupportedModelError, NotFittedModelError, BadInputError
        If the model has infinite numbers, or a column of numbers has no finite list of values.

    Notes
    -----
    The library adds by a matrix product, so that ``additive.any_order_slack`` bounds its noise; steps before it have
    none at a value, since the pipeline itself is asked what they make of it; between listed ones see ``_noise``.
    """
    final = model.steps[-1][1]
    unit = 2.0**-53 if sklearn_bayes.accepts(final) else sklearn_linear.unit_of(final)
    classes = () if sklearn_regression.accepts(final) else label_tuple(final.classes_)
    adding = Adding(*_model_of(final), unit, classes, type(final).__name__)
    probe = Probe(model, plan, [0.0] * len(plan.sources), Reading.FLOAT64, dtypes=dtypes)
    return compile_adding(adding, model, probe, survey(probe, missing), types, dtypes, rows_of, predict_of)


def compile_adding(
    adding: Adding,
    model: Any,
    probe: Probe,
    found: Survey,
    types: Mapping[str, Any] | None,
    dtypes: Dtypes,
    rows_of: Callable[[Survey], Rows],
    predict_of: Callable[[Rows], Any],
) -> CompiledEnsemble:
    """Compile a model that adds up columns which other steps make; see ``compile_sums``."""
    plan, start, used = probe.plan, adding.start, adding.used
    names = tuple(source.name for source in plan.sources)
    finer = own_readings(dtypes, found.images, Reading.FLOAT64)
    own = [[j for j, column in enumerate(plan.columns) if column.source == s] for s in range(len(names))]
    weighed = np.array([bool(used[js].any()) and s not in found.images for s, js in enumerate(own)])
    # a range is told at a few numbers, so that between them no column may turn back
    rising = np.array([column.trend in (UP, DOWN) for column in plan.columns], bool)
    one_way = weighed & np.array([int(used[js].sum()) == 1 and bool((rising | ~used)[js].all()) for js in own])
    if adding.name == "CategoricalNB":  # whose terms are any functions of the columns
        one_way[:] = False
    features = cast_values(listed_features(_features(types, names, found), one_way, types), Reading.FLOAT64, finer)
    features_at = {c: feature for feature in features for c in feature.columns}
    numbers = column_values(features, weighed, names, adding.name, types)
    asked: dict[int, Any] = {s: values for s, values in enumerate(numbers) if len(values)}
    answers = probe.images(asked) if asked else np.zeros((0, len(plan.columns)))
    terms, parts = _terms(found, own, numbers, answers, adding.adds, names)
    rows = rows_of(found)
    labels = {c: column.labels for c, column in enumerate(found.columns) if isinstance(column, CodeColumn)}
    shape = Shape(names, features, rows.read, rows.to_user_row, predict_of(rows), labels=labels, missing=found.missing)
    shape = replace(shape, own_readings=finer, dtypes=dtypes)
    ranged = np.array([used[j] and features_at[column.source].listed for j, column in enumerate(plan.columns)], bool)
    factors = [np.asarray(made, np.float64) for made in (answers, *found.images.values())]
    factors += [adding.adds(j, np.ones(1)) for j in np.flatnonzero(used).tolist() if adding.name != "CategoricalNB"]
    slack = any_order_slack(parts, start, adding.unit, factors) + _noise(probe, asked, answers, ranged, adding.adds)
    return additive_model(terms, start, shape, adding.classes, model, slack=slack)


def _noise(probe: Probe, asked: dict[int, Any], answers: Any, ranged: NDArray[np.bool_], adds: Adds) -> float:
    """Return how far scores between the listed numbers of ranges can go back where steps are off by last bits.

    What a noisy column is between two numbers lies between what its ``EARLY`` copy has for the one and its ``LATE``
    copy for the other, see ``shadows``; twice that, since two scores may be compared.
    """
    sources = probe.plan.columns
    noisy = [j for j, column in enumerate(sources) if column.noisy and ranged[j]]
    total = 0.0
    for shade in (EARLY, LATE) if noisy else ():
        moved, off = probe.images(asked, shade=shade), 0.0
        for j in noisy:
            count, name = len(asked[sources[j].source]), probe.plan.sources[sources[j].source].name
            own, other = (_finite(np.asarray(made[:count, j], np.float64), name) for made in (answers, moved))
            off += float(np.abs(adds(j, other) - adds(j, own)).max())
        total = max(total, off)
    return 2.0 * total * (1.0 + 2.0**-20)


def _model_of(final: Any) -> tuple[F64, NDArray[np.bool_], Adds]:
    """Return what a model's scores start from, which columns it weighs, and what their values add."""
    if sklearn_linear.accepts(final):
        weights = np.atleast_2d(sklearn_linear.weights_of(final))
        starts = np.broadcast_to(np.asarray(final.intercept_, np.float64).ravel(), (len(weights),)).copy()
        check_finite(final, coef_=weights, intercept_=starts)
        return starts, (weights != 0).any(axis=0), lambda j, values: np.outer(values, weights[:, j])
    if sklearn_regression.accepts(final):
        weights, starts = sklearn_regression.weights_of(final), sklearn_regression.start_of(final)
        check_finite(final, coef_=weights, intercept_=starts)
        return starts, (weights != 0).any(axis=0), lambda j, values: np.outer(values, weights[:, j])
    return sklearn_bayes.adding(final)


def _terms(
    found: Survey, own: list[list[int]], numbers: list[F64], answers: Any, adds: Adds, names: tuple[str, ...]
) -> tuple[list[Term], list[Term]]:
    """Return the term of each source, and the terms of the columns that are made of it."""
    terms, parts = [], []
    for s, js in enumerate(own):
        images = found.images[s] if s in found.images else answers[: len(numbers[s])]
        if not len(images) or not js:
            continue
        if s in found.missing:
            images = np.concatenate([found.absent[s].reshape(1, -1), images])
        pieces = [adds(j, _finite(np.asarray(images[:, j], np.float64), names[s])) for j in js]
        parts += [Term((), piece) for piece in pieces]
        terms.append(_term(s, numbers[s], np.sum(pieces, axis=0), s in found.missing))
    return terms, parts


def _term(source: int, numbers: F64, adds: F64, may_be_missing: bool) -> Term:
    """Return the term of a column: of its numbers, or of its codes if it has none; first of all, a missing value."""
    if len(numbers):
        tests = [Condition(source, Operator.GE, between(low, high)) for low, high in pairwise(numbers.tolist())]
        if not may_be_missing:
            return Term(tuple(tests), adds)
        order = [0, *range(len(adds) - 1, 0, -1)]  # from the greatest number down
        return Term((if_missing(source, True), *tests[::-1]), adds[order], ordered=False)
    count = len(adds) - may_be_missing
    tests = [Condition(source, Operator.EQ, float(code)) for code in range(count - 1)]
    return Term((*([if_missing(source, True)] if may_be_missing else []), *tests), adds, ordered=False)


def _features(types: Mapping[str, Any] | None, names: tuple[str, ...], found: Survey) -> tuple[Feature, ...]:
    """Return what the columns are: those that encoders of categories read are categories."""
    codes = {c: column for c, column in enumerate(found.columns) if isinstance(column, CodeColumn)}
    features = []
    for declared in declared_features(types, names):
        mixed = [c for c in declared.columns if c in codes]
        if len(declared.columns) > 1 and mixed:
            raise BadInputError(
                f"feature {declared.name!r} is declared as a one-hot group, but an encoder of the pipeline reads "
                f"{names[mixed[0]]!r} as categories: leave it out of features_type"
            )
        if not mixed:
            features.append(declared)
            continue
        values = tuple(map(float, range(len(codes[mixed[0]].tokens))))
        features.append(Feature(names[mixed[0]], Kind.CATEGORICAL, (mixed[0],), values))
    return tuple(features)


def _finite(image: F64, name: str) -> F64:
    if not np.isfinite(image).all():
        raise UnsupportedModelError(
            f"the steps before the model make {float(image[~np.isfinite(image)][0])} of a value of column {name!r}: "
            "expected finite numbers; leave that value out of what is declared of the column"
        )
    return image

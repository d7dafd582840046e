"""Forests: the nearest changed instance, and changes that are limited, are those of brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume

from tests.brute.compare import check_some, pair
from tests.brute.forest_reference import distance, limited
from tests.brute.forest_strategies import each_forest


def limits(case, rng):
    """Names that may not change, and names that may change one way."""
    names = [unit.name for unit in case.domain.units]
    numbers = [unit.name for unit in case.domain.units if number(case, unit)]
    immutable = [name for name in names if rng.integers(4) == 0]
    ways = ("increasing", "decreasing")
    monotone = {name: ways[rng.integers(2)] for name in numbers if name not in immutable and rng.integers(3) == 0}
    return immutable, monotone


def number(case, unit):
    """Whether a feature is one number that is there, and tested by bounds only."""
    column = unit.columns[0]
    category = column in dict(case.declared.category)
    bounds = not any(case.domain.conditions[i - 1].operator in ("==", "!=") for i in unit.numbers)
    return len(unit.columns) == 1 and bounds and not category and column not in case.declared.missing


def asked_for(immutable, monotone):
    """Keyword arguments; what limits nothing is left out now and then."""
    return ({"immutable": immutable} if immutable else {}) | ({"monotone": monotone} if monotone else {})


@each_forest(15, exclude=True, theory=True)
def test_limited_contrastive_reasons(case):
    explainer, reference = pair(case)
    immutable, monotone = limits(case, np.random.default_rng(case.seed))
    asked = asked_for(immutable, monotone)
    cost = limited(distance(case.declared), immutable, monotone)
    for target in (None, *case.targets(reference.label)):
        every = reference.contrastive_within(cost, target)
        fewest = tuple(reason for reason in every if len(reason) == len(every[0]))
        label = case.asked(target)
        check_some(lambda n, label=label: explainer.contrastive_reason(n=n, **label, **asked), every)
        check_some(lambda n, label=label: explainer.minimal_contrastive_reason(n=n, **label, **asked), fewest)
        for reason in explainer.contrastive_reason(n=2, **label, **asked):
            case.check_row(reason.witness, (), target=target)
            assert reference.cost_of(reason.witness, cost) is not None


@each_forest(20, exclude=True, theory=True)
def test_the_nearest_change(case):
    explainer, reference = pair(case)
    rng = np.random.default_rng(case.seed)
    immutable, monotone = limits(case, rng)
    weights = {unit.name: float(rng.integers(1, 4)) for unit in case.domain.units} if rng.integers(2) else None
    asked = asked_for(immutable, monotone) | ({"weights": by_column(case, weights)} if weights else {})
    cost = limited(distance(case.declared, weights), [*immutable, *case.excluded], monotone)
    for target in (None, *case.targets(reference.label)):
        label = case.asked(target)
        least = reference.least_cost(cost, target)
        found = explainer.minimal_contrastive_reason(distance="l1", **label, **asked)
        assert (found is None) == (least is None), f"found {found}, expected a cost of {least}"
        if least is not None and math.isfinite(least):
            assert reference.cost_of(found.witness, cost) == pytest.approx(least, rel=1e-9, abs=1e-300)
            game = reference.game
            kept = reference.literals(game.everything & ~game.completed(reference.mask(found)))
            case.check_row(found.witness, kept, target=target)


def by_column(case, weights):
    """One weight a column."""
    found = [0.0] * len(case.names)
    for unit in case.domain.units:
        for column in unit.columns:
            found[column] = weights[unit.name]
    return found


@each_forest(20, exclude=True, theory=True)
def test_no_other_row_is_nearer(case):
    """What the explainer calls nearest, against random rows of the whole domain."""
    assume(case.domain.n)
    explainer, reference = pair(case)
    found = explainer.minimal_contrastive_reason(distance="l1")
    cost = limited(distance(case.declared), list(case.excluded))
    least = math.inf if found is None else reference.cost_of(found.witness, cost)
    rng = np.random.default_rng(case.seed)
    for row, label in zip(case.domain.rows(reference.masks, rng), reference.labels, strict=True):
        gone = np.isnan(row) & ~np.isnan(reference.row[0])
        other = reference.cost_of(row, cost) if label != reference.label and not gone.any() else None
        assert other is None or other >= least * (1 - 1e-9)

"""Conditions that list codes: what they mean for codes, for other numbers and for missing values."""

import numpy as np
import pytest
from suffice.engine import _native
from suffice.engine.domain.conditions import CODES, Condition, Operator, Reading, codes_of, cut_of, mask_of
from suffice.engine.domain.space import build_space
from suffice.engine.domain.theory import Feature, Kind, Theory
from suffice.engine.domain.vocabulary import Vocabulary, VocabularyBuilder

SETS = [(0,), (1, 2), (0, 52), tuple(range(CODES)), (), (3, 17, 31, 32, 33, 51)]


@pytest.mark.parametrize("codes", SETS)
@pytest.mark.parametrize("operator", [Operator.IN, Operator.NOT_IN])
@pytest.mark.parametrize("missing", [False, True])
def test_truth(codes, operator, missing):
    condition = Condition(0, operator, mask_of(codes), missing)
    assert codes_of(condition.threshold) == tuple(sorted(codes))
    values = np.array([*range(CODES + 3), -1.0, 0.5, 51.999, 1e300, -0.0, np.nan])
    wanted = [missing if np.isnan(v) else (v in codes) == (operator is Operator.IN) for v in values.tolist()]
    assert condition.true_at(values).tolist() == wanted
    space = build_space(Vocabulary((condition,), ("x",), Reading.FLOAT64), (Feature("x", Kind.NUMERICAL, (0,)),), None)
    assert [bool(space.truth(np.array([v]))[0]) for v in values] == wanted
    assert [_native.is_listed(v, condition.threshold) for v in values.tolist()] == [v in codes for v in values.tolist()]
    opposite = Vocabulary((condition,), ("x",), Reading.FLOAT64).condition(-1)
    assert opposite.true_at(values).tolist() == [not true for true in wanted]


@pytest.mark.parametrize("reading", list(Reading))
def test_cells_of_numbers(reading):
    condition = Condition(0, Operator.IN, mask_of((1, 4)))
    borders = [0.0, 1.0, 3.0, 4.0] if reading is Reading.WHOLE else [1.0, 4.0]
    assert [border for border in cut_of(condition, reading) if border == round(border)] == borders
    for kind in (Kind.NUMERICAL, Kind.INTEGER):
        features = (Feature("x", kind, (0,)),)
        space = build_space(Vocabulary((condition,), ("x",), reading), features, Theory(features))
        (attribute,) = space.attributes
        assert attribute.n_cells == 2
        for value in (0.0, 1.0, 3.0, 4.0, 5.0, *([0.5, 3.999] if kind is Kind.NUMERICAL else [])):
            cell = space.locate(space.truth(np.array([value])))[0]
            assert bool(attribute.truth_table()[0, cell]) == (value in (1.0, 4.0))


def test_complements_share_a_number():
    builder = VocabularyBuilder(Reading.FLOAT64, frozenset({0}))
    mask = mask_of((1, 2))
    assert builder.literal(Condition(0, Operator.IN, mask)) == 1
    assert builder.literal(Condition(0, Operator.NOT_IN, mask, missing=True)) == -1
    assert builder.literal(Condition(0, Operator.IN, mask, missing=True)) == 2
    assert builder.literal(Condition(1, Operator.NOT_IN, mask)) == 3
    assert builder.literal(Condition(1, Operator.IN, mask, missing=True)) == -3  # never missing there
    assert builder.literal(Condition(0, Operator.IN, mask_of((1,)))) == 4

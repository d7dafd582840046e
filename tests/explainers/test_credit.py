"""The made-up credit data: the same for the same seed, and of the forms that it says."""

import pytest
from suffice.engine.errors import BadInputError
from suffice.explainers.credit import HOMES, PURPOSES, synthetic_credit

pandas = pytest.importorskip("pandas")


def test_a_seed_gives_the_same_rows_and_another_one_others():
    one, granted = synthetic_credit(50, seed=3)
    same, again = synthetic_credit(50, seed=3)
    other, _ = synthetic_credit(50, seed=4)
    pandas.testing.assert_frame_equal(one, same)
    pandas.testing.assert_series_equal(granted, again)
    assert not one.equals(other)


def test_columns_hold_what_the_docstring_says():
    rows, granted = synthetic_credit(800)
    assert rows.shape == (800, 9)
    assert [rows.dtypes[name].kind for name in ("age", "late payments", "income", "married")] == ["i", "i", "f", "b"]
    assert set(rows["purpose"]) == set(PURPOSES)
    assert set(rows["home"]) == set(HOMES)
    assert set(granted) == {"yes", "no"}
    assert 0.01 < rows["years employed"].isna().mean() < 0.1
    assert rows.drop(columns="years employed").notna().all(axis=None)
    assert (rows["years employed"].dropna() <= rows["age"][rows["years employed"].notna()] - 18).all()


@pytest.mark.parametrize("arguments", [(0, 0), (2.5, 0), (10, -1), ("many", 0)])
def test_what_is_no_number_of_rows_or_no_seed_is_refused(arguments):
    with pytest.raises(BadInputError, match="expected a whole number"):
        synthetic_credit(*arguments)

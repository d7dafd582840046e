"""Numbers that users give: complex ones are refused, where numpy would drop their imaginary part."""

import numpy as np
import pytest
from suffice import BadInputError, Builder
from suffice.engine.given import numbers_of, real, reals

ONE = [1j, np.complex64(1), np.complex128(1 + 1j), np.array(1 + 1j), np.array([1 + 1j])]
SEVERAL = [np.array([1j, 2]), [np.complex128(1), 2], [np.complex64(1j), 10**30], [[1, 2], [3, np.complex128(4)]]]


@pytest.mark.parametrize("value", ONE, ids=repr)
def test_a_complex_number_is_none(value):
    with pytest.raises(TypeError):
        real(value)
    with pytest.raises(BadInputError, match=r"threshold=.*: expected a number"):
        Builder.DecisionNode(1, threshold=value, left=0, right=1)


@pytest.mark.parametrize("values", ONE + SEVERAL, ids=repr)
def test_complex_numbers_are_none(values):
    with pytest.raises(TypeError):
        reals(values)
    with pytest.raises(BadInputError, match=r"weights=.*: expected numbers"):
        numbers_of(values, "weights")


def test_other_numbers_are_read():
    assert [real(value) for value in (1, True, np.float32(0.5), np.array(2.0), "1.5")] == [1.0, 1.0, 0.5, 2.0, 1.5]
    assert reals([1, np.float32(0.5)]).tolist() == [1.0, 0.5]
    assert reals([10**30, 2]).tolist() == [1e30, 2.0]
    assert np.array_equal(reals([1, None]), [1.0, np.nan], equal_nan=True)

import pickle

import numpy as np
import pytest
from suffice.engine.errors import BadInputError
from suffice.engine.forms import Cnf, Wcnf


def test_clauses_round_trip():
    clauses = [(1, -2), (), (3,), (2, 2, -2)]
    cnf = Cnf.from_clauses(clauses, 5)
    assert list(cnf.clauses()) == clauses
    assert (cnf.n_vars, cnf.n_clauses) == (5, 4)
    assert cnf.literals.dtype == np.int32
    assert cnf.offsets.dtype == np.int64
    assert repr(cnf) == "Cnf(5 variables, 4 clauses, 6 literals)"


def test_number_of_variables_is_the_largest():
    assert Cnf.from_clauses([[1, -7]]).n_vars == 7
    assert Cnf.from_clauses([]).n_vars == 0


def test_arrays_are_read_only_and_not_shared():
    literals = np.array([1, 2], dtype=np.int32)
    cnf = Cnf(2, literals, np.array([0, 2]))
    literals[0] = -1
    assert list(cnf.clauses()) == [(1, 2)]
    with pytest.raises(ValueError, match="read-only"):
        cnf.literals[0] = 5
    with pytest.raises(AttributeError):
        cnf.n_vars = 3


def test_equality_hash_and_pickle():
    one, two = Cnf.from_clauses([[1, 2]], 3), Cnf.from_clauses([(1, 2)], 3)
    assert one == two
    assert hash(one) == hash(two)
    assert one != Cnf.from_clauses([[1, 2]], 4)
    assert one != Cnf.from_clauses([[2, 1]], 3)
    assert one != "a formula"
    copy = pickle.loads(pickle.dumps(one))
    assert copy == one
    assert not copy.literals.flags.writeable


def test_extended():
    cnf = Cnf.from_clauses([[1]], 2)
    more = cnf.extended([[2, 5], []])
    assert list(more.clauses()) == [(1,), (2, 5), ()]
    assert more.n_vars == 5
    assert cnf.n_clauses == 1


def test_falsified_and_satisfied():
    cnf = Cnf.from_clauses([[1, -2], [], [2], [-1]])
    assert cnf.falsified([1, 2]).tolist() == [False, True, False, True]
    assert Cnf.from_clauses([[1, 2]]).satisfied_by([-1, 2])
    with pytest.raises(BadInputError, match="one literal for each"):
        cnf.falsified([1])
    with pytest.raises(BadInputError, match="in order"):
        cnf.falsified([2, 1])


@pytest.mark.parametrize(
    ("clauses", "n_vars", "message"),
    [
        ([[1, 0]], None, "0 at position 1"),
        ([[3]], 2, "3 is beyond the 2 variables"),
        ([[-4]], 2, "-4 is beyond"),
        ([[1.5]], None, "clause 0"),
        ([[1], ["a"]], None, "clause 1"),
        ([[2**31]], None, "below 2\\*\\*31"),
        ([[1]], -1, "n_vars=-1"),
        ([[1]], True, "n_vars=True"),
        ([3], None, "clause 0"),
    ],
)
def test_bad_clauses(clauses, n_vars, message):
    with pytest.raises(BadInputError, match=message):
        Cnf.from_clauses(clauses, n_vars)


@pytest.mark.parametrize(
    ("offsets", "message"),
    [([1, 2], "first offset"), ([0, 1], "last offset"), ([0, 2, 1, 2], "decrease"), ([], "first offset")],
)
def test_bad_offsets(offsets, message):
    with pytest.raises(BadInputError, match=message):
        Cnf(2, np.array([1, 2], dtype=np.int32), np.array(offsets, dtype=np.int64))


def test_arrays_of_other_types_are_converted_only_if_exact():
    assert Cnf(2, np.array([1.0, -2.0]), [0, 2]) == Cnf.from_clauses([[1, -2]])
    with pytest.raises(BadInputError, match="does not fit int32"):
        Cnf(2, np.array([1.5]), [0, 1])
    with pytest.raises(BadInputError, match="not finite"):
        Cnf(2, np.array([np.nan]), [0, 1])
    with pytest.raises(BadInputError, match="one-dimensional"):
        Cnf(2, np.array([[1]]), [0, 1])


def test_smallest_int32_is_no_literal():
    with pytest.raises(BadInputError, match="beyond"):
        Cnf(3, np.array([-(2**31)], dtype=np.int32), [0, 1])


def test_wcnf():
    wcnf = Wcnf.from_clauses([[1, 2]], [[-1], [-2, 3], []], [2, 3, 4])
    assert wcnf.n_vars == 3
    assert wcnf.total_weight == 9
    assert wcnf.cost([1, 2, -3]) == 9
    assert wcnf.cost([-1, -2, 3]) == 4
    assert wcnf == pickle.loads(pickle.dumps(wcnf))
    assert hash(wcnf) == hash(Wcnf.from_clauses([[1, 2]], [[-1], [-2, 3], []], [2, 3, 4]))
    assert wcnf != Wcnf.from_clauses([[1, 2]], [[-1], [-2, 3], []], [2, 3, 5])
    assert "3 soft clauses of weight 9" in repr(wcnf)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([0], "weight 0"),
        ([-3], "weight -3"),
        ([1, 2], "2 weights for 1"),
        ([1.5], "does not fit"),
        ([2**63], "does not fit|expected numbers"),
    ],
)
def test_bad_weights(weights, message):
    with pytest.raises(BadInputError, match=message):
        Wcnf.from_clauses([], [[1]], weights)


def test_sum_of_weights_must_fit():
    assert Wcnf.from_clauses([], [[1], [2]], [2**62, 2**62 - 1]).total_weight == 2**63 - 1
    with pytest.raises(BadInputError, match="sum up"):
        Wcnf.from_clauses([], [[1], [2]], [2**62, 2**62])


def test_both_parts_share_their_variables():
    with pytest.raises(BadInputError, match="same number"):
        Wcnf(Cnf.from_clauses([[1]]), Cnf.from_clauses([[2]]), np.array([1]))

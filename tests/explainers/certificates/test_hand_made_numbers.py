"""Files written by hand about numbers as they are written, and as they are read: what is false of them is rejected."""

import numpy as np
import pytest

from tests.explainers.certificates.hand_made import feature, of_ball, of_pairs, reached, whole, written
from tests.explainers.certificates.test_hand_made import BOUND, NUMBER, STEP, STUMP, SUM, false, rejected, true

SMALL = {"reading": "float32", "row": [[0.0]], "wanted": [0]}
NEAR_ONE = 1.0 - 2.0**-26  # read as 1 with 32 bits
LARGE = 2.0**24


def at_one(one, number, **how):
    """Some witness is 1, and was written as a number."""
    return of_ball(
        written(STEP, [STUMP], [one], witness=[[1.0]], **SMALL), 0.5, 0.0, reached=reached(number, number), **how
    )


def test_rows_of_few_digits_are_written_so():
    false(at_one(NUMBER, NEAR_ONE, wide=False), "number")
    true(at_one(NUMBER, 1.0, wide=False))
    true(at_one(NUMBER, NEAR_ONE))
    rejected(at_one(NUMBER, 1.0, wide=1e30), "choice")


def test_whole_numbers_are_written_so():
    whole_one = feature(0.0, 3.0, kind="integer")
    false(at_one(whole_one, NEAR_ONE), "number")
    true(at_one(whole_one, 1.0))
    made = written(STEP, [STUMP], [whole_one], split=[0], proof=[[SUM, 0, 0]], **SMALL)
    true(of_ball(made, 1.0, 0.0, clear={}))


@pytest.mark.parametrize(("kind", "nearest"), [("integer", 1.0), ("numerical", 1.0)])
def test_large_numbers_are_read_as_others(kind, nearest):
    """2^24 + 3 is read as 2^24 + 4, at which the model changes its mind."""
    where, row = [(0, ">=", LARGE + 4)], LARGE + 2
    how = {"reading": "float32", "row": [[row]], "wanted": [0]}

    def clear(radius):
        made = written(where, [STUMP], [feature(0, 4 * LARGE, kind=kind)], split=[0], proof=[[SUM, 0, 0]], **how)
        return of_ball(made, radius, row, clear={})

    false(clear(nearest + 0.5))
    true(clear(nearest))
    made = written(where, [STUMP], [feature(0, 4 * LARGE, kind=kind)], witness=[[LARGE + 4]], **how)
    true(of_ball(made, 1.0, row, reached=reached(1.0, LARGE + 3)))


def test_the_row_is_written_so_too():
    """2^24 + 1 is read as 2^24, and nearer to 2^24 + 2 than this is."""

    def at(number, row, wide, kind="numerical"):
        how = {"reading": "float32", "row": [[row]], "wanted": [0]}
        made = written([(0, ">=", row + 2)], [STUMP], [feature(0, 4 * LARGE, kind=kind)], witness=[[row + 2]], **how)
        return of_ball(made, 0.5, number, wide, reached=reached(row + 2 - number, row + 2))

    rejected(at(LARGE + 1, LARGE, wide=False), "the row has another number")
    true(at(LARGE, LARGE, wide=False))
    true(at(LARGE + 1, LARGE, wide=True))
    rejected(at(LARGE + 0.5, LARGE, wide=True, kind="integer"), "the row has another number")


def test_listed_numbers_are_read_so_too():
    two = feature(0.0, 1.0, kind="listed")

    def clear(radius):
        return of_ball(written(STEP, [STUMP], [two], split=[0], proof=[[SUM, 0, 0]], **SMALL), radius, 0.0, clear={})

    true(at_one(two, NEAR_ONE))
    false(clear(1.0))
    true(clear(0.99))


def test_the_distance_is_no_label_of_the_file():
    made = written(STEP, [STUMP], [NUMBER], row=[[0.5]], wanted=[0], split=[0], proof=[[BOUND, 0, 0]])
    of_ball(made, 0.5, 0.5, clear={})
    made.head["claim"]["ball"]["norm"] = "l1"
    made.head["claim"]["outcomes"] = [{"label": 1, "range": [(0.0).hex(), (1.0).hex()], "classes": [1]}]
    made.arrays |= {f"proof_{name}": whole([0, 0]) for name in ("split", "kind", "way", "bound")}
    made.arrays["proof_at"] = whole([0, 1, 2])
    false(made, "label")


@pytest.mark.parametrize("trees", [4, 64])
def test_four_scores_are_rounded_near_zero(trees):
    """What leads by one and a half of the least numbers is rounded to be level, in both rows of a pair."""
    low, high = (float(np.ldexp(part, -149)) for part in (0.5 + 2**-20, 1.5 - 2**-20))
    grown = [*[(1, [low, high], [high, low])] * trees, (1, [0.0, 0.0], [0.0, 2.0**-149])]
    how = {"rule": "greatest", "single": True, "says": {"no_pair": {}}, "width": 2, "unit": [0, 1]}
    unit = 2.0 ** (59 - np.frexp(1.5 * trees + 1)[1])  # of the least number of 32 bits
    least = -int(1.5 * trees * unit)  # the sums are less, and rounding of two scores adds no more than a tree a unit

    def pair(bound):
        proof = [[SUM, 0, 0], [SUM, 0, 0], [BOUND, 2, bound], [SUM, 0, 0]]
        return of_pairs(
            written(STEP, grown, [NUMBER], split=[1, 2, 0, 0, 2, 0, 0], proof=proof, **how), outcomes=[[0, 1]]
        )

    false(pair(least), "bound")

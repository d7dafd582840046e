"""Which clause is false."""

import numpy as np
from suffice.engine.domain.clauses import unmet


def test_the_first_clause_that_is_false():
    truth = np.array([True, False, True])
    assert unmet([(1, 2), (-3, -2)], truth) is None
    assert unmet([[3], [2, -1], [-3]], truth) == [2, -1]
    assert unmet([(1,), ()], truth) == ()
    assert unmet([], truth) is None

"""One row gives an Explanation, several an Explanations; a row that is not reached is no answer."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from suffice import Explainer, Explanation, Explanations, Status, UndecidedError, explain

X = np.random.default_rng(0).normal(size=(200, 6))
FOREST = RandomForestClassifier(30, max_depth=6, random_state=0).fit(X, X[:, 0] * X[:, 1] > 0)
ROW = X[0].tolist()
NAMED = {f"f{i + 1}": value for i, value in enumerate(ROW)}


@pytest.mark.parametrize("row", [X[0], ROW, tuple(ROW), NAMED])
def test_one_row(row):
    found = explain(FOREST, row, check=False)
    assert isinstance(found, Explanation)
    assert isinstance(explain(FOREST, found.instance, check=False), Explanation)


@pytest.mark.parametrize("rows", [X[:1], [ROW], [tuple(ROW)], [X[0]], [NAMED]])
def test_a_matrix_of_one_row(rows):
    found = explain(FOREST, rows, check=False)
    assert isinstance(found, Explanations)
    assert len(found) == 1


def test_a_row_that_is_not_reached():
    late = explain(FOREST, X[:1], time_limit=1e-9, check=False)
    assert len(late) == 0
    assert late.status is Status.BEST_SO_FAR
    with pytest.raises(UndecidedError, match=r"time_limit=1e-09 was up.*\n.*sufficient_reason\(time_limit=…\) tells"):
        explain(FOREST, X[0], time_limit=1e-9, check=False)
    assert Explainer(FOREST, X[0], check=False).sufficient_reason(time_limit=1e-9)

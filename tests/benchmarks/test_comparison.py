"""What judges other explainers: conditions are read as they are meant, and answers are judged by what is true."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from benchmarks.comparison import COLUMNS, Judge, judged, ours, read


@pytest.mark.parametrize(
    ("condition", "inside", "outside"),
    [
        ("age <= 34.00", (34.0, -1.0), (34.1,)),
        ("age < 34.00", (33.9,), (34.0,)),
        ("years employed > 1.00", (1.1, 99.0), (1.0,)),
        ("years employed >= 1.00", (1.0,), (0.9,)),
        ("4.00 < years employed <= 8.00", (4.1, 8.0), (4.0, 8.1)),
        ("4.00 <= late payments < 8.00", (4.0, 7.9), (3.9, 8.0)),
    ],
)
def test_conditions_of_peers_are_read_as_they_are_written(
    condition: str, inside: tuple[float, ...], outside: tuple[float, ...]
) -> None:
    name, low, high = read(condition)
    assert name in COLUMNS
    assert all(low <= x <= high for x in inside)
    assert not any(low <= x <= high for x in outside)


def test_answers_are_judged_as_the_whole_domain_says() -> None:
    draw = np.random.default_rng(0)
    rows = draw.integers(0, 3, (300, len(COLUMNS))).astype(float)
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(rows, (rows[:, 0] + rows[:, 3] * 2 > 3).astype(int))
    row = rows[0]
    judge = Judge(model, row, dict.fromkeys(COLUMNS, (0.0, 2.0)))
    own = ours(judge)
    whole = np.array(list(itertools.product((0.0, 0.5, 1.0, 1.5, 2.0), repeat=len(COLUMNS))))
    outcome = model.predict(row[None])[0]

    def forces(kept: list[int]) -> bool:
        same = (whole[:, kept] == row[kept]).all(axis=1)
        return bool((model.predict(whole[same]) == outcome).all())

    sizes = [k for k in range(7) if any(forces(list(c)) for c in itertools.combinations(range(6), k))]
    assert len(own["reason"]) == sizes[0]
    weights = [0.5, 0.1, 0.2, -0.9, 0.0, 0.3]
    order = [3, 0, 5, 2, 1, 4]
    needed = next(k for k in range(7) if forces(order[:k]))
    verdict = judged("shap", {"weights": weights}, judge, own)
    assert verdict == {"at our size": needed <= sizes[0], "needed": needed}
    box = ["age > 0.50", "amount <= 1.00"] if row[0] > 0.5 and row[3] <= 1 else []
    allowed = whole[(whole[:, 0] > 0.5) & (whole[:, 3] <= 1)] if box else whole
    assert judged("anchors", {"words": box}, judge, own)["holds"] == bool((model.predict(allowed) == outcome).all())
    changed = [whole[0].tolist(), whole[-1].tolist()]
    flips = [int((np.array(c) != row).sum()) for c in changed if model.predict([c])[0] != outcome]
    assert judged("dice", {"changed": changed}, judge, own) == {"flips": len(flips), "of": 2, "fewest": min(flips)}

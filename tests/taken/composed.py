"""Models of models: what stands above their members' sums is bounded, gate by gate."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier

from tests.taken.case import BITS, Case, Refused

DOUBT = "proved outside a band of the libraries' exponentials and sums, 'not proved' inside it"
RNG = np.random.default_rng(7)
ROWS = RNG.integers(0, 6, (90, 3)).astype(float)
Y = np.where(ROWS[:, 0] + ROWS[:, 1] > 5, "yes", "no")
THREE = np.array(["low", "mid", "high"])[np.digitize(ROWS[:, 0] + ROWS[:, 1], [4, 7])]
FOREST = RandomForestClassifier(n_estimators=3, max_depth=2, random_state=0)


def fitted(model: Any, y: Any = Y) -> Any:
    return lambda: (model.fit(ROWS, y), ROWS)


CASES = [
    Case("wrappers", "CalibratedClassifierCV, two classes, sigmoid (the default)",
         fitted(CalibratedClassifierCV(FOREST, cv=3)), exactness=DOUBT),
    Case("wrappers", "CalibratedClassifierCV, several classes, isotonic",
         fitted(CalibratedClassifierCV(DecisionTreeClassifier(max_depth=2), method="isotonic", cv=3), THREE),
         exactness=DOUBT),
    Case("wrappers", "CalibratedClassifierCV(ensemble=False)",
         fitted(CalibratedClassifierCV(GradientBoostingClassifier(n_estimators=3, max_depth=2), ensemble=False, cv=3)),
         note="one calibrator moves the cut of a score"),
    Case("wrappers", "CalibratedClassifierCV, temperature",
         fitted(CalibratedClassifierCV(FOREST, method="temperature", cv=3), THREE), exactness=DOUBT),
    Case("wrappers", "VotingClassifier(voting='soft') of mixed members, weighted",
         fitted(VotingClassifier([("a", FOREST), ("b", GradientBoostingClassifier(n_estimators=3, max_depth=2))],
                                 voting="soft", weights=[2, 1])), exactness=DOUBT),
    Case("wrappers", "VotingClassifier(voting='hard') of mixed members, several classes",
         fitted(VotingClassifier([("a", FOREST), ("b", HistGradientBoostingClassifier(max_iter=3, max_depth=2)),
                                  ("c", DecisionTreeClassifier(max_depth=2))]), THREE), exactness=BITS),
]  # fmt: skip
BOTH = np.column_stack([Y == "yes", ROWS[:, 2] > 2]).astype(int)
TEMPERATURE = CalibratedClassifierCV(HistGradientBoostingClassifier(max_iter=3), method="temperature", cv=3)
REFUSED = [
    Refused("wrappers", "CalibratedClassifierCV, temperature over a decision_function of several classes",
            fitted(TEMPERATURE, THREE), match="takes for probabilities",
            why="scikit-learn takes scores for probabilities where all rows of a call look like some"),
    Refused("wrappers", "CalibratedClassifierCV as one of several labels",
            fitted(MultiOutputClassifier(CalibratedClassifierCV(FOREST, cv=3)), BOTH), match="made of several models",
            why="one model a label is explained on its own"),
]  # fmt: skip

"""Models that vote, and stacks of models."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tests.taken.case import BAND, Case, Refused
from tests.taken.composed import DOUBT

RNG = np.random.default_rng(11)
ROWS = RNG.integers(0, 6, (80, 3)).astype(float)
Y = np.where(ROWS[:, 0] + ROWS[:, 1] > 5, "yes", "no")
THREE = np.array(["low", "mid", "high"])[np.digitize(ROWS[:, 0] + ROWS[:, 1], [4, 7])]
NUMBERS = ROWS[:, 0] * 2.5 + ROWS[:, 1]
TREE = DecisionTreeClassifier(max_depth=3, random_state=0)
OTHER = DecisionTreeClassifier(max_depth=2, random_state=1)
FOREST = RandomForestClassifier(n_estimators=3, max_depth=2, random_state=0)
BOOSTED = GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=0)
SINGLE = DecisionTreeRegressor(max_depth=3, random_state=0)
MANY = RandomForestRegressor(n_estimators=3, max_depth=2, random_state=0)


def fitted(model: Any, y: Any = Y) -> Any:
    return lambda: (model.fit(ROWS, y), ROWS)


def named(*members: Any) -> list[tuple[str, Any]]:
    return [(f"m{i}", member) for i, member in enumerate(members)]


def votes(*members: Any, **how: Any) -> VotingClassifier:
    return VotingClassifier(named(*members), **how)


SOFT = votes(FOREST, BOOSTED, voting="soft")
CASES = [
    Case("combinations", "VotingClassifier, soft, of trees and forests", exactness=BAND, note="one sum of trees",
         make=fitted(votes(TREE, FOREST, voting="soft"), THREE)),
    Case("combinations", "VotingClassifier, hard, of single trees, weighted",
         fitted(votes(TREE, OTHER, weights=[0.3, 0.2]))),
    Case("combinations", "VotingClassifier behind the steps of a pipeline",
         fitted(make_pipeline(StandardScaler(), votes(TREE, FOREST, voting="soft"))), exactness=BAND),
    Case("combinations", "thresholds over votes and calibrated folds",
         fitted(FixedThresholdClassifier(SOFT, threshold=0.4, pos_label="yes")), exactness=DOUBT),
    Case("combinations", "StackingClassifier of trees and forests, linear last step",
         fitted(StackingClassifier(named(TREE, FOREST), cv=2)), exactness=BAND, note="one sum of trees"),
    Case("combinations", "StackingClassifier of any members, linear last step",
         fitted(StackingClassifier(named(TREE, BOOSTED), cv=2)), exactness=DOUBT),
    Case("combinations", "VotingRegressor of single trees",
         fitted(VotingRegressor(named(SINGLE, DecisionTreeRegressor(max_depth=2))), NUMBERS)),
    Case("combinations", "VotingRegressor of other regressors", exactness=BAND,
         make=fitted(VotingRegressor(named(MANY, GradientBoostingRegressor(n_estimators=3, max_depth=2))), NUMBERS)),
    Case("combinations", "StackingRegressor with a linear last step",
         fitted(StackingRegressor(named(SINGLE, MANY), cv=2), NUMBERS), exactness=BAND),
]  # fmt: skip
POISSON = HistGradientBoostingRegressor(loss="poisson", max_iter=3, min_samples_leaf=5)
REFUSED = [
    Refused("combinations", "stacks with another last step, such as a forest",
            fitted(StackingClassifier(named(TREE, BOOSTED), FOREST, cv=2)), match="expected a linear classifier",
            why="tests of what members say are no sums"),
    Refused("combinations", "stacks with passthrough=True",
            fitted(StackingClassifier(named(TREE, BOOSTED), cv=2, passthrough=True)), match="passthrough=True",
            why="the last step weighs columns that may be any number"),
    Refused("combinations", "soft votes of stacks",
            fitted(votes(StackingClassifier(named(TREE, FOREST), cv=2), TREE, voting="soft")),
            match="whose predict_proba is not known", why="votes of them are taken (hard)"),
    Refused("combinations", "means of regressors with a link, such as loss=\"poisson\"",
            fitted(VotingRegressor(named(MANY, POISSON)), NUMBERS), match="predicts no plain sum",
            why="sums of exponentials are not taken for numbers"),
]  # fmt: skip

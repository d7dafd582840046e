"""A forest case: a small forest, what is declared about its features, an instance, and what to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.brute.cases import Case, build_tree, with_names
from tests.brute.domain import read
from tests.brute.forest_reference import ForestReference, Interval, outcomes
from tests.brute.forests import Forest, Values, scores_of_assignments, scores_of_rows


@dataclass
class ForestCase(Case):
    """The same for a forest in the place of the tree; `interval` is what a regressor's prediction has to stay in."""

    interval: Interval | None = None

    @property
    def regression(self) -> bool:
        """Whether the forest predicts a number."""
        return self.tree.voting == "value"

    def reference(self, *, excluded: Sequence[str] | None = None, theory: bool | None = None) -> ForestReference:
        """Brute force for this case."""
        theory = self.theory if theory is None else theory
        excluded = self.excluded if excluded is None else excluded
        asked = {"theory": theory, "clauses": self.clauses, "excluded": excluded}
        return ForestReference(self.domain, self.x, interval=self.interval, **asked)

    # -- the model ---------------------------------------------------------------------------------

    def model(self) -> Any:
        """Give what goes into ``Explainer.initialize``."""
        return self.fitted if self.fitted is not None else build_forest(self.tree, self.names)

    def read_labels(self, rows: np.ndarray) -> np.ndarray:
        """Classify rows by the values that were read of the model."""
        return outcomes(scores_of_rows(self.tree, rows), self.interval)

    def labels(self, rows: np.ndarray) -> list[int]:
        """Classify rows by the model itself, as indices into `classes`; for a regressor 1 inside the interval."""
        if self.fitted is None or self.tree.voting == "hard":
            return super().labels(rows) if self.fitted is None else self._majority_of_members(rows)
        if self.regression:
            return outcomes(self.predictions(rows)[:, None], self.interval).tolist()
        return super().labels(rows)

    def predictions(self, rows: np.ndarray) -> np.ndarray:
        """Predict by the fitted model itself."""
        with np.errstate(all="ignore"):  # sums of huge numbers
            found: np.ndarray = self.fitted.predict(with_names(self.fitted, rows, self.names))
        return found

    def _majority_of_members(self, rows: np.ndarray) -> list[int]:
        """Count the votes of the fitted trees; ties go to the first class."""
        count = np.zeros((len(rows), len(self.classes)))
        seen = getattr(self.fitted, "estimators_features_", [range(len(self.names))] * len(self.fitted.estimators_))
        for member, columns in zip(self.fitted.estimators_, seen, strict=True):
            with np.errstate(all="ignore"):
                count[np.arange(len(rows)), member.predict(rows[:, list(columns)]).astype(np.int64)] += 1
        return count.argmax(axis=1).tolist()

    def targets(self, own: int) -> list[Any]:
        """Classes that can be asked for; for a regressor an interval that its predictions reach elsewhere."""
        if not self.regression:
            return [label for label in range(len(self.classes)) if label != own]
        masks = np.append(self.domain.cells()[:2000], self.domain.truth_mask(self.x))
        *found, here = scores_of_assignments(self.tree, masks, self.domain.literal)[:, 0].tolist()
        side = [v for v in sorted(set(found)) if v != here and (v > here) == bool(self.seed % 2)]
        if not side:
            return []
        rng = np.random.default_rng(self.seed)
        low, high = sorted(float(v) for v in rng.choice(side, size=2))
        return [(low, high)]

    def reaches(self, row: Sequence[float], target: Any) -> bool:
        """Tell whether the model gives a row another outcome than x, or the target."""
        if isinstance(target, tuple):
            return bool(target[0] <= self.predictions(np.array([row], dtype=np.float64))[0] <= target[1])
        return super().reaches(row, target)

    def asked(self, target: Any) -> dict[str, Any]:
        """Give the arguments of a query that ask for a target, in the user's words."""
        return {"target": target} if isinstance(target, tuple) else super().asked(target)

    def arguments(self) -> dict[str, Any]:
        """Give what ``initialize`` takes beside the model."""
        voting = {"voting": "hard"} if self.fitted is not None and self.tree.voting == "hard" else {}
        return super().arguments() | voting

    def explainer(self) -> Any:
        """Build the explainer under test, at the instance, with the excluded features and the interval."""
        found = super().explainer()
        if self.interval is not None:
            found.set_interval(*self.interval)
        return found

    # -- its own checks ----------------------------------------------------------------------------

    def check(self) -> None:
        """Assert that the reading of the forest is the forest, to the last bit of its scores."""
        super().check()
        if self.fitted is None or self.tree.voting == "hard":
            return
        rows = self.domain.rows(self.domain.cells(), np.random.default_rng(self.seed))
        seen = np.array([[read(value, self.single) for value in row] for row in rows])
        mine = scores_of_rows(self.tree, seen)
        if self.regression:
            assert np.array_equal(mine[:, 0], self.predictions(rows))
        else:
            with np.errstate(all="ignore"):
                assert np.array_equal(mine, self.fitted.predict_proba(with_names(self.fitted, rows, self.names)))


def build_forest(forest: Forest, names: Sequence[str]) -> Any:
    """Make the hand-built form of a forest; a leaf of one vote is given as its label, any other by its row."""
    from suffice import Builder

    def value(leaf: Values) -> Any:
        return leaf.vote if sorted(leaf.values) == [0.0] * (len(leaf.values) - 1) + [1.0] else list(leaf.values)

    default = all(name == f"f{i}" for i, name in enumerate(names, 1))
    named = {} if default else {"feature_names": list(names)}
    trees = [build_tree(tree, names, value) for tree in forest.trees]
    return Builder.RandomForest(trees, n_classes=forest.n_outputs, voting=forest.voting, **named)

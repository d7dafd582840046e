"""Questions about plans over a small grid, with all that can be wanted of them, each also as brute force has it."""

import itertools
import math

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, IsolationForest, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from tests.explainers.recourse.test_density import log_densities

GRID = np.array(list(itertools.product(range(4), repeat=3)), dtype=float)
NAMES = ("a", "b", "c")
WHOLE = {"integer": list(NAMES)}
KINDS = ("margin", "score", "leaf_change", "also", "plausible", "bounded", "support", "density", "linear", "order")


class Wish:
    """A model, a row, and a question; ``good`` tells which rows of the grid are plans."""

    def __init__(self, seed, kinds):
        self.rng = rng = np.random.default_rng(seed)
        self.data = rng.integers(0, 4, (50, 3)).astype(float)
        self.labels = np.digitize(self.data @ rng.normal(size=3) + rng.normal(0, 0.7, 50), [-1.0, 1.0])
        self.labels[:6] = [0, 1, 2, 0, 1, 2]
        two = "one score" in kinds
        self.labels = np.minimum(self.labels, 1) if two else self.labels
        self.model = (
            GradientBoostingClassifier(n_estimators=4, max_depth=3, random_state=seed % 89)
            if two
            else RandomForestClassifier(int(rng.integers(3, 6)), max_depth=3, random_state=seed % 97)
        ).fit(self.data, self.labels)
        self.row = self.data[int(rng.integers(50))]
        self.now = self.model.predict(self.row[None])[0]
        self.n = 2 if two else 3
        self.target = int(rng.integers(self.n)) if rng.random() < 0.6 or {*kinds} & {"score", "margin"} else None
        self.asked = {"ranges": dict.fromkeys(NAMES, (0, 3)), "target": self.target}
        said = self.model.predict(GRID)
        self.good = said == self.target if self.target is not None else said != self.now
        self.models, self.kinds = [self.model], kinds
        for kind in sorted({*kinds} - {"one score"}):
            getattr(self, f"_{kind}")()
        if {*kinds} & {"margin", "score", "leaf_change"}:
            for model in self.models:
                self.good = self.good & self._held(model)

    def least(self):
        """The least cost of a plan."""
        costs = np.abs(GRID - self.row).sum(axis=1)
        return costs[self.good].min() if self.good.any() else math.inf

    def _held(self, model):
        """Tell where a model's lead and score are as wanted, and stay so when leaves change."""
        change, n = self.asked.get("leaf_change", 0.0), self.n
        if isinstance(model, GradientBoostingClassifier):
            score = model.decision_function(GRID)
            lead = np.where(model.predict(GRID) == 1, 1, -1) * score
            change = by_leaves = change * len(model.estimators_)
        else:
            shares = model.predict_proba(GRID)
            wanted = np.arange(n) == self.target if self.target is not None else np.arange(n) != self.now
            score = shares[:, self.target] if self.target is not None else None
            lead, by_leaves = shares[:, wanted].max(axis=1) - shares[:, ~wanted].max(axis=1), 2 * change
        lost = self.asked.get("margin", 0.0) + by_leaves
        good = lead >= lost if lost else np.ones(len(GRID), bool)
        low, high = self.asked.get("score", (None, None))
        if low is not None:
            good &= score >= low + change
        return good & (score <= high - change) if high is not None else good

    def _margin(self):
        self.asked["margin"] = float(self.rng.choice([0.0513, 0.213, 0.413]))

    def _score(self):
        self.asked["score"] = (0.413, None) if self.rng.random() < 0.5 else (None, 0.713)

    def _leaf_change(self):
        self.asked["leaf_change"] = 0.0313

    def _also(self):
        single = self.rng.random() < 0.5 and not {*self.kinds} & {"margin", "score", "leaf_change"}
        other = (
            DecisionTreeClassifier(max_depth=3, random_state=1)
            if single
            else RandomForestClassifier(3, max_depth=3, random_state=5)
        ).fit(self.data[:30], self.labels[:30])
        self.asked["also"] = [other]
        self.models.append(other)
        said = other.predict(GRID)
        self.good = self.good & (said == self.target if self.target is not None else said != self.now)

    def _plausible(self):
        watch = IsolationForest(n_estimators=6, max_samples=20, contamination=0.3, random_state=3).fit(self.data)
        self.asked.setdefault("plausible", []).append(watch)
        self.good = self.good & (watch.predict(GRID) == 1)

    def _bounded(self):
        other = RandomForestClassifier(3, max_depth=2, random_state=2).fit(self.data, self.data[:, 0] > 1)
        self.asked.setdefault("plausible", []).append((other, True))
        self.good = self.good & other.predict(GRID)

    def _support(self):
        least = int(self.rng.integers(1, 12))
        self.asked |= {"support": least, "data": self.data}
        trees = np.array(self.model.estimators_).ravel()
        for tree in trees:
            leaves, known = tree.apply(GRID), tree.apply(self.data)
            self.good = self.good & ((leaves[:, None] == known[None]).sum(axis=1) >= least)

    def _density(self):
        if self.n == 2:
            return
        share = float(self.rng.choice([0.1, 0.5, 0.9]))
        self.asked |= {"density": share, "data": self.data}
        own = np.sort(log_densities(self.model, self.data, self.data))
        need = own[min(int(share * len(own)), len(own) - 1)]
        self.good = self.good & (log_densities(self.model, self.data, GRID) >= need)

    def _linear(self):
        first, second = self.rng.permutation(3)[:2].tolist()
        weight, most = float(self.rng.choice([0.3, -0.1, 2.0])), float(self.rng.choice([0.9, 2.5, 3.0]))
        self.asked["linear"] = [({NAMES[first]: 1, NAMES[second]: weight}, (None, most))]
        tenths = np.rint(10 * weight)
        self.good = self.good & (10 * GRID[:, first] + tenths * GRID[:, second] <= np.rint(10 * most))

    def _order(self):
        first, second = self.rng.permutation(3)[:2].tolist()
        self.asked["rules"] = [f"{NAMES[first]} <= {NAMES[second]}"]
        self.good = self.good & (GRID[:, first] <= GRID[:, second])

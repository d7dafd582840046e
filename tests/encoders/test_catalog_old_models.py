"""Models that another version of their library pickled lack attributes: that is told, and never an AttributeError."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, SufficeError

RNG = np.random.default_rng(0)
X = RNG.integers(0, 4, (60, 3)).astype(float)
Y = (X[:, 0] + X[:, 1] > 3).astype(int)


def tree():
    return DecisionTreeClassifier(max_depth=2)


MODELS = {
    "tree": tree,
    "forest": lambda: RandomForestClassifier(3, max_depth=2),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=2),
    "hist": lambda: HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=5),
    "ada": lambda: AdaBoostClassifier(n_estimators=2),
    "linear": LogisticRegression,
    "pipeline": lambda: make_pipeline(StandardScaler(), tree()),
    "encoder": lambda: make_pipeline(OneHotEncoder(), tree()),
    "search": lambda: GridSearchCV(tree(), {}, cv=2),
    "threshold": lambda: FixedThresholdClassifier(tree(), threshold=0.4),
    "calibrated": lambda: CalibratedClassifierCV(tree(), cv=2),
    "votes": lambda: VotingClassifier([("a", tree()), ("b", tree())]),
    "stack": lambda: StackingClassifier([("a", tree()), ("b", tree())], cv=2),
}


def inner(model):
    """The objects in which something may be lacking: the model, its steps, its first member."""
    found = [model]
    for one in found:
        steps = [step for _, step in getattr(one, "steps", ())]
        listed = getattr(one, "estimators_", None)
        held = [getattr(one, name, None) for name in ("best_estimator_", "estimator_")]
        members = [] if listed is None else [np.ravel(np.array(listed, dtype=object))[0]]
        found += [part for part in (*steps, *held, *members) if hasattr(part, "get_params")]
    return found


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.filterwarnings("ignore")
def test_whatever_is_lacking_is_told(name):
    types = {f"f{i}": range(4) for i in (1, 2, 3)} if name == "linear" else None
    count = len(inner(MODELS[name]().fit(X, Y)))
    for place in range(count):
        known = [key for key in vars(inner(MODELS[name]().fit(X, Y))[place]) if key.endswith("_")]
        for key in known:
            model = MODELS[name]().fit(X, Y)
            part = inner(model)[place]
            del vars(part)[key]
            try:
                explainer = Explainer.initialize(model, X[0], types)
                explainer.sufficient_reason()
            except SufficeError as error:
                assert str(error)  # what is lacking is told in words
            except Exception:  # the model itself cannot predict, in words of its library's
                with pytest.raises(Exception):  # noqa: B017
                    model.predict(X)

"""Points of a domain: the truth of the conditions there, and which known points lie in a region."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Binarizer, Builder, Explainer
from suffice.encoders.binarized.models import BinarizedModel
from suffice.engine.domain.region import Region
from suffice.engine.labels.joint_question import truth_of_cells
from suffice.engine.labels.search import LabelSearch

from tests.brute.strategies import budget


@budget(10)
@given(st.integers(0, 10**6))
def test_the_truth_at_a_point_is_that_at_its_row(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"n": rng.integers(0, 9, 60), "c": rng.choice(["a", "b", "d"], 60), "m": rng.normal(size=60)})
    binarizer = Binarizer(n_thresholds=3)
    bits = binarizer.fit_transform(frame)
    forest = RandomForestClassifier(n_estimators=4, max_depth=4, random_state=0).fit(bits, rng.integers(0, 2, 60))
    explainer = Explainer.initialize(BinarizedModel(binarizer, forest), check=False)
    space = explainer.session.space
    for row in explainer.session.compiled.read(frame.iloc[:20]):
        truth = space.truth(row)
        assert (truth_of_cells(space, space.locate(truth)) == truth).all()


def test_known_points_of_a_region():
    search = object.__new__(LabelSearch)
    search._pool = np.array([[0, 2, 1], [3, 1, 0], [3, 1, 2]], np.int32)
    # attributes 0 and 1 are ranges, attribute 2 lists its three cells
    base = np.array([0, 0, 0, 3])

    def known(low, high, allowed):
        region = Region(np.array(low, np.int32), np.array(high, np.int32), np.array(allowed, np.bool_), base)
        found = search._known(region)
        return None if found is None else found.tolist()

    assert known([0, 0, 0], [9, 9, 0], [1, 1, 1]) == [0, 2, 1]
    assert known([1, 0, 0], [9, 9, 0], [1, 1, 1]) == [3, 1, 0]
    assert known([1, 0, 0], [9, 9, 0], [0, 1, 1]) == [3, 1, 2]
    assert known([1, 2, 0], [9, 9, 0], [1, 1, 1]) is None
    assert known([0, 0, 0], [9, 9, 0], [0, 0, 0]) is None


def test_reasons_of_several_labels_in_their_own_arithmetic():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, size=(200, 4)).astype(float)
    Y = np.column_stack([X[:, 0] > X[:, 1], X[:, 2] > 0]).astype(int)
    forest = MultiOutputClassifier(RandomForestClassifier(n_estimators=3, max_depth=3, random_state=1)).fit(X, Y)
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, Y[:, 0])
    model = Builder.MultiLabel([*forest.estimators_, tree])
    explainer = Explainer.initialize(model, X[0])
    reason = explainer.sufficient_reason()
    grid = np.array(np.meshgrid(*[[0.0, 1, 2]] * 4)).reshape(4, -1).T
    truths = np.array([explainer.session.space.truth(row) for row in explainer.session.compiled.read(grid)])
    said = model.predict(grid)

    def forces(literals):
        agree = np.all([truths[:, abs(v) - 1] == (v > 0) for v in literals], axis=0)
        return bool((said[agree] == explainer.target_prediction).all())

    assert forces(tuple(reason))
    assert explainer.is_sufficient_reason(reason)

"""A wrapper that predicts what a model inside it does is explained like that model, and stays the user's model."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.experimental import enable_halving_search_cv  # noqa: F401  # without it there are no halving searches
from sklearn.feature_selection import RFE, RFECV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
)
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import (
    Explainer,
    ModelChangedError,
    NotFittedModelError,
    Output,
    UnsupportedModelError,
    explain,
)

from tests.brute.grid import Grid, compare

RNG = np.random.default_rng(4)
X = RNG.integers(0, 4, (90, 3)) * 0.1
Y = np.where(X[:, 0] + X[:, 1] + RNG.normal(0, 0.05, 90) > 0.3, "yes", "no").astype(object)
FRAME = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "c": RNG.choice(["u", "v", "w"], 90)})
TREE, FOREST = (
    DecisionTreeClassifier(max_depth=3, random_state=0),
    RandomForestClassifier(4, max_depth=3, random_state=0),
)
BOOSTED = GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0)


def search(model, **options):
    return GridSearchCV(model, {}, cv=2, **options)


def fitted(model, y=Y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(X, y)


class OtherSearch(BaseEstimator):
    """A search as other libraries have them."""

    def __init__(self, estimator):
        self.estimator = estimator

    def fit(self, rows, y):
        self.best_estimator_ = clone(self.estimator).fit(rows, y)
        return self

    def predict(self, rows):
        return self.best_estimator_.predict(rows)


PLAIN = {
    "grid": (search(FOREST), FOREST),
    "random": (RandomizedSearchCV(BOOSTED, {"max_depth": [2]}, n_iter=1, cv=2), BOOSTED),
    "halving": (HalvingGridSearchCV(TREE, {"max_depth": [3]}, cv=2), TREE),
    "halving random": (HalvingRandomSearchCV(TREE, {"max_depth": [3]}, cv=2, random_state=0), TREE),
    "frozen": (FrozenEstimator(clone(FOREST).fit(X, Y)), FOREST),
    "self training": (SelfTrainingClassifier(TREE), TREE),
    "in each other": (search(search(FOREST)), FOREST),
    "elsewhere": (OtherSearch(FOREST), FOREST),
}
STEPS = {
    "all columns": (RFE(FOREST, n_features_to_select=3), make_pipeline(RFE(FOREST, n_features_to_select=3), FOREST)),
    "chosen by folds": (RFECV(TREE, cv=2), make_pipeline(RFECV(TREE, cv=2), TREE)),
    "last": (make_pipeline(StandardScaler(), search(FOREST)), make_pipeline(StandardScaler(), FOREST)),
    "around": (search(make_pipeline(StandardScaler(), FOREST)), make_pipeline(StandardScaler(), FOREST)),
    "pipelines": (
        make_pipeline(StandardScaler(), make_pipeline(MinMaxScaler(), search(RFE(FOREST)))),
        make_pipeline(StandardScaler(), MinMaxScaler(), RFE(FOREST), FOREST),
    ),
    "alone": (make_pipeline(search(TREE)), make_pipeline(TREE)),
}  # fmt: skip


@pytest.mark.parametrize(("wrapper", "plain"), [*PLAIN.values(), *STEPS.values()], ids=[*PLAIN, *STEPS])
def test_reasons_are_those_of_the_model_inside(wrapper, plain):
    wrapper, plain = fitted(clone(wrapper)), fitted(clone(plain))
    assert (wrapper.predict(X) == plain.predict(X)).all()
    mine, its = (Explainer(model, X[7], background=X) for model in (wrapper, plain))
    assert mine.get_model() is wrapper
    assert type(mine) is type(its)
    assert mine.target_prediction == wrapper.predict(X[7:8])[0]
    kinds = ("sufficient_reason", "contrastive_reason")
    told = [{e.to_features(r) for name in kinds for r in getattr(e, name)(n=None)} for e in (mine, its)]
    assert told[0] == told[1]
    assert pickle.loads(pickle.dumps(mine)).sufficient_reason() == mine.sufficient_reason()
    rows = explain(wrapper, X[:12])
    assert [r.prediction for r in rows] == wrapper.predict(X[:12]).tolist()


@pytest.mark.parametrize("name", [name for name, (_, plain) in PLAIN.items() if plain is not TREE])
def test_reasons_are_those_of_all_cells(name):
    wrapper = fitted(clone(PLAIN[name][0]))
    explainer = Explainer(wrapper, background=X)
    grid = Grid(explainer, wrapper)
    for cell in (tuple(0 for _ in grid.shape), tuple(n // 2 for n in grid.shape)):
        explainer.set_instance(grid.row(cell))
        compare(explainer, grid, cell, grid.said == grid.said[cell])


def test_frames_with_categories_go_through_a_search():
    before = make_column_transformer((StandardScaler(), ["a", "b"]), (OneHotEncoder(), ["c"]))
    for made in (search(make_pipeline(before, FOREST)), make_pipeline(before, search(FOREST))):
        model = made.fit(FRAME, Y)
        explainer = Explainer(model, FRAME.iloc[3], background=FRAME)
        assert explainer.session.compiled.vocabulary.names == ("a", "b", "c")
        turned = FRAME[["c", "b", "a"]]
        assert [r.prediction for r in explain(model, turned[:9])] == model.predict(FRAME[:9]).tolist()
        single = FRAME.astype({"a": np.float32})
        explainer.set_instance(single.iloc[5])
        assert explainer.is_implicant(explainer.sufficient_reason())


def test_missing_values_and_forests_that_vote():
    rows = X.copy()
    rows[::5, 1] = np.nan
    model = search(FOREST).fit(rows, Y)
    explainer = Explainer(model, rows[0])
    assert explainer.session.compiled.missing == {1}
    assert explainer.is_implicant(explainer.sufficient_reason())
    hard = Explainer(model, rows[0], voting="hard")
    assert hard.session.compiled.voting == "hard"


def test_several_labels_and_several_numbers():
    both = np.column_stack([X[:, 0] > 0.1, X[:, 1] > 0.1]).astype(int)
    model = search(MultiOutputClassifier(TREE), scoring=lambda *_: 0.0).fit(X, both)
    explainer = Explainer(model, X[3])
    assert tuple(explainer.target_prediction) == tuple(model.predict(X[3:4])[0])
    for inner in (RandomForestRegressor(3, random_state=0), MultiOutputRegressor(RandomForestRegressor(3))):
        model = search(inner).fit(X, X[:, :2])
        assert Explainer(Output(model, 1), X[3]).target_prediction == model.predict(X[3:4])[0, 1]
    steps = make_pipeline(StandardScaler(), MultiOutputRegressor(RandomForestRegressor(3))).fit(X, X[:, :2])
    assert Explainer(Output(steps, 0), X[3]).target_prediction == steps.predict(X[3:4])[0, 0]


def test_linear_models_take_declared_values():
    model = make_pipeline(StandardScaler(), search(LogisticRegression())).fit(X, Y)
    explainer = Explainer(model, X[0], {f"f{i}": [0.0, 0.1, 0.2, 0.1 * 3] for i in (1, 2, 3)})
    assert explainer.is_implicant(explainer.sufficient_reason())


def test_importances_are_those_of_the_model_inside():
    model = search(FOREST).fit(X, Y)
    explainer = Explainer(model, X[0])
    assert explainer.preferred_sufficient_reason(method="feature-importance")


@pytest.mark.parametrize("wrapper", [*(w for w, _ in PLAIN.values()), STEPS["last"][0]], ids=[*PLAIN, "last"])
def test_a_second_fit_is_noticed(wrapper):
    model = fitted(clone(wrapper))
    if isinstance(model, FrozenEstimator):
        model = FrozenEstimator(fitted(clone(FOREST)))
    explainer = Explainer(model, X[0])
    fitted(model.estimator if isinstance(model, FrozenEstimator) else model, Y[::-1])
    with pytest.raises(ModelChangedError, match="make a new explainer"):
        explainer.sufficient_reason()


def test_names_that_a_wrapper_keeps_to_itself():
    """Self-training fits its model to bare rows: the columns bear the names that it was given itself."""
    frame = pd.DataFrame(X, columns=[f"column {i}" for i in range(X.shape[1])])
    half = np.where(np.arange(len(Y)) % 3 == 0, -1, np.unique(Y, return_inverse=True)[1])
    taught = SelfTrainingClassifier(clone(TREE)).fit(frame, half)
    for model in (taught, search(SelfTrainingClassifier(clone(TREE))).fit(frame, half)):
        explainer = Explainer(model, frame.iloc[:1])
        assert explainer.get_feature_names() == list(frame.columns)
        assert explainer.target_prediction == model.predict(frame.iloc[:1])[0]
        assert all(name.startswith("column ") for name in explainer.sufficient_reason(over="features"))


@pytest.mark.parametrize(
    ("model", "kind", "message"),
    [
        (search(TREE), NotFittedModelError, "GridSearchCV is not fitted"),
        (search(TREE, refit=False).fit(X, Y), UnsupportedModelError, "has refit=False.*call fit"),
        (make_pipeline(StandardScaler(), search(TREE)), NotFittedModelError, "GridSearchCV is not fitted"),
        (FrozenEstimator(TREE), NotFittedModelError, "DecisionTreeClassifier is not fitted"),
        (RFE(TREE), NotFittedModelError, "RFE is not fitted"),
        (SelfTrainingClassifier(TREE), NotFittedModelError, "SelfTrainingClassifier is not fitted"),
    ],
)
def test_what_is_not_fitted_is_refused(model, kind, message):
    with pytest.raises(kind, match=message):
        Explainer(model)

"""Pipelines that end with forests and regressors: the columns that go in, and what comes out."""

import warnings

import numpy as np
import pytest
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeRegressor
from suffice.encoders.pipelines.models import takes_voting
from suffice.encoders.registry import column_names, compile_model, detect_missing
from suffice.encoders.selfcheck import border_rows, self_check
from suffice.engine.domain.conditions import Reading
from suffice.engine.errors import NotFittedModelError, UnsupportedModelError

from tests.brute.amounts import some
from tests.encoders.forest_cases import assert_same_bits, compiled_with_space, votes
from tests.encoders.pipelines.cases import frame, labels, random_pipeline

CLASSIFIERS = (
    lambda seed: RandomForestClassifier(5, max_depth=4, random_state=seed, n_jobs=2),
    lambda seed: ExtraTreesClassifier(4, max_leaf_nodes=12, random_state=seed),
    lambda seed: BaggingClassifier(n_estimators=4, max_features=0.6, random_state=seed),
)
REGRESSORS = (
    lambda seed: RandomForestRegressor(5, max_depth=4, random_state=seed),
    lambda seed: ExtraTreesRegressor(4, max_leaf_nodes=12, random_state=seed),
    lambda seed: BaggingRegressor(
        DecisionTreeRegressor(max_depth=3), n_estimators=4, max_features=0.6, random_state=seed
    ),
    lambda seed: DecisionTreeRegressor(max_depth=6, random_state=seed),
    lambda seed: ExtraTreeRegressor(max_depth=6, random_state=seed),
)


def case(seed, finals, target):
    """A random pipeline with another last step, fresh rows, and the columns that may be missing."""
    rng = np.random.default_rng(seed)
    holes = [str(name) for name in rng.choice(["age", "income", "colour", "size"], rng.integers(0, 3), replace=False)]
    data = frame(rng, holes=holes)
    before = random_pipeline(rng, data, labels(rng, data)).steps[:-1]
    pipeline = Pipeline([*before, ("forest", finals[seed % len(finals)](seed))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipeline.fit(data, target(rng, data))
    return pipeline, frame(rng, 60, holes=holes), frozenset(list(data).index(name) for name in holes)


@pytest.mark.parametrize("seed", range(some(15)))
def test_random_pipelines_of_classifiers(seed):
    pipeline, fresh, missing = case(seed, CLASSIFIERS, labels)
    assert takes_voting(pipeline)
    compiled, space = compiled_with_space(pipeline, missing)
    rows = np.concatenate([compiled.read(fresh), border_rows(compiled, space)])
    pipeline[-1].set_params(n_jobs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        own = pipeline.predict_proba(fresh)
        middle = pipeline[:-1].transform(fresh)
    assert_same_bits(compiled.trees.scores_of_rows(rows[: len(fresh)], space.codes), own)
    assert self_check(compiled, space, rows) >= len(rows)
    assert compiled.vocabulary.names == tuple(fresh)
    hard, space = compiled_with_space(pipeline, missing, "hard")
    assert hard.voting == "hard"
    middle = np.asarray(middle.toarray() if hasattr(middle, "toarray") else middle, dtype=np.float32)
    assert_same_bits(hard.trees.scores_of_rows(rows[: len(fresh)], space.codes), votes(pipeline[-1], middle))
    assert self_check(hard, space, rows) >= len(rows)


def worth(rng, data):
    """A number to predict."""
    return data["age"].fillna(40).to_numpy() * 1e5 + rng.normal(size=len(data)) - 3e6


@pytest.mark.parametrize("seed", range(some(15)))
def test_random_pipelines_of_regressors(seed):
    pipeline, fresh, missing = case(100 + seed, REGRESSORS, worth)
    assert not takes_voting(pipeline)
    compiled, space = compiled_with_space(pipeline, missing)
    assert compiled.regression
    rows = compiled.read(fresh)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        own = pipeline.predict(fresh)
    assert_same_bits(compiled.values(space, rows), own)
    assert_same_bits(compiled.predict(rows), own)
    assert self_check(compiled, space, rows) > len(rows)


def numbers(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(80, 3)) * [1, 1000, 1e-6]
    return X, (X[:, 0] > 0).astype(int)


def test_a_pipeline_of_one_step_is_its_last_step():
    X, y = numbers()
    forest = RandomForestClassifier(5, random_state=0).fit(X, y)
    alone, inside = compile_model(forest), compile_model(Pipeline([("forest", forest)]))
    assert inside.vocabulary.conditions == alone.vocabulary.conditions
    assert inside.vocabulary.reading is Reading.FLOAT32
    assert (inside.classes, inside.trees.divisor) == (alone.classes, alone.trees.divisor)
    _, space = compiled_with_space(forest)
    rows = alone.read(X)
    assert_same_bits(inside.trees.scores_of_rows(rows, space.codes), alone.trees.scores_of_rows(rows, space.codes))


def test_scaled_columns_are_told_in_their_own_numbers():
    X, y = numbers()
    pipeline = make_pipeline(StandardScaler(), RandomForestClassifier(20, random_state=0)).fit(X, y)
    compiled, space = compiled_with_space(pipeline)
    assert compiled.vocabulary.reading is Reading.FLOAT64
    for condition in compiled.vocabulary.conditions:
        assert X[:, condition.feature].min() <= condition.threshold <= X[:, condition.feature].max()
    assert self_check(compiled, space, compiled.read(X)) > len(X)
    assert compile_model(pipeline, feature_names=["a", "b", "c"]).vocabulary.names == ("a", "b", "c")


def test_missing_values_pass_through():
    X, y = numbers()
    X[::4, 1] = np.nan
    for last in (RandomForestClassifier(6, random_state=1), RandomForestRegressor(6, random_state=1)):
        pipeline = make_pipeline(StandardScaler(), last).fit(X, y)
        assert detect_missing(pipeline, "auto", [X], None) == {1}
        compiled, space = compiled_with_space(pipeline, frozenset({1}))
        assert self_check(compiled, space, compiled.read(X)) > len(X)


def test_last_steps_that_are_refused():
    X, y = numbers()
    for last in (KNeighborsRegressor(), SVC()):
        with pytest.raises(UnsupportedModelError, match=f"is a {type(last).__name__}, which is not taken there"):
            compile_model(make_pipeline(StandardScaler(), last).fit(X, y))
    with pytest.raises(UnsupportedModelError, match="is a BaggingClassifier, which is not taken there"):
        compile_model(make_pipeline(StandardScaler(), BaggingClassifier(SVC(), n_estimators=2)).fit(X, y))
    with pytest.raises(NotFittedModelError, match=r"step 'randomforestclassifier' \(RandomForestClassifier\)"):
        column_names(make_pipeline(StandardScaler(), RandomForestClassifier()))
    tree = make_pipeline(StandardScaler(), DecisionTreeClassifier()).fit(X, y)
    assert not takes_voting(tree)

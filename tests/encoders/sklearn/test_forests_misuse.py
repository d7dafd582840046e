"""Forests that are refused, and what is said of them; the check of forests against ``predict``."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    RandomTreesEmbedding,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from suffice.encoders import selfcheck
from suffice.encoders.builder import Builder
from suffice.encoders.registry import column_names, compile_model, detect_missing
from suffice.encoders.selfcheck import border_rows, self_check
from suffice.engine.errors import BadInputError, NotFittedModelError, SelfCheckError, UnsupportedModelError

from tests.encoders.forest_cases import compiled_with_space

RNG = np.random.default_rng(3)
X = RNG.normal(size=(60, 3))
y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)


@pytest.mark.parametrize(
    "model",
    [RandomForestClassifier(), BaggingClassifier(), ExtraTreesRegressor(), BaggingRegressor(), DecisionTreeRegressor()],
)
def test_not_fitted(model):
    for asked in (compile_model, column_names, lambda m: detect_missing(m, "auto", [X], None)):
        with pytest.raises(NotFittedModelError, match=f"{type(model).__name__} is not fitted: call fit"):
            asked(model)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (BaggingClassifier(KNeighborsClassifier(), n_estimators=2), "KNeighborsClassifier"),
        (BaggingRegressor(make_pipeline(StandardScaler(), DecisionTreeRegressor()), n_estimators=2), "Pipeline"),
        (BaggingRegressor(RandomForestRegressor(2), n_estimators=2), "RandomForestRegressor"),
    ],
)
def test_members_that_are_no_trees(model, name):
    with pytest.raises(
        UnsupportedModelError,
        match=rf"{type(model).__name__} is made of {name}(: expected|, which is not taken: expected) trees",
    ):
        compile_model(model.fit(X, y))


@pytest.mark.parametrize(
    "model",
    [
        RandomForestRegressor(2),
        BaggingRegressor(n_estimators=2),
        DecisionTreeRegressor(),
    ],
)
def test_several_outputs(model):
    with pytest.raises(UnsupportedModelError, match=r"predicts 2 numbers.*suffice.Output\(model, 'y1'\)"):
        compile_model(model.fit(X, np.column_stack([y, y])))


def test_other_ensembles():
    model = RandomTreesEmbedding(1)
    with pytest.raises(
        UnsupportedModelError, match=f"{type(model).__name__} of sklearn is not taken: .*\ntaken are trees, forests"
    ):
        compile_model(model.fit(X, y))


def test_a_class_instead_of_a_model():
    with pytest.raises(UnsupportedModelError, match=r"is a class: expected a fitted model"):
        compile_model(RandomForestClassifier)


@pytest.mark.parametrize("voting", ["majority", "", None, 1, True, ["hard"], "HARD"])
def test_wrong_voting(voting):
    for model in (RandomForestClassifier(2).fit(X, y), DecisionTreeClassifier().fit(X, y)):
        with pytest.raises(BadInputError, match=r"voting=.*: expected 'soft' or 'hard'"):
            compile_model(model, voting=voting)


def test_voting_of_models_without_votes():
    for model in (
        DecisionTreeClassifier().fit(X, y),
        RandomForestRegressor(2).fit(X, y),
        make_pipeline(StandardScaler(), DecisionTreeClassifier()).fit(X, y),
        make_pipeline(StandardScaler(), RandomForestRegressor(2)).fit(X, y),
        Builder.DecisionTree(1, Builder.LeafNode(0)),
    ):
        with pytest.raises(BadInputError, match=f"{type(model).__name__} is no forest of classifiers"):
            compile_model(model, voting="hard")
        compile_model(model, voting="soft")


def test_names_and_missing_values():
    model = RandomForestClassifier(2, random_state=0).fit(X, y)
    with pytest.raises(BadInputError, match="feature_names has 2 names"):
        compile_model(model, feature_names=["a", "b"])
    assert compile_model(model, feature_names=["a", "b", "c"]).vocabulary.names == ("a", "b", "c")
    compiled = compile_model(model)
    with pytest.raises(BadInputError, match=r"'f2' is missing .* declare it"):
        compiled.read([[0, None, 0]])
    with pytest.raises(BadInputError, match="'f1' is infinite"):
        compiled.read([[1e39, 0, 0]])
    constrained = BaggingClassifier(DecisionTreeClassifier(monotonic_cst=[1, 0, 0]), n_estimators=2).fit(X, y > 0)
    with pytest.raises(BadInputError, match=r"missing values in \['f1'\]: this BaggingClassifier takes none"):
        compile_model(constrained, missing=frozenset({0}))


def changed(compiled, **arrays):
    trees = compiled.trees
    return replace(compiled, trees=replace(trees, **arrays))


def test_the_check_finds_wrong_forms():
    compiled, space = compiled_with_space(RandomForestClassifier(5, random_state=0).fit(X, y))
    values = np.roll(compiled.trees.values, 1, axis=1)
    with pytest.raises(SelfCheckError, match="the compiled form says"):
        self_check(changed(compiled, values=values), space)
    compiled, space = compiled_with_space(RandomForestRegressor(5, random_state=0).fit(X, y))
    values = compiled.trees.values * (1 + 2**-40)
    with pytest.raises(SelfCheckError, match="but predict says"):
        self_check(changed(compiled, values=values), space)
    assert self_check(replace(compiled, predict=lambda rows: compiled.values(space, rows)), space) > 0


def test_the_check_of_many_thresholds_is_bounded(monkeypatch):
    model = RandomForestClassifier(30, random_state=0).fit(X, y)
    compiled, space = compiled_with_space(model)
    assert len(border_rows(compiled, space)) > 3 * len(compiled.vocabulary)
    monkeypatch.setattr(selfcheck, "_WALKS", 30 * 60)
    rows = border_rows(compiled, space)
    assert len(rows) == 60 + selfcheck._RANDOM
    tested = {condition.feature for condition in compiled.vocabulary.conditions}
    for column in tested:
        borders = np.array([0.0] + [c.threshold for c in compiled.vocabulary.conditions if c.feature == column])
        assert np.isclose(rows[:, column, None], borders).any(axis=1).all()
        assert len(np.unique(rows[:, column])) > 3
    assert (border_rows(compiled, space) == rows).all()
    assert self_check(compiled, space) == len(rows)

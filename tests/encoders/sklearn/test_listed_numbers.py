"""Linear models over numbers of a range: what is said of the listed numbers holds for all of them."""

import contextlib
import itertools
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, KBinsDiscretizer, MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from suffice import BadInputError, Explainer, TheoryError, UndecidedError, UnsupportedModelError, explain

from tests.brute.strategies import budget

MODELS = (
    LogisticRegression, RidgeClassifier, LinearSVC, lambda: SGDClassifier(random_state=0),
    lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    lambda: make_pipeline(MinMaxScaler(), LinearSVC()),
)  # fmt: skip


def data(seed, width=4, classes=2):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(80, width)).round(2)
    ranks = np.argsort(np.argsort(X @ rng.normal(size=width) + rng.normal(0, 0.3, 80)))
    return rng, X, ranks * classes // 80


def minimal(sets):
    found = []
    for one in sorted(set(map(frozenset, sets)), key=len):
        if not any(other <= one for other in found):
            found.append(one)
    return set(found)


def by_corners(model, X, x):
    """All sufficient and contrastive sets of columns, where free ones take each end of their ranges."""
    low, high = np.minimum(X.min(axis=0), x), np.maximum(X.max(axis=0), x)
    corners = np.array(list(itertools.product(*zip(low, high, strict=True))))
    own, width = model.predict(x[None])[0], X.shape[1]
    subsets = [s for k in range(width + 1) for s in itertools.combinations(range(width), k)]

    def holds(kept):
        rows = corners.copy()
        rows[:, kept] = x[list(kept)]
        return bool((model.predict(rows) == own).all())

    good = {s for s in subsets if holds(list(s))}
    changes = [s for s in subsets if tuple(sorted(set(range(width)) - set(s))) not in good]
    return minimal(good), minimal(changes)


@budget(24)
@given(st.integers(0, 10**6), st.integers(0, len(MODELS) - 1), st.sampled_from([2, 3]))
def test_over_features_the_ends_decide(seed, which, classes):
    rng, X, y = data(seed, classes=classes)
    model = MODELS[which]().fit(X, y)
    explainer = Explainer.initialize(model, background=X)
    for x in (X[3], X[5] + 0.0037, rng.normal(size=4)):
        explainer.set_instance(x)
        sufficient, contrastive = by_corners(model, X, x)
        asked = (explainer.sufficient_reason, explainer.contrastive_reason)
        found = [{frozenset(int(name[1:]) - 1 for name in r) for r in ask(n=None, over="features")} for ask in asked]
        assert found == [sufficient, contrastive]
        least = explainer.minimal_sufficient_reason(over="features")
        assert (len(least), least.status) == (min(map(len, sufficient)), "optimal")


@budget(24)
@given(st.integers(0, 10**6), st.integers(0, len(MODELS) - 1), st.sampled_from([2, 3]))
def test_bounds_hold_for_all_numbers_between_them(seed, which, classes):
    rng, X, y = data(seed, classes=classes)
    model = MODELS[which]().fit(X, y)
    x = X[0] + 0.00123
    explainer = Explainer.initialize(model, x, background=X)
    low, high = np.minimum(X.min(axis=0), x), np.maximum(X.max(axis=0), x)
    for reason in explainer.sufficient_reason(n=6):
        rows = rng.uniform(low, high, (400, 4))
        rows = np.where(rng.random(rows.shape) < 0.3, np.where(rng.random(rows.shape) < 0.5, low, high), rows)
        for said in reason.features:
            column = int(said.replace(">=", "<=").split("f")[1].split(" ")[0]) - 1
            ends = [low[column], high[column]]
            for part in said.split(" and "):
                numbers = [float(word) for word in part.split() if word[0] in "-0123456789"]
                if " = " in part:
                    ends = numbers * 2
                elif part.startswith("f"):
                    ends[">=" not in part] = numbers[0]
                else:
                    ends = numbers
            rows[:, column] = np.where(rng.random(400) < 0.3, rng.choice(ends, 400), rng.uniform(*ends, 400))
        assert (model.predict(rows) == model.predict(x[None])[0]).all(), reason.features
    for change in explainer.contrastive_reason(n=4):
        assert model.predict(np.array([change.witness]))[0] != explainer.target_prediction
        assert ((np.array(change.witness) >= low) & (np.array(change.witness) <= high)).all()


def test_ranges_are_declared_or_those_of_the_background():
    _, X, y = data(1)
    model = LogisticRegression().fit(X, y)
    with pytest.raises(BadInputError, match=r"may be any number.*background=rows, ranges"):
        Explainer.initialize(model, X[0])
    with pytest.raises(BadInputError, match="may be any number"):
        explain(model, X[:1])  # one row shows no range
    ends = {f"f{i}": (-5, 5) for i in range(1, 5)}
    explainer = Explainer.initialize(model, X[0], ranges=ends)
    assert [len(f.values) for f in explainer.session.features] == [3] * 4
    with pytest.raises(TheoryError, match=r"f2' is 7, outside its range \[-5, 5\]"):
        explainer.set_instance([0, 7, 0, 0])
    explainer.set_instance([0, 4.5, 0, 0])
    explainer.set_ranges({"f1": (-1, 1), "f2": (4, 5), "f3": (-1, 1), "f4": (0, 1)})
    assert explainer.session.features[1].values == (4.0, 4.5, 5.0)
    other = Explainer.initialize(model, X[0], {"numerical": {"f1": (-9, 9)}}, background=X)
    assert (other.session.features[0].values[0], other.session.features[1].values[0]) == (-9.0, X[:, 1].min())


def test_one_class_is_refused_in_words():
    X = np.eye(3)
    with pytest.raises(UnsupportedModelError, match="RidgeClassifier knows one class, 'no'"):
        Explainer.initialize(RidgeClassifier().fit(X, ["no"] * 3), X[0], background=X)


def test_a_range_of_few_integers_lists_them_all():
    rng = np.random.default_rng(3)
    X = np.column_stack([rng.integers(0, 9, 80), rng.normal(size=80)])
    model = LogisticRegression().fit(X, X[:, 0] + X[:, 1] > 4)
    explainer = Explainer.initialize(model, [4, 0.25], {"integer": {"f1": (0, 20)}}, background=X)
    assert explainer.session.features[0].values == tuple(map(float, range(21)))
    assert explainer.session.compiled.vocabulary.conditions
    frame = pd.DataFrame({"age": X[:, 0].astype(int), "rate": X[:, 1]})
    told = Explainer.initialize(LogisticRegression().fit(frame, X[:, 0] > 4), frame.iloc[0], background=frame)
    assert isinstance(told.contrastive_reason().witness["age"], (int, np.integer))


def test_another_instance_gets_a_form_of_its_own():
    _, X, y = data(5)
    model = LogisticRegression().fit(X, y)
    explainer = Explainer.initialize(model, X[0], background=X)
    first = tuple(explainer.sufficient_reason())
    explainer.set_instance(X[1] + 0.001)
    explainer.set_instance(X[0])
    assert tuple(explainer.sufficient_reason()) == first  # no answer depends on what was asked before
    again = pickle.loads(pickle.dumps(explainer))
    assert tuple(again.sufficient_reason()) == first
    clauses = Explainer.initialize(model, X[0], background=X, theory=[[-1, 2]])
    with pytest.raises(BadInputError, match="clauses"):
        clauses.set_instance(X[1] + 0.001)


def test_many_rows_are_told_in_one_form():
    _, X, y = data(7)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    told = explain(model, X)
    assert [one.prediction for one in told] == model.predict(X).tolist()
    for i in (0, 40):
        alone = Explainer.initialize(model, X[i], background=X)
        assert alone.is_sufficient_reason(alone.sufficient_reason())
        names = explain(model, X, over="features").reason(i)
        assert frozenset(names) in set(map(frozenset, alone.sufficient_reason(n=None, over="features")))
    with pytest.raises(BadInputError, match="at most 4096"):
        explain(model, np.random.default_rng(0).normal(size=(5000, 4)))


def test_statements_are_told_at_listed_numbers():
    _, X, y = data(9)
    explainer = Explainer.initialize(LogisticRegression().fit(X, y), X[0], background=X)
    reason = explainer.sufficient_reason()
    assert explainer.is_sufficient_reason(list(reason.features))
    value = explainer.session.features[0].values[5]
    for said in (f"f1 > {value}", f"f1 < {value}", f"f1 >= {value + 0.0003}", f"f1 != {value}", "f1 = 0.12345"):
        with pytest.raises(BadInputError, match="the model weighs this column"):
            explainer.is_implicant(said)
    assert explainer.is_implicant(f"f1 >= {value}").value in (True, False)


def test_columns_beside_categories_and_missing_values():
    rng = np.random.default_rng(11)
    frame = pd.DataFrame({
        "age": rng.integers(18, 80, 120).astype(float), "job": rng.choice(["cook", "clerk"], 120),
        "pay": rng.normal(3, 1, 120).round(2),
    })  # fmt: skip
    y = np.where(frame["age"] / 20 + frame["pay"] + 2 * (frame["job"] == "cook") > 6, "yes", "no")
    frame.loc[:9, "age"] = np.nan
    steps = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), ["age", "pay"]), (OneHotEncoder(), ["job"])
    )
    model = make_pipeline(steps, LogisticRegression()).fit(frame, y)
    explainer = Explainer.initialize(model, frame.iloc[20], background=frame)
    reason = explainer.minimal_sufficient_reason(over="features")
    assert reason.status == "optimal"
    for change in explainer.contrastive_reason(n=None):
        assert model.predict(change.witness.row)[0] != explainer.target_prediction
    explainer.set_instance(frame.iloc[2])
    assert explainer.is_sufficient_reason(explainer.sufficient_reason())


def test_counts_of_naive_bayes():
    rng = np.random.default_rng(2)
    X = rng.integers(0, 6, (60, 3))
    model = MultinomialNB().fit(X, X[:, 0] > X[:, 1])
    explainer = Explainer.initialize(model, X[0], background=X)
    assert explainer.is_sufficient_reason(explainer.sufficient_reason())
    assert [one.prediction for one in explain(model, X)] == model.predict(X).tolist()


def test_models_of_several_models_list_no_numbers():
    """What is monotone in each member need not be so in all of them together."""
    _, X, y = data(4)
    forest = RandomForestClassifier(5, max_depth=2, random_state=0)
    several = {
        MultiOutputClassifier(LogisticRegression()).fit(X, np.column_stack([y, 1 - y])): "may be any number",
        VotingClassifier([("a", LogisticRegression()), ("b", forest)], voting="soft").fit(X, y): "go the same way",
        OneVsRestClassifier(LogisticRegression()).fit(X, y): "may be any number",
    }
    for model, message in several.items():
        with pytest.raises(BadInputError, match=message) as told:
            Explainer.initialize(model, X[0], background=X)
        assert "background=rows" not in str(told.value)  # which does not help here


@pytest.mark.parametrize(
    "model", [GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}), CalibratedClassifierCV(LogisticRegression())]
)
def test_models_whose_members_go_the_same_way_list_them(model):
    _, X, y = data(4)
    model.fit(X, y)
    explainer = Explainer.initialize(model, X[0] + 0.001, background=X)
    sufficient, _ = by_corners(model, X, X[0] + 0.001)
    found = explainer.sufficient_reason(n=None, over="features")
    assert {frozenset(int(name[1:]) - 1 for name in reason) for reason in found} == sufficient


@pytest.mark.parametrize("fold", [np.abs, np.square, np.fabs])
def test_a_column_that_is_folded_needs_values(fold):
    _, X, _ = data(3, width=2)
    model = make_pipeline(FunctionTransformer(fold), LogisticRegression()).fit(X, np.abs(X[:, 0]) > 0.7)
    with pytest.raises(BadInputError, match="may be any number"):
        Explainer.initialize(model, X[0], background=X, ranges={"f1": (-3, 3)})
    grid = [-2.0, -0.5, 0.0, 0.5, 2.0]
    explainer = Explainer.initialize(model, [2.0, 0.5], {"categorical": {"f1": grid, "f2": grid}})
    found = {reason.features for reason in explainer.sufficient_reason(n=None, over="features")}
    rows = np.array(list(itertools.product(grid, grid)))
    own = model.predict([[2.0, 0.5]])[0]
    assert found == {("f1",)} and (model.predict(rows[rows[:, 0] == 2.0]) == own).all()
    assert not (model.predict(rows) == own).all()


def test_a_bin_that_is_told_apart_needs_values():
    _, X, _ = data(4, width=1)
    bins = KBinsDiscretizer(3, encode="onehot-dense", quantile_method="averaged_inverted_cdf")
    model = make_pipeline(bins, LogisticRegression()).fit(X, np.abs(X[:, 0]) > 0.5)
    model[-1].coef_[0, [0, 2]] = 0.0  # as an L1 penalty would: only the bin in the middle is weighed
    with pytest.raises(BadInputError, match="may be any number"):
        Explainer.initialize(model, X[0], background=X)


BACK = [(np.log, np.float32, 0.7071), (np.exp, np.float32, 0.1)]


@pytest.mark.parametrize(("function", "dtype", "start"), BACK)
@pytest.mark.parametrize("sign", [1, -1])
def test_what_lies_beyond_the_listed_numbers_by_last_bits_is_not_claimed(function, dtype, start, sign):
    """Where a function goes back, some number between the ends of a range is beyond what both ends give."""
    whole = np.int32 if dtype is np.float32 else np.int64
    numbers = (np.array([start], dtype).view(whole)[0] + np.arange(400_000)).astype(whole).view(dtype)
    falls = np.nonzero(np.diff(function(numbers)) < 0)[0]
    if not len(falls):
        pytest.skip("this machine's function never goes back there")
    top, last = function(numbers[falls[0] : falls[0] + 2]).astype(np.float64)
    X = np.array([[start - 0.05], [start - 0.04], [numbers[falls[0] + 1]]], dtype)
    model = make_pipeline(FunctionTransformer(function), LogisticRegression()).fit(X, [0, 0, 1])
    model[-1].coef_, model[-1].intercept_ = np.array([[sign * 2.0]]), np.array([-sign * (top + last)])
    between = numbers[falls[:1]].reshape(1, 1)
    assert model.predict(between) != model.predict(X[:1]) == model.predict(X[2:])
    explainer = Explainer.initialize(model, X[:1], background=X)
    with contextlib.suppress(UndecidedError):
        assert explainer.sufficient_reason(over="features").features
    assert explainer.is_sufficient_reason([]).value is not True


def test_counts_of_one_class_have_nothing_to_decide():
    """A row without any has the score of a tie, which is none between one class and itself."""
    model = MultinomialNB().fit([[0, 1], [2, 0], [1, 1]], ["yes"] * 3)
    explainer = Explainer(model, features_type={"integer": ["f1", "f2"]}, ranges={"f1": (0, 2), "f2": (0, 2)})
    explainer.set_instance([0, 0])
    assert explainer.sufficient_reason() == ()
    assert explainer.contrastive_reason() is None

"""Hand-built linear models: exact sums, over declared values and over numbers of a range."""

import itertools

import numpy as np
import pytest
from suffice import BadInputError, Builder, Explainer, UnsupportedModelError

from tests.encoders.boosting_cases import compiled_with_space
from tests.encoders.sklearn.test_listed_numbers import minimal

RANGES = {"f1": (-2, 2), "f2": (0, 5), "f3": (-1, 1)}


@pytest.mark.parametrize("seed", range(8))
def test_over_features_the_ends_decide(seed):
    rng = np.random.default_rng(seed)
    classes = [None, ["no", "yes"], ["a", "b", "c"]][seed % 3]
    weights = rng.normal(size=(3, 3) if seed % 3 == 2 else 3).round(1)
    model = Builder.LinearModel(weights, rng.normal(size=3 if seed % 3 == 2 else 1).round(1), class_names=classes)
    x = np.array([rng.uniform(*ends) for ends in RANGES.values()])
    explainer = Explainer.initialize(model, x, ranges=RANGES)
    assert explainer.session.compiled.slack == 0
    corners = np.array(list(itertools.product(*RANGES.values())), float)
    said = model.predict([x])[0]
    if classes is None:
        explainer.set_interval(said - 1, said + 2)
    good = []
    for kept in (list(s) for k in range(4) for s in itertools.combinations(range(3), k)):
        rows = corners.copy()
        rows[:, kept] = x[kept]
        told = model.predict(rows)
        if ((told == said) if classes else ((told >= said - 1) & (told <= said + 2))).all():
            good.append(kept)
    found = {frozenset(int(name[1:]) - 1 for name in r) for r in explainer.sufficient_reason(n=None, over="features")}
    assert found == minimal(good)


def test_sums_are_the_models_own_bit_for_bit():
    rng = np.random.default_rng(0)
    model = Builder.LinearModel(rng.normal(size=6), 0.1)
    values = {f"f{i}": rng.normal(size=5).tolist() for i in range(1, 7)}
    compiled, space = compiled_with_space(model, features_type={"categorical": values})
    rows = np.column_stack([rng.choice(listed, 200) for listed in values.values()])
    assert compiled.values(space, rows).tolist() == model.predict(rows).tolist()


def test_a_tie_goes_to_the_first_class():
    model = Builder.LinearModel({"a": 1.0, "b": -1.0}, class_names=["no", "yes"])
    assert model.predict([[2, 2], [3, 2]]).tolist() == ["no", "yes"]
    explainer = Explainer.initialize(model, {"a": 2, "b": 2}, {"a": range(4), "b": range(4)})
    assert {r.features for r in explainer.sufficient_reason(n=None)} == {("a <= 2", "b >= 2")}


@pytest.mark.parametrize(
    ("weights", "more", "match"),
    [(["x"], {}, "finite numbers"), ([np.inf], {}, "finite numbers"), ([[1, 2]] * 3, {}, "shape"), ([], {}, "shape"),
     ([1, 2], {"class_names": ["a", "b", "c"]}, "shape"), ({"a": 1}, {"feature_names": ["b"]}, "weights speak"),
     ([1, 2], {"feature_names": ["a", "a"]}, "distinct"), ([1, 2], {"intercept": [1, 2]}, "intercept=.*a number"),
     ([1, 2], {"intercept": []}, "intercept=.*a number"), (np.array([1j, 2]), {}, "finite numbers"),
     ([1, 2], {"intercept": np.complex128(1j)}, "finite numbers"), ([[[1, 2]]], {}, "two dimensions"),
     ({1: 1, "1": 2}, {}, "distinct")],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(weights, more, match):
    with pytest.raises(BadInputError, match=match):
        Builder.LinearModel(weights, **more)


def test_a_mapping_may_name_columns_by_numbers():
    model = Builder.LinearModel({1: 2.0, 2: 3.0})
    assert model.feature_names == ("1", "2")
    assert model.predict([[10, 1]]).tolist() == [23.0]


def test_sums_that_may_overflow_are_refused_in_words():
    model = Builder.LinearModel([1e308, 1e308, -1e308], class_names=["no", "yes"])
    explainer = Explainer.initialize(model, [0, 0, 0], features_type={"binary": ["f1", "f2", "f3"]})
    with pytest.raises(UnsupportedModelError, match="float64 sums may overflow"):
        explainer.sufficient_reason()

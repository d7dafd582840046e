"""Learners under their later names: what they learn, how rows are split, and which rows they give."""

from __future__ import annotations

import numpy as np
import pytest
from suffice import BadInputError, Explaining, Learning, UnsupportedModelError


@pytest.fixture
def table():
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 6, (120, 3)).astype(float)
    label = np.where(rows[:, 0] + rows[:, 1] > 5, "yes", "no")
    return pandas.DataFrame({"a": rows[:, 0], "b": rows[:, 1], "c": rows[:, 2], "label": label})


@pytest.fixture
def numbers(table):
    table = table.copy()
    table["label"] = 2.0 * table["a"] - table["b"] + 0.5
    return table


def test_trees_and_forests_of_later_scripts(table, capsys):
    learner = Learning.Scikitlearn(table, problem_type=Learning.CLASSIFICATION, instances_type=Learning.TABULAR)
    model = learner.evaluate(
        splitting_method=Learning.HOLD_OUT, model_type=Learning.RF,
        model_parameters={"n_estimators": 5, "max_depth": 3}, splitting_parameters={"test_size": 0.25},
    )  # fmt: skip
    assert len(model.estimators_) == 5
    assert "nTrees: 5" in capsys.readouterr().out
    assert len(learner.learner_information_lst[0].test_index) == 30
    instance, prediction = learner.get_instances(model, n=1, is_correct=True, subset_predicted_classes=["yes"], seed=3)
    explainer = Explaining.initialize(model, instance)
    assert explainer.target_prediction == prediction == "yes"
    assert explainer.is_sufficient_reason(explainer.sufficient_reason())
    some = learner.get_instances(model, n=10, seed=3)
    again = learner.get_instances(model, n=10, seed=3)
    assert all((a[0] == b[0]).all() for a, b in zip(some, again, strict=True))


def test_a_model_a_fold(table, capsys):
    learner = Learning.Scikitlearn(table, problem_type="classification")
    models = learner.evaluate(
        splitting_method=Learning.K_FOLDS, model_type=Learning.DT, splitting_parameters={"n_models": 4}, verbose=False
    )
    assert len(models) == len(learner.get_details()) == 4
    assert not capsys.readouterr().out
    held = np.sort(np.concatenate([told["test_index"] for told in learner.get_details()]))
    assert held.tolist() == list(range(120))
    assert all(0 <= told["metrics"]["accuracy"] <= 100 for told in learner.get_details())


@pytest.mark.parametrize("kind", ["Xgboost", "LightGBM"])
def test_boosted_trees_number_their_labels(table, numbers, kind):
    pytest.importorskip(kind.lower())
    learner = getattr(Learning, kind)(table, problem_type="classification")
    model = learner.evaluate(model_type=Learning.BT, model_parameters={"n_estimators": 4}, verbose=False)
    assert learner.classes == ["no", "yes"]
    instance, prediction = learner.get_instances(model, n=1, is_correct=True)
    assert prediction in (0, 1)
    explainer = Explaining.initialize(model, instance)
    assert explainer.is_tree_specific_reason(explainer.tree_specific_reason())
    regress = getattr(Learning, kind)(numbers, problem_type="regression")
    number = regress.evaluate(model_type=Learning.BT, model_parameters={"n_estimators": 4}, verbose=False)
    row, said = regress.get_instances(number, n=1)
    assert Explaining.initialize(number, row).target_prediction == pytest.approx(said)


@pytest.mark.parametrize("kind", ["LINEAR_SIMPLE", "LINEAR_RIDGE", "LINEAR_LASSO", "LINEAR_ELASTIC"])
def test_linear_regressors(numbers, kind):
    learner = Learning.Scikitlearn(numbers, problem_type=Learning.REGRESSION)
    model = learner.evaluate(model_type=getattr(Learning, kind), verbose=False)
    assert learner.learner_information_lst[0].metrics["mean_absolute_error"] < 3
    row, said = learner.get_instances(model, n=1)
    explainer = Explaining.initialize(model, row, background=learner.data)
    explainer.set_interval(said - 1, said + 1)
    assert explainer.is_sufficient_reason(explainer.model_specific_reason())


@pytest.mark.parametrize("kind", ["LINEAR_RIDGE", "LINEAR_LOGISTIC"])
def test_linear_classifiers(table, kind):
    learner = Learning.Scikitlearn(table, problem_type=Learning.CLASSIFICATION)
    model = learner.evaluate(model_type=getattr(Learning, kind), verbose=False)
    row, said = learner.get_instances(model, n=1)
    explainer = Explaining.initialize(model, row, background=learner.data)
    assert explainer.target_prediction == said
    assert explainer.is_sufficient_reason(explainer.model_specific_reason())


def test_misuse(table):
    with pytest.raises(BadInputError, match="problem_type='clustering'"):
        Learning.Scikitlearn(table, problem_type="clustering")
    with pytest.raises(BadInputError, match="instances_type='image'"):
        Learning.Scikitlearn(table, problem_type="classification", instances_type="image")
    with pytest.raises(BadInputError, match="has texts"):
        Learning.Scikitlearn(table, problem_type="regression")
    learner = Learning.Scikitlearn(table)
    with pytest.raises(UnsupportedModelError, match="model_type='boosted-tree': scikit-learn learns decision-tree"):
        learner.evaluate(model_type=Learning.BT)
    with pytest.raises(BadInputError, match="splitting method 'leave-one-group-out'"):
        learner.evaluate(splitting_method="leave-one-group-out")
    with pytest.raises(BadInputError, match="splitting_parameters"):
        learner.evaluate(splitting_parameters={"sizes": 3})
    with pytest.raises(BadInputError, match="model_parameters"):
        learner.evaluate(model_parameters=3)
    with pytest.raises(BadInputError, match="does not take an option"):
        learner.evaluate(model_parameters={"depth": 3})

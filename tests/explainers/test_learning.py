"""The published script on a real dataset runs call by call."""

from __future__ import annotations

import pytest
from sklearn.ensemble import RandomForestClassifier
from suffice import BadInputError, Explainer, Learning, UnsupportedModelError
from suffice.encoders.registry import compile_model

from tests.house.layout import ROOT

COMPAS = ROOT.parent / "shared" / "data" / "compas.csv"


@pytest.mark.skipif(not COMPAS.is_file(), reason="compas.csv is not at hand")
def test_published_script(capsys):
    learner = Learning.Scikitlearn(str(COMPAS), learner_type=Learning.CLASSIFICATION)
    model = learner.evaluate(method=Learning.HOLD_OUT, output=Learning.DT)
    printed = capsys.readouterr().out
    for line in ("accuracy: 65.33477321814254", "nNodes: 539", "nVariables: 46", "nTest instances: 1852"):
        assert line in printed
    instance, prediction = learner.get_instances(model, n=1, correct=True)
    assert instance.tolist() == [0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]
    assert prediction == 0
    explainer = Explainer.initialize(model, instance)
    explainer.deactivate_theory()
    sufficient_reason = explainer.sufficient_reason(n=1)
    assert explainer.to_features(sufficient_reason) == (
        "Number_of_Priors <= 0.5",
        "score_factor <= 0.5",
        "Age_Below_TwentyFive <= 0.5",
    )
    assert explainer.is_sufficient_reason(sufficient_reason, n_samples=50)
    assert len(explainer.minimal_sufficient_reason()) == 4
    assert set(explainer.necessary_literals()) == {-3, -1}
    assert explainer.to_features(explainer.necessary_literals()) == (
        "score_factor <= 0.5",
        "Age_Below_TwentyFive <= 0.5",
    )
    assert explainer.n_sufficient_reasons() == 25
    per_attribute = explainer.n_sufficient_reasons_per_attribute()
    assert per_attribute == {
        -3: 25, -1: 25, -4: 6, -7: 20, -2: 9, -9: 19, -14: 16, 5: 15, -11: 14, -13: 10, -15: 10, -8: 7, -12: 12,
        -17: 12, 6: 8, -18: 2, -19: 1,
    }  # fmt: skip
    details = explainer.to_features(per_attribute, details=True)
    assert details["score_factor"][0]["weight"] == 25
    assert details["score_factor"][0]["string"] == "score_factor <= 0.5"


@pytest.mark.skipif(not COMPAS.is_file(), reason="compas.csv is not at hand")
def test_the_same_calls_learn_a_forest(capsys):
    learner = Learning.Scikitlearn(str(COMPAS), learner_type=Learning.CLASSIFICATION)
    model = learner.evaluate(method=Learning.HOLD_OUT, output=Learning.RF, n_estimators=7, max_depth=4)
    printed = capsys.readouterr().out
    assert isinstance(model, RandomForestClassifier)
    compiled = compile_model(model)
    nodes = int((compiled.trees.literal != 0).sum())
    assert "output: RF" in printed
    assert f"nFeatures: 11, nTrees: 7, nNodes: {nodes}, nVariables: {len(compiled.vocabulary)}" in printed
    assert compiled.vocabulary.names == tuple(learner.names[:-1])
    instance, prediction = learner.get_instances(model, n=1, correct=True)
    assert compiled.predict(compiled.read(instance)).tolist() == [prediction]


def test_misuse(tmp_path):
    with pytest.raises(BadInputError, match="no such file"):
        Learning.Scikitlearn(tmp_path / "none.csv")
    (tmp_path / "bad.csv").write_text("a,b,y\n1,x,0\n")
    with pytest.raises(BadInputError, match="'x'"):
        Learning.Scikitlearn(tmp_path / "bad.csv")
    (tmp_path / "good.csv").write_text("a,y\n1,no\n2,yes\n3,no\n4,yes\n")
    learner = Learning.Scikitlearn(tmp_path / "good.csv")
    with pytest.raises(BadInputError, match="HOLD_OUT"):
        learner.evaluate(method="leave-one-out")
    with pytest.raises(UnsupportedModelError, match=r"'boosted': scikit-learn learns decision-tree, random-forest"):
        learner.evaluate(output="boosted")
    assert learner.evaluate(output=Learning.RF, n_estimators=2, verbose=False).n_estimators == 2
    model = learner.evaluate(test_size=0.5, verbose=False)
    assert len(learner.get_instances(model, n=None)) == 4
    assert learner.get_instances(model, n=1, predictions=["maybe"]) == (None, None)

"""``Explainer(model)`` is ``Explainer.initialize(model)``; families are loaded when they are asked for."""

import inspect
import json
import subprocess
import sys

import pytest
import suffice
from suffice import BadInputError, Builder, Explainer

TREE = Builder.DecisionTree(2, Builder.DecisionNode(1, left=0, right=1))
FAMILIES = {
    "TreeExplainer": TREE,
    "ForestExplainer": Builder.RandomForest([TREE]),
    "BoostedExplainer": Builder.BoostedTreesRegression([TREE]),
    "MultiLabelExplainer": Builder.MultiLabel([TREE, TREE]),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_calling_it_is_initializing(family):
    model = FAMILIES[family]
    for make in (Explainer, Explainer.initialize):
        explainer = make(model, (1, 0), {"binary": ["f1", "f2"]}, setup_limit=60)
        assert type(explainer) is getattr(suffice, family)
        assert explainer.get_model() is model
        assert list(explainer.instance) == [1, 0]
    assert inspect.signature(Explainer) == inspect.signature(Explainer.initialize)


def test_errors_are_those_of_initialize():
    with pytest.raises(TypeError, match="unexpected keyword argument 'thoery'"):
        Explainer(TREE, thoery=None)
    with pytest.raises(TypeError, match="model"):
        Explainer()
    with pytest.raises(BadInputError, match="check"):
        Explainer(TREE, check=3)


def test_all_that_is_exported_is_there():
    assert {name for name in suffice.__all__ if not hasattr(suffice, name)} == set()
    assert set(suffice.__all__) <= set(dir(suffice))
    with pytest.raises(AttributeError, match="no attribute 'TreeExplorer'"):
        suffice.TreeExplorer  # noqa: B018


def test_families_are_loaded_when_they_are_asked_for():
    code = (
        "import json, sys, suffice; before = [*sys.modules]; suffice.ForestExplainer; "
        "print(json.dumps([[m for m in them if m.endswith('.explainer')] for them in (before, sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd="/")
    before, after = json.loads(done.stdout)
    assert before == []
    assert after == ["suffice.explainers.forest.explainer"]

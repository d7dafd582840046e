"""``Explainer(model)`` is ``Explainer.initialize(model)``; families are loaded when they are asked for."""

import inspect
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
import suffice
from suffice import BadInputError, Builder, Explainer, UnsupportedModelError
from suffice.encoders import catalog
from suffice.encoders.encoder import Traits

TREE = Builder.DecisionTree(2, Builder.DecisionNode(1, left=0, right=1))


class Odd:
    """A model whose encoder makes no form that anyone knows."""


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


@pytest.mark.parametrize("form", [None, 3, "a form"])
def test_a_form_that_no_family_takes_is_told(form):
    """It once was taken for a tree."""
    encoder = SimpleNamespace(
        accepts=lambda model: isinstance(model, Odd), column_names=lambda model: ("a",),
        takes_missing=lambda model: False, compile_model=lambda model, *, names, missing: form, TRAITS=Traits(),
    )  # fmt: skip
    catalog.register(encoder)
    try:
        with pytest.raises(UnsupportedModelError, match=rf"to a {type(form).__name__}, .* expected a "):
            Explainer.initialize(Odd())
    finally:
        catalog.unregister(encoder)


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

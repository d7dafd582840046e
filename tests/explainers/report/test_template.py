"""The template of a picture can be copied: the copy draws what reasons of all families and kinds say."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer

from tests.house.copies import copied

X = np.random.default_rng(0).integers(0, 5, (80, 3)).astype(float)
Y = np.column_stack([X[:, 0] > 1, X[:, 1] + X[:, 2] > 4]).astype(int)
MODELS = [
    DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, Y[:, 1]),
    RandomForestClassifier(3, max_depth=3, random_state=0).fit(X, Y[:, 1]),
    GradientBoostingRegressor(n_estimators=3, max_depth=2, random_state=0).fit(X, X[:, 0]),
    MultiOutputClassifier(DecisionTreeClassifier(max_depth=3, random_state=0)).fit(X, Y),
]


@pytest.fixture(scope="module")
def draw(tmp_path_factory):
    pytest.importorskip("matplotlib").use("Agg")
    return copied("explainers/report/TEMPLATE.py", tmp_path_factory.mktemp("copy")).draw_statements


def explainer_of(model):
    explainer = Explainer.initialize(model, X[0])
    if isinstance(model, GradientBoostingRegressor):
        value = explainer.target_prediction
        explainer.set_interval(value - 0.5, value + 0.5)
    return explainer


def written(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_what_reasons_say_is_written(draw, model):
    explainer = explainer_of(model)
    for reason in (
        explainer.minimal_sufficient_reason(),
        explainer.contrastive_reason(),
        explainer.sufficient_reason(over="features"),
        pickle.loads(pickle.dumps(explainer.contrastive_reason())),
    ):
        ax = draw(reason)
        assert [line.split("   (yours")[0] for line in written(ax)] == list(reason.features)
        assert all(value in line for value, line in zip(reason.own_values, written(ax), strict=False))
        assert ax.get_title() == f"{reason.kind} [{reason.status}]"
        assert len(ax.patches) == len(reason.features)
        ax.figure.canvas.draw()


def test_changes_have_another_colour(draw):
    explainer = explainer_of(MODELS[0])
    stays, changes = (draw(reason).patches[0].get_facecolor() for reason in (
        explainer.sufficient_reason(), explainer.contrastive_reason()
    ))  # fmt: skip
    assert stays != changes


def test_axes_that_are_given_are_drawn_into(draw):
    import matplotlib.pyplot as plt

    reason = explainer_of(MODELS[0]).sufficient_reason()
    ax = plt.subplots()[1]
    assert draw(reason, ax=ax) is ax
    assert len(written(ax)) == len(reason.features)


def test_a_reason_of_nothing_says_so(draw):
    constant = DecisionTreeClassifier().fit(X, np.zeros(len(X)))
    assert written(draw(Explainer.initialize(constant, X[0]).sufficient_reason())) == ["always"]


def test_what_is_no_reason_is_refused(draw):
    with pytest.raises(BadInputError, match=r"reason=\(1, 2\): expected a reason"):
        draw((1, 2))


def test_matplotlib_is_loaded_by_the_picture_alone():
    code = "import sys, suffice.explainers.report.TEMPLATE as t; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

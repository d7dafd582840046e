"""The picture of a box says what the reason says."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.tree import DecisionTreeClassifier

mpl.use("Agg")

from suffice import BadInputError, Explainer  # after the choice of what draws
from suffice.report import alt_text, plot_box  # as before


def test_what_is_drawn_is_what_the_box_says():
    data = load_breast_cancer(as_frame=True)
    tree = DecisionTreeClassifier(random_state=0).fit(data.data, data.target)
    explainer = Explainer.initialize(tree, data.data.iloc[3], background=data.data)
    box = explainer.most_general_reason(weight="coverage")
    ax = plot_box(box, explainer.instance, decision="malignant", data=data.data)
    told = alt_text(ax)
    assert told.startswith("Everybody in these ranges: malignant (covers ")
    assert all(statement in told for statement in box.features)
    texts = {text.get_text() for text in ax.texts}
    assert {part.feature for part in box.parts} <= texts
    with pytest.raises(BadInputError, match="expected a reason"):
        plot_box(None, explainer.instance)
    with pytest.raises(BadInputError, match=r"expected explainer\.instance"):
        plot_box(box, data.data.iloc[3])

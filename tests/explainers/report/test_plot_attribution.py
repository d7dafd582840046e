"""Pictures of chances and shares write what the results say; nothing is cut."""

from fractions import Fraction

import numpy as np
import pytest
import suffice
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from suffice.engine.reasons.attribution import Attribution, Share
from suffice.engine.status import Status, Stop

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
from suffice.report import alt_text, plot_attribution, plot_precision  # noqa: E402  # after the choice of what draws

X, Y = load_breast_cancer(return_X_y=True)
MODEL = RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, Y)
EXPLAINER = suffice.Explainer.initialize(MODEL, X[0], background=X)


def written(ax):
    """All texts of a picture."""
    return [text.get_text() for text in ax.texts]


def widths(ax, gid):
    """The widths of its boxes of a kind."""
    return [patch.get_width() for patch in ax.patches if patch.get_gid() == gid]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shares(theme):
    shap = np.zeros(30)
    found = EXPLAINER.attribution()
    wrong = EXPLAINER.get_feature_names().index(found.irrelevant[0])
    shap[wrong] = -0.25
    told = EXPLAINER.attribution(shap=shap)
    ax = plot_attribution(told, theme=theme)
    some = [item for item, share in told.items() if share.upper][:3]
    assert {*some, found.irrelevant[0], "-0.25: but no reason has it"} <= set(written(ax))
    drawn = widths(ax, "share")
    assert drawn == sorted(drawn, reverse=True)
    assert told.grounds in alt_text(ax)


def test_bounds_and_what_is_not_known():
    half, none = Share(Fraction(1, 4), Fraction(1, 2), Fraction(1, 3)), Share(None, None, Fraction(1, 5))
    told = Attribution("ffa", {"a": half, "b": none}, n_reasons=9, status=Status.BEST_SO_FAR, stop=Stop.TIME_LIMIT)
    ax = plot_attribution(told)
    assert "25 % to 50 % (about 33.33 % of those found)" in written(ax)
    assert "not known (20 % of those found)" in written(ax)
    assert widths(ax, "bounds")[0] == 2 * widths(ax, "share")[0]


def test_precision():
    always, often = EXPLAINER.sufficient_reason(), EXPLAINER.probable_reason(delta=0.9, distribution="rows")
    ax = plot_precision([always, often])
    assert {"for every input, proved", f"for {often.precision.said}"} <= set(written(ax))
    assert len(widths(ax, "statement")) == len(always.features) + len(often.features)
    whole, part = widths(ax, "share")
    assert part / whole == pytest.approx(float(often.precision.lower))
    assert len(widths(plot_precision(often), "share")) == 1


@pytest.mark.parametrize("given", [None, 3, [], ["a"], [EXPLAINER.contrastive_reason()]])
def test_refused(given):
    with pytest.raises(suffice.BadInputError):
        plot_precision(given)
    with pytest.raises(suffice.BadInputError):
        plot_attribution(given)

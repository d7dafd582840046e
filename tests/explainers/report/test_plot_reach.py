"""Pictures of reaches write what the results say."""

import math

import pytest
from suffice import BadInputError
from suffice.engine.reasons.reach import Reach
from suffice.engine.status import Status

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
from suffice.report import alt_text, plot_reach  # noqa: E402  # after the choice of what draws

PROVED = Reach(1.5, 1.5, "linf", Status.PROVED)
PART = Reach(0.5, 3.0, "linf", Status.BEST_SO_FAR)
FAR = Reach(math.inf, math.inf, "linf", Status.PROVED)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars(theme):
    ax = plot_reach({"a": PROVED, "b": PART, "c": FAR}, theme=theme)
    texts = [text.get_text() for text in ax.texts]
    assert {"a", "1.5", "0.5 at least, and not beyond 3", "wherever it moves"} <= set(texts)
    full = [patch.get_width() for patch in ax.patches if patch.get_gid() == "share"]
    assert full[0] == pytest.approx(3 * full[1])
    assert full[2] > full[0]
    assert "b holds up to linf distance 0.5 at least" in alt_text(ax)
    assert "the reason" in [text.get_text() for text in plot_reach(PROVED).texts]


@pytest.mark.parametrize("wrong", [None, {}, {"a": 1.5}, {"a": PROVED, "b": Reach(1.0, 1.0, "l1", Status.PROVED)}])
def test_refused(wrong):
    with pytest.raises(BadInputError, match="expected"):
        plot_reach(wrong)

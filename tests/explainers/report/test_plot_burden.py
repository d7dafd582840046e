"""Pictures of burden and coverage: what is drawn is what the results say."""

import math

import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from suffice import BadInputError  # noqa: E402  # after the choice of what draws
from suffice.report import alt_text, plot_burden, plot_coverage  # noqa: E402

from tests.explainers.keeping.test_population import AUDIT, FEW  # noqa: E402


def boxes(ax, gid):
    return [patch for patch in ax.patches if patch.get_gid() == gid]


@pytest.mark.parametrize("measure", ["refused", "plan", "no_plan", "within", "beyond", "mean", "median"])
def test_bars_say_the_measure(measure):
    ax = plot_burden(AUDIT, measure)
    told = AUDIT.burden()
    assert len(boxes(ax, "known")) == len(told)
    widths = [patch.get_width() for patch in boxes(ax, "known")]
    for one, width in zip(told, widths, strict=True):
        assert (width > 0) == (not math.isnan(one.of(measure).low) and one.of(measure).low > 0)
    assert all(one.group in alt_text(ax) for one in told)


def test_bars_of_common_actions():
    ax = plot_coverage(FEW)
    assert len(boxes(ax, "known")) == len(FEW.curve)
    heights = [patch.get_height() for patch in boxes(ax, "known")]
    assert heights == sorted(heights)
    assert FEW[0].text in alt_text(ax)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_burden(FEW), lambda: plot_coverage(AUDIT), lambda: plot_burden(AUDIT, "cost"),
        lambda: plot_burden(AUDIT, theme="red"), lambda: plot_coverage(FEW, ax=5),
        lambda: plot_burden(AUDIT, budget=-1),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn(draw):
    with pytest.raises(BadInputError):
        draw()

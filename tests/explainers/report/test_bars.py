"""The frame of bars: where lines lie, and how high pictures are."""

from suffice.explainers.report.bars import BAR, EDGE, GAP, NAMES, Bars, height_of
from suffice.explainers.report.sheet import Sheet
from suffice.explainers.report.style import style_of


def test_lines_and_bars():
    assert height_of(60, 3, 2, 8) == 60 + 3 * (2 * BAR + GAP) + 8
    assert height_of(60, 0, 1, 8) == height_of(60, 1, 1, 8)
    style = style_of("light")
    bars = Bars(Sheet(None, style, 400, 300), 60, 2, 100)
    assert (bars.left, bars.wide) == (EDGE + NAMES, 400 - 2 * EDGE - NAMES - 100)
    assert bars.top(1) - bars.top(0) == 2 * BAR + GAP
    bars.sheet.title("A title")
    bars.name(0, "feature")
    bars.bar(0, 1, 0.5, style.holds, "share")
    bars.say(0, 1, 0.5, "half")
    bars.ticks((0, 1), 1)
    patch = bars.sheet.ax.patches[0]
    assert (patch.get_x(), patch.get_width()) == (bars.left, bars.wide / 2)
    assert [one.get_text() for one in bars.sheet.ax.texts] == ["A title", "feature", "half"]
    assert len(bars.sheet.ax.lines) == 2

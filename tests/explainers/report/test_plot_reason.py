"""What a picture of a reason writes is what the reason says; it serves kept explanations, and both themes."""

import numpy as np
import pandas
import pytest
from sklearn.tree import DecisionTreeClassifier
from suffice import explain, from_json
from suffice.engine.errors import BadInputError
from suffice.engine.reasons.parts import Part
from suffice.explainers.report.lanes import Lane, bounds_of, span_of
from suffice.explainers.report.style import style_of

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
import matplotlib.pyplot  # noqa: E402
from suffice.explainers.report.draw_lanes import draw_lane  # noqa: E402  # after the choice of what draws
from suffice.explainers.report.sheet import Sheet  # noqa: E402
from suffice.report import plot_population, plot_reason  # noqa: E402

RNG = np.random.default_rng(3)
X = pandas.DataFrame(
    {"age": RNG.integers(18, 80, 90), "debt": RNG.normal(0, 3, 90).round(2), "home": RNG.integers(0, 3, 90)}
)
Y = np.where((X["age"] > 40) & ((X["debt"] > 1) | (X["home"] == 1)), "yes", "no")
TREE = DecisionTreeClassifier(random_state=0).fit(X, Y)
MANY = explain(TREE, X, features_type={"home": [0, 1, 2]})


def texts(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["sufficient", "contrastive"])
@pytest.mark.parametrize("kept", [False, True])
def test_every_feature_of_a_reason_has_its_lane(theme, kind, kept):
    for one in MANY[:8]:
        shown = from_json(one.to_json()) if kept else one
        ax = plot_reason(shown, kind=kind, data=X, theme=theme)
        reason = one.sufficient if kind == "sufficient" else one.contrastive[0]
        written = texts(ax)
        for part in reason.parts:
            assert part.feature in written
        if kind == "contrastive":
            new = {f"{reason.witness[name]:.10g}" for name in reason.witness.changed if name != "home"}
            assert new <= set(written)
        assert any(one.predicted in said for said in written)
        ax.figure.canvas.draw()
        matplotlib.pyplot.close(ax.figure)


def test_it_draws_where_it_is_told():
    ax = matplotlib.pyplot.subplots()[1]
    assert plot_reason(MANY[0], ax=ax) is ax
    assert plot_population(MANY, ax=matplotlib.pyplot.subplots()[1]).texts


def test_shares_are_those_of_the_reasons():
    ax = plot_population(MANY, changes=True)
    written = texts(ax)
    for name in X.columns:
        count = sum(any(part.feature == name for part in MANY.reason(i).parts) for i in range(len(MANY)))
        assert f"{count / len(MANY):.0%}" in written
        assert name in written


@pytest.mark.parametrize(
    ("values", "new", "shown"), [(("false", "true"), False, "false"), (tuple("0123456789"), 0, "0"), (("a",), "a", "a")]
)
def test_the_changed_value_is_among_those_that_are_shown(values, new, shown):
    sheet, own = Sheet(None, style_of("light"), 400, 60), values[-1]
    draw_lane(sheet, 0, 30, 300, Lane(Part("f", "", (), values, values[2:], own=own), own, new, None), "#0072b2")
    chips = {t.get_text(): t.get_position() for t in sheet.ax.texts}
    framed = [p for p in sheet.ax.patches if p.get_edgecolor() == matplotlib.colors.to_rgba(style_of("light").changes)]
    assert len(framed) == 1
    assert framed[0].get_bbox().contains(*chips[shown])


def test_a_reason_of_whole_features_shows_their_values():
    one = explain(TREE, X[:1], over="features")[0]
    written = texts(plot_reason(one))
    for part in one.sufficient.parts:
        assert part.allowed == (part.own,)
        assert {part.feature, part.own} <= set(written)


def test_a_prediction_without_a_reason_says_why():
    none = explain(TREE, X[:1], excluded=list(X.columns))[0]
    assert "no reason without the excluded features" in texts(plot_reason(none))


@pytest.mark.parametrize(
    "ask", [lambda: plot_reason(MANY), lambda: plot_reason(MANY[0], kind="minimal"), lambda: plot_population(MANY[0]),
            lambda: plot_reason(MANY[0], theme="blue"), lambda: plot_reason(MANY[0], theme=3)]
)  # fmt: skip
def test_misuse_is_told(ask):
    with pytest.raises(BadInputError, match="expected"):
        ask()


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (((-np.inf, 3.0),), "up to 3"), (((2.5, np.inf),), "above 2.5"), (((1.0, 2.00000001),), "above 1, up to ≈ 2"),
        (((-np.inf, 1.0), (4.0, 5.0)), "up to 1 or above 4, up to 5"),
    ],
)  # fmt: skip
def test_borders_that_are_rounded_say_so(runs, said):
    assert bounds_of(Part("a", "", runs)) == said


def test_a_lane_shows_the_value_and_all_borders():
    lane = Lane(Part("a", "", ((2.0, 8.0), (30.0, np.inf))), 5.0, 40.0, np.array([0.0, 10.0]))
    low, high = span_of(lane)
    assert low < 0
    assert high > 40
    assert span_of(Lane(Part("a", "", ((-np.inf, 3.0),)), 3.0, None, None))[0] < 3

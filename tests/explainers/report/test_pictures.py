"""Pictures write what the results say: paths, regions, changes; nothing is cut, and nothing lies on something else."""

import itertools
import threading

import numpy as np
import pandas
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, Status, explain, from_json
from suffice.engine.errors import BadInputError
from suffice.explainers.report.planes import decided, side_of
from suffice.explainers.report.tree_shown import forced_by, nodes_of_tree, open_nodes, path_of

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
import matplotlib.pyplot  # noqa: E402
from suffice.report import (  # noqa: E402  # after the choice of what draws
    alt_text,
    plot_boundary,
    plot_changes,
    plot_population,
    plot_reason,
    plot_tree,
    save_picture,
)

RNG = np.random.default_rng(7)
NAMES = ["$x^2$", "a_b", "<i>&", "line\nbreak", "very long " * 9, "\\frac{1}{2}", "p%"]
X = pandas.DataFrame(RNG.normal(size=(150, 7)).round(2), columns=NAMES)
X.iloc[0] *= 1e7  # far outside
SUM = X.iloc[:, :5].sum(axis=1)
THREE = np.where(SUM > 1, "$a_b$", np.where(SUM < -1, "no\nway", "a very long label " * 5))
TREE = DecisionTreeClassifier(random_state=0).fit(X, THREE)
FOREST = RandomForestClassifier(7, max_depth=4, random_state=0).fit(X, THREE)
NUMBER = RandomForestRegressor(7, max_depth=5, random_state=0).fit(X, SUM)
ROWS = {
    "tree": explain(TREE, X[:4]), "forest": explain(FOREST, X[:4]), "number": explain(NUMBER, X[1:5], tolerance=2.0),
}  # fmt: skip
DRAW = {
    "reason": lambda one, **how: plot_reason(one, data=X, **how),
    "change": lambda one, **how: plot_reason(one, kind="contrastive", data=X, **how),
    "changes": lambda one, **how: plot_changes(one, data=X, **how),
    "tree": plot_tree,
}


def boxes(ax):
    """The texts of a picture and where they are drawn."""
    ax.figure.canvas.draw()
    renderer = ax.figure.canvas.get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in ax.texts if text.get_text()]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [None, (4.0, 3.0), (14.0, 9.0)])
@pytest.mark.parametrize("model", ROWS)
@pytest.mark.parametrize("picture", DRAW)
def test_no_text_is_cut_or_lies_on_another(picture, model, size, theme):
    for place in (0, 2):
        ax = DRAW[picture](ROWS[model][place], theme=theme, size=size)
        width, height = ax.figure.canvas.get_width_height()
        written = boxes(ax)
        for said, box in written:
            assert box.x0 >= -1, said
            assert box.y0 >= -1, said
            assert box.x1 <= width + 1, said
            assert box.y1 <= height + 1, said
        for (one, a), (other, b) in itertools.combinations(written, 2):
            wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert wide < 2 or high < 2.5 * ax.figure.dpi / 100, (one, other)
        matplotlib.pyplot.close(ax.figure)


def test_texts_are_drawn_literally():
    written = list(plot_reason(ROWS["forest"][0]).texts)
    assert all(not text.get_parse_math() and not text.get_usetex() for text in written)
    assert not any("\n" in text.get_text() for text in written)
    head = plot_boundary(ROWS["forest"][0], "$x^2$", "line\nbreak")
    assert head.get_xlabel() == "$x^2$"
    assert head.get_ylabel() == "line\\nbreak"
    assert not head.xaxis.label.get_parse_math()


@pytest.mark.parametrize("place", range(4))
def test_the_path_is_that_of_the_model(place):
    one = ROWS["tree"][place]
    ax = plot_tree(one, most=60)
    steps = TREE.decision_path(one.instance.row).indices
    assert len([line for line in ax.lines if line.get_gid() == "path"]) == len(steps) - 1
    inside = TREE.tree_.feature[steps[:-1]]
    bold = [text.get_text() for text in ax.texts if text.get_weight() == "bold"][1:]
    assert len(bold) == len(steps)
    assert sorted(set(inside)) == sorted({NAMES.index(part) for part in NAMES if any(_has(b, part) for b in bold[:-1])})


def _has(said, name):
    return name.replace("\n", "\\n")[:12].strip() in said or name.replace("\\", "\\\\")[:12] in said


@pytest.mark.parametrize("over", ["literals", "features"])
def test_what_a_reason_leaves_open_in_a_tree_is_decided_alike(over):
    for one in explain(TREE, X, over=over)[:25]:
        session = one.placed()
        nodes = nodes_of_tree(session.compiled, 0)
        reached = open_nodes(nodes, forced_by(session.space, one.sufficient, session.here.cells))
        labels = {session.compiled.classes[nodes.leaf[node]] for node in reached if not nodes.literal[node]}
        assert labels == {one.prediction}
        assert set(path_of(nodes, session.here.truth)) <= reached


@pytest.mark.parametrize("model", ["tree", "forest", "number"])
def test_regions_are_decided_as_the_model_does(model):
    fitted = {"tree": TREE, "forest": FOREST, "number": NUMBER}[model]
    one = ROWS[model][1]
    session = one.placed()
    row = session.placed_row
    a, b = side_of(session, 0, row, [], None), side_of(session, "a_b", row, [], None)
    told = decided(session, row, a, b)
    assert told.shape == (len(b.edges) - 1, len(a.edges) - 1)
    for _ in range(200):
        i, j = RNG.integers(told.shape[0]), RNG.integers(told.shape[1])
        changed = one.instance.row.copy()
        changed.iloc[0, 0] = x = float(np.float32(RNG.uniform(a.edges[j], a.edges[j + 1])))  # as the model reads it
        changed.iloc[0, 1] = y = float(np.float32(RNG.uniform(b.edges[i], b.edges[i + 1])))
        if not (a.edges[j] <= x < a.edges[j + 1] and b.edges[i] <= y < b.edges[i + 1]):
            continue
        wanted = fitted.predict(changed)[0]
        said = told[i, j] if model == "number" else session.compiled.classes[int(told[i, j])]
        assert said == wanted if model != "number" else said == pytest.approx(wanted)


def test_the_frame_is_what_the_reason_allows():
    for one in ROWS["forest"]:
        ax = plot_boundary(one, 0, 1)
        frames = [patch for patch in ax.patches if patch.get_gid() == "frame"]
        assert len(frames) == 1
        for side, name in enumerate(NAMES[:2]):
            part = next((part for part in one.sufficient.parts if part.feature == name), None)
            low, high = part.runs[0] if part is not None else (-np.inf, np.inf)
            limits = (ax.get_xlim(), ax.get_ylim())[side]
            box = (frames[0].get_bbox().intervalx, frames[0].get_bbox().intervaly)[side]
            assert box == pytest.approx((max(low, limits[0]), min(high, limits[1])))


def test_categories_are_ticks_and_changed_rows_are_marked():
    home = RNG.integers(0, 3, 150)
    table = pandas.DataFrame({"home": home, "debt": RNG.normal(size=150).round(2)})
    labels = np.where((home == 1) & (table["debt"] > 0), "yes", "no")
    fitted = DecisionTreeClassifier(random_state=0).fit(table, labels)
    many = explain(fitted, table, features_type={"home": [0, 1, 2]})
    one = next(one for one in many if one.prediction == "yes")
    ax = plot_boundary(one, "home", "debt", data=table)
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0", "1", "2"]
    moved = [tuple(line.get_xydata()[0]) for line in ax.lines if line.get_gid() == "moved"]
    wanted = {(float(r.witness["home"]), float(r.witness["debt"])) for r in one.contrastive}
    assert set(moved) == wanted


def test_changes_show_both_values_and_predictions():
    one = ROWS["tree"][2]
    ax = plot_changes(one, most=2)
    said = alt_text(ax)
    written = " ".join(text.get_text() for text in ax.texts)
    for number, reason in enumerate(one.contrastive[:2], 1):
        assert f"{number}: " in said
        for name in reason.witness.changed:
            assert f"{reason.witness[name]:.10g}" in written
            assert f"{one.instance[name]:.10g}" in written
    kept = from_json(one.to_json())
    assert plot_changes(kept, most=1).texts
    assert "of" in " ".join(text.get_text() for text in plot_changes(one, most=1).texts)


def test_what_is_not_proved_is_said():
    one = ROWS["forest"][1]
    shown = from_json(one.to_json())
    shown.sufficient = one.sufficient.with_proof(status=Status.BEST_SO_FAR)
    assert any(text.get_text().startswith("not proved") for text in plot_reason(shown).texts)


def test_shares_of_necessary_features():
    many = explain(TREE, X[:20])
    counts = many.necessary_counts()
    ax = plot_population(many, necessary=True, most=30)
    assert {f"{count / 20:.0%}" for count in counts.values()} <= {text.get_text() for text in ax.texts}
    widths = [patch.get_width() for patch in ax.patches if patch.get_gid() == "share"]
    assert len(widths) % 2 == 0


def test_files_have_texts_and_nothing_of_matplotlib_changes(tmp_path):
    before = dict(matplotlib.rcParams)
    ax = plot_tree(ROWS["tree"][0], theme="dark")
    for name in ("a.svg", "a.png", "a.pdf"):
        save_picture(ax, tmp_path / name)
    svg = (tmp_path / "a.svg").read_text()
    assert "<text" in svg
    assert "Tree" in alt_text(ax) or "tree" in alt_text(ax)
    assert dict(matplotlib.rcParams) == before


def test_threads_draw_without_pyplot():
    made = []
    thread = threading.Thread(target=lambda: made.append(plot_reason(ROWS["forest"][1])))
    open_before = matplotlib.pyplot.get_fignums()
    thread.start()
    thread.join()
    assert made[0].texts
    assert matplotlib.pyplot.get_fignums() == open_before


@pytest.mark.parametrize(
    "ask",
    [
        lambda: plot_tree(3), lambda: plot_tree(ROWS["forest"][0], tree=7), lambda: plot_tree(TREE, tree=True),
        lambda: plot_tree(from_json(ROWS["tree"][0].to_json())), lambda: plot_tree(TREE, most=1),
        lambda: plot_tree(TREE, reason=ROWS["tree"][0].sufficient), lambda: plot_boundary(TREE, 0, 1),
        lambda: plot_boundary(ROWS["tree"][0], "none", 1), lambda: plot_boundary(ROWS["tree"][0], 1, 1),
        lambda: plot_boundary(Explainer(TREE), 0, 1), lambda: plot_changes(ROWS["tree"][0], [3]),
        lambda: plot_changes(ROWS["tree"]), lambda: plot_changes(ROWS["tree"][0], most=0),
        lambda: plot_reason(ROWS["tree"][0], size=(0, 3)), lambda: plot_reason(ROWS["tree"][0], ax=3),
        lambda: save_picture(3, "a.png"), lambda: save_picture(plot_reason(ROWS["tree"][0]), "a.gif"),
        lambda: plot_population(ROWS["tree"], most=0),
        lambda: plot_tree(ROWS["tree"][0], reason=ROWS["forest"][0].sufficient),
    ],
)  # fmt: skip
def test_misuse_is_told(ask):
    with pytest.raises(BadInputError):
        ask()

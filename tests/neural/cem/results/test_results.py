"""Results: numbers, texts, pages, figures, and the published names."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from suffice.engine.errors import BadInputError
from suffice.engine.status import Status
from suffice.neural import CEM
from torch import nn

from tests.neural.nets import rows, seeded, small_cnn, tabular

QUICK = {"max_iterations": 20, "c_steps": 3}


@pytest.fixture(scope="module")
def table():
    names = ["age", "income", "debt", "home_own", "home_rent", "home_other"]
    X = rows(5, (6,), seed=3)
    X[:, 3:] = np.eye(3)[[0, 1, 2, 0, 1]]
    cem = CEM(
        tabular(seed=3),
        no_info=[0, 0, 0, 0, 0, 1],
        feature_range=(-1, 1),
        groups=[names[3:]],
        feature_names=names,
        **QUICK,
    )
    return cem.explain(X, mode="both")


@pytest.fixture(scope="module")
def images():
    return CEM(small_cnn(), "both", no_info=-1.0, feature_range=(-1, 1), **QUICK).explain(rows(3, (1, 6, 6)))


@pytest.fixture(scope="module")
def nothing():
    class Constant(nn.Module):
        def forward(self, x):
            return torch.stack([x[:, 0] * 0 + 2, x[:, 0] * 0 + 1], dim=1)

    return CEM(Constant().eval(), no_info=0.0, feature_range=(-1, 1), **QUICK).explain(rows(2, (4,)))


def test_texts_a_person_can_read(table, images, nothing):
    text = repr(table.pn)
    assert "pertinent negatives: " in text and "of 5 found" in text and "complete" in text
    row = next(row for row in table.pn if row.found)
    assert f"instance of class {row.original}: found" in repr(row)
    assert "change" in repr(row) and "->" in repr(row) and "margin" in repr(row)
    assert "of 36 values" in repr(images.pn[0]) or not images.pn[0].found
    assert "not found" in repr(nothing[0]) and "margin" in repr(nothing[0])
    assert "pertinent positive" in repr(table[0]) and "pertinent negative" in repr(table[0])
    assert "CEM(Sequential, mode='PN'" in repr(CEM(tabular()))


def test_changes_speak_in_features_and_categories(table):
    for row in [*table.pn, *table.pp]:
        assert len(row.changes) == row.n_changed
        for change in row.changes:
            if "home" in change.name:
                assert change.after in {"home_own", "home_rent", "home_other", "nothing"}
            else:
                assert change.before != change.after


def test_plain_values(table, images, nothing):
    for result in (table, images, nothing, table.pn, table[0], table.pn[0]):
        told = json.loads(result.to_json() if hasattr(result, "to_json") else json.dumps(result.to_dict()))
        assert told
        assert "NaN" not in json.dumps(told)
    assert json.loads(nothing.to_json())["rows"][0]["point"] is None
    assert json.loads(table.pn.to_json())["feature_names"][0] == "age"


def test_frames(table, nothing):
    pytest.importorskip("pandas")
    frame = table.pn.to_frame()
    assert len(frame) == 5 and {"original", "prediction", "margin", "changes", "reason"} <= set(frame.columns)
    assert len(table.to_frame()) == 10
    assert len(nothing.to_frame()) == 2
    assert list(table.pn[0].to_frame().columns) == ["feature", "before", "after"]


def test_pages_are_small_and_self_contained(table, images, nothing):
    for result in (table, images, nothing, table[0], images.pn[0], nothing[0]):
        page = result._repr_html_()
        assert page.count("<div") == page.count("</div>")
        assert "<script" not in page and "http" not in page
        assert len(page) < 60_000
    assert "data:image/png;base64," in images._repr_html_()
    assert "home" in table._repr_html_() or "age" in table._repr_html_()


def test_names_are_escaped_in_pages():
    cem = CEM(tabular(features=2), no_info=0.0, feature_range=(-1, 1), feature_names=["<b>", "&"], **QUICK)
    page = cem.explain(rows(3, (2,)))._repr_html_()
    assert "<td style='text-align:left'><b>" not in page


def test_figures(table, images, nothing, tmp_path):
    pytest.importorskip("matplotlib")
    for i, result in enumerate((table, images, nothing, table.pn, images.pp, table[0], images.pn[0], nothing[0])):
        path = tmp_path / f"{i}.png"
        figure = result.plot(path=path)
        assert path.stat().st_size > 1000
        assert figure.axes
        assert "confirmed by the model" in figure.get_supxlabel()


def test_differences_are_on_one_scale(images):
    pytest.importorskip("matplotlib")
    figure = images.pn.plot()
    deltas = [np.asarray(one.delta, dtype=float) for one in images.pn if one.delta is not None]
    largest = max(float(np.abs(delta.reshape(delta.shape[-2:])).max()) for delta in deltas)
    assert np.allclose(figure.axes[-1].get_ylim(), (-largest, largest))


def test_pictures_of_all_layouts():
    from suffice.neural.pictures import as_image, png

    assert as_image(np.zeros((5, 6))).shape == (5, 6)
    assert as_image(np.zeros((1, 5, 6))).shape == (5, 6)
    assert as_image(np.zeros((5, 6, 1))).shape == (5, 6)
    assert as_image(np.zeros((3, 5, 6))).shape == (5, 6, 3)
    assert as_image(np.zeros((5, 6, 3))).shape == (5, 6, 3)
    assert (
        as_image(np.zeros(7)) is None and as_image(np.zeros((2, 5, 6))) is None and as_image(np.zeros((1, 9))) is None
    )
    assert png(np.zeros((2, 2, 3), dtype=np.uint8)).startswith(b"\x89PNG")


def test_containers(table):
    assert len(table) == len(table.pn) == len(list(table.pp)) == 5
    assert table.pn[-1].to_dict() == table.pn[4].to_dict()
    assert len(table.pn[1:3]) == 2 and len(table[1:3]) == 2
    with pytest.raises(IndexError):
        table.pn[5]
    assert table.status is Status.COMPLETE
    assert table.PN.shape == table.PP.shape == table.X.shape
    assert table.grads_graph.shape == (2, 5, 6) and table.grads_num.shape == (2, 5, 6)
    assert len(table.X_pred) == 5
    assert table.pn.work.predict_calls > 0 and table.pn.work.verified == "float64"


def test_slopes_at_the_points_are_those_of_the_objective():
    net = tabular(seed=7).double()
    X = rows(4, (6,), seed=1, kind=np.float64)
    found = CEM(net, no_info=0.0, feature_range=(-2, 2), kappa=0.1, **QUICK).explain(X)
    for row in range(4):
        point = torch.from_numpy(found.point[row : row + 1]).requires_grad_(True)
        scores = net(point)
        own = int(found.X_pred[row])
        others = torch.cat([scores[:, :own], scores[:, own + 1 :]], dim=1).max()
        loss = torch.clamp(scores[0, own] - others, min=-0.1)
        (slope,) = torch.autograd.grad(loss, point)
        c = found.c[row] if np.isfinite(found.c[row]) else 1.0
        np.testing.assert_allclose(found.grads_graph[row], c * slope[0].numpy() + 2 * found.delta[row], atol=1e-6)
    assert (found.grads_num == 0).all()


def test_a_trace_tells_every_iteration():
    X = rows(3, (6,), seed=2)
    cem = CEM(tabular(), no_info=0.0, feature_range=(-2, 2), patience=None, **QUICK)
    found = cem.explain(X, trace=True)
    assert len(found.trace) == found.iterations.sum()
    lines = found.trace.of(1, 0)
    assert (lines["c"] == 1.0).all() and (np.diff(lines["k"]) == 1).all()
    assert lines["a"].shape == (len(lines["k"]), 6)
    assert cem.explain(X).trace is None


# What follows are the published scripts, with their own names: models and data stand in for the files they load.


@pytest.fixture(scope="module")
def published_images():
    x_train = np.random.default_rng(0).uniform(-0.5, 0.5, (40, 6, 6, 1)).astype(np.float32)

    def build():
        return nn.Sequential(nn.Flatten(), nn.Linear(36, 16), nn.ReLU(), nn.Linear(16, 4), nn.Softmax(dim=1))

    encoder = seeded(lambda: nn.Sequential(nn.Flatten(), nn.Linear(36, 36), nn.Unflatten(1, (6, 6, 1))))
    return x_train, seeded(build), encoder


@pytest.mark.parametrize("mode", [pytest.param("PN", marks=pytest.mark.slow), "PP"])
def test_the_published_script_on_images(published_images, mode):
    x_train, cnn, ae = published_images
    X = x_train[:1]
    shape = (1,) + x_train.shape[1:]  # noqa: RUF005
    cem = CEM(cnn, mode, shape, kappa=0., beta=.1,
              feature_range=(x_train.min(), x_train.max()),
              gamma=100, ae_model=ae, max_iterations=1000,
              c_init=1., c_steps=10, learning_rate_init=1e-2,
              clip=(-1000.,1000.), no_info_val=-1.)  # fmt: skip
    explanation = cem.explain(X)
    assert (explanation.X == X).all() and len(explanation.X_pred) == 1
    found = explanation.PN if mode == "PN" else explanation.PP
    pred = explanation.PN_pred if mode == "PN" else explanation.PP_pred
    assert found.shape == X.shape and len(pred) == 1
    assert explanation.grads_graph.shape == X.shape and (explanation.grads_num == 0).all()
    assert (explanation.PP if mode == "PN" else explanation.PN) is None


@pytest.mark.parametrize("how", ["median", "mean"])
def test_the_published_script_on_a_black_box(how):
    x_train = rows(60, (4,), seed=1)
    net = tabular(features=4)

    class Model:
        def predict(self, x):
            with torch.no_grad():
                return torch.softmax(net(torch.from_numpy(np.asarray(x, dtype=np.float32))), dim=1).numpy()

    lr = Model()
    predict_fn = lambda x: lr.predict(x)  # noqa: E731, PLW0108
    shape = (1,) + x_train.shape[1:]  # noqa: RUF005
    mode = "PP"
    cem = CEM(predict_fn, mode, shape, kappa=0., beta=.1,
              feature_range=(x_train.min(), x_train.max()),
              eps=(1e-2, 1e-2), update_num_grad=100)  # fmt: skip
    assert cem.fit(x_train, no_info_type=how) is cem
    np.testing.assert_allclose(cem.no_info, getattr(np, how)(x_train.astype(float), axis=0))
    explanation = cem.explain(x_train[0].reshape(shape))
    assert explanation.PP is not None and explanation.PP_pred[0] == explanation.X_pred[0]
    eps0 = np.array([[1e-2, 1e-2, 1e-2]])
    eps1 = np.array([[1e-2, 1e-2, 1e-2, 1e-2]])
    eps = (eps0, eps1)
    again = CEM(predict_fn, mode, shape, feature_range=(x_train.min(), x_train.max()), eps=eps, no_info_val=cem.no_info)
    assert again.explain(x_train[:1]).PP is not None


def test_a_positive_is_no_difference_to_what_was_before(images):
    pytest.importorskip("matplotlib")
    for result, title, than in ((images.pp, "what is present", "than blank"), (images.pn, "difference", "than before")):
        figure = result.plot()
        bar = figure.axes[-1]
        assert bar.get_title("left") == f"more\n{than}" and bar.get_xlabel() == f"less\n{than}"
        assert {panel.get_title() for panel in figure.axes[2:-1:3]} <= {title, ""}
    assert "from the blank image" in images.pp.plot().get_supxlabel().replace("\n", " ")
    assert "than the blank image" in next(one for one in images.pp if one.found)._repr_html_()


def test_no_word_of_a_figure_is_cut_and_themes_are_legible(images):
    pytest.importorskip("matplotlib")
    for theme, paper in (("light", "#ffffff"), ("dark", "#14181d")):
        figure = images.pp[0].plot(theme=theme)
        figure.canvas.draw()
        from matplotlib.colors import to_hex

        assert to_hex(figure.get_facecolor()) == paper
        high = figure.bbox.height
        for panel in figure.axes:
            for text in (panel.title, panel.xaxis.label):
                box = text.get_window_extent()
                assert not text.get_text() or (box.y0 >= 0 and box.y1 <= high), text.get_text()
    with pytest.raises(BadInputError, match="expected one of 'light', 'dark'"):
        images.pp.plot(theme="blue")

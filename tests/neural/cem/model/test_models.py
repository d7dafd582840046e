"""All kinds of models are taken, and left as they were found."""

from __future__ import annotations

import copy
import warnings
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from suffice.neural import CEM
from torch import nn

from tests.neural.nets import rows, small_cnn, tabular

QUICK = {"max_iterations": 10, "c_steps": 3}


@pytest.fixture(scope="module")
def flowers():
    data = load_iris(as_frame=True)
    return data.data, data.target_names[data.target]


def bounds(table):
    return np.asarray(table.min()), np.asarray(table.max())


@pytest.mark.parametrize(
    "estimator",
    [LogisticRegression(max_iter=500), SVC(kernel="rbf"), MLPClassifier((16,), max_iter=800, random_state=0)],
    ids=["logistic", "svm", "mlp"],
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_estimators_and_pipelines_on_data_frames(flowers, estimator):
    table, labels = flowers
    model = make_pipeline(StandardScaler(), estimator).fit(table, labels)
    cem = CEM(model, feature_range=bounds(table), **QUICK).fit(table)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # about names of columns, say
        found = cem.explain(table.iloc[[0, 60, 140]])
    assert found.found.all()
    assert list(found.X_pred) == list(model.predict(table.iloc[[0, 60, 140]]))
    changed = table.iloc[[0, 60, 140]].copy()
    changed[:] = found.PN
    assert list(model.predict(changed)) == list(found.PN_pred)
    assert (found.PN_pred != found.X_pred).all()
    assert "petal" in repr(found[0]) or "sepal" in repr(found[0])
    named = cem.explain(table.iloc[[0]], target="virginica")
    assert named.PN_pred is None or named.PN_pred[0] == "virginica"


def test_a_fitted_method_and_a_function_are_the_same(flowers):
    table, labels = flowers
    model = LogisticRegression(max_iter=500).fit(table.to_numpy(), labels)
    X = table.to_numpy()[[0, 80]]
    told = [
        CEM(given, no_info=np.zeros(4), feature_range=bounds(table), **QUICK).explain(X)
        for given in (model, model.predict_proba, partial(model.predict_proba))
    ]
    for other in told[1:]:
        assert np.array_equal(told[0].point, other.point)


def test_forests_are_steps_and_need_wide_differences(flowers):
    table, labels = flowers
    model = RandomForestClassifier(50, max_depth=4, random_state=0).fit(table.to_numpy(), labels)
    cem = CEM(model, feature_range=bounds(table), eps=(1e-2, 0.3), **QUICK).fit(table.to_numpy())
    found = cem.explain(table.to_numpy()[60:70])
    assert found.found.mean() >= 0.5


@pytest.mark.parametrize("loss", ["logit", "proba"])
def test_single_columns_stand_for_two_classes(loss):
    net = tabular(classes=1, seed=2)
    X = rows(8, (6,), seed=3)

    def column(given):
        with torch.no_grad():
            return torch.sigmoid(net(torch.from_numpy(given.astype(np.float32)))).numpy()

    def flat(given):
        return column(given)[:, 0]

    squashed = nn.Sequential(net, nn.Sigmoid()).eval()
    options = {"no_info": 0.0, "feature_range": (-2, 2), "loss": loss, **QUICK}
    told = [CEM(given, **options).explain(X) for given in (net, squashed, column, flat)]
    for found in told:
        assert found.found.all()
        assert ((column(X)[:, 0] > 0.5) == found.X_pred).all()
        assert ((column(found.PN)[:, 0] > 0.5) == found.PN_pred).all()
        assert found.objective.mean() == pytest.approx(told[0].objective.mean(), rel=0.05)


def test_onnx_files(tmp_path):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    from onnx import TensorProto, helper, numpy_helper

    net = tabular(features=4, seed=5)
    names = ["W0", "b0", "W1", "b1"]
    weights = [net[0].weight.T, net[0].bias, net[2].weight.T, net[2].bias]
    nodes = [
        helper.make_node("Gemm", ["x", "W0", "b0"], ["h"]),
        helper.make_node("Tanh", ["h"], ["t"]),
        helper.make_node("Gemm", ["t", "W1", "b1"], ["z"]),
        helper.make_node("Softmax", ["z"], ["probabilities"], axis=1),
    ]
    for rows_fixed in (None, 3):
        graph = helper.make_graph(
            nodes, "net",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [rows_fixed, 4])],
            [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [rows_fixed, 3])],
            [
                numpy_helper.from_array(weight.detach().numpy().copy(), name)
                for weight, name in zip(weights, names, strict=True)
            ],
        )  # fmt: skip
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        path = tmp_path / f"net{rows_fixed}.onnx"
        onnx.save(model, str(path))
        X = rows(2, (4,), seed=6)
        options = {"no_info": 0.0, "feature_range": (-2, 2), "loss": "proba", "eps": 1e-2, **QUICK}
        exact = CEM(nn.Sequential(net, nn.Softmax(dim=1)).eval(), **options).explain(X)
        for given in (str(path), model):
            found = CEM(given, **options).explain(X)
            assert found.work.verified == "float32"
            assert (found.X_pred == exact.X_pred).all()
            assert found.objective.mean() <= exact.objective.mean() * 1.05


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 6, 6), (2, 2, 3, 2)])
def test_any_shape(shape):
    class Flat(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = tabular(features=int(np.prod(shape)), seed=4)

        def forward(self, x):
            assert x.shape[1:] == shape
            return self.inner(x.reshape(len(x), -1))

    X = rows(3, shape, seed=1)
    found = CEM(Flat().eval(), "both", no_info=np.zeros(shape), feature_range=(-2, 2), **QUICK).explain(X)
    assert found.pn.point.shape == X.shape == found.pp.delta.shape
    one = CEM(Flat().eval(), "PN", (1, *shape), no_info=0.0, feature_range=(-2, 2), **QUICK).explain(X[0])
    assert np.array_equal(one.point[0], found.pn.point[0], equal_nan=True)


def test_kinds_of_rows():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    net = tabular(seed=1)
    X = rows(3, (6,), seed=2)
    cem = CEM(net, no_info=0.0, feature_range=(-2, 2), **QUICK)
    plain = cem.explain(X)
    columns = list("abcdef")
    wide = np.zeros((3, 12), dtype=np.float32)
    wide[:, ::2] = X
    for given in (
        torch.from_numpy(X), torch.from_numpy(X).requires_grad_(True), pandas.DataFrame(X, columns=columns),
        polars.DataFrame(X, schema=columns), wide[:, ::2], np.asfortranarray(X),
    ):  # fmt: skip
        assert np.array_equal(cem.explain(given).point, plain.point)
    assert cem.explain(X.tolist()).found.all()
    assert cem.explain(X[0]).point.shape == (1, 6)
    assert cem.explain(pandas.DataFrame(X, columns=columns))[0].names == tuple(columns)


def test_the_model_is_left_as_found():
    net = small_cnn()
    fired = []
    net[0].register_forward_hook(lambda *_: fired.append(1))
    net[0].weight.requires_grad_(False)
    net[2].weight.grad = torch.ones_like(net[2].weight)
    before = copy.deepcopy(net.state_dict())
    flags = [(p.requires_grad, p.device, p.dtype) for p in net.parameters()]
    hooks = [len(part._forward_hooks) for part in net.modules()]
    X = rows(2, (1, 6, 6))
    given = X.copy()
    for options in ({}, {"dtype": "float64"}, {"dtype": "bfloat16"}, {"grad": "numeric", "immutable": range(4, 36)}):
        CEM(net, "both", no_info=-1.0, feature_range=(-1, 1), max_iterations=3, c_steps=2, **options).explain(X)
    assert (given == X).all()
    assert all(torch.equal(value, net.state_dict()[name]) for name, value in before.items())
    assert [(p.requires_grad, p.device, p.dtype) for p in net.parameters()] == flags
    assert [len(part._forward_hooks) for part in net.modules()] == hooks
    assert (net[2].weight.grad == 1).all() and net[5].weight.grad is None
    assert not net.training and fired


def test_modes_of_the_caller_do_not_matter():
    net, X = tabular(), rows(2, (6,))
    cem = CEM(net, no_info=0.0, feature_range=(-2, 2), **QUICK)
    plain = cem.explain(X)
    with torch.no_grad():
        assert np.array_equal(cem.explain(X).point, plain.point)
    with torch.inference_mode():
        assert np.array_equal(cem.explain(X).point, plain.point)
    torch.set_default_dtype(torch.float64)
    try:
        assert np.array_equal(cem.explain(X).point, plain.point)
    finally:
        torch.set_default_dtype(torch.float32)


def test_half_and_double_modules():
    X = rows(3, (6,))
    options = {"no_info": 0.0, "feature_range": (-2, 2), **QUICK}
    double = CEM(tabular().double(), **options).explain(X)
    half = CEM(tabular().to(torch.bfloat16), **options).explain(X)
    assert double.found.all() and half.found.all()


def test_functions_with_an_autoencoder_of_arrays():
    net = tabular()

    def function(given):
        with torch.no_grad():
            return torch.softmax(net(torch.from_numpy(given.astype(np.float32))), dim=1).numpy()

    def encoder(given):
        return given * 0.9

    options = {"no_info": 0.0, "feature_range": (-2, 2), "gamma": 0.5, **QUICK}
    found = CEM(function, autoencoder=encoder, **options).explain(rows(3, (6,)))
    assert found.found.all()
    np.testing.assert_allclose(found.autoencoder, 0.01 * (found.point.astype(float) ** 2).sum(axis=1), rtol=1e-5)
    np.testing.assert_allclose(found.total, found.objective + 0.5 * found.autoencoder, rtol=1e-6)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_on_a_gpu_the_same_within_rounding():
    net, X = small_cnn(), rows(8, (1, 6, 6))
    options = {"no_info": -1.0, "feature_range": (-1, 1)}
    here, there = CEM(net, **options).explain(X), CEM(net, device="cuda", **options).explain(X)
    assert (here.found == there.found).all()
    np.testing.assert_allclose(here.objective, there.objective, rtol=0.05, atol=1e-3)

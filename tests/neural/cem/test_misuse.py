"""What cannot be used is refused with a message that says what to do."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.svm import SVC
from suffice.engine.errors import BadInputError, MissingBackendError, UnsupportedModelError
from suffice.neural import CEM
from torch import nn

from tests.neural.nets import rows, small_cnn, tabular

X = rows(3, (6,))
FINE = {"no_info": 0.0, "feature_range": (-1.0, 1.0), "max_iterations": 3, "c_steps": 1}


def refused(message, *, model=None, X=X, explain=None, error=BadInputError, **options):
    with pytest.raises(error, match=message):
        CEM(tabular() if model is None else model, **{**FINE, **options}).explain(X, **(explain or {}))


def with_hole(value):
    bad = X.copy()
    bad[1, 2] = value
    return bad


@pytest.mark.parametrize(
    ("message", "case"),
    [
        ("row 1, feature .2,. is nan", {"X": with_hole(np.nan)}),
        ("row 1, feature .2,. is inf", {"X": with_hole(np.inf)}),
        ("row 1, feature 2 is 1.5, outside feature_range", {"X": with_hole(1.5)}),
        ("nothing to explain", {"X": X[:0]}),
        ("expected numbers", {"X": [["a", "b", "c", "d", "e", "f"]]}),
        ("expected numbers", {"X": [[1.0], [1.0, 2.0]]}),
        ("expected rows", {"X": 3.0}),
        ("fails on rows of shape", {"X": rows(3, (5,))}),
        ("expected .n, 28, 28", {"shape": (1, 28, 28)}),
        ("reversed at feature 0: 1 > -1", {"feature_range": (1.0, -1.0)}),
        ("reversed at feature 3", {"feature_range": (np.full(6, -1.0), np.array([1, 1, 1, -2.0, 1, 1]))}),
        ("feature_range", {"feature_range": (0.0, 1.0, 2.0)}),
        ("feature_range has shape", {"feature_range": (np.zeros(5), 1.0)}),
        ("feature_range holds NaN", {"feature_range": (np.nan, 1.0)}),
        ("kappa=-0.1", {"kappa": -0.1}),
        ("kappa=nan", {"kappa": float("nan")}),
        ("no margin of probabilities exceeds 1", {"kappa": 1.5, "loss": "proba"}),
        ("expected numbers", {"X": X.astype(complex)}),
        ("expected numbers", {"X": None}),
        ("beta=-1", {"beta": -1}),
        ("beta='x'", {"beta": "x"}),
        ("gamma=-1", {"gamma": -1}),
        ("needs an autoencoder", {"gamma": 1.0}),
        ("c_init=0", {"c_init": 0}),
        ("c_steps=0", {"c_steps": 0}),
        ("c_steps=2.5", {"c_steps": 2.5}),
        ("max_iterations=0", {"max_iterations": 0}),
        ("learning_rate=0", {"learning_rate": 0}),
        ("clip", {"clip": (1.0, 2.0)}),
        ("clip", {"clip": 3.0}),
        ("patience=0", {"patience": 0}),
        ("update_num_grad=0", {"update_num_grad": 0}),
        ("seed=-1", {"seed": -1}),
        ("refine='yes'", {"refine": "yes"}),
        ("mode='pn'", {"mode": "pn"}),
        ("mode='XX'", {"explain": {"mode": "XX"}}),
        ("loss='hinge'", {"loss": "hinge"}),
        ("prox='other'", {"prox": "other"}),
        ("pp_space='x'", {"pp_space": "x"}),
        ("output='x'", {"output": "x"}),
        ("grad='auto diff'", {"grad": "auto diff"}),
        ("eps: expected positive", {"eps": 0.0, "grad": "numeric"}),
        (r"eps\[1\] has shape", {"eps": (0.1, np.ones(4)), "grad": "numeric"}),
        ("no_info is missing", {"no_info": None}),
        ("call fit", {"no_info": "median"}),
        ("no_info has shape", {"no_info": np.zeros(5)}),
        ("no_info holds NaN", {"no_info": np.nan}),
        ("no_info holds an infinite", {"no_info": np.inf}),
        ("two names of the same", {"learning_rate": 0.1, "learning_rate_init": 0.1}),
        ("two names of the same", {"no_info_val": 0.1}),
        ("device='nowhere'", {"device": "nowhere"}),
        ("dtype='int8'", {"dtype": "int8"}),
        ("shape=5", {"shape": 5}),
        ("immutable: there is no feature 'a'|the features have no names", {"immutable": ["a"]}),
        ("immutable: 9", {"immutable": [9]}),
        ("mask has shape", {"immutable": np.zeros(5, dtype=bool)}),
        ("is no group", {"groups": [[0]]}),
        ("already in a group", {"groups": [[0, 1], [1, 2]]}),
        ("expected a single 1", {"groups": [[0, 1]]}),
        ("pp_space", {"groups": [[0, 1]], "pp_space": "delta", "mode": "PP"}),
        ("2 feature names for 6", {"feature_names": ["a", "b"]}),
        ("target=7", {"explain": {"target": 7}}),
        ("target is for pertinent negatives", {"explain": {"target": 1, "mode": "PP"}}),
        ("one label for each", {"explain": {"target": np.array([1, 2])}}),
        ("wants no class", {"explain": {"target": np.zeros((3, 3), dtype=bool)}}),
        ("target has shape", {"explain": {"target": np.zeros((2, 3), dtype=bool)}}),
        ("batch_size=0", {"explain": {"batch_size": 0}}),
        ("time_limit=0", {"explain": {"time_limit": 0}}),
        ("trace=", {"explain": {"trace": "yes"}}),
    ],
)
def test_refused(message, case):
    refused(message, **case)


def test_modules_in_training_mode():
    refused("training mode.*eval", model=tabular().train())
    part = tabular()
    part[1].train()
    refused("its part '1' is.*eval", model=part)
    encoder = tabular(classes=6).train()
    refused("auto-encoder is in training mode", autoencoder=encoder, gamma=1.0)


def test_outputs_that_are_no_probabilities():
    def function(scale):
        return lambda given: np.tile([[0.5, 0.3]], (len(given), 1)) * scale

    refused("no probabilities: row 0.*sum 0.8", model=function(1.0))
    refused("no probabilities", model=lambda given: np.tile([[1.5, -0.5]], (len(given), 1)))
    refused("no probabilities", model=tabular(), output="proba")
    refused("expected finite numbers", model=lambda given: np.full((len(given), 2), np.nan))
    refused("no probabilities", model=lambda given: np.full(len(given), 1.5))


def test_shapes_of_outputs():
    refused("expected .3, classes", model=lambda given: np.zeros((2, 2)))
    refused("expected .3, classes", model=lambda given: np.zeros((3, 2, 2)))
    refused("labels", model=lambda given: np.ones(len(given), dtype=int))
    refused("expected numbers", model=lambda given: ["a"] * len(given))
    refused("returns tuple", model=Tuples().eval())
    refused("the model fails on rows.*broken", model=broken)
    refused("within .0, 1.: say output", model=Squashed().eval())


class Tuples(nn.Module):
    def forward(self, x):
        return x, x


class Detached(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = tabular()

    def forward(self, x):
        return self.inner(x).detach()


def test_modules_without_gradients():
    refused("grad=.numeric", model=Detached().eval())
    assert CEM(Detached().eval(), grad="numeric", **FINE).explain(X).found.any()


class InPlace(nn.Module):
    def forward(self, x):
        return tabular()(x.clamp_(-0.5, 0.5))


def test_modules_that_work_in_place():
    assert len(CEM(InPlace().eval(), **FINE).explain(X)) == 3


class Squashed(nn.Module):
    def forward(self, x):
        return torch.sigmoid(x[:, :1])


def broken(given):
    raise RuntimeError("broken")


def test_models_that_cannot_be_asked():
    labels = X[:, 0] > np.median(X[:, 0])
    logistic = LogisticRegression().fit(X, labels)
    refused("predict tells labels only", model=logistic.predict)
    refused("expected a PyTorch module", model=object(), error=UnsupportedModelError)
    refused("no such ONNX file", model="nothing.onnx")
    refused("device and dtype are for PyTorch", model=logistic, dtype="float32")
    refused("NotFitted|not fitted", model=SVC(probability=False))
    assert len(CEM(Perceptron().fit(X, labels), **FINE).explain(X)) == 3  # has a decision function


def test_autoencoders_of_another_shape():
    refused("auto-encoder returns shape", autoencoder=tabular(classes=5), gamma=1.0)
    refused("expected a PyTorch module, or a function", autoencoder=3, gamma=1.0)


def test_fit_is_checked():
    cem = CEM(tabular())
    with pytest.raises(BadInputError, match="no_info='mode'"):
        cem.fit(X, "mode")
    with pytest.raises(BadInputError, match="is nan"):
        cem.fit(with_hole(np.nan))
    with pytest.raises(BadInputError, match="no_info has shape"):
        cem.fit(rows(3, (5,))).explain(X)


def test_without_pytorch_it_says_so(monkeypatch):
    import suffice.neural.cem.explainer as module

    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(MissingBackendError, match=r"pip install \"suffice\[neural\]\""):
        CEM(small_cnn())


def test_the_import_loads_no_pytorch():
    from tests.house.test_imports import fresh

    code = (
        "import sys, json, suffice.neural; from suffice.neural import CEM; "
        "print(json.dumps([m in sys.modules for m in ('torch', 'matplotlib', 'onnxruntime', 'pandas')]))"
    )
    assert fresh(code) == [False] * 4

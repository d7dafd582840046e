"""What is refused in words: graphs that are not taken, sessions that tell nothing, rows of other types."""

import sys

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, Normalizer, PolynomialFeatures
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, FormatError, UnsupportedModelError

onnx = pytest.importorskip("onnx")
pytest.importorskip("skl2onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from tests.encoders.onnx.made import ML, classifier, helper, info, model, older  # noqa: E402  # may be absent
from tests.encoders.onnx.test_exported import TABLE, TWO, WHOLE, X, exported, said, session_of, table_model  # noqa: E402

TREE = (0, "BRANCH_LEQ", 0.5, 0, {0: 0.1}, (1, "BRANCH_LEQ", 0.5, 0, {0: 0.2}, {0: 0.9}))
SMALL = RandomForestClassifier(3, max_depth=3, random_state=0)


def before_trees(*nodes, dtype="float32", constants=(), width=2):
    """A graph in which nodes make "Y" of the input X before a tree."""
    tree = helper.make_node(
        "TreeEnsembleClassifier", ["Y"], ["label", "scores"], domain=ML, classlabels_int64s=[0, 1],
        **older([TREE], "class"),
    )  # fmt: skip
    outputs = [info("label", "int64", None), info("scores", "float32", None, None)]
    return model([*nodes, tree], [info("X", dtype, None, width)], outputs, constants)


def refused(proto, message, error=UnsupportedModelError, row=(0.0, 0.0)):
    with pytest.raises(error, match=message):
        Explainer.initialize(proto, list(row))


@pytest.mark.parametrize("absent", ["onnx", "onnxruntime"])
def test_packages_that_are_not_installed(monkeypatch, absent):
    proto = classifier([(0, "BRANCH_LEQ", 0.25 + len(absent), 0, {0: 0.1}, {0: 0.9})], [0, 1], 1)
    content = proto.SerializeToString()
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(UnsupportedModelError, match=r"pip install 'suffice\[onnx\]'"):
        Explainer.initialize(content, [0.0])


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Normalizer(), "Normalizer"), (PolynomialFeatures(2), "ReduceProd"),
        (KBinsDiscretizer(3, encode="ordinal", quantile_method="averaged_inverted_cdf"), "ArgMax"),
    ],
)  # fmt: skip
def test_steps_that_mix_columns(step, told):
    proto = exported(make_pipeline(step, DecisionTreeClassifier(max_depth=3)), X, TWO)
    refused(proto, f"has the node {told}.*which is not taken", row=X[0])


@pytest.mark.parametrize(
    ("nodes", "how", "message"),
    [
        ([helper.make_node("Neg", ["X"], ["Y"])], {}, "turns the order of column 'f1' round"),
        (
            [helper.make_node("Scaler", ["X"], ["Y"], domain=ML, offset=[0.0, 0.0], scale=[1.0, -2.0])], {},
            "turns the order of column 'f2' round",
        ),
        (
            [helper.make_node("Cast", ["X"], ["Z"], to=7), helper.make_node("Cast", ["Z"], ["Y"], to=1)], {},
            "turns column 'f1' into whole numbers",
        ),
        ([helper.make_node("Exp", ["X"], ["Y"])], {}, "has the node Exp"),
        ([helper.make_node("Add", ["X", "X"], ["Y"])], {}, "Add.*of column 'f1'|has the node Add"),
        ([helper.make_node("Softmax", ["X"], ["Y"], axis=1)], {}, "has the node Softmax"),
        ([helper.make_node("Reshape", ["X", "s"], ["Y"])], {"constants": [("s", [1, -1])]}, "Reshape.*is not taken"),
        (
            [helper.make_node("Mul", ["X", "c"], ["Z"]), helper.make_node("Cast", ["Z"], ["Y"], to=1)],
            {"constants": [("c", np.array([3], np.int64))], "dtype": "int64"}, "Mul.*of whole numbers of column 'f1'",
        ),
        ([helper.make_node("Gather", ["X", "s"], ["Y"], axis=1)], {"constants": [("s", [0, 5])]}, "chooses columns"),
        ([helper.make_node("Identity", ["Y"], ["Z"]), helper.make_node("Identity", ["Z"], ["Y"])], {}, "out of itself"),
        ([helper.make_node("Identity", ["nothing"], ["Y"])], {}, "which nothing makes"),
        ([helper.make_node("Identity", ["X"], ["Y"]), helper.make_node("Relu", ["X"], ["Y"])], {}, "'Y' twice"),
    ],
)  # fmt: skip
def test_nodes_that_are_not_taken(nodes, how, message):
    refused(before_trees(*nodes, **how), message, error=(UnsupportedModelError, FormatError))


@pytest.mark.parametrize(
    ("nodes", "how"),
    [
        ([helper.make_node("Scaler", ["X"], ["Y"], domain=ML, offset=[0.1, 0.0], scale=[0.1, 3.0])], {}),
        ([helper.make_node("Clip", ["X", "low", "high"], ["Y"])],
         {"constants": [("low", np.float32(0.2)), ("high", np.float32(0.7))]}),
        ([helper.make_node("Sub", ["c", "X"], ["Z"]), helper.make_node("Neg", ["Z"], ["Y"])],
         {"constants": [("c", np.float32([0.3, 1e8]))]}),
        ([helper.make_node("Greater", ["X", "c"], ["Z"]), helper.make_node("Cast", ["Z"], ["Y"], to=1)],
         {"constants": [("c", np.float32([[0.1, 16777216.0]]))]}),
        ([helper.make_node("Div", ["X", "c"], ["Z"]), helper.make_node("Floor", ["Z"], ["Y"])],
         {"constants": [("c", np.float32(3))]}),
        ([helper.make_node("Split", ["X"], ["A", "B"], axis=1),
          helper.make_node("Concat", ["B", "A"], ["Y"], axis=1)], {}),
        ([helper.make_node("Cast", ["X"], ["Y"], to=1)], {"dtype": "int64"}),
        ([helper.make_node("Cast", ["X"], ["Y"], to=1)], {"dtype": "float64"}),
        ([helper.make_node("Unsqueeze", ["X", "one"], ["Z"]), helper.make_node("Flatten", ["Z"], ["Y"])],
         {"constants": [("one", [1])]}),
        ([helper.make_node("Max", ["X", "c"], ["Z"]), helper.make_node("Min", ["d", "Z"], ["Y"])],
         {"constants": [("c", np.float32(0)), ("d", np.float32(0.5))]}),
        ([helper.make_node("FeatureVectorizer", ["X"], ["Y"], domain=ML, inputdimensions=[2])], {}),
    ],
)  # fmt: skip
def test_nodes_that_are_taken(nodes, how):
    """Each is compared with onnxruntime at and beside the borders that it makes."""
    proto = before_trees(*nodes, **how)
    explainer = Explainer.initialize(proto, [0, 0])
    borders = [c.threshold for c in explainer.session.compiled.vocabulary.conditions if np.isfinite(c.threshold)]
    kind = {"int64": np.int64, "float64": np.float64}.get(how.get("dtype"), np.float32)
    near = np.array([*borders, -1.0, 0.0, 1.0, 3e7])
    if kind is not np.int64:
        with np.errstate(over="ignore"):
            near = np.concatenate(
                [np.nextafter(near.astype(kind), kind(s)) for s in (-np.inf, np.inf)] + [near.astype(kind)]
            )
    rows = np.random.default_rng(0).choice(near, (200, 2)).astype(kind)
    assert [explainer.predict(row) for row in rows] == said(proto, rows)


def test_several_models():
    refused(exported(BaggingClassifier(SMALL, n_estimators=2), X, TWO), "adds up 2 models", row=X[0])


def test_outputs_of_probabilities_alone():
    proto = exported(SMALL, X, TWO)
    del proto.graph.output[0]
    refused(proto, "expected its own label", row=X[0])


def test_sessions():
    session = session_of(exported(SMALL, X, TWO))
    session._model_bytes = None
    refused(session, "does not tell the ONNX model that it was made of: hand over the path", row=X[0])


def test_a_session_whose_file_is_another_model_by_now(tmp_path):
    path = tmp_path / "m.onnx"
    path.write_bytes(exported(SMALL, X, TWO).SerializeToString())
    session = onnxruntime.InferenceSession(str(path))
    path.write_bytes(table_model("one-hot", SMALL).SerializeToString())
    refused(session, "is another model by now", row=X[0])


def test_numbers_beside_the_file(tmp_path):
    proto = before_trees(helper.make_node("Mul", ["X", "c"], ["Y"]), constants=[("c", np.full(2, 2, np.float32))])
    path = tmp_path / "m.onnx"
    said_there = Explainer.initialize(proto, [0, 0]).target_prediction
    onnx.save(proto, path, save_as_external_data=True, location="numbers.bin", size_threshold=0)
    assert (tmp_path / "numbers.bin").exists()
    assert Explainer.initialize(path, [0, 0]).target_prediction == said_there
    refused(path.read_bytes(), "hand over the path of its own file", error=FormatError)
    (tmp_path / "numbers.bin").unlink()
    path.write_bytes(path.read_bytes())
    refused(path, "other files that cannot be read", error=FormatError)


def test_other_operators_and_versions():
    proto = exported(SMALL, X, TWO)
    proto.graph.node[0].domain = "my.own"
    refused(proto, "ends with TreeEnsembleClassifier", row=X[0])
    proto = exported(SMALL, X, TWO)
    for one in proto.opset_import:
        one.version = 99
    refused(proto, "refused by onnxruntime", error=FormatError, row=X[0])
    refused(onnx.ModelProto(), "has no nodes", error=FormatError)


def test_rows():
    proto = table_model("one-hot", SMALL)
    explainer = Explainer.initialize(proto, TABLE.iloc[0])
    turned = TABLE[["sex", "job", "pay", "age"]]
    explainer.set_instance(turned.iloc[3])
    assert explainer.target_prediction == said(proto, TABLE)[3]
    explainer.set_instance(dict(TABLE.astype({"pay": float}).iloc[4]))
    assert explainer.target_prediction == said(proto, TABLE)[4]
    for row, message in (
        ([40, 0.1, 3, "m"], "'job' is 3.*expected a text"), ([40, 0.1, None, "m"], "'job' is missing"),
        (["x", 0.1, "cook", "m"], "'age' is 'x'"), ([1e39, 0.1, "cook", "m"], "'age'"),
        (pd.DataFrame({"age": [1.0], "pay": [1.0], "job": ["cook"]}).iloc[0], "absent"),
    ):  # fmt: skip
        with pytest.raises(BadInputError, match=message):
            explainer.set_instance(row)
    floats = Explainer.initialize(exported(SMALL, X, TWO), X[0])
    with pytest.raises(BadInputError, match="sparse"):
        floats.set_instance(sparse.csr_matrix(X[:1]))
    with pytest.raises(BadInputError, match="declare it with missing"):
        floats.set_instance([np.nan, 0, 0, 0])
    whole = Explainer.initialize(exported(SMALL, WHOLE, TWO), WHOLE[0])
    whole.set_instance([2**53, 0, 0, -(2**53)])
    assert whole.target_prediction == said(whole.get_model(), np.array([[2**53, 0, 0, -(2**53)]]))[0]


def test_columns_that_nothing_reads():
    """Whatever is in them, of whatever type."""
    node = helper.make_node("Concat", ["a", "b"], ["Y"], axis=1)
    proto = before_trees(node)
    del proto.graph.input[:]
    proto.graph.input.extend(
        [
            info("a", "float32", None, 1),
            info("n", "int64", None, 1),
            info("t", "str", None, 1),
            info("b", "float32", None, 1),
        ]
    )
    explainer = Explainer.initialize(proto, {"a": 0.0, "n": 3, "t": "x", "b": 1.0})
    assert explainer.get_feature_names() == ["a", "n", "t", "b"]
    explainer.set_instance({"a": 1.0, "n": 2.5, "t": None, "b": 1.0})
    assert explainer.to_features(explainer.sufficient_reason()) == ("a > 0.5", "b > 0.5")


def test_inputs_of_unknown_width():
    proto = exported(SMALL, X, TWO)
    proto.graph.input[0].type.tensor_type.shape.dim[1].ClearField("dim_value")
    assert Explainer.initialize(proto, X[0]).get_feature_names() == ["f1", "f2", "f3", "f4"]
    scaled = before_trees(helper.make_node("Relu", ["X"], ["Y"]))
    scaled.graph.input[0].type.tensor_type.shape.dim[1].ClearField("dim_value")
    refused(scaled, "how many columns its input 'X' has")

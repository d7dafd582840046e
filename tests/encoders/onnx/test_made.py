"""Trees of ONNX as their standard has them: the compiled form says what onnxruntime says, bit for bit."""

import itertools

import numpy as np
import pytest
from suffice import Explainer, FormatError, UnsupportedModelError

from tests.brute.amounts import some
from tests.brute.cells import check_reasons

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from tests.encoders.onnx.made import (  # noqa: E402  # what it imports may be absent
    MODES,
    classifier,
    helper,
    info,
    model,
    newer,
    random_tree,
    regressor,
)

TRAPS = [0.0, -0.0, 0.1, float(np.float32(0.1)), 1.0, 2.0, 3.0, -1.5, 16777217.0, 1e-45]
LABELS = {1: [[5]], 2: [["x", "y"], [3, 7], [0, 1]], 3: [["x", "y", "z"], [-3, 7, 0]]}
WAYS = [["BRANCH_LEQ"], ["BRANCH_LT"], ["BRANCH_GT", "BRANCH_GTE"], MODES[:6], MODES[4:6], ["BRANCH_LEQ", "BRANCH_EQ"]]
WEIGHTS = [[0.0, 0.1, 0.2, 0.3, 0.25, 1 / 3], [-0.1, 0.2, -0.3, 0.1, 0.0, 1e8, 1.0]]


def pick(rng, listed):
    return listed[rng.integers(len(listed))]


def trees(rng, width, targets, modes, thresholds=TRAPS):
    weights = pick(rng, WEIGHTS)
    return [
        random_tree(rng, width, int(rng.integers(4)), modes, thresholds, targets, weights)
        for _ in range(rng.integers(1, 5))
    ]


def base(rng, count):
    values = [float(np.float32(v)) for v in rng.choice([0.1, -0.2, 0.5], count)]
    return {} if rng.random() < 0.5 else {"base_values": values}


def some_classifier(rng, width, dtype):
    count = int(rng.integers(1, 4))
    kind = rng.integers(3)
    targets = [int(rng.integers(count))] if kind == 0 else list(range(count))
    bases = base(rng, count if count != 2 else int(rng.integers(1, 3)))
    post = str(rng.choice(["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"]))
    return classifier(
        trees(rng, width, targets, pick(rng, WAYS)), pick(rng, LABELS[count]), width, dtype,
        tensors=dtype == "float64" and bool(rng.integers(2)), post_transform=post, **bases,
    )  # fmt: skip


def some_regressor(rng, width, dtype):
    dtype = "float32" if dtype == "int64" else dtype
    return regressor(
        trees(rng, width, [0], pick(rng, WAYS)), width, dtype, tensors=dtype == "float64",
        aggregate_function=str(rng.choice(["SUM", "AVERAGE"])), **base(rng, 1),
    )  # fmt: skip


def some_ensemble(rng, width, dtype):
    dtype = "float32" if dtype == "int64" else dtype
    modes = [*pick(rng, WAYS), "BRANCH_MEMBER"]
    sets = {t: [float(v) for v in rng.choice([0, 1, 2, 3, 5, 30], rng.integers(1, 4), replace=False)] for t in TRAPS}
    count = int(pick(rng, [1, 3]))
    made = [
        tree for tree in trees(rng, width, [0], modes) for tree in [retargeted(tree, rng, count)]
    ]  # fmt: skip
    average = count == 1 and bool(rng.integers(2))
    nodes, out = (
        [newer(made, width, count, dtype, sets, aggregate_function=0 if average else 1)],
        info("value", dtype, None, None),
    )
    if count > 1:
        nodes.append(helper.make_node("ArgMax", ["value"], ["label"], axis=1, keepdims=0))
        out = info("label", "int64", None)
    return model(nodes, [info("X", dtype, None, width)], [out], ml=5, main=20)


def retargeted(tree, rng, count):
    if isinstance(tree, dict):
        return {int(rng.integers(count)): next(iter(tree.values()))}
    return (*tree[:4], *(retargeted(child, rng, count) for child in tree[4:]))


def agrees(proto, missing, rng):
    """Compare the compiled form with onnxruntime's prediction for rows at and beside all thresholds."""
    explainer = Explainer.initialize(proto, missing=[f"f{c + 1}" for c in sorted(missing)])
    compiled, space = explainer.session.compiled, explainer.session.space
    width = len(compiled.vocabulary.names)
    kind = np.float64 if proto.graph.input[0].type.tensor_type.elem_type == 11 else np.float32
    near = np.array([t for trap in TRAPS for t in np.nextafter(kind(trap), [kind(-9), kind(trap), kind(9e8)])], kind)
    given = rng.choice(near.astype(np.float64), (200, width))
    if proto.graph.input[0].type.tensor_type.elem_type == 7:
        given = rng.integers(-3, 5, (200, width)).astype(np.float64)
    for column in missing:
        given[rng.random(200) < 0.2, column] = np.nan
    rows = compiled.read(given)
    said = compiled.predict(rows).tolist()
    if compiled.regression:
        assert compiled.values(space, rows).tolist() == said
    else:
        assert [compiled.classes[k] for k in compiled.outcomes(space, rows).tolist()] == said
    fed = given.astype(onnx.helper.tensor_dtype_to_np_dtype(proto.graph.input[0].type.tensor_type.elem_type))
    assert ran(proto, fed) == said


def ran(proto, fed):
    """What a session that is none of ours says."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run([proto.graph.output[0].name], {"X": fed})[0].reshape(-1).tolist()


@pytest.mark.parametrize("make", [some_classifier, some_regressor, some_ensemble])
def test_random_trees(make):
    rng = np.random.default_rng(7)
    refused = 0
    count = some(120)
    for _ in range(count):
        dtype = str(rng.choice(["float32", "float32", "float64", "int64"]))
        proto = make(rng, int(rng.integers(1, 4)), dtype)
        missing = frozenset(range(rng.integers(4))) if dtype != "int64" else frozenset()
        missing = missing & set(range(proto.graph.input[0].type.tensor_type.shape.dim[1].dim_value))
        try:
            agrees(proto, missing, rng)
        except UnsupportedModelError:
            refused += 1  # what onnxruntime does not do as it is told
    assert refused < count // 4


@pytest.mark.parametrize(
    "targets", [*itertools.product([[0], [1], [0, 1]], [0, 1, 2], [["a", "b"], [3, 7]], [0.2, -0.2])]
)
def test_the_rules_of_two_labels(targets):
    """With one set of weights the sum is compared with 0.5 or 0; with both, numbers listed as labels say nothing."""
    which, bases, labels, low = targets
    weights = [dict.fromkeys(which, w) for w in (low, 0.7)]
    more = {"base_values": [0.3, -0.4][:bases]} if bases else {}
    proto = classifier([(0, "BRANCH_LEQ", 0.5, 0, *weights)], labels, 1, **more)
    explainer = Explainer.initialize(proto, [0.0])
    assert [explainer.predict([x]) for x in (0.0, 1.0)] == ran(proto, np.array([[0.0], [1.0]], np.float32))


def test_weights_of_some_labels_only_are_refused():
    leaves = [{0: 0.5}, {1: -0.5}]
    with pytest.raises(UnsupportedModelError, match="leaves with weights for some labels only"):
        Explainer.initialize(classifier([(0, "BRANCH_LEQ", 0.5, 0, *leaves)], [0, 1, 2], 1), [0.0])
    with pytest.raises(UnsupportedModelError, match="leaves with weights for some labels only"):
        Explainer.initialize(classifier([(0, "BRANCH_LEQ", 0.5, 0, *leaves)], [0, 1], 1), [0.0])


def test_one_label_that_is_a_text_is_refused():
    """Which onnxruntime takes, and dies of."""
    with pytest.raises(UnsupportedModelError, match="lists one label, 'a'"):
        Explainer.initialize(classifier([(0, "BRANCH_LEQ", 0.5, 0, {0: 0.1}, {0: 0.9})], ["a"], 1), [0.0])


def test_chains_that_the_runtime_mistakes_are_refused():
    inner = (0, "BRANCH_EQ", 2.0, 0, {0: 0.5, 1: 0.6, 2: 0.0}, {0: 0.0, 1: 0.0, 2: 1.0})
    tree = (0, "BRANCH_EQ", 1.0, 0, {0: 0.5, 1: 0.3, 2: 0.0}, inner)
    with pytest.raises(UnsupportedModelError, match="asks column 0 for equality twice in a row"):
        Explainer.initialize(classifier([tree], [0, 1, 2], 1), [0.0])
    same = (*tree[:4], inner[4], inner)
    explainer = Explainer.initialize(classifier([same], [0, 1, 2], 1), [2.0])
    assert explainer.to_features(explainer.sufficient_reason()) == ("f1 = 2",)


def test_columns_that_are_asked_for_equality_are_categories():
    tree = (0, "BRANCH_EQ", 4.0, 0, {0: 0.9}, (1, "BRANCH_LEQ", 0.5, 0, {0: 0.1}, {0: 0.7}))
    explainer = Explainer.initialize(classifier([tree], ["no", "yes"], 2), [4, 0.0])
    assert explainer.to_features(explainer.sufficient_reason()) == ("f1 = 4",)
    assert Explainer.initialize(classifier([tree], ["no", "yes"], 2), [7.25, 0.0]).target_prediction == "no"


def test_sums_that_may_overflow_are_refused_in_words():
    """In float32 the first two are infinite together, and stay so whatever follows."""
    proto = classifier(
        [(c, "BRANCH_LEQ", 0.5, 0, {1: 0.0}, {1: w}) for c, w in enumerate([3e38, 3e38, -3.3e38])], [0, 1], 3
    )
    explainer = Explainer.initialize(proto, [1.0, 1.0, 1.0])
    with pytest.raises(UnsupportedModelError, match="float32 sums may overflow"):
        explainer.sufficient_reason()


@pytest.mark.parametrize("listed", [np.inf, -np.inf])
@pytest.mark.parametrize("mode", ["BRANCH_EQ", "BRANCH_NEQ"])
def test_infinite_numbers_are_no_categories(listed, mode):
    """No row holds them, so that nothing is asked there and no counterexample does."""
    tree = (0, mode, listed, 0, {0: 0.9, 1: 0.1}, (0, mode, 4.0, 0, {0: 0.8, 1: 0.2}, {0: 0.1, 1: 0.9}))
    below = (1, mode, listed, 0, {0: 1.5, 1: 0.0}, {0: 0.0, 1: 0.5})
    proto = classifier([tree, below], ["a", "b"], 2)
    explainer = Explainer.initialize(proto, [4.0, 7.0])
    assert all(np.isfinite(label) for labels in explainer.vocabulary.labels.values() for label in labels[:-1])
    check_reasons(explainer, [4.0, 7.0])
    for change in explainer.contrastive_reason(n=Explainer.ALL):
        assert np.isfinite(np.asarray(change.witness.row, float)).all()
    agrees(proto, set(), np.random.default_rng(0))


def test_sets_of_large_numbers_are_looked_up_by_whole_numbers():
    node = newer([(0, "BRANCH_MEMBER", 0.0, 0, {0: 1.0}, {0: 0.0})], 1, sets={0.0: [40.0, 2.0]})
    proto = model([node], [info("X", "float32", None, 1)], [info("value", "float32", None, None)], ml=5, main=20)
    explainer = Explainer.initialize(proto, [40])
    explainer.set_interval(0.5, 2.0)
    assert explainer.to_features(explainer.sufficient_reason()) == ("f1 in {2, 40}",)
    with pytest.raises(ValueError, match="expected a whole number"):
        explainer.set_instance([2.5])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"aggregate_function": "MIN"}, UnsupportedModelError, "takes the MIN of its 2 trees"),
        ({"aggregate_function": "MEDIAN"}, FormatError, "has aggregate_function='MEDIAN'"),
        ({"post_transform": "PROBIT"}, UnsupportedModelError, "post_transform='PROBIT'"),
        ({"n_targets": 0}, UnsupportedModelError, "n_targets=0"),
        ({"target_ids": [0, 1, 0, 0]}, UnsupportedModelError, "gives to 2 targets"),
        ({"target_weights": [0.1, float("nan"), 0.1, 0.1]}, FormatError, "has a leaf with nan"),
        ({"target_nodeids": [1, 1, 1, 2]}, UnsupportedModelError, "give to one score twice"),
        ({"target_nodeids": [1, 9, 1, 2]}, FormatError, "leads to nodes that are not there"),
        ({"nodes_values": [float("nan"), 0.0, 0.0, 0.5, 0.0, 0.0]}, FormatError, "has a test with NaN"),
        ({"nodes_values": [0.5]}, FormatError, "has 1 numbers nodes_values, expected 6"),
        ({"nodes_featureids": [5, 0, 0, 0, 0, 0]}, UnsupportedModelError, "reads column 5 of 1"),
        ({"nodes_featureids": [-1, 0, 0, 0, 0, 0]}, FormatError, "tests column -1"),
        ({"nodes_truenodeids": [0, 0, 0, 1, 0, 0]}, FormatError, "in a circle"),
        ({"nodes_truenodeids": [2, 0, 0, 1, 0, 0]}, FormatError, "nothing leads to"),
        ({"nodes_truenodeids": [7, 0, 0, 1, 0, 0]}, FormatError, "nodes that are not there"),
        ({"nodes_treeids": [0, 0, 1, 1, 0, 1]}, FormatError, "mixes the nodes of its trees"),
        ({"nodes_nodeids": [0, 1, 1, 0, 1, 2]}, FormatError, "one number twice"),
        ({"nodes_modes": ["BRANCH_XX", *["LEAF"] * 5]}, FormatError, "has nodes_modes="),
        ({"nodes_modes": ["LEAF"] * 6}, FormatError, "but with a value|nothing leads to"),
        ({"base_values": [0.1, 0.2]}, UnsupportedModelError, "with 2 base values"),
    ],
)  # fmt: skip
def test_damaged_attributes(change, error, message):
    leaves = {0: 0.25}, {0: 0.75}
    proto = regressor([(0, "BRANCH_LEQ", 0.5, 0, *leaves), (0, "BRANCH_LEQ", 0.7, 0, *leaves)], 1)
    kept = [a for a in proto.graph.node[0].attribute if a.name not in change]
    changed = [helper.make_attribute(name, value) for name, value in change.items()]
    del proto.graph.node[0].attribute[:]
    proto.graph.node[0].attribute.extend([*kept, *changed])
    with pytest.raises(error, match=message):
        Explainer.initialize(proto, [0.0])

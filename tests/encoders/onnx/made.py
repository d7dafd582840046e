"""ONNX models that are written here, node by node: what no exporter makes, and what is damaged."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

ML = "ai.onnx.ml"
MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "BRANCH_MEMBER")
TYPES = {
    "float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE, "int64": TensorProto.INT64, "str": TensorProto.STRING
}  # fmt: skip


def info(name, dtype, *dims):
    return helper.make_tensor_value_info(name, TYPES[dtype], list(dims))


def model(nodes, inputs, outputs, constants=(), ml=3, main=17):
    graph = helper.make_graph(
        list(nodes), "made", inputs, outputs, [numpy_helper.from_array(np.asarray(v), k) for k, v in constants]
    )
    sets = [helper.make_opsetid(ML, ml), helper.make_opsetid("", main)]
    return helper.make_model(graph, opset_imports=sets, ir_version=10 if ml > 3 else 8)


def random_tree(rng, n_columns, depth, modes, thresholds, targets, weights):
    """A nested tree: (column, mode, threshold, missing_true, true, false), or {target: weight}."""
    if depth == 0 or rng.random() < 0.15:
        return {t: float(np.float32(rng.choice(weights))) for t in targets}
    below = [random_tree(rng, n_columns, depth - 1, modes, thresholds, targets, weights) for _ in range(2)]
    mode, threshold, missing = str(rng.choice(modes)), float(rng.choice(thresholds)), int(rng.integers(2))
    return (int(rng.integers(n_columns)), mode, threshold, missing, *below)


def older(trees, what, tensors=False, **attributes):
    """The attributes of a TreeEnsembleClassifier ("class") or TreeEnsembleRegressor ("target")."""
    keys = ("treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids")
    told = {f"nodes_{key}": [] for key in (*keys, "missing_value_tracks_true")}
    given = {f"{what}_{key}": [] for key in ("ids", "nodeids", "treeids", "weights")}

    def add(tree, number):
        place, own = len(told["nodes_treeids"]), told["nodes_treeids"].count(number)
        leaf = isinstance(tree, dict)
        row = (number, own, *((0, "LEAF", 0.0, 0, 0, 0) if leaf else (tree[0], tree[1], tree[2], 0, 0, tree[3])))
        for key, value in zip(told, row, strict=True):
            told[key].append(value)
        if leaf:
            for target, weight in tree.items():
                for key, value in zip(given, (target, own, number, weight), strict=True):
                    given[key].append(value)
        else:
            told["nodes_falsenodeids"][place] = add(tree[5], number)
            told["nodes_truenodeids"][place] = add(tree[4], number)
        return own

    for number, tree in enumerate(trees):
        add(tree, number)
    if tensors:
        for found, key in ((told, "nodes_values"), (given, f"{what}_weights")):
            values = np.array(found.pop(key), np.float64)
            found[f"{key}_as_tensor"] = numpy_helper.from_array(values, key)
    return {**told, **given, **attributes}


def classifier(trees, labels, n_columns, dtype="float32", tensors=False, **attributes):
    """A graph of one TreeEnsembleClassifier."""
    texts = isinstance(labels[0], str)
    told = older(trees, "class", tensors, **attributes)
    told["classlabels_strings" if texts else "classlabels_int64s"] = labels
    node = helper.make_node("TreeEnsembleClassifier", ["X"], ["label", "scores"], domain=ML, **told)
    outputs = [info("label", "str" if texts else "int64", None), info("scores", "float32", None, None)]
    return model([node], [info("X", dtype, None, n_columns)], outputs)


def regressor(trees, n_columns, dtype="float32", tensors=False, **attributes):
    """A graph of one TreeEnsembleRegressor."""
    told = older(trees, "target", tensors, **({"n_targets": 1} | attributes))
    node = helper.make_node("TreeEnsembleRegressor", ["X"], ["value"], domain=ML, **told)
    return model([node], [info("X", dtype, None, n_columns)], [info("value", "float32", None, None)])


def newer(trees, n_columns, n_targets=1, dtype="float32", sets=None, **attributes):
    """The node and the graph of a TreeEnsemble; trees of one leaf become a test of one outcome."""
    nodes, leaves, members, roots = [], [], [], []

    def add(tree):
        if isinstance(tree, dict):
            (pair,) = tree.items()
            leaves.append(pair)
            return len(leaves) - 1, 1
        place = len(nodes)
        nodes.append(None)
        if tree[1] == "BRANCH_MEMBER":
            members.extend([*sets[tree[2]], np.nan])
        false, true = add(tree[5]), add(tree[4])
        nodes[place] = (tree[0], MODES.index(tree[1]), tree[2], tree[3], *true, *false)
        return place, 0

    for tree in trees:
        roots.append(len(nodes))
        if isinstance(tree, dict):
            nodes.append((0, 0, 0.0, 0, len(leaves), 1, len(leaves), 1))
            leaves.append(next(iter(tree.items())))
        else:
            add(tree)
    columns = list(zip(*nodes, strict=True))
    values = np.dtype(dtype)
    told = {
        "tree_roots": roots, "nodes_featureids": columns[0],
        "nodes_modes": numpy_helper.from_array(np.array(columns[1], np.uint8), "modes"),
        "nodes_splits": numpy_helper.from_array(np.array(columns[2], values), "splits"),
        "nodes_missing_value_tracks_true": columns[3], "nodes_truenodeids": columns[4], "nodes_trueleafs": columns[5],
        "nodes_falsenodeids": columns[6], "nodes_falseleafs": columns[7], "n_targets": n_targets,
        "leaf_targetids": [target for target, _ in leaves],
        "leaf_weights": numpy_helper.from_array(np.array([w for _, w in leaves], values), "weights"), **attributes,
    }  # fmt: skip
    if members:
        told["membership_values"] = numpy_helper.from_array(np.array(members, values), "members")
    return helper.make_node("TreeEnsemble", ["X"], ["value"], domain=ML, **told)

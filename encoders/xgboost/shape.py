"""What XGBoost trusts in a model file: numbers, lengths and places that it follows without looking.

Guaranteed form
---------------
After ``check_shape`` each tree has arrays of one length, whose children and parents agree, each list of categories lies
within its array, rounds and trees are as many as announced, and parameters are spelt as numbers. The rest (splits that
make a tree, columns that are there) is checked where trees are compiled (``trees``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import FormatError, UnsupportedModelError, shown
from .vectors import has_vectors, is_vector

_REMEDY = "the file is damaged, save the model again"
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_REAL = re.compile(r"\[?[-+.\deE, ]+\]?", re.ASCII)
_ROOT = 2**31 - 1
_MOST_CATEGORIES = 2**20
_ARRAYS = ("left_children", "right_children", "parents", "split_indices", "split_conditions", "default_left")
_NUMBERS = ("base_weights", "loss_changes", "sum_hessian", "split_type")
_SETS = ("categories", "categories_nodes", "categories_segments", "categories_sizes")


def check_shape(content: Mapping[str, Any], where: str) -> None:
    """Check a parsed file.

    Raises
    ------
    FormatError
        If something does not fit.
    UnsupportedModelError
        If it has more categories than can be told apart.
    KeyError, TypeError, ValueError, AttributeError, IndexError
        If something is absent or of another type.
    """
    learner = content["learner"]
    param = learner["learner_model_param"]
    for key in ("num_feature", "num_class", "num_target"):
        if key in param or key != "num_target":
            _whole(param[key], f"{where}: {key}")
    if not isinstance(param["base_score"], str) or not _REAL.fullmatch(param["base_score"]):
        raise FormatError(f"{where}: base_score is {shown(param['base_score'])}, expected a number; {_REMEDY}")
    for key in ("feature_names", "feature_types"):
        told = learner.get(key) or []
        texts = isinstance(told, list) and all(isinstance(name, str) for name in told)
        if not texts or len(told) not in (0, int(param["num_feature"])):
            raise FormatError(f"{where}: {key} is {shown(told)}, expected a text for each column; {_REMEDY}")
    types = learner.get("feature_types") or []
    if not set(types) <= {"int", "float", "i", "q", "c"}:
        raise FormatError(
            f"{where}: feature_types is {shown(types)}, expected 'int', 'float', 'i', 'q', 'c'; {_REMEDY}"
        )
    booster = learner["gradient_booster"]
    model = booster["gbtree"]["model"] if "gbtree" in booster else booster["model"]
    trees = model["trees"]
    if not isinstance(trees, list) or not all(isinstance(tree, dict) for tree in trees):
        raise FormatError(f"{where}: trees is {shown(trees)}, expected a list of trees; {_REMEDY}")
    if _whole(model["gbtree_model_param"]["num_trees"], f"{where}: num_trees") != len(trees):
        raise FormatError(f"{where} has {len(trees)} of {model['gbtree_model_param']['num_trees']} trees; {_REMEDY}")
    groups = 1 if has_vectors(trees) else max(1, int(param["num_class"]), int(param.get("num_target", "1")))
    _check_rounds(model, groups, len(trees), where)
    if [tree["id"] for tree in trees] != list(range(len(trees))):  # the library puts trees at these places
        raise FormatError(f"{where}: the ids of its trees are not 0 … {len(trees) - 1}; {_REMEDY}")
    for t, tree in enumerate(trees):
        _check_tree(tree, int(param["num_feature"]), f"tree {t} of {where}")
    _check_categories(model.get("cats", {}), int(param["num_feature"]), where)


def _whole(told: Any, what: str) -> int:
    if not isinstance(told, str) or not _WHOLE.fullmatch(told):
        raise FormatError(f"{what} is {shown(told)}: expected a whole number as text; {_REMEDY}")
    return int(told)


def _wholes(told: Any, what: str) -> NDArray[np.int64]:
    """Return a list of whole numbers."""
    array = np.asarray(told)
    if array.size == 0 and array.ndim == 1:
        return np.zeros(0, np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iub" or (array.dtype.kind == "b" and "default" not in what):
        raise FormatError(f"{what} is {shown(told)}: expected a list of whole numbers; {_REMEDY}")
    found = array.astype(np.int64)
    if ((found < -(2**31)) | (found > _ROOT)).any():
        raise FormatError(f"{what} has numbers of more than 32 bits; {_REMEDY}")
    return found


def _check_rounds(model: Mapping[str, Any], n_groups: int, n_trees: int, where: str) -> None:
    parallel = model["gbtree_model_param"].get("num_parallel_tree", "1")
    step = n_groups * max(1, _whole(parallel, f"{where}: num_parallel_tree"))
    if "iteration_indptr" in model:
        ends = _wholes(model["iteration_indptr"], f"{where}: iteration_indptr")
        if len(ends) == 0 or ends[0] != 0 or ends[-1] != n_trees or (np.diff(ends) <= 0).any():
            raise FormatError(f"{where}: iteration_indptr does not cut {n_trees} trees into rounds; {_REMEDY}")
    elif n_trees % step:
        raise FormatError(f"{where} has {n_trees} trees, {step} a round; {_REMEDY}")
    _wholes(model["tree_info"], f"{where}: tree_info")


def _check_tree(tree: Mapping[str, Any], n_features: int, where: str) -> None:
    param = tree["tree_param"]
    nodes = _whole(param["num_nodes"], f"{where}: num_nodes")
    if _whole(param.get("num_feature", str(n_features)), f"{where}: num_feature") != n_features:
        raise FormatError(f"{where} is of {param['num_feature']} columns, the model of {n_features}; {_REMEDY}")
    for key in ("size_leaf_vector", "num_deleted"):
        _whole(param.get(key, "0"), f"{where}: {key}")
    vector = is_vector(tree)
    for key in (*_NUMBERS, *_SETS) if vector and "leaf_weights" in tree else ():
        if key not in tree:  # the library reads all of them, unasked
            raise FormatError(f"{where} has no field {key!r}: save the model again")
    told = (*_ARRAYS, *(key for key in _NUMBERS if key in tree and not (vector and key == "base_weights")))
    size = int(param["size_leaf_vector"]) if vector else 1
    if {len(tree[key]) for key in told} != {nodes} or (vector and len(tree["base_weights"]) != nodes * size):
        raise FormatError(f"{where} has lists of different lengths, for {nodes} nodes: save the model again")
    left, right, parents, _ = (_wholes(tree[key], f"{where}: {key}") for key in _ARRAYS[:4])
    _wholes(tree["default_left"], f"{where}: default_left")
    for key in ("split_conditions", "leaf_weights", *_NUMBERS):
        if key in tree and np.asarray(tree[key]).dtype.kind not in "fiu":
            raise FormatError(f"{where}: {key} is {shown(tree[key])}, expected a list of numbers; {_REMEDY}")
    inner = np.flatnonzero(left >= 0)
    children = np.concatenate([left[inner], right[inner]])
    placed = ((children > 0) & (children < nodes)).all() and len(np.unique(children)) == len(children)
    leaves = right[left < 0]
    apart = vector and "leaf_weights" in tree  # then a leaf has the place of its numbers there
    ended = (left[left < 0] == -1).all() and (np.sort(leaves) == (np.arange(len(leaves)) if apart else -1)).all()
    if not (placed and ended) or (parents[children] != np.tile(inner, 2)).any():
        raise FormatError(f"{where}: its nodes make no tree; {_REMEDY}")
    _check_sets(tree, left, where)


def _check_sets(tree: Mapping[str, Any], left: NDArray[np.int64], where: str) -> None:
    """Check the splits by categories of a tree."""
    kinds = _wholes(tree["split_type"], f"{where}: split_type") if "split_type" in tree else np.zeros_like(left)
    nodes = np.zeros(0, np.int64)
    if "categories_nodes" in tree:
        listed, nodes, starts, sizes = (_wholes(tree[key], f"{where}: {key}") for key in _SETS)
        inside = len(nodes) == len(starts) == len(sizes) and (starts >= 0).all() and (sizes >= 0).all()
        if not inside or (starts + sizes > len(listed)).any() or (listed < 0).any():
            raise FormatError(f"{where} lists categories that are not there: save the model again")
        if (listed >= _MOST_CATEGORIES).any():
            raise UnsupportedModelError(
                f"{where} splits by category {listed.max()}: expected numbers below {_MOST_CATEGORIES}; number the "
                "categories from 0"
            )
    by_set = np.flatnonzero((kinds == 1) & (left >= 0))
    if not np.isin(kinds, (0, 1)).all() or by_set.tolist() != nodes.tolist():
        raise FormatError(f"{where}: split_type and categories_nodes name other nodes; {_REMEDY}")


def _check_categories(cats: Mapping[str, Any], n_features: int, where: str) -> None:
    """Check the names of the categories that a model keeps."""
    encoded = cats.get("enc", [])
    if len(encoded) not in (0, n_features):
        raise FormatError(f"{where} keeps categories of {len(encoded)} columns: expected {n_features}; {_REMEDY}")
    counts = []
    for c, column in enumerate(encoded):
        values = np.asarray(column["values"])
        if values.ndim != 1 or (values.size and values.dtype.kind not in "iuf"):
            raise FormatError(f"{where}: categories of column {c} are {shown(column['values'])}; {_REMEDY}")
        if "offsets" in column:
            ends = _wholes(column["offsets"], f"{where}: offsets")
            text = _wholes(column["values"], f"{where}: values")
            sized = len(ends) == 0 or (ends[0] == 0 and ends[-1] == len(text) and (np.diff(ends) >= 0).all())
            if not sized or ((text < -128) | (text > 255)).any() or (len(ends) == 0 and len(text)):
                raise FormatError(f"{where} keeps categories that are not there in column {c}; {_REMEDY}")
            counts.append(max(0, len(ends) - 1))
        else:
            counts.append(len(values))
    if not encoded:
        return
    segments = _wholes(cats["feature_segments"], f"{where}: feature_segments")
    if segments.tolist() not in ([0, *np.cumsum(counts).tolist()], [] if not sum(counts) else None):
        raise FormatError(f"{where}: feature_segments does not fit the categories; {_REMEDY}")
    order = _wholes(cats["sorted_idx"], f"{where}: sorted_idx")
    spans = zip(segments.tolist(), segments.tolist()[1:], strict=False)
    if len(order) != sum(counts) or any(sorted(order[a:b].tolist()) != list(range(b - a)) for a, b in spans):
        raise FormatError(f"{where}: sorted_idx does not fit the categories; {_REMEDY}")

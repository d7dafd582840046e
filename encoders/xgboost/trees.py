"""The trees of an XGBoost model, from the content of its own model file.

Guaranteed form
---------------
All numbers are float32 numbers. A node tests ``x < t`` and goes left where it holds; told as ``x <= threshold``, its
threshold is the float32 number before t. Trees stand in the order in which their leaves are added. The margin starts
from ``base``, one number a group of trees (class), which XGBoost computes from ``base_score``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.errors import FormatError, NotFittedModelError, SufficeError, UnsupportedModelError, shown
from ...engine.setup_limit import each_in_time
from ..assembly.assemble import Categories, checked_member, finite, numbered_categories, renumbered
from ..assembly.links import exp32, log32, logit32, sigmoid32
from ..assembly.members import Choice, Member
from .shape import check_shape
from .vectors import has_vectors, is_vector, leaf_vectors

Link = Callable[[F64], F64]
_IDENTITY: tuple[Link | None, Link | None] = (None, None)
# objective -> (base_score to margin, margin to prediction)
LINKS: dict[str, tuple[Link | None, Link | None]] = {
    **dict.fromkeys(("binary:logistic", "reg:logistic"), (logit32, sigmoid32)),
    **dict.fromkeys(("count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft"), (log32, exp32)),
    **dict.fromkeys(
        (
            "reg:squarederror", "reg:linear", "reg:squaredlogerror", "reg:pseudohubererror", "reg:absoluteerror",
            "reg:quantileerror", "rank:pairwise", "rank:ndcg", "rank:map", "binary:logitraw", "binary:hinge",
            "multi:softmax", "multi:softprob",
        ),
        _IDENTITY,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class XGBoostTrees:
    """What a model file says.

    Attributes
    ----------
    objective : str
        What it was trained for.
    n_features : int
        Number of columns.
    names : tuple of str or None
        Names of the columns.
    categories : mapping from column to Categories
        Columns of categories.
    base : ndarray of float64, shape (n_groups,)
        What margins start from.
    members : tuple of Member
        All trees; their values have one column a group.
    weights : ndarray of float32 or None
        Weights of the trees of a DART model.
    group : ndarray of int
        Group of each tree.
    first : ndarray of int
        First tree of each round, and the number of trees.
    targets : int
        How many numbers (or labels) it was trained for.
    vectors : bool
        Whether a leaf speaks of all groups.
    """

    objective: str
    n_features: int
    names: tuple[str, ...] | None
    categories: Mapping[int, Categories]
    base: F64
    members: tuple[Member, ...]
    weights: NDArray[np.float32] | None
    group: NDArray[np.int64]
    first: NDArray[np.int64]
    targets: int = 1
    vectors: bool = False


def trees_of(content: Mapping[str, Any], where: str, *, trusted: bool = True) -> XGBoostTrees:
    """Return the trees of a parsed model file; one that is not `trusted` is looked at more closely.

    Raises
    ------
    FormatError
        If something is absent or does not fit.
    UnsupportedModelError
        If it is no model of trees, or its objective or shape is not taken.
    """
    if "learner" not in content and "tree_info" in content:
        raise FormatError(
            f"{where} is a JSON dump of LightGBM, which leaves things out: expected its text; save the model with "
            "save_model('model.txt')"
        )
    try:
        found = _trees_of(content, where)
        if not trusted:
            check_shape(content, where)
        return found
    except SufficeError:
        raise
    except KeyError as error:
        raise FormatError(f"{where} has no field {error}: expected a model that XGBoost saved") from None
    except (TypeError, ValueError, IndexError, AttributeError, ArithmeticError, RecursionError) as error:
        raise FormatError(
            f"{where} is damaged ({shown(str(error), 80)}): expected a model that XGBoost saved"
        ) from None


def _check_none_dropped(model: Mapping[str, Any], where: str) -> None:
    if any(float(weight) != 1.0 for weight in model.get("weight_drop") or ()):
        raise UnsupportedModelError(
            f"{where} has dropped trees (booster='dart') as XGBoost 3.4 and later keep them, and adds them up "
            "in another way than before: fit it with booster='gbtree', or with an older XGBoost"
        )


def _trees_of(content: Mapping[str, Any], where: str) -> XGBoostTrees:
    learner = content["learner"]
    param = learner["learner_model_param"]
    objective = str(learner["objective"]["name"])
    if objective not in LINKS:
        raise UnsupportedModelError(f"{where} has objective={objective!r}: expected one of {', '.join(sorted(LINKS))}")
    booster = learner["gradient_booster"]
    name = str(booster["name"])
    if name not in ("gbtree", "dart"):
        raise UnsupportedModelError(f"{where} has booster={name!r}: expected trees ('gbtree' or 'dart'); fit it anew")
    weights = np.asarray(booster["weight_drop"], np.float32) if name == "dart" else None
    model = booster["gbtree"]["model"] if "gbtree" in booster else booster["model"]
    if name == "gbtree":
        _check_none_dropped(model, where)
    targets = max(1, int(param.get("num_target", 1)))
    n_features, n_groups = int(param["num_feature"]), max(targets, int(param["num_class"]))
    group = np.asarray(model["tree_info"], np.int64)
    trees = model["trees"]
    if not len(trees):
        raise NotFittedModelError(f"{where} has no trees: fit it with at least one round")
    vectors = n_groups > 1 and has_vectors(trees)
    if (n_groups > len(trees) and not vectors) or n_features < 1:
        raise FormatError(
            f"{where} has {len(trees)} trees for {n_groups} classes and {n_features} columns; save it again"
        )
    if len(group) != len(trees) or not ((group >= 0) & (group < n_groups)).all():
        raise FormatError(f"{where}: tree_info {shown(group.tolist())} does not fit {len(trees)} trees; save it again")
    if weights is not None and len(weights) != len(trees):
        raise FormatError(f"{where}: weight_drop has {len(weights)} numbers for {len(trees)} trees; save it again")
    members = tuple(
        _member(tree, int(k), n_groups, n_features, f"tree {t} of {where}")
        for t, (tree, k) in enumerate(each_in_time(zip(trees, group, strict=True)))
    )
    names = tuple(str(n) for n in learner.get("feature_names") or ()) or None
    if names is not None and len(names) != n_features:
        raise FormatError(f"{where} names {len(names)} of {n_features} columns; save it again")
    categories = _categories(learner, model, members)
    base = _base(param["base_score"], objective, n_groups, where)
    first = _rounds(model, 1 if vectors else n_groups, len(trees))
    return XGBoostTrees(
        objective, n_features, names, categories, base, members, weights, group, first, targets, vectors
    )  # fmt: skip


def _rounds(model: Mapping[str, Any], n_groups: int, n_trees: int) -> NDArray[np.int64]:
    """Return the first tree of each round, and the number of trees."""
    if "iteration_indptr" in model:
        return np.asarray(model["iteration_indptr"], np.int64)
    step = n_groups * max(1, int(model["gbtree_model_param"]["num_parallel_tree"]))
    return np.arange(0, n_trees + 1, step, dtype=np.int64)


def _base(text: Any, objective: str, n_groups: int, where: str) -> F64:
    """Return the margins that the sums start from."""
    scores = np.atleast_1d(np.asarray(json.loads(str(text)), np.float64)).astype(np.float32).astype(np.float64)
    if len(scores) not in (1, n_groups):
        raise FormatError(f"{where} has base_score={text}: expected one number, or one for each of {n_groups} groups")
    to_margin = LINKS[objective][0]
    margins = np.resize(scores if to_margin is None else to_margin(scores), n_groups)
    finite(margins, f"base_score={text} of {where}")
    return margins


def _member(tree: Mapping[str, Any], group: int, n_groups: int, n_features: int, where: str) -> Member:
    """Return one tree."""
    left, right, feature = (
        np.asarray(tree[key], np.int64) for key in ("left_children", "right_children", "split_indices")
    )
    told = np.asarray(tree["split_conditions"], np.float32)
    default = np.asarray(tree["default_left"]).astype(np.bool_)
    if len({len(array) for array in (left, right, feature, told, default)}) != 1:
        raise FormatError(f"{where} has lists of different lengths: save the model again")
    kept = checked_member(left, right, feature, n_features, where)
    leaf = left[kept] < 0
    values = np.zeros((len(kept), n_groups))
    if is_vector(tree):
        values[leaf] = leaf_vectors(tree, left, right, n_groups, where)[kept[leaf]]
        right = np.where(left < 0, -1, right)
    else:
        values[leaf, group] = told[kept][leaf]
    told = told[kept]
    finite(values[leaf], f"a leaf of {where}")
    choices = _choices(tree, where)
    split = ~leaf & ~np.isin(kept, list(choices))
    if np.isnan(told[split]).any():
        raise FormatError(f"{where} has a split at NaN: save the model again")
    place = {int(node): i for i, node in enumerate(kept)}
    return Member(
        renumbered(left, kept), renumbered(right, kept), feature[kept],
        np.nextafter(told, np.float32(-np.inf)).astype(np.float64), default[kept], values,
        {place[node]: choice for node, choice in choices.items() if node in place},
    )  # fmt: skip


def _choices(tree: Mapping[str, Any], where: str) -> dict[int, Choice]:
    """Return the splits by categories: those that a node lists go to the right."""
    if "categories_nodes" not in tree:
        return {}
    nodes, starts, sizes, listed = (
        np.asarray(tree[key], np.int64).tolist()
        for key in ("categories_nodes", "categories_segments", "categories_sizes", "categories")
    )
    if not len(nodes) == len(starts) == len(sizes) or any(
        start < 0 or size < 0 or start + size > len(listed) for start, size in zip(starts, sizes, strict=True)
    ):
        raise FormatError(f"{where} lists categories that are not there: save the model again")
    return {
        node: Choice(frozenset(map(float, listed[start : start + size])), True)
        for node, start, size in zip(nodes, starts, sizes, strict=True)
    }


def _categories(
    learner: Mapping[str, Any], model: Mapping[str, Any], members: tuple[Member, ...]
) -> dict[int, Categories]:
    """Return the columns of categories: with the names that the model keeps of them, else with their numbers."""
    types = list(learner.get("feature_types") or ())
    listed: dict[int, float] = {}
    for member in members:
        for node, choice in member.choices.items():
            column = int(member.feature[node])
            listed[column] = max(listed.get(column, -1.0), max(choice.listed, default=-1.0))
    known = list(model.get("cats", {}).get("enc", ()))
    found = {}
    for column in sorted({c for c, kind in enumerate(types) if kind == "c"} | set(listed)):
        names = _tokens(known[column]) if column < len(known) else ()
        if names:
            found[column] = Categories(names, np.arange(len(names), dtype=np.float64))
        else:
            found[column] = numbered_categories(int(listed.get(column, -1.0)) + 1)
    return found


def _tokens(encoded: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the names of the categories of a column: texts in one string of bytes, or numbers."""
    values = np.asarray(encoded["values"])
    if "offsets" not in encoded:
        return tuple(values.tolist())
    ends = np.asarray(encoded["offsets"], np.int64).tolist()
    text = bytes((values.astype(np.int64) & 0xFF).astype(np.uint8))
    if not text.isascii():  # it counts letters where it writes bytes, so that the ends of its texts are lost
        raise UnsupportedModelError(
            f"a column has categories with letters beyond ASCII ({shown(text.decode('utf-8', 'replace'), 40)}…), whose "
            "names XGBoost does not write in full: rename them in ASCII (df['c'].cat.rename_categories), and fit again"
        )
    return tuple(text[start:end].decode("utf-8") for start, end in pairwise(ends))

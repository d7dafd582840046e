"""Additive tree ensembles over a vocabulary: forests of every kind, and what their outcome is.

Guaranteed form
---------------
``root[t]`` is the first node of tree t. ``literal[i]`` is 0 for a leaf, else the signed literal that sends an input to
``right[i]`` when it is true and to ``left[i]`` when it is false (node numbers run over all trees). ``leaf[i]`` is the
row of ``values`` of a leaf, -1 inside. An input's **scores** are ``(base + v_1 + … + v_T) / divisor``, where v_t is the
row of the leaf that it reaches in tree t; they are added in floating point in the order of the trees, as the library
adds them: in double precision or, if ``single``, in single precision. Then all values are float32 numbers, and each sum
of two is rounded to float32 (in double precision it is computed so exactly that this rounds once). A tree that speaks
of one score only adds 0 to the others.

What the scores mean is told by ``CompiledEnsemble``: averaged trees decide for the first greatest score (``decide``), a
boosted classifier of two classes has one score and a threshold, a regressor one score.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..domain.conditions import is_listed
from ..kernels import F64, I8, I32, Bools, inner_kernel, kernel, lean_kernel

# Between the scores and the greatest one of them: nothing, or the library's softmax in single or double precision.
LINKS = ("identity", "softmax32", "softmax64")
# scores that are further apart have different probabilities: float32 tells apart 1 and 1 - 2^-24
NEAR = (0.0, 1e-5, 1e-13)


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleArrays:
    """An additive tree ensemble as parallel arrays: see the module's text for the guarantees.

    Attributes
    ----------
    root : ndarray of int32, shape (n_trees,)
        First node of each tree.
    literal, left, right, leaf : ndarray of int32, shape (n_nodes,)
        The nodes.
    values : ndarray of float64, shape (n_leaves, n_outputs)
        What a leaf adds to the scores.
    base : ndarray of float64, shape (n_outputs,)
        What the scores start from.
    divisor : float
        What the sums are divided by (1 for no division).
    single : bool
        Whether sums are rounded to float32 after each addition.
    """

    root: I32
    literal: I32
    left: I32
    right: I32
    leaf: I32
    values: F64
    base: F64
    divisor: float = 1.0
    single: bool = False

    @property
    def n_trees(self) -> int:
        """Number of trees."""
        return len(self.root)

    @property
    def n_leaves(self) -> int:
        """Number of leaves of all trees."""
        return len(self.values)

    @property
    def n_outputs(self) -> int:
        """Number of scores."""
        return int(self.values.shape[1])

    def leaves_at(self, truth: Bools) -> I32:
        """Return the row of ``values`` that each tree reaches for a vector of truth values, shape (n_trees,)."""
        return reached_leaves(truth, self.root, self.literal, self.left, self.right, self.leaf)

    def scores_at(self, truth: Bools) -> F64:
        """Return the scores for a vector of truth values of the conditions, shape (n_outputs,)."""
        return add_up(self.leaves_at(truth), self.values, self.base, self.divisor, self.single)

    def scores_of_rows(self, rows: F64, codes: tuple[I32, I8, F64, Bools]) -> F64:
        """Return the scores of rows of values (as ``Space.codes`` reads them), shape (m, n_outputs)."""
        return scores_of_rows(
            rows, *codes, self.root, self.literal, self.left, self.right, self.leaf, self.values, self.base,
            self.divisor, self.single,
        )  # fmt: skip

    def path_literals(self, truth: Bools) -> set[int]:
        """Return the literals, as they are true, on the paths that the truth values take."""
        passed = passed_variables(truth, self.root, self.literal, self.left, self.right)
        return {int(v) + 1 if truth[v] else -int(v) - 1 for v in np.nonzero(passed)[0]}


@kernel
def reached_leaves(truth: Bools, root: I32, literal: I32, left: I32, right: I32, leaf: I32) -> I32:
    """Return the leaf row that each tree reaches."""
    out = np.empty(len(root), np.int32)
    for t in range(len(root)):
        node = root[t]
        while literal[node] != 0:
            is_true = truth[abs(literal[node]) - 1] == (literal[node] > 0)
            node = right[node] if is_true else left[node]
        out[t] = leaf[node]
    return out


@kernel
def passed_variables(truth: Bools, root: I32, literal: I32, left: I32, right: I32) -> Bools:
    """Return the conditions that some tree tests on its way."""
    out = np.zeros(len(truth), np.bool_)
    for t in range(len(root)):
        node = root[t]
        while literal[node] != 0:
            out[abs(literal[node]) - 1] = True
            is_true = truth[abs(literal[node]) - 1] == (literal[node] > 0)
            node = right[node] if is_true else left[node]
    return out


@kernel
def add_up(leaves: I32, values: F64, base: F64, divisor: float, single: bool) -> F64:
    """Return the scores of one leaf row a tree, added in their order."""
    out = base.copy()
    for t in range(len(leaves)):
        for k in range(len(base)):
            total = out[k] + values[leaves[t], k]
            out[k] = np.float64(np.float32(total)) if single else total
    if divisor != 1.0:
        for k in range(len(base)):
            out[k] /= divisor
    return out


@kernel
def scores_of_rows(  # noqa: PLR0912  # one branch an operator
    rows: F64, feature: I32, operator: I8, threshold: F64, missing: Bools,
    root: I32, literal: I32, left: I32, right: I32, leaf: I32, values: F64, base: F64, divisor: float,
    single: bool,
) -> F64:  # fmt: skip
    """Return the scores of each row of values, shape (m, n_outputs); conditions as in ``Space.codes``."""
    out = np.empty((rows.shape[0], len(base)), np.float64)
    for row in range(rows.shape[0]):
        for k in range(len(base)):
            out[row, k] = base[k]
        for t in range(len(root)):
            node = root[t]
            while literal[node] != 0:
                i = abs(literal[node]) - 1
                value = rows[row, feature[i]]
                bound = threshold[i]
                code = operator[i]
                if np.isnan(value):
                    is_true = missing[i]
                elif code == 0:
                    is_true = value >= bound
                elif code == 1:
                    is_true = value > bound
                elif code == 2:
                    is_true = value <= bound
                elif code == 3:
                    is_true = value < bound
                elif code == 4:
                    is_true = value == bound
                elif code == 5:
                    is_true = value != bound
                else:
                    is_true = is_listed(value, bound) == (code == 6)
                node = right[node] if is_true == (literal[node] > 0) else left[node]
            for k in range(len(base)):
                total = out[row, k] + values[leaf[node], k]
                out[row, k] = np.float64(np.float32(total)) if single else total
        if divisor != 1.0:
            for k in range(len(base)):
                out[row, k] /= divisor
    return out


@lean_kernel
def decide(scores: F64, link: int) -> int:
    """Return the first greatest score, or the first of the greatest probabilities that a softmax makes of the scores.

    Parameters
    ----------
    scores : ndarray of float64, shape (n_classes,)
        What was added up.
    link : int
        Index of one of `LINKS`. A softmax rounds: near scores may become equal probabilities, and then the first class
        of them wins, though its score is a bit smaller.
    """
    best = 0
    for k in range(1, len(scores)):
        if scores[k] > scores[best]:
            best = k
    if link == 0:
        return best
    near = NEAR[link]
    for k in range(best):  # a class behind the best one cannot win by a tie
        if scores[best] - scores[k] < near:
            return _first_share(scores, link, best)
    return best


@inner_kernel
def _first_share(scores: F64, link: int, best: int) -> int:
    """Return the first class whose share in the softmax is that of the best one."""
    total = 0.0
    for k in range(len(scores)):
        total += _power(scores[k], scores[best], link)
    greatest = _share(scores[best], scores[best], total, link)
    for first in range(best):
        if _share(scores[first], scores[best], total, link) == greatest:
            return first
    return best


@inner_kernel
def _power(score: float, greatest: float, link: int) -> float:
    """Return the exponential of a score, as XGBoost (in single precision) and LightGBM compute it."""
    if link == 1:
        return np.float64(math.exp(np.float32(np.float32(score) - np.float32(greatest))))
    return math.exp(score - greatest)


@inner_kernel
def _share(score: float, greatest: float, total: float, link: int) -> float:
    power = _power(score, greatest, link)
    if link == 1:
        return np.float64(np.float32(np.float32(power) / np.float32(total)))
    return power / total


@kernel
def decide_rows(scores: F64, link: int) -> I32:
    """Return ``decide`` of each row of scores."""
    out = np.empty(len(scores), np.int32)
    for row in range(len(scores)):
        out[row] = decide(scores[row], link)
    return out


@kernel
def softmax(scores: F64, link: int) -> F64:
    """Return the softmax of scores as the library computes it: in single precision but for the sum, or in double."""
    out = np.empty(len(scores), np.float64)
    greatest, total = scores.max(), 0.0
    for k in range(len(scores)):
        total += _power(scores[k], greatest, link)
    for k in range(len(scores)):
        out[k] = _share(scores[k], greatest, total, link)
    return out

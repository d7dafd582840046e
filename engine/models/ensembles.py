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

from dataclasses import dataclass, field

import numpy as np

from .. import _native
from .._native import decide, decide_rows, softmax
from ..kernels import F64, I32, Bools

__all__ = ["LINKS", "EnsembleArrays", "decide", "decide_rows", "softmax"]

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
    _core: _native.Ensemble | None = field(default=None, init=False, repr=False)

    @property
    def core(self) -> _native.Ensemble:
        """The trees as the core has them."""
        made = self._core
        if made is None:
            made = _native.Ensemble(
                _int32(self.root), _int32(self.literal), _int32(self.left), _int32(self.right), _int32(self.leaf),
                np.ascontiguousarray(self.values, np.float64), np.ascontiguousarray(self.base, np.float64),
                self.divisor, self.single,
            )  # fmt: skip
            object.__setattr__(self, "_core", made)
        return made

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
        return self.core.rows_at(np.ascontiguousarray(truth, np.bool_))

    def scores_at(self, truth: Bools) -> F64:
        """Return the scores for a vector of truth values of the conditions, shape (n_outputs,)."""
        return self.core.scores_at(np.ascontiguousarray(truth, np.bool_))

    def add_up(self, leaves: I32) -> F64:
        """Return the scores of one row of ``values`` a tree, shape (n_outputs,)."""
        return self.core.add_up(np.ascontiguousarray(leaves, np.int32))

    def scores_of_rows(self, rows: F64, codes: _native.Conditions) -> F64:
        """Return the scores of rows of values (as ``Space.codes`` reads them), shape (m, n_outputs)."""
        return self.core.scores(codes, np.ascontiguousarray(rows, np.float64))

    def path_literals(self, truth: Bools) -> set[int]:
        """Return the literals, as they are true, on the paths that the truth values take."""
        passed = self.core.passed(np.ascontiguousarray(truth, np.bool_))
        return {int(v) + 1 if truth[v] else -int(v) - 1 for v in np.nonzero(passed)[0]}


def _int32(numbers: I32) -> I32:
    return np.ascontiguousarray(numbers, np.int32)

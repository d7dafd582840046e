"""Several classifiers at once: "all of them have wanted classes", or "one of them has left its class", as one ensemble.

Each classifier's question is a list of whole columns (``arrays.sums``); the trees of one classifier add 0 to the
columns of the others. So the trees of all of them, with the columns of all of them, are one additive ensemble, and
"the columns reach what they need" is decided by a first greatest score:

* **some**: score 0 is -1, score k is ``2 (sum_k - need_k)``: another score than the first wins iff some column is bad.
* **all**: score 0 is 1, score k is ``-2 (sum_k - need_k)``: the first score wins iff all columns are bad.

Where whole sums are exact (votes, pure leaves, shares that are binary fractions) the joint ensemble decides as the
models do. Elsewhere the needs are lowered by a proved bound of the rounding, so that what it calls impossible is
impossible; what it calls possible has to be confirmed by the models' own sums (``labels.joint_question``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import F64, I64, Bools
from ..ensembles.sums import Arithmetic, Columns, class_columns, interval_columns, whole_values
from ..models import CompiledEnsemble
from ..models.ensembles import EnsembleArrays

_WIDEST = 46  # bits of the sums of one column: twice that is exact in double precision
_NO_CLASSES = np.zeros(0, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One classifier, and the classes in question.

    Attributes
    ----------
    model : CompiledEnsemble
        Over the shared conditions.
    good : ndarray of bool, shape (n_classes,)
        O: one class, or all but one.
    away : bool
        Where a model's own sums are in doubt (``CompiledEnsemble.slack``): whether doubt counts as inside O.
    """

    model: CompiledEnsemble
    good: Bools
    away: bool = False

    @property
    def trees(self) -> EnsembleArrays:
        """The trees, with what is in doubt on the cautious side."""
        return self.model.leaning(self.good, self.away)

    @property
    def constant(self) -> bool:
        """Whether all classes are good, or none is."""
        return bool(self.good.all() or not self.good.any())


def own_question(part: Part) -> tuple[Arithmetic, Columns]:
    """Return the question whether one classifier can leave O, in its own arithmetic and in whole numbers."""
    model, trees, good = part.model, part.trees, part.good

    def arithmetic(lower: float, upper: float, classes: Bools) -> Arithmetic:
        return Arithmetic(
            trees.values, trees.base, trees.divisor, classes, lower, upper, False, trees.single, model.link_code
        )

    if not model.one_score:
        return arithmetic(0.0, 0.0, good), class_columns(whole_values(trees), good, model.link_code)
    lower, upper = model.margins_of_classes(good)
    return arithmetic(lower, upper, _NO_CLASSES), interval_columns(trees, lower, upper)


def is_exact(part: Part) -> bool:
    """Tell whether whole sums decide as the model's own sums do."""
    return not part.model.one_score and part.model.link_code == 0 and whole_values(part.trees).error == 0


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """A joint ensemble.

    Attributes
    ----------
    trees : EnsembleArrays
        With a score for each column, after score 0 (see the module's text).
    exact : bool
        Whether it decides as the models themselves do, and not only calls too much possible.
    """

    trees: EnsembleArrays
    exact: bool


def join(parts: Sequence[Part], *, together: bool) -> Joint:
    """Return the joint ensemble of several classifiers.

    Parameters
    ----------
    parts : sequence of Part
        The classifiers, over the same conditions. For "all", each one asks for a single class (O is all but one) or has
        two classes.
    together : bool
        ``True`` for "all of them leave O", ``False`` for "one of them does".
    """
    sign = -2.0 if together else 2.0
    columns = [_columns(part, together=together) for part in parts]
    total = sum(len(c.need) for c in columns)
    values = np.zeros((sum(len(c.worth) for c in columns), 1 + total))
    base = np.zeros(1 + total)
    base[0] = 1.0 if together else -1.0
    row, column, exact = 0, 1, all(map(is_exact, parts))
    for part, own in zip(parts, columns, strict=True):
        worth, room, fine = _scaled(part.trees, own)
        exact = exact and fine
        end, last = row + len(worth), column + len(room)
        values[row:end, column:last] = sign * worth
        base[column:last] = sign * room
        row, column = end, last
    trees = replace(_concatenated([part.trees for part in parts], values), base=base)
    return Joint(trees, exact and whole_values(trees).error == 0)


def _columns(part: Part, *, together: bool) -> Columns:
    """Return a classifier's question; for "all" it is impossible where no column says so."""
    columns = own_question(part)[1]
    if not together or len(columns.need) or not part.good[_any_outcome(part.model)]:
        return columns
    n = len(columns.worth)
    return Columns(np.zeros((n, 1), np.int64), np.zeros(1, np.int64), np.ones(1, np.int64), True)


def _any_outcome(model: CompiledEnsemble) -> int:
    """Return the class of some input: of a model without columns it is that of all inputs."""
    return model.outcome_at(np.zeros(int(np.abs(model.trees.literal).max(initial=0)), np.bool_))


def _scaled(trees: EnsembleArrays, columns: Columns) -> tuple[F64, F64, bool]:
    """Return the worths and ``offset - need`` of columns, coarser where they are large, and whether they are as before.

    What is coarse is rounded up: sums become greater, never smaller.
    """
    worth, room = columns.worth, columns.offset - columns.need
    largest = np.abs(worth).max(axis=1, initial=0)
    owner = np.repeat(np.arange(trees.n_trees), np.diff(np.append(trees.root, len(trees.literal))))
    of_tree = np.zeros(trees.n_trees, np.int64)
    inner = trees.leaf >= 0
    np.maximum.at(of_tree, owner[inner], largest[trees.leaf[inner]])
    greatest = int(of_tree.sum()) + int(np.abs(room).max(initial=0))
    unit = 1 << max(0, greatest.bit_length() - _WIDEST)
    coarse: I64 = -((-worth) // unit)
    wide: I64 = -((-room) // unit)
    return coarse.astype(np.float64), wide.astype(np.float64), unit == 1


def _concatenated(parts: Sequence[EnsembleArrays], values: F64) -> EnsembleArrays:
    """Return the nodes of several ensembles, one after another."""
    nodes = np.cumsum([0, *(len(p.literal) for p in parts)])
    leaves = np.cumsum([0, *(len(p.values) for p in parts)])
    shifted = [
        (p.root + n, p.literal, p.left + n, p.right + n, np.where(p.leaf >= 0, p.leaf + m, -1))
        for p, n, m in zip(parts, nodes.tolist(), leaves.tolist(), strict=False)
    ]
    root, literal, left, right, leaf = (
        np.concatenate(column).astype(np.int32) for column in zip(*shifted, strict=True)
    )
    return EnsembleArrays(root, literal, left, right, leaf, values, np.zeros(values.shape[1]))

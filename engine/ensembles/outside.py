"""What "an outcome outside O" means for a compiled ensemble of any kind: the model's arithmetic, and whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import Bools
from ..models.compiled import CompiledEnsemble
from .goals import goal_of
from .sums import Arithmetic, Columns, Whole, class_columns, interval_columns, whole_values

_NO_CLASSES = np.zeros(0, np.bool_)
Wanted = Any  # O: a vector over the classes, an interval (lower, upper), or one to be entered (lower, upper, True)


def outside_sums(
    compiled: CompiledEnsemble, wanted: Wanted, away: bool, whole: Callable[[], Whole] | None = None
) -> tuple[Arithmetic, Columns]:
    """Return the question whether the model can be outside O, in its arithmetic and in whole numbers.

    Parameters
    ----------
    compiled : CompiledEnsemble
        The model.
    wanted : ndarray of bool or tuple
        O: one class, or all but one; or an interval of predictions.
    away : bool
        Whether what is in doubt (see ``CompiledEnsemble.slack``) counts as inside O (else as outside).
    whole : callable, optional
        Returns the values of the trees as whole numbers, where they are kept.
    """
    made = whole or (lambda: whole_values(compiled.trees))
    if compiled.circuit is not None:
        if not isinstance(wanted, tuple) and wanted.all() == wanted.any():
            return _settled(compiled, bool(wanted.all()))
        return goal_of(compiled.trees, compiled.circuit, wanted, made(), away=away)
    trees = compiled.trees if isinstance(wanted, tuple) else compiled.leaning(wanted, away)
    if not isinstance(wanted, tuple) and not compiled.one_score:
        values = made() if trees is compiled.trees else whole_values(trees)
        sums = arithmetic_of(compiled, 0.0, 0.0, good=wanted)._replace(start=trees.base)
        return sums, class_columns(values, wanted, compiled.link_code)
    enter = False
    if not isinstance(wanted, tuple):
        lower, upper = compiled.margins_of_classes(wanted)
    else:
        lower, upper, enter = (*wanted, False)[:3]
        if compiled.transform is not None or trees.single:
            lower, upper = compiled.margins_of_interval(lower, upper)
        lower, upper = compiled.leaning_interval(lower, upper, enter, away)
    sums = arithmetic_of(compiled, lower, upper, enter)._replace(start=trees.base)
    return sums, interval_columns(trees, lower, upper, enter=enter)


def _settled(compiled: CompiledEnsemble, inside: bool) -> tuple[Arithmetic, Columns]:
    """Return the question of a model of one class: a number that no input reaches, or that each one has."""
    trees = compiled.trees
    zero, need = np.zeros(1, np.int64), np.full(1, int(inside), np.int64)
    columns = Columns(np.zeros((trees.n_leaves, 1), np.int64), zero, need, False, np.zeros(0, np.int32))
    return arithmetic_of(compiled, 0.0, 0.0, good=np.full(trees.n_outputs, inside)), columns


def arithmetic_of(
    compiled: CompiledEnsemble, lower: float, upper: float, enter: bool = False, good: Bools = _NO_CLASSES
) -> Arithmetic:
    """Return a model's arithmetic with O: some classes, or an interval of scores."""
    trees = compiled.trees
    return Arithmetic(
        trees.values, trees.base, trees.divisor, good, lower, upper, enter, trees.single, compiled.link_code
    )

"""Ensembles that add up numbers as CNF over their conditions: naive Bayes, linear models, boosted trees, soft votes.

Guaranteed form
---------------
Variables 1 … n are the conditions of the vocabulary; those of the domain (``conditions``) and of the leaves follow,
then the digits of the sums, which are added in binary (``adder``). All of them are determined by the
conditions: the formula has one model for each truth of the conditions that it allows. Where the model's sums are whole
numbers of some unit, these are exactly the truths at which the outcome is in O. Else a sum nearer to the border than
the proved bound of all rounding is not counted as in O, nor as outside of it.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from ...engine.arrays import I64, Bools
from ...engine.domain.space import Space
from ...engine.ensembles.sums import Columns, whole_values
from ...engine.errors import CapabilityError
from ...engine.forms import Cnf
from ...engine.models import CompiledEnsemble
from .adder import reaches
from .conditions import Clause, domain_clauses
from .networks import Names, SignNetwork, network_clauses
from .short_trees import ShortTree, short_trees

MOST = 5_000_000  # clauses


def sums_cnf(compiled: CompiledEnsemble, space: Space, good: Bools, columns: Columns) -> Cnf:
    """Return the CNF of "the outcome is in O" under the domain.

    Parameters
    ----------
    compiled : CompiledEnsemble
        A classifier.
    space : Space
        Its domain.
    good : ndarray of bool, shape (n_classes,)
        O: one class.
    columns : Columns
        The question whether the outcome can be outside O, in whole numbers.

    Raises
    ------
    CapabilityError
        If the formula would have more than five million clauses.
    """
    clauses, n = domain_clauses(space)
    if isinstance(compiled.source, SignNetwork):
        found, last = _network(compiled.source, space, good, n)
        return Cnf.from_clauses([*clauses, *found], last)
    exact = _exact_bad(compiled, good)
    columns = columns if exact is None else exact
    rows, kinds = np.unique(columns.worth, axis=0, return_inverse=True)
    trees = short_trees(compiled.trees, np.asarray(kinds).ravel().tolist())
    _check_size(trees, rows, columns)
    worth = rows.tolist()
    terms: list[tuple[int, list[int]]] = []
    start = columns.offset.tolist()
    for tree in trees:
        added, defined, n = _tree_terms(tree, worth, n)
        clauses += defined
        terms += added[1:]
        start = [a + b for a, b in zip(start, added[0][1], strict=True)]
    bad: list[int | bool] = []
    fresh = n + 1
    for k, need in enumerate(columns.need.tolist()):
        added_up, literal, fresh = reaches([(v, w[k]) for v, w in terms if w[k]], need - start[k], fresh)
        clauses += added_up
        bad.append(literal)
    return Cnf.from_clauses([*clauses, *_demanded(bad, columns.together)], fresh - 1)


def _exact_bad(compiled: CompiledEnsemble, good: Bools) -> Columns | None:
    """Return the exact question of a model of one score whose sums are whole, None if there is none."""
    if not compiled.one_score or compiled.slack or not math.isfinite(compiled.threshold):
        return None
    whole = whole_values(compiled.trees)
    if whole.error:
        return None
    least = _least_whole(compiled.threshold, compiled.trees.divisor, whole.shift)
    sign = 1 if good[0] else -1  # class 1 is bad from `least` on, class 0 below it
    need = least if good[0] else 1 - least
    return Columns(sign * whole.worth, sign * whole.start, np.array([need], np.int64), together=False)


def _least_whole(threshold: float, divisor: float, shift: int) -> int:
    """Return the least whole sum whose score, the quotient as it is rounded, reaches a threshold."""
    least = math.ceil(Fraction(threshold) * Fraction(divisor) * Fraction(2) ** shift)
    while math.ldexp(least - 1, -shift) / divisor >= threshold:
        least -= 1
    while math.ldexp(least, -shift) / divisor < threshold:
        least += 1
    return least


def _tree_terms(
    tree: ShortTree, worth: list[list[int]], n: int
) -> tuple[list[tuple[int, list[int]]], list[Clause], int]:
    """Return what a tree adds: first a constant (literal 0), then what literals add; their clauses; the variables."""
    kinds = sorted(tree.kinds())
    base = worth[kinds[0]]
    constant = (0, base)
    if len(kinds) == 1:
        return [constant], [], n
    if len(tree.kind) == 3:  # one test: its own literal
        more = [a - b for a, b in zip(worth[tree.kind[tree.right[0]]], worth[tree.kind[tree.left[0]]], strict=True)]
        return [(0, worth[tree.kind[tree.left[0]]]), (tree.literal[0], more)], [], n
    names = {kind: n + i for i, kind in enumerate(kinds[1:], 1)}
    n += len(names)
    clauses: list[Clause] = []
    for path, kind in tree.paths():
        against = tuple(-v for v in path)
        clauses += [(*against, name if kind == own else -name) for own, name in names.items()]
    terms = [(name, [a - b for a, b in zip(worth[kind], base, strict=True)]) for kind, name in names.items()]
    return [constant, *terms], clauses, n


def _demanded(bad: list[int | bool], together: bool) -> list[Clause]:
    """Return clauses that say that no column is bad (`together`: that one is not)."""
    if together:
        if any(literal is False for literal in bad):
            return []
        return [tuple(-literal for literal in bad if not isinstance(literal, bool))]
    if any(literal is True for literal in bad):
        return [()]
    return [(-literal,) for literal in bad if not isinstance(literal, bool)]


def _check_size(trees: list[ShortTree], rows: I64, columns: Columns) -> None:
    digits = int(np.abs(rows).max(initial=1)).bit_length()
    inputs = sum(len(tree.kinds()) - 1 for tree in trees)
    leaves = sum(len(tree.kind) * max(len(tree.kinds()) - 1, 1) for tree in trees if len(tree.kind) > 3)
    size = leaves + 16 * inputs * digits * len(columns.need)
    if size > MOST:
        raise CapabilityError(
            f"the sums of {inputs} terms of {digits} binary digits, {len(columns.need)} of them, need about {size} "
            f"clauses: at most {MOST} are written; use to_counterexample_mips, round the weights, or explain a smaller "
            "model"
        )


def _network(network: SignNetwork, space: Space, good: Bools, n: int) -> tuple[list[Clause], int]:
    """Return the clauses of a network over conditions; inputs that no condition tests change no neuron."""
    names = Names(n)
    high: list[int | bool] = [True] * network.n_features
    for i, condition in enumerate(space.vocabulary.conditions, 1):
        high[condition.feature] = i
    return network_clauses(network, int(np.argmax(good)), high, names), names.last

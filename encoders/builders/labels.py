"""Labels given directly as a formula over binary features: a label is 1 iff its CNF holds.

A clause is a tree that walks its literals and gives 2 where all of them are false. The label is 0 where these numbers
add up to more than 1: whole numbers, which add up without error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Condition, Operator, Reading
from ...engine.domain.theory import Feature, Kind
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, shown
from ...engine.given import is_whole, items_in, list_of
from ...engine.models import CompiledEnsemble
from ...engine.models.ensembles import EnsembleArrays
from ..columns.readers import read_plain
from ..columns.rows import as_matrix, copy_row, default_names, listed_names
from ..encoder import Traits

TAKEN = "Builder.LabelCNF"
Clause = tuple[int, ...]  # signed columns, from 1


class LabelCNF:
    """A label that is 1 where a formula in conjunctive normal form over binary features holds, else 0.

    Parameters
    ----------
    clauses : str, or sequence of clauses
        A clause is a sequence of literals, a literal the name of a feature, with a minus sign where it is negated
        (``"-coffee"``), or its signed number from 1. Or the whole formula as one text: ``"(a | -b)(c | -d | e)"``.
    feature_names : sequence of str, optional
        All features, in their order; default: those that occur, in the order in which they occur (for numbers: f1,
        f2, … up to the greatest).

    Raises
    ------
    BadInputError
        If a literal is no feature, or names are not distinct.
    """

    def __init__(self, clauses: Any, *, feature_names: Sequence[str] | None = None) -> None:
        listed = [_literals(clause) for clause in _listed(clauses)]
        self.feature_names = _names(listed) if feature_names is None else listed_names(feature_names)
        if len(set(self.feature_names)) != len(self.feature_names):
            raise BadInputError(f"feature_names={list(self.feature_names)!r}: expected distinct names")
        place = {name: i for i, name in enumerate(self.feature_names, 1)}
        self.clauses: tuple[Clause, ...] = tuple(tuple(_number(v, place) for v in clause) for clause in listed)

    def over(self, names: Sequence[str]) -> LabelCNF:
        """Return the same formula over the columns of these names.

        Raises
        ------
        BadInputError
            If a feature that the formula speaks of is not among them.
        """
        used = {abs(v) for clause in self.clauses for v in clause}
        absent = [self.feature_names[v - 1] for v in sorted(used) if self.feature_names[v - 1] not in names]
        if absent:
            raise BadInputError(f"a CNF label speaks of {absent[:12]}: expected features among {list(names)[:12]}")
        place = {name: i for i, name in enumerate(names, 1)}
        moved = [
            [place[self.feature_names[abs(v) - 1]] * (1 if v > 0 else -1) for v in clause] for clause in self.clauses
        ]
        return LabelCNF(moved, feature_names=names)

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return 1 for each row where the formula holds, else 0, shape (m,) of int."""
        return self.predict_read(as_matrix(rows, self.feature_names, own=self.feature_names))

    def predict_read(self, matrix: NDArray[np.float64]) -> NDArray[Any]:
        """Return the same for a matrix of numbers."""
        truth = matrix > 0.5
        out = np.ones(len(matrix), np.int64)
        for clause in self.clauses:
            held = np.zeros(len(matrix), np.bool_)
            for literal in clause:
                held |= truth[:, abs(literal) - 1] == (literal > 0)
            out[~held] = 0
        return out

    def __repr__(self) -> str:
        return f"LabelCNF({len(self.clauses)} clauses over {len(self.feature_names)} features)"


def _listed(clauses: Any) -> list[Any]:
    """Return the clauses of a formula."""
    if not isinstance(clauses, str):
        return list_of(clauses, "clauses", "a list of clauses such as [('a', '-b'), ('c',)]")
    found = re.findall(r"\(([^()]*)\)", clauses)
    if re.sub(r"\([^()]*\)", "", clauses).strip(" &∧,;\n\t"):
        raise BadInputError(f"clauses={shown(clauses)}: expected clauses in brackets such as '(a | -b)(c)'")
    return [[word for word in re.split(r"[|∨]", text) if word.strip()] for text in found]


def _literals(clause: Any) -> list[Any]:
    if (listed := items_in(clause)) is None:
        raise BadInputError(f"clause {shown(clause)}: expected a sequence of literals such as ('a', '-b')")
    out: list[Any] = []
    for literal in listed:
        if isinstance(literal, str) and literal.strip(" -¬~!"):
            text = literal.strip()
            negated = text[0] in "-¬~!"
            out.append((text[1:].strip() if negated else text, not negated))
        elif is_whole(literal) and literal != 0:
            out.append(int(literal))
        else:
            raise BadInputError(f"literal {shown(literal)} of a clause: expected a name, '-name', or a signed number")
    return out


def _names(clauses: list[list[Any]]) -> tuple[str, ...]:
    named = dict.fromkeys(v[0] for clause in clauses for v in clause if isinstance(v, tuple))
    greatest = max((abs(v) for clause in clauses for v in clause if isinstance(v, int)), default=0)
    if named and greatest:
        raise BadInputError("clauses mix names and numbers of features: pass feature_names, or use one of them")
    return tuple(named) or default_names(greatest)


def _number(literal: Any, place: dict[str, int]) -> int:
    if isinstance(literal, int):
        if abs(literal) > len(place):
            raise BadInputError(f"literal {literal} of a clause: expected ±1 … ±{len(place)}")
        return literal
    name, positive = literal
    if name not in place:
        raise BadInputError(f"literal {name!r} of a clause is no feature: the features are {list(place)[:12]}")
    return place[name] if positive else -place[name]


# -- encoder ---------------------------------------------------------------------------------------------------


def accepts(model: Any) -> bool:
    """Tell whether `model` is a label given as CNF."""
    return isinstance(model, LabelCNF)


def takes_missing(model: Any) -> bool:
    """Tell that a formula takes no missing values."""
    return False


def column_names(model: LabelCNF) -> tuple[str, ...]:
    """Return the names of the features."""
    return model.feature_names


def compile_model(
    model: LabelCNF, *, names: tuple[str, ...] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledEnsemble:
    """Compile a label given as CNF.

    Raises
    ------
    BadInputError
        If missing values are wanted, or names do not fit.
    """
    names = names or model.feature_names
    if missing:
        raise BadInputError(f"missing values in {[names[c] for c in sorted(missing)]}: a CNF label takes none")
    if len(names) != len(model.feature_names):
        raise BadInputError(f"feature_names has {len(names)} names: expected {len(model.feature_names)}")
    trees, conditions = _trees(model.clauses)
    remedy = "a CNF label takes no missing values"
    read = partial(read_plain, None, names, Reading.FLOAT64, frozenset(), remedy, names, None)
    features = tuple(Feature(name, Kind.BINARY, (column,)) for column, name in enumerate(names))
    return CompiledEnsemble(
        trees, Vocabulary(conditions, names, Reading.FLOAT64), (0, 1), features, read, copy_row, model.predict_read,
        frozenset(), model, "soft",
    )  # fmt: skip


def _trees(clauses: Sequence[Clause]) -> tuple[EnsembleArrays, tuple[Condition, ...]]:
    number: dict[int, int] = {}
    conditions: list[Condition] = []
    root: list[int] = []
    literal: list[int] = []
    left: list[int] = []
    right: list[int] = []
    leaf: list[int] = []
    values: list[tuple[float, float]] = []

    def add_leaf(value: float) -> int:
        for column, entry in ((literal, 0), (left, 0), (right, 0), (leaf, len(values))):
            column.append(entry)
        values.append((value, 0.0))
        return len(literal) - 1

    for clause in clauses or [(1, -1)]:
        root.append(len(literal))
        wanted = dict.fromkeys(clause)
        if any(-v in wanted for v in wanted):
            add_leaf(0.0)  # it always holds
            continue
        for v in wanted:
            if abs(v) not in number:
                conditions.append(Condition(abs(v) - 1, Operator.GT, 0.5))
                number[abs(v)] = len(conditions)
            place = len(literal)
            for column, entry in ((literal, number[abs(v)]), (left, 0), (right, 0), (leaf, -1)):
                column.append(entry)
            holds = add_leaf(0.0)
            left[place], right[place] = (holds + 1, holds) if v > 0 else (holds, holds + 1)
        add_leaf(2.0)
    arrays = [np.array(column, np.int32) for column in (root, literal, left, right, leaf)]
    root_, literal_, left_, right_, leaf_ = arrays
    trees = EnsembleArrays(root_, literal_, left_, right_, leaf_, np.array(values), np.array([0.0, 1.0]))
    return trees, tuple(conditions)


TRAITS = Traits()

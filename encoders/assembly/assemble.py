"""From the trees of a boosted model to its compiled form, over columns of numbers and of categories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine._native import depth_first
from ...engine.arrays import F64, I64, Bools
from ...engine.domain.conditions import Reading
from ...engine.domain.theory import Feature, Kind, numerical_features
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, UnsupportedModelError
from ...engine.models import CompiledEnsemble
from ...engine.models.ensembles import EnsembleArrays
from ..columns.checks import check_columns, missing_remedy
from ..columns.coded_columns import OTHER, CodeColumn, NumberColumn, Void
from ..columns.coded_rows import Rows
from ..columns.missing import is_missing
from ..columns.readers import read_plain
from ..columns.rows import copy_row
from .growth import grow_many
from .members import Member, Parts, number_members
from .node_tests import LIMIT, CodeTest, NumberTest, Spoken, Tests

Predict = Callable[[NDArray[np.float64]], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Categories:
    """A column of categories.

    Attributes
    ----------
    tokens : tuple
        What the user's rows hold.
    values : ndarray of float64
        What the model's trees read for each token.
    other : bool
        Whether the last token stands for all values that are not listed.
    void : callable or None
        Tells which values the model takes for missing: negative numbers, or whatever is not listed.
    """

    tokens: tuple[Any, ...]
    values: F64
    other: bool = False
    void: Void | None = None

    def column(self) -> CodeColumn:
        """Return the codes of the tokens."""
        listed = self.tokens[:-1] if self.other else self.tokens
        labels = tuple(int(t) if isinstance(t, float) and t.is_integer() else t for t in listed)
        kind = WholeNumbers if self.other else CodeColumn
        return kind(
            self.tokens, (*labels, OTHER) if self.other else labels, {token: i for i, token in enumerate(listed)},
            len(listed) if self.other else None, np.nan, self.void,
        )  # fmt: skip

    @property
    def is_void(self) -> Void:
        """What tells which values, None and NaN among them, are missing ones for the model."""
        known, void = set(self.tokens), self.void

        def missing(value: Any) -> bool:
            return is_missing(value) or bool(void is not None and value not in known and void(value))

        return missing


def negative(value: Any) -> bool:
    """Tell whether a value is a negative number."""
    return isinstance(value, (int, float, np.number)) and bool(value < 0)


def anything(value: Any) -> bool:
    """Tell that whatever is not listed is taken for missing."""
    return True


class WholeNumbers(CodeColumn):
    """A column of numbered categories, of which all that are not listed are treated alike."""

    __slots__ = ()

    def code_of(self, value: Any, name: str, row: int, missing: bool) -> float:
        """Return the code of a user's value, NaN for a missing one."""
        if not is_missing(value):
            whole = isinstance(value, (int, float, np.number)) and float(value).is_integer()
            if not whole or (value < 0 and self.void is None):
                raise BadInputError(
                    f"feature {name!r} is {value!r} in row {row}: expected the number of a category, a whole number "
                    "from 0"
                )
        return CodeColumn.code_of(self, value, name, row, missing)


def numbered_categories(count: int) -> Categories:
    """Return the categories 0 … count - 1 of a model that tells only numbers, and one for all others."""
    return Categories(tuple(float(i) for i in range(count + 1)), np.arange(count + 1, dtype=np.float64), other=True)


@dataclass(frozen=True, slots=True)
class Table:
    """What a model reads.

    Attributes
    ----------
    names : tuple of str
        Names of its columns as the user sees them.
    own : tuple of str or None
        Names that it was fitted with.
    categories : mapping from column to Categories
        The columns that are no numbers.
    takes_missing : bool
        Whether the model takes missing values.
    absent : float or None
        What it reads for the entries that a sparse matrix leaves out, see ``as_matrix``.
    seen : callable or None
        What the library makes of the user's rows before its trees read them, see ``as_libraries``.
    """

    names: tuple[str, ...]
    own: tuple[str, ...] | None
    categories: Mapping[int, Categories] = field(default_factory=dict)
    takes_missing: bool = True
    absent: float | None = None
    seen: Callable[[Any], Any] | None = None

    def check(self, count: int, missing: frozenset[int], model: Any) -> None:
        """Raise BadInputError if names do not fit the model's columns, or it does not take the missing values."""
        check_columns(self.names, count, missing, self.takes_missing, model)

    def values_of(self, matrix: F64) -> F64:
        """Return a matrix of numbers and codes with the values that the model reads in place of the codes."""
        out = matrix.copy()
        for c, known in self.categories.items():
            present = ~np.isnan(matrix[:, c])
            out[present, c] = known.values[matrix[present, c].astype(np.intp)]
        return out


def assemble(parts: Parts, table: Table, missing: frozenset[int], predict: Predict, model: Any) -> CompiledEnsemble:
    """Return the compiled form.

    Parameters
    ----------
    parts : Parts
        The trees.
    table : Table
        The columns.
    missing : frozenset of int
        Columns that may be missing.
    predict : callable
        Matrix of numbers and codes -> labels or numbers of the model's own ``predict``.
    model : object
        The user's model.
    """
    for member in parts.members:
        check_choices(member, table)
    if table.categories:
        return _with_categories(parts, table, missing, predict, model)
    trees, conditions = number_members(parts, missing)
    remedy = missing_remedy(table.takes_missing)

    read = partial(read_plain, table.seen, table.names, parts.reading, missing, remedy, table.own, table.absent)
    return CompiledEnsemble(
        trees, Vocabulary(conditions, table.names, parts.reading), parts.classes, numerical_features(table.names), read,
        copy_row, predict, missing, model, **decision_of(parts),
    )  # fmt: skip


def decision_of(parts: Parts) -> dict[str, Any]:
    """Return the fields of a compiled ensemble that tell what its scores mean."""
    return {
        "voting": parts.voting, "threshold": parts.threshold, "link": parts.link, "transform": parts.transform,
        "slack": parts.slack,
    }  # fmt: skip


def _with_categories(
    parts: Parts, table: Table, missing: frozenset[int], predict: Predict, model: Any
) -> CompiledEnsemble:
    columns = tuple(
        table.categories[c].column() if c in table.categories else NumberColumn() for c in range(len(table.names))
    )
    spoken = Spoken(LIMIT + sum(len(member.left) for member in parts.members))
    asked: dict[tuple[int, int, bool], CodeTest] = {}
    walks = [Tests(member, _tests(parts, member, table, missing, asked), missing, spoken) for member in parts.members]
    grown = grow_many(
        [walk.root for walk in walks], lambda t, place: walks[t].split_of(place), parts.reading, missing=missing
    )
    values = np.array([parts.members[t].values[Tests.place(place)] for t, place in grown.leaves])
    trees = EnsembleArrays(*grown[:5], values, parts.base, parts.divisor, parts.single)
    rows = Rows(table.names, table.own, columns, parts.reading, missing, absent=table.absent, seen=table.seen)
    labels = {c: column.labels for c, column in enumerate(columns) if isinstance(column, CodeColumn)}
    features = tuple(
        Feature(name, Kind.CATEGORICAL, (c,), tuple(float(code) for code in range(len(labels[c]))))
        if c in labels
        else Feature(name, Kind.NUMERICAL, (c,))
        for c, name in enumerate(table.names)
    )
    return CompiledEnsemble(
        trees, Vocabulary(grown.conditions, table.names, parts.reading, labels), parts.classes, features, rows.read,
        rows.to_user_row, predict, missing, model, **decision_of(parts),
    )  # fmt: skip


def _tests(
    parts: Parts, member: Member, table: Table, missing: frozenset[int], asked: dict[tuple[int, int, bool], CodeTest]
) -> dict[int, NumberTest | CodeTest]:
    """Return the tests of a tree: node -> test; nodes that share a choice share a test (`asked`)."""
    tests: dict[int, NumberTest | CodeTest] = {}
    inner = np.nonzero(member.left >= 0)[0].tolist()
    for node in inner:
        column = int(member.feature[node])
        known = table.categories.get(column)
        if known is None:
            absent = column in missing and not member.missing_left[node]
            tests[node] = NumberTest(parts.condition_of(column, float(member.threshold[node]), absent))
        else:
            choice = member.choices.get(node)
            key = (column, id(choice), bool(member.missing_left[node]))
            if choice is None or key not in asked:
                values = np.append(known.values, np.nan) if column in missing else known.values
                asked[key] = CodeTest(column, member.turns(node, values), ranked=False, listed=True)
            tests[node] = asked[key]
    return tests


def check_choices(member: Member, table: Table) -> None:
    """Raise UnsupportedModelError if a tree splits a column of numbers by categories."""
    for node in member.choices:
        column = int(member.feature[node])
        if column not in table.categories:
            raise UnsupportedModelError(
                f"column {table.names[column]!r} is split by categories, but the model does not list it as "
                "categorical: save the model again with its feature types"
            )


def checked_member(left: NDArray[Any], right: NDArray[Any], feature: NDArray[Any], n_features: int, where: str) -> I64:
    """Return the nodes that a walk from the root reaches, in the order node, left, right.

    Raises
    ------
    BadInputError
        If the children of the nodes make no tree, or a node tests a column that is not there.
    """
    inner = left >= 0
    children = np.concatenate([left[inner], right[inner]])
    shape = len(left) > 0 and bool((children > 0).all() and (children < len(left)).all())
    if not shape or len(np.unique(children)) != len(children):
        raise BadInputError(f"{where}: its nodes make no tree; the model is damaged, save it again")
    tested = feature[inner]
    if ((tested < 0) | (tested >= n_features)).any():
        raise BadInputError(
            f"{where} tests column {int(tested.max())}: expected columns 0 … {n_features - 1}; the model is damaged, "
            "save it again"
        )
    return depth_first(np.zeros(1, np.int64), np.where(inner, left, -1).astype(np.int64), right.astype(np.int64))


def renumbered(children: NDArray[Any], kept: I64) -> NDArray[np.int64]:
    """Return the children of the kept nodes as places among them; leaves keep -1."""
    place = np.full(len(children) + 1, -1, np.int64)
    place[kept] = np.arange(len(kept))
    mine = children[kept]
    return place[np.where(mine < 0, len(children), mine)]


def finite(numbers: NDArray[Any], where: str) -> Bools:
    """Raise BadInputError if a number is NaN or infinite."""
    good: Bools = np.isfinite(numbers)
    if not good.all():
        raise BadInputError(f"{where}: {float(numbers[~good][0])} is no finite number; the model cannot be explained")
    return good


__all__ = ["Categories", "Reading", "Table", "assemble", "checked_member", "finite", "numbered_categories"]

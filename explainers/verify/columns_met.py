"""Which columns of two models are the same: by their names, or by their places where one has none of the user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, shown
from ...engine.models import same_label


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """The joint columns of two models.

    Attributes
    ----------
    names : tuple of str
        The columns.
    columns : tuple of tuples of int
        For each model its own column for each joint one; -1: it has none.
    labels : mapping from column to tuple
        What the codes of a joint column of categories stand for.
    codes : tuple of mappings from column to tuple of int
        For each model and column of categories its own code for each joint one.
    finer : tuple of int
        For each column the model that reads it in more digits.
    by_name : bool
        Whether they were matched by their names.
    """

    names: tuple[str, ...]
    columns: tuple[tuple[int, ...], tuple[int, ...]]
    labels: Mapping[int, tuple[Any, ...]]
    codes: tuple[Mapping[int, tuple[int, ...]], Mapping[int, tuple[int, ...]]]
    finer: tuple[int, ...]
    by_name: bool

    def joined(self, read: Sequence[F64]) -> F64:
        """Return rows of the joint columns from rows as each of the models reads them.

        Raises
        ------
        BadInputError
            If a category is not one that both models know.
        """
        out = np.zeros((len(read[0]), len(self.names)))
        for joint, which in enumerate(self.finer):
            values = read[which][:, self.columns[which][joint]]
            codes = self.codes[which].get(joint)
            if codes is not None:
                place = {code: i for i, code in enumerate(codes)}
                told = [np.nan if np.isnan(v) else place.get(int(v), -1) for v in values]
                if -1 in told:
                    raise BadInputError(
                        f"row {told.index(-1)} has a value of {self.names[joint]!r} that only one of the models knows"
                    )
                values = np.array(told, np.float64)
            out[:, joint] = values
        return out

    def to_user_row(self, row: F64) -> NDArray[Any]:
        """Return a row of the joint columns with the labels of categories."""
        out = np.array(row, dtype=object if self.labels else np.float64)
        for column, labels in self.labels.items():
            out[column] = None if np.isnan(row[column]) else labels[int(row[column])]
        return out


def met_columns(vocabularies: Sequence[Vocabulary]) -> Met:
    """Return which columns are the same.

    Raises
    ------
    BadInputError
        If neither names nor numbers of columns agree, or categories do not.
    """
    one, other = (vocabulary.names for vocabulary in vocabularies)
    common = set(one) & set(other)
    if common or not (one and other):
        names = (*one, *(name for name in other if name not in common))
        places = [{name: i for i, name in enumerate(own)} for own in (one, other)]
        columns = tuple(tuple(own.get(name, -1) for name in names) for own in places)
    elif len(one) == len(other):
        names = one if _plain(other) or not _plain(one) else other
        columns = (tuple(range(len(one))), tuple(range(len(one))))
    else:
        raise BadInputError(
            f"the models share no column: {shown(list(one))} and {shown(list(other))}; expected the same names "
            "(feature_names=… names those of a model that has none)"
        )
    labels: dict[int, tuple[Any, ...]] = {}
    codes: tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]] = ({}, {})
    for joint in range(len(names)):
        _labels(vocabularies, columns, joint, names[joint], labels, codes)
    finer = tuple(_finer(vocabularies, columns, joint) for joint in range(len(names)))
    return Met(names, (columns[0], columns[1]), labels, codes, finer, bool(common))


def _plain(names: Sequence[str]) -> bool:
    """Tell whether names are those of columns that have none: f1, f2, … or f0, f1, …."""
    return any(tuple(names) == tuple(f"f{i + start}" for i in range(len(names))) for start in (0, 1))


def _labels(
    vocabularies: Sequence[Vocabulary], columns: Sequence[Sequence[int]], joint: int, name: str,
    labels: dict[int, tuple[Any, ...]], codes: Sequence[dict[int, tuple[int, ...]]],
) -> None:  # fmt: skip
    """Write the labels of a joint column of categories: those that all models that have it know."""
    known = [
        vocabulary.labels.get(own[joint]) for vocabulary, own in zip(vocabularies, columns, strict=True)
        if own[joint] >= 0
    ]  # fmt: skip
    if all(one is None for one in known):
        return
    if any(one is None for one in known):
        raise BadInputError(f"column {name!r} holds categories for one model and numbers for the other")
    first = known[0]
    assert first is not None
    rest = [one for one in known[1:] if one is not None]
    shared = [label for label in first if all(any(same_label(label, other) for other in one) for one in rest)]
    if not shared:
        raise BadInputError(f"column {name!r} has no category that both models know")
    labels[joint] = tuple(shared)
    for which, (vocabulary, own) in enumerate(zip(vocabularies, columns, strict=True)):
        if own[joint] >= 0:
            mine = vocabulary.labels[own[joint]]
            codes[which][joint] = tuple(
                next(i for i, label in enumerate(mine) if same_label(label, wanted)) for wanted in shared
            )


def _finer(vocabularies: Sequence[Vocabulary], columns: Sequence[Sequence[int]], joint: int) -> int:
    order = list(Reading).index
    have = [which for which in (0, 1) if columns[which][joint] >= 0]
    return max(have, key=lambda which: order(vocabularies[which].reading_of(columns[which][joint])))

"""Readers of statements about the features of a model."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.domain.theory import Feature, Kind
from ...engine.domain.vocabulary import Vocabulary
from .reading import Reader
from .statements import Statements


def reader_of(vocabulary: Vocabulary, features: Sequence[Feature], missing: frozenset[int], *, theory: bool) -> Reader:
    """Return a reader of statements about the features of a model (with the theory off: about its columns)."""
    if theory:
        return Reader(vocabulary, features, Statements(vocabulary, missing))
    columns = []
    for column, name in enumerate(vocabulary.names):
        labels = vocabulary.labels.get(column)
        codes = () if labels is None else tuple(map(float, range(len(labels))))
        columns.append(Feature(name, Kind.NUMERICAL if labels is None else Kind.CATEGORICAL, (column,), codes))
    return Reader(vocabulary, columns, Statements(vocabulary, frozenset()))

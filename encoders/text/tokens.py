"""What a vectorizer makes of a text: its tokens (words, n-grams), and the column that each of them is counted in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np

from ...engine.arrays import I64
from ...engine.errors import BadInputError, shown
from .steps import Steps


class Tokens:
    """The tokens of texts, and their columns.

    Parameters
    ----------
    steps : Steps
        The pipeline.
    """

    def __init__(self, steps: Steps) -> None:
        self._vectorizer, self._hashed = steps.vectorizer, steps.hashed
        self.analyze = self._vectorizer.build_analyzer()
        self._vocabulary: Mapping[str, int] = {} if self._hashed else self._vectorizer.vocabulary_

    def of(self, text: str) -> list[str]:
        """Return the tokens of a text, in their order, as often as they occur."""
        return [str(token) for token in self.analyze(text)]

    def columns(self, tokens: Sequence[str]) -> tuple[I64, I64]:
        """Return the column of each token (-1: none), and whether it adds 1 to it or takes 1 away (1, -1)."""
        signs = np.ones(len(tokens), np.int64)
        if not self._hashed:
            return np.array([self._vocabulary.get(token, -1) for token in tokens], np.int64), signs
        if not tokens:
            return np.zeros(0, np.int64), signs
        alone = copy(self._vectorizer)
        alone.analyzer, alone.binary = lambda token: [token], False
        hashed = alone.transform(tokens)  # one entry a row
        return hashed.indices.astype(np.int64), hashed.data.astype(np.int64)

    def parts_of(self, token: str) -> tuple[str, ...]:
        """Return the two n-grams of the next lower order in an n-gram, where the vectorizer tells them as well."""
        kind, least = self._vectorizer.analyzer, self._vectorizer.ngram_range[0]
        if kind == "word":
            words = token.split(" ")
            return (" ".join(words[:-1]), " ".join(words[1:])) if len(words) > max(1, least) else ()
        if kind in ("char", "char_wb"):
            return (token[:-1], token[1:]) if len(token) > max(1, least) else ()
        return ()

    @property
    def names(self) -> tuple[str, ...]:
        """The tokens that are known by themselves, by column; none where columns are hashed."""
        if self._hashed:
            return ()
        return tuple(map(str, self._vectorizer.get_feature_names_out()))


def texts_of(rows: Any) -> list[str]:
    """Return texts as users give them: one, or several in a list, an array, a series, a column of a frame.

    Raises
    ------
    BadInputError
        If something is no text.
    """
    if isinstance(rows, str):
        return [str(rows)]
    told = getattr(rows, "row_kind", None)
    if told is not None and getattr(told, "container", "") == "text":
        return [str(rows.values[0])]
    if isinstance(rows, Mapping):
        rows = list(rows.values())
    columns = getattr(rows, "columns", None)
    if columns is not None and hasattr(rows, "to_numpy"):
        if len(columns) != 1:
            raise BadInputError(f"the rows have {len(columns)} columns: expected one, of texts")
        rows = rows.to_numpy()
    if hasattr(rows, "to_numpy"):
        rows = rows.to_numpy()
    if isinstance(rows, np.ndarray):
        if rows.ndim == 0 or (rows.ndim == 2 and rows.shape[1] == 1):
            rows = rows.reshape(-1)
        if rows.ndim != 1:
            raise BadInputError(f"the rows are an array of {rows.ndim} dimensions: expected texts, in one column")
        rows = rows.tolist()
    if not isinstance(rows, (list, tuple)):
        raise BadInputError(f"rows={shown(rows, 60)}: expected a text, or texts in a list, an array or a series")
    return [_text(row, i) for i, row in enumerate(rows)]


def _text(row: Any, i: int) -> str:
    told = getattr(row, "row_kind", None)
    if told is not None and getattr(told, "container", "") == "text":
        return str(row.values[0])
    if isinstance(row, (list, tuple, np.ndarray)) and len(row) == 1:
        row = row[0]
    if not isinstance(row, str):
        raise BadInputError(f"row {i} is {shown(row, 60)}, a {type(row).__name__}: expected a text")
    return str(row)

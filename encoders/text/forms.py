"""The compiled forms of a pipeline that reads texts: one for the texts around each instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64, Bools
from ...engine.domain.theory import DEFAULT
from ...engine.errors import BadInputError, UnsupportedModelError, shown
from ...engine.models import CompiledEnsemble, CompiledModel, CompiledTree
from ...engine.quiet import quietly
from ..assembly.additive import Shape
from ..catalog import Found, find
from ..sklearn import forests
from .domain import Column, Declared, Ends, columns_of, declared, implied, within
from .normed import compile_normed
from .restrict import restricted, turn
from .steps import Steps, used_columns
from .sums import compile_sum, is_sum, parts_of_sum
from .tokens import Tokens, texts_of
from .writing import Writer, single_words

Inner = CompiledTree | CompiledEnsemble
_CLAUSES = 20  # implications between n-grams that searches keep, at most: with more of them they take too long


@dataclass(frozen=True, eq=False)
class Reader:
    """A pipeline, as all its forms have it.

    Attributes
    ----------
    model : Pipeline
        The pipeline.
    steps : Steps
        Its steps.
    voting : str
        How a forest of classifiers decides.
    """

    model: Any
    steps: Steps
    voting: str

    @cached_property
    def tokens(self) -> Tokens:
        """The vectorizer's tokens."""
        return Tokens(self.steps)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The words that the vectorizer knows by themselves."""
        return self.tokens.names

    @cached_property
    def final(self) -> Found:
        """The model behind the steps."""
        return find(self.steps.final)

    @cached_property
    def absent(self) -> float:
        """What the model reads where a sparse matrix has no entry."""
        absent = self.final.absent
        if absent is None:
            raise UnsupportedModelError(
                f"{type(self.steps.final).__name__} takes no sparse rows, which a vectorizer makes: expected a model "
                "that does"
            )
        return absent

    @cached_property
    def inner(self) -> Inner | None:
        """The compiled form of the model, over its own columns; None where it depends on the values that they have."""
        if is_sum(self.steps.final) or self.final.takes_types:
            return None
        return self.compiled_inner(None)

    def compiled_inner(self, types: Mapping[Any, Any] | None) -> Inner:
        """Return the compiled form of the model, over its own columns."""
        missing = frozenset(range(len(self.steps.source))) if np.isnan(self.absent) else frozenset[int]()
        made = self.final.compile(missing=missing, voting=self.voting, features_type=types)
        if type(made) not in (CompiledTree, CompiledEnsemble):
            raise UnsupportedModelError(
                f"{type(self.steps.final).__name__} is not taken after a vectorizer: expected a model that decides "
                "about one label by trees or by a sum of columns; hand over one pipeline for each label"
            )
        return made

    @cached_property
    def used(self) -> Bools:
        """Which of the vectorizer's columns the model looks at."""
        if self.steps.norm is not None:
            seen: Bools = self.steps.normed_place >= 0
            return seen
        if is_sum(self.steps.final):
            return used_columns(self.steps, parts_of_sum(self.steps.final)[1])
        used = np.ones(len(self.steps.source), np.bool_)
        if self.inner is not None:
            used[:] = False
            used[[condition.feature for condition in self.inner.vocabulary.conditions]] = True
        return used_columns(self.steps, used)

    @cached_property
    def asked(self) -> Any:
        """The model with sums that do not depend on the number of its jobs."""
        final = self.steps.final
        return forests.single_job(final) if hasattr(final, "estimators_") else final

    def said(self, counts: Any) -> NDArray[Any]:
        """Return what the model predicts of counts."""
        with quietly(), np.errstate(all="ignore"):
            numbers = self.steps.numbers(counts)
            if self.voting == "hard":
                return forests.majority(self.steps.final, numbers)
            return np.asarray(self.asked.predict(numbers))


@dataclass(frozen=True, eq=False)
class TextForms:
    """Forms around one text; see ``Around``.

    Attributes
    ----------
    reader : Reader
        The pipeline.
    more : Declared
        Words that may come.
    given : str or None
        The text.
    """

    reader: Reader
    more: Declared
    given: str | None

    @property
    def model(self) -> Any:
        """The model that the forms are of."""
        return self.reader.model

    @property
    def text(self) -> str:
        """The text of this form."""
        return self.given or ""

    @property
    def words(self) -> Mapping[str, Ends]:
        """The words that may come, and how often each may occur, at least and at most."""
        return self.more.ends

    @property
    def domain(self) -> str:
        """What the form says of all rows of, in words."""
        more = len(self.more.words)
        come = f", and {more} declared {'word comes' if more == 1 else 'words come'} in" if more else ""
        free = ", n-grams as if they were free of each other" if self.free else ""
        return f"whichever of the text's words are left out{come}{free}"

    @cached_property
    def columns(self) -> list[Column]:
        """The columns that may change."""
        reader = self.reader
        if self.given is None:
            return []
        return columns_of(
            reader.tokens.of(self.text), self.more, reader.tokens, reader.used, binary=reader.steps.binary
        )

    @cached_property
    def _implied(self) -> list[tuple[int, int, int]]:
        return implied(self.columns, self.reader.tokens.parts_of)

    @cached_property
    def clauses(self) -> tuple[tuple[int, ...], ...]:
        """What n-grams imply: their words."""
        found = self._implied
        if not found or len(found) > _CLAUSES:
            return ()
        number: dict[int, dict[int, int]] = {}
        for v, condition in enumerate(self.form.vocabulary.conditions, 1):
            number.setdefault(condition.feature, {})[int(np.ceil(condition.threshold))] = v
        clauses = []
        for i, j, more in found:
            extra = 0 if self.reader.steps.binary else more
            for count, v in number.get(i, {}).items():
                below = [k for k in number.get(j, {}) if k <= count + extra]
                if below and count > 0:
                    clauses.append((-v, number[j][max(below)]))
        return tuple(clauses)

    @cached_property
    def free(self) -> bool:
        """Whether rows are allowed that no text has: n-grams that are counted, or made of letters."""
        grams = self.reader.steps.vectorizer
        if grams.analyzer != "word":
            return not callable(grams.analyzer)  # letters: blanks depend on the others
        counted = any(column.high > 1 for column in self.columns)
        dropped = len(self._implied) > _CLAUSES
        return tuple(grams.ngram_range) != (1, 1) and (counted or dropped or self.reader.steps.hashed)

    @cached_property
    def form(self) -> CompiledModel:
        """The compiled form."""
        reader, columns = self.reader, self.columns
        shape = Shape(
            tuple(c.name for c in columns), tuple(c.feature(i) for i, c in enumerate(columns)), self._read,
            self._to_user_row, self._predict,
        )  # fmt: skip
        if reader.steps.norm is not None:
            return replace(compile_normed(reader.steps, columns, shape, reader.model), around=self)
        if is_sum(reader.steps.final):
            return replace(compile_sum(reader.steps, columns, shape, reader.model), around=self)
        inner = reader.inner or reader.compiled_inner(self._types())
        turned = turn(inner, reader.steps, columns, reader.absent)
        return replace(restricted(inner, turned, shape, reader.model), around=self)

    def _types(self) -> dict[str, Any]:
        """Return the values that the model's own columns have: 0, but for those that may change."""
        steps = self.reader.steps
        own = self.reader.final.column_names()
        values = {}
        for column in self.columns:
            if column.high > 4096:
                raise BadInputError(f"{column.name!r} may occur any number of times: declare how often at most")
            counts = np.arange(column.low, int(column.high) + 1, dtype=np.float64) * column.factor
            images = steps.images(np.full(len(counts), column.place, np.int64), counts)
            values[own[int(steps.place[column.place])]] = images.tolist()
        return {"categorical": {DEFAULT: [0.0], **values}}

    @cached_property
    def _writer(self) -> Writer:
        vectorizer = self.reader.steps.vectorizer
        matters = np.zeros(len(self.columns), np.bool_)
        matters[[condition.feature for condition in self.form.vocabulary.conditions]] = True
        words = single_words(vectorizer)
        return Writer(self.text, self.columns, self.reader.tokens, self._values_of, words, matters)

    def texts(self, rows: Any) -> list[str]:
        """Return texts as users give them."""
        return texts_of(rows)

    def near(self, text: str | None) -> CompiledModel:
        """Return the form around a text."""
        return self.form if text == self.given else TextForms(self.reader, self.more, text).form

    def declare(self, types: Any) -> CompiledModel:
        """Return the form around no text in which other words may come."""
        return TextForms(self.reader, declared(types, self.reader.names), None).form

    def open_to(self, words: Mapping[str, Ends]) -> CompiledModel:
        """Return the form around no text in which these words may come, see ``words``."""
        return TextForms(self.reader, Declared(dict(words)), None).form

    def stand_for(self, model: Any) -> TextForms:
        """Return the same for another model that predicts the same."""
        reader = copy(self.reader)  # with all that it knows
        object.__setattr__(reader, "model", model)
        return TextForms(reader, self.more, self.given)

    def write(self, row: F64) -> str | None:
        """Return a text that the form reads as a row."""
        return self._writer.write(row)

    # -- the ways in and out -----------------------------------------------------------------------------------

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        return np.array([column.place for column in self.columns], np.int64)

    @cached_property
    def _factors(self) -> F64:
        return np.array([column.factor for column in self.columns], np.float64)

    def _counted(self, texts: Sequence[str]) -> tuple[F64, Bools]:
        """Return the values of the columns in texts, and whether a text has other words that the model looks at."""
        counts = self.reader.steps.counts(texts)
        other = self.reader.used.copy()
        other[self._places] = False
        strange = np.zeros(len(texts), np.bool_)
        rows, columns = counts.nonzero()
        strange[rows[other[columns]]] = True
        found: F64 = counts[:, self._places].toarray().astype(np.float64) * self._factors + 0.0
        return found, strange

    def _values_of(self, text: str) -> F64 | None:
        values, strange = self._counted([text])
        return None if strange[0] else values[0]

    def _read(self, rows: Any) -> F64:
        texts = texts_of(rows)
        values, strange = self._counted(texts)
        if strange.any():
            raise BadInputError(
                f"the text {shown(texts[int(np.argmax(strange))], 60)} has words that the text which is explained "
                "lacks: make it the instance, or declare them in features_type"
            )
        return values

    def _to_user_row(self, row: F64) -> NDArray[Any]:
        return np.array([self.write(row)], dtype=object)

    def _predict(self, rows: F64) -> NDArray[Any]:
        """Return what the model predicts of rows of values."""
        from scipy import sparse

        steps = self.reader.steps
        values = within(self.columns, rows) * self._factors if len(self.columns) else np.zeros((len(rows), 0))
        at, column = np.nonzero(values)
        dtype = getattr(steps.vectorizer, "dtype", np.float64)
        data = values[at, column].astype(dtype)
        counts = sparse.csr_matrix((data, (at, self._places[column])), shape=(len(rows), steps.width))
        said = self.reader.said(counts)
        return said.astype(np.float64).ravel() if self._number else said

    @cached_property
    def _number(self) -> bool:
        return not self.form.classes


def first_form(model: Any, steps: Steps, types: Any, voting: str) -> CompiledModel:
    """Return the form around no text."""
    reader = Reader(model, steps, voting)
    return TextForms(reader, declared(types, reader.names), None).form

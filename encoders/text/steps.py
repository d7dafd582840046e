"""The steps of a pipeline that reads texts: a vectorizer, steps that keep to their columns, a model."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any

import numpy as np

from ...engine.arrays import F64, I64, Bools
from ...engine.errors import UnsupportedModelError
from ...engine.quiet import quietly
from ..catalog import find
from ..encoder import class_in
from ..pipelines.plan import class_of, is_passthrough, not_fitted

VECTORIZERS = ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer")
TAKEN = (
    "taken between a vectorizer and a model are TfidfTransformer, Normalizer, MaxAbsScaler, "
    "StandardScaler(with_mean=False), Binarizer, selectors with get_support(), Pipeline, 'passthrough' and "
    "FunctionTransformer(func=None)"
)
_SCALERS = ("MaxAbsScaler", "StandardScaler", "Binarizer")


@dataclass(frozen=True, slots=True, eq=False)
class Middle:
    """A step between: it transforms each column by itself, chooses columns (`kept`), or divides rows by their norm."""

    step: Any
    path: str
    kept: I64 | None = None
    norm: str | None = None

    def run(self, counts: Any) -> Any:
        """Return what the step makes of a sparse matrix."""
        with quietly(), np.errstate(all="ignore"):
            return self.step.transform(counts)


@dataclass(frozen=True, eq=False)
class Steps:
    """A fitted pipeline that begins with a vectorizer.

    Attributes
    ----------
    vectorizer : object
        What counts (for a ``HashingVectorizer``: without its norm, which is a step of its own).
    middle : tuple of Middle
        What makes numbers of counts.
    final : object
        The model.
    source : ndarray of int64
        The vectorizer's column of each column of the model.
    width : int
        Number of columns of the vectorizer.
    """

    vectorizer: Any
    middle: tuple[Middle, ...]
    final: Any
    source: I64
    width: int

    @property
    def hashed(self) -> bool:
        """Whether columns are hashed: any number of words may share one."""
        return class_of(self.vectorizer) == "HashingVectorizer"

    @property
    def binary(self) -> bool:
        """Whether words are not counted, but only found."""
        return bool(self.vectorizer.binary)

    @property
    def norm(self) -> str | None:
        """The norm that rows are divided by, if they are."""
        return next((one.norm for one in self.middle if one.norm is not None), None)

    @cached_property
    def place(self) -> I64:
        """The model's column of each column of the vectorizer; -1 where it has none."""
        return _place(self.width, self.source)

    def counts(self, texts: Sequence[str]) -> Any:
        """Return the counts of the vectorizer's columns in texts, as a sparse matrix."""
        from sklearn.feature_extraction.text import CountVectorizer

        with quietly():
            counts = self.vectorizer if self.hashed else _Counting(CountVectorizer, self.vectorizer)
            return counts.transform(list(texts)).tocsr()

    def numbers(self, counts: Any) -> Any:
        """Return what the model reads of counts, as a sparse matrix."""
        for one in self.middle:
            counts = one.run(counts)
        return counts

    @cached_property
    def before(self) -> tuple[Middle, ...]:
        """The steps before the norm; all of them where there is none."""
        return tuple(takewhile(lambda one: one.norm is None, self.middle))

    @cached_property
    def normed_place(self) -> I64:
        """The column that the norm sees of each column of the vectorizer; -1 where it has none."""
        return _place(self.width, _kept(self.width, self.before))

    def after(self) -> F64:
        """Return what the steps after the norm multiply each column of the vectorizer by; 0 where it is left out.

        Raises
        ------
        UnsupportedModelError
            If one of them does anything else.
        """
        from scipy import sparse

        rest = self.middle[len(self.before) + 1 :]
        kept = _kept(self.width, self.before)
        for one in rest:
            if class_of(one.step) == "Binarizer":
                raise _not_taken(one.step, one.path, "after a norm, which is not taken")
        made: Any = sparse.identity(len(kept), format="csr", dtype=np.float64)
        for one in rest:
            made = one.run(made)
        factors = np.zeros(self.width)
        factors[kept] = np.asarray(made.sum(axis=1)).ravel()
        return factors

    def without_norm(self) -> Steps:
        """Return the same steps without the norm."""
        return Steps(
            self.vectorizer, tuple(m for m in self.middle if m.norm is None), self.final, self.source, self.width
        )

    def images(self, places: I64, values: F64) -> F64:
        """Return what the model reads in one column for each of some values of it (before a norm, if there is one).

        Parameters
        ----------
        places : ndarray of int64, shape (m,)
            Columns of the vectorizer that are there in the end.
        values : ndarray of float64, shape (m,)
            A value of each.
        """
        from scipy import sparse

        if not len(places):
            return np.zeros(0)
        rows, there = np.arange(len(places)), values != 0
        dtype = getattr(self.vectorizer, "dtype", np.float64)
        entries = values[there].astype(dtype), (rows[there], places[there])
        made = sparse.csr_matrix(entries, shape=(len(places), self.width))
        numbers = made
        for one in self.before:
            numbers = one.run(numbers)
        column = self.place[places] if self.norm is None else self.normed_place[places]
        return np.asarray(numbers.tocsr()[rows, column], np.float64).ravel()


@dataclass(frozen=True, slots=True)
class _Counting:
    """The counts of a vectorizer that goes on to weigh them."""

    base: Any
    vectorizer: Any

    def transform(self, texts: list[str]) -> Any:
        return self.base.transform(self.vectorizer, texts)


def is_text_pipeline(model: Any) -> bool:
    """Tell whether a model is a pipeline of scikit-learn that begins with a vectorizer of texts."""
    steps = getattr(model, "steps", None)
    if not is_pipeline(model) or not isinstance(steps, list) or not steps:
        return False
    first = next((step for _, step in steps if not is_passthrough(step)), None)
    return class_of(first) in VECTORIZERS or is_text_pipeline(first)


def steps_of(model: Any) -> Steps:
    """Return the steps of a fitted pipeline that reads texts.

    Raises
    ------
    UnsupportedModelError
        If a step is not taken; it names the step.
    NotFittedModelError
        If a step is not fitted.
    """
    listed = list(_flat(model.steps, ""))
    if (inside := find(listed[-1][1]).traits.inside) is not None:
        inner = inside(listed[-1][1])
        listed[-1:] = _flat(inner.steps, f"{listed[-1][0]} / ") if is_pipeline(inner) else [(listed[-1][0], inner)]
    (path, vectorizer), *between, (last, final) = listed if len(listed) > 1 else [*listed, ("", None)]
    if final is None or not hasattr(final, "predict"):
        raise UnsupportedModelError(
            f"the pipeline ends with step {last or path}, which predicts nothing: expected a model after the vectorizer"
        )
    if vectorizer.input != "content":
        raise UnsupportedModelError(
            f"step {path} reads texts from files (input={vectorizer.input!r}): expected input='content'"
        )
    counting, before, width = _vectorizer(vectorizer, path)
    middle = [*before, *(one for name, step in between for one in _middle(step, name))]
    normed = [one.path for one in middle if one.norm is not None]
    if len(normed) > 1:
        raise UnsupportedModelError(
            f"steps {' and '.join(normed)} both divide rows by a norm: expected one of them, norm=None in the other"
        )
    source = _kept(width, middle)
    wanted = getattr(final, "n_features_in_", len(source))
    if wanted != len(source):
        raise UnsupportedModelError(
            f"step {last} reads {wanted} columns but the steps before it make {len(source)}: expected a pipeline that "
            "was fitted as a whole"
        )
    return Steps(counting, tuple(middle), final, source, width)


def _kept(width: int, steps: Sequence[Middle]) -> I64:
    """Return the vectorizer's column of each column behind some steps."""
    source = np.arange(width)
    for one in steps:
        source = source if one.kept is None else source[one.kept]
    return source


def _place(width: int, source: I64) -> I64:
    place = np.full(width, -1, np.int64)
    place[source] = np.arange(len(source))
    return place


def is_pipeline(model: Any) -> bool:
    """Tell whether a model is a pipeline of scikit-learn."""
    return bool(class_in(model, "sklearn", ("Pipeline",)))


def _flat(steps: list[tuple[str, Any]], path: str) -> Any:
    """Yield the steps that do something, those of pipelines inside one by one."""
    for name, step in steps:
        if is_passthrough(step):
            continue
        where = f"{path}{name!r}"
        if class_of(step) == "Pipeline":
            yield from _flat(step.steps, f"{where} / ")
        else:
            yield where, step


def _vectorizer(vectorizer: Any, path: str) -> tuple[Any, list[Middle], int]:
    """Return what counts, the steps that the vectorizer takes after that, and its number of columns."""
    kind = class_of(vectorizer)
    if kind == "HashingVectorizer":
        norm, counting = vectorizer.norm, copy.copy(vectorizer)
        counting.norm = None
        after = [] if norm is None else [Middle(_normalizer(norm), path, norm=_known_norm(norm, path))]
        return counting, after, int(vectorizer.n_features)
    if not hasattr(vectorizer, "vocabulary_"):
        raise not_fitted(path, vectorizer)
    after = []
    if kind == "TfidfVectorizer":
        after = _middle(vectorizer._tfidf, path)
    return vectorizer, after, len(vectorizer.vocabulary_)


def _normalizer(norm: str) -> Any:
    from sklearn.preprocessing import Normalizer

    return Normalizer(norm)


def _known_norm(norm: Any, path: str) -> str:
    if norm not in ("l1", "l2"):
        raise UnsupportedModelError(f"step {path} has norm={norm!r}: expected None, 'l1' or 'l2'")
    return str(norm)


def _middle(step: Any, path: str) -> list[Middle]:
    """Return the steps that a step between the vectorizer and the model takes, or say that it is not taken."""
    norm = getattr(step, "norm", None)
    if class_of(step) != "TfidfTransformer" or norm is None:
        return [_one(step, path)]
    weighs = copy.copy(step)
    weighs.norm = None
    return [_one(weighs, path), Middle(_normalizer(norm), path, norm=_known_norm(norm, path))]


def _one(step: Any, path: str) -> Middle:
    """Return a step between the vectorizer and the model, or say that it is not taken."""
    kind = class_of(step)
    if kind == "TfidfTransformer":
        if step.use_idf and not hasattr(step, "idf_"):
            raise not_fitted(path, step)
        return Middle(step, path)
    if kind == "Normalizer":
        return Middle(step, path, norm=_known_norm(step.norm, path))
    if kind in _SCALERS:
        if kind != "Binarizer" and not hasattr(step, "n_features_in_"):
            raise not_fitted(path, step)
        if kind == "StandardScaler" and step.with_mean:
            raise _not_taken(step, path, "which moves zeros; expected with_mean=False")
        return Middle(step, path)
    if kind == "FunctionTransformer" and step.func is None:
        return Middle(step, path)
    if _selects(step):
        if not hasattr(step, "n_features_in_"):
            raise not_fitted(path, step)
        return Middle(step, path, kept=np.nonzero(np.asarray(step.get_support(), np.bool_))[0])
    raise _not_taken(step, path, "which is not taken after a vectorizer")


def _selects(step: Any) -> bool:
    from sklearn.feature_selection import SelectorMixin

    return isinstance(step, SelectorMixin) and type(step).transform is SelectorMixin.transform


def _not_taken(step: Any, path: str, why: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"step {path} is a {type(step).__name__}, {why}: explain the last step, pipeline[-1], on what the others make "
        f"of texts, pipeline[:-1].transform(texts);\n{TAKEN}"
    )


def used_columns(steps: Steps, of_model: Bools) -> Bools:
    """Return which of the vectorizer's columns the model looks at, of those of its own columns that it looks at."""
    used = np.zeros(steps.width, np.bool_)
    used[steps.source[of_model]] = True
    return used

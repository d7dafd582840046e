"""All encoders in the order in which they are asked, and the search for the one that takes a model.

They are named here by their places and loaded with the first search: encoders of models that are made of others
(``meta``) search for those, and so import this file, which imports none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import chain
from typing import Any, NamedTuple, cast

from ..engine.errors import BadInputError, UnsupportedModelError, shown
from ..engine.models import CompiledModel
from .assembly.members import check_voting
from .columns.rows import default_names, listed_names
from .encoder import Encoder, Names, Traits
from .model_files import file_refusal, is_path
from .refusals import refusal


class Entry(NamedTuple):
    """An encoder by its place: ``module`` in this package, what it takes, and why it is asked there."""

    module: str
    why: str


ENCODERS = (
    Entry("meta.one_vs_rest", "before multilabel, which takes whatever else is a OneVsRestClassifier"),
    Entry("meta.multilabel", "before sklearn's trees and forests: those of several outputs are of the same classes"),
    Entry("saved.models", "our own class, which no other takes: quick to ask"),
    Entry("meta.output", "as before"),
    Entry("meta.between", "as before"),
    Entry("builders.labels", "as before"),
    Entry("builders.tree", "as before"),
    Entry("builders.forest", "as before"),
    Entry("builders.boosting", "as before; rules are such trees"),
    Entry("builders.linear", "as before"),
    Entry("sklearn.trees", "the commonest models first; from here on no two take the same model"),
    Entry("sklearn.forests", "as before; regression trees are forests of one"),
    Entry("sklearn.boosting", "as before"),
    Entry("sklearn.hist_boosting", "as before"),
    Entry("sklearn.ada_boost", "as before"),
    Entry("sklearn.isolation", "as before"),
    Entry("xgboost.models", "after models in memory: it looks into files, at the first bytes"),
    Entry("lightgbm.models", "as before; no file begins like both"),
    Entry("catboost.models", "as before"),
    Entry("onnx.models", "as before"),
    Entry("interpret.boosting", "rarer than the models above, from here on"),
    Entry("imodels.trees", "as before"),
    Entry("sklearn.bayes", "as before"),
    Entry("sklearn.linear", "as before"),
    Entry("sklearn.linear_regression", "as before"),
    Entry("sklearn.kernel_machines", "as before"),
    Entry("networks.models", "our own class, rarely used"),
    Entry("binarized.models", "as before"),
    Entry("meta.cuts", "late, for it looks for its members' encoders; before those that take what has several scores"),
    Entry("meta.calibrated", "late, for it looks for its members' encoders"),
    Entry("meta.thresholds", "as before"),
    Entry("meta.voting", "as before"),
    Entry("meta.bagging", "as before; sklearn.forests leaves to it what is not made of trees"),
    Entry("meta.stacking", "as before"),
    Entry("meta.regressors", "as before"),
    Entry("text.models", "before other pipelines: those that begin with a vectorizer"),
    Entry("meta.wrapped", "before pipelines: those that end with a wrapper are its own"),
    Entry("meta.target", "as before"),
    Entry("pipelines.models", "last: it is the greatest module, and needed by no other"),
)


_LIBRARIES = ("sklearn", "xgboost", "lightgbm", "catboost", "interpret", "imodels")
_FUNCTIONS = ("accepts", "column_names", "takes_missing", "compile_model")
_REGISTERED: list[Encoder] = []  # by users, the latest first


@cache
def encoder_at(module: str) -> Encoder:
    """Return the encoder of a place; loads its module, no library of models."""
    return cast("Encoder", import_module(f"{__package__}.{module}"))


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A model, and the encoder that takes it."""

    model: Any
    encoder: Encoder

    @property
    def traits(self) -> Traits:
        """What the encoder tells beside what each of them must."""
        return self.encoder.TRAITS

    @property
    def takes_missing(self) -> bool:
        """Whether the model's ``predict`` takes missing values."""
        with whole(self.model):
            return bool(self.encoder.takes_missing(self.model))

    @property
    def takes_voting(self) -> bool:
        """Whether the model's trees could vote."""
        return bool(self.traits.takes_voting(self.model))

    @property
    def takes_types(self) -> bool:
        """Whether the compiled form depends on what the columns are declared to be."""
        return bool(self.traits.takes_types(self.model))

    @property
    def lists_numbers(self) -> bool:
        """Whether the compiled form may hold for listed numbers of a range."""
        found = self.reads_rows
        return bool(found.traits.lists_numbers(found.model))

    @property
    def reads_rows(self) -> Found:
        """The model that reads the rows: the one inside, where there is one."""
        inside = self.traits.inside
        return self if inside is None else find(inside(self.model)).reads_rows

    @property
    def absent(self) -> float | None:
        """What the model reads for the entries that a sparse matrix leaves out; ``None`` if it takes none."""
        return self.traits.absent(self.model)

    def column_names(self, feature_names: Sequence[str] | None = None) -> Names:
        """Return the names of the columns: those given, or the model's own; see ``registry.column_names``."""
        with whole(self.model):
            own = self.encoder.column_names(self.model)
        if feature_names is None:
            return own
        names = listed_names(feature_names)
        if len(names) != len(own):
            raise BadInputError(
                f"feature_names has {len(names)} names: the model has {len(own)} columns, expected {len(own)} names"
            )
        if len(set(names)) != len(names):
            raise BadInputError(f"feature_names={shown(list(names))}: expected distinct names")
        return names

    def own_names(self) -> Names | None:
        """Return the names that the model was fitted with or made with, None if it has none."""
        origin = None if self.traits.made_of is None else self.traits.made_of(self.model)
        if origin is not None:
            return find(origin).own_names()
        if self.traits.own_names is not None:
            return self.traits.own_names(self.model)
        names = self.encoder.column_names(self.model)
        return None if names == default_names(len(names)) else names

    def compile(
        self,
        *,
        feature_names: Sequence[str] | None = None,
        missing: frozenset[int] = frozenset(),
        voting: str = "soft",
        features_type: Mapping[str, Any] | None = None,
        dtypes: tuple[str, ...] | None = None,
        output: int | None = None,
        rows_show: Mapping[int, Sequence[Any]] | None = None,
    ) -> CompiledModel:
        """Return the compiled form, see ``registry.compile_model``; of one output of several (``Traits.outputs``)."""
        check_voting(voting)
        votes = self.takes_voting
        if voting != "soft" and not votes:
            raise BadInputError(
                f"voting={shown(voting)}: {type(self.model).__name__} is no forest of classifiers, whose trees could "
                "vote; leave voting out"
            )
        names = None if feature_names is None else self.column_names(feature_names)
        how: dict[str, Any] = {"voting": voting} if votes else {}
        if self.takes_types:
            how["types"] = features_type
        if dtypes and self.traits.dtypes_reader is not None:
            how["dtypes"] = dtypes
        if output is not None:
            how["output"] = output
        if rows_show:
            how["rows_show"] = rows_show
        compile_model: Any = self.encoder.compile_model  # with the arguments that its traits speak of
        with whole(self.model):
            compiled: CompiledModel = compile_model(self.model, names=names, missing=missing, **how)
        return compiled


@contextmanager
def whole(model: Any) -> Iterator[None]:
    """Say of a fitted model that lacks something, as those do that other versions of their library made, what to do."""
    try:
        yield
    except AttributeError as error:
        kind, owner = type(model), type(getattr(error, "obj", None))
        if owner.__module__.partition(".")[0] not in _LIBRARIES:
            raise  # it is none of the model's
        lacking = getattr(error, "name", None)
        raise UnsupportedModelError(
            f"{kind.__name__} cannot be read: a {owner.__name__} lacks {lacking!r}, so that another version made "
            "it, or it is damaged;\nload it with the version that made it, and fit it again with this one"
        ) from error


_FOUND: ContextVar[dict[int, Found] | None] = ContextVar("found", default=None)


@contextmanager
def search_once() -> Iterator[None]:
    """Search for each model once in this block, in which no model is fitted again."""
    if _FOUND.get() is not None:
        yield
        return
    token = _FOUND.set({})
    try:
        yield
    finally:
        _FOUND.reset(token)


def find(model: Any) -> Found:
    """Return a model with the encoder that takes it.

    Parameters
    ----------
    model : object
        A model, or what this function returned of one.

    Raises
    ------
    UnsupportedModelError, FormatError
        If no encoder takes it; the message names the way out.
    """
    if isinstance(model, Found):
        return model
    known = _FOUND.get()
    if known is not None and id(model) in known:
        return known[id(model)]
    found = Found(model, _search(model))
    if known is not None:
        known[id(model)] = found  # which keeps the model, and so its id
    return found


def register(encoder: Encoder) -> None:
    """Make an encoder known in this process; it is asked before those that come with the library.

    Parameters
    ----------
    encoder : Encoder
        A module (or an object) with the functions of ``Encoder`` and its ``TRAITS``.

    Raises
    ------
    BadInputError
        If one of them is not there.
    """
    lacks = [name for name in _FUNCTIONS if not callable(getattr(encoder, name, None))]
    lacks += [] if isinstance(getattr(encoder, "TRAITS", None), Traits) else ["TRAITS"]
    if lacks:
        raise BadInputError(
            f"the encoder {shown(encoder, 60)} lacks {', '.join(lacks)}: expected a module with the functions of "
            "encoders/encoder.py and TRAITS = Traits(...); copy encoders/TEMPLATE.py"
        )
    unregister(encoder)
    _REGISTERED.insert(0, encoder)


def unregister(encoder: Encoder) -> None:
    """Forget an encoder that was registered."""
    _REGISTERED[:] = [other for other in _REGISTERED if other is not encoder]


def _search(model: Any) -> Encoder:
    if isinstance(model, type):
        such = f", such as {model.__name__}().fit(X, y)" if hasattr(model, "fit") else ""
        raise UnsupportedModelError(f"{model.__name__} is a class: expected a fitted model{such}")
    encoder = _taking(model)
    if encoder is not None:
        return encoder
    if is_path(model):
        raise file_refusal(model)
    raise refusal(model, lambda inner: _taking(inner) is not None)


def _taking(model: Any) -> Encoder | None:
    own = (encoder_at(entry.module) for entry in ENCODERS)
    return next((encoder for encoder in chain(_REGISTERED, own) if encoder.accepts(model)), None)

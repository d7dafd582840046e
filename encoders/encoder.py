"""What an encoder is: a module that reads one kind of fitted model.

A model goes through it once. The compiled form that comes out holds all that is needed from then on, and the ways in
and out of the model: ``read`` (a user's rows → numbers), ``to_user_row`` (numbers → a row that the model's own
``predict`` takes) and ``predict`` itself. Literals are conditions on these numbers, so words and witnesses need nothing
else; the self-check compares ``predict`` with the compiled form at all borders.

A new encoder is a copy of ``TEMPLATE.py`` and a line of ``catalog.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ..engine.models import CompiledModel
from ..engine.models.multilabel import CompiledMultiLabel

Names = tuple[str, ...]
Dtypes = tuple[str, ...]


def _never(model: Any) -> bool:
    return False


def _zero(model: Any) -> float | None:
    return 0.0


def _none(model: Any) -> Mapping[int, Any]:
    return {}


def _nowhere(model: Any) -> tuple[int, ...]:
    return ()


def _single(model: Any) -> Names:
    return ()


@dataclass(frozen=True, slots=True)
class Traits:
    """What only some encoders have to tell; what is left out holds for most.

    Attributes
    ----------
    own_names : callable or None
        Model -> the names that it was fitted with, ``None`` if it had none; left out: its ``column_names``, unless they
        are f1, f2, ….
    takes_voting : callable
        Model -> whether its trees could vote; ``compile_model`` then takes ``voting``.
    lists_numbers : callable
        Model -> whether it weighs each column by itself, so that its form may hold for listed numbers of a range, see
        ``columns.seen_types`` (what a number of a column adds to the distance of two scores never falls, or never
        rises); it takes types then.
    takes_types : callable
        Model -> whether the compiled form depends on what columns are declared to be; ``compile_model`` then takes
        ``types``.
    dtypes_reader : callable or None
        Model, names -> what tells the dtypes of rows in which the model calculates, see ``registry.dtypes_of``;
        ``compile_model`` then takes ``dtypes``.
    weighted : callable or None
        Model -> what it decides by, if that is multiples of its columns (``assembly.weighted``): its form can then be
        made for other numbers without it.
    covers : callable or None
        Model, dtypes, dtypes of rows -> whether a form for the first ones holds for such rows.
    absent : callable
        Model -> what it reads for the entries that a sparse matrix leaves out; ``None`` if it takes no such rows.
    categories : callable
        Model -> its columns of categories (column -> ``Categories``).
    seen : callable or None
        What the library makes of a user's rows beforehand, see ``columns.as_libraries``.
    made_of : callable
        Model -> the fitted model that it was made of, whose names are its own; ``None`` if there is none.
    shows : callable
        Model -> its columns of categories of which it knows numbers only, so that rows have to show what they are
        called; ``compile_model`` then takes ``rows_show``: column -> values.
    outputs : callable
        Model -> names of the numbers that it predicts for a row, where they are several; else empty. ``compile_model``
        then takes ``output``, the place of one of them, without which such a model is refused (``assembly.outputs``).
    inside : callable or None
        Model -> the model inside it that reads its rows: what is told of rows (``seen``, dtypes) is told by that one.
    """

    own_names: Callable[[Any], Names | None] | None = None
    takes_voting: Callable[[Any], bool] = _never
    lists_numbers: Callable[[Any], bool] = _never
    takes_types: Callable[[Any], bool] = _never
    dtypes_reader: Callable[[Any, Names], Callable[[Any], Dtypes | None]] | None = None
    weighted: Callable[[Any], Any] | None = None
    covers: Callable[[Any, Dtypes, Dtypes], bool] | None = None
    absent: Callable[[Any], float | None] = _zero
    categories: Callable[[Any], Mapping[int, Any]] = _none
    seen: Callable[[Any], Any] | None = None
    made_of: Callable[[Any], Any] | None = None
    shows: Callable[[Any], tuple[int, ...]] = _nowhere
    outputs: Callable[[Any], Names] = _single
    inside: Callable[[Any], Any] | None = None


def class_in(model: Any, library: str, names: Container[str]) -> str:
    """Return which of a library's classes a model is of (or of a subclass); empty if of none.

    It goes by names: the library need not be imported, and is not if nobody has a model of it.
    """
    for kind in type(model).__mro__:
        if kind.__name__ in names and kind.__module__.partition(".")[0] == library:
            return kind.__name__
    return ""


class Encoder(Protocol):
    """The functions of an encoder's module."""

    TRAITS: Traits

    def accepts(self, model: Any, /) -> bool:
        """Tell whether `model` is of this kind, fitted or not: quickly, and without an error for anything."""

    def column_names(self, model: Any, /) -> Names:
        """Return the names of the columns of a fitted model, f1, f2, … if it has none (it raises if not fitted)."""

    def takes_missing(self, model: Any, /) -> bool:
        """Tell whether the model's ``predict`` takes missing values."""

    def compile_model(
        self, model: Any, /, *, names: Names | None = None, missing: frozenset[int] = frozenset()
    ) -> CompiledModel | CompiledMultiLabel:
        """Return the compiled form, over columns of these names, some of which may be missing.

        It raises what ``engine.errors`` has for models and arguments; it never guesses.
        """

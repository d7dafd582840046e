"""The domain of an explainer: the features as declared, the theory, and what is excluded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...encoders.registry import compile_model, takes_types
from ...engine.domain.space import Space, build_space
from ...engine.domain.theory import Feature, Kind, Theory, bounded, cast_values, parse_features_type, with_ranges
from ...engine.domain.typed_features import Types, said_numerical, typed
from ...engine.errors import BadInputError, TheoryError, shown
from ...engine.given import is_whole, list_of
from ...engine.models import CompiledModel
from ..solving.sessions import check_domain
from ..words.words import Words
from .gate import switch
from .naming import Naming

AUTO = "auto"


class Domain(Naming):
    """Declares features, switches the theory, excludes features."""

    _compiled: CompiledModel
    _clauses: tuple[tuple[int, ...], ...]
    _types: Mapping[str, Any] | None
    _ranges: Mapping[Any, Any]
    _background: Any
    _shown_rows: NDArray[np.float64] | None = None
    _declared: tuple[Feature, ...]  # before what the instance shows
    _features: tuple[Feature, ...]
    _groups: tuple[Feature, ...]  # of which no column 0 is known to be a value
    _left_out: frozenset[tuple[int, ...]]
    _columns: Types  # what dtypes say
    _theory_on: bool
    _spaces: dict[Any, Space]
    _excluded: frozenset[int]
    _excluded_columns: frozenset[int]

    @property
    def _instance(self) -> NDArray[np.float64] | None:
        """The instance as the model reads it."""
        raise NotImplementedError

    @_instance.setter
    def _instance(self, row: NDArray[np.float64] | None) -> None:
        raise NotImplementedError

    def _place(self) -> None:
        """Place the instance in the current domain."""
        raise NotImplementedError

    def _parse_clauses(self, theory: str | Iterable[Sequence[int]] | None) -> tuple[tuple[int, ...], ...]:
        if theory is None or (isinstance(theory, str) and theory == AUTO):
            return ()
        clauses = list_of(theory, "theory", "'auto', None, or clauses such as [(1, -2), (3,)]")
        literals = self._compiled.vocabulary.check_literals
        return tuple(
            literals(list_of(one, "theory clause", "a sequence of literals such as (1, -2)")) for one in clauses
        )

    def _parse_features(self, types: Mapping[str, Any] | None) -> tuple[Feature, ...]:
        vocabulary = self._compiled.vocabulary
        features, readings = self._compiled.features, (vocabulary.reading, vocabulary.own_readings)
        if types is not None:
            own = {f.columns: f for f in features}
            declared = cast_values(parse_features_type(types, vocabulary.names), *readings)
            # what the model itself knows of a column (categories of an encoder) is kept where nothing else was declared
            features = tuple(
                bounded(own.get(f.columns, f), f.low, f.high) if f.kind is Kind.NUMERICAL else f for f in declared
            )
        if self._ranges:
            features = cast_values(with_ranges(features, self._ranges, vocabulary.names), *readings)
        return self._learned(features)

    def _learned(self, features: tuple[Feature, ...]) -> tuple[Feature, ...]:
        """Return features with the one-hot groups optional of which a background row has no column set."""
        if self._background is None or not any(f.kind is Kind.ONE_HOT and not f.optional for f in features):
            return features
        if self._shown_rows is None:  # the form of other dtypes, which reads no such rows, sees the same groups
            self._shown_rows = self._compiled.read(self._background)
        rows = self._shown_rows
        return tuple(replace(f, optional=True) if _is_left_out(f, rows) else f for f in features)

    def _fit_domain(self, row: NDArray[np.float64]) -> None:
        """Let the domain have what an instance shows: one-hot groups of which it has no column set."""
        if not self._theory_on or not self._groups:
            return
        shown = frozenset(f.columns for f in self._groups if _is_left_out(f, row[None, :]))
        if shown != self._left_out:
            self._left_out = shown
            self._build()

    def _fit_columns(self, columns: Types) -> None:
        """Let numbers be whole, or truth values, where the dtypes of an instance say so."""
        if columns is not self._columns and columns != self._columns:
            self._columns = columns
            self._build()

    @contextmanager
    def _all_shown(self, rows: NDArray[np.float64]) -> Iterator[None]:
        """Let the domain have, for a while, what any of some rows shows."""
        open_to = self._opens(rows)
        if not open_to:
            yield
            return
        before = self._declared
        self._declared = tuple(replace(f, optional=True) if f.columns in open_to else f for f in before)
        self._spaces, spaces = {}, self._spaces
        try:
            self._build()
            yield
        finally:
            self._declared, self._spaces = before, spaces
            self._rebuild()

    def _opens(self, rows: NDArray[np.float64]) -> set[tuple[int, ...]]:
        """Return the one-hot groups of which a row has no column set, where this was not known to be possible."""
        return {f.columns for f in self._groups if self._theory_on and _is_left_out(f, rows)}

    def _rebuild(self) -> None:
        """Make the current domain, and place the instance in it."""
        self._build()
        if self._instance is not None:
            self._place()

    def _build(self) -> None:
        """Build the space of the current domain (kept for switching the theory on and off, and between instances)."""
        key = (self._theory_on, self._left_out, self._columns)
        self._groups = tuple(f for f in self._declared if f.kind is Kind.ONE_HOT and not f.optional)
        shown = tuple(replace(f, optional=True) if f.columns in self._left_out else f for f in self._declared)
        if self._theory_on and self._columns:
            vocabulary = self._compiled.vocabulary
            shown = typed(shown, self._columns, vocabulary, said_numerical(self._types, vocabulary.names))
        self._features = shown
        space = self._spaces.get(key)
        if space is None:
            theory = Theory(self._features, self._clauses, self._compiled.missing) if self._theory_on else None
            space = build_space(self._compiled.vocabulary, self._features, theory)
            check_domain(space)
            self._spaces[key] = space
        self._space = space
        self._words = Words(space)
        self._excluded = self._excluded_features()
        self._domain_changed()

    def _domain_changed(self) -> None:
        """Forget what was computed for another domain (hook of the families)."""

    def _forget_forms(self) -> None:
        """Forget the forms for rows of other dtypes (hook of ``RowForms``)."""

    def _situation_changed(self) -> None:
        """Forget what was computed for another instance or other excluded features (hook of the families)."""

    @switch
    def set_features_type(self, features_type: Mapping[str, Any] | None) -> None:
        """Declare what the features are; switches the theory on.

        Parameters
        ----------
        features_type : mapping
            By kind: ``{"numerical": names or DEFAULT, "integer": …, "binary": …, "categorical": {"A*": values,
            "{S0,S1}": values, "colour": values}}`` (a pattern or set of several columns is a one-hot group, one value a
            column; a single column is a categorical number), or by name: ``{"age": "integer", "colour": [0, 1, 2]}``.
            Columns that are not named are numerical. ``{"integer": {"age": (18, 100)}}`` (by name ``{"age":
            {"integer": (18, 100)}}``) bounds a number. ``{"A*": {"values": [...], "reference": "none"}}`` is a group
            whose columns may all be 0; a plain list says no more than a background row or the instance shows.

        Raises
        ------
        TheoryError
            If it contradicts itself, the model's columns or the instance.
        """
        self._recompile(features_type)
        self._declared = self._parse_features(features_type)
        self._types = features_type
        self._begin_anew()

    @switch
    def set_ranges(self, ranges: Mapping[Any, Any] | None) -> None:
        """Bound numbers, in the units of the model's input; switches the theory on.

        Parameters
        ----------
        ranges : mapping
            ``{"age": (18, 100), "fare": (0, None)}``: least and greatest value, both included; ``None`` or an infinite
            number for an open end. They take the place of the ranges that were set before (those in `features_type`
            stay unless they are named). A missing value stays possible where it was. ``{}`` or None lifts them.

        Raises
        ------
        TheoryError
            If a name is unknown or no number's, a range holds no value, or the instance is outside.
        """
        self._ranges = checked_ranges(ranges, True)
        self._declared = self._parse_features(self._types)
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Make the domain of features that were declared anew."""
        self._theory_on, self._spaces, self._left_out = True, {}, frozenset()
        self._forget_forms()
        self._rebuild()

    def _recompile(self, types: Mapping[str, Any] | None) -> None:
        """Compile the model anew if its form depends on the types of its features."""
        own = self._compiled
        if not takes_types(own.source):
            return
        if self._clauses:
            raise BadInputError(
                "set_features_type would number the literals anew, and the clauses of the theory speak of the old "
                "ones: pass features_type when the explainer is made"
            )
        names = own.vocabulary.names
        self._compiled = compile_model(
            own.source, feature_names=names, missing=own.missing, features_type=types, dtypes=own.dtypes or None
        )

    @switch
    def activate_theory(self) -> None:
        """Let the domain know what numbers, declared types and clauses mean."""
        self._switch(True)

    @switch
    def deactivate_theory(self) -> None:
        """Treat the conditions of the model as free Booleans."""
        self._switch(False)

    def _switch(self, on: bool) -> None:
        if self._theory_on == on:
            return
        self._theory_on = on
        self._rebuild()

    @switch
    def set_excluded_features(self, excluded_features: Iterable[str | int]) -> None:
        """Forbid features in sufficient reasons, and keep them as they are in contrastive ones.

        Parameters
        ----------
        excluded_features : iterable of str or int
            Names (also of one-hot groups) or 1-based ids.
        """
        wanted = [self._feature_index(name) for name in excluded_features]
        self._excluded_columns = frozenset(c for i in wanted for c in self._features[i].columns)
        self._excluded = self._excluded_features()
        self._situation_changed()

    def _excluded_features(self) -> frozenset[int]:
        """Return the indices of the features that have an excluded column."""
        return frozenset(i for i, f in enumerate(self._features) if self._excluded_columns & set(f.columns))

    @switch
    def unset_excluded_features(self) -> None:
        """Allow all features again."""
        self._excluded = self._excluded_columns = frozenset()
        self._situation_changed()

    def _feature_index(self, name: str | int) -> int:
        if not isinstance(name, str) and not is_whole(name):
            raise BadInputError(f"feature {shown(name)}: expected a name, or an id from 1")
        for index, feature in enumerate(self._features):
            if name == feature.name:
                return index
        column = self._compiled.vocabulary.column(name)
        return next(i for i, feature in enumerate(self._features) if column in feature.columns)

    def literals_of(self, feature: int) -> int:
        """Return how many literals of a feature (by its index) the model has."""
        if not is_whole(feature) or not 0 <= feature < len(self._features):
            raise BadInputError(f"feature={shown(feature)}: expected an index from 0 to {len(self._features) - 1}")
        return sum(len(a.variables) for a in self._space.attributes if a.feature == feature)


def checked_ranges(ranges: Any, theory_on: bool) -> Mapping[Any, Any]:
    """Return ranges, none for None; an error if nothing would come of them."""
    if ranges is None:
        return {}
    if not isinstance(ranges, Mapping):
        raise TheoryError(f"ranges={shown(ranges)}: expected a mapping such as {{'age': (18, 100)}}")
    if ranges and not theory_on:
        raise BadInputError("ranges need the theory: with theory=None conditions are free; leave out one of the two")
    return dict(ranges)


def _is_left_out(feature: Feature, rows: NDArray[np.float64]) -> bool:
    """Tell whether a row has no column of a one-hot group set, and this was not known to be possible."""
    if feature.kind is not Kind.ONE_HOT or feature.optional:
        return False
    return bool((rows[:, list(feature.columns)] == 0).all(axis=1).any())

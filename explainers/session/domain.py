"""The domain of an explainer: the features as declared, the theory, and what is excluded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from ...encoders.columns.coded_types import in_codes
from ...encoders.columns.seen_types import SeenTypes
from ...encoders.registry import compile_model, takes_types
from ...engine.domain.listed_numbers import all_listed
from ...engine.domain.ranged import with_ranges
from ...engine.domain.space import Space, build_space
from ...engine.domain.theory import Feature, Kind, Theory, bounded, cast_values, parse_features_type
from ...engine.domain.typed_features import Types, said_numerical, typed
from ...engine.errors import BadInputError, TheoryError, shown
from ...engine.given import is_whole, list_of
from ...engine.models.around import around_of
from ..solving.sessions import check_domain
from ..words.words import Words

AUTO = "auto"
_NO_NUMBERS = np.zeros(0)

Form = TypeVar("Form", bound=Any)  # a CompiledModel, or a CompiledMultiLabel; families name theirs


class Follower(Protocol):
    """What is made of a session, and has to follow its changes: the answers of a family."""

    session: Any

    def domain_changed(self) -> None:
        """Forget what was made for another domain."""

    def instance_changed(self) -> None:
        """Forget what was made for another instance, or for other excluded features."""

    def own_room(self) -> None:
        """Forget what only one thread may work in."""


class Domain(Generic[Form]):
    """Declares features, switches the theory, excludes features."""

    compiled: Form
    cache: dict[Any, Any]  # what belongs to the instance
    space: Space
    words: Words
    clauses: tuple[tuple[int, ...], ...]
    types: Mapping[str, Any] | None
    seen: SeenTypes | None  # what the rows show, of a model whose form depends on it
    around: Any
    ranges: Mapping[Any, Any]
    background: Any
    shown_rows: NDArray[np.float64] | None = None
    declared: tuple[Feature, ...]  # before what the instance shows
    features: tuple[Feature, ...]
    groups: tuple[Feature, ...]  # of which no column 0 is known to be a value
    left_out: frozenset[tuple[int, ...]]
    columns: Types  # what dtypes say
    theory_on: bool
    spaces: dict[Any, Space]
    excluded: frozenset[int]
    excluded_columns: frozenset[int]
    kept_out: frozenset[str]
    excluded_moved = False  # whether other features may have been excluded when answers were given

    @property
    def answers(self) -> Follower:
        """What follows the domain."""
        raise NotImplementedError

    @property
    def placed_row(self) -> NDArray[np.float64] | None:
        """The instance as the model reads it."""
        raise NotImplementedError

    @placed_row.setter
    def placed_row(self, row: NDArray[np.float64] | None) -> None:
        raise NotImplementedError

    def instance_changed(self) -> None:
        """Forget what belongs to another instance, or to other excluded features."""
        raise NotImplementedError

    def place(self) -> None:
        """Place the instance in the current domain."""
        raise NotImplementedError

    def parse_clauses(self, theory: str | Iterable[Sequence[int]] | None) -> tuple[tuple[int, ...], ...]:
        """Return the clauses of a theory, their literals checked."""
        if theory is None or (isinstance(theory, str) and theory == AUTO):
            return ()
        clauses = list_of(theory, "theory", "'auto', None, or clauses such as [(1, -2), (3,)]")
        literals = self.compiled.vocabulary.check_literals
        return tuple(
            literals(list_of(one, "theory clause", "a sequence of literals such as (1, -2)")) for one in clauses
        )

    def parse_features(self, types: Mapping[str, Any] | None) -> tuple[Feature, ...]:
        """Return the features as they are declared, with what the model itself knows of them."""
        vocabulary = self.compiled.vocabulary
        features, readings = self.compiled.features, (vocabulary.reading, vocabulary.own_readings)
        if around_of(self.compiled) is not None:
            return tuple(features)
        if types is not None:
            own = {f.columns: f for f in features}
            told = in_codes(types, vocabulary.names, vocabulary.labels)
            declared = cast_values(parse_features_type(told, vocabulary.names), *readings)
            # what the model itself knows of a column (categories of an encoder) is kept where nothing else was declared
            features = tuple(_known(f, own.get(f.columns, f)) for f in declared)
        if self.ranges:
            ranged = with_ranges(features, self.ranges, vocabulary.names, self.compiled.features)
            features = cast_values(ranged, *readings)
        return self.learned(features)

    def learned(self, features: tuple[Feature, ...]) -> tuple[Feature, ...]:
        """Return features with the one-hot groups optional of which a background row has no column set."""
        if self.background is None or not any(f.kind is Kind.ONE_HOT and not f.optional for f in features):
            return features
        if self.shown_rows is None:  # the form of other dtypes, which reads no such rows, sees the same groups
            self.shown_rows = self.compiled.read(self.background)
        rows = self.shown_rows
        return tuple(replace(f, optional=True) if _is_left_out(f, rows) else f for f in features)

    def fit_domain(self, row: NDArray[np.float64]) -> None:
        """Let the domain have what an instance shows: one-hot groups of which it has no column set."""
        if not self.theory_on or not self.groups:
            return
        shown = frozenset(f.columns for f in self.groups if _is_left_out(f, row[None, :]))
        if shown != self.left_out:
            self.left_out = shown
            self.build()

    def fit_columns(self, columns: Types) -> None:
        """Let numbers be whole, or truth values, where the dtypes of an instance say so."""
        if columns is not self.columns and columns != self.columns:
            self.columns = columns
            self.build()

    @contextmanager
    def all_shown(self, rows: NDArray[np.float64]) -> Iterator[None]:
        """Let the domain have, for a while, what any of some rows shows."""
        open_to = self.opens(rows)
        if not open_to:
            yield
            return
        before = self.declared
        self.declared = tuple(replace(f, optional=True) if f.columns in open_to else f for f in before)
        self.spaces, spaces = {}, self.spaces
        try:
            self.build()
            yield
        finally:
            self.declared, self.spaces = before, spaces
            self.rebuild()

    def opens(self, rows: NDArray[np.float64]) -> set[tuple[int, ...]]:
        """Return the one-hot groups of which a row has no column set, where this was not known to be possible."""
        return {f.columns for f in self.groups if self.theory_on and _is_left_out(f, rows)}

    def rebuild(self) -> None:
        """Make the current domain, and place the instance in it."""
        self.build()
        if self.placed_row is not None:
            self.place()

    def build(self) -> None:
        """Build the space of the current domain (kept for switching the theory on and off, and between instances)."""
        key = (self.theory_on, self.left_out, self.columns)
        self.groups = tuple(f for f in self.declared if f.kind is Kind.ONE_HOT and not f.optional)
        shown = tuple(replace(f, optional=True) if f.columns in self.left_out else f for f in self.declared)
        if self.theory_on and self.columns:
            vocabulary = self.compiled.vocabulary
            shown = typed(shown, self.columns, vocabulary, said_numerical(self.types, vocabulary.names))
        self.features = shown
        space = self.spaces.get(key)
        if space is None:
            theory = Theory(self.features, self.clauses, self.compiled.missing) if self.theory_on else None
            space = build_space(self.compiled.vocabulary, self.features, theory)
            check_domain(space)
            self.spaces[key] = space
        self.space = space
        self.words = Words(space)
        self.words.home = ref(self)
        self.excluded = self.excluded_features()
        self.cache = {}
        self.answers.domain_changed()

    def forget_forms(self) -> None:
        """Forget the forms for rows of other dtypes (hook of ``RowForms``)."""

    def set_features_type(self, features_type: Mapping[str, Any] | None) -> None:
        """Declare what the features are; switches the theory on."""
        self.recompile(features_type, self.ranges)
        self.declared = self.parse_features(features_type)
        self.types = features_type
        self.begin_anew()

    def set_ranges(self, ranges: Mapping[Any, Any] | None) -> None:
        """Bound numbers, in the units of the model's input; switches the theory on."""
        known = checked_ranges(ranges, True)
        if self.seen is not None:
            self.recompile(self.types, known)
        self.ranges = known
        self.declared = self.parse_features(self.types)
        self.begin_anew()

    def begin_anew(self) -> None:
        """Make the domain of features that were declared anew."""
        self.theory_on, self.spaces, self.left_out = True, {}, frozenset()
        self.forget_forms()
        self.rebuild()

    def recompile(self, types: Mapping[str, Any] | None, ranges: Mapping[Any, Any]) -> None:
        """Compile the model anew if its form depends on the types of its features."""
        if not takes_types(self.compiled.source):
            return
        if self.clauses:
            raise BadInputError(
                "other types or ranges would number the literals anew, and the clauses of the theory speak of the old "
                "ones: pass them when the explainer is made"
            )
        if self.seen is None:
            self.compiled = self.form_with(types)
            return
        self.seen = replace(self.seen, said={} if types is None else types, ranges=ranges, own=())
        row, names = self.placed_row, self.compiled.vocabulary.names
        self.compiled = self.form_with(self.seen if row is None else self.seen.beside(row[None, :], names))

    def form_with(self, types: Mapping[str, Any] | None) -> Form:
        """Return the model's form for other types of its columns."""
        own = self.compiled
        made: Any = compile_model(
            own.source, feature_names=own.vocabulary.names, missing=own.missing, features_type=types,
            dtypes=own.dtypes or None,
        )  # fmt: skip
        form: Form = made
        return form

    def form_types(self) -> Mapping[str, Any] | None:
        """Return the types that the form was compiled with: with the numbers at which bounds are told."""
        if self.seen is None:
            return self.types
        listed = {f.columns[0]: np.array(f.values) for f in self.compiled.features if f.listed}
        own = tuple(listed.get(c, _NO_NUMBERS) for c in range(len(self.compiled.vocabulary.names)))
        return replace(self.seen, own=own)

    def fit_numbers(self, rows: NDArray[np.float64]) -> None:
        """Let the model have a form in which the numbers of some rows are among those at which bounds are told."""
        if self.seen is None or all_listed(self.compiled.features, rows):
            return
        if self.clauses:
            raise BadInputError(
                "these rows have numbers at which the form has no bound yet, so that the model's conditions are "
                "numbered anew, and the clauses of the theory speak of the old ones: make an explainer of this instance"
            )
        self.compiled = self.form_with(self.seen.beside(rows, self.compiled.vocabulary.names))
        self.declared = self.parse_features(self.types)
        self.left_out, self.placed_row, self.around, self.spaces = frozenset(), None, None, {}
        self.rebuild()

    def switch_theory(self, on: bool) -> None:
        """Let the domain know what numbers, declared types and clauses mean, or treat conditions as free Booleans."""
        if self.theory_on == on:
            return
        self.theory_on = on
        self.rebuild()

    def set_excluded_features(self, excluded_features: Iterable[str | int]) -> None:
        """Forbid features in sufficient reasons, and keep them as they are in contrastive ones."""
        wanted = [self.feature_index(name) for name in excluded_features]
        self.excluded_columns = frozenset(c for i in wanted for c in self.features[i].columns)
        self.excluded, self.kept_out = self.excluded_features(), frozenset()
        self.excluded_moved = True
        self.instance_changed()

    def excluded_features(self) -> frozenset[int]:
        """Return the indices of the features that have an excluded column."""
        return frozenset(i for i, f in enumerate(self.features) if self.excluded_columns & set(f.columns))

    def unset_excluded_features(self) -> None:
        """Allow all features again."""
        self.excluded = self.excluded_columns = frozenset()
        self.excluded_moved = True
        self.instance_changed()

    def feature_index(self, name: str | int) -> int:
        """Return the index of a feature by its name (also of a column), or by its id from 1."""
        if not isinstance(name, str) and not is_whole(name):
            raise BadInputError(f"feature {shown(name)}: expected a name, or an id from 1")
        for index, feature in enumerate(self.features):
            if name == feature.name:
                return index
        column = self.compiled.vocabulary.column(name)
        return next(i for i, feature in enumerate(self.features) if column in feature.columns)

    def literals_of(self, feature: int) -> int:
        """Return how many literals of a feature (by its index) the model has."""
        if not is_whole(feature) or not 0 <= feature < len(self.features):
            raise BadInputError(f"feature={shown(feature)}: expected an index from 0 to {len(self.features) - 1}")
        return sum(len(a.variables) for a in self.space.attributes if a.feature == feature)


def checked_ranges(ranges: Any, theory_on: bool) -> Mapping[Any, Any]:
    """Return ranges, none for None; an error if nothing would come of them."""
    if ranges is None:
        return {}
    if not isinstance(ranges, Mapping):
        raise TheoryError(f"ranges={shown(ranges)}: expected a mapping such as {{'age': (18, 100)}}")
    if ranges and not theory_on:
        raise BadInputError("ranges need the theory: with theory=None conditions are free; leave out one of the two")
    return dict(ranges)


def _known(declared: Feature, own: Feature) -> Feature:
    """Return a feature as it is declared, with what the model itself knows of it."""
    if declared.kind is Kind.NUMERICAL or own.listed:
        return bounded(own, declared.low, declared.high)
    return bounded(declared, own.low, own.high) if declared.kind is Kind.INTEGER else declared


def _is_left_out(feature: Feature, rows: NDArray[np.float64]) -> bool:
    """Tell whether a row has no column of a one-hot group set, and this was not known to be possible."""
    if feature.kind is not Kind.ONE_HOT or feature.optional:
        return False
    return bool((rows[:, list(feature.columns)] == 0).all(axis=1).any())

"""The domain of an explainer: the features as declared, the theory, and what is excluded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..encoders.registry import compile_model, takes_types
from ..engine.errors import BadInputError, shown
from ..engine.models import CompiledModel
from ..engine.space import Space, build_space
from ..engine.theory import Feature, Theory, cast_values, parse_features_type
from .arguments import is_whole
from .backends import check_domain
from .gate import switch
from .naming import Naming
from .words import Words

AUTO = "auto"


class Domain(Naming):
    """Declares features, switches the theory, excludes features."""

    _compiled: CompiledModel
    _instance: NDArray[np.float64] | None
    _clauses: tuple[tuple[int, ...], ...]
    _types: Mapping[str, Any] | None
    _features: tuple[Feature, ...]
    _theory_on: bool
    _spaces: dict[bool, Space]
    _excluded: frozenset[int]
    _excluded_columns: frozenset[int]

    def _place(self) -> None:
        """Place the instance in the current domain."""
        raise NotImplementedError

    def _parse_clauses(self, theory: str | Iterable[Sequence[int]] | None) -> tuple[tuple[int, ...], ...]:
        if theory is None or (isinstance(theory, str) and theory == AUTO):
            return ()
        if isinstance(theory, (str, bool)):
            raise BadInputError(f"theory={theory!r}: expected 'auto', None, or clauses such as [(1, -2), (3,)]")
        clauses = []
        for clause in theory:
            if isinstance(clause, (int, str)):
                raise BadInputError(f"theory clause {clause!r}: expected a sequence of literals such as (1, -2)")
            clauses.append(self._compiled.vocabulary.check_literals(clause))
        return tuple(clauses)

    def _parse_features(self, types: Mapping[str, Any] | None) -> tuple[Feature, ...]:
        if types is None:
            return self._compiled.features
        vocabulary = self._compiled.vocabulary
        declared = cast_values(
            parse_features_type(types, vocabulary.names), vocabulary.reading, vocabulary.own_readings
        )
        own = {f.columns: f for f in self._compiled.features}
        # what the model itself knows of a column (categories of an encoder) is kept where nothing else was declared
        return tuple(own.get(f.columns, f) if f.kind.value == "numerical" else f for f in declared)

    def _rebuild(self) -> None:
        """Build the space of the current domain (kept for switching the theory on and off)."""
        space = self._spaces.get(self._theory_on)
        if space is None:
            theory = Theory(self._features, self._clauses, self._compiled.missing) if self._theory_on else None
            space = build_space(self._compiled.vocabulary, self._features, theory)
            check_domain(space)
            self._spaces[self._theory_on] = space
        self._space = space
        self._words = Words(space)
        self._excluded = self._excluded_features()
        self._domain_changed()
        if self._instance is not None:
            self._place()

    def _domain_changed(self) -> None:
        """Forget what was computed for another domain (hook of the families)."""

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
            Columns that are not named are numerical.

        Raises
        ------
        TheoryError
            If it contradicts itself, the model's columns or the instance.
        """
        self._recompile(features_type)
        features = self._parse_features(features_type)
        self._types, self._features, self._theory_on, self._spaces = features_type, features, True, {}
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
        self._compiled = compile_model(own.source, feature_names=names, missing=own.missing, features_type=types)

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

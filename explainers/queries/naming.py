"""Literals and reasons in the user's words."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Unpack, overload

import numpy as np

from ...engine.domain.region import region_of
from ...engine.errors import BadInputError, shown
from ...engine.reasons import Reason
from ..words.asked import is_triple
from .explaining import Explaining

if TYPE_CHECKING:
    from ..words.query_types import Spelling

N = TypeVar("N")


class NamingQueries(Explaining):
    """What explainers of all families say about literals."""

    def get_feature_names_from_literal(self, literal: int) -> str:
        """Return the name of the column that a literal tests."""
        vocabulary = self.session.compiled.vocabulary
        vocabulary.check_literals((literal,))
        name: str = vocabulary.names[vocabulary.conditions[abs(literal) - 1].feature]
        return name

    def reason_contains_features(self, reason: Iterable[Any], features_name: str | Iterable[str]) -> bool:
        """Tell whether a reason speaks of a feature (or of one of several)."""
        wanted = {self.session.feature_index(name) for name in features_name}
        known = {*self.session.compiled.vocabulary.names, *(feature.name for feature in self.session.space.features)}
        items: list[Any] = [reason] if isinstance(reason, str) or is_triple(reason) else list(reason)
        named = [isinstance(item, str) and item in known for item in items]
        found = {self.session.feature_index(item) for item, name in zip(items, named, strict=True) if name}
        if not any(named):
            found = self.session.words.asking.features_of(reason)
        elif not all(named):
            found |= self.session.words.asking.features_of(
                [i for i, name in zip(items, named, strict=True) if not name]
            )
        return bool(found & wanted)

    def _check_possible(self, literals: tuple[int, ...], any_side: bool) -> None:
        """Raise BadInputError if literals contradict each other; those of changes may be on any side of an instance."""
        given = set(literals)
        apart = any(-v in given for v in given)
        if not apart and not any_side and self._empty(literals):
            apart = not any(self._empty((v,)) for v in literals)
        if apart:
            raise BadInputError(f"reason={shown(literals)}: its literals contradict each other, no input has them all")

    def _empty(self, literals: tuple[int, ...]) -> bool:
        return region_of(self.session.space, np.array(literals, np.int32)).empty

    @overload
    def to_features(
        self, reason: Mapping[int, N], *, details: Literal[False] = False, **how: Unpack[Spelling]
    ) -> dict[str, N]: ...
    @overload
    def to_features(
        self, reason: Iterable[Any], *, details: Literal[False] = False, **how: Unpack[Spelling]
    ) -> tuple[str, ...]: ...
    @overload
    def to_features(
        self, reason: Iterable[Any], *, details: Literal[True], **how: Unpack[Spelling]
    ) -> OrderedDict[str, list[dict[str, Any]]]: ...
    def to_features(
        self,
        reason: Iterable[Any] | Mapping[int, Any],
        *,
        details: bool = False,
        eliminate_redundant_features: bool = True,
        contrastive: bool = False,
        without_intervals: bool = False,
    ) -> tuple[str, ...] | dict[str, Any] | OrderedDict[str, list[dict[str, Any]]]:
        """Return literals in the user's words.

        Parameters
        ----------
        reason : iterable of int, or mapping from literal to number
            A reason, or the counts per literal; statements and tuples are told as literals are.
        details : bool
            Return the structured form instead: feature name -> list of dictionaries.
        eliminate_redundant_features : bool
            Leave out bounds that another bound implies.
        contrastive : bool
            Of several bounds on one side keep the weakest one instead of the strongest.
        without_intervals : bool
            Do not merge a lower and an upper bound into one interval.

        Returns
        -------
        tuple of str, dict or OrderedDict
            ``('10 <= f1 < 20', 'f4 = 1')``; for a mapping ``{'f4 >= 0.5': count}``.
        """
        if isinstance(reason, Reason) and reason.proof.over == "features":
            return tuple(reason)
        weights = dict(reason) if isinstance(reason, Mapping) else None
        if weights is None:
            literals, said = self.session.words.asking.read(reason)
            if said and self.session.space.theory is not None and not details:
                return self.session.words.asking.say(reason)
            literals = self.session.words.asking.region(reason).literals if said else literals
        else:
            literals = self.session.compiled.vocabulary.check_literals(weights)
        if weights is None:
            self._check_possible(literals, any_side=contrastive)
        if details:
            return self.session.words.details(literals, weights)
        if weights is not None:
            return {self.session.words.literal(literal): weights[literal] for literal in literals}
        if contrastive:
            flipped = self.session.words.keep_weakest(literals)
            return self.session.words.features(flipped, merge=not without_intervals)
        if eliminate_redundant_features and without_intervals:
            literals = self.session.words.keep_strongest(literals)
        return self.session.words.features(literals, merge=eliminate_redundant_features and not without_intervals)

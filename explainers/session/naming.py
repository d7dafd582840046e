"""Literals and reasons in the user's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...engine.domain.region import region_of
from ...engine.domain.space import Space
from ...engine.errors import BadInputError, shown
from ...engine.models import CompiledModel
from ...engine.reasons import Reason
from ..words.asked import is_triple
from ..words.words import Words
from .gate import Gated


class Naming(Gated):
    """What explainers of all families say about literals."""

    _compiled: CompiledModel
    _space: Space
    _words: Words

    def _feature_index(self, name: str | int) -> int:
        raise NotImplementedError

    def get_feature_names_from_literal(self, literal: int) -> str:
        """Return the name of the column that a literal tests."""
        self._compiled.vocabulary.check_literals((literal,))
        return self._compiled.vocabulary.names[self._compiled.vocabulary.conditions[abs(literal) - 1].feature]

    def reason_contains_features(self, reason: Iterable[Any], features_name: str | Iterable[str]) -> bool:
        """Tell whether a reason speaks of a feature (or of one of several)."""
        wanted = {self._feature_index(name) for name in features_name}
        known = {*self._compiled.vocabulary.names, *(feature.name for feature in self._space.features)}
        items: list[Any] = [reason] if isinstance(reason, str) or is_triple(reason) else list(reason)
        named = [isinstance(item, str) and item in known for item in items]
        found = {self._feature_index(item) for item, name in zip(items, named, strict=True) if name}
        if not any(named):
            found = self._words.asking.features_of(reason)
        elif not all(named):
            found |= self._words.asking.features_of([i for i, name in zip(items, named, strict=True) if not name])
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
        return region_of(self._space, np.array(literals, np.int32)).empty

    def to_features(
        self,
        reason: Iterable[int] | Mapping[int, float],
        *,
        details: bool = False,
        eliminate_redundant_features: bool = True,
        contrastive: bool = False,
        without_intervals: bool = False,
    ) -> Any:
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
            literals, said = self._words.asking.read(reason)
            if said and self._space.theory is not None and not details:
                return self._words.asking.say(reason)
            literals = self._words.asking.region(reason).literals if said else literals
        else:
            literals = self._compiled.vocabulary.check_literals(weights)
        if weights is None:
            self._check_possible(literals, any_side=contrastive)
        if details:
            return self._words.details(literals, weights)
        if weights is not None:
            return {self._words.literal(literal): weights[literal] for literal in literals}
        if contrastive:
            flipped = self._words.keep_weakest(literals)
            return self._words.features(flipped, merge=not without_intervals)
        if eliminate_redundant_features and without_intervals:
            literals = self._words.keep_strongest(literals)
        return self._words.features(literals, merge=eliminate_redundant_features and not without_intervals)

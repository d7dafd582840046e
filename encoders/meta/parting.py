"""Members that read some of the columns of their model, in an order of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...engine.domain.theory import Feature, Kind
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble, CompiledTree
from .sources import Source


def over_columns(source: Source, columns: Sequence[int]) -> Source:
    """Return a source that reads these columns of a row, as one that reads all of them.

    Parameters
    ----------
    source : Source
        What a member decides by.
    columns : sequence of int
        The place of each of its columns among those of the model; one may stand there several times.
    """
    own = [int(c) for c in columns]

    def compile_one(
        names: tuple[str, ...], missing: frozenset[int], voting: str, types: Mapping[str, Any] | None
    ) -> CompiledTree | CompiledEnsemble:
        if types is not None and len(set(own)) < len(names):
            raise UnsupportedModelError(
                "members that read some of the columns take no declared columns: leave features_type out, or fit with "
                "max_features=1.0"
            )
        mine = tuple(f"{names[c]} ({i})" for i, c in enumerate(own)) if own != list(range(len(names))) else names
        inside = frozenset(i for i, c in enumerate(own) if c in missing)
        compiled = source.compile(mine, inside, voting, types)
        return compiled if mine is names else _placed(compiled, own, names, missing)

    return replace(source, compile=compile_one)


def _placed(
    compiled: CompiledTree | CompiledEnsemble, own: Sequence[int], names: tuple[str, ...], missing: frozenset[int]
) -> CompiledTree | CompiledEnsemble:
    """Return a compiled form over all columns."""
    vocabulary = compiled.vocabulary
    if vocabulary.labels or compiled.dtypes or any(f.kind is not Kind.NUMERICAL for f in compiled.features):
        raise UnsupportedModelError(
            "a member that reads some of the columns reads them as categories, or calculates in their dtypes: expected "
            "numbers; fit it with max_features=1.0"
        )
    conditions = tuple(c._replace(feature=own[c.feature]) for c in vocabulary.conditions)
    features = tuple(Feature(name, Kind.NUMERICAL, (c,)) for c, name in enumerate(names))
    return replace(
        compiled, vocabulary=Vocabulary(conditions, names, vocabulary.reading), features=features, missing=missing
    )

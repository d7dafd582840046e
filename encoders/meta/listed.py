"""Members that weigh numbers of a range, which are told at listed numbers: what lies between must not matter.

A sum of terms that each go one way is decided at the ends of a range. A mean of functions of such sums is so only
where all of them go the same way in each column: members that pull in opposite directions may meet
between two listed numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from ...engine.arrays import F64
from ...engine.domain.conditions import Condition, Operator
from ...engine.domain.space import build_space
from ...engine.domain.theory import Feature, Kind, Theory
from ...engine.errors import BadInputError
from ...engine.models import CompiledEnsemble
from ..assembly.declared import declared_features
from ..columns.seen_types import MOST

_SIDES: dict[Operator, Literal["left", "right"]] = {
    Operator.GE: "left", Operator.LT: "left", Operator.GT: "right", Operator.LE: "right",
}  # fmt: skip


def check_listed(
    members: Sequence[CompiledEnsemble], ways: Sequence[float] | None, types: Mapping[str, Any] | None, who: str
) -> None:
    """Raise BadInputError if what happens between the listed numbers of a column is not known.

    Parameters
    ----------
    members : sequence of CompiledEnsemble
        Over shared columns.
    ways : sequence of float or None
        For each member the sign of what a greater score of it does to the only score of the model; None: not known.
    types : mapping or None
        What the columns are.
    who : str
        The model, in words.
    """
    if not any(feature.listed for feature in members[0].features):
        return
    whole = _whole(types, members[0].vocabulary.names)
    for feature in members[0].features:
        if not feature.listed or feature.columns[0] in whole:
            continue
        told = {0.0} if ways is not None else {np.nan}
        for one, way in zip(members, [1.0] * len(members) if ways is None else ways, strict=True):
            told.add(way * _way(one, feature))
        told -= {0.0}
        if len(told) > 1 or any(np.isnan(way) for way in told):
            raise BadInputError(
                f"{who} is made of models that do not all go the same way as {feature.name!r} grows, and may change "
                "its mind between the numbers of a range and back: say which values there are, "
                f"features_type={{'categorical': {{{feature.name!r}: [0, 1, 5]}}}}"
            )


def _whole(types: Mapping[str, Any] | None, names: tuple[str, ...]) -> set[int]:
    """Return the columns of whole numbers of which all of a range are listed."""
    declared = declared_features(types, names)
    return {f.columns[0] for f in declared if f.kind is Kind.INTEGER and f.high - f.low < MOST}


def _way(one: CompiledEnsemble, feature: Feature) -> float:
    """Return the sign of what a greater number of a column does to a member's only score; NaN if it is not known."""
    (column,), conditions = feature.columns, one.vocabulary.conditions
    trees = one.trees
    inner = np.nonzero(trees.literal)[0]
    asked = np.array([conditions[abs(int(v)) - 1].feature for v in trees.literal[inner]], np.intp)
    tree = np.searchsorted(trees.root, inner, side="right") - 1
    touched = np.unique(tree[asked == column])
    if not len(touched):
        return 0.0
    tests = [conditions[v] for v in {abs(int(v)) - 1 for v in trees.literal[inner[asked == column]]}]
    alone = (asked[np.isin(tree, touched)] == column).all()
    if one.circuit is not None or trees.n_outputs != 1 or not alone or not _are_seen(tests, feature):
        return float(np.nan)
    space = build_space(one.vocabulary, one.features, Theory(one.features, (), one.missing))
    rows: F64 = np.zeros((len(feature.values), len(one.vocabulary.names)))
    rows[:, column] = feature.values
    steps = np.diff(trees.scores_of_rows(rows, space.codes)[:, 0])
    if (steps > 0).any() and (steps < 0).any():
        return float(np.nan)
    return float(np.sign(steps.sum()))


def _are_seen(tests: Sequence[Condition], feature: Feature) -> bool:
    """Tell whether at most one border lies between two listed numbers: then both sides of each are listed."""
    gaps = set()
    for test in tests:
        if test.operator not in _SIDES:
            return False
        gaps.add(int(np.searchsorted(np.sort(feature.values), test.threshold, side=_SIDES[test.operator])))
    return len(gaps) == len(tests)

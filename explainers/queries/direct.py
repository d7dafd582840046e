"""The direct reason: what stands on the paths that an instance takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.oracles.universe import attribute_universe, bits, mask_of
from ...engine.reasons import Proof, Reason
from .answers import Deciding
from .explaining import Explaining

if TYPE_CHECKING:
    from ..session.session import Session


class DirectQueries(Explaining):
    """The direct reason."""

    answers: Deciding

    def direct_reason(self) -> Reason | None:
        """Return the literals on the paths that the instance takes (by the non-implied ones).

        Returns
        -------
        Reason or None
            ``None`` if one of them is on an excluded feature.
        """
        with self.session.query(None) as deadline:
            return direct_reason(self.session, self.answers.passed(), deadline)


def direct_reason(session: Session[Any], passed: Iterable[int], deadline: Deadline) -> Reason | None:
    """Return the reason of all literals on paths, or None if one of them is on an excluded feature."""
    if any(session.space.feature_of(literal) in session.excluded for literal in passed):
        return None
    literals = passed if session.space.theory is None else non_implied(session, passed)
    proof = Proof("direct", method="the instance's paths", seconds=deadline.elapsed)
    return session.make(sorted(set(literals), key=abs), proof)


def non_implied(session: Session[Any], literals: Iterable[int]) -> list[int]:
    """Return the written form of the closure of literals that are true at the instance, attribute by attribute."""
    space, situation = session.space, session.here
    if space.all_interval:
        return list(space.core.non_implied(situation.truth, situation.cells, np.array(list(literals), np.int32)))
    by_attribute: dict[int, list[int]] = {}
    for literal in literals:
        by_attribute.setdefault(int(space.attribute_of[abs(literal) - 1]), []).append(abs(literal) - 1)
    out: list[int] = []
    for a, variables in by_attribute.items():
        attribute = space.attributes[a]
        if attribute.interval:
            cell, base = int(situation.cells[a]), int(space.element_base[a])
            cut = attribute.cut[np.searchsorted(attribute.variables, variables)]
            below, above = cut[(cut >= 0) & (cut < cell)], cut[cut >= cell]
            strongest = [*([below.max()] if len(below) else []), *([above.min()] if len(above) else [])]
            out += [situation.literal(base + int(p)) for p in strongest]
            continue
        universe = attribute_universe(situation, a)
        place = {v: e for e, v in enumerate(universe.names)}
        written = universe.written(universe.close(mask_of(place[v] for v in variables)))
        out += [int(space.literals(situation.truth)[universe.names[e]]) for e in bits(written)]
    return out

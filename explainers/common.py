"""Answers that trees and forests give in the same way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from ..engine.budget import Deadline
from ..engine.kernels import F64
from ..engine.reasons import Proof, Reason
from ..engine.status import Status, Stop
from ..engine.universe import attribute_universe, bits, mask_of
from ..engine.vocabulary import Vocabulary, VocabularyBuilder
from .querying import Querying
from .tree_batch import BatchReasons


class Common(Querying):
    """The direct reason, rows one by one, and clauses after a rectification."""

    def _one_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        """Return one sufficient reason of the instance."""
        raise NotImplementedError

    def _passed(self) -> Iterable[int]:
        """Return the literals on the paths that the instance takes."""
        raise NotImplementedError

    def direct_reason(self) -> Reason | None:
        """Return the literals on the paths that the instance takes (by the non-implied ones).

        Returns
        -------
        Reason or None
            ``None`` if one of them is on an excluded feature.
        """
        with self._query(None) as deadline:
            path = self._passed()
            if any(self._space.feature_of(literal) in self._excluded for literal in path):
                return None
            literals = path if self._space.theory is None else self._non_implied(path)
            proof = Proof("direct", method="the instance's paths", seconds=deadline.elapsed)
            return self._make(sorted(set(literals), key=abs), proof)

    def _non_implied(self, literals: Iterable[int]) -> list[int]:
        """Return the written form of the closure of literals that are true at the instance, attribute by attribute."""
        space, situation = self._space, self._here
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

    def _row_by_row(self, rows: F64, deadline: Deadline, progress: bool) -> BatchReasons:
        """Explain one row after another, by the queries themselves."""
        from tqdm import tqdm

        before = self._instance
        outcome: list[int] = []
        offsets = [0]
        literals: list[int] = []
        try:
            for row in tqdm(rows, unit="row", disable=not progress):
                if deadline.expired():
                    break
                self._place_read(row)
                reason = self._one_sufficient(False, deadline, None)
                if reason is not None and reason.status is not Status.PROVED:
                    break  # cut short: it is left out rather than told as a reason
                outcome.append(self._outcome())
                literals.extend((0,) if reason is None else reason)
                offsets.append(len(literals))
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
        finally:
            if before is not None:
                self._place_read(before)
        done = len(outcome)
        return BatchReasons(
            np.array(outcome, np.int32),
            np.array(offsets[: done + 1], np.int64),
            np.array(literals[: offsets[done]], np.int32),
            deadline.stop,
        )

    def _translated_clauses(self, old: Any) -> tuple[tuple[int, ...], ...]:
        """Renumber user clauses for the changed model; the conditions that it no longer tests get new numbers."""
        if not self._clauses:
            return ()
        current = self._compiled.vocabulary
        builder = VocabularyBuilder(current.reading, self._compiled.missing)
        for condition in current.conditions:
            builder.literal(condition)
        clauses = tuple(tuple(builder.literal(old.condition(v)) for v in clause) for clause in self._clauses)
        vocabulary = Vocabulary(tuple(builder.conditions), current.names, current.reading, current.labels)
        self._compiled = replace(self._compiled, vocabulary=vocabulary)
        return clauses

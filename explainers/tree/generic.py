"""The generic way: any domain, any SAT / MaxSAT / MIP backend; slower, and the cross-check of the direct way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.arrays import I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.implications import excluded_cells
from ...engine.oracles.cheapest import cheapest_reasons
from ...engine.oracles.known_edges import EdgeOracle, edge_universe
from ...engine.oracles.marco import Clause, enumerate_reasons
from ...engine.oracles.oracle import Oracle
from ...engine.oracles.shrink import shrink
from ...engine.oracles.universe import Universe, bits, feature_universe, literal_universe, mask_of
from ...engine.reasons import Proof, Reason
from ...engine.status import Status, Stop
from ..queries.changes import Limits, kept_by
from ..queries.weights import Costs
from ..session.running import told_over
from ..session.witness import Shown
from ..solving.oracles import RegionOracle, SatOracle
from ..solving.sessions import DEFAULT_SAT, open_hitting, open_sat
from .core import TreeCore


@dataclass(frozen=True, slots=True)
class Question:
    """One question in generic form."""

    universe: Universe
    oracle: Oracle
    good: Bools
    per_feature: bool
    solver: str
    by_element: bool = False  # whether names are global elements instead of conditions
    known: tuple[int, ...] = ()  # contrastive reasons that are known beforehand


class TreeGeneric(TreeCore):
    """Queries by universe and oracle."""

    def question(self, good: Bools, per_feature: bool, solver: str | None, limits: Limits | None = None) -> Question:
        """Put a question in generic form.

        With `limits` what they forbid to change is always kept (contrastive reasons), else excluded features never are
        (sufficient reasons).
        """
        key = ("question", good.tobytes(), per_feature, solver, limits)
        if key not in self.session.cache:
            self.session.cache[key] = self._new_question(good, per_feature, solver, limits)
        question: Question = self.session.cache[key]
        return question

    def _edge_question(self, good: Bools, per_feature: bool) -> Question | None:
        """Put the question for sufficient reasons in generic form over the edges, where leaves give them."""
        edges = self.reduced(good, per_feature, self.session.excluded)
        if edges is None:
            return None
        key = ("edge question", good.tobytes(), per_feature)
        if key not in self.session.cache:
            universe = edge_universe(edges, self.owners(edges.all_ids, per_feature))
            oracle = EdgeOracle(edges, universe)
            self.session.cache[key] = Question(
                universe, oracle, good, per_feature, "native", True, tuple(oracle.dropped)
            )
        question: Question = self.session.cache[key]
        return question

    def owners(self, ids: I32, per_feature: bool) -> list[int]:
        """Return the feature of each element."""
        if per_feature:
            own: list[int] = ids.tolist()
            return own
        feature = np.array([a.feature for a in self.session.space.attributes], dtype=np.int32)
        owners: list[int] = feature[self.session.space.element_attribute[ids]].tolist()
        return owners

    def _new_question(self, good: Bools, per_feature: bool, solver: str | None, limits: Limits | None) -> Question:
        situation = self.session.here
        make = feature_universe if per_feature else literal_universe
        universe = make(situation, self.session.excluded if limits is None else limits.still)
        base = kept_by(situation, limits)
        if solver is None and not (self.session.theory_on and self.session.clauses):
            region = RegionOracle(situation, self._table, good, universe, per_feature, base)
            return Question(universe, region, good, per_feature, "native")
        name = solver or DEFAULT_SAT

        def open_session(cnf: Any) -> Any:
            return open_sat(name, cnf, timed=True)

        oracle = SatOracle(situation, self.session.compiled, good, universe, per_feature, base, open_session)
        return Question(universe, oracle, good, per_feature, name)

    def _name_elements(self, question: Question, elements: int) -> tuple[Any, ...]:
        names = [question.universe.names[e] for e in bits(elements)]
        if question.per_feature:
            return tuple(self.session.features[i].name for i in sorted(names))
        if question.by_element:
            return self.session.here.literals(np.array(names, dtype=np.int32))
        signed = self.session.space.literals(self.session.here.truth)
        return tuple(int(signed[v]) for v in sorted(names))

    def _generic_reason(self, question: Question, kind: str, elements: int, proved: bool, deadline: Deadline) -> Reason:
        """Make a reason of a closed set (or of a dropped one, for contrastive reasons)."""
        universe = question.universe
        written = universe.written_change(elements) if kind == "contrastive" else universe.written(elements)
        proof = Proof(
            kind,
            Status.PROVED if proved else Status.BEST_SO_FAR,
            deadline.stop if not proved else Stop.NONE,
            "oracle calls",
            question.solver,
            deadline.elapsed,
            told_over(question.per_feature),
        )
        items = self._name_elements(question, written)
        if kind != "contrastive":
            return self.session.make(items, proof)
        kept = universe.full & ~elements

        def cells() -> Any:
            with self.session.gate.shared():
                answer = question.oracle.holds(kept, Deadline())
            return answer.witness if answer.holds is False else None

        show = Shown(self.session.teller, self.session.here, cells, self.outside(question.good))
        say = self.session.words.say_names if question.per_feature else self.session.words.say_change
        return Reason(items, proof, say, show, self.session.own_row())

    def _generic_one(self, good: Bools, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        question = self.question(good, per_feature, solver)
        full = question.universe.full
        if self.session.excluded:  # else all literals of the instance force the outcome
            holds = question.oracle.holds(full, deadline.with_grace()).holds
            if holds is None:
                raise deadline.undecided("whether there is a reason without the excluded features")
            if not holds:
                return None
        try:
            method = "core" if solver else "deletion"
            kept, proved = shrink(question.universe, question.oracle, full, deadline, method=method)
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
            kept, proved = full, False
        if not proved:
            deadline.expired()
        return self._generic_reason(question, "sufficient", kept, proved, deadline)

    def _generic_all(
        self, kind: str, good: Bools, per_feature: bool, deadline: Deadline, solver: str | None,
        limits: Limits | None = None,
    ) -> Iterator[Reason]:  # fmt: skip
        """Yield all reasons of one kind by MARCO; `limits` for contrastive ones."""
        question = self._edge_question(good, per_feature) if kind == "sufficient" and solver is None else None
        if question is None:
            question = self.question(good, per_feature, solver, limits)

        def open_map(clauses: list[Clause], n_variables: int) -> Any:
            from ...engine.forms import Cnf

            return open_sat(
                solver or DEFAULT_SAT, Cnf.from_clauses(clauses, n_variables), timed=deadline.seconds is not None
            )

        source = enumerate_reasons(question.universe, question.oracle, open_map, deadline, known=question.known)
        for found, elements, proved in source:
            if found == kind:
                yield self._generic_reason(question, kind, elements, proved, deadline)

    def _generic_cheapest(
        self, good: Bools, per_feature: bool, costs: Costs, kind: str, deadline: Deadline, solver: str | None
    ) -> Iterator[Reason]:
        """Yield reasons of least cost by implicit hitting sets."""
        question = self._edge_question(good, per_feature) or self.question(good, per_feature, None)
        universe = question.universe
        whole = self._prices(question, costs)
        best: int | None = None
        held: list[tuple[int, int]] = []

        def open_session(clauses: list[Clause], n: int, prices: Any) -> Any:
            return open_hitting(solver, clauses, n, prices)

        lower = 0
        known = question.known
        for reason, cost, bound in cheapest_reasons(universe, question.oracle, open_session, whole, deadline, known):
            lower = max(lower, bound)
            if best is not None and bound > best:
                break
            if best is None or cost < best:
                best, held = cost, []
            if cost == best:
                held.append((reason, cost))
            while best is not None and lower >= best and held:
                yield self._cheap(question, kind, held.pop(0), lower, costs, solver, deadline)
        status = Status.OPTIMAL if deadline.stop is Stop.NONE else Status.BEST_SO_FAR
        for item in held:
            bound = item[1] if status is Status.OPTIMAL else lower
            yield self._cheap(question, kind, item, bound, costs, solver, deadline)

    def _known_drops(self, question: Question, good: Bools) -> list[int]:
        """Return all contrastive reasons as dropped sets of the question's universe, where leaves give them."""
        edges = self.reduced(good, question.per_feature, self.session.excluded)
        if edges is None:
            return []
        place = {name: e for e, name in enumerate(question.universe.names)}
        if question.per_feature:
            drop = [1 << place[int(feature)] for feature in edges.ids]
        else:
            drop = [self._dropped_with(int(element), place) for element in edges.ids]
        out = []
        for edge in edges:
            mask = 0
            for item in edge.tolist():
                mask |= drop[item]
            out.append(mask)
        return out

    def _dropped_with(self, element: int, place: dict[int, int]) -> int:
        """Return the literals that fall with an element: all that exclude what it excludes."""
        a = int(self.session.space.element_attribute[element])
        attribute = self.session.space.attributes[a]
        own = abs(int(self.session.space.element_literal[element])) - 1
        excluded = excluded_cells(attribute, int(self.session.here.cells[a]))
        mine = excluded[int(np.nonzero(attribute.variables == own)[0][0])]
        falls = (excluded | ~mine).all(axis=1)
        return mask_of(place[int(v)] for v in attribute.variables[falls])

    def _cheap(
        self,
        question: Question,
        kind: str,
        item: tuple[int, int],
        lower: int,
        costs: Costs,
        solver: str | None,
        deadline: Deadline,
    ) -> Reason:
        reason, cost = item
        written = question.universe.written(reason)
        proved = lower >= cost
        proof = Proof(
            kind,
            Status.OPTIMAL if proved else Status.BEST_SO_FAR,
            Stop.NONE if proved else deadline.stop,
            "implicit hitting sets",
            solver or "rc2",
            deadline.elapsed,
            told_over(question.per_feature),
            costs.weight(cost),
            costs.weight(min(lower, cost)),
        )
        return self.session.make(self._name_elements(question, written), proof)

    def _prices(self, question: Question, costs: Costs) -> list[int]:
        """Return the cost of each element of a question's universe."""
        names = question.universe.names
        if question.per_feature or question.by_element:
            return [int(costs.whole[name]) for name in names]
        attribute = self.session.space.attribute_of[list(names)]
        base, end = self.session.space.element_base[attribute], self.session.space.element_base[attribute + 1]
        # elements of an attribute cost the same; conditions that are constant have none, and are never written
        return [int(costs.whole[b]) if b < e else 0 for b, e in zip(base.tolist(), end.tolist(), strict=True)]

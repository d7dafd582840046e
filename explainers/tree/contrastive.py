"""Contrastive reasons of a tree: what would change the outcome, and to what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from ...engine import _native
from ...engine.arrays import F64, I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.hitting.edges import Edges
from ...engine.models import CompiledTree, label_tuple
from ...engine.models.trees import LeafTable
from ...engine.oracles.universe import bits, feature_universe, literal_universe
from ...engine.reasons import Proof, Reason, Reasons
from ...engine.status import Status, Stop
from ...solvers.protocols import Kind
from ..queries.changes import Limits, allowed_cells, cell_costs, check_distance, check_nearest, limits_of
from ..queries.preferences import column_weights
from ..session.running import by_length, first_of, told_over
from ..session.witness import Outside, Shown, Teller
from ..solving.oracles import agreed_mask, truth_in_cells
from ..words.arguments import Solvers, queries
from .nearest import Within, nearest_cells
from .sufficient import TreeReasons

_HOW_FAR = (Status.PROVED, Status.OPTIMAL)  # a contrastive reason, a smallest one


class TreeContrast(TreeReasons):
    """Queries for contrastive reasons; what is necessary and relevant."""

    _solvers: ClassVar[Solvers] = {
        **queries("sufficient_reason sufficient_reasons contrastive_reason minimal_contrastive_reason", Kind.SAT),
        **queries("minimal_sufficient_reason preferred_sufficient_reason", Kind.MAXSAT, Kind.MIP),
        **queries("n_sufficient_reasons", Kind.COUNTER),
    }

    def contrastive_reason(
        self,
        *,
        n: int | None = 1,
        target: Any = None,
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
        immutable: Iterable[str | int] = (),
        monotone: Mapping[str, str] | None = None,
    ) -> Any:
        """Return one, several or all contrastive reasons, smallest first.

        Parameters
        ----------
        n : int or ALL
            How many.
        target : label, optional
            The class that is wanted instead ("why not this one?"); default: any other.
        time_limit, over, solver
            As in ``sufficient_reason``.
        immutable : iterable of str
            Features that stay as they are.
        monotone : mapping, optional
            Numbers that may only go one way: ``{"age": "increasing"}``.

        Returns
        -------
        Reason, Reasons or None
            ``None`` if it is proved that there is none (an empty ``Reasons`` with its status if the time was up
            before one was found). ``reason.witness`` is the changed instance,
            ``reason.features`` what has to become true.
        """
        wanted, per_feature = self._check_n(n), self._check_over(over)
        if target is None and solver is None and not (per_feature or immutable or monotone or self._excluded):
            with self._query(time_limit) as deadline:
                found = self._own_changes("contrastive", wanted, deadline)
                if found is not NotImplemented:
                    return found
        good, limits = self._good(target), limits_of(self, immutable, monotone)
        with self._query(time_limit) as deadline:
            reasons = self._contrastive(good, per_feature, deadline, solver, "contrastive", limits)
            return first_of(reasons, wanted)

    def minimal_contrastive_reason(
        self,
        *,
        n: int | None = 1,
        target: Any = None,
        time_limit: float | None = None,
        over: str = "literals",
        solver: str | None = None,
        immutable: Iterable[str | int] = (),
        monotone: Mapping[str, str] | None = None,
        distance: str | None = None,
        weights: Sequence[float] | Mapping[str, float] | None = None,
    ) -> Any:
        """Return one, several or all contrastive reasons with the fewest literals (features), or the nearest change.

        Parameters
        ----------
        n, target, time_limit, over, solver, immutable, monotone
            As in ``contrastive_reason``.
        distance : None or "l1"
            ``"l1"``: the witness has the least weighted sum of ``|change|`` over numbers (a changed category counts
            one unit), instead of the fewest changes; one reason only.
        weights : sequence or mapping, optional
            Cost of one unit of each column (default 1), for ``distance="l1"``.
        """
        wanted, per_feature = self._check_n(n), self._check_over(over)
        check_distance(distance, weights)
        plain = target is None and solver is None and distance is None
        if plain and not (per_feature or immutable or monotone or self._excluded):
            with self._query(time_limit) as deadline:
                found = self._own_changes("minimal contrastive", wanted, deadline)
                if found is not NotImplemented:
                    return found
        good, limits = self._good(target), limits_of(self, immutable, monotone)
        with self._query(time_limit) as deadline:
            if distance is not None:
                check_nearest(self, wanted)
                return self._nearest(good, per_feature, column_weights(self, weights), limits, deadline)
            reasons = self._contrastive(good, per_feature, deadline, solver, "minimal contrastive", limits)
            least = len(reasons[0]) if reasons else 0
            fewest = [r for r in reasons if len(r) == least]
            if fewest and fewest[0].kind == "contrastive":  # an enumeration: minimal if it ended
                status = Status.OPTIMAL if reasons.complete else Status.BEST_SO_FAR
                fewest = [r.with_proof(kind="minimal contrastive", status=status, stop=reasons.stop) for r in fewest]
            return first_of(Reasons(fewest, reasons.status, reasons.stop, reasons.seconds), wanted)

    # -- how ---------------------------------------------------------------------------------------------------

    def _own_changes(self, kind: str, n: int | None, deadline: Deadline) -> Any:
        """Return changes of literals that leave the predicted class; NotImplemented where the long way has to be taken.

        As in ``first_of``: the first one, the first n, or all.
        """
        asked = self._ask(False)
        if asked is None:
            return NotImplemented
        found = self._cache.get("changes")
        if found is None:
            make = _OwnChanges(self._teller, self._here, self._table, asked, self._compiled)
            found = self._cache["changes"] = asked.changes(), make
        changes, make = found
        minimal = kind != "contrastive"
        proof = kind, _HOW_FAR[minimal], Stop.NONE, "minimal leaves", "native", deadline.elapsed
        say, own = self._words.say_change, self._own_row()
        if n == 1:
            return Reason(changes[0][0], proof, say, _Change(make, changes[0][1]), own) if changes else None
        if minimal and changes:
            least = len(changes[0][0])
            changes = [one for one in changes if len(one[0]) == least]
        reasons = [Reason(items, proof, say, _Change(make, k), own) for items, k in changes]
        return first_of(Reasons(reasons, Status.COMPLETE, Stop.NONE, deadline.elapsed), n)

    def _contrastive(
        self, good: Bools, per_feature: bool, deadline: Deadline, solver: str | None, kind: str,
        limits: Limits | None = None,
    ) -> Reasons:  # fmt: skip
        # where only excluded features stay, edges are picked of those of all changes
        plain = limits is None or (limits.still == self._excluded and not (limits.up or limits.down))
        key = ("contrastive", good.tobytes(), per_feature, kind, None if plain else limits)
        if solver is None and key in self._cache:
            cached: Reasons = self._cache[key]
            return cached
        within = None if plain else limits
        edges = None if solver else self._reduced(good, per_feature, frozenset(), within, deadline=deadline)
        if edges is None:
            source = self._generic_all("contrastive", good, per_feature, deadline, solver, limits or limits_of(self))
            return by_length(self._collect(source, None, deadline))
        leaves = self._table_within(None if plain else limits)
        reasons = self._from_edges(edges, leaves, good, per_feature, deadline, kind)
        self._cache[key] = reasons
        return reasons

    def _nearest(self, good: Bools, per_feature: bool, weights: F64, limits: Limits, deadline: Deadline) -> Any:
        situation, clauses = self._here, self._clauses if self._theory_on else ()
        within = Within(situation, allowed_cells(self, limits), *cell_costs(self, weights), clauses)
        found = nearest_cells(within, self._table, good, deadline)
        if found is None:
            if deadline.expired():
                return Reasons([], Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)
            return None
        cells, cost = found
        universe = (feature_universe if per_feature else literal_universe)(situation)
        same = truth_in_cells(situation, cells) == situation.truth
        changed = universe.full & ~agreed_mask(situation, universe, same, per_feature)
        names = [universe.names[e] for e in bits(universe.written_change(changed))]
        signed = self._space.literals(situation.truth)
        items = [self._features[i].name for i in names] if per_feature else [int(signed[v]) for v in names]
        proof = Proof(
            "nearest contrastive", Status.OPTIMAL, method="nearest leaf", over=told_over(per_feature),
            cost=cost, lower=cost, seconds=deadline.elapsed,
        )  # fmt: skip
        show = Shown(self._teller, situation, lambda: cells, self._outside(good), nearest=True)
        say = self._words.say_names if per_feature else self._words.say_change
        return Reason(items, proof, say, show, self._own_row())

    def _from_edges(
        self, edges: Edges, leaves: LeafTable, good: Bools, per_feature: bool, deadline: Deadline, kind: str
    ) -> Reasons:
        banned = self._excluded
        status = Status.OPTIMAL if kind.startswith("minimal") else Status.PROVED
        over = told_over(per_feature)
        proof = Proof(kind, status, method="minimal leaves", over=over, seconds=deadline.elapsed)
        say = self._words.say_names if per_feature else self._words.say_change
        make = _Changes(self._teller, self._here, leaves, lambda: edges, self._outside(good), per_feature)
        own = self._own_row()
        if not per_feature and not banned:
            found = _native.changes_of_literals(self._space.core, self._here.truth, edges.core)
            sorted_ones = [Reason(items, proof, say, _Change(make, k), own) for items, k in found]
            return Reasons(sorted_ones, Status.COMPLETE, Stop.NONE, deadline.elapsed)
        names: list[Any] = (
            [self._items(edges.ids[i : i + 1], per_feature)[0] for i in range(len(edges.ids))]
            if per_feature
            else (self._here.signed(edges.ids).tolist())
        )
        owner = self._owners(edges.ids, per_feature) if banned else []
        member, start = edges.member.tolist(), edges.start.tolist()
        reasons = []
        for k in range(len(edges)):
            elements = member[start[k] : start[k + 1]]
            if banned and any(owner[e] in banned for e in elements):
                continue
            items = [names[e] for e in elements]
            if not per_feature and len(items) > 1:
                items.sort(key=abs)
            reasons.append(Reason(items, proof, say, _Change(make, k), own))
        return by_length(Reasons(reasons, Status.COMPLETE, Stop.NONE, deadline.elapsed))

    def _necessary(self, per_feature: bool, time_limit: float | None) -> Reason:
        with self._query(time_limit) as deadline:
            asked = self._ask(per_feature)
            if asked is not None:
                return self._told(asked.necessary(), per_feature, "necessary", "leaves with one way out", deadline)
            good = self._good()
            edges = self._reduced(good, per_feature, self._excluded, deadline=deadline)
            over = told_over(per_feature)
            if edges is None:
                return self._generic_necessary(good, per_feature, deadline)
            items = self._items(edges.necessary(), per_feature)
            return self._make(
                items, Proof("necessary", method="leaves with one way out", over=over, seconds=deadline.elapsed)
            )

    def _generic_necessary(self, good: Bools, per_feature: bool, deadline: Deadline) -> Reason:
        """Intersect all sufficient reasons: an element is in each iff U without the moves on it does not hold."""
        question = self._question(good, per_feature, None)
        universe, kept = question.universe, 0
        there = question.oracle.holds(universe.full, deadline.with_grace()).holds
        if there is None:
            deadline.expired()
            return self._generic_reason(question, "necessary", kept, False, deadline)
        for element in range(universe.n if there else 0):
            # the largest closed sets without the element: one for each move that drops it
            needed = True
            for number, move in enumerate(universe.moves):
                if move >> element & 1 and needed:
                    answer = question.oracle.holds(universe.full & ~universe.moves[number], deadline)
                    if answer.holds is None:
                        return self._generic_reason(question, "necessary", kept, False, deadline)
                    needed = not answer.holds
            if needed and universe.moves_of[element]:
                kept |= 1 << element
        return self._generic_reason(question, "necessary", universe.close(kept), True, deadline)

    def _relevant(self, per_feature: bool, time_limit: float | None) -> Reason:
        with self._query(time_limit) as deadline:
            asked = self._ask(per_feature)
            if asked is not None:
                return self._told(asked.relevant(), per_feature, "relevant", "minimal leaves", deadline)
            good, over = self._good(), told_over(per_feature)
            edges = self._reduced(good, per_feature, self._excluded, deadline=deadline)
            proof = Proof("relevant", method="minimal leaves", over=over, seconds=deadline.elapsed)
            if edges is not None and not edges.joint:
                elements = edges.ids[:0] if edges.hopeless else edges.ids  # reduced edges use them all
                return self._make(self._items(elements, per_feature), proof)
            found: dict[Any, None] = {}
            reasons = self._collect(self._all_sufficient(per_feature, deadline, None), None, deadline)
            for reason in reasons:
                found.update(dict.fromkeys(reason))
            items = sorted(found, key=self._feature_index if per_feature else abs)
            status = Status.PROVED if deadline.stop is Stop.NONE else Status.BEST_SO_FAR
            return self._make(
                items,
                Proof("relevant", status, deadline.stop, "union of all reasons", over=over, seconds=deadline.elapsed),
            )


class _Changes:
    """Makes the changed instances of the edges of a tree when they are asked for."""

    def __init__(
        self,
        teller: Teller,
        situation: Situation,
        leaves: LeafTable,
        edges: Callable[[], Edges],
        outside: Outside,
        per_feature: bool,
    ) -> None:
        self._teller, self._situation, self._leaves, self._edges = teller, situation, leaves, edges
        self._outside, self._per_feature = outside, per_feature
        self._known: dict[int, Shown] = {}

    def shown(self, k: int) -> Shown:
        """Return what shows the changed instance of edge k."""
        if k not in self._known:
            self._known[k] = Shown(self._teller, self._situation, lambda: self._cells(k), self._outside)
        return self._known[k]

    def _cells(self, k: int) -> I32:
        edges = self._edges()
        elements = None if self._per_feature else set(edges.ids[edges.edge(k)].tolist())
        return cells_of_leaf(self._situation, self._leaves, int(edges.source[k]), elements)


class _OwnChanges(_Changes):
    """Makes the changed instances of what leaves the predicted class."""

    def __init__(
        self, teller: Teller, situation: Situation, leaves: LeafTable, asked: _native.Asked, compiled: CompiledTree
    ) -> None:
        self._teller, self._situation, self._leaves, self._per_feature = teller, situation, leaves, False
        self._asked, self._compiled = asked, compiled
        self._known = {}

    def _edges(self) -> Edges:
        return Edges(self._asked.reduced)

    def _outside(self, said: Any) -> list[bool]:
        return [self._compiled.class_index(label) != self._asked.outcome for label in label_tuple(said)]


class _Change:
    """The changed instance of one edge."""

    __slots__ = ("_changes", "_k")

    def __init__(self, changes: _Changes, k: int) -> None:
        self._changes, self._k = changes, k

    @property
    def shown(self) -> Shown:
        """What makes it."""
        return self._changes.shown(self._k)

    def __call__(self, reason: Reason) -> Any:
        return self.shown(reason)


def cells_of_leaf(situation: Situation, leaves: LeafTable, leaf: int, elements: set[int] | None) -> I32:
    """Return the cells nearest to the instance that reach a leaf (those that a reason's elements speak of)."""
    cells = situation.cells.copy()
    space = situation.space
    for e in range(int(leaves.start[leaf]), int(leaves.start[leaf + 1])):
        a = int(leaves.attribute[e])
        cell = int(situation.cells[a])
        if leaves.low[e] >= 0:
            cells[a] = min(max(cell, int(leaves.low[e])), int(leaves.high[e]))
            continue
        listed = leaves.cells[leaves.first[e] : leaves.first[e + 1]].tolist()
        if cell in listed:
            continue
        cells[a] = listed[0]
        if elements is not None:
            own, base = situation.forests[a].own, int(space.element_base[a])
            cells[a] = next(v for v in listed if base + int(own[v]) in elements)
    return cells

"""Contrastive reasons of a tree: what would change the outcome, and to what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...engine import _native
from ...engine.arrays import F64, I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.errors import UndecidedError
from ...engine.hitting.edges import Edges
from ...engine.models import CompiledTree, label_tuple
from ...engine.models.trees import LeafTable
from ...engine.oracles.universe import bits, feature_universe, literal_universe
from ...engine.reasons import Answered, NoneInTime, Proof, Reason, Reasons
from ...engine.status import Status, Stop
from ..queries.answers import Change
from ..queries.changes import Limits, allowed_cells, cell_costs, check_nearest, limits_of
from ..queries.preferences import column_weights
from ..session.running import by_length, first_of, told_over
from ..session.witness import Outside, Shown, Teller
from ..solving.oracles import agreed_mask, truth_in_cells
from .generic import TreeGeneric
from .nearest import Within, nearest_cells

_HOW_FAR = (Status.PROVED, Status.OPTIMAL)  # a contrastive reason, a smallest one


class TreeContrastive(TreeGeneric):
    """How a tree finds changes: over its leaves, or the generic way."""

    def contrastive(self, change: Change, deadline: Deadline) -> Answered:
        """Return the first contrastive reason, the first n, or all, smallest first."""
        if change.plain and not self.session.excluded:
            found = self._own_changes("contrastive", change.n, deadline)
            if found is not NotImplemented:
                return found  # type: ignore[no-any-return]  # what is asked for
        good, limits = self.good(change.target), limits_of(self.session, change.immutable, change.monotone)
        reasons = self.changes(good, change.per_feature, deadline, change.solver, "contrastive", limits)
        return first_of(reasons, change.n)

    def each_change(self, change: Change, deadline: Deadline) -> Iterator[Reason]:
        """Return an iterator over all contrastive reasons: those of leaves smallest first, others as they are found."""
        good, limits = self.good(change.target), limits_of(self.session, change.immutable, change.monotone)

        def found() -> Iterator[Reason]:
            if self._edges_of_changes(good, change.per_feature, deadline, change.solver, limits) is None:
                yield from self._generic_all("contrastive", good, change.per_feature, deadline, change.solver, limits)
            else:
                yield from self.changes(good, change.per_feature, deadline, None, "contrastive", limits)

        return found()

    def fewest(self, change: Change, deadline: Deadline) -> Answered:
        """Return contrastive reasons with the fewest literals (features), or the nearest change."""
        if change.plain and not self.session.excluded:
            found = self._own_changes("minimal contrastive", change.n, deadline)
            if found is not NotImplemented:
                return found  # type: ignore[no-any-return]  # what is asked for
        good, limits = self.good(change.target), limits_of(self.session, change.immutable, change.monotone)
        if change.distance is not None:
            check_nearest(self.session, change.n)
            weights = column_weights(self.session, change.weights)
            return self.nearest(good, change.per_feature, weights, limits, deadline)
        reasons = self.changes(good, change.per_feature, deadline, change.solver, "minimal contrastive", limits)
        least = len(reasons[0]) if reasons else 0
        fewest = [r for r in reasons if len(r) == least]
        if fewest and fewest[0].kind == "contrastive":  # an enumeration: minimal if it ended
            status = Status.OPTIMAL if reasons.complete else Status.BEST_SO_FAR
            fewest = [r.with_proof(kind="minimal contrastive", status=status, stop=reasons.stop) for r in fewest]
        return first_of(Reasons(fewest, reasons.status, reasons.stop, reasons.seconds), change.n)

    # -- how ---------------------------------------------------------------------------------------------------

    def _own_changes(self, kind: str, n: int | None, deadline: Deadline) -> Any:
        """Return changes of literals that leave the predicted class; NotImplemented where the long way has to be taken.

        As in ``first_of``: the first one, the first n, or all.
        """
        asked, session = self.ask_of_few(False), self.session
        if asked is None:
            return NotImplemented
        found = session.cache.get("changes")
        if found is None:
            make = _OwnChanges(session.teller, session.here, self._table, asked, session.compiled)
            found = session.cache["changes"] = asked.changes(), make
        changes, make = found
        minimal = kind != "contrastive"
        proof = kind, _HOW_FAR[minimal], Stop.NONE, "minimal leaves", "native", deadline.elapsed
        say, own = session.words.say_change, session.own_row()
        if n == 1:
            return Reason(changes[0][0], proof, say, _Change(make, changes[0][1]), own) if changes else None
        if minimal and changes:
            least = len(changes[0][0])
            changes = [one for one in changes if len(one[0]) == least]
        reasons = [Reason(items, proof, say, _Change(make, k), own) for items, k in changes]
        return first_of(Reasons(reasons, Status.COMPLETE, Stop.NONE, deadline.elapsed), n)

    def changes(
        self, good: Bools, per_feature: bool, deadline: Deadline, solver: str | None, kind: str,
        limits: Limits | None = None,
    ) -> Reasons:  # fmt: skip
        within = self._within(limits)
        key = ("contrastive", good.tobytes(), per_feature, kind, within)
        if solver is None and key in self.session.cache:
            cached: Reasons = self.session.cache[key]
            return cached
        try:
            edges = self._edges_of_changes(good, per_feature, deadline, solver, limits)
        except UndecidedError:
            if deadline.expired():
                return Reasons([], Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)
            raise
        if edges is None:
            source = self._generic_all(
                "contrastive", good, per_feature, deadline, solver, limits or limits_of(self.session)
            )
            return by_length(self.session.collect(source, None, deadline))
        reasons = self._from_edges(edges, self._table_within(within), good, per_feature, deadline, kind)
        self.session.cache[key] = reasons
        return reasons

    def _within(self, limits: Limits | None) -> Limits | None:
        """Return limits; None where only excluded features stay: edges are picked of those of all changes."""
        plain = limits is None or (limits.still == self.session.excluded and not (limits.up or limits.down))
        return None if plain else limits

    def _edges_of_changes(
        self, good: Bools, per_feature: bool, deadline: Deadline, solver: str | None, limits: Limits | None
    ) -> Edges | None:
        """Return the edges of contrastive reasons; None where the generic way has to be taken."""
        return None if solver else self.reduced(good, per_feature, frozenset(), self._within(limits), deadline=deadline)

    def nearest(self, good: Bools, per_feature: bool, weights: F64, limits: Limits, deadline: Deadline) -> Answered:
        situation, clauses = self.session.here, self.session.clauses if self.session.theory_on else ()
        within = Within(situation, allowed_cells(self.session, limits), *cell_costs(self.session, weights), clauses)
        found = nearest_cells(within, self._table, good, deadline)
        if found is None:
            if deadline.expired():
                return NoneInTime.of(deadline)
            return None
        cells, cost = found
        universe = (feature_universe if per_feature else literal_universe)(situation)
        same = truth_in_cells(situation, cells) == situation.truth
        changed = universe.full & ~agreed_mask(situation, universe, same, per_feature)
        names = [universe.names[e] for e in bits(universe.written_change(changed))]
        signed = self.session.space.literals(situation.truth)
        items = [self.session.features[i].name for i in names] if per_feature else [int(signed[v]) for v in names]
        proof = Proof(
            "nearest contrastive", Status.OPTIMAL, method="nearest leaf", over=told_over(per_feature),
            cost=cost, lower=cost, seconds=deadline.elapsed,
        )  # fmt: skip
        show = Shown(self.session.teller, situation, lambda: cells, self.outside(good), nearest=True)
        say = self.session.words.say_names if per_feature else self.session.words.say_change
        return Reason(items, proof, say, show, self.session.own_row())

    def _from_edges(
        self, edges: Edges, leaves: LeafTable, good: Bools, per_feature: bool, deadline: Deadline, kind: str
    ) -> Reasons:
        banned = self.session.excluded
        status = Status.OPTIMAL if kind.startswith("minimal") else Status.PROVED
        over = told_over(per_feature)
        proof = Proof(kind, status, method="minimal leaves", over=over, seconds=deadline.elapsed)
        say = self.session.words.say_names if per_feature else self.session.words.say_change
        make = _Changes(self.session.teller, self.session.here, leaves, lambda: edges, self.outside(good), per_feature)
        own = self.session.own_row()
        if not per_feature and not banned:
            found = _native.changes_of_literals(self.session.space.core, self.session.here.truth, edges.core)
            sorted_ones = [Reason(items, proof, say, _Change(make, k), own) for items, k in found]
            return Reasons(sorted_ones, Status.COMPLETE, Stop.NONE, deadline.elapsed)
        names: list[Any] = (
            [self.items(edges.ids[i : i + 1], per_feature)[0] for i in range(len(edges.ids))]
            if per_feature
            else (self.session.here.signed(edges.ids).tolist())
        )
        owner = self.owners(edges.ids, per_feature) if banned else []
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

"""Majoritary reasons of a forest: literals that force more than half of the trees, or k of them, each on its own.

Audemard, Bellart, Bounia, Koriche, Lagniez, Marquis: Trading complexity for sparsity in random forest explanations
(AAAI 2022). Bounia, Setitra: Computing improved explanations for random forests: k-majoritary reasons (ICAART 2025).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from ...engine._native import GreedyBoxes, greedy_runs
from ...engine.arrays import F64, Bools
from ...engine.budget import Deadline, OutOfTimeError
from ...engine.ensembles.views.literals import AnyView, LiteralView, losses_of, random_order, random_orders
from ...engine.ensembles.walks.marco import enumerate_items
from ...engine.errors import BadInputError, UnsupportedModelError, shown
from ...engine.given import is_whole
from ...engine.oracles.universe import Universe, bits, feature_universe, literal_universe
from ...engine.reasons import Answered, Proof, Reason, Reasons
from ...engine.status import Status, Stop
from ..queries.weights import Costs
from ..session.running import by_length, told_over
from ..solving.sessions import DEFAULT_SAT
from .core import ForestCore, Votes, forces_alone
from .oracles import majoritary_reasons
from .planner import MAJORITARY, check_size, fits_outside, named_or
from .sufficient import open_map_on

_TOGETHER = 1024  # runs whose orders are drawn at once


class ForestMajoritary(ForestCore):
    """How a forest finds majoritary reasons."""

    def votes(self, per_feature: bool, k: int | None = None) -> AnyView:
        """Return the view in which a set holds if it forces k trees (default: more than half of them)."""
        self._check_votes()
        return self.view(per_feature, Votes(self.needed(k)))

    def needed(self, k: int | None) -> int:
        """Return how many trees have to be forced: k, or a strict majority.

        Raises
        ------
        BadInputError
            If k is no number from a strict majority to all trees.
        """
        count = self.session.compiled.trees.n_trees
        most = count // 2 + 1
        if k is None:
            return most
        if not is_whole(k) or not most <= k <= count:
            raise BadInputError(
                f"k={shown(k)}: expected how many of the {count} trees are to be forced, from {most} (a strict "
                f"majority) to {count}"
            )
        return int(k)

    def _check_votes(self) -> None:
        """Raise UnsupportedModelError if the trees do not vote for classes."""
        if self.session.compiled.regression:
            raise UnsupportedModelError("a regressor's trees do not vote: majoritary reasons are for classifiers")
        if self.session.compiled.voting == "boosted":
            raise UnsupportedModelError("boosted trees do not vote: ask for tree_specific_reason instead")

    def majoritary(
        self, n: int | None, per_feature: bool, runs: int, seed: int, deadline: Deadline, k: int | None = None
    ) -> Answered:
        """Return one majoritary reason (the shortest of greedy runs), the first n, or all."""
        view, kind = self.votes(per_feature, k), kind_of(k)
        if not forces_alone(view, view.full):
            return None if n == 1 else Reasons([], Status.COMPLETE, Stop.NONE, deadline.elapsed)
        if n == 1:
            return self._greedy_majority(view, runs, seed, deadline, kind)
        return by_length(self.session.collect(self._all_majority(view, kind, deadline), n, deadline))

    def _greedy_majority(self, view: AnyView, runs: int, seed: int, deadline: Deadline, kind: str) -> Reason:
        """Return the shortest of greedy runs, each of which drops what the bounds alone allow."""
        losses = losses_of(view, deadline)
        random = np.random.default_rng(seed)
        greedy = self._greedy_boxes if isinstance(view, LiteralView) and not view.listed else self._greedy_sets
        best, proved, made = greedy(view, losses, runs, random, deadline)
        status = Status.PROVED if proved else Status.BEST_SO_FAR
        return self.reason(view, view.written(best), kind, status, deadline, method=f"greedy, best of {made}")

    @staticmethod
    def _greedy_sets(
        view: AnyView, losses: F64, runs: int, random: np.random.Generator, deadline: Deadline
    ) -> tuple[Bools, bool, int]:
        """Return the shortest set of the runs, whether it is proved minimal, and how many runs were made."""
        order = np.argsort(losses, kind="stable").astype(np.int32)
        best: Bools | None = None
        size, made, proved = 0, 0, True
        try:
            for run in range(runs):
                if run and deadline.expired():
                    break
                kept, minimal = view.shrink(view.full, order, deadline, alone=True)
                written = len(view.written(kept))
                if best is None or written < size:
                    best, size, proved = kept, written, minimal
                made += 1
                order = random_order(losses, random)
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
        if best is None:
            best, proved = view.full, False
        return best, proved, made

    @staticmethod
    def _greedy_boxes(
        view: AnyView, losses: F64, runs: int, random: np.random.Generator, deadline: Deadline
    ) -> tuple[Bools, bool, int]:
        """Return the same for literals of interval attributes, by one call for all runs."""
        if not isinstance(view, LiteralView):
            raise TypeError("boxes are made of literals")
        best, size, proved, made = view.full, -1, False, 0
        view.place(view.full)
        for first in range(0, runs, _TOGETHER):
            drawn = min(runs - first, _TOGETHER) - (first == 0)
            orders = random_orders(losses, random, drawn)
            if first == 0:
                orders = np.vstack([np.argsort(losses, kind="stable"), orders])
            if view.question.too_late(deadline):
                break
            movable = orders[~view.fixed[orders]].reshape(len(orders), -1).astype(np.int32)
            q, found = view.question, GreedyBoxes(view.question.layout)
            q.run(deadline, greedy_runs, q.problem, q.box, movable, found, q.work)
            made += found.runs
            if found.size >= 0 and (size < 0 or found.size < size):
                size, proved, box = found.size, not found.partial, found
            if deadline.expired():
                break
        if size >= 0:
            view.question.set_ranges(box.lo.astype(np.int32), box.hi.astype(np.int32), np.zeros(0, np.bool_))
            best = view.closed_box() & view.full
        return best, proved, made

    def _all_majority(self, view: AnyView, kind: str, deadline: Deadline) -> Iterator[Reason]:
        for found in enumerate_items(_Alone(view), partial(open_map_on, DEFAULT_SAT), deadline):  # type: ignore[arg-type]
            if found.sufficient:
                status = Status.PROVED if found.proved else Status.BEST_SO_FAR
                yield self.reason(view, found.written_in(view), kind, status, deadline, method="MARCO")

    def cheapest_majority(
        self,
        n: int | None,
        per_feature: bool,
        costs: Costs,
        solver: str | None,
        kind: str,
        deadline: Deadline,
        k: int | None = None,
    ) -> Answered:
        """Return one, several or all majoritary reasons of least cost."""
        view, kind = self.votes(per_feature, k), f"{kind} {kind_of(k)}"
        if not forces_alone(view, view.full):
            return None if n == 1 else Reasons([], Status.COMPLETE, Stop.NONE, deadline.elapsed)
        if solver is not None:
            check_size(self, per_feature, solver)
        source = self.by_cost(per_feature, costs, named_or(solver, MAJORITARY), kind, deadline, self.needed(k))

        def late() -> Reason:
            one = self._greedy_majority(view, 1, 0, deadline, kind)
            return one.with_proof(status=Status.BEST_SO_FAR, stop=deadline.stop, lower=0.0)

        return self.session.answer(source, n, deadline, late)

    def by_cost(
        self, per_feature: bool, costs: Costs, solver: str, kind: str, deadline: Deadline, needed: int
    ) -> Iterator[Reason]:
        """Yield the majoritary reasons of least cost."""
        if not fits_outside(self, per_feature, deadline):
            deadline.halt(Stop.TIME_LIMIT if fits_outside(self, per_feature, Deadline()) else Stop.MEMORY)
            return
        here = self.session.here, self.session.excluded
        try:
            universe = feature_universe(*here) if per_feature else literal_universe(*here, deadline)
        except OutOfTimeError:
            return
        prices = self._condition_prices(universe, costs, per_feature)
        least: int | None = None
        found = majoritary_reasons(
            self.session.compiled, self.session.here, universe, prices, solver, deadline, per_feature=per_feature,
            needed=needed,
        )  # fmt: skip
        for answer in found:
            if answer.kept is None or answer.cost is None:
                if answer.stop is not Stop.NONE:
                    deadline.halt(answer.stop)
                return
            least = answer.cost if least is None else least
            if answer.cost > least:
                return
            written = universe.written(answer.kept)
            over = told_over(per_feature)
            proof = Proof(
                kind, answer.status, answer.stop, "0/1 program", solver, deadline.elapsed, over,
                costs.weight(answer.cost), costs.weight(min(answer.lower, answer.cost)),
            )  # fmt: skip
            yield self.session.make(self._names_of(universe, written, per_feature), proof)

    def _condition_prices(self, universe: Universe, costs: Costs, per_feature: bool) -> list[int]:
        if per_feature:
            return [int(costs.whole[name]) for name in universe.names]
        base = self.session.space.element_base
        owner = self.session.space.attribute_of[list(universe.names)]
        return [int(costs.whole[base[a]]) if base[a] < base[a + 1] else 0 for a in owner]

    def _names_of(self, universe: Universe, elements: int, per_feature: bool) -> tuple[Any, ...]:
        names = sorted(universe.names[e] for e in bits(elements))
        if per_feature:
            return tuple(self.session.features[i].name for i in names)
        signed = self.session.space.literals(self.session.here.truth)
        return tuple(int(signed[v]) for v in names)


def kind_of(k: int | None) -> str:
    """Return what a reason that forces k trees is called."""
    return "majoritary" if k is None else f"{int(k)}-majoritary"


class _Alone:
    """A view in which a set holds if its bounds decide: each tree on its own."""

    def __init__(self, view: AnyView) -> None:
        self._view = view
        self._last: Bools = view.full

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)

    def answer(self, kept: Bools, deadline: Deadline) -> int:
        """Return 0 if the set forces a majority, else 1."""
        self._last = kept
        self._view.place(kept)
        return 0 if self._view.question.decides_alone() else 1

    def shrink(self, kept: Bools, order: Any, deadline: Deadline) -> tuple[Bools, bool]:
        """Return a minimal subset that forces a majority."""
        return self._view.shrink(kept, order, deadline, alone=True)

    def near(self, point: Any, deadline: Deadline) -> tuple[Bools, None, bool]:
        """Grow the set of the last answer to a maximal one that forces none; tell what it lacks, and whether it is."""
        kept = self._last
        for item in np.nonzero(self._view.full & ~kept)[0]:
            if kept[item]:
                continue
            if deadline.expired():
                return self._view.full & ~kept, None, False
            larger = kept.copy()
            larger[item] = True
            larger = self._view.closed(larger)
            if self.answer(larger, deadline):
                kept = larger
        return self._view.full & ~kept, None, True

"""Maximal boxes with one outcome that cover given rows: few of them, and how many are needed at least.

**Boxes.** From a row a box grows over other rows that are not covered yet, those first that cost the fewest literals: a
row is taken in if the model decides alike all over the smallest box of literals that holds both. At the end the box is
widened as far as it goes.

**Bound.** Two rows are apart if the smallest box that holds both has an input of another outcome: then no box of the
model holds both. Rows that are apart from each other, pair by pair, need a box each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...engine._native import differing_elements
from ...engine.arrays import I32, I64, Bools
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.domain.region import Region
from ...engine.domain.space import Space
from ...engine.ensembles.answers import FOUND, NONE, UNKNOWN
from ...engine.ensembles.layout import Layout, lay_out
from ...engine.ensembles.outside import Wanted, outside_sums
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.views.literals import LiteralView, importance_order
from ...engine.labels.joint_question import truth_of_cells
from ...engine.models import CompiledEnsemble
from .difference import held

_POOL = 512  # inputs of other outcomes that are tried before a search
_ROUNDS = 4  # greedy covers that are tried without a limit of time
_FAILED = 40  # rows in a row that it does not take in, after which it asks no more
_TRIED = 400  # rows that a box may be asked to take in, at most
_APART = 200  # rows among which those that are apart are looked for


class RuleBox(NamedTuple):
    """A maximal box with one outcome.

    Attributes
    ----------
    region : Region
        Its cells.
    literals : tuple of int
        The literals that say it.
    rows : ndarray of bool
        Which of the distinct rows are in it.
    maximal : bool
        Whether it is proved that it cannot be widened.
    """

    region: Region
    literals: tuple[int, ...]
    rows: Bools
    maximal: bool


class RowCover:
    """Covers distinct rows by boxes of one outcome.

    Parameters
    ----------
    form : CompiledEnsemble
        The model.
    space : Space
        Its domain.
    clauses : tuple of clauses
        What holds everywhere.
    wanted : O
        The outcome.
    points : ndarray of int32
        The cells of distinct rows that have it.
    weights : ndarray of int64
        How often each of them occurs.
    """

    def __init__(
        self, form: CompiledEnsemble, space: Space, clauses: tuple[tuple[int, ...], ...], wanted: Wanted, points: I32,
        weights: I64,
    ) -> None:  # fmt: skip
        self.space, self.wanted, self.points, self.weights = space, wanted, points, weights
        self.layout: Layout = lay_out(form.trees, space, clauses)
        sums, columns = outside_sums(form, wanted, False)
        start = points[0] if len(points) else np.zeros(len(space.attributes), np.int32)
        self._question = EnsembleQuestion(self.layout, sums, columns, start)
        self._bad: list[I32] = []
        self._tried = 0
        self.boxes: list[RuleBox] = []
        self.lower = 0
        self.apart: I64 = np.zeros(0, np.int64)

    def decided(self, points: I32) -> Bools:
        """Tell at which points the model has the outcome beyond doubt."""
        return np.array([not self._question.bad(point) for point in points], np.bool_)

    # -- boxes -------------------------------------------------------------------------------------------------

    def run(self, most: int | None, deadline: Deadline) -> list[RuleBox]:
        """Return boxes that cover the rows: all of them, or as many as `most` boxes do."""
        rng = np.random.default_rng(0)
        best: list[RuleBox] = []
        rounds = 0
        while True:
            self._greedy(most, rng, rounds, deadline)
            cover = self._chosen(most)
            if not best or self._better(cover, best):
                best = cover
            rounds += 1
            if rounds == 1:
                self.apart = self._apart(best, deadline)
                self.lower = len(self.apart)
            whole = bool(self._covered(best).all())
            if deadline.expired() or (whole and len(best) <= self.lower):
                return best
            if rounds >= _ROUNDS and (deadline.seconds is None or len(self.boxes) > 50 * len(best)):
                return best

    def _better(self, one: list[RuleBox], other: list[RuleBox]) -> bool:
        mine, theirs = (int(self.weights[self._covered(boxes)].sum()) for boxes in (one, other))
        return (mine, -len(one)) > (theirs, -len(other))

    def _covered(self, boxes: list[RuleBox]) -> Bools:
        out = np.zeros(len(self.points), np.bool_)
        for box in boxes:
            out |= box.rows
        return out

    def _greedy(self, most: int | None, rng: np.random.Generator, turn: int, deadline: Deadline) -> None:
        """Add boxes to the known ones until every row is covered, or `most` are made."""
        left = np.ones(len(self.points), np.bool_)
        made = 0
        while left.any() and (most is None or made < most) and not deadline.expired():
            open_rows = np.nonzero(left)[0]
            chances = self.weights[open_rows] / self.weights[open_rows].sum()
            seed = int(open_rows[np.argmax(self.weights[open_rows])] if turn == 0 else rng.choice(open_rows, p=chances))
            box = self.grown(seed, left, deadline)
            if box is None:
                left[seed] = False  # rounding decides there
                continue
            self.boxes.append(box)
            left &= ~box.rows
            made += 1

    def grown(self, seed: int, left: Bools, deadline: Deadline) -> RuleBox | None:
        """Return a maximal box around a row that takes in rows that are left; None where rounding decides."""
        point = self.points[seed]
        question = self._question
        if question.bad(point):
            return None
        question.move(question.sums, question.columns, point)
        truth = truth_of_cells(self.space, point)
        situation = Situation(self.space, np.zeros(len(self.space.vocabulary.names)), truth, point)
        view = LiteralView(question, situation, np.zeros(len(point), np.bool_))
        kept = self._taking_in(view, seed, left, deadline)
        kept, maximal = view.shrink(kept, importance_order(view, deadline), deadline)
        view.place(kept)
        box = question.box
        region = Region(box.lo.astype(np.int32), box.hi.astype(np.int32), box.barred == 0, self._base())
        literals = tuple(int(v) for v in view.names(view.written(kept)))
        return RuleBox(region, literals, held(region, self.points, self.space.interval), maximal)

    def _base(self) -> I64:
        sizes = [0 if attribute.interval else attribute.n_cells for attribute in self.space.attributes]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    def _taking_in(self, view: LiteralView, seed: int, left: Bools, deadline: Deadline) -> Bools:
        """Return the literals that are kept once a box has taken in what it can."""
        kept = view.full
        others = np.nonzero(left)[0]
        others = others[others != seed]
        if not len(others):
            return kept
        point = self.points[seed]
        lost = np.array([differing_elements(self.layout, point, self.points[i]) for i in others])
        waiting = np.ones(len(others), np.bool_)
        tries = failed = 0
        while waiting.any() and tries < _TRIED and failed < _FAILED and not deadline.expired():
            prices = np.where(waiting, (lost & kept).sum(axis=1) / np.sqrt(self.weights[others]), np.inf)
            i = int(prices.argmin())
            waiting[i] = False
            if prices[i] == 0.0:
                continue
            tries += 1
            if self._holds(view, kept & ~lost[i], deadline) == NONE:
                kept, failed = kept & ~lost[i], 0
            else:
                failed += 1
        return kept

    def _holds(self, view: LiteralView, kept: Bools, deadline: Deadline) -> int:
        """Return NONE if the model has the outcome all over a box of literals, FOUND or UNKNOWN."""
        view.place(kept)
        if self._bad:
            region = self._region_of(kept, view)
            pool = np.array(self._bad)
            if bool(held(region, pool, self.space.interval).any()):
                return FOUND
        code = self._question.answer(deadline)
        if code == FOUND:
            self._remember(self._question.point.copy())
        return code

    def _region_of(self, kept: Bools, view: LiteralView) -> Region:
        """Return the box of kept literals, without bringing the question's box up to date."""
        space, cells = self.space, view.question.cells
        low = np.zeros(len(cells), np.int32)
        high = np.array([a.n_cells - 1 for a in space.attributes], np.int32)
        base = self._base()
        allowed = np.ones(int(base[-1]), np.bool_)
        items = np.nonzero(kept)[0]
        owner = space.element_attribute[items]
        place = (items - space.element_base[owner]).astype(np.int32)
        ranged = space.interval[owner]
        above = ranged & (place < cells[owner])
        below = ranged & ~above
        np.maximum.at(low, owner[above], place[above] + 1)
        np.minimum.at(high, owner[below], place[below])
        for a, e in zip(owner[~ranged].tolist(), place[~ranged].tolist(), strict=True):
            truth = space.attributes[a].truth[e]
            allowed[base[a] : base[a + 1]] &= truth == truth[cells[a]]
        return Region(low, high, allowed, base)

    def _remember(self, point: I32) -> None:
        if len(self._bad) < _POOL:
            self._bad.append(point)
        else:
            self._bad[self._tried % _POOL] = point
            self._tried += 1

    # -- covers ------------------------------------------------------------------------------------------------

    def _chosen(self, most: int | None) -> list[RuleBox]:
        """Return few of the known boxes: always the one with the most rows that are left, those that do nothing out."""
        left, chosen = np.ones(len(self.points), np.bool_), list[RuleBox]()
        rows = np.array([box.rows for box in self.boxes], np.bool_).reshape(len(self.boxes), len(self.points))
        while left.any() and (most is None or len(chosen) < most):
            gains = (rows & left) @ self.weights
            if not len(gains) or not gains.max() > 0:
                break
            box = self.boxes[int(gains.argmax())]
            chosen.append(box)
            left &= ~box.rows
        for box in list(reversed(chosen)):
            rest = [other for other in chosen if other is not box]
            if (self._covered(rest) >= box.rows).all():
                chosen = rest
        return chosen

    # -- bound -------------------------------------------------------------------------------------------------

    def _apart(self, cover: list[RuleBox], deadline: Deadline) -> I64:
        """Return rows that are apart from each other: they need a box each."""
        single = np.zeros(len(self.points), np.int64)
        for box in cover:
            single += box.rows
        order = np.argsort(single, kind="stable")[:_APART]  # rows that few boxes cover come first
        found: list[int] = []
        for i in order.tolist():
            if deadline.expired():
                break
            if all(self._are_apart(i, j, deadline) for j in found):
                found.append(i)
        return np.array(found, np.int64)

    def _are_apart(self, i: int, j: int, deadline: Deadline) -> bool:
        """Tell whether it is proved that no box of the model holds two rows."""
        if any(box.rows[i] and box.rows[j] for box in self.boxes):
            return False
        point = self.points[i]
        question = self._question
        question.move(question.sums, question.columns, point)
        truth = truth_of_cells(self.space, point)
        situation = Situation(self.space, np.zeros(len(self.space.vocabulary.names)), truth, point)
        view = LiteralView(question, situation, np.zeros(len(point), np.bool_))
        code = self._holds(view, view.full & ~differing_elements(self.layout, point, self.points[j]), deadline)
        return code not in (NONE, UNKNOWN)

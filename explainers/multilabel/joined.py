"""Reasons of several labels united: fast, and enumerated by combining; each is proved, but may hold more than it needs.

A union of sufficient reasons, one a label, forces all the labels. A union of changes, one a label, need not bring all
the labels to where they are wanted at once, since a change may move other labels too: each is made exactly as it would
be told, and only those that then do what is wanted are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.errors import UndecidedError
from ...engine.labels.problem import Problem, reaching
from ...engine.oracles.universe import Universe, bools_of, feature_universe, literal_universe, mask_of
from ...engine.reasons import Proof, Reason
from ...engine.reasons.label_reasons import LabelReason
from ...engine.status import Status, Stop
from ..queries.answers import Change
from ..session.running import told_over
from ..session.witness import Shown, outside_of_labels
from .applied import Applied

if TYPE_CHECKING:
    from .answers import LabelAnswers

Items = tuple[Any, ...]
Entry = tuple[int, Items]  # a closed (or dropped) set, and the reason as it is written
_SEEN = 8_000_000  # unions that are remembered, at most: about a gigabyte


def combinations(sources: Sequence[Iterator[Entry]], deadline: Deadline) -> Iterator[tuple[int, tuple[Items, ...]]]:
    """Yield the union of one entry of each source, with the entries, in every way.

    Each new entry of a source is combined with all that is known of the others, so that there is always something to
    yield and no source has to be exhausted first.
    """
    known: list[list[Entry]] = []
    for source in sources:
        first = next(source, None)
        if first is None:
            return
        known.append([first])
    yield from _products(known)
    live = list(range(len(sources)))
    while live:
        for i in list(live):
            found = next(sources[i], None)
            if found is None or deadline.stop is not Stop.NONE:
                live.remove(i)
                continue
            yield from _products([entries if j != i else [found] for j, entries in enumerate(known)])
            known[i].append(found)


def _products(pools: Sequence[Sequence[Entry]]) -> Iterator[tuple[int, tuple[Items, ...]]]:
    """Yield the unions of one entry of each pool; what is united already is not united again."""
    if not pools:
        yield 0, ()
        return
    last = len(pools) - 1
    stack = [(0, iter(pools[0]))]
    chosen: list[Items] = []
    while stack:
        union, entries = stack[-1]
        if len(stack) - 1 == last:
            for mask, items in entries:
                yield union | mask, (*chosen, items)
            found = None
        else:
            found = next(entries, None)
        if found is None:
            stack.pop()
            if chosen:
                chosen.pop()
            continue
        chosen.append(found[1])
        stack.append((union | found[0], iter(pools[len(stack)])))


class Joiner:
    """Unites reasons of labels at the instance of an explainer.

    Parameters
    ----------
    parent : LabelAnswers
        The explainer.
    labels : tuple of int
        The labels, one reason of each.
    per_feature : bool
        Whether reasons are made of features.
    """

    def __init__(self, parent: LabelAnswers, labels: tuple[int, ...], per_feature: bool, deadline: Deadline) -> None:
        self._parent = parent
        self._labels = labels
        self._per_feature = per_feature
        self._deadline = deadline
        make = feature_universe if per_feature else literal_universe
        self._universe: Universe = make(parent.session.here)
        self._names = np.array(self._universe.names, np.int64)
        self._place = {name: e for e, name in enumerate(self._universe.names)}
        self._signed = parent.session.space.literals(parent.session.here.truth)

    def mask(self, reason: Sequence[Any]) -> int:
        """Return the closed set of a written reason."""
        if self._per_feature:
            return sum(1 << self._place[self._parent.session.feature_index(name)] for name in reason)
        out = 0
        for literal in reason:
            out |= 1 << self._place[abs(literal) - 1]
        return out if self._universe.free else self._universe.close(out)

    def mask_of_change(self, reason: Sequence[Any]) -> int:
        """Return the dropped set of a written change: what it names, and what falls with it."""
        if self._per_feature or self._universe.free:
            return self.mask(reason)
        return self._universe.completed_change(mask_of(self._place[abs(literal) - 1] for literal in reason))

    def names(self, elements: int) -> Items:
        """Return elements as literals or names of features."""
        found = self._names[bools_of(elements, self._universe.n)]  # ascending
        if self._per_feature:
            return tuple(self._parent.session.features[i].name for i in found.tolist())
        return tuple(self._signed[found].tolist())

    # -- sufficient --------------------------------------------------------------------------------------------

    def sufficient(self) -> Iterator[LabelReason]:
        """Yield the unions of sufficient reasons of the labels; each set once."""
        parent, deadline = self._parent, self._deadline
        said = parent.values({i: parent.vector[i] for i in self._labels})
        names = [parent.form.labels[i].name for i in self._labels]
        sources = [self._of_label(i) for i in self._labels]
        method = "united from a reason for each label"
        over = told_over(self._per_feature)
        for union, chosen in self._new(combinations(sources, deadline)):
            proof = Proof("joined sufficient", Status.PROVED, Stop.NONE, method, "native", deadline.elapsed, over)
            reason = parent.session.make(self.names(self._universe.written(union)), proof)
            yield LabelReason.of(reason, "joined", said, partial(_parts, names, chosen))

    def _new(self, unions: Iterator[tuple[int, tuple[Items, ...]]]) -> Iterator[tuple[int, tuple[Items, ...]]]:
        """Yield the unions that have not come yet."""
        seen: set[int] = set()
        for union, chosen in unions:
            if union in seen:
                if self._deadline.expired():
                    return
                continue
            if len(seen) >= _SEEN:
                self._deadline.halt(Stop.MEMORY)
                return
            seen.add(union)
            yield union, chosen

    def _of_label(self, label: int) -> Iterator[tuple[int, Items]]:
        sub = self._parent.leaves_or(self._parent.staying([label]))
        try:
            one = sub.answers.one_sufficient(self._per_feature, self._deadline, None)
        except UndecidedError:
            if self._deadline.expired():
                return
            raise
        if one is None:
            return
        first = tuple(one)
        yield self.mask(first), first  # the quick one comes first, so that there is something to unite soon
        if one.proof.status is not Status.PROVED:
            return
        for reason in sub.answers.all_sufficient(self._per_feature, self._deadline, None):
            if tuple(reason) != first and reason.proof.status is Status.PROVED:
                yield self.mask(reason), tuple(reason)

    # -- contrastive -------------------------------------------------------------------------------------------

    def changes(self, wanted: dict[int, int], immutable: Any = ()) -> Iterator[LabelReason]:
        """Yield the unions of changes of the labels that bring all wanted labels to where they are wanted."""
        parent = self._parent
        own = parent.vector
        moving = [i for i in self._labels if own[i] != wanted[i]]
        applied = Applied(parent, reaching(wanted))
        said = parent.values(wanted)
        names = [parent.form.labels[i].name for i in moving]
        sources = [self._changes_of(reaching({i: wanted[i]}), immutable) for i in moving]
        for union, chosen in self._new(combinations(sources, self._deadline)):
            reason = self._change(applied, union, said, partial(_parts, names, chosen))
            if reason is not None:
                yield reason
            elif self._deadline.expired():
                return

    def single_changes(self, immutable: Any = ()) -> Iterator[LabelReason]:
        """Yield the changes of each of the labels alone."""
        parent = self._parent
        seen: set[int] = set()
        for i in self._labels:
            problem = parent.staying([i])
            applied = Applied(parent, problem)
            for mask, items in self._changes_of(problem, immutable):
                if mask in seen:
                    continue
                seen.add(mask)
                reason = self._change(applied, mask, {}, {parent.form.labels[i].name: items})
                if reason is not None:
                    yield reason

    def _changes_of(self, problem: Problem, immutable: Any) -> Iterator[tuple[int, Items]]:
        sub = self._parent.leaves_or(problem)
        ask: dict[str, Any] = {"over": told_over(self._per_feature)}
        ask |= {"time_limit": self._deadline, **({"immutable": immutable} if immutable else {})}
        one = sub.contrastive_reason(n=1, **ask)
        if not isinstance(one, Reason):
            return
        yield self.mask_of_change(one), tuple(one)
        if one.proof.status is not Status.PROVED:
            return
        change = Change(None, None, self._per_feature, None, immutable, None)
        for reason in sub.answers.each_change(change, self._deadline):
            if tuple(reason) != tuple(one) and reason.proof.status is Status.PROVED:
                yield self.mask_of_change(reason), tuple(reason)

    def _change(self, applied: Applied, dropped: int, said: dict[str, Any], parts: Any) -> LabelReason | None:
        """Return a change as a reason if it does what is wanted; None if it does not, or time is up."""
        parent, universe = self._parent, self._universe
        names = self._names[bools_of(dropped, universe.n)]
        if self._per_feature:
            code, point = applied.moved(names.tolist(), self._deadline)
            if code not in (FOUND, NONE):
                self._deadline.expired()
        else:
            point = applied.inverted(names)
        if point is None:
            return None
        over = told_over(self._per_feature)
        proof = Proof(
            "joined contrastive", Status.PROVED, Stop.NONE, "united from a change for each label, and tried", "native",
            self._deadline.elapsed, over,
        )  # fmt: skip
        items = self.names(universe.written_change(dropped))
        say = parent.session.words.say_names if self._per_feature else parent.session.words.say_change
        outside = outside_of_labels(parent.form, applied.problem)
        show = Shown(parent.session.teller, parent.session.here, lambda: point, outside)
        return LabelReason.of(Reason(items, proof, say, show, parent.session.own_row()), "joined", said, parts)


def _parts(names: Sequence[str], chosen: tuple[Items, ...], reason: LabelReason) -> dict[str, Items]:
    """Return the reason of each label that a union was made of."""
    return dict(zip(names, chosen, strict=True))

"""Models beyond brute force: all sufficient reasons against all contrastive ones, each of which tells the other list.

A closed set of literals (any set of features) forces the outcome iff it hits every contrastive reason, so that either
list is got of the other one: minimal hitting sets, closed. What forces the outcome is asked of the model on random
rows, and each contrastive reason shows its row; together they prove both lists, as far as the rows tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from tests.brute.choices import Choices, Seeded
from tests.brute.game import Game, bits
from tests.brute.tables import TableDomain
from tests.soak.kinds import Kind
from tests.soak.models import KINDS, LABELS
from tests.soak.said import hard_votes, margins_of, named_rows, predict
from tests.soak.scenes import OpenError, UnaskedError, UnfitError, explained, fitted, tests_of
from tests.soak.why import PROVED
from tests.soak.worlds import Column, World, around

LIMIT = 2.0  # seconds a list
MANY = 5000  # reasons of one list, and hitting sets on the way
SHOWN = 12  # reasons of which rows are looked at
COLUMNS = ("number", "integer", "binary", "category", "many", "group")
FAMILIES = ("tree", "forest", "boosted", "multilabel")


def hitting_sets(edges: list[int]) -> Iterator[int]:
    """All minimal hitting sets of sets of bits (Murakami and Uno 2014, MMCS)."""
    holding = [0] * max((edge.bit_length() for edge in edges), default=0)
    for e, edge in enumerate(edges):
        for i in bits(edge):
            holding[i] |= 1 << e

    def go(kept: int, missed: int, alone: list[int], allowed: int) -> Iterator[int]:
        if not missed:
            yield kept
            return
        branch = min((edges[e] & allowed for e in bits(missed)), key=int.bit_count)
        allowed &= ~branch
        for i in bits(branch):
            left = [own & ~holding[i] for own in alone]
            if all(left):
                yield from go(kept | 1 << i, missed & ~holding[i], [*left, missed & holding[i]], allowed)
                allowed |= 1 << i

    yield from go(0, (1 << len(edges)) - 1, [], (1 << len(holding)) - 1)


def least(sets: Iterable[int]) -> set[int]:
    """Those without another one inside."""
    found: list[int] = []
    for one in sorted(set(sets), key=int.bit_count):
        if not any(other & ~one == 0 for other in found):
            found.append(one)
    return set(found)


class Wide(World):
    """A world of too many rows to look at all: some of them stand for all."""

    @cached_property
    def rows(self) -> np.ndarray:
        """A thousand rows, each value of a column about as often."""
        rng = np.random.default_rng(len(self.names))
        chosen = [np.array(c.values)[rng.integers(len(c.values), size=1000)] for c in self.columns]
        return np.hstack(chosen).astype(np.float64)


def wide_world(choose: Choices, kind: Kind) -> Wide:
    """Draw two to twelve columns, of more values than small worlds have; where sets are asked mostly categories."""
    columns: list[Column] = []
    names: list[str] = []
    several = "many" in kind.columns
    for place in range(choose.one_of([8, 10, 12] if several else [2, 3, 4, 6, 8, 10, 12])):
        what = choose.one_of([k for k in kind.columns if kind.between or k != "number"] + ["many"] * (4 * several))
        start, holes = len(names), kind.missing and choose.whole(0, 4) == 0
        if what == "group":
            width = choose.whole(3, 5)
            names += [f"g{place}_{i}" for i in range(start, start + width)]
            values = [tuple(row) for row in np.eye(width).tolist()]
            columns.append(Column(f"g{place}_*", tuple(range(start, start + width)), tuple(values), what))
            continue
        names.append(f"f{start + 1}")
        seen: tuple[float, ...] = ()
        if what == "number":
            seen = tuple(sorted({float(choose.whole(-40, 40)) / 4 for _ in range(choose.whole(4, 9))}))
            found = around(list(seen))
        elif what in ("many", "category"):
            what, found = "category", sorted(float(v) for v in choose.some(range(14), 5, 12))
        elif what == "binary":
            found = [0.0, 1.0]
        else:
            what, found = "integer", [float(i) for i in range(choose.whole(4, 12))]
        told = tuple((v,) for v in [*found, *[float("nan")] * holes])
        columns.append(Column(names[-1], (start,), told, what, seen))
    return Wide(tuple(columns), tuple(names))


def effects(choose: Choices, kind: Kind, rng: np.random.Generator, X: np.ndarray) -> np.ndarray:
    """What each value of each column adds, products of two, and noise, so that many tests of a column matter."""
    each = [rng.normal(size=len(known))[place] for known, place in
            (np.unique(column, return_inverse=True) for column in X.T)]  # fmt: skip
    score = np.column_stack([
        sum(each) + each[int(rng.integers(len(each)))] * each[-1] + choose.one_of([0.2, 1.0]) * rng.normal(size=len(X))
        for _ in range(2)
    ])  # fmt: skip
    if kind.target == "labels":
        return (score > np.median(score, axis=0)).astype(int)
    fit = [told for told in LABELS if (kind.needs == "sklearn" or told[0] == 0) and len(told) <= kind.classes]
    labels = np.array(choose.one_of(fit))
    borders = np.quantile(score[:, 0], np.arange(1, len(labels)) / len(labels))
    found: np.ndarray = labels[np.digitize(score[:, 0], borders)]
    return found


class Larger(Seeded):
    """Choices of more and larger trees."""

    def __init__(self, seed: int, most: int) -> None:
        super().__init__(seed)
        self.most = most

    def whole(self, low: int, high: int) -> int:
        """Up to so many times the greatest."""
        return super().whole(high * self.most // 2, high * self.most)


@dataclass
class Large:
    """A model of many rows, and one of them."""

    kind: Kind
    world: World
    model: Any
    explainer: Any
    x: np.ndarray
    rng: np.random.Generator

    @cached_property
    def domain(self) -> TableDomain:
        """The cells of each feature."""
        return TableDomain([(c.name, c.owned, c.values) for c in self.world.columns], tests_of(self.explainer))

    @cached_property
    def game(self) -> Game:
        """What literals imply; nothing is known of the rows."""
        own = self.domain.truth_mask(self.x)
        cells = [(u.mask, [~(c ^ own) & u.mask for c in u.cells]) for u in self.domain.units if u.numbers]
        return Game(self.domain.n, cells, np.zeros(0, dtype=np.int64))

    def says(self, rows: np.ndarray) -> list[Any]:
        """The outcome of each row."""
        hard = dict(self.kind.options).get("voting") == "hard"
        found: list[Any] = (hard_votes if hard else predict)(self.model, rows, self.world).tolist()
        return found

    @cached_property
    def own(self) -> Any:
        """The outcome of the row."""
        return self.says(self.x[None])[0]

    def closed(self, kept: int) -> int:
        """What literals imply, feature by feature."""
        found = 0
        for mine, cells in self.game.cells:
            common = mine
            for cell in cells:
                if not kept & mine & ~cell:
                    common &= cell
            found |= common
        return found

    def names(self, mask: int) -> frozenset[str]:
        """Features of a mask of tested features."""
        return frozenset(self.tested[i] for i in bits(mask))

    @cached_property
    def tested(self) -> list[str]:
        """Features that the model tests."""
        return [unit.name for unit in self.domain.units if unit.numbers]

    def mask(self, reason: Iterable[Any], over: str) -> int:
        """A reason as bits: of literals, or of tested features."""
        if over == "features":
            return sum(1 << self.tested.index(name) for name in reason)
        return sum(1 << abs(literal) - 1 for literal in reason)

    def agreeing(self, kept: int, over: str, count: int) -> np.ndarray:
        """Random rows with the row's literals or features."""
        rows = np.empty((count, len(self.x)))
        own = self.domain.truth_mask(self.x)
        for column, unit in zip(self.world.columns, self.domain.units, strict=True):
            held = (unit.mask if unit.name in self.names(kept) else 0) if over == "features" else kept & unit.mask
            cells = [values for mask, values in unit.cells.items() if not (mask ^ own) & held]
            for row in rows:
                values = cells[int(self.rng.integers(len(cells)))]
                row[list(column.owned)] = values[int(self.rng.integers(len(values)))]
        return rows


def drawn(choose: Choices, seed: int) -> Large:
    """Draw a kind of models, two to twelve features, and a model of them."""
    names = [n for n, k in KINDS.items() if k.family in FAMILIES and k.target != "number" and not k.near and k.installed
             and k.ready is None and k.alone is None and not k.asked and set(k.columns) <= set(COLUMNS)]  # fmt: skip
    sets = [name for name in names if "sets" in name]  # no other question asks so much about sets of categories
    name = choose.one_of(sets if choose.whole(1, 3) == 1 else names)
    kind = KINDS[name]
    rng = np.random.default_rng(seed)
    world = wide_world(choose, kind)
    larger: Choices = Larger(seed, choose.one_of([2, 4, 8, 15]))
    if "network" in name:  # of which it would be layers
        larger = Seeded(seed)
    model, _, _ = fitted(larger, rng, seed, kind, world, [60, 150, 400], effects)
    explainer = explained(kind, model, world)
    if explainer.session.compiled.slack if hasattr(explainer.session.compiled, "slack") else 0.0:
        raise UnfitError("rounding may decide a row")
    x = world.rows[int(rng.integers(len(world.rows)))]
    margins = margins_of(model, named_rows(world.rows, world)) if choose.coin() else None
    if margins is not None:  # a row that much may change
        x = world.rows[int(np.argmin(margins))]
    explainer.set_instance(x)
    return Large(kind, world, model, explainer, x, rng)


def listed(found: Any) -> Any:
    """All reasons of a stream; nothing is asked of a list that was cut short."""
    told = found.take(None)
    if str(told.status).replace("_", " ") not in PROVED:
        raise OpenError(f"status {told.status}")
    if len(told) > MANY:
        raise UnaskedError
    return told


def all_sufficient(large: Large, over: str, changes: set[int]) -> set[int]:
    """The sufficient reasons that all changes tell."""
    sets = list(islice(hitting_sets(sorted(changes)), MANY + 1))
    if len(sets) > MANY:
        raise UnaskedError
    return least(map(large.closed, sets)) if over == "literals" else set(sets)


def dual(choose: Choices, seed: int) -> None:
    """Compare both lists, look at rows of some reasons, and compare what else is told of all."""
    large = drawn(choose, seed)
    for over in ("features", "literals"):
        explainer = large.explainer
        reasons = listed(explainer.sufficient_reasons(over=over, time_limit=LIMIT))
        changes = listed(explainer.contrastive_reasons(over=over, time_limit=LIMIT))
        kept = [large.mask(one, over) for one in reasons]
        dropped = [large.mask(one, over) for one in changes]
        if over == "literals":
            kept, dropped = [large.closed(one) for one in kept], [large.game.completed(one) for one in dropped]
        assert len(set(kept)) == len(kept), "a reason is told twice"
        assert len(set(dropped)) == len(dropped), "a change is told twice"
        expected = all_sufficient(large, over, set(dropped))
        more, less = set(kept) - expected, expected - set(kept)
        assert not more, f"{len(more)} sufficient reasons of {len(kept)} that the changes ({len(dropped)}) do not tell"
        assert not less, f"{len(less)} sufficient reasons are not among the {len(kept)} that are told as all"
        rows_agree(large, over, kept, changes, dropped)
        told_alike(large, over, reasons, changes)


def rows_agree(large: Large, over: str, kept: list[int], changes: Any, dropped: list[int]) -> None:
    """Random rows with a sufficient reason have the outcome; the row of a change has not, and differs in it alone."""
    for one in kept[:SHOWN]:
        told = large.says(large.agreeing(one, over, 40))
        assert all(said == large.own for said in told), f"{one:b} does not force the outcome"
    own = large.domain.truth_mask(large.x)
    for place, one in enumerate(dropped[:SHOWN]):
        row = np.asarray(changes[place].witness, dtype=np.float64).ravel()
        assert large.says(row[None])[0] != large.own, f"{row} has the same outcome"
        differs = large.domain.truth_mask(row) ^ own
        if over == "features":
            differs = sum(1 << i for i, name in enumerate(large.tested) if differs & _unit(large, name).mask)
        assert not differs & ~one, f"{row} differs in more than its change"


def _unit(large: Large, name: str) -> Any:
    return next(unit for unit in large.domain.units if unit.name == name)


def told_alike(large: Large, over: str, reasons: Any, changes: Any) -> None:
    """Counts, shared items and the fewest are those of the lists."""
    explainer = large.explainer
    items = [frozenset(one) for one in reasons]
    count = explainer.n_sufficient_reasons(over=over, time_limit=LIMIT)
    if getattr(count, "value", count) is not None:
        assert count == len(items), f"counts {count} of {len(items)} sufficient reasons"
    plural = "features" if over == "features" else "literals"
    relevant = getattr(explainer, f"relevant_{plural}")(time_limit=LIMIT)
    if proved(relevant):
        assert set(relevant) == set().union(*items), f"relevant {relevant}"
    necessary = getattr(explainer, f"necessary_{plural}")(time_limit=LIMIT)
    if proved(necessary):
        shared = frozenset.intersection(*items) if over == "features" else None
        assert shared is None or set(necessary) == shared, f"necessary {necessary}, expected {shared}"
    for name, listed_ in (("minimal_sufficient_reason", items), ("minimal_contrastive_reason", [*map(set, changes)])):
        one = getattr(explainer, name)(over=over, time_limit=LIMIT)
        if one is not None and proved(one):
            assert set(one) in map(set, listed_), f"{name}: {one} is none of all"
            assert len(one) == min(map(len, listed_)), f"{name}: {one} is not of the fewest"
        assert one is not None or not listed_, f"{name}: none"


def proved(told: Any) -> bool:
    """Whether nothing of an answer was left open."""
    return str(getattr(told, "status", "proved")).replace("_", " ") in PROVED

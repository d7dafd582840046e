"""Leaves over blocks: what forces trees, what may be left out, and what giving blocks up costs."""

from __future__ import annotations

import copy
import itertools
import pickle

import numpy as np
import pytest
from suffice.encoders.assembly import links as float_links
from suffice.encoders.covering.majority import majority_of
from suffice.encoders.formulas.leaves import cell_base, cell_table, leaf_blocks, leaf_votes
from suffice.engine._native import CellTable, Clock, ForcedCount, LeafCover, depth_first
from suffice.engine.budget import Deadline, OutOfTimeError
from suffice.engine.status import Stop

from tests.encoders.test_ensemble_cases import random_case


def begun():
    clock = Clock()
    clock.begin(float("inf"))
    return clock


def random_cover(rng, again=2):
    """Leaves over blocks, one a side (each told up to `again` times), and the order of the blocks."""
    n_sides = int(rng.integers(1, 4))
    side = np.repeat(np.arange(n_sides), 3)
    level = np.tile(np.arange(3), n_sides)
    counts = rng.integers(0, 5, int(rng.integers(1, 4)))
    leaves = []
    for _ in range(counts.sum()):
        sides = rng.permutation(n_sides)[: rng.integers(0, n_sides + 1)]
        leaves.append(np.repeat(3 * sides + rng.integers(0, 3, len(sides)), rng.integers(1, again + 1, len(sides))))
    tree = np.concatenate([[0], np.cumsum(counts)])
    start = np.cumsum([0, *map(len, leaves)])
    block = np.concatenate([np.zeros(0, np.int64), *leaves])
    return LeafCover(*(array.astype(np.int64) for array in (tree, start, block))), side, level


def sets_in_order(side, level):
    """All sets of blocks in which a block is true whenever one of its side with a smaller level is."""
    n = int(side.max()) + 1
    for lowest in itertools.product(range(4), repeat=n):
        yield level >= np.array(lowest)[side]


def by_hand(cover, is_true):
    leaves = [cover.block[a:b] for a, b in itertools.pairwise(cover.start)]
    return [all(is_true[leaf].any() for leaf in leaves[a:b]) for a, b in itertools.pairwise(cover.tree)]


def test_leaves_that_fall_with_others_are_left_out_and_no_answer_changes():
    rng = np.random.default_rng(0)
    for again in (1, 2) * 100:
        cover, side, level = random_cover(rng, again)
        less = cover.reduced(side, level, begun())
        for is_true in sets_in_order(side, level):
            assert cover.forced(is_true).tolist() == by_hand(cover, is_true)
            assert less.forced(is_true).tolist() == by_hand(cover, is_true)
        leaves = [set(less.block[a:b].tolist()) for a, b in itertools.pairwise(less.start)]
        assert sum(map(len, leaves)) == len(less.block)
        for a, b in itertools.pairwise(less.tree) if again == 1 else ():
            for i, j in itertools.permutations(range(a, b), 2):
                covered = all(any(side[c] == side[d] and level[c] >= level[d] for c in leaves[i]) for d in leaves[j])
                assert not covered


def test_the_count_of_forced_trees_follows_what_is_given_up():
    rng = np.random.default_rng(1)
    done = {True: 0, False: 0}
    for _ in range(300):
        cover, side, _ = random_cover(rng)
        count = ForcedCount(cover, len(side))
        for _ in range(3):
            is_true = rng.random(len(side)) < 0.7
            assert count.begin(is_true) == sum(by_hand(cover, is_true))
            while is_true.any():
                blocks = rng.permutation(np.nonzero(is_true)[0])[: rng.integers(1, 4)]
                after = is_true.copy()
                after[blocks] = False
                needed = int(rng.integers(0, len(cover.tree)))
                enough = sum(by_hand(cover, after)) >= needed
                assert count.give_up(blocks, needed) == enough
                done[enough] += 1
                if not enough:
                    break
                is_true = after
    assert min(done.values()) > 50


def test_nodes_come_in_the_order_node_left_right():
    left = np.array([2, -1, 3, -1, -1, -1], np.int64)
    right = np.array([1, -1, 4, -1, -1, -1], np.int64)
    assert depth_first(np.array([0], np.int64), left, right).tolist() == [0, 2, 3, 4, 1]
    assert depth_first(np.array([5, 2], np.int64), left, right).tolist() == [5, 2, 3, 4]
    assert depth_first(np.zeros(0, np.int64), left, right).tolist() == []


@pytest.mark.parametrize(
    ("root", "left", "right", "said"),
    [
        ([0], [0], [0], "reached twice"),
        ([0], [1, -1], [1, -1], "reached twice"),
        ([0, 0], [-1], [-1], "reached twice"),
        ([1], [-1], [-1], "no node"),
        ([-1], [-1], [-1], "no node"),
        ([0], [1, -1], [2, -1], "no node"),
        ([0], [1, -1], [-1, -1], "no node"),
        ([0], [1, -1], [1], "same length"),
    ],
)
def test_nodes_that_make_no_trees_are_refused(root, left, right, said):
    with pytest.raises(ValueError, match=said):
        depth_first(*(np.array(array, np.int64) for array in (root, left, right)))


def longs(*numbers):
    return np.array(numbers, np.int64)


def test_covers_whose_numbers_lead_nowhere_are_refused():
    for tree, start, block in (
        (longs(0, 2), longs(0, 1), longs(0)),
        (longs(0, 1), longs(0, 2), longs(0)),
        (longs(0, 1), longs(0, 1), longs(-1)),
        (longs(), longs(0), longs()),
        (longs(0, 3, 2), longs(0, 0, 0), longs()),
        (longs(1, 1), longs(0, 0), longs()),
    ):
        with pytest.raises(ValueError):
            LeafCover(tree, start, block)
    cover = LeafCover(longs(0, 1), longs(0, 1), longs(2))
    for wrong in (
        lambda: cover.forced(np.ones(2, np.bool_)),
        lambda: cover.reduced(longs(0, 0), longs(0, 0), begun()),
        lambda: cover.reduced(longs(0, 0, 0), longs(0, 0), begun()),
        lambda: ForcedCount(cover, 2),
        lambda: ForcedCount(cover, 3).begin(np.ones(4, np.bool_)),
        lambda: ForcedCount(cover, 3).give_up(longs(3), 0),
        lambda: ForcedCount(cover, 3).give_up(longs(-1), 0),
    ):
        with pytest.raises(ValueError):
            wrong()


def test_tables_and_instances_that_do_not_fit_are_refused():
    case = random_case(0, theory=True, depth=3)
    space, wanted = case.situation.space, leaf_votes(case.trees) == 0
    table, cells = cell_table(space), case.situation.cells
    assert leaf_blocks(case.trees, table, cells, wanted).tree[-1] > 0
    far = cells.copy()
    far[0] = np.diff(cell_base(space))[0]
    for wrong in ((cells[:-1].copy(), wanted), (far, wanted), (cells, wanted[:-1].copy())):
        with pytest.raises(ValueError):
            leaf_blocks(case.trees, table, *wrong)
    n = len(space.vocabulary)
    with pytest.raises(ValueError, match="truth"):
        CellTable(
            space.attribute_of, np.zeros(len(space.attributes), np.bool_), cell_base(space), np.zeros(n, np.int32),
            np.zeros(n, np.bool_), np.zeros(n, np.int64), np.zeros(0, np.bool_),
        )  # fmt: skip


def test_time_that_is_up_gives_no_half_problem():
    case = random_case(3, theory=True, depth=3)
    universe, outcome = case.universe(), case.compiled.outcome_at(case.situation.truth)
    for why in (Stop.TIME_LIMIT, Stop.INTERRUPT):
        deadline = Deadline(None)
        deadline.halt(why)
        with pytest.raises(OutOfTimeError):
            majority_of(case.trees, case.situation, universe, outcome, deadline=deadline)
        assert deadline.stop is why


def test_every_leaf_looks_at_the_clock():
    counts = np.full(50, 40)
    tree = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    rng = np.random.default_rng(2)
    block = rng.integers(0, 6, 3 * counts.sum()).astype(np.int64)
    cover = LeafCover(tree, np.arange(0, len(block) + 1, 3), block)
    clock = begun()
    cover.reduced(np.arange(6), np.zeros(6, np.int64), clock)
    assert clock.looks == counts.sum()
    clock.begin(0.0)
    assert len(cover.reduced(np.arange(6), np.zeros(6, np.int64), clock).block) == 0


def test_what_libraries_make_of_sums_is_copied_pickled_and_takes_any_array():
    numbers = np.linspace(0.1, 0.9, 7)
    for name in ("sigmoid32", "exp32", "log32", "logit32", "exp64", "log1p_exp64", "signed_square64"):
        link = getattr(float_links, name)
        for same in (pickle.loads(pickle.dumps(link)), copy.deepcopy(link)):
            assert (same(numbers) == link(numbers)).all()
        assert (link(numbers[::2]) == link(numbers)[::2]).all()
        assert link(numbers[:0]).shape == (0,)

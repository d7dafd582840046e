"""The literals of attributes that cuts do not describe: implications by masks equal what the definitions say."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from suffice.engine.domain.attributes import Attribute
from suffice.engine.domain.implications import attribute_forest
from suffice.engine.domain.masks import bits, bools_of, mask_of, mask_of_bools, masks_of_rows
from suffice.engine.oracles.universe import Universe

from tests.brute.amounts import few


@st.composite
def attributes(draw: Any) -> tuple[Attribute, int]:
    """An attribute of a few conditions over a few cells, and the instance's cell."""
    m, n_cells = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    kind = draw(st.sampled_from(["any", "one", "nested"]))
    if kind == "one":  # as in one-hot groups
        table = np.eye(n_cells, dtype=np.bool_)[draw(st.permutations(range(n_cells)))]
    elif kind == "nested":
        cuts = draw(st.lists(st.integers(0, n_cells), min_size=1, max_size=m))
        table = np.array([np.arange(n_cells) < cut for cut in cuts])
        table[:, -1] |= np.array([draw(st.booleans()) for _ in cuts])
    else:
        table = np.array(draw(st.lists(st.lists(st.booleans(), min_size=n_cells, max_size=n_cells), min_size=m)))[:m]
    table = np.unique(table, axis=1)  # two cells differ
    none = np.zeros(0, np.int32)
    found = Attribute(
        0, np.arange(len(table), dtype=np.int32), table.shape[1], False, none, none.astype(np.bool_), table,
        lambda cell, row: {},
    )  # fmt: skip
    return found, draw(st.integers(0, table.shape[1] - 1))


def excluded_by(attribute: Attribute, cell: int) -> list[frozenset[int]]:
    return [frozenset(np.nonzero(line != line[cell])[0].tolist()) for line in attribute.truth]


@given(attributes())
@settings(max_examples=few(400), deadline=None)
def test_forests_are_what_comparing_all_pairs_says(given_attribute: tuple[Attribute, int]) -> None:
    attribute, cell = given_attribute
    sets = excluded_by(attribute, cell)
    first = [i for i, s in enumerate(sets) if s and sets.index(s) == i]
    nested = all(sets[i] <= sets[j] or sets[j] <= sets[i] or not sets[i] & sets[j] for i in first for j in first)
    found = attribute_forest(attribute, cell)
    if not nested:
        assert not found.laminar
        return
    up = {i: min((j for j in first if sets[i] < sets[j]), key=lambda j: len(sets[j]), default=-1) for i in first}
    assert found.up.tolist() == [up.get(i, -1) for i in range(len(sets))]
    own = [
        min((i for i in first if c in sets[i]), key=lambda i: len(sets[i]), default=-1)
        for c in range(attribute.n_cells)
    ]
    assert found.own.tolist() == own
    children = {i: {j for j in first if up[j] == i} for i in first}
    joint = {i for i in first if children[i] and frozenset().union(*(sets[j] for j in children[i])) == sets[i]}
    assert found.laminar == (not any(children[j] for i in joint for j in children[i]))
    assert {i: set(mine) for i, mine in found.joint} == {i: children[i] for i in joint}


@given(attributes())
@settings(max_examples=few(200), deadline=None)
def test_cells_are_found_by_their_truth(given_attribute: tuple[Attribute, int]) -> None:
    attribute, _ = given_attribute
    for cell, column in enumerate(attribute.truth.T):
        assert attribute.cell_of[mask_of_bools(column)] == cell
    assert list(attribute.column_masks) == [mask_of(np.nonzero(column)[0].tolist()) for column in attribute.truth.T]
    assert masks_of_rows(attribute.truth) == [mask_of_bools(line) for line in attribute.truth]


@st.composite
def universes(draw: Any) -> Universe:
    """A universe of several attributes, whose moves may be interleaved, as where one feature has several attributes."""
    moves: list[int] = []
    group: list[int] = []
    for feature in range(draw(st.integers(1, 3))):
        for _ in range(draw(st.integers(1, 2))):
            attribute, cell = draw(attributes())
            base = len(group)
            found = {mask_of(np.nonzero(c != attribute.truth[:, cell])[0].tolist()) << base for c in attribute.truth.T}
            moves += sorted(found - {0}, key=lambda m: (m.bit_count(), m))
            group += [feature] * len(attribute.variables)
    if draw(st.booleans()):
        order = draw(st.permutations(range(len(moves))))
        moves = [moves[i] for i in order]
    return Universe(tuple(range(len(group))), tuple(moves), tuple(group))


def linked_with(universe: Universe, element: int) -> set[int]:
    reached = {element}
    while True:
        more = {e for move in universe.moves for e in bits(move) if reached & set(bits(move))} | reached
        if more == reached:
            return reached
        reached = more


@given(universes(), st.data())
@settings(max_examples=few(400), deadline=None)
def test_closed_and_written_sets_are_what_the_definitions_say(universe: Universe, data: Any) -> None:
    moves = [set(bits(move)) for move in universe.moves]
    of = [{d for d, move in enumerate(moves) if e in move} for e in range(universe.n)]
    assert [set(bits(m)) for m in universe.moves_of] == of
    chosen = data.draw(st.sets(st.integers(0, universe.n - 1)))
    blocked = {d for d, move in enumerate(moves) if move & chosen}
    assert set(bits(universe.blocked(mask_of(chosen)))) == blocked
    closed = {e for e in range(universe.n) if of[e] <= blocked}
    assert set(bits(universe.close(mask_of(chosen)))) == closed

    left = set(closed)  # weakest first, one goes if the others block its moves
    for e in sorted(closed, key=lambda e: (len(of[e]), -e)):
        if of[e] <= set().union(*(of[f] for f in left - {e})):
            left.discard(e)
    assert set(bits(universe.written(mask_of(closed)))) == left
    assert universe.close(mask_of(left)) == mask_of(closed)


@given(universes(), st.data())
@settings(max_examples=few(400), deadline=None)
def test_written_changes_are_what_the_definition_says(universe: Universe, data: Any) -> None:
    moves = [set(bits(move)) for move in universe.moves]
    dropped: set[int] = set()  # one move at most of each attribute, as one input has one cell of each
    for move in data.draw(st.permutations(moves)):
        parts = [linked_with(universe, e) for e in move]
        if move and not any(part & dropped for part in parts):
            dropped |= move
    left = set(dropped)
    for e in sorted(dropped, key=lambda e: (-universe.moves_of[e].bit_count(), -e)):
        rest = (left - {e}) & linked_with(universe, e)
        assert mask_of(linked_with(universe, e)) == universe.attribute_of(e)
        if rest and all(e in move for move in moves if rest <= move):
            left.discard(e)
    assert set(bits(universe.written_change(mask_of(dropped)))) == left
    assert universe.completed_change(mask_of(left)) == mask_of(dropped)
    named = data.draw(st.sets(st.sampled_from(sorted(dropped)))) if dropped else set()
    falls = set()  # joined: two that are named may pull along what neither does alone
    for part in {frozenset(linked_with(universe, e)) for e in named}:
        meant = [move for move in moves if named & part <= move]
        falls |= {e for e in part if all(e in move for move in meant)}
    assert set(bits(universe.completed_change(mask_of(named)))) == falls


def test_masks_and_bools_are_inverse() -> None:
    random = np.random.default_rng(0)
    for n in (1, 7, 8, 9, 64, 200):
        chosen = random.random(n) < 0.5
        assert (bools_of(mask_of_bools(chosen), n) == chosen).all()

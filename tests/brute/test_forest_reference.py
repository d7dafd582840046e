"""The reference of forests against the definitions written out once more, and against examples worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given

from tests.brute.berge import RowsBerge
from tests.brute.domain import Declared, Domain
from tests.brute.forest_cases import ForestCase
from tests.brute.forest_reference import ForestReference, distance, limited
from tests.brute.forest_strategies import forests
from tests.brute.forests import Forest, Values, leaves, scores_of_rows, votes_of_rows
from tests.brute.game import bits
from tests.brute.reference import Reference
from tests.brute.strategies import budget, cases
from tests.brute.test_reference import Plain, subsets
from tests.brute.trees import Condition, Leaf, Split

ONES, ZEROS = (1, 1, 1, 1), (0, 1, 0, 0)


def test(column, true, false):
    """``c ? true : false`` for the binary feature c."""
    low, high = (Values((1.0 - end, float(end))) if isinstance(end, int) else end for end in (false, true))
    return Split(Condition(column - 1, ">=", 0.5), low, high)


test.__test__ = False


def orchids():
    first = test(4, test(2, test(3, test(1, 1, 0), 0), 1), 0)
    second = test(2, 1, test(1, test(4, 1, 0), 0))
    third = test(3, test(2, test(4, 1, 0), 0), test(2, test(4, test(1, 1, 0), 0), test(1, 1, 0)))
    return Forest((first, second, third), "hard")


def published(x):
    """The reference at x, and a function that writes its reasons in numbers of features."""
    domain = Domain(orchids(), ("x1", "x2", "x3", "x4"), Declared(), single=False)
    reference = ForestReference(domain, x, theory=False)
    number = {i: condition.column + 1 for i, condition in enumerate(domain.conditions, 1)}

    def write(reasons):
        return {tuple(sorted((number[abs(v)] * (1 if v > 0 else -1) for v in r), key=abs)) for r in reasons}

    return reference, write


def test_published_forest_at_ones():
    reference, write = published(ONES)
    assert reference.label == 1
    assert write([reference.direct()]) == {(1, 2, 3, 4)}
    assert write(reference.sufficient) == {(1, 4), (2, 3, 4)}
    assert write(reference.minimal_sufficient()) == {(1, 4)}
    assert write(reference.majority().sufficient) == {(1, 2, 4), (1, 3, 4), (2, 3, 4)}
    assert write(reference.contrastive()) == {(4,), (1, 2), (1, 3)}


def test_published_forest_at_the_other_instance():
    reference, write = published(ZEROS)
    assert reference.label == 0
    assert write([reference.direct()]) == {(2, -3, -4)}
    assert write(reference.sufficient) == {(-4,), (-1, -3)}
    assert write(reference.minimal_sufficient()) == {(-4,)}
    assert write(reference.majority().sufficient) == {(2, -4), (-1, -4), (-1, 2, -3)}
    assert write(reference.contrastive()) == {(-1, -4), (-3, -4)}


@budget(40)
@given(forests())
def test_the_masks_say_what_the_definitions_say(case):
    assume(case.domain.n <= 7)
    reference = case.reference(excluded=())
    for target in (None, *case.targets(reference.label)):
        plain = Plain(case, target)
        if target is None:
            assert sorted(map(plain.written, plain.sufficient())) == sorted(reference.sufficient)
        negated = [plain.written(frozenset(-one for one in c)) for c in plain.contrastive()]
        assert sorted(tuple(-one for one in c) for c in negated) == sorted(reference.contrastive(target))


@budget(60)
@given(forests())
def test_sufficient_and_contrastive_reasons_hit_each_other(case):
    reference = case.reference()
    for game in (reference.game, reference.features):
        hitting = [s for s in game.sets[game.closed].tolist() if all(s & c for c in game.contrastive)]
        assert sorted(game.sufficient) == [s for s in hitting if not any(o != s and o & s == o for o in hitting)]


def as_forest(tree, n):
    """A decision tree as a forest of one tree."""
    if isinstance(tree, Leaf):
        return Values(tuple(float(i == tree.label) for i in range(n)))
    return Split(tree.condition, as_forest(tree.left, n), as_forest(tree.right, n))


@budget(40)
@given(cases(exclude=True))
def test_a_forest_of_one_tree_is_the_tree(case):
    tree = as_forest(case.tree, len(case.classes))
    asked = {"theory": case.theory, "clauses": case.clauses, "excluded": case.excluded}
    for voting in ("soft", "hard"):
        domain = Domain(Forest((tree,), voting), case.names, case.declared, single=case.single)
        mine, old = ForestReference(domain, case.x, **asked), case.reference()
        assert isinstance(old, Reference)
        assert mine.sufficient == old.sufficient
        assert mine.direct() == old.direct()
        assert mine.sufficient_features() == old.sufficient_features()
        for target in (None, *case.targets(old.label)):
            assert mine.contrastive(target) == old.contrastive(target)
        if not case.clauses:
            assert mine.majority().sufficient == old.sufficient
            assert mine.majority().sufficient_features() == old.sufficient_features()


def forced(case, reference, kept):
    """How many trees have, of all leaves that the domain leaves them, only such as vote for the forest's class."""
    rows = reference.masks[((reference.masks ^ reference.x_mask) & kept) == 0]
    known = case.domain.literal

    def reached(tree, rows):
        if isinstance(tree, Values):
            return {tree.vote} if len(rows) else set()
        number = known[tree.condition]
        right = ((rows >> (abs(number) - 1)) & 1) == (number > 0)
        return reached(tree.left, rows[~right]) | reached(tree.right, rows[right])

    return sum(reached(tree, rows) == {reference.label} for tree in case.tree.trees)


@budget(40)
@given(forests(kinds=("hand", "classifier"), exclude=True, clauses=False))
def test_majoritary_reasons_force_a_majority(case):
    assume(case.domain.n <= 7)
    reference = case.reference()
    majority = reference.majority()
    need = len(case.tree.trees) // 2 + 1
    game = majority.game
    allowed = ~game.excluded | int(game.closure[0])
    good = [s for s in game.sets[game.closed].tolist() if not s & ~allowed and forced(case, reference, s) >= need]
    assert sorted(game.sufficient) == [s for s in good if not any(o != s and o & s == o for o in good)]
    names = majority.tested
    good = []
    for kept in subsets(range(len(names))):
        if any(names[i].name in case.excluded for i in kept):
            continue
        if forced(case, reference, sum(names[i].mask for i in kept)) >= need:
            good.append(kept)
    least = {frozenset(names[i].name for i in s) for s in good if not any(o < s for o in good)}
    assert majority.sufficient_features() == least


@budget(40)
@given(forests(kinds=("hand", "classifier"), clauses=False))
def test_hard_votes_make_majoritary_reasons_implicants(case):
    assume(case.tree.voting == "hard")
    reference = case.reference()
    for reason in reference.majority().game.sufficient:
        assert reference.game.holds(reason)


@budget(40)
@given(forests(theory=True))
def test_the_least_change_is_the_least_of_all_rows(case):
    assume(case.domain.n <= 8)
    reference = case.reference(excluded=())
    rng = np.random.default_rng(case.seed)
    cost = distance(case.declared, {unit.name: float(rng.integers(0, 4)) for unit in case.domain.units})
    names = [unit.name for unit in case.domain.units]
    fixed, moving = names[case.seed % len(names)], names[case.seed // 7 % len(names)]
    cost = limited(cost, [fixed], {moving: ("increasing", "decreasing")[case.seed % 2]})
    least = reference.least_cost(cost)
    reasons = reference.contrastive_within(cost)
    assert (least is not None) == bool(reasons)
    for row, label in zip(case.domain.rows(reference.masks, rng), reference.labels, strict=True):
        found = reference.cost_of(row, cost)
        gone = np.isnan(row) & ~np.isnan(reference.row[0])
        if label != reference.label and found is not None and not gone.any():
            assert found >= least
    for reason in reasons:
        names = {unit.name for unit in reference.tested if unit.mask & reference.mask(reason)}
        assert fixed not in names


@budget(30)
@given(forests(clauses=False))
def test_wider_intervals_need_no_more(case):
    """Monotone: what keeps the prediction in an interval keeps it in a wider one."""
    assume(case.interval is not None)
    lower, upper = case.interval
    narrow, wide = case.reference(), replace(case, interval=(lower - 1, upper + 1)).reference()
    assert not (wide.game.fails & ~narrow.game.fails).any()


def test_ties_and_sums_are_those_of_floats():
    thirds = Forest(tuple(test(i, Values((1 / 3, 2 / 3)), Values((2 / 3, 1 / 3))) for i in (1, 2)))
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert scores_of_rows(thirds, rows).argmax(axis=1).tolist() == [0, 0, 1]
    tenths = Forest(tuple(Values(v) for v in ((0.1, 0.3), (0.2, 0.2), (0.3, 0.1))))  # 0.1 + 0.2 + 0.3 > 0.3 + 0.2 + 0.1
    assert scores_of_rows(tenths, np.zeros((1, 1))).argmax() == 0
    backwards = replace(tenths, trees=tuple(reversed(tenths.trees)))
    assert scores_of_rows(backwards, np.zeros((1, 1))).argmax() == 1
    assert votes_of_rows(tenths, np.zeros((1, 1))).tolist() == [[1, 0, 0]]


def test_a_number_stays_in_a_closed_interval():
    forest = Forest((test(1, Values((3.0,)), Values((1.0,))), test(2, Values((1.0,)), Values((0.0,)))), "value")
    domain = Domain(forest, ("a", "b"), Declared(), single=False)

    def at(lower, upper):
        return ForestReference(domain, (1.0, 1.0), interval=(lower, upper))

    assert at(2.0, 2.0).sufficient == ((1, 2),)
    assert at(1.5, 2.0).sufficient == ((1,),)
    assert at(np.nextafter(1.5, 2), 2.0).sufficient == ((1, 2),)
    assert at(1.0, 2.0).sufficient == ((1,), (2,))
    assert at(0.5, 9.0).sufficient == ((),)
    assert at(1.5, 2.0).contrastive() == ((1,),)


def test_the_least_change_by_hand():
    tree = Split(Condition(0, ">", 10.0), Values((1.0, 0.0)), Values((0.0, 1.0)))
    other = Split(Condition(1, ">=", 0.5), Values((1.0, 0.0)), Values((0.0, 1.0)))
    declared = Declared(binary=frozenset({1}))
    case = ForestCase(Forest((tree, other)), ("f1", "f2"), (0, 1), (12.0, 1.0), declared)
    reference = case.reference()
    assert reference.label == 1
    cost = distance(declared)
    assert reference.least_cost(cost) == 1.0  # f2 = 0: a tie, which goes to 0
    assert reference.least_cost(distance(declared, {"f1": 0.25, "f2": 1.0})) == 0.5
    assert reference.least_cost(limited(cost, ["f2"])) == 2.0
    assert reference.least_cost(limited(cost, ["f2"], {"f1": "increasing"})) is None
    assert reference.least_cost(limited(cost, [], {"f2": "increasing"})) == 2.0
    assert reference.contrastive_within(limited(cost, ["f2"])) == ((1,),)


@pytest.mark.parametrize("kind", ["hand", "classifier", "regressor"])
def test_seeds_make_cases_again(kind):
    from itertools import islice

    from tests.brute.forest_strategies import seeded_forests

    first = [repr(case) for _, case in islice(seeded_forests(5, kinds=[kind]), 3)]
    assert first == [repr(case) for _, case in islice(seeded_forests(5, kinds=[kind]), 3)]
    assert bits(5) == [0, 2]
    assert all(len(list(leaves(Values((1.0,))))) == 1 for _ in first)


@budget(40)
@given(forests())
def test_multiplying_out_is_brute_force(case):
    reference = case.reference(excluded=())
    found = RowsBerge(reference)
    assert sorted(map(found.written, found.sufficient())) == sorted(reference.sufficient)
    assert sorted(map(found.written_contrastive, found.contrastive)) == sorted(reference.contrastive())
    found = RowsBerge(reference, features=True)
    assert {reference.names(reason) for reason in found.sufficient()} == reference.sufficient_features()
    assert {reference.names(reason) for reason in found.contrastive} == reference.contrastive_features()

"""The reference against the definitions written out once more, and against examples worked by hand."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from hypothesis import assume, given
from sklearn.tree import DecisionTreeClassifier

from tests.brute.berge import Berge
from tests.brute.cases import Case
from tests.brute.domain import Declared, Domain
from tests.brute.reference import Reference
from tests.brute.strategies import budget, cases
from tests.brute.trees import Condition, Leaf, Split, Tree, of_sklearn


def subsets(items):
    """All subsets."""
    items = list(items)
    return [frozenset(c) for size in range(len(items) + 1) for c in itertools.combinations(items, size)]


def split(column: int, left: Tree | int, right: Tree | int, operator: str = ">=", threshold: float = 0.5) -> Split:
    left, right = (Leaf(child) if isinstance(child, int) else child for child in (left, right))
    return Split(Condition(column, operator, threshold), left, right)


class Plain:
    """The definitions again, with sets of literals and loops, from rows of values."""

    def __init__(self, case: Case, target: Any = None) -> None:
        reference = case.reference(excluded=())
        self.domain, self.theory = case.domain, case.theory
        self.universe = frozenset(reference.universe)
        rows = [self.literals(mask) for mask in reference.masks.tolist()]
        self.bad = [row for row, bad in zip(rows, reference.is_bad(target), strict=True) if bad]

    def literals(self, mask: int) -> frozenset[int]:
        return frozenset(v if mask >> (v - 1) & 1 else -v for v in range(1, self.domain.n + 1))

    def implied(self, kept: frozenset[int], literal: int) -> bool:
        """Every value of the literal's feature that satisfies what is kept on it satisfies the literal."""
        if not self.theory:
            return literal in kept
        (unit,) = (unit for unit in self.domain.units if abs(literal) in unit.numbers)
        here = [self.literals(cell) for cell in unit.cells]
        on_it = {one for one in kept if abs(one) in unit.numbers}
        return all(literal in cell for cell in here if on_it <= cell)

    def close(self, kept: frozenset[int]) -> frozenset[int]:
        return frozenset(literal for literal in self.universe if self.implied(kept, literal))

    def holds(self, kept: frozenset[int]) -> bool:
        return not any(kept <= row for row in self.bad)

    def sufficient(self) -> list[frozenset[int]]:
        good = [s for s in subsets(self.universe) if self.close(s) == s and self.holds(s)]
        return [s for s in good if not any(other < s for other in good)]

    def contrastive(self) -> list[frozenset[int]]:
        rests = [s for s in subsets(self.universe) if self.close(s) == s and not self.holds(s)]
        return [self.universe - s for s in rests if not any(other > s for other in rests)]

    def cells_with(self, literal: int) -> int:
        if not self.theory:
            return 1
        (unit,) = (unit for unit in self.domain.units if abs(literal) in unit.numbers)
        return sum(literal in self.literals(cell) for cell in unit.cells)

    def written(self, literals: frozenset[int]) -> tuple[int, ...]:
        left = set(literals)
        for literal in sorted(literals, key=lambda one: (-self.cells_with(one), -abs(one))):
            if self.implied(frozenset(left - {literal}), literal):
                left.remove(literal)
        return tuple(sorted(left, key=abs))


@budget(60)
@given(cases())
def test_the_masks_say_what_the_definitions_say(case):
    assume(case.domain.n <= 7)
    reference, plain = case.reference(), Plain(case)
    assert sorted(map(plain.written, plain.sufficient())) == sorted(reference.sufficient)
    for target in (None, *range(len(case.classes))):
        if target == reference.label:
            continue
        plain = Plain(case, target)
        negated = [plain.written(frozenset(-one for one in c)) for c in plain.contrastive()]
        assert sorted(tuple(-one for one in c) for c in negated) == sorted(reference.contrastive(target))


@budget(80)
@given(cases(exclude=False))
def test_sufficient_and_contrastive_reasons_hit_each_other(case):
    reference = case.reference(excluded=())
    for game in (reference.game, reference.features):
        always = int(game.closure[0])
        assert all(s & c for s in game.sufficient for c in game.contrastive)
        hitting = [s for s in game.sets[game.closed].tolist() if all(s & c for c in game.contrastive)]
        assert sorted(game.sufficient) == [s for s in hitting if not any(o != s and o & s == o for o in hitting)]
        assert (game.sufficient == [always]) == (not game.contrastive)
        shared = game.everything
        for reason in game.sufficient:
            shared &= reason
        singles = sum(c for c in game.contrastive if c.bit_count() == 1)
        assert shared & singles == singles
        if not case.theory or game is reference.features:
            assert shared == singles


@budget(80)
@given(cases())
def test_written_forms_stand_for_their_closed_sets(case):
    reference = case.reference()
    game = reference.game
    for reason in game.sufficient:
        assert game.close(game.written(reason)) == reason
        assert reference.is_sufficient(reference.literals(game.written(reason)))
    for reason in game.contrastive:
        written = game.written(reason, negated=True)
        assert game.completed(written) == reason
        assert reference.is_contrastive(reference.literals(written))
        assert game.fails[game.everything ^ reason]


@budget(60)
@given(cases())
def test_necessary_features_are_the_same_on_both_levels(case):
    reference = case.reference(excluded=())
    counts = reference.per_feature()
    everywhere = {name for name, count in counts.items() if count == len(reference.sufficient)}
    assert reference.necessary_features() == everywhere


@budget(60)
@given(cases(theory=False))
def test_without_theory_relevant_means_in_some_contrastive_reason(case):
    reference = case.reference(excluded=())
    assert reference.relevant() == reference.relevant_by_contrast()


def published():
    x4 = [split(3, 0, 1) for _ in range(5)]
    x3 = [split(2, 0, x4[0]), split(2, x4[1], x4[2]), split(2, x4[3], x4[4])]
    return split(0, split(1, 0, x3[0]), split(1, x3[1], x3[2]))


def test_published_example():
    domain = Domain(published(), ("f1", "f2", "f3", "f4"), Declared(), single=False)
    for theory in (True, False):
        ones = Reference(domain, (1, 1, 1, 1), theory=theory)
        assert ones.sufficient == ((1, 4), (2, 3, 4))
        assert ones.minimal_sufficient() == ((1, 4),)
        assert ones.necessary() == (4,)
        zeros = Reference(domain, (0, 0, 0, 0), theory=theory)
        assert zeros.sufficient == ((-4,), (-1, -2), (-1, -3))
        assert zeros.contrastive() == ((-1, -4), (-2, -3, -4))
        assert zeros.direct() == (-1, -2)


def test_a_chain_is_written_by_its_bounds():
    tree = split(0, 0, split(0, 1, split(0, 1, 0, ">", 5), ">", 3), ">", 1)
    domain = Domain(tree, ("a",), Declared(), single=False)
    found = Reference(domain, (4.0,))
    assert found.universe == (1, 2, -3)
    assert found.sufficient == ((1, -3),)
    assert found.contrastive() == ((1,), (-3,))
    assert Reference(domain, (4.0,), theory=False).sufficient == ((1, -3),)
    top = Reference(domain, (7.0,))
    assert top.sufficient == ((3,),)
    assert top.contrastive() == ((3,),)
    assert Reference(domain, (0.0,)).contrastive() == ((-1,),)


def test_equal_and_opposite_tests_share_a_number():
    below = math.nextafter(2.0, -math.inf)
    tree = split(0, split(0, 0, 1, "<", 2.0), split(0, 1, split(0, 0, 1, "==", 2.0), "<=", below), ">=", 2.0)
    domain = Domain(tree, ("a",), Declared(), single=False)
    assert [domain.literal[c] for c in domain.literal] == [1, -1, -1, 2]


def test_one_hot_columns_are_one_feature():
    tree = split(0, split(1, 0, 1), 1)
    closed = Domain(tree, ("A0", "A1", "A2"), Declared(groups=(("A*", (0, 1, 2)),)), single=False)
    found = Reference(closed, (1, 0, 0))
    assert found.sufficient == ((1,),)
    assert found.sufficient_features() == {frozenset({"A*"})}
    assert found.contrastive() == ((1,),)
    only = Domain(split(0, split(1, split(2, 1, 1), 1), 0), ("A0", "A1", "A2"), closed.declared, single=False)
    found = Reference(only, (1, 0, 0))
    assert found.sufficient == ((1,),)
    assert found.contrastive() == ((-2,), (-3,))  # to become A1, to become A2
    assert found.relevant() != found.relevant_by_contrast()


def test_clauses_restrict_the_domain_and_imply_nothing():
    tree = split(0, 0, split(1, 0, 1))
    domain = Domain(tree, ("a", "b"), Declared(), single=False)
    found = Reference(domain, (1.0, 1.0), clauses=[(-1, 2)])
    assert found.sufficient == ((1,),)
    assert Reference(domain, (1.0, 1.0), clauses=[(-1, 2), (1, -2)]).sufficient == ((1,), (2,))


def test_excluded_features():
    domain = Domain(published(), ("f1", "f2", "f3", "f4"), Declared(), single=False)
    assert Reference(domain, (1, 1, 1, 1), excluded=["f1"]).sufficient == ((2, 3, 4),)
    assert Reference(domain, (1, 1, 1, 1), excluded=["f4"]).sufficient == ()
    assert Reference(domain, (0, 0, 0, 0), excluded=["f1"]).contrastive() == ((-2, -3, -4),)


def test_a_missing_value_is_one_more_value():
    X = np.array([[0.0], [1.0], [np.nan], [np.nan], [0.0], [1.0]])
    model = DecisionTreeClassifier(random_state=0).fit(X, [0, 1, 0, 0, 0, 1])
    tree = of_sklearn(model)
    can = Domain(tree, ("f1",), Declared(missing=frozenset({0})), single=True)
    cannot = Domain(tree, ("f1",), Declared(), single=True)
    assert {math.isnan(v) for unit in can.units for cell in unit.cells.values() for (v,) in cell} == {True, False}
    assert Reference(cannot, (1.0,)).contrastive() == ((1,),)
    assert can.truth_mask((math.nan,)) == can.truth_mask((0.0,))


@budget(60)
@given(cases(exclude=False))
def test_multiplying_out_is_brute_force(case):
    assume(not case.clauses)
    reference = case.reference()
    found = Berge(case.domain, case.x, theory=case.theory)
    assert sorted(map(found.written, found.sufficient())) == sorted(reference.sufficient)
    assert sorted(map(found.written_contrastive, found.contrastive)) == sorted(reference.contrastive())

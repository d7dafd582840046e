"""Forests: contrastive reasons (all kinds) are those of brute force."""

from __future__ import annotations

from tests.brute.compare import check_some, check_some_names, pair
from tests.brute.forest_strategies import each_forest


@each_forest(20, exclude=True)
def test_contrastive_reasons(case):
    explainer, reference = pair(case)
    check_some(lambda n: explainer.contrastive_reason(n=n), reference.contrastive())
    check_some(lambda n: explainer.minimal_contrastive_reason(n=n), reference.minimal_contrastive())


@each_forest(15, exclude=True)
def test_targeted_contrastive_reasons(case):
    explainer, reference = pair(case)
    for target in case.targets(reference.label):
        asked = case.asked(target)
        every, fewest = reference.contrastive(target), reference.minimal_contrastive(target)
        check_some(lambda n, asked=asked: explainer.contrastive_reason(n=n, **asked), every)
        check_some(lambda n, asked=asked: explainer.minimal_contrastive_reason(n=n, **asked), fewest)


@each_forest(12, exclude=True)
def test_contrastive_reasons_over_features(case):
    explainer, reference = pair(case)
    for target in (None, *case.targets(reference.label)):
        asked = case.asked(target)
        every = reference.contrastive_features(target)
        fewest = {reason for reason in every if len(reason) == min(map(len, every))}

        def ask(n, asked=asked):
            return explainer.contrastive_reason(n=n, over="features", **asked)

        def ask_minimal(n, asked=asked):
            return explainer.minimal_contrastive_reason(n=n, over="features", **asked)

        check_some_names(ask, every)
        check_some_names(ask_minimal, fewest)


@each_forest(15, exclude=True)
def test_contrastive_reasons_carry_a_changed_instance(case):
    from suffice import Explainer

    explainer, reference = pair(case)
    for target in (None, *case.targets(reference.label)):
        asked = case.asked(target)
        game = reference.literals_game(target)
        for reason in explainer.contrastive_reason(n=Explainer.ALL, **asked):
            kept = reference.literals(game.everything & ~game.completed(reference.mask(reason)))
            if case.theory:
                case.check_row(reason.witness, kept, target=target)
            else:
                assert reason.witness is None

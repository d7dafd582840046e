"""The published forest, to the letter."""

from __future__ import annotations

import pytest


def orchids(**more):
    from suffice import Builder

    def test(feature, true, false):
        return Builder.DecisionNode(feature, left=false, right=true)

    first = test(4, test(2, test(3, test(1, 1, 0), 0), 1), 0)
    second = test(2, 1, test(1, test(4, 1, 0), 0))
    third = test(3, test(2, test(4, 1, 0), 0), test(2, test(4, test(1, 1, 0), 0), test(1, 1, 0)))
    trees = [Builder.DecisionTree(4, root, force_features_equal_to_binaries=True) for root in (first, second, third)]
    return Builder.RandomForest(trees, n_classes=2, **more)


@pytest.fixture(params=["soft", "hard"])
def explainer(request):
    """Leaves of labels: averages and votes decide alike."""
    from suffice import Explainer

    return Explainer.initialize(orchids(voting=request.param), theory=None)


def every(reasons):
    return {tuple(reason) for reason in reasons}


def test_at_ones(explainer):
    from suffice import Explainer

    explainer.set_instance((1, 1, 1, 1))
    assert explainer.target_prediction == 1
    assert explainer.direct_reason() == (1, 2, 3, 4)
    assert explainer.sufficient_reason(n=Explainer.ALL) == ((1, 4), (2, 3, 4))
    assert explainer.minimal_sufficient_reason() == (1, 4)
    assert every(explainer.majoritary_reason(n=Explainer.ALL)) == {(1, 2, 4), (1, 3, 4), (2, 3, 4)}
    assert len(explainer.minimal_majoritary_reason()) == 3
    assert every(explainer.contrastive_reason(n=Explainer.ALL)) == {(4,), (1, 2), (1, 3)}
    assert explainer.is_majoritary_reason((1, 2, 4))
    assert not explainer.is_majoritary_reason((1, 4))


def test_at_the_other_instance(explainer):
    from suffice import Explainer

    explainer.set_instance((0, 1, 0, 0))
    assert explainer.target_prediction == 0
    assert explainer.direct_reason() == (2, -3, -4)
    assert explainer.sufficient_reason(n=Explainer.ALL) == ((-4,), (-1, -3))
    assert explainer.minimal_sufficient_reason() == (-4,)
    assert every(explainer.majoritary_reason(n=Explainer.ALL)) == {(2, -4), (-1, -4), (-1, 2, -3)}
    assert explainer.minimal_majoritary_reason() in {(2, -4), (-1, -4)}
    assert every(explainer.contrastive_reason(n=Explainer.ALL)) == {(-1, -4), (-3, -4)}

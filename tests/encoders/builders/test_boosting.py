"""Hand-built boosted trees: sums, classes, names, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice.encoders.builder import Builder
from suffice.encoders.registry import compile_model, own_names
from suffice.encoders.selfcheck import border_rows, self_check
from suffice.engine.errors import BadInputError

from tests.brute.strategies import budget
from tests.encoders.boosting_cases import assert_same_numbers, compiled_with_space

Leaf, Node, Tree = Builder.LeafNode, Builder.DecisionNode, Builder.DecisionTree
Boosted, Numbers = Builder.BoostedTrees, Builder.BoostedTreesRegression
OPERATORS = (Builder.GE, Builder.GT, Builder.LE, Builder.LT, Builder.EQ, Builder.NEQ)


@st.composite
def models(draw):
    """Boosted trees with few distinct leaves, so that sums tie."""
    n = draw(st.integers(1, 3))
    weight = st.sampled_from([-0.5, -0.1, -0.2, 0.0, 0.1, 0.2, 0.3, 0.5])

    def node(room):
        if room == 0:
            return Leaf(draw(weight))
        return Node(
            draw(st.integers(1, n)), threshold=draw(st.sampled_from([0.5, 1.0, 0.1 + 0.2])),
            operator=draw(st.sampled_from(OPERATORS)), left=node(draw(st.integers(0, room - 1))),
            right=node(room - 1), missing=draw(st.booleans()),
        )  # fmt: skip

    kind = draw(st.sampled_from([1, 2, 3]))
    targets = draw(st.booleans())
    trees = [
        Tree(n, node(draw(st.integers(0, 3))), target_class=draw(st.integers(0, 2)) if targets and kind == 3 else None)
        for _ in range(draw(st.integers(1, 6)))
    ]
    base = draw(st.sampled_from([0.0, 0.1, -0.3]))
    return Numbers(trees, base=base) if kind == 1 else Boosted(trees, n_classes=kind, base=base)


def walked(model, row):
    """The sums of one row, node by node."""
    totals = model.base.tolist()
    for i, tree in enumerate(model.trees):
        node = tree.root
        while isinstance(node, Node):
            node = node.right if node.condition.true_at(row[node.id_feature - 1 : node.id_feature])[0] else node.left
        totals[i % len(totals) if tree.target_class is None else tree.target_class] += node.value
    return totals


@budget(120)
@given(models(), st.booleans())
def test_compiled_models_say_what_the_nodes_say(model, holes):
    missing = frozenset(range(model.n_features)) if holes else frozenset()
    compiled, space = compiled_with_space(model, missing)
    rows = border_rows(compiled, space)
    sums = np.array([walked(model, row) for row in rows])
    assert_same_numbers(compiled.trees.scores_of_rows(rows, space.codes), sums)
    if compiled.regression:
        assert_same_numbers(compiled.values(space, rows), sums[:, 0])
        assert_same_numbers(model.predict(rows), sums[:, 0])
    else:
        wanted = sums.argmax(axis=1) if sums.shape[1] > 1 else (sums[:, 0] > 0) * 1
        assert compiled.outcomes(space, rows).tolist() == wanted.tolist() == model.predict(rows).tolist()
    assert self_check(compiled, space, rows) >= len(rows)


def published():
    """Three trees over four features, two of which are categories."""
    one = Node(1, operator=Builder.GT, threshold=2, left=-0.2, right=0.3)
    one = Node(3, operator=Builder.EQ, threshold=1, left=-0.3, right=one)
    one = Node(2, operator=Builder.GT, threshold=1, left=0.4, right=one)
    one = Node(4, operator=Builder.EQ, threshold=1, left=-0.5, right=one)
    two = Node(4, operator=Builder.EQ, threshold=1, left=-0.4, right=0.3)
    two = Node(1, operator=Builder.GT, threshold=2, left=-0.2, right=two)
    return [Tree(4, one), Tree(4, two)]


def test_published_usage():
    model = Boosted(published(), n_classes=2)
    assert repr(model) == "BoostedTrees(2 trees, 4 features, classes [0, 1])"
    assert model.predict([[4, 3, 1, 1], [1, 1, 0, 0]]).tolist() == [1, 0]
    compiled = compile_model(model)
    assert (compiled.voting, compiled.one_score, compiled.classes) == ("boosted", True, (0, 1))
    assert len(compiled.vocabulary) == 4
    numbers = Numbers(published(), feature_names=list("abcd"))
    assert repr(numbers) == "BoostedTreesRegression(2 trees, 4 features)"
    assert numbers.predict({"a": 4, "b": 3, "c": 1, "d": 1}).tolist() == [0.6]
    assert own_names(numbers) == tuple("abcd")
    assert compile_model(numbers).regression


def test_ties_and_names():
    halves = [Tree(1, Leaf(0.5)), Tree(1, Leaf(-0.5))]
    assert Boosted(halves).predict([[0]]).tolist() == [0]  # the sum is 0, not above it
    assert Boosted(halves, class_names=["no", "yes"], base=1e-300).predict([[0]]).tolist() == ["no"]  # 0.5 swallows it
    assert Boosted([Tree(1, Leaf(5e-324))], class_names=["no", "yes"]).predict([[0]]).tolist() == ["yes"]
    three = Boosted([Tree(1, Leaf(v)) for v in (0.1, 0.5, 0.5)], n_classes=3, class_names=list("abc"))
    assert three.predict([[0]]).tolist() == ["b"]
    binary = [Tree(2, Node(1, left=-1, right=Node(2, left=-1, right=1)), force_features_equal_to_binaries=True)]
    assert [c.feature for c in compile_model(Boosted(binary)).vocabulary.conditions] == [0, 1]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Boosted([]), "forest is empty"),
        (lambda: Boosted([Tree(1, Leaf("a"))]), "a leaf of tree 1 is 'a': expected a finite number"),
        (lambda: Boosted([Tree(1, Leaf(True))]), "expected a finite number"),
        (lambda: Numbers([Tree(1, Leaf(np.inf))]), "expected a finite number"),
        (lambda: Numbers([Tree(1, Leaf([0.5, 0.5]))]), "expected a finite number"),
        (lambda: Boosted([Tree(1, 0.5)], n_classes=1), "n_classes=1: expected a number from 2"),
        (lambda: Boosted([Tree(1, 0.5)], class_names=["a"]), "expected 2 names"),
        (lambda: Boosted([Tree(1, 0.5)], n_classes=3, base=[0, 0]), "expected a number, or 3 of them"),
        (lambda: Boosted([Tree(1, 0.5)], base="a"), "base is 'a'"),
        (lambda: Boosted([Tree(1, 0.5), Tree(2, 0.5)]), "n_features=2: expected 1"),
        (
            lambda: Boosted([Tree(1, 0.5, target_class=0), Tree(1, 0.5)], n_classes=3),
            "tree 2 has target_class=None: expected a class from 0 to 2",
        ),
        (lambda: Boosted([Tree(1, 0.5)], feature_names=["a", "b"]), "expected 1 distinct names"),
        (lambda: compile_model(Boosted([Tree(1, 0.5)]), voting="hard"), "is no forest of classifiers"),
    ],
)
def test_misuse(make, message):
    with pytest.raises(BadInputError, match=message):
        make()

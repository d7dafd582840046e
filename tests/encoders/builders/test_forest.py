"""Hand-built forests: votes, probabilities, names, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from suffice.encoders.builder import Builder
from suffice.encoders.registry import compile_model, detect_missing, own_names
from suffice.encoders.selfcheck import border_rows, self_check
from suffice.engine.errors import BadInputError

from tests.brute.strategies import budget
from tests.encoders.forest_cases import assert_same_bits, compiled_with_space

Leaf, Node, Tree, Forest = Builder.LeafNode, Builder.DecisionNode, Builder.DecisionTree, Builder.RandomForest
OPERATORS = (Builder.GE, Builder.GT, Builder.LE, Builder.LT, Builder.EQ, Builder.NEQ)


@st.composite
def forests(draw):
    """A forest whose leaves have labels 0 … 2, probabilities, or both; trees share nodes now and then."""
    n = draw(st.integers(1, 3))
    kind = draw(st.sampled_from(["labels", "rows", "both"]))
    share = st.sampled_from([0.1, 0.2, 0.3, 1 / 3, 0.7])
    pool = [Leaf(0)] if kind != "rows" else [Leaf([0.2, 0.3, 0.5])]

    def leaf():
        if kind == "labels" or (kind == "both" and draw(st.booleans())):
            return Leaf(draw(st.integers(0, 2)))
        one = draw(share)
        return Leaf(draw(st.permutations([one, (1 - one) * 0.3, (1 - one) * 0.7])))

    def node(room):
        if room == 0:
            return draw(st.sampled_from(pool)) if draw(st.integers(0, 3)) == 0 else leaf()
        left = node(draw(st.integers(0, room - 1)))
        made = Node(
            draw(st.integers(1, n)),
            threshold=draw(st.sampled_from([0.5, 1.0, 0.1 + 0.2, -1e-30])),
            operator=draw(st.sampled_from(OPERATORS)),
            left=left,
            right=draw(st.sampled_from([left, node(room - 1)])),
            missing=draw(st.booleans()),
        )
        pool.append(made)
        return made

    trees = [Tree(n, node(draw(st.integers(0, 4)))) for _ in range(draw(st.integers(1, 5)))]
    names = draw(st.sampled_from([None, ("red", "green", "blue")]))
    return Forest(trees, n_classes=3, class_names=names, voting=draw(st.sampled_from(["soft", "hard"])))


@budget(150)
@given(forests(), st.booleans(), st.sampled_from(["soft", "hard"]))
def test_compiled_forests_say_what_the_nodes_say(forest, holes, voting):
    missing = frozenset(range(forest.n_features)) if holes else frozenset()
    compiled, space = compiled_with_space(forest, missing, voting)
    rows = border_rows(compiled, space)
    assert compiled.voting == ("hard" if "hard" in (forest.voting, voting) else "soft")
    if voting == "soft":
        divisor = len(forest.trees) / compiled.trees.divisor
        assert_same_bits(compiled.trees.scores_of_rows(rows, space.codes) / divisor, forest.predict_proba(rows))
        mine = [forest.classes[i] for i in compiled.outcomes(space, rows)]
        assert mine == forest.predict(rows).tolist() == [_walked(forest, row) for row in rows]
    assert self_check(compiled, space, rows) >= len(rows)


def _walked(forest, row):
    """The label of one row, node by node."""
    totals = np.zeros(len(forest.classes))
    for tree in forest.trees:
        node = tree.root
        while isinstance(node, Node):
            node = node.right if node.condition.true_at(row[node.id_feature - 1 : node.id_feature])[0] else node.left
        given = np.array(node.value) if isinstance(node.value, list) else np.eye(len(totals))[node.value]
        totals += np.eye(len(totals))[given.argmax()] if forest.voting == "hard" else given
    return forest.classes[int((totals / (1 if forest.voting == "hard" else len(forest.trees))).argmax())]


def published():
    """Three trees over Boolean features; two of them must vote for 1."""
    one = Node(1, left=0, right=Node(2, left=0, right=1))
    two = Node(3, left=Node(1, left=0, right=1), right=1)
    three = Node(2, left=0, right=Node(4, left=0, right=1))
    return [Tree(4, root, force_features_equal_to_binaries=True) for root in (one, two, three)]


def test_published_usage():
    forest = Forest(published(), n_classes=2)
    assert forest.predict([[1, 1, 1, 1], [1, 0, 0, 0], [0, 0, 1, 0]]).tolist() == [1, 0, 0]
    assert forest.predict_proba([[1, 0, 0, 1]]).tolist() == [[2 / 3, 1 / 3]]
    assert repr(forest) == "RandomForest(3 trees, 4 features, classes [0, 1], soft voting)"
    compiled, space = compiled_with_space(forest)
    assert [condition.feature for condition in compiled.vocabulary.conditions] == [0, 1, 2, 3]
    assert compiled.trees.values.tolist() == np.eye(2)[[0, 0, 1, 0, 1, 1, 0, 0, 1]].tolist()
    assert self_check(compiled, space) > 0
    free = Forest([Tree(4, tree.root) for tree in published()], n_classes=2)
    assert [c.feature for c in compile_model(free).vocabulary.conditions] == [0, 1, 2, 3]


def test_hard_and_soft_votes():
    trees = [Tree(1, Leaf([0.6, 0.4])), Tree(1, Leaf([0.6, 0.4])), Tree(1, Leaf([0.0, 1.0]))]
    assert Forest(trees).predict([[0]]).tolist() == [1]
    hard = Forest(trees, voting="hard")
    assert hard.predict([[0]]).tolist() == [0]
    assert hard.predict_proba([[0]]).tolist() == [[2 / 3, 1 / 3]]
    assert compile_model(Forest(trees), voting="hard").voting == "hard"
    assert compile_model(hard).voting == "hard"
    assert Forest(trees[1:], voting="hard").predict([[0]]).tolist() == [0]  # a tie


@pytest.mark.parametrize(
    ("labels", "options", "classes"),
    [
        ((1, 0), {}, (0, 1)),
        ((1, 1), {"n_classes": 2}, (0, 1)),
        ((1, 2), {"n_classes": 2}, (1, 2)),
        ((0, 2), {"n_classes": 4}, (0, 1, 2, 3)),
        (("b", "a"), {"n_classes": 2}, ("a", "b")),
        ((True, False), {}, (False, True)),
        ((0, 1), {"class_names": ["no", "yes"]}, ("no", "yes")),
        ((1, 1), {"class_names": np.array(["no", "yes"])}, ("no", "yes")),
        (([0.5, 0.5], 1), {}, (0, 1)),
        (([0.5, 0.5], np.array([1, 0])), {"n_classes": 2, "class_names": ["ab", "b"]}, ("ab", "b")),
        (((0, 1), (1, 0)), {}, ((0, 1), (1, 0))),
    ],
)
def test_classes(labels, options, classes):
    forest = Forest([Tree(2, Node(1, left=labels[0], right=labels[1])), Tree(2, Leaf(labels[1]))], **options)
    assert forest.classes == classes
    assert [type(a) for a in forest.classes] == [type(a) for a in classes]
    compiled, space = compiled_with_space(forest)
    assert compiled.classes == classes
    assert self_check(compiled, space) > 0


def test_names():
    trees = [Tree(2, Leaf(i), feature_names=["a", "b"], class_names=["no", "yes"]) for i in (0, 1, 1)]
    forest = Forest(trees)
    assert forest.feature_names == own_names(forest) == ("a", "b")
    assert forest.predict({"b": 1, "a": 2}).tolist() == ["yes"]
    assert Forest(trees, feature_names=["x", "y"]).feature_names == ("x", "y")
    assert compile_model(forest, feature_names=["u", "v"]).vocabulary.names == ("u", "v")
    assert own_names(Forest([Tree(2, Leaf(0))])) is None


def test_trees_with_probabilities_alone():
    tree = Tree(1, Node(1, left=[0.5, 0.5], right=Node(1, threshold=2, left=1, right=np.array([0.7, 0.3]))))
    assert tree.classes == (0, 1)
    assert tree.predict([[0], [1], [3]]).tolist() == [0, 1, 0]
    compiled, space = compiled_with_space(tree)
    assert self_check(compiled, space) > 0
    assert Tree(1, [0.1, 0.9], class_names=["no", "yes"]).predict([[0]]).tolist() == ["yes"]


def test_a_forest_that_stands_for_another_reads_as_it_does():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 2))
    X[::5, 1] = np.nan
    model = RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, np.where(X[:, 0] > 0, "b", "a"))
    origin = compile_model(model, missing=frozenset({1}))
    root = Node(1, threshold=0.1, operator=Builder.GT, left=[0.5, 0.5], right=1)
    forest = Forest([Tree(2, root), Tree(2, Leaf([0.4, 0.6]))], class_names=origin.classes)
    forest.origin = origin
    compiled, space = compiled_with_space(forest)
    assert compiled.missing == {1}
    assert compiled.vocabulary.reading is origin.vocabulary.reading
    assert forest.predict([[0.1, np.nan], [0.10000001, None]]).tolist() == ["b", "b"]
    assert compiled.read([[0.1, None]])[0, 0] == np.float32(0.1)
    assert self_check(compiled, space) > 0
    assert own_names(forest) is None
    assert detect_missing(forest, "auto", [X], None) == frozenset()


TREE = Tree(2, Node(2, left=0, right=1))


@pytest.mark.parametrize(
    ("forest", "options", "message"),
    [
        ([], {}, "forest is empty"),
        (TREE, {}, "expected a list of Builder.DecisionTree"),
        (None, {}, "forest=None: expected a list"),
        ([TREE, Leaf(0)], {}, r"tree 2 of the forest is LeafNode\(0\)"),
        ([TREE, Tree(3, Leaf(0))], {}, "tree 2 of the forest has n_features=3: expected 2"),
        ([TREE], {"n_features": 3}, "tree 1 of the forest has n_features=2: expected 3"),
        ([TREE, Tree(2, Leaf(0), feature_names=["a", "b"])], {}, r"the trees name their features .*feature_names="),
        ([TREE], {"feature_names": ["a"]}, "expected 2 distinct names"),
        ([TREE, Tree(2, Leaf(0), force_features_equal_to_binaries=True)], {}, "force_features_equal_to_binaries"),
        ([TREE, Tree(2, Leaf(0), class_names=["yes", "no"])], {}, "class_names of the trees are"),
        ([Tree(2, Leaf(0), class_names=["a"])], {"class_names": ["b"]}, "class_names of the trees are"),
        ([TREE], {"class_names": ["only"]}, "a name for each of the leaves' labels"),
        ([TREE], {"class_names": "ab"}, "expected a list of names"),
        ([TREE], {"n_classes": 1}, "n_classes=1: the forest has 2 classes"),
        ([TREE], {"n_classes": 0}, "n_classes=0: the forest has 2 classes"),
        ([TREE], {"n_classes": "two"}, "n_classes='two': expected a number"),
        ([Tree(2, Leaf("a"))], {"n_classes": 2}, "n_classes=2: the forest has 1 classes"),
        ([TREE], {"n_classes": 3, "class_names": ["a", "b"]}, "n_classes=3: the forest has 2 classes"),
        ([TREE, Tree(2, Leaf([0.2, 0.3, 0.5]))], {"n_classes": 2}, "n_classes=2: the forest has 3 classes"),
        ([Tree(2, [0.5, 0.5]), Tree(2, [0.2, 0.3, 0.5])], {}, r"leaves give \[2, 3\] probabilities"),
        ([Tree(2, Leaf("a")), Tree(2, [0.5, 0.5])], {}, r"labels \['a'\] and 2 probabilities"),
        ([Tree(2, [0.5, 0.5])], {"class_names": ["a"]}, "a name for each of the 2 probabilities"),
        ([TREE], {"voting": "most"}, "voting='most': expected 'soft' or 'hard'"),
    ],
)
def test_forests_that_are_refused(forest, options, message):
    with pytest.raises(BadInputError, match=message):
        Forest(forest, **options)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([0.5, np.nan], "finite numbers from 0"),
        ([-0.5, 1.5], "finite numbers from 0"),
        ([np.inf, 0], "finite numbers from 0"),
        ([0.5, 0.6], "sums to 1.1: expected 1"),
        ([3, 7], "sums to 10: expected 1"),
        ([], "expected the probability of each class"),
        ([[0.5, 0.5]], "expected the probability of each class"),
        (["0.5", "0.5"], "expected the probability of each class"),
        ([0.5, None], "expected the probability of each class"),
        ([0.5, [1]], "expected the probability of each class"),
        ([0.5 + 0j, 0.5], "expected the probability of each class"),
        (np.array([0.5 + 1j, 0.5 - 1j]), "expected the probability of each class"),
        ([np.complex64(0.5), None], "expected the probability of each class"),
    ],
)
def test_rows_that_are_refused(value, message):
    with pytest.raises(BadInputError, match=message):
        Tree(1, Leaf(value))


def test_more_that_is_refused():
    with pytest.raises(BadInputError, match="expected rows of one length"):
        Tree(1, Node(1, left=[0.5, 0.5], right=[1, 0, 0]))
    rectified = Tree(2, Leaf(0))
    rectified.origin = compile_model(TREE)
    with pytest.raises(BadInputError, match="tree 2 of the forest is a rectified one"):
        Forest([TREE, rectified])
    forced = [Tree(1, Node(1, threshold=t, left=0, right=1), force_features_equal_to_binaries=True) for t in (1, 2)]
    with pytest.raises(BadInputError, match="some feature has two conditions"):
        compile_model(Forest(forced))
    with pytest.raises(BadInputError, match="expected 2"):
        Forest([TREE]).predict([[1, 2, 3]])

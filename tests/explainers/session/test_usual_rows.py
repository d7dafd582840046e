"""Arrays of finite floats are set in one call of the core: with the same answers, words and errors as the long way."""

import threading

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier
from suffice import Builder, Explainer
from suffice.engine._native import Placed
from suffice.engine.errors import BadInputError, ModelChangedError, SufficeError

RNG = np.random.default_rng(5)
X = RNG.normal(size=(200, 5))
Y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(int) + (X[:, 3] > 1)
MODEL = DecisionTreeClassifier(max_depth=6, random_state=0).fit(X, Y)
ODD = [
    np.array([1.0, 2.0, 3.0]),
    np.zeros(0),
    np.zeros((2, 5)),
    np.zeros((1, 1, 5)),
    np.array(1.0),
    np.array([1.0, np.nan, 0.0, 0.0, 0.0]),
    np.array([1.0, np.inf, 0.0, 0.0, 0.0]),
    np.array([1e300, 0.0, 0.0, 0.0, 0.0]),
    np.array([1.0, 2.0, 3.0, 4.0, None], dtype=object),
    np.array(["a", "b", "c", "d", "e"]),
    None,
    "text",
]


def slow(explainer):
    """Return an explainer that always takes the long way, to instances and to answers."""
    explainer.session.only_cached = explainer.answers.own_leaves = False
    return explainer


def pair(model=MODEL, **options):
    return Explainer.initialize(model, **options), slow(Explainer.initialize(model, **options))


def answers(e):
    every = Explainer.ALL
    reasons = [
        e.direct_reason(), e.sufficient_reason(), e.sufficient_reason(over="features"), e.minimal_sufficient_reason(),
        e.necessary_literals(), e.relevant_literals(), e.necessary_features(), e.relevant_features(),
        e.minimal_contrastive_reason(), e.contrastive_reason(), *e.contrastive_reason(n=2),
        *e.minimal_contrastive_reason(n=2), *e.minimal_contrastive_reason(n=every),
        *e.contrastive_reason(n=every, immutable=[1]),
        *e.contrastive_reason(n=every), *e.contrastive_reason(n=every, over="features"),
    ]  # fmt: skip
    told = [None if r is None else (r, r.features, r.own_values, r.kind, r.status, r.proof.method, r.proof.over,
                                    None if r.witness is None else (r.witness.tolist(), r.witness.changed))
            for r in reasons]  # fmt: skip
    return told, e.target_prediction, e.binary_representation, e.instance.tolist(), list(map(type, e.instance))


def same(one, other, row):
    one.set_instance(row)
    other.set_instance(row)
    assert other.session.usual is None
    assert answers(one) == answers(other)


@pytest.mark.parametrize("theory", ["auto", None])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_answers_words_and_told_rows_are_those_of_the_long_way(theory, dtype):
    one, other = pair(theory=theory)
    for row in X[:12].astype(dtype):
        same(one, other, row)
    one.set_instance(X[3].astype(dtype))
    assert isinstance(one.session.read_row, Placed)  # it took the quick way
    strided = X.astype(dtype, order="F")
    for row in (
        strided[3],
        strided[::2][:, ::-1][4],
        X[7:8].astype(dtype),
        np.frombuffer(X[9].astype(dtype).tobytes(), dtype),
    ):
        same(one, other, row)


@pytest.mark.parametrize("excluded", [["f1"], ["f2", "f4"]])
def test_excluded_features_are_heeded(excluded):
    one, other = pair()
    one.set_instance(X[0])
    answers(one)
    for row in X[:8]:
        one.set_excluded_features(excluded)
        other.set_excluded_features(excluded)
        same(one, other, row)
        one.unset_excluded_features()
        other.unset_excluded_features()
        same(one, other, row)


def test_borders_are_rounded_as_the_model_rounds_them():
    one, other = pair()
    one.set_instance(X[0])
    tree = MODEL.tree_
    for node in np.nonzero(tree.feature >= 0)[0]:
        at = np.float64(np.float32(tree.threshold[node]))
        for value in (at, np.nextafter(at, np.inf), np.nextafter(at, -np.inf), tree.threshold[node]):
            row = X[node % 50].copy()
            row[tree.feature[node]] = value
            same(one, other, row)
            assert one.target_prediction == MODEL.predict(row[None])[0]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:30])
def test_odd_rows_raise_what_the_long_way_raises_and_change_nothing(odd):
    one, other = pair()
    for e in (one, other):
        e.set_instance(X[1])
    before = answers(one)
    with pytest.raises(SufficeError) as mine:
        one.set_instance(odd)
    with pytest.raises(SufficeError) as theirs:
        other.set_instance(odd)
    assert (type(mine.value), str(mine.value)) == (type(theirs.value), str(theirs.value))
    assert answers(one) == before


def test_wrong_arguments_are_named():
    e = Explainer.initialize(MODEL, X[0])
    with pytest.raises(TypeError, match="set_instance"):
        e.set_instance()
    with pytest.raises(TypeError, match="set_instance"):
        e.set_instance(X[0], X[1])
    e.set_instance(instance=X[2])
    assert e.instance.tolist() == X[2].tolist()


def test_other_kinds_of_rows_between_usual_ones():
    pandas = pytest.importorskip("pandas")
    one, other = pair()
    one.set_instance(X[0])
    names = [f"f{i + 1}" for i in range(5)]
    kinds = [
        list,
        lambda r: r.astype(">f8"),
        lambda r: np.rint(r).astype(int),
        lambda r: r.astype(np.float16),
        lambda r: dict(zip(names, r, strict=True)),
        lambda r: pandas.DataFrame([r], columns=names),
    ]
    for i, kind in enumerate(kinds):
        same(one, other, X[i])
        same(one, other, kind(X[i + 20]))
        same(one, other, X[i + 40].astype(np.float32))
        same(one, other, X[i + 60])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_rows_that_lie_anywhere(dtype):
    one, other = pair()
    one.set_instance(X[0].astype(dtype))
    for row in X[:5].astype(dtype):
        same(one, other, np.frombuffer(b"x" + row.tobytes(), dtype, offset=1))


def test_what_is_declared_is_heeded():
    whole = np.rint(X * 3)
    model = DecisionTreeClassifier(max_depth=5, random_state=0).fit(whole, Y)
    one, other = pair(model)
    same(one, other, whole[0])
    one.set_features_type({"integer": ["f1"]})
    other.set_features_type({"integer": ["f1"]})
    same(one, other, whole[1])
    said = []
    for e in (one, other):
        with pytest.raises(SufficeError) as error:
            e.set_instance(whole[2] + 0.5)
        said.append(str(error.value))
    assert said[0] == said[1]
    for switch in ("deactivate_theory", "activate_theory"):
        getattr(one, switch)()
        getattr(other, switch)()
        same(one, other, whole[3])


def test_clauses_and_ranges_are_heeded():
    free = Explainer.initialize(MODEL, X[0], theory=None)
    clause = (free.binary_representation[0],)
    broken = next(row for row in X if free.set_instance(row) or free.binary_representation[0] != clause[0])
    bounded, breaking = Explainer.initialize(MODEL, X[0], theory=[clause]), Explainer.initialize(MODEL, X[0])
    bounded.set_instance(X[0])
    with pytest.raises(SufficeError, match="outside the theory"):
        bounded.set_instance(broken)
    breaking.set_ranges({"f1": (float(X[0, 0]) - 1, float(X[0, 0]) + 1)})
    with pytest.raises(SufficeError, match="f1"):
        breaking.set_instance(X[0] + [2.0, 0, 0, 0, 0])


def test_a_background_of_other_dtypes_is_heeded():
    pandas = pytest.importorskip("pandas")
    whole = pandas.DataFrame(np.rint(X * 3), columns=list("abcde"))
    model = DecisionTreeClassifier(max_depth=5, random_state=0).fit(whole, Y)
    one, other = pair(model, background=whole.astype(int))
    for row in whole.to_numpy()[:5]:
        same(one, other, row)


def test_a_model_that_was_fitted_again_is_noticed():
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, Y)
    e = Explainer.initialize(model, X[0])
    assert e.session.usual is not None
    model.fit(X, 1 - (Y > 0))
    with pytest.raises(ModelChangedError):
        e.set_instance(X[1])
    assert e.session.placed_row.tolist() == X[0].astype(np.float32).tolist()


def test_an_instance_is_not_the_users_array():
    row = X[0].copy()
    e = Explainer.initialize(MODEL, X[1])
    e.set_instance(row)
    before = answers(e)
    row[:] = 9
    assert answers(e) == before


def test_no_switch_within_a_query():
    e = Explainer.initialize(MODEL, X[0])
    with e.session.gate.shared(), pytest.raises(SufficeError, match="running in this thread"):
        e.set_instance(X[1])
    assert e.instance.tolist() == X[0].tolist()


def test_other_threads_follow_until_they_say_an_instance():
    e = Explainer.initialize(MODEL, X[0])
    seen, steps = [], [threading.Barrier(2) for _ in range(4)]

    def ask():
        seen.append(e.instance.tolist())
        steps[0].wait()
        steps[1].wait()
        seen.append(e.instance.tolist())
        e.set_instance(X[3])
        steps[2].wait()
        steps[3].wait()
        seen.append((e.instance.tolist(), tuple(e.sufficient_reason())))

    thread = threading.Thread(target=ask)
    thread.start()
    steps[0].wait()
    e.set_instance(X[1])
    steps[1].wait()
    steps[2].wait()
    e.set_instance(X[2])
    steps[3].wait()
    thread.join()
    assert e.instance.tolist() == X[2].tolist()
    e.set_instance(X[3])
    assert seen == [X[0].tolist(), X[1].tolist(), (X[3].tolist(), tuple(e.sufficient_reason()))]


def test_hand_built_trees_take_the_long_way():
    node = Builder.DecisionNode(1, operator=">", threshold=0.5, left=0, right=1)
    tree = Builder.DecisionTree(2, node)
    e = Explainer.initialize(tree, np.array([1.0, 2.0]))
    assert e.session.usual is None
    with pytest.raises(BadInputError):
        e.set_instance(np.array([1.0]))

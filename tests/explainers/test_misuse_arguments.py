"""Arguments of every kind of wrong are refused in words, at the call; odd ones that make sense are taken."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from suffice import BadInputError, Binarizer, Builder, Explainer, MissingBackendError, SufficeError, explain

FAMILIES = ("tree", "forest", "boosted", "labels")


def rows():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=80), rng.integers(0, 2, 80), rng.integers(0, 5, 80)])
    return X, (X[:, 0] + X[:, 1] > 0.3).astype(int)


def model_of(family):
    X, y = rows()
    if family == "tree":
        return DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, y)
    if family == "forest":
        return RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, y)
    if family == "boosted":
        return GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=0).fit(X, y)
    return DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, np.column_stack([y, X[:, 2] > 2]))


@pytest.fixture(params=FAMILIES)
def explainer(request):
    return Explainer.initialize(model_of(request.param), rows()[0][0])


CHECKS = ("is_reason", "is_implicant", "is_sufficient_reason", "is_contrastive_reason")
SOLVED = (
    "sufficient_reason", "sufficient_reasons", "minimal_sufficient_reason", "contrastive_reason",
    "minimal_contrastive_reason",
)  # fmt: skip


def takes(explainer, query, argument):
    from inspect import signature

    return argument in signature(getattr(explainer, query)).parameters


@pytest.mark.parametrize("query", CHECKS)
@pytest.mark.parametrize("reason", [None, 1, 2.5, object(), np.int64(1), np.array(1), [None], [[1]], b"f1"])
def test_what_is_no_reason(explainer, query, reason):
    with pytest.raises(BadInputError):
        getattr(explainer, query)(reason)


@pytest.mark.parametrize(
    "limit", [-1, 0, "x", True, [1], np.array([1.0, 2.0]), float("nan"), 1j, np.timedelta64(1, "s")]
)
def test_every_query_has_the_same_error_for_a_limit(explainer, limit):
    for query in dir(explainer):
        if query.startswith("_") or not callable(getattr(type(explainer), query, None)):
            continue
        if takes(explainer, query, "time_limit"):
            given = [[]] if takes(explainer, query, "reason") else []
            given = [{}] if takes(explainer, query, "partial") else given
            given = [0, 1] if takes(explainer, query, "other") else given
            given = [[explainer.instance], "sufficient_reason"] if takes(explainer, query, "X") else given
            more = {"method": "minimal"} if takes(explainer, query, "method") else {}
            with pytest.raises(BadInputError, match=r"time_limit=.*expected"):
                getattr(explainer, query)(*given, **more, time_limit=limit)


@pytest.mark.parametrize("query", SOLVED)
def test_solvers_are_checked_at_the_call(explainer, query):
    if not takes(explainer, query, "solver"):
        return
    with pytest.raises(MissingBackendError, match="no such solver"):
        getattr(explainer, query)(solver="no such solver")
    with pytest.raises(MissingBackendError):
        getattr(explainer, query)(solver="")
    for odd in (0, 3.5, ["rc2"], object()):
        with pytest.raises(BadInputError, match="expected the name of a solver"):
            getattr(explainer, query)(solver=odd)


def test_a_solver_of_another_kind_is_refused_by_lazy_queries():
    explainer = Explainer.initialize(model_of("forest"), rows()[0][0])
    with pytest.raises(MissingBackendError):
        explainer.sufficient_reasons(solver="cpsat")
    assert list(explainer.sufficient_reasons(solver="glucose4"))
    assert set(explainer.sufficient_reasons(solver="native")) == set(explainer.sufficient_reasons())


def test_words_of_literals_that_contradict_each_other():
    explainer = Explainer.initialize(model_of("tree"), rows()[0][0])
    with pytest.raises(BadInputError, match="contradict"):
        explainer.to_features([1, -1])
    bounds = [
        v for v in range(1, len(explainer.vocabulary.conditions) + 1) if explainer.to_features([v])[0][:2] == "f1"
    ]
    low, high = sorted(bounds, key=lambda v: explainer.vocabulary.conditions[v - 1].threshold)[:2]
    pairs = [(a, b) for a in (low, -low) for b in (high, -high)]
    said = 0
    for pair in pairs:
        try:
            explainer.to_features(pair)
        except BadInputError as error:
            assert "contradict" in str(error)
            said += 1
    assert said == 1  # above the one and not above the other


@pytest.mark.parametrize("theory", [3, [None], True, "on", [1], [("a",)], {"a": 1}, object(), np.array(1)])
def test_theories_that_are_none(theory):
    with pytest.raises(BadInputError, match=r"theory|literal"):
        Explainer.initialize(model_of("tree"), rows()[0][0], theory=theory)


@pytest.mark.parametrize(
    "how",
    [
        {"excluded": None}, {"excluded": 2.5}, {"excluded": np.int64(1)}, {"excluded": object()}, {"excluded": [None]},
        {"excluded": np.zeros((2, 2))}, {"over": np.array([1, 2])}, {"over": None}, {"n_jobs": 0}, {"n_jobs": "x"},
        {"progress": np.array([1, 2])}, {"check": np.array([1, 2])}, {"check": None}, {"time_limit": "x"},
        {"time_limit": -1}, {"voting": 3}, {"missing": 3}, {"feature_names": 3}, {"features_type": 3},
    ],
)  # fmt: skip
def test_arguments_of_explain(how):
    with pytest.raises(SufficeError):
        explain(model_of("forest"), rows()[0][:2], **how)


@pytest.mark.parametrize("instance", [object(), lambda: 0, None, "abc", {1, 2, 3}, (i for i in range(3)), int, ...])
def test_what_is_no_row(explainer, instance):
    for call in (explainer.predict, explainer.set_instance):
        with pytest.raises(BadInputError):
            call(instance)


def test_tensors_are_rows():
    torch = pytest.importorskip("torch")
    X, _ = rows()
    model = model_of("forest")
    expected = Explainer.initialize(model, X[0]).sufficient_reason()
    for tensor in (torch.tensor(X[0]), torch.tensor(X[0], requires_grad=True), torch.tensor(X[0])[None]):
        explainer = Explainer.initialize(model, tensor, background=torch.tensor(X))
        assert explainer.sufficient_reason() == expected
        explainer.set_instance(tensor)
        assert explainer.predict(tensor) == explainer.target_prediction
    both = torch.tensor(X[:3], requires_grad=True)
    assert list(explain(model, both).reasons()) == list(explain(model, X[:3]).reasons())
    assert list(explain(model, list(both)).reasons()) == list(explain(model, X[:3]).reasons())
    with pytest.raises(BadInputError, match="tensor"):
        explain(model, torch.tensor(X[:3], dtype=torch.bfloat16))
    with pytest.raises(BadInputError, match="tensor"):
        explain(model, torch.tensor(X[:3]).to_sparse())


@pytest.mark.parametrize("n_iterations", [0, 10**30, 2.0, None, "1"])
def test_numbers_of_runs(n_iterations):
    explainer = Explainer.initialize(model_of("forest"), rows()[0][0])
    with pytest.raises(BadInputError, match="n_iterations"):
        explainer.majoritary_reason(n_iterations=n_iterations, time_limit=2)


def test_many_runs_are_drawn_in_parts():
    X, _ = rows()
    explainer = Explainer.initialize(model_of("forest"), X[0])
    assert len(explainer.majoritary_reason(n_iterations=3000)) <= len(explainer.majoritary_reason(n_iterations=1))
    assert explainer.majoritary_reason(n_iterations=10**7, time_limit=0.2) is not None


@pytest.mark.parametrize(
    "how", [{"categorical": None}, {"categorical": 2.5}, {"method": np.array([1, 2])}, {"n_thresholds": None}]
)
def test_binarizers(how):
    with pytest.raises(BadInputError):
        Binarizer(**how).fit(rows()[0])


def test_preferences_take_what_they_use():
    explainer = Explainer.initialize(model_of("tree"), rows()[0][0])
    for how in (
        {"method": "minimal", "weights": [1, 2, 3]},
        {"method": "inclusion-preferred", "weights": [1, 2, 3], "features_partition": [["f1", "f2", "f3"]]},
        {"method": "weights", "weights": [1, 2, 3], "features_partition": [["f1"]]},
        {"method": np.array([1, 2])}, {"method": None},
    ):  # fmt: skip
        with pytest.raises(BadInputError):
            explainer.preferred_sufficient_reason(**how)


class Broken:
    """An object whose iteration fails."""

    def __iter__(self):
        raise RuntimeError("no iteration")


NO_NUMBERS = {
    "seconds": np.timedelta64(1, "s"), "no unit": np.timedelta64(1), "broken": Broken(), "broken item": [Broken()],
    "complex": 1j,
}  # fmt: skip


def places(value):
    """Return calls that take a number, or a list, at the place of which something else is given."""
    X, _ = rows()
    tree = Explainer.initialize(model_of("tree"), X[0])
    labels = Explainer.initialize(model_of("labels"), X[0])
    regressor = DecisionTreeRegressor(max_depth=2, random_state=0).fit(X, X[:, 0])
    return {
        "ranges": lambda: tree.set_ranges({"f1": value}),
        "range": lambda: tree.set_ranges({"f1": (value, 9)}),
        "tolerance": lambda: explain(regressor, X[:1], tolerance=value),
        "interval": lambda: explain(regressor, X[:1], interval=value),
        "end": lambda: explain(regressor, X[:1], interval=(value, 9)),
        "own end": lambda: Explainer.initialize(regressor, X[0]).set_interval(value, 9),
        "labels": lambda: labels.sufficient_reason(labels=value),
        "target": lambda: labels.contrastive_reason(target=value),
        "immutable": lambda: tree.contrastive_reason(immutable=value),
        "limit": lambda: tree.sufficient_reason(time_limit=value),
        "missing": lambda: Explainer.initialize(model_of("tree"), missing=value),
        "kinds": lambda: Explainer.initialize(model_of("tree"), features_type={"categorical": value}),
        "values": lambda: Explainer.initialize(model_of("tree"), features_type={"categorical": {"f1": value}}),
        "literals": lambda: tree.is_sufficient_reason(value),
        "list": lambda: tree.is_sufficient_reason([("f1", "in", value)]),
        "threshold": lambda: tree.is_sufficient_reason([("f1", ">", value)]),
        "rule": lambda: tree.rectify(conditions=value, label=1),
        "partition": lambda: tree.preferred_sufficient_reason(
            method="inclusion_preferred", features_partition=value
        ),
        "base": lambda: Builder.BoostedTreesRegression([Builder.DecisionTree(1, Builder.LeafNode(1.0))], base=value),
    }  # fmt: skip


@pytest.mark.parametrize("name", NO_NUMBERS)
def test_times_and_broken_objects_are_neither_numbers_nor_lists(name):
    for place, call in places(NO_NUMBERS[name]).items():
        with pytest.raises(SufficeError) as refused:
            call()
            pytest.fail(f"{place} takes {NO_NUMBERS[name]!r}")
        assert str(refused.value).count("\n") < 3


@pytest.mark.parametrize("given", [np.array(1), np.array("f1")])
def test_arrays_of_no_dimension_are_no_lists_of_labels(given):
    X, _ = rows()
    labels = Explainer.initialize(model_of("labels"), X[0])
    with pytest.raises(BadInputError, match="labels="):
        labels.sufficient_reason(labels=given)
    with pytest.raises(BadInputError, match="target="):
        labels.contrastive_reason(target=given)


def test_a_limit_of_a_query_that_has_none_is_an_argument_that_is_not_there(explainer):
    for query in ("direct_reason", "predict"):
        if not takes(explainer, query, "time_limit"):
            with pytest.raises(TypeError, match="time_limit"):
                getattr(explainer, query)(time_limit=1.0)


@pytest.mark.parametrize("family", ["tree", "forest", "boosted"])
@pytest.mark.parametrize("query", ["contrastive_reason", "minimal_contrastive_reason"])
def test_arrays_are_classes_like_others(family, query):
    """One of the right value names its class; none, several and others are told to be no class."""
    X, _ = rows()
    explainer = Explainer.initialize(model_of(family), X[0])
    ask, other = getattr(explainer, query), 1 - explainer.target_prediction
    assert ask(target=np.array(other)) == ask(target=other)
    for wrong in (np.array([]), np.array([0, 1]), np.array([7])):
        with pytest.raises(BadInputError):
            ask(target=wrong)

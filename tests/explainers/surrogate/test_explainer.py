"""Surrogates: faithful where they say so, seeded, honest about what they prove, and clear about misuse."""

import itertools
import pickle

import numpy as np
import pandas as pd
import pytest
from suffice import BadInputError, Binarizer, MissingQueryError, Status, SurrogateExplainer, UndecidedError, from_json

RNG = np.random.default_rng(0)
BITS = RNG.integers(0, 2, size=(400, 7)).astype(float)
NUMBERS = RNG.normal(size=(400, 4))
QUERIES = (
    "sufficient_reason", "minimal_sufficient_reason", "contrastive_reason", "minimal_contrastive_reason",
    "necessary_literals", "relevant_literals", "direct_reason",
)  # fmt: skip


def rule(rows):
    """A function that trees can learn."""
    return np.where(rows[:, 0] + rows[:, 1] > 1, "yes", "no")


def rules(rows):
    return np.column_stack([rows[:, 0], (rows[:, 1] + rows[:, 2] > 0), (rows[:, 3] == 0)]).astype(int)


def everything():
    return np.array(list(itertools.product((0.0, 1.0), repeat=7)))


@pytest.mark.parametrize("kind", ["forest", "tree", "boosted"])
def test_reasons_of_a_surrogate_that_learnt_everything_are_those_of_the_function(kind):
    x = np.array([1.0, 1, 0, 0, 1, 0, 1])
    explainer = SurrogateExplainer(rule, BITS, x, kind=kind, radius=7, max_depth=7)
    assert explainer.fidelity.worst == 1.0
    assert explainer.target_prediction == "yes"
    reason = explainer.sufficient_reason()
    assert reason.features == ("f1 = 1", "f2 = 1")
    assert {r.features for r in explainer.contrastive_reason(n=None)} == {("f1 = 0",), ("f2 = 0",)}
    change = explainer.contrastive_reason()
    confirmed = explainer.confirm(change)
    assert confirmed
    assert rule(confirmed.witness.reshape(1, -1))[0] == "no"
    not_refuted(explainer.confirm(reason))


def not_refuted(check):
    """Rows that agree prove nothing of others: neither true nor false."""
    assert check.value is None and str(check.status) == "best_so_far"
    with pytest.raises(UndecidedError, match=r"all \d+ rows of the data .* proves nothing"):
        bool(check)


def test_several_labels():
    x = np.array([1.0, 0, 1, 0, 1, 1, 0])
    names = ["first", "some", "last"]
    explainer = SurrogateExplainer(rules, BITS, x, kind="tree", radius=7, label_names=names)
    assert explainer.label_names == tuple(names)
    assert explainer.target_prediction == (1, 1, 1)
    assert set(explainer.fidelity.accuracy) == set(names)
    for mode in ("exact", "joined"):
        reason = explainer.sufficient_reason(mode=mode)
        assert set(reason.features) == {"f1 = 1", "f3 = 1", "f4 = 0"}
        assert reason.status is Status.OF_SURROGATE
        not_refuted(explainer.confirm(reason))
    one = explainer.sufficient_reason(labels=["last"])
    assert one.features == ("f4 = 0",)
    assert one.proof.fidelity == explainer.fidelity.accuracy["last"]
    change = explainer.contrastive_reason(target={"first": 0, "some": 0})
    assert rules(np.array([change.witness]))[0, :2].tolist() == [0, 0]


def test_no_result_claims_to_be_proved_of_the_model():
    x = BITS[0]
    explainer = SurrogateExplainer(rule, BITS, x, n_neighbors=60, max_depth=3, n_estimators=5)
    claims = {Status.PROVED, Status.OPTIMAL, Status.COMPLETE}
    for name in QUERIES:
        reason = getattr(explainer, name)()
        assert reason.status not in claims, name
        assert "surrogate" in reason.proof.method
        assert "proved" not in str(reason.to_dict()["status"])
        assert reason.to_dict()["fidelity"] == reason.proof.fidelity == explainer.fidelity.worst
        assert pickle.loads(pickle.dumps(reason)).status not in claims
    several = explainer.sufficient_reason(n=None)
    assert several.status is Status.OF_SURROGATE
    assert several.complete
    assert pickle.loads(pickle.dumps(several)).surrogate_status is Status.COMPLETE
    check = explainer.is_sufficient_reason(several[0])
    assert check
    assert check.status is Status.OF_SURROGATE
    assert check.why.startswith("of the surrogate")
    for kept in (pickle.loads(pickle.dumps(check)), from_json(check.to_json())):
        assert kept.status is Status.OF_SURROGATE


def test_the_same_seed_gives_the_same():
    for source in ("rows", "perturbed"):
        one, two = (
            SurrogateExplainer(rule, BITS, BITS[1], source=source, seed=5, n_samples=200, max_depth=3) for _ in range(2)
        )
        assert str(one.fidelity) == str(two.fidelity)
        assert tuple(one.sufficient_reason(n=None)) == tuple(two.sufficient_reason(n=None))


def test_perturbed_rows_are_of_the_data():
    data = np.column_stack([RNG.choice([0.5, 2.0, 7.0], 300), RNG.choice([1.0, 3.0], 300), RNG.normal(size=300)])
    seen = []

    def predict(rows):
        seen.append(rows)
        return (rows[:, 0] > 1).astype(int)

    explainer = SurrogateExplainer(predict, data, data[0], source="perturbed", radius=1.5, n_samples=150)
    asked = np.concatenate(seen)
    assert set(np.unique(asked[:, 0])) <= {0.5, 2.0, 7.0}
    assert (explainer._fitted.vicinity.distances <= 1.5).all()
    assert not (explainer._fitted.vicinity.rows == data[0]).all(axis=1).any()
    assert explainer.fidelity.source == "perturbed"


@pytest.mark.parametrize("binarizer", [None, "quantiles", "trees", Binarizer(n_thresholds=3)])
def test_data_frames_of_numbers_and_texts(binarizer):
    colour = RNG.choice(["red", "green", "blue"], 400)
    frame = pd.DataFrame({"age": RNG.integers(18, 80, 400), "colour": colour, "height": RNG.normal(170, 10, 400)})
    kinds = []

    def predict(rows):
        kinds.append((type(rows), rows.dtypes["age"].kind))
        return ((rows["age"] > 40) & (rows["colour"] == "red")).to_numpy()

    x = frame[(frame["age"] > 50) & (frame["colour"] == "red")].iloc[0]
    explainer = SurrogateExplainer(predict, frame, x, binarizer=binarizer, metric="hamming", n_neighbors=400)
    assert set(kinds) == {(pd.DataFrame, "i")}
    reason = explainer.sufficient_reason()
    told = " ".join(reason.features)
    assert "colour = red" in told
    assert "age" in told
    assert explainer.fidelity.worst > 0.8
    for change in explainer.contrastive_reason(n=None):
        assert explainer.confirm(change).value in (True, False)
        assert change.witness[1] in {"red", "green", "blue"}


def test_confirm_refutes_what_the_surrogate_gets_wrong():
    def liar(rows):  # the surrogate cannot see this from rows whose last column is 0
        return np.where(rows[:, 6] == 1, 1 - rows[:, 0], rows[:, 0]).astype(int)

    near = BITS[BITS[:, 6] == 0]
    x = near[0]
    explainer = SurrogateExplainer(liar, near, x, kind="tree", radius=7)
    reason = explainer.sufficient_reason()
    assert reason.features[0].startswith("f1")
    not_refuted(explainer.confirm(reason))
    far = SurrogateExplainer(liar, BITS, x, kind="tree", radius=7, max_depth=1)
    wrong = far.confirm(far.sufficient_reason())
    assert not wrong
    assert liar(wrong.witness.reshape(1, -1))[0] != liar(x.reshape(1, -1))[0]


def test_constant_labels():
    explainer = SurrogateExplainer(lambda rows: np.full(len(rows), "same"), BITS, BITS[0], kind="boosted")
    assert tuple(explainer.sufficient_reason()) == ()
    assert explainer.contrastive_reason() is None
    assert explainer.fidelity.baseline == {"label": 1.0}

    def two(rows):
        return np.column_stack([rows[:, 0], np.ones(len(rows))]).astype(bool)

    several = SurrogateExplainer(two, BITS, BITS[0], kind="boosted")
    assert several.sufficient_reason(labels=["y2"]).features == ()
    assert len(several.sufficient_reason()) == 1
    assert several.contrastive_reason(flip=["y2"]) is None


WRONG = [
    (lambda rows: np.full((len(rows), 2), 0.5), "0.5 in a matrix .*threshold"),
    (lambda rows: np.full(len(rows), 0.25), "0.25.*threshold=0.5"),
    (lambda rows: np.full((len(rows), 2), "a"), "a matrix with .*expected 0 and 1"),
    (lambda rows: [np.zeros((len(rows), 2))] * 2, "list of 2 matrices"),
    (lambda rows: np.zeros(3), "expected an array with a label"),
    (lambda rows: 1, "expected an array with a label"),
    (lambda rows: None, "expected an array with a label"),
    (lambda rows: np.zeros((len(rows), 2, 2)), "shape"),
    (lambda rows: np.zeros((len(rows), 0)), "shape"),
    (lambda rows: np.full(len(rows), np.nan), "nan"),
    (lambda rows: np.full((len(rows), 2), np.nan), "NaN"),
    (lambda rows: np.full((len(rows), 2), 3), "3.0 in a matrix"),
    (lambda rows: np.arange(len(rows)) % 2 + len(rows), "alone"),
    ("predict", "expected a function"),
]


@pytest.mark.parametrize(("predict", "said"), WRONG)
def test_functions_that_return_no_labels(predict, said):
    with pytest.raises(BadInputError, match=said):
        SurrogateExplainer(predict, BITS, BITS[0])


def test_probabilities_with_a_threshold():
    one = SurrogateExplainer(lambda rows: 0.3 + 0.4 * rows[:, 0], BITS, BITS[0], threshold=0.5)
    assert one.target_prediction == int(BITS[0, 0])
    two = SurrogateExplainer(lambda rows: 0.1 + 0.8 * rows[:, :2], BITS, BITS[0], threshold=0.5)
    assert two.target_prediction == tuple(BITS[0, :2].astype(int).tolist())
    with pytest.raises(BadInputError, match="probabilities"):
        SurrogateExplainer(lambda rows: 5.0 * rows[:, 0], BITS, np.ones(7), threshold=0.5)


ARGUMENTS = [
    ({"kind": "svm"}, "kind='svm'"),
    ({"radius": -1}, "radius=-1"),
    ({"radius": 0}, "0 different rows beside the instance"),
    ({"radius": "far"}, "radius='far'"),
    ({"metric": "cosine"}, "metric='cosine'"),
    ({"source": "web"}, "source='web'"),
    ({"minimum_fidelity": 95}, "minimum_fidelity=95"),
    ({"minimum_fidelity": 1.0}, "below 1"),
    ({"minimum_held_out": 0}, "minimum_held_out=0"),
    ({"binarizer": "coins"}, "binarizer='coins'"),
    ({"n_neighbors": 0}, "n_neighbors"),
    ({"threshold": 2}, "threshold=2"),
    ({"label_names": ["a"]}, "label_names"),
    ({"feature_names": ["a"]}, "expected 1"),
    ({"source": "both", "n_samples": 5}, "n_samples=5: expected 10 at least"),
    ({"kind": "auto", "max_depth": 3}, "kind='auto' takes no options"),
    ({"kind": "linear", "C": -1.0}, "refuses them"),
    ({"colour": "red"}, "RandomForestClassifier does not take"),
    ({"seed": "x"}, "seed"),
]


@pytest.mark.parametrize(("more", "said"), ARGUMENTS)
def test_arguments_that_make_no_sense(more, said):
    unique = np.unique(BITS, axis=0)
    with pytest.raises(BadInputError, match=said):
        SurrogateExplainer(rule, unique, unique[0], **more)


def test_linear_surrogates_of_a_weighted_vote():
    weights = np.array([5.0, 4, 3, -2, -2, 1, 1])

    def vote(rows):
        return (rows @ weights > 3).astype(int)

    x = np.array([1.0, 0, 1, 0, 1, 0, 0])
    explainer = SurrogateExplainer(vote, BITS, x, kind="linear", radius=7, C=1000.0)
    assert explainer.learns_from_bits
    assert explainer.fidelity.worst > 0.97
    assert "(linear)" in explainer.sufficient_reason().proof.method
    # weights are rounded, so that sums are exact and outside solvers are taken
    assert explainer.explainer.session.compiled.slack == 0
    everything_else = everything()
    told = explainer.models[0].predict(everything_else)
    for reason in explainer.sufficient_reason(n=None):
        agree = np.all([everything_else[:, abs(v) - 1] == (v > 0) for v in reason], axis=0)
        assert (told[agree] == vote(x.reshape(1, -1))[0]).all()


def test_the_kind_is_chosen_by_rows_that_are_learnt_from():
    def parity(rows):  # no sum of columns
        return (rows[:, 0] != rows[:, 1]).astype(int)

    def both(rows):
        return np.column_stack([parity(rows), (rows.sum(axis=1) > 6).astype(int)])

    numbers = np.random.default_rng(1).integers(0, 2, size=(250, 12)).astype(float)
    explainer = SurrogateExplainer(both, numbers, numbers[0], kind="auto", radius=12, label_names=["differ", "heavy"])
    kinds = explainer.fidelity.kinds
    assert kinds["differ"] != "linear"
    assert kinds["heavy"] == "linear"
    assert explainer.fidelity.worst > 0.8
    reason = explainer.sufficient_reason(labels=["heavy"])
    assert "(linear)" in reason.proof.method
    assert explainer.sufficient_reason().status is Status.OF_SURROGATE


def test_columns_keep_their_kind():
    frame = pd.DataFrame({"flag": RNG.random(300) < 0.5, "count": RNG.integers(0, 9, 300), "x": RNG.normal(size=300)})

    def predict(rows):
        return (rows["flag"] & (rows["count"] > 3)).to_numpy()

    x = frame[frame["flag"] & (frame["count"] > 5)].iloc[0]
    explainer = SurrogateExplainer(predict, frame, x, n_neighbors=300, n_estimators=5, max_depth=4)
    assert [feature.kind.value for feature in explainer.explainer.features] == ["binary", "integer", "numerical"]
    for change in explainer.contrastive_reason(n=None, over="features"):
        assert change.witness[0] in (0.0, 1.0)
        assert float(change.witness[1]).is_integer()


def test_what_a_surrogate_cannot_do():
    explainer = SurrogateExplainer(rule, BITS, BITS[0])
    with pytest.raises(AttributeError, match="make another one"):
        explainer.set_instance(BITS[1])
    with pytest.raises(MissingQueryError, match="rectify one of its models"):
        explainer.rectify(conditions=[1], label=0)
    with pytest.raises(MissingQueryError, match="give it label_names="):
        explainer.set_label_names(["a"])
    assert not hasattr(explainer, "rectify")
    with pytest.raises(BadInputError, match="float32"):
        SurrogateExplainer(rule, NUMBERS * 1e200, NUMBERS[0] * 1e200)


def test_shapes_that_do_not_fit():
    with pytest.raises(BadInputError, match="5 values"):
        SurrogateExplainer(rule, BITS, np.zeros(5))
    with pytest.raises(BadInputError, match="2 rows"):
        SurrogateExplainer(rule, BITS, BITS[:2])
    with pytest.raises(BadInputError, match="dimensions"):
        SurrogateExplainer(rule, BITS[0], BITS[0])
    with pytest.raises(BadInputError, match="2 different rows beside"):
        SurrogateExplainer(rule, BITS[:3], BITS[0])
    with pytest.raises(BadInputError, match="2 labels"):
        SurrogateExplainer(lambda rows: rows[:, :2], BITS, BITS[0], label_names=["a", "b", "c"])
    with pytest.raises(AttributeError):
        _ = SurrogateExplainer(rule, BITS, BITS[0]).no_such_query

"""Naive Bayes, linear models and binarised networks: near ties, misuse, and what is refused."""

import itertools
import warnings

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV, RidgeClassifier, SGDClassifier
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, MultinomialNB
from suffice import (
    BadInputError,
    Builder,
    CapabilityError,
    Explainer,
    NotFittedModelError,
    SelfCheckError,
    TheoryError,
    UndecidedError,
    UnsupportedModelError,
    explain,
)
from suffice.encoders.assembly.additive import Term, any_order_slack

from tests.encoders.direct_cases import network

BITS = np.array(list(itertools.product((0.0, 1.0), repeat=3)))
BINARY = {"binary": Explainer.DEFAULT}


def logistic(weights, bias=0.0):
    rows = np.array(list(itertools.product((0.0, 1.0), repeat=len(weights))))
    model = LogisticRegression().fit(rows, np.arange(len(rows)) % 2)
    model.coef_, model.intercept_ = np.array([weights], dtype=float), np.array([bias], dtype=float)
    return model


# ---------------------------------------------------------------- near ties


def test_the_order_of_a_sum_is_not_taken_for_a_proof():
    assert (0.1 + 0.2) - 0.3 != 0.1 + (0.2 - 0.3)  # the sum of all three is a matter of order
    model = logistic([0.1, 0.2, -0.3])
    explainer = Explainer.initialize(model, [1, 1, 0], BINARY)
    assert {r.features for r in explainer.sufficient_reason(n=None)} == {("f1 = 1", "f3 = 0"), ("f2 = 1", "f3 = 0")}
    for change in explainer.contrastive_reason(n=None):
        assert model.decision_function([change.witness])[0] < -0.05
    check = explainer.is_reason([1, 2])
    assert check.value is None
    assert "tie" in check.why
    with pytest.raises(UndecidedError):
        bool(check)
    with pytest.raises(CapabilityError, match="order of its own"):
        explainer.sufficient_reason(solver="cpsat")


def test_an_instance_at_a_tie_is_undecided():
    model = logistic([0.1, 0.2, -0.3])
    explainer = Explainer.initialize(model, [1, 1, 1], BINARY)
    for ask in (explainer.sufficient_reason, explainer.contrastive_reason, explainer.n_sufficient_reasons):
        with pytest.raises(UndecidedError, match="nearer to a tie"):
            ask()
    rows = explain(model, BITS, features_type=BINARY)
    told = [reason is None for reason in rows.reasons()]
    assert told == [not any(row) or all(row) for row in BITS.tolist()]
    assert "tie" in repr(explain(model, BITS[-1:], features_type=BINARY))


def test_naive_bayes_of_equal_classes_is_a_tie():
    rows, labels = np.array([[1, 0], [0, 1]] * 10), np.array([0, 1] * 10)
    model = BernoulliNB().fit(rows, labels)
    with pytest.raises(UndecidedError):
        Explainer.initialize(model, [1, 1]).sufficient_reason()
    assert Explainer.initialize(model, [1, 0]).sufficient_reason(n=None) == ((1, -2),)


def test_several_labels_of_which_one_is_at_a_tie():
    several = Builder.MultiLabel([logistic([0.1, 0.2, -0.3]), logistic([0.3, 0.3, 0.1], -0.35)], names=["a", "b"])
    explainer = Explainer.initialize(several, [1, 1, 1], BINARY)
    for mode in ("exact", "joined"):
        with pytest.raises(UndecidedError):
            explainer.sufficient_reason(mode=mode)
    assert explainer.sufficient_reason(labels=["b"]).features == ("f1 = 1", "f2 = 1")


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_holds_for_every_order(seed):
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=12) * 10.0 ** rng.integers(-8, 8, size=12)
    terms = [Term((), np.array([[v]])) for v in numbers]
    slack = any_order_slack(terms, np.zeros(1))
    sums = []
    for _ in range(300):
        total = 0.0
        for value in rng.permutation(numbers).tolist():
            total += value
        sums.append(total)
    assert 0 < max(sums) - min(sums) <= slack
    whole = [Term((), np.array([[v]])) for v in rng.integers(-9, 9, size=12) / 4]
    assert any_order_slack(whole, np.zeros(1)) == 0.0
    assert any_order_slack(terms, np.zeros(1), 2.0**-24) > 1e6 * slack


def test_weights_of_single_precision_have_their_own_noise():
    model = LogisticRegression().fit(BITS.astype(np.float32), [0, 1] * 4)
    assert model.coef_.dtype == np.float32
    assert Explainer.initialize(model, BITS[0], BINARY).session.compiled.slack > 1e-8


@pytest.mark.parametrize("weights", [[1e300, 1e-300, 1], [1e-300, 2e-300, 1e-301], [5e-324, 1e-323, 0.0]])
def test_huge_and_tiny_weights(weights):
    reasons = Explainer.initialize(logistic(weights), [1, 1, 0], BINARY).sufficient_reason(n=None)
    assert (1,) in reasons


# ---------------------------------------------------------------- columns


def test_columns_without_a_list_of_values_are_named():
    model = logistic([1, 2, 3])
    with pytest.raises(BadInputError, match=r"'f1', 'f2', 'f3' may be any number.*background=rows"):
        Explainer.initialize(model, BITS[0])
    with pytest.raises(BadInputError, match="'f2' may be any number"):
        Explainer.initialize(model, BITS[0], {"f1": "binary", "f3": [0, 1], "f2": "integer"})
    idle = Explainer.initialize(logistic([1, 0, -1]), [1, 7.5, 0], {"f1": "binary", "f3": "binary"})
    assert idle.sufficient_reason(n=None) == ((1, -2),)  # the score 0 is a tie, or none: both have to stay


def test_types_can_be_changed_afterwards():
    explainer = Explainer.initialize(logistic([1, 1, -1], -0.5), [1, 1, 0], BINARY)
    explainer.set_features_type({"f1": range(4), "f2": "binary", "f3": "binary"})
    explainer.set_instance([3, 1, 0])
    assert ("f1 >= 2",) in {reason.features for reason in explainer.sufficient_reason(n=None)}
    with pytest.raises(BadInputError, match="may be any number"):
        explainer.set_features_type({"f1": "integer"})
    assert ("f1 >= 2",) in {reason.features for reason in explainer.sufficient_reason(n=None)}
    clauses = Explainer.initialize(logistic([1, 1, -1]), [1, 1, 0], BINARY, theory=[(1, 2)])
    with pytest.raises(BadInputError, match="clauses"):
        clauses.set_features_type(BINARY)


def test_values_outside_the_domain():
    with pytest.raises(TheoryError, match="declared binary"):
        Explainer.initialize(logistic([1, 2, 3]), [1, 2, 0], BINARY)
    codes = CategoricalNB().fit(BITS, [0, 1] * 4)
    with pytest.raises(BadInputError, match="expected one of 0, 1"):
        Explainer.initialize(codes, [1, 2, 0])
    with pytest.raises(BadInputError, match="missing"):
        Explainer.initialize(logistic([1, 2, 3]), [1, np.nan, 0], BINARY)
    counts = MultinomialNB().fit(BITS, [0, 1] * 4)
    with pytest.raises(BadInputError, match="counts from 0"):
        Explainer.initialize(counts, BITS[0], {"f1": [-1, 0], "f2": [0, 1], "f3": [0, 1]})
    with pytest.raises(BadInputError, match="binarize=None"):
        Explainer.initialize(
            BernoulliNB(binarize=None).fit(BITS, [0, 1] * 4), BITS[0], {"f1": [0, 2], "f2": "binary", "f3": "binary"}
        )


def test_models_that_are_refused():
    several = RidgeClassifier().fit(BITS, np.column_stack([[0, 1] * 4, [1, 0] * 4, [1, 1, 0, 0] * 2]))
    with pytest.raises(UnsupportedModelError, match="several labels"):
        Explainer.initialize(several, BITS[0], BINARY)
    for model in (LogisticRegression(), BernoulliNB()):
        with pytest.raises(NotFittedModelError, match="fit"):
            Explainer.initialize(model, BITS[0], BINARY)
    with pytest.raises(UnsupportedModelError, match="inf"):
        Explainer.initialize(logistic([np.inf, 1, 1]), BITS[0], BINARY)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        certain = BernoulliNB(alpha=0.0, force_alpha=True).fit(BITS, [0, 1] * 4)
    with pytest.raises(UnsupportedModelError, match="alpha > 0"):
        Explainer.initialize(certain, BITS[0])
    with pytest.raises(BadInputError, match="voting"):
        Explainer.initialize(logistic([1, 2, 3]), BITS[0], BINARY, voting="hard")


def test_kin_of_these_models():
    y = np.array([0, 1] * 20)
    X = np.tile(BITS, (5, 1))
    X[:, 0] = y
    found = LogisticRegressionCV(cv=2, l1_ratios=(0,), scoring="accuracy", use_legacy_attributes=False).fit(X, y)
    sparse = SGDClassifier(random_state=0).fit(X, y).sparsify()
    for model in (found, sparse):
        explainer = Explainer.initialize(model, [1, 0, 0], BINARY, background=X)
        assert explainer.is_reason(explainer.binary_representation)


# ---------------------------------------------------------------- binarised networks

ONE = [[[1, -1]]]
WRONG = [
    (lambda: Builder.BinarizedNetwork([]), "expected a list of matrices"),
    (lambda: Builder.BinarizedNetwork([[1, -1]]), "expected a list of matrices"),
    (lambda: Builder.BinarizedNetwork([[[1, 0.5]]]), "weight 0.5"),
    (lambda: Builder.BinarizedNetwork([[[1, 1]], [[1, 1]]]), "layer 2 has 2 inputs"),
    (lambda: Builder.BinarizedNetwork("net"), "expected a list of matrices"),
    (lambda: Builder.BinarizedNetwork(ONE, [[1, 2]]), "biases"),
    (lambda: Builder.BinarizedNetwork(ONE, [[np.nan]]), "finite"),
    (lambda: Builder.BinarizedNetwork(ONE, inputs=(1, 0)), "inputs=\\(1, 0\\)"),
    (lambda: Builder.BinarizedNetwork(ONE, feature_names=["a"]), "feature_names"),
    (lambda: Builder.BinarizedNetwork(ONE, class_names=["a", "b", "c"]), "class_names"),
    (lambda: Builder.BinarizedNetwork(ONE).predict([[0.5, 1]]), "'f1' is 0.5"),
    (lambda: Explainer.initialize(Builder.BinarizedNetwork(ONE), [0, 1], {"f1": [0, 2]}), "inputs are 0 and 1"),
    (lambda: Explainer.initialize(Builder.BinarizedNetwork(ONE), [0, np.nan]), "missing"),
    (lambda: Explainer.initialize(network(np.random.default_rng(0), [60, 40, 1]), [0] * 60), "small network"),
]


@pytest.mark.parametrize(("make", "said"), WRONG)
def test_networks_that_make_no_sense(make, said):
    with pytest.raises((BadInputError, UnsupportedModelError, TheoryError), match=said):
        make()


def test_a_network_of_twelve_inputs():
    rng = np.random.default_rng(1)
    model = network(rng, [12, 4, 3])
    explainer = Explainer.initialize(model, rng.integers(0, 2, 12))
    reason = explainer.sufficient_reason()
    assert explainer.is_sufficient_reason(reason)
    change = explainer.minimal_contrastive_reason()
    assert model.predict([change.witness])[0] != explainer.target_prediction


def modules(seed, sizes, norm=True):
    torch = pytest.importorskip("torch")
    torch.manual_seed(seed)

    class Sign(torch.nn.Module):
        def forward(self, x):
            return torch.where(x >= 0, 1.0, -1.0)

    layers = []
    for i, (a, b) in enumerate(itertools.pairwise(sizes)):
        linear = torch.nn.Linear(a, b)
        linear.weight.data = torch.where(linear.weight >= 0, 1.0, -1.0)
        linear.bias.data = (linear.bias.data * 8).round() / 8
        layers.append(linear)
        if i < len(sizes) - 2:
            if norm:
                layer = torch.nn.BatchNorm1d(b)
                layer.running_mean.normal_()
                layer.running_var.uniform_(0.2, 3)
                layer.weight.data.normal_()
                layer.bias.data.normal_()
                layers.append(layer)
            layers.append(Sign())
    return torch, torch.nn.Sequential(*layers).eval()


@pytest.mark.parametrize("seed", range(6))
def test_modules_of_pytorch_on_every_row(seed):
    torch, module = modules(seed, [6, 4, 3, 3] if seed % 2 else [7, 5, 1], norm=seed < 4)
    model = Builder.BinarizedNetwork.from_torch(module)
    rows = np.array(list(itertools.product((-1.0, 1.0), repeat=model.n_features)))
    with torch.no_grad():
        sums = module(torch.tensor(rows, dtype=torch.float32)).numpy()
    said = (sums[:, 0] >= 0).astype(int) if sums.shape[1] == 1 else sums.argmax(axis=1)
    assert model.predict(rows).tolist() == said.tolist()
    explainer = Explainer.initialize(model, rows[5], background=rows)
    assert explainer.is_sufficient_reason(explainer.sufficient_reason())


def test_modules_that_are_refused():
    torch, module = modules(0, [4, 3, 2])
    read = Builder.BinarizedNetwork.from_torch
    with pytest.raises(BadInputError, match="eval"):
        read(module.train())
    module.eval()
    with pytest.raises(UnsupportedModelError, match="begins with ReLU"):
        read(torch.nn.Sequential(torch.nn.ReLU(), module).eval())
    with pytest.raises(UnsupportedModelError, match="follow each other"):
        read(torch.nn.Sequential(module[0], module[-1]).eval())
    with pytest.raises(UnsupportedModelError, match="expected -1 or 1"):
        read(torch.nn.Sequential(module[0], torch.nn.Tanh(), module[-1]).eval())
    with pytest.raises(UnsupportedModelError, match="followed by Softmax"):
        read(torch.nn.Sequential(module, torch.nn.Softmax(dim=1)).eval())
    with pytest.raises(UnsupportedModelError, match="no Linear"):
        read(torch.nn.Sequential().eval())
    module[-1].bias.data += 0.0003
    with pytest.raises(UnsupportedModelError, match="1/1024"):
        read(module)
    module[-1].bias.data.zero_()
    module[-1].weight.data[0, 0] = 0.5
    with pytest.raises(BadInputError, match=r"weight 0.5"):
        read(module)
    other = Builder.BinarizedNetwork([[[1, 1, 1, 1]] * 2], inputs=(-1, 1))
    module[-1].weight.data[0, 0] = 1.0
    with pytest.raises(SelfCheckError, match="the module says"):
        other.check_against(module)


def test_products_that_a_library_does_not_round():
    """-3 / 3 + 1 is 0, but not where a sum is fused with an unrounded product: nobody can tell the class of a tie."""
    model = LogisticRegression().fit(np.eye(3)[[0, 0, 1, 1]], [0, 1, 0, 1])
    model.coef_, model.intercept_ = np.array([[-1 / 3, 1.0, 0.0]]), np.zeros(1)
    explainer = Explainer(model, [0, 1, 0], {"categorical": {"f1": [0, 3], "f2": [0, 1], "f3": [0, 1]}})
    compiled = explainer.session.compiled
    tie = np.array([[3.0, 1.0, 0.0]])
    assert compiled.doubtful(compiled.trees.scores_of_rows(tie, explainer.session.space.codes)).all()
    model.coef_ = np.array([[-0.25, 1.0, 0.0]])
    explainer = Explainer(model, [0, 1, 0], {"categorical": {"f1": [0, 4], "f2": [0, 1], "f3": [0, 1]}})
    assert explainer.session.compiled.slack == 0.0

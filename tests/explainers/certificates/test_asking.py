"""Which answers have certificates, for models of every family; what has none says why."""

import contextlib
import itertools
import pickle

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
from suffice.engine.budget import Deadline
from suffice.engine.errors import BadInputError, SelfCheckError, SufficeError, UndecidedError, UnsupportedModelError
from suffice.engine.reasons import Reason, Reasons
from suffice.explainers.certificates import suffice_check
from suffice.explainers.certificates.asking import Asking
from suffice.explainers.certificates.certificate import Certificate

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.explainers.certificates.mutants import mutants
from tests.explainers.certificates.test_suffice_check import what_is_wrong

X, Y = load_iris(return_X_y=True)
MODELS = [
    DecisionTreeClassifier(max_depth=3),
    RandomForestClassifier(5, max_depth=3, random_state=0),
    GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=0),
]


def accepted(answer):
    certificate = answer.certificate(time_limit=60)
    verdict, why = certificate.check()
    assert verdict == suffice_check.ACCEPTED, why
    return certificate.claims


@pytest.fixture(params=MODELS, ids=lambda m: type(m).__name__)
def explainer(request):
    return Explainer.initialize(request.param.fit(X, Y), X[60])


@pytest.mark.parametrize("over", ["literals", "features"])
@pytest.mark.parametrize("theory", [True, False])
def test_answers_of_classifiers(explainer, over, theory):
    if not theory:
        explainer.deactivate_theory()
    reason = explainer.sufficient_reason(over=over)
    assert accepted(reason) == ("forces", "minimal")
    assert accepted(explainer.contrastive_reason(over=over)) == ("changed",)
    if theory:
        assert accepted(explainer.minimal_sufficient_reason(over=over)) == ("forces", "minimal", "cheapest")
        assert accepted(explainer.sufficient_reason(n=Explainer.ALL, over="features")) == ("complete",)
    assert accepted(explainer.is_sufficient_reason(reason, over=over)) == ("forces", "minimal")
    assert accepted(explainer.is_reason(reason, over=over)) == ("forces",)
    assert accepted(explainer.is_reason(reason[1:], over=over)) == ("refuted",)


@pytest.mark.parametrize("over", ["literals", "features"])
def test_lists_of_changes(explainer, over):
    every = {"immutable": iter(["f4"])} if over == "features" else {"monotone": {"f3": "increasing"}}
    for more in ({}, {"target": 0}, every):
        assert accepted(explainer.contrastive_reason(n=Explainer.ALL, over=over, **more)) == ("changes", "all_changes")
    explainer.set_excluded_features(["f4"])
    found = explainer.contrastive_reason(n=Explainer.ALL, over=over)
    assert not found or accepted(found) == ("changes", "all_changes")
    explainer.unset_excluded_features()
    assert accepted(explainer.contrastive_reason(n=2, over=over))[0] == "changes"
    for more in ({}, {"target": 0}, every):
        fewest = explainer.minimal_contrastive_reason(n=Explainer.ALL, over=over, **more)
        assert accepted(fewest) == ("changes", "all_changes")
        if len(fewest) > 1:
            fewer = type(fewest)(fewest[1:], fewest.status)
            fewer.limits = fewest.limits
            with pytest.raises(SelfCheckError, match="another change"):
                fewer.certificate()


def test_an_incomplete_list_of_changes(explainer):
    found = explainer.contrastive_reason(n=Explainer.ALL, over="features")
    fewer = type(found)(found[:-1], found.status)
    fewer.limits = found.limits
    if fewer:
        with pytest.raises(SelfCheckError, match="another change"):
            fewer.certificate()


def test_necessary_and_relevant(explainer):
    for _ in range(2):
        for kind in ("necessary", "relevant"):
            for what in ("literals", "features"):
                found = getattr(explainer, f"{kind}_{what}")()
                assert accepted(found) in ((kind,), ("refuted",))
                if found and accepted(found) == (kind,):
                    wrong = tuple(found)[1:]
                    with pytest.raises(SelfCheckError, match="missing"):
                        type(found)(wrong, found.proof, found._say, None, found._own).certificate()
        explainer.set_excluded_features(["f4"])


def test_targets(explainer):
    change = explainer.contrastive_reason(target=0)
    assert accepted(change) == ("changed",)


def test_weights(explainer):
    ask = explainer.preferred_sufficient_reason
    assert "cheapest" in accepted(ask(method=Explainer.WEIGHTS, weights=[1.5, 2.25, 0.1, 3.0]))


def test_excluded_features(explainer):
    explainer.set_excluded_features([explainer.sufficient_reason(over="features")[0]])
    reason = explainer.minimal_sufficient_reason(over="features")
    if reason is not None:
        assert "cheapest" in accepted(reason)


def test_numbers():
    data, target = load_diabetes(return_X_y=True)
    model = GradientBoostingRegressor(n_estimators=5, max_depth=2, random_state=0).fit(data, target)
    explainer = Explainer.initialize(model, data[0])
    value = float(model.predict(data[:1])[0])
    explainer.set_interval(value - 10, value + 10)
    assert accepted(explainer.sufficient_reason()) == ("forces", "minimal")
    assert accepted(explainer.contrastive_reason()) == ("changed",)


def test_several_labels():
    target = np.column_stack([Y == 1, Y == 2]).astype(int)
    model = MultiOutputClassifier(RandomForestClassifier(4, max_depth=2, random_state=0)).fit(X, target)
    explainer = Explainer.initialize(model, X[60])
    assert accepted(explainer.sufficient_reason()) == ("forces", "minimal")
    assert accepted(explainer.sufficient_reason(labels=[0])) == ("forces", "minimal")
    assert accepted(explainer.contrastive_reason(flip=[0])) == ("changed",)


def test_linear_models():
    model = LogisticRegression(max_iter=1000).fit(X, Y)
    explainer = Explainer.initialize(model, X[60], background=X)
    assert "forces" in accepted(explainer.sufficient_reason(over="features"))


def test_models_of_models_have_none():
    model = CalibratedClassifierCV(RandomForestClassifier(3, max_depth=2, random_state=0), cv=2).fit(X, Y)
    explainer = Explainer.initialize(model, X[60])
    with pytest.raises(UnsupportedModelError, match="models of models"):
        explainer.sufficient_reason().certificate()


def test_other_answers_have_none(explainer):
    with pytest.raises(BadInputError, match="not certified"):
        explainer.restricted_reason(radius=0.5).certificate()
    reason = pickle.loads(pickle.dumps(explainer.sufficient_reason()))
    with pytest.raises(BadInputError, match="explainer"):
        reason.certificate()
    check = explainer.is_implicant("f1 > 4.96 and f1 != 5.05")  # in the middle of cells
    if not check:
        with pytest.raises(BadInputError, match="not certified"):
            check.certificate()


def test_boxes(explainer):
    assert accepted(explainer.most_general_reason()) == ("forces", "minimal")


def test_checks(explainer):
    reason = explainer.sufficient_reason()
    assert accepted(explainer.is_implicant(reason)) == ("forces",)
    assert accepted(explainer.is_implicant(reason[1:])) == ("refuted",)
    assert accepted(explainer.is_sufficient_reason(explainer.direct_reason())) in (("forces",), ("forces", "minimal"))
    assert accepted(explainer.is_sufficient_reason(reason[1:])) == ("refuted",)
    for over in ("literals", "features"):
        change = explainer.contrastive_reason(over=over)
        assert accepted(explainer.is_contrastive_reason(change, over=over)) == ("changed",)
        every = {v for other in explainer.contrastive_reason(n=Explainer.ALL, over=over) for v in other}
        assert accepted(explainer.is_contrastive_reason(sorted(every), over=over)) in (("refuted",), ("changed",))
    if len(change) > 1:
        assert accepted(explainer.is_contrastive_reason(change[1:], over="features")) == ("forces",)


def test_implicants_of_a_whole_model():
    explainer = Explainer.initialize(MODELS[1].fit(X, Y))
    check = explainer.is_implicant("f4 < 0.5", prediction=0)
    assert accepted(check) == ("forces",) if check else accepted(check) == ("refuted",)


def test_what_is_not_so_has_none(explainer):
    reason = explainer.sufficient_reason()
    session = explainer.session
    for name, items in (("forces", list(reason)[1:]), ("refuted", list(reason))):
        asking = Asking(session, session.compiled, session.here, Deadline(60))
        claims = asking.claims(asking.own(reason), False)
        with pytest.raises(SelfCheckError, match="report"):
            getattr(claims, name)(asking.items(items, False))
    direct = explainer.direct_reason()
    if len(direct) > len(reason):
        asking = Asking(session, session.compiled, session.here, Deadline(60))
        with pytest.raises(SelfCheckError, match="less than the reason"):
            asking.claims(asking.own(reason), False).minimal(asking.items(direct, False))


def test_files(explainer, tmp_path):
    made = explainer.sufficient_reason().certificate()
    made.save(tmp_path / "why.cert")
    read = Certificate.load(tmp_path / "why.cert")
    assert read.claims == made.claims
    assert suffice_check.check(tmp_path / "why.cert")[0] == suffice_check.ACCEPTED
    assert made.to_bytes() == read.to_bytes()


def test_a_limit_is_kept():
    model = RandomForestClassifier(60, random_state=0).fit(X + np.random.default_rng(0).normal(size=X.shape), Y)
    explainer = Explainer.initialize(model, X[60])
    with pytest.raises(UndecidedError):
        explainer.minimal_sufficient_reason(time_limit=20).certificate(time_limit=0.01)


def test_times_and_sizes_are_told(tmp_path):
    model = RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, Y)
    explainer = Explainer.initialize(model, X[60])
    certificate = explainer.sufficient_reason().certificate()
    assert certificate.seconds > 0 and certificate.check_seconds > 0
    certificate.save(tmp_path / "why.cert")
    whole, own = certificate.sizes
    assert 0 < own < whole == (tmp_path / "why.cert").stat().st_size
    assert f"{whole / 1000:.1f} kB, {own / 1000:.1f} of them the model" in repr(certificate)
    read = Certificate.load(tmp_path / "why.cert")
    assert (read.seconds, read.check_seconds, read.sizes) == (None, None, (whole, own))


@pytest.mark.parametrize("over", ["literals", "features"])
def test_checks_of_excluded_features_are_no_matter_of_numbers(over):
    explainer = Explainer.initialize(RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, Y), X[60])
    reason = explainer.sufficient_reason(over=over)
    change = explainer.contrastive_reason(over=over)
    told = (
        [*reason, *change] if over == "features" else [*explainer.to_features(reason), *explainer.to_features(change)]
    )
    explainer.set_excluded_features([name for name in ("f1", "f2", "f3", "f4") if name in " ".join(told)])
    for check in (
        explainer.is_sufficient_reason(reason, over=over), explainer.is_contrastive_reason(change, over=over),
    ):  # fmt: skip
        assert check.value is False
        with pytest.raises(BadInputError, match="excluded feature"):
            check.certificate()
    assert explainer.is_reason(reason, over=over).certificate().check()[0] == suffice_check.ACCEPTED


def one_way(case, explainer):
    """Certificates of changes over features of which some move one way; and such that are not so."""
    rng = np.random.default_rng(case.seed)
    features = [f.name for f in explainer.session.features if f.kind.value in ("numerical", "integer", "binary")]
    ways = {name: str(rng.choice(["increasing", "decreasing"])) for name in features if rng.random() < 0.6}
    for ask in (explainer.contrastive_reason, explainer.minimal_contrastive_reason):
        for n in (1, 2, Explainer.ALL):
            try:
                found = ask(n=n, over="features", monotone=ways)
            except BadInputError:  # no order: it may be missing, or is tested for equality
                return
            with contextlib.suppress(UndecidedError):
                if found:
                    yield found, found.certificate()


@each_forest(60, exclude=True, theory=True)
def test_changes_of_features_that_move_one_way(case):
    explainer, _ = pair(case)
    rng = np.random.default_rng(case.seed)
    for found, certificate in one_way(case, explainer):
        verdict, why = certificate.check()
        assert verdict in (suffice_check.ACCEPTED, suffice_check.RELATIVE), why
        assert not what_is_wrong(certificate)
        if isinstance(found, Reasons) and found.complete:
            assert "all_changes" in certificate.claims
        for what, mutant in mutants(certificate, rng, 4):
            assert not what_is_wrong(mutant) or mutant.check()[0] == suffice_check.REJECTED, what


@pytest.mark.parametrize("query", ["contrastive_reason", "minimal_contrastive_reason"])
def test_a_change_that_is_least_of_those_that_move_one_way(query):
    """Less of f1 alone changes the class, and so does more of f1 with f2; f1 may only rise."""
    rows = np.array([*itertools.product(range(3), range(2))], float)
    model = DecisionTreeClassifier().fit(rows, (rows[:, 0] == 0) | (rows[:, 0] == 2) & (rows[:, 1] == 1))
    explainer = Explainer(model, [1.0, 0.0])
    for n in (1, Explainer.ALL):
        found = getattr(explainer, query)(n=n, over="features", monotone={"f1": "increasing"})
        assert accepted(found) in (("changed",), ("changes", "all_changes"))


def test_literals_that_are_none_of_the_row_have_none():
    """They were taken for the row's own ones: a check that is right was called a fault."""
    explainer = Explainer.initialize(MODELS[1].fit(X, Y), X[60])
    reason = explainer.sufficient_reason()
    other = [-literal for literal in reason]
    for query in ("is_reason", "is_sufficient_reason", "is_contrastive_reason"):
        check = getattr(explainer, query)(other)
        assert check.value is False
        with pytest.raises(BadInputError, match="own literals"):
            check.certificate()
    assert "forces" in accepted(explainer.is_implicant(other))
    for items in (other, ("f1",), (10**9,)):
        changed = Reason(items, reason.proof, reason._say, reason._show, reason._own)
        with pytest.raises(BadInputError, match="own literals"):
            changed.certificate()
    for answer in (reason, explainer.contrastive_reason()):
        with pytest.raises(BadInputError, match="own literals"):
            answer.with_proof(over="features").certificate()


@pytest.mark.parametrize("over", ["literals", "features"])
def test_features_that_are_excluded_later_may_be_no_fault(over):
    explainer = Explainer.initialize(MODELS[1].fit(X, Y), X[60])
    least, every = (
        explainer.minimal_sufficient_reason(over=over),
        explainer.sufficient_reason(n=Explainer.ALL, over=over),
    )
    explainer.set_excluded_features(["f4"])
    none = getattr(explainer, f"necessary_{over}")()
    assert accepted(none) == ("refuted",)
    for answer in (least, every):
        with pytest.raises(SelfCheckError, match="excluded now: ask for the reason anew"):
            answer.certificate()
    explainer.unset_excluded_features()
    assert "cheapest" in accepted(least) and accepted(every) == ("complete",)
    with pytest.raises(SelfCheckError, match="excluded now: ask for the reason anew"):
        none.certificate()


@pytest.mark.parametrize("query", ["sufficient_reason", "minimal_sufficient_reason", "contrastive_reason"])
def test_reasons_that_were_changed_are_refused_in_words(query):
    explainer = Explainer.initialize(MODELS[1].fit(X, Y), X[60])
    reason = getattr(explainer, query)()
    odd = (None, 5, "x", [], object(), 1.5)
    changed = [reason.with_proof(**{name: value}) for value in odd for name in ("kind", "status", "over", "cost")]
    changed += [Reason((item,), reason.proof, reason._say, reason._show, reason._own) for item in odd]
    for name in ("costs", "limits", "interval"):
        for value in odd:
            changed.append(reason.with_proof())
            setattr(changed[-1], name, value)
    for one in changed:
        try:
            made = one.certificate()
        except SufficeError:
            continue
        assert made.check()[0] == suffice_check.ACCEPTED
    with pytest.raises(BadInputError, match="does not say what it is"):
        reason.with_proof(kind=None).certificate()

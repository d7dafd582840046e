"""``verify`` and ``never`` against the model's own predictions for all rows of small domains."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from suffice import BadInputError, Explainer, UndecidedError
from suffice.verify import never, verify
from suffice.verify import range as range_of

from tests.brute import amounts
from tests.explainers.verify.cases import CLASSIFIERS, REGRESSORS, make, meets, some_conditions

SEEDS = range(amounts.some(16))


def agreed(case, verdict, given, refuting):
    """Check a verdict: proved iff no row refutes it, else its witness does."""
    assert verdict.value == (not refuting.any()), verdict
    if verdict.value is False:
        (witness,) = verdict.witnesses
        row = witness.rows[0]
        assert meets(given, row), (given, row)
        assert case.model.predict(np.array(row, float)[None])[0] == witness.outcome
        return witness.outcome
    assert not verdict.witnesses
    return None


@pytest.mark.parametrize("family", CLASSIFIERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_classes(family, seed):
    missing = family in ("tree", "histogram", "xgboost") and seed % 3 == 0
    case = make(family, seed, missing=missing)
    rng = np.random.default_rng(1000 + seed)
    explainer = Explainer(case.model, **case.options)
    labels = list(explainer.session.compiled.classes)
    for _ in range(4):
        given, met = some_conditions(rng, case)
        wanted = [label for label in labels if rng.integers(2)] or labels[:1]
        broken = met & ~np.isin(case.said, wanted)
        outcome = agreed(case, verify(explainer, given, wanted), given, broken)
        assert outcome is None or outcome not in wanted
        label = labels[rng.integers(len(labels))]
        outcome = agreed(case, never(explainer, label, given), given, met & (case.said == label))
        assert outcome is None or outcome == label


@pytest.mark.parametrize("family", REGRESSORS)
@pytest.mark.parametrize("seed", SEEDS)
def test_numbers(family, seed):
    case = make(family, seed, missing=family != "forest-value" and seed % 3 == 0)
    rng = np.random.default_rng(1000 + seed)
    explainer = Explainer(case.model, **case.options)
    said = case.said.astype(float)
    for _ in range(4):
        given, met = some_conditions(rng, case)
        bound = float(rng.choice(said)) + float(rng.choice([0.0, 0.0, 0.05, -0.05, 100.0, -100.0]))
        for sign, broken in (
            (">=", said < bound),
            ("<", said >= bound),
            (">", said <= bound),
            ("!=", said == bound),
            ("=", said != bound),
        ):
            agreed(case, verify(explainer, given, f"{sign} {bound!r}"), given, met & broken)
        low, high = sorted(rng.choice(said, 2).tolist())
        agreed(case, verify(explainer, given, (low, high)), given, met & ((said < low) | (said > high)))


def test_words_tuples_and_intervals():
    case = make("tree", 3)
    asked = ["f1 > 1.5 and f4 in {0, 2}", [("f1", ">", 1.5), "f4 != 1"], {"f1": (1.5, None), "f4": [0, 2]}]
    found = {repr(verify(case.model, given, "not low", **case.options)).split("(for")[0] for given in asked}
    assert len(found) == 1
    assert "f1 > 1 and f4 != 1" in found.pop()


def test_what_no_input_meets_is_true_of_all_of_them():
    case = make("tree", 1)
    verdict = verify(case.model, "f1 > 2 and f1 < 3", "low", **case.options)
    assert verdict
    assert "no input" in verdict.why


def test_a_verdict_is_a_bool_only_where_it_is_decided():
    case = make("forest", 2)
    explainer = Explainer(case.model, **case.options)
    refuted = verify(explainer, None, "low")
    assert refuted.value is False
    assert not refuted
    assert refuted.answer == "refuted"
    assert "refuted" in refuted.to_html()
    copy = pickle.loads(pickle.dumps(refuted))
    assert copy.witnesses[0].outcome == refuted.witnesses[0].outcome
    from dataclasses import replace

    with pytest.raises(UndecidedError, match="neither proved nor refuted"):
        bool(replace(refuted, value=None))


def test_clauses_hold_of_witnesses():
    case = make("forest", 5)
    plain = Explainer(case.model, **case.options)
    refuted = verify(plain, None, "low")
    barred = [-v for v in plain.session.space.literals(plain.session.space.truth(np.array(refuted.rows[0], float)))]
    explainer = Explainer(case.model, theory=[tuple(int(v) for v in barred)], **case.options)
    literals = plain.session.space
    same = [all((literals.truth(row)[abs(v) - 1]) != (v > 0) for v in barred) for row in case.rows]
    verdict = verify(explainer, None, "low")
    assert verdict.value == (not ((case.said != "low") & ~np.array(same)).any())


def test_theory_off_conditions_are_free():
    case = make("tree", 4)
    explainer = Explainer(case.model, theory=None)
    trees = explainer.session.compiled.tree
    n = len(explainer.vocabulary)
    reached = {trees.outcome_at(np.array([i >> v & 1 for v in range(n)], bool)) for i in range(2**n)}
    for k, label in enumerate(explainer.session.compiled.classes):
        assert never(explainer, label).value == (k not in reached)


@pytest.mark.parametrize(
    ("given", "then", "message"),
    [
        ("f9 > 3", "low", "unknown"),
        (None, "lowest", "unknown: the classes"),
        (None, None, "expected what must come out"),
        ({"f1": (1, 2, 3)}, "low", "an interval"),
        (7.5, "low", "expected a text"),
    ],
)
def test_bad_input(given, then, message):
    case = make("tree", 0)
    with pytest.raises(BadInputError, match=message):
        verify(case.model, given, then, **case.options)


@pytest.mark.parametrize("none", [[], (), np.zeros((0, 3)), [[]]], ids=repr)
def test_no_label_is_no_question(none):
    case = make("forest", 0)
    for ask in (
        lambda: verify(case.model, None, none, **case.options),
        lambda: never(case.model, none, **case.options),
        lambda: range_of(case.model, label=none, **case.options),
    ):
        with pytest.raises(BadInputError, match=r"unknown|expected"):
            ask()


@pytest.mark.parametrize("seed", range(8))
def test_several_labels(seed):
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.multioutput import ClassifierChain

    case = make("forest", seed)
    rng = np.random.default_rng(seed)
    X = case.rows[rng.choice(len(case.rows), 80)]
    Y = np.column_stack([X @ rng.normal(size=4) + rng.normal(size=80) > 1 for _ in range(3)]).astype(int)
    forest = RandomForestClassifier(3, max_depth=3, random_state=seed)
    model = (forest if seed % 2 else ClassifierChain(forest, random_state=seed)).fit(X, Y)
    explainer = Explainer(model, **case.options)
    names = explainer.session.compiled.names
    said = model.predict(case.rows)
    for _ in range(4):
        given, met = some_conditions(rng, case)
        wanted = {i: int(rng.integers(2)) for i in range(3) if rng.integers(2)} or {0: 1}
        fits = np.all([said[:, i] == k for i, k in wanted.items()], axis=0)
        named = {names[i]: k for i, k in wanted.items()}
        for verdict, refuting in ((verify(explainer, given, named), ~fits), (never(explainer, named, given), fits)):
            assert verdict.value == (not (met & refuting).any()), verdict
            if not verdict:
                assert meets(given, verdict.rows[0])


def test_the_page(tmp_path):
    from suffice.verify import page

    case = make("forest", 1)
    verdict = verify(case.model, None, "low", **case.options)
    written = page({"<All> low": verdict}, tmp_path / "audit.html", title="A model")
    assert (tmp_path / "audit.html").read_text(encoding="utf-8") == written
    assert "&lt;All&gt; low" in written
    assert "refuted" in written
    for answers, message in (
        (7, "mapping"),
        ([7], "no verdict"),
    ):
        with pytest.raises(BadInputError, match=message):
            page(answers)
    with pytest.raises(BadInputError, match="cannot be written"):
        page([verdict], tmp_path / "none" / "audit.html")


def test_thousands_are_read():
    case = make("forest", 1)
    explainer = Explainer(case.model, features_type={"numerical": ["f1"]})
    assert "f2 > 1500" in verify(explainer, "f2 > 1.5k", "low").statement
    assert "f2 <= 2e+06" in verify(explainer, "f2 <= 2M", "low").statement

"""One-hot groups with a left-out reference: all zero is one of their values."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, TheoryError, explain

PUBLISHED = {"categorical": {"Age*": ["Above_FourtyFive", "Below_TwentyFive"]}, "numerical": ["Priors"]}
NAMED = {"categorical": {"Age*": {"values": ["over 45", "under 25"], "reference": "25 to 45"}}}
NEITHER, YOUNG, OLD = (0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0)
COLUMNS = ["Age_Above_FourtyFive", "Age_Below_TwentyFive", "Priors"]
MODELS = [
    DecisionTreeClassifier(random_state=0),
    RandomForestClassifier(7, random_state=0),
    GradientBoostingClassifier(n_estimators=8, random_state=0),
]


@pytest.fixture(scope="module")
def people():
    """The middle-aged are 1, the young too if they have priors."""
    age = np.random.default_rng(0).choice(["between", "old", "young"], 300)
    priors = np.random.default_rng(1).integers(0, 4, 300)
    X = pd.get_dummies(pd.Series(age), drop_first=True).astype(float)
    X = pd.DataFrame({COLUMNS[0]: X["old"], COLUMNS[1]: X["young"], COLUMNS[2]: priors.astype(float)})
    return X, ((age == "between") | ((age == "young") & (priors > 1))).astype(int)


def fitted(model, people):
    return model.fit(*people)


def by_hand(model, row):
    """All contrastive reasons by features, from all inputs of the domain with their own predict."""
    inputs = [(*age, p) for age in ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0)) for p in (0.0, 1.0, 2.0, 3.0)]
    labels = model.predict(pd.DataFrame(inputs, columns=COLUMNS))
    own = model.predict(pd.DataFrame([row], columns=COLUMNS))[0]
    changed = [{"Age*"} if x[:2] != row[:2] else set() for x in inputs]
    changed = [c | ({"Priors"} if x[2] != row[2] else set()) for c, x in zip(changed, inputs, strict=True)]
    bad = [frozenset(c) for c, label in zip(changed, labels, strict=True) if label != own]
    return {c for c in bad if not any(other < c for other in bad)}


def asked(explainer):
    return {frozenset(r) for r in explainer.contrastive_reason(n=Explainer.ALL, over="features")}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("row", [NEITHER, YOUNG, OLD])
def test_every_way_to_say_it(people, model, row):
    model = fitted(model, people)
    wanted = by_hand(model, row)
    frame = pd.DataFrame([row], columns=COLUMNS)
    explainers = [
        Explainer.initialize(model, frame, NAMED),
        Explainer.initialize(model, frame, {"Age*": {"values": ["a", "b"], "reference": None}}),
        Explainer.initialize(model, frame, {"Age*": {"reference": "c"}}),
        Explainer.initialize(model, frame, PUBLISHED, background=people[0]),
        Explainer.initialize(model, frame, {"categorical": ["Age*"]}, background=people[0], check=False),
    ]
    if row == NEITHER:
        explainers.append(Explainer.initialize(model, frame, PUBLISHED))
    for explainer in explainers:
        assert asked(explainer) == wanted
        for reason in explainer.contrastive_reason(n=Explainer.ALL):
            assert sum(np.asarray(reason.witness, dtype=float)[:2]) in (0, 1)


def test_an_instance_shows_it_for_itself_only(people):
    """What was explained before changes no answer."""
    model = fitted(MODELS[0], people)
    fresh = [asked(Explainer.initialize(model, row, PUBLISHED)) for row in (NEITHER, YOUNG, OLD)]
    explainer = Explainer.initialize(model, features_type=PUBLISHED)
    for row, expected in [*zip((NEITHER, YOUNG, OLD), fresh, strict=True)] * 2:
        explainer.set_instance(row)
        assert asked(explainer) == expected
        assert explainer.features[0].optional == (row == NEITHER)
    with pytest.raises(TheoryError, match="exactly one 1"):
        explainer.set_instance((1.0, 1.0, 0.0))
    assert asked(explainer) == fresh[2]
    explainer.set_instance(NEITHER)
    with pytest.raises(TheoryError, match="exactly one 1"):
        explainer.set_instance((0.5, 0.0, 0.0))
    assert asked(explainer) == fresh[0]


@pytest.mark.parametrize("model", MODELS)
def test_many_rows(people, model):
    model = fitted(model, people)
    rows = people[0].iloc[:12]
    explained = explain(model, rows, features_type=PUBLISHED)
    assert len(explained) == 12
    explainer = Explainer.initialize(model, features_type=PUBLISHED, background=rows)
    for i, one in enumerate(explained):
        explainer.set_instance(rows.iloc[i])
        assert explainer.is_sufficient_reason(one.sufficient)


def test_many_rows_without_a_background(people):
    """Rows that are explained together are in one domain; what was set before stays as it was."""
    from suffice.engine.budget import Deadline

    two = MultiOutputClassifier(MODELS[0]).fit(people[0], np.column_stack([people[1], 1 - people[1]]))
    for model in (fitted(MODELS[0], people), two):
        explainer = Explainer.initialize(model, pd.DataFrame([OLD], columns=COLUMNS), PUBLISHED)
        found = explainer.explain_rows(np.array([OLD, NEITHER, YOUNG, NEITHER]), Deadline())
        assert len(found) == 4
        assert found.outcome[1] == found.outcome[3] != found.outcome[0]
        assert not explainer.features[0].optional


def test_words(people):
    model = fitted(MODELS[0], people)
    explainer = Explainer.initialize(model, NEITHER, NAMED)
    assert explainer.sufficient_reason().features == ("Age = 25 to 45",)
    unnamed = Explainer.initialize(model, NEITHER, PUBLISHED)
    assert unnamed.sufficient_reason().features == ("Age not in {Above_FourtyFive, Below_TwentyFive}",)
    changes = {reason.features for reason in explainer.contrastive_reason(n=Explainer.ALL)}
    assert ("Age = over 45",) in changes
    explainer.set_instance(YOUNG)
    assert explainer.sufficient_reason(over="features") == ("Age*", "Priors")


def test_a_group_of_one_column():
    X = pd.get_dummies(pd.Series(["f", "m", "m", "f"]), prefix="sex", drop_first=True).astype(float)
    model = DecisionTreeClassifier().fit(X, [0, 1, 1, 0])
    explainer = Explainer.initialize(model, [0.0], {"sex*": {"values": ["male"], "reference": "female"}})
    assert explainer.sufficient_reason().features == ("sex = female",)
    assert explainer.contrastive_reason().features == ("sex = male",)


def test_theory_off(people):
    model = fitted(MODELS[0], people)
    explainer = Explainer.initialize(model, NEITHER, PUBLISHED, theory=None)
    free = tuple(explainer.sufficient_reason(n=Explainer.ALL))
    assert free == tuple(Explainer.initialize(model, NEITHER, theory=None).sufficient_reason(n=Explainer.ALL))
    explainer.activate_theory()
    assert explainer.features[0].optional


def test_counts_agree_with_enumeration(people):
    for model, row in itertools.product(MODELS, (NEITHER, YOUNG, OLD)):
        explainer = Explainer.initialize(fitted(model, people), pd.DataFrame([row], columns=COLUMNS), NAMED)
        assert explainer.n_sufficient_reasons() == len(explainer.sufficient_reason(n=Explainer.ALL))


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ({"Age*": {"values": ["a", "b"], "reference": "a"}}, "which a column stands for"),
        ({"Age*": {"values": ["a"], "reference": "b"}}, "2 columns .* but 1 values"),
        ({"Age*": {"values": ["a", "b"]}}, "expected 'numerical'"),
        ({"Age*": {"values": ["a", "b"], "other": "c"}}, "expected 'numerical'"),
        ({"categorical": {"Age*": {"values": ["a", "b"]}}}, "expected a list of values"),
        ({"categorical": {"Age*": {"values": "ab", "reference": "c"}}}, "expected a list of values"),
    ],
)
def test_misuse(people, types, message):
    with pytest.raises(TheoryError, match=message):
        Explainer.initialize(fitted(MODELS[0], people), NEITHER, types)

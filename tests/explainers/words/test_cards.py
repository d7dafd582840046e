"""What results show of themselves: statuses, the row's own values, escaped names; nothing that is not proved."""

from __future__ import annotations

import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest
import suffice
from sklearn.ensemble import RandomForestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Builder, Explainer, Reason, Reasons, SurrogateExplainer
from suffice.engine.reasons import Check, Proof
from suffice.engine.status import Status, Stop

EVIL = ("<script>alert(1)</script>", "b & 'c'")
_RNG = np.random.default_rng(0)
FRAME = pd.DataFrame({"age": _RNG.integers(18, 80, 200), "income": _RNG.normal(30, 10, 200).round(1)})
LABELS = np.where((FRAME["age"] > 40) & (FRAME["income"] > 25), "yes", "no")
ROW = pd.DataFrame({"age": [52], "income": [35.0]})


def plain(html):
    """Return the text of a card."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture(scope="module")
def tree():
    return DecisionTreeClassifier(max_depth=2, random_state=0).fit(FRAME, LABELS)


def test_the_explanation_of_a_tree(tree):
    said = suffice.explain(tree, ROW.iloc[[0]])[0]
    lines = repr(said).splitlines()
    assert lines[0] == "prediction   yes"
    assert lines[1].startswith("because      age > 40 (yours: 52) and income > 25") and "(yours: 35)" in lines[1]
    assert lines[1].endswith("[proved]")
    assert lines[2] == "unless       income <= 25.05 (yours: 35)  [proved, none is smaller]"
    assert lines[3] == "for example  income = 25 gives no"
    card = plain(said._repr_html_())
    for part in (
        "yes",
        "age &gt; 40 (yours: 52)",
        " and ",
        "income &lt;= 25.05",
        "none is smaller",
        "income = 25 gives no",
    ):
        assert part in card, part


def test_a_change_that_is_the_only_one_is_no_example():
    tree = Builder.DecisionTree(1, Builder.DecisionNode(1, left="no", right="yes"), feature_names=["b"])
    said = suffice.explain(tree, [[1]], features_type={"binary": ["b"]})[0]
    assert repr(said).splitlines()[1:] == [
        "because      b = 1  [proved]", "unless       b = 0 (yours: 1)  [proved, none is smaller]",
        "then         b = 0 gives no",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        (Reasons([], Status.COMPLETE), "nothing that may change would change it"),
        (Reasons([], Status.BEST_SO_FAR, Stop.TIME_LIMIT), "no change was found before the search ended (time limit)"),
        (
            Reasons([Reason((1,), Proof("contrastive", Status.BEST_SO_FAR, Stop.TIME_LIMIT))], Status.BEST_SO_FAR,
                    Stop.TIME_LIMIT),
            "[not proved to be the smallest (time limit)]",
        ),
        (Reasons([Reason((1,), Proof("contrastive", Status.OPTIMAL))], Status.PROVED), "[proved, none is smaller]"),
        (Reasons([Reason((1,), Proof("contrastive", Status.OF_SURROGATE))], Status.PROVED), "[of surrogate]"),
    ],
)  # fmt: skip
def test_only_what_is_proved_is_said_to_be(tree, reasons, said):
    told = suffice.explain(tree, ROW)[0]
    told.__dict__["contrastive"] = reasons
    line = next(line for line in repr(told).splitlines() if line.startswith("unless"))
    assert line.endswith(said)
    assert said.strip("[]") in plain(told._repr_html_())


def test_reasons_know_what_the_row_has(tree):
    explainer = Explainer.initialize(tree, ROW)
    reason = explainer.sufficient_reason()
    assert reason.own_values == ("52", "35")
    assert pickle.loads(pickle.dumps(reason)).own_values == ("52", "35")
    assert explainer.contrastive_reason().own_values in (("52",), ("35",))
    first = reason
    explainer.set_instance(pd.DataFrame({"age": [60], "income": [99.5]}))
    assert explainer.sufficient_reason().own_values == ("60", "99.5")
    assert first.own_values == ("52", "35"), "those of the row that it was asked for"
    for found in (explainer.sufficient_reason(over="features"), explainer.contrastive_reason(over="features")):
        assert found.own_values == ()
    for card in (reason._repr_html_(), Reasons([reason], Status.COMPLETE)._repr_html_()):
        assert "(yours: 52)" in card and " and" in plain(card)


def test_the_time_shown_is_that_of_the_query():
    forest = RandomForestClassifier(20, random_state=0).fit(FRAME, LABELS)
    said = suffice.explain(forest, ROW)[0]
    assert said.contrastive.seconds == said.contrastive[0].seconds > 0


def test_names_and_values_are_escaped():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(60, 2)), columns=list(EVIL))
    labels = np.where(frame[EVIL[0]] > 0, "<i>yes</i>", "no&")
    tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(frame, labels)
    many = suffice.explain(tree, frame.head(8))
    explainer = Explainer.initialize(tree, frame.iloc[[0]])
    shown = [
        many, many[0], explainer, explainer.vocabulary, explainer.sufficient_reason(), explainer.contrastive_reason(),
        explainer.sufficient_reason(n=None), explainer.is_implicant(()), explainer.is_sufficient_reason((1,)),
    ]  # fmt: skip
    for one in shown:
        html = one._repr_html_()
        assert "<script" not in html and "<i>yes" not in html and "no&<" not in html, type(one)
    assert "&lt;script&gt;" in many[0]._repr_html_()


def test_checks_tell_their_answer(tree):
    explainer = Explainer.initialize(tree, ROW)
    check = explainer.is_implicant("age > 20")
    assert repr(check).startswith("<Check: no, proved: an input that satisfies") and "for example: age = " in repr(
        check
    )
    assert repr(explainer.is_sufficient_reason(explainer.sufficient_reason())).startswith("<Check: yes, proved: ")
    late = Check(None, "time was up after 0.10 s", stop=Stop.TIME_LIMIT)
    assert repr(late) == "<Check: undecided: time was up after 0.10 s>"
    assert plain(late._repr_html_()).split() == ["undecided", "because", "time", "was", "up", "after", "0.10", "s"]


def test_explainers_and_vocabularies_tell_what_they_are(tree):
    several = MultiOutputClassifier(DecisionTreeClassifier(max_depth=2)).fit(FRAME, np.column_stack([LABELS, LABELS]))
    for model, words in ((tree, ("leaves", "no", "yes")), (several, ("2 labels", "y1, y2"))):
        explainer = Explainer.initialize(model)
        for text in (repr(explainer), plain(explainer._repr_html_())):
            assert all(word in text for word in (*words, "conditions", "no instance yet")), text
        explainer.set_instance(ROW)
        assert "yes" in repr(explainer) and "yes" in plain(explainer._repr_html_())
        size = len(explainer.vocabulary)
        assert repr(explainer.vocabulary).startswith(f"<Vocabulary: {size} conditions on ")
        assert "age" in explainer.vocabulary._repr_html_()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        surrogate = SurrogateExplainer(lambda rows: (np.asarray(rows)[:, 0] > 40).astype(int), FRAME, ROW)
    assert "SurrogateExplainer" in repr(surrogate) and "held-out" in plain(surrogate._repr_html_())
    assert "of surrogate" in plain(surrogate.sufficient_reason()._repr_html_())


def test_many_rows_show_the_first_ones(tree):
    many = suffice.explain(tree, FRAME.head(9))
    card = plain(many._repr_html_())
    assert "9 of 9 rows explained" in card and "the first 5 are shown" in card and "because" in card


def test_nothing_in_every_reason_is_told_as_that():
    tree = Builder.DecisionTree(2, Builder.DecisionNode(1, left=1, right=Builder.DecisionNode(2, left=0, right=1)))
    explainer = Explainer.initialize(tree, [0, 1], features_type={"binary": ["f1", "f2"]})
    necessary = explainer.necessary_literals()
    assert not necessary and "nothing is in every reason" in necessary._repr_html_()
    assert "nothing is in every reason" in repr(explainer.batch([[0, 1]], "necessary_literals"))
    always = Builder.DecisionTree(1, Builder.DecisionNode(1, left=1, right=1))
    made = Explainer.initialize(always, [0], features_type={"binary": ["f1"]})
    assert "every input is decided so" in made.sufficient_reason()._repr_html_()
    assert "every input is decided so" in repr(made.batch([[0]], "sufficient_reason"))

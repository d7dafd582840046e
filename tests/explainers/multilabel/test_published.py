"""The running example of "Symbolic Explanations for Multi-Label Classification" (Boumazouza et al., ICAART 2023)."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from suffice import Builder, Explainer

FORMULAS = {
    "Food": "(IsRatingModerate | coffee | waitress | -IsRatingBad)"
    "(IsRatingModerate | coffee | -waitress | IsRatingGood)(IsRatingModerate | -coffee | -amazing | -looking)"
    "(-IsRatingModerate | flavors | delicious)(-IsRatingModerate | flavors | -delicious | -this_place_is)",
    "Service": "(service_great | the_staff_is | excellent | staff)(service_great | the_staff_is | -excellent | -deal)"
    "(service_great | -the_staff_is | -size)(-service_great | -and_the_service | -dont)",
    "Ambience": "(really_cool | the_atmosphere_is | great_place)"
    "(really_cool | the_atmosphere_is | -great_place | -high)"
    "(really_cool | -the_atmosphere_is | -the_service_is | point)",
    "Deals": "(for_happy_hour | happy_hour_menu | daily_specials)(for_happy_hour | -happy_hour_menu | -can_see)"
    "(-for_happy_hour | prices_good | -out)(-for_happy_hour | prices_good | out | -without)",
    "Worth": "(nice | daily_specials | happy_hour_menu)(nice | daily_specials | -happy_hour_menu | -there_was_a)"
    "(-nice | the_bar_area | reasonably_priced | pleasantly_surprised)"
    "(-nice | the_bar_area | -reasonably_priced | money)(-nice | -the_bar_area | -little)",
}
TRUE = ("IsRatingGood", "delicious", "nice", "little")
# table 2 of the paper, label by label
REASONS = {
    "Food": "IsRatingBad=0 waitress=0 looking=0 this_place_is=0 delicious=1",
    "Service": "the_staff_is=0 staff=0 excellent=0 service_great=0",
    "Ambience": "great_place=0 really_cool=0 the_atmosphere_is=0",
    "Deals": "daily_specials=0 happy_hour_menu=0 for_happy_hour=0",
    "Worth": "daily_specials=0 happy_hour_menu=0 the_bar_area=0 pleasantly_surprised=0 reasonably_priced=0",
}
TARGET = (0, 1, 1, 1, 1)
# table 3
CHANGES = {
    "Food": {"delicious", "IsRatingModerate"},
    "Service": {"staff"},
    "Ambience": {"great_place"},
    "Deals": {"daily_specials"},
    "Worth": {"little", "the_bar_area"},
}


@pytest.fixture(scope="module")
def model():
    return Builder.MultiLabel([Builder.LabelCNF(text) for text in FORMULAS.values()], list(FORMULAS))


@pytest.fixture(params=[True, False], ids=["theory", "free"])
def explainer(request, model):
    row = {name: int(name in TRUE) for name in model.feature_names}
    found = Explainer.initialize(model, row)
    if not request.param:
        found.deactivate_theory()
    return found


def literals(explainer, text):
    """The literals of ``name=value`` texts."""
    number = {explainer.get_feature_names_from_literal(v): v for v in range(1, len(explainer.vocabulary) + 1)}
    return tuple(sorted((number[w[:-2]] if w.endswith("=1") else -number[w[:-2]] for w in text.split()), key=abs))


def changed(explainer, reason):
    return {explainer.get_feature_names_from_literal(v) for v in reason}


def holds(texts, row):
    """Evaluate a formula by its text."""
    clauses = [clause.split(" | ") for clause in texts[1:-1].split(")(")]
    return all(any(row[w.lstrip("-")] != w.startswith("-") for w in clause) for clause in clauses)


def test_the_prediction(explainer, model):
    assert explainer.target_prediction == (1, 0, 0, 0, 0)
    row = {name: name in TRUE for name in model.feature_names}
    assert [holds(text, row) for text in FORMULAS.values()] == [True, False, False, False, False]


@pytest.mark.parametrize("label", FORMULAS)
def test_the_printed_reasons(explainer, label):
    every = [tuple(r) for r in explainer.sufficient_reason(labels=label, n=None)]
    assert literals(explainer, REASONS[label]) in every


def test_reasons_against_truth_tables(explainer, model):
    """All prime implicants of each label, from the texts of the formulas alone."""
    for label, text in FORMULAS.items():
        words = re.findall(r"\w+", text)
        used = [name for name in model.feature_names if name in words]
        own = {name: name in TRUE for name in used}
        outcome = holds(text, own)

        def forces(kept, used=used, own=own, text=text, outcome=outcome):
            free = [name for name in used if name not in kept]
            return all(
                holds(text, {**own, **dict(zip(free, values, strict=True))}) == outcome
                for values in itertools.product([False, True], repeat=len(free))
            )

        primes = set()
        for size in range(len(used) + 1):
            for kept in map(frozenset, itertools.combinations(used, size)):
                if not any(p <= kept for p in primes) and forces(kept):
                    primes.add(kept)
        found = {frozenset(changed(explainer, r)) for r in explainer.sufficient_reason(labels=label, n=None)}
        assert found == primes


def test_the_union_is_a_reason_of_the_whole(explainer):
    union = literals(explainer, " ".join(dict.fromkeys(" ".join(REASONS.values()).split())))
    assert len(union) == 18
    assert explainer.is_reason(union)
    # it is even subset-minimal, and it is among the unions
    assert explainer.is_sufficient_reason(union)
    joined = explainer.sufficient_reason(n=None, mode="joined")
    assert union in [tuple(r) for r in joined]
    assert joined.complete and len(joined) == 96
    # what the paper prints has one feature more, which is in none of its parts
    printed = (*union, *literals(explainer, "prices_good=0"))
    assert explainer.is_reason(printed)
    assert not explainer.is_sufficient_reason(printed)


def test_exact_reasons_are_minimal_unions(explainer):
    exact = explainer.sufficient_reason(n=None)
    joined = [frozenset(r) for r in explainer.sufficient_reason(n=None, mode="joined")]
    assert exact.complete and len(exact) == 48 == explainer.n_sufficient_reasons()
    assert {frozenset(r) for r in exact} == {r for r in joined if not any(other < r for other in joined)}
    parts = exact[0].by_label
    assert set(parts) == set(FORMULAS) and set().union(*parts.values()) == set(exact[0])


def test_the_labels_of_interest(explainer):
    labels = ["Food", "Service", "Ambience"]
    printed = literals(explainer, " ".join(REASONS[label] for label in labels))
    assert printed in [tuple(r) for r in explainer.sufficient_reason(labels=labels, n=None)]


def test_the_printed_changes(explainer):
    for (label, names), wanted in zip(CHANGES.items(), TARGET, strict=True):
        every = explainer.contrastive_reason(target={label: wanted}, n=None)
        assert names in [changed(explainer, r) for r in every]
    whole = set().union(*CHANGES.values())
    every = explainer.contrastive_reason(target=TARGET, n=None)
    assert whole in [changed(explainer, r) for r in every]
    joined = explainer.contrastive_reason(target=TARGET, n=None, mode="joined")
    assert whole in [changed(explainer, r) for r in joined]
    assert {frozenset(r) for r in every} <= {frozenset(r) for r in joined}


def test_the_printed_partial_change(explainer):
    found = [changed(explainer, r) for r in explainer.contrastive_reason(flip=["Service", "Ambience"], n=None)]
    assert {"staff", "great_place"} in found
    assert all(r.by_label.keys() >= {"Service", "Ambience"} for r in explainer.contrastive_reason(flip=[1, 2], n=3))


def test_relations_have_witnesses(model):
    explainer = Explainer.initialize(model)  # no instance is needed
    assert not explainer.implies("Deals", "Worth")
    check = explainer.exclusive("Food", "Service")
    assert not check and dict(zip(FORMULAS, explainer.predict(check.witness), strict=True))["Service"] == 1
    assert explainer.co_occur(*FORMULAS)
    graph = explainer.label_graph()
    assert set(graph) == set(FORMULAS) and not graph.edges and graph.graph["complete"]


def test_proved_relations():
    pieces = {"a": "(x)(y)", "b": "(x)", "c": "(-x)", "d": "(x | x)", "never": "(x)(-x)", "odd": "(x | y)(-x | -y)"}
    model = Builder.MultiLabel([Builder.LabelCNF(t, feature_names=["x", "y"]) for t in pieces.values()], list(pieces))
    explainer = Explainer.initialize(model)
    assert explainer.implies("a", "b") and not explainer.implies("b", "a")
    assert explainer.equivalent("b", "d") and explainer.exclusive("b", "c") and explainer.exclusive("a", "odd")
    assert explainer.implies("never", "a") and not explainer.co_occur("never")
    graph = explainer.label_graph(co_occurrence=True)
    edges = {(a, b): kind for a, b, kind in graph.edges(data="relation")}
    assert graph.nodes["never"]["always"] is False and not list(graph.edges("never"))
    assert edges[("a", "b")] == "implies" and ("b", "a") not in edges
    assert edges[("b", "d")] == edges[("d", "b")] == "equivalent"
    assert edges[("b", "c")] == "excludes" and edges[("b", "odd")] == "co-occurs"
    # in the vicinity of an input: where y is fixed at 0, a never holds
    explainer.set_instance([1, 0])
    y = next(v for v in explainer.binary_representation if explainer.get_feature_names_from_literal(v) == "y")
    assert not explainer.co_occur("a", given=[y])
    assert explainer.equivalent("b", "odd", given=[y])
    assert explainer.label_graph(given=[y]).nodes["a"]["always"] is False
    assert explainer.reasons_subsumed("b", "d") and not explainer.reasons_subsumed("b", "a")


def test_pictures():
    pytest.importorskip("matplotlib").use("Agg")
    import matplotlib.pyplot as plt

    formulas = ([(1, 2), (-4,)], [(3,)])
    model = Builder.MultiLabel([Builder.LabelCNF(clauses, feature_names=list("abcd")) for clauses in formulas])
    explainer = Explainer.initialize(model, [1, 0, 1, 0])
    figure = explainer.draw_reason()
    assert [ax.get_title().split("\n")[0] for ax in figure.axes] == ["all of them", "y1 = 1", "y2 = 1"]
    marks = figure.axes[2].images[1].get_array()
    assert (np.nonzero(np.asarray(marks)[..., 3].ravel())[0] == [2]).all()
    assert explainer.draw_label_graph() is not None
    plt.close("all")

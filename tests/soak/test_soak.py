"""The soak itself: some seeds of it, and that it finds what is wrong."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from suffice.explainers.queries.table import TABLE

from tests.soak import __main__ as soak
from tests.soak.asking import QUESTIONS, WRONG, ask_seed
from tests.soak.contrasts import Asked
from tests.soak.models import KINDS
from tests.soak.planted import FAULTS, ROOT
from tests.soak.scenes import Scene

TOLD = {  # queries that a question of another name asks
    "necessary_literals": "relevant_literals necessary_features relevant_features",
    "n_sufficient_reasons": "n_sufficient_reasons_per_literal n_sufficient_reasons_per_feature",
    "is_sufficient_reason": "is_reason is_implicant",
    "contrastive_reason": "minimal_contrastive_reason is_contrastive_reason",
    "majoritary_reason": "minimal_majoritary_reason preferred_majoritary_reason is_majoritary_reason",
    "tree_specific_reason": "minimal_tree_specific_reason minimal_tree_specific_reasons is_tree_specific_reason",
    "probable_reason": "minimal_probable_reason",
    "most_anchored_reason": "anchored_reason",
    "restricted_reason": "minimal_restricted_reason",
    "restricted_contrastive_reason": "minimal_restricted_contrastive_reason",
    "verify.range": "extremum_range",
    "implies": "equivalent exclusive co_occur",
}
NO_ANSWERS = ("domain", "words", "pictures")  # facets that answer nothing, or in a form of its own


def test_every_query_is_asked():
    asked = set(QUESTIONS) | {name for told in TOLD.values() for name in told.split()}
    wanted = {query.name for query in TABLE if query.facet not in NO_ANSWERS}
    assert wanted - asked == set()


def test_some_seeds_have_no_wrong_answer():
    told = [one for seed in range(5000, 5006) for one in ask_seed(seed)]
    assert [one for one in told if one.answer == WRONG] == []
    assert sum(one.answer == "right" for one in told) > 80


@pytest.mark.parametrize("kind", [name for name in KINDS if KINDS[name].installed])
def test_every_kind_of_model_is_asked(kind):
    part = "n_sufficient" if KINDS[kind].asks("n_sufficient_reasons") else ""
    told = [one for seed in range(3) for one in ask_seed(seed, (kind,), part)]
    assert {one.answer for one in told} <= {"right", "open", "unasked", "unfit"}
    assert told


def test_a_wrong_answer_is_told_with_its_seed(monkeypatch, capsys):
    right = Scene.forces
    monkeypatch.setattr(Scene, "forces", lambda scene, names: not right(scene, names))
    asked = SimpleNamespace(kind=["tree"], minutes=1.0, count=6, ask="batch", stop=True)
    piece = soak.run(0, asked)
    assert piece["wrong"] == 1
    assert "--- seed" in capsys.readouterr().out


def test_pieces_add_up(tmp_path, capsys):
    log = tmp_path / "pieces"
    asked = SimpleNamespace(kind=["tree"], minutes=1.0, count=2, ask="necessary", stop=False)
    for _ in range(2):
        with log.open("a") as file:
            file.write(json.dumps(soak.run(soak.last_seed(log) + 1, asked)) + "\n")
    with log.open("a") as file:
        file.write('{"first": 4, "la')  # a piece that was cut off
    assert soak.last_seed(log) == 3
    assert "2 pieces, 4 seeds: seeds 0 to 3: 4 right" in soak.total(log)


def test_planted_faults_are_places_of_the_source():
    for fault in FAULTS:
        assert (ROOT / fault.path).read_text(encoding="utf-8").count(fault.old) == 1, fault


def test_an_answer_of_a_surrogate_that_claims_too_much_is_found(monkeypatch):
    monkeypatch.setattr("suffice.explainers.surrogate.told._weaker", lambda status: status)
    told = [one for seed in range(4) for one in ask_seed(seed, ("surrogate",), "minimal_sufficient")]
    assert any(one.answer == WRONG and "claims to be" in one.why for one in told)


def test_points_that_are_judged_otherwise_are_found(monkeypatch):
    pytest.importorskip("torch")
    right = Asked.scores
    monkeypatch.setattr(Asked, "scores", lambda asked, points, judge: -right(asked, points, judge))
    told = [one for seed in range(4) for one in ask_seed(seed, ("contrasts",))]
    assert {one.answer for one in told} == {WRONG}

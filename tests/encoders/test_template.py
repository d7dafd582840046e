"""A copy of the template is an encoder: registered, its models are compiled, checked and explained."""

import importlib.util
import sys
from itertools import chain, combinations, product
from types import ModuleType

import numpy as np
import pytest
from suffice import Explainer, NotFittedModelError, SelfCheckError, UnsupportedModelError
from suffice.encoders import TEMPLATE
from suffice.encoders.catalog import find, register, unregister
from suffice.engine.errors import BadInputError

from tests.house.layout import ROOT
from tests.house.test_circles import copy_at, out_of_order

FILE = ROOT / "encoders" / "TEMPLATE.py"
COLUMNS = ["age", "debt", "fare", "rate"]


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The module of a copy for a model of another name, made known."""
    text = FILE.read_text(encoding="utf-8").replace("ScoreCard", "OwnCard")
    text = text.replace('LIBRARY = "suffice"', 'LIBRARY = "own_cards"')
    path = tmp_path / "own_cards.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("own_cards", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "own_cards", module)
    spec.loader.exec_module(module)
    register(module)
    yield module
    unregister(module)


@pytest.mark.parametrize("room", ["sklearn", "xgboost", "lightgbm"])
def test_a_copy_in_the_room_of_a_library_keeps_the_order(room):
    assert out_of_order("encoders", copy_at(FILE, f"suffice.encoders.{room}.own")) == []


def test_a_copy_in_the_library_takes_models_of_another(monkeypatch):
    """Whose place is no part of the copy's own name."""
    text = FILE.read_text(encoding="utf-8").replace('LIBRARY = "suffice"', 'LIBRARY = "cards"')
    module = ModuleType("suffice.encoders.own")
    exec(compile(text, str(FILE), "exec"), vars(module))
    theirs = type("ScoreCard", (TEMPLATE.ScoreCard,), {"__module__": "cards.models"})
    assert module.accepts(theirs([(0, 1.5, 1.0)], 1.0, COLUMNS))
    assert not TEMPLATE.accepts(type("Other", (), {"__module__": "cards.models"})())


def random_card(kind, seed):
    rng = np.random.default_rng(seed)
    rules = [(int(rng.integers(4)), float(rng.integers(-2, 3)) / 2, float(rng.integers(-4, 5)) / 4) for _ in range(7)]
    return kind(rules, float(rng.integers(-2, 3)) / 4, COLUMNS), rng


def minimal(sets):
    found = []
    for one in sorted(set(map(frozenset, sets)), key=len):
        if not any(other <= one for other in found):
            found.append(one)
    return set(found)


def every_reason(truths, own, same):
    """All sufficient and contrastive reasons: minimal sets of places of `own`, by going through all of `truths`."""
    places = range(len(own))
    subsets = chain.from_iterable(combinations(places, k) for k in range(len(own) + 1))
    agree = truths == own
    sufficient = (one for one in subsets if same[agree[:, list(one)].all(axis=1)].all())
    contrastive = (np.nonzero(~row)[0].tolist() for row in agree[~same])
    return minimal(sufficient), minimal(contrastive)


def places(reasons):
    return {frozenset(abs(literal) - 1 for literal in reason) for reason in reasons}


@pytest.mark.parametrize("seed", range(12))
def test_reasons_of_a_copy_are_those_of_brute_force(copied, seed):
    """Over literals, where conditions are free."""
    card, rng = random_card(copied.OwnCard, seed)
    row = rng.integers(-3, 4, 4) / 2 + 0.25
    explainer = Explainer.initialize(card, row, theory=None)  # with the self-check
    assert explainer.target_prediction == card.predict([row])[0]
    tests = [(c.feature, c.threshold) for c in explainer.vocabulary.conditions]
    own = np.array([row[c] > t for c, t in tests])
    truths = np.array(list(product([False, True], repeat=len(tests))))
    worth = [sum(points for c, t, points in card.rules if (c, t) == test) for test in tests]
    yes = truths @ np.array(worth) >= card.limit  # quarters: exact
    sufficient, contrastive = every_reason(truths, own, yes == (card.predict([row])[0] == "yes"))
    assert places(explainer.sufficient_reason(n=None)) == sufficient
    assert places(explainer.contrastive_reason(n=None)) == contrastive
    assert places([explainer.sufficient_reason()]) <= sufficient
    assert len(explainer.minimal_sufficient_reason()) == min(map(len, sufficient))


@pytest.mark.parametrize("seed", range(12))
def test_reasons_over_features_are_those_of_brute_force(copied, seed):
    """Of all cells of the table, by the model's own ``predict``."""
    card, rng = random_card(copied.OwnCard, 100 + seed)
    row = rng.integers(-3, 4, 4) / 2 + 0.25
    explainer = Explainer.initialize(card, row)
    grids = [[-9.0, *(t + 0.25 for t in sorted({t for c, t, _ in card.rules if c == column}))] for column in range(4)]
    cells = np.array(list(product(*grids)))
    own = np.array(
        [max(value for value in grid if value == grid[0] or value <= x) for grid, x in zip(grids, row, strict=True)]
    )
    same = card.predict(cells) == card.predict([row])[0]
    sufficient, contrastive = every_reason(cells, own, same)
    names = [
        explainer.sufficient_reason(n=None, over="features"),
        explainer.contrastive_reason(n=None, over="features"),
    ]
    found = [{frozenset(COLUMNS.index(name) for name in reason) for reason in reasons} for reasons in names]
    assert found == [sufficient, contrastive]


def test_literals_are_told_in_the_columns_of_the_model(copied):
    explainer = Explainer.initialize(copied.OwnCard([(0, 1.5, 1.0)], 1.0, COLUMNS), [2.0, 0.0, 0.0, 0.0])
    assert explainer.to_features(explainer.sufficient_reason()) == ("age > 1.5",)
    witness = explainer.contrastive_reason().witness
    assert witness["age"] <= 1.5
    assert explainer.get_model().predict([witness]) == "no"


def test_a_copy_that_misreads_its_model_is_found_out(copied, monkeypatch):
    wrong = copied._tree
    monkeypatch.setattr(copied, "_tree", lambda column, threshold, worth: wrong(column, threshold + 0.5, worth))
    with pytest.raises(SelfCheckError, match="encoded faithfully"):
        Explainer.initialize(copied.OwnCard([(0, 1.5, 1.0)], 1.0, COLUMNS), [2.0, 0.0, 0.0, 0.0])


def test_a_copy_says_what_is_wrong(copied):
    with pytest.raises(NotFittedModelError, match="OwnCard has no rules"):
        Explainer.initialize(copied.OwnCard([], 1.0, COLUMNS))
    with pytest.raises(BadInputError, match="takes none"):
        Explainer.initialize(copied.OwnCard([(0, 1.5, 1.0)], 1.0, COLUMNS), missing=True)


def test_only_what_is_registered_is_known(copied):
    card = TEMPLATE.ScoreCard([(0, 1.5, 1.0)], 1.0, COLUMNS)
    with pytest.raises(UnsupportedModelError, match="ScoreCard"):
        find(card)
    mine = copied.OwnCard([(0, 1.5, 1.0)], 1.0, COLUMNS)
    assert find(mine).encoder is copied
    unregister(copied)
    with pytest.raises(UnsupportedModelError, match="OwnCard"):
        find(mine)


@pytest.mark.parametrize("lacking", ["accepts", "column_names", "takes_missing", "compile_model", "TRAITS"])
def test_what_is_no_encoder_is_refused(copied, monkeypatch, lacking):
    monkeypatch.delattr(copied, lacking)
    with pytest.raises(BadInputError, match=f"lacks {lacking}"):
        register(copied)

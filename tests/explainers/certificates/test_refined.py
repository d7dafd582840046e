"""Boxes that the checker does not follow at first: several tests of one category, or of one group of columns."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.naive_bayes import CategoricalNB
from suffice import Explainer, verify
from suffice.engine.budget import Deadline
from suffice.engine.errors import UndecidedError
from suffice.explainers.certificates import suffice_check
from suffice.explainers.certificates.boxes import Boxes
from suffice.explainers.certificates.refined import Refined, asked_together, replaced

from tests.explainers.certificates.test_suffice_check import what_is_wrong

CODES = {f"f{i}": [0, 1, 2, 3, 4] for i in (1, 2, 3)}


def drawn(seed, n=40):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 5, (n, 3)).astype(float)
    return rng, rows, (rows @ rng.normal(size=3) + rng.normal(size=n) > 0).astype(int) + (rows[:, 0] > 3)


def codes(seed):
    _, rows, labels = drawn(seed)
    return Explainer.initialize(CategoricalNB(min_categories=8).fit(rows, labels), rows[0], CODES)


def groups(seed):
    """Two groups of four columns and a number."""
    rng, rows, labels = drawn(seed, 60)
    wide = np.column_stack([np.eye(5)[rows[:, 0].astype(int)][:, :4], np.eye(5)[rows[:, 1].astype(int)], rows[:, 2]])
    names = [*(f"a_{i}" for i in range(4)), *(f"b_{i}" for i in range(5)), "c"]
    make = RandomForestClassifier if seed % 2 else GradientBoostingClassifier
    model = make(n_estimators=4, max_depth=4, random_state=seed).fit(wide, labels)
    types = {"categorical": ["a_*", "b_*"], "numerical": ["c"]}
    return Explainer.initialize(model, wide[int(rng.integers(60))], types, feature_names=names, background=wide)


def sets(seed):
    _, rows, labels = drawn(seed, 80)
    model = HistGradientBoostingClassifier(
        max_iter=3, max_depth=3, min_samples_leaf=4, learning_rate=0.5, categorical_features=[0, 1]
    ).fit(rows, labels)
    return Explainer.initialize(model, rows[0], {"categorical": {"f1": range(5), "f2": range(5)}, "numerical": ["f3"]})


def answers(explainer):
    yield explainer.contrastive_reason()
    yield explainer.sufficient_reason()
    yield explainer.minimal_sufficient_reason(over="features")
    yield explainer.most_general_reason()
    yield explainer.sufficient_reason(n=explainer.ALL, over="features")
    yield next(iter(verify.reachable(explainer).values()))


@pytest.mark.parametrize("make", [codes, groups, sets])
@pytest.mark.parametrize("seed", [20, 23, 36, 56])
def test_certificates_are_accepted_and_true(make, seed):
    explainer, made = make(seed), 0
    for answer in answers(explainer):
        if answer is None:
            continue  # nothing changes the outcome
        certificate = answer.certificate(time_limit=60)
        verdict, why = certificate.check()
        assert verdict in (suffice_check.ACCEPTED, suffice_check.RELATIVE), why
        assert not what_is_wrong(certificate)
        made += 1
    assert made > 4


def test_some_boxes_have_to_be_split(monkeypatch):
    """Without that the checker rejects what is so."""
    split, kept = [], Refined.refined

    def told(self, literals, route, boxes, clauses):
        found = kept(self, literals, route, boxes, clauses)
        split.append(len(found.kind) - len(boxes.kind))
        return found

    monkeypatch.setattr(Refined, "refined", told)
    for seed in (23, 36, 56):
        explainer = codes(seed)
        explainer.contrastive_reason().certificate()
    assert max(split) > 0 and min(split) == 0


def test_only_proofs_that_are_kept_are_looked_at(monkeypatch):
    looked, kept = [], Refined.refined
    monkeypatch.setattr(Refined, "refined", lambda self, *asked: looked.append(1) or kept(self, *asked))
    explainer = codes(23)
    certificate = explainer.necessary_literals().certificate()
    assert len(looked) == len(certificate.head["claim"]["sets"])


def test_time_is_up_while_boxes_are_looked_at(monkeypatch):
    kept = Refined.refined

    def late(self, *asked):
        self.deadline = Deadline.of(1e-9)
        return kept(self, *asked)

    monkeypatch.setattr(Refined, "refined", late)
    explainer = codes(23)
    with pytest.raises(UndecidedError, match="was not proved"):
        explainer.sufficient_reason().certificate()


def test_numbers_in_order_need_no_look():
    _, rows, labels = drawn(3)
    explainer = Explainer.initialize(RandomForestClassifier(3, random_state=0).fit(rows, labels), rows[0])
    assert asked_together(explainer.session.space) == []
    assert asked_together(groups(3).session.space)


def test_walks_take_the_places_of_leaves():
    i = np.int32
    boxes = Boxes(i([1, 0, 2, 0, 0]), i([0, 1, 2]), i([0, 0, 0]), np.array([7, 8, 9], np.int64))
    found = replaced(boxes, {1: [(5, 0, 0, 0), (0, 2, 0, 0), (0, 1, 0, 8)]})
    assert found.split.tolist() == [1, 0, 2, 5, 0, 0, 0]
    assert found.kind.tolist() == [0, 2, 1, 2]
    assert found.bound.tolist() == [7, 0, 8, 9]
    both = replaced(boxes, {0: [(4, 0, 0, 0), (0, 0, 0, 1), (0, 0, 0, 2)], 2: [(0, 1, 0, 3)]})
    assert both.split.tolist() == [1, 4, 0, 0, 2, 0, 0]
    assert both.bound.tolist() == [1, 2, 8, 3]

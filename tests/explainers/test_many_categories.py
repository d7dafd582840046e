"""Columns of many categories: reasons and changes against all inputs, with attributes of one and of several words."""

import itertools

import numpy as np
import pytest
from suffice import Explainer
from suffice.encoders.columns.rows import as_matrix
from suffice.engine.budget import Deadline
from suffice.engine.status import Stop
from suffice.explainers.forest.fewest import written_prices

lightgbm = pytest.importorskip("lightgbm")
KINDS = ["few", "missing", "wide"]


def fitted(kind):
    random = np.random.default_rng(KINDS.index(kind))
    sizes = (90, 9) if kind == "wide" else (12, 9, 8)
    n = 1500
    rows = np.column_stack([random.integers(0, k, n) for k in sizes]).astype(float)
    if kind != "few":
        rows[random.random(n) < 0.1, 0] = np.nan
    score = np.where(np.isnan(rows[:, 0]), 1.0, random.normal(size=100)[np.nan_to_num(rows[:, 0]).astype(int)])
    score = score + random.normal(size=100)[rows[:, 1].astype(int)] * np.where(rows[:, -1] > 2, 1.0, -0.5)
    score = score + random.normal(size=n)
    if kind == "wide":
        xgboost = pytest.importorskip("xgboost")
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame(
            {
                f"c{j}": pandas.Categorical.from_codes(np.nan_to_num(rows[:, j], nan=-1).astype(int), range(sizes[j]))
                for j in range(len(sizes))
            }
        )
        model = xgboost.XGBClassifier(
            n_estimators=20, max_depth=4, enable_categorical=True, tree_method="hist", max_cat_to_onehot=1, n_jobs=1
        )
        return model.fit(frame, score > 0), frame
    model = lightgbm.LGBMClassifier(
        n_estimators=15,
        num_leaves=8,
        min_child_samples=5,
        min_data_per_group=5,
        cat_smooth=1,
        max_cat_to_onehot=1,
        n_jobs=1,
        verbose=-1,
    )
    return model.fit(rows, score > 0, categorical_feature=list(range(len(sizes)))), rows


class Inputs:
    """All inputs that the model tells apart, and what it decides on them."""

    def __init__(self, explainer):
        self.space, situation = explainer.session.space, explainer.session.here
        self.own = tuple(situation.cells.tolist())
        counts = [range(a.n_cells) for a in self.space.attributes]
        self.cells = np.array(list(itertools.product(*counts)))
        rows = np.tile(situation.row, (len(self.cells), 1))
        for number, attribute in enumerate(self.space.attributes):
            for cell in range(attribute.n_cells):
                for column, value in attribute.nearest(cell, situation.row).items():
                    rows[self.cells[:, number] == cell, column] = value
        said = explainer.session.compiled.predict(rows)
        self.bad = said != said[(self.cells == self.own).all(axis=1)][0]
        # excluded[a][e, c]: the literal of condition e, as it is at the instance, excludes cell c
        self.excluded = [
            a.truth_table() != a.truth_table()[:, [own]] for a, own in zip(self.space.attributes, self.own, strict=True)
        ]

    def allowed(self, literals):
        """The allowed cells of each attribute under some literals."""
        named = {abs(v) - 1 for v in literals}
        return [
            ~excluded[[v in named for v in a.variables.tolist()]].any(axis=0)
            for a, excluded in zip(self.space.attributes, self.excluded, strict=True)
        ]

    def holds(self, allowed):
        inside = np.logical_and.reduce([mine[self.cells[:, a]] for a, mine in enumerate(allowed)])
        return not (inside & self.bad).any()

    def weaker(self, allowed):
        """What each move leaves: one more cell, and all that the other literals do not exclude then."""
        for a, mine in enumerate(allowed):
            kept = self.excluded[a][~(self.excluded[a] & mine).any(axis=1)]  # the closed set: true in all allowed cells
            for cell in np.nonzero(~mine)[0]:
                more = ~kept[~kept[:, cell]].any(axis=0)
                yield [*allowed[:a], more, *allowed[a + 1 :]]

    def dropped(self, point):
        """The literals that an input changes, as one row of truth values."""
        return np.concatenate([self.excluded[a][:, c] for a, c in enumerate(point)])


@pytest.fixture(scope="module", params=KINDS)
def explained(request):
    model, rows = fitted(request.param)
    row = (lambda i: rows.iloc[[i]]) if hasattr(rows, "iloc") else (lambda i: rows[i])
    return Explainer.initialize(model, row(0), background=rows[:300]), row


def test_the_models_have_many_cells(explained):
    explainer, _ = explained
    listed = [a.n_cells for a in explainer.session.space.attributes if not a.interval]
    assert max(listed) > (64 if type(explainer.get_model()).__name__ == "XGBClassifier" else 8)  # more than a word


@pytest.mark.parametrize("number", range(4))
def test_sufficient_reasons_hold_and_are_minimal(explained, number):
    explainer, row = explained
    explainer.set_instance(row(number))
    inputs = Inputs(explainer)
    reasons = [explainer.sufficient_reason(), explainer.minimal_sufficient_reason(time_limit=20)]
    for reason in [*reasons, *explainer.sufficient_reason(n=3, time_limit=20)]:
        allowed = inputs.allowed(reason)
        assert inputs.holds(allowed)
        if reason.status != "best_so_far":
            assert not any(inputs.holds(more) for more in inputs.weaker(allowed))


@pytest.mark.parametrize("number", range(4))
def test_changes_are_minimal(explained, number):
    explainer, row = explained
    explainer.set_instance(row(number))
    inputs = Inputs(explainer)
    bad = inputs.cells[inputs.bad]
    drops = np.array([inputs.dropped(point) for point in bad])
    for reason in [explainer.contrastive_reason(), *explainer.contrastive_reason(n=4, time_limit=20)]:
        named = {abs(v) - 1 for v in reason}
        order = np.concatenate([a.variables for a in inputs.space.attributes])
        needed = np.isin(order, list(named))
        # the changes that make all its literals false; the smallest of them is the reason's own
        fits = drops[drops[:, needed].all(axis=1)]
        assert len(fits)
        least = fits[fits.sum(axis=1).argmin()]
        assert not (((drops & ~least).sum(axis=1) == 0) & (drops != least).any(axis=1)).any()


@pytest.mark.parametrize("number", range(4))
def test_fewest_features(explained, number):
    explainer, row = explained
    explainer.set_instance(row(number))
    inputs = Inputs(explainer)
    n = len(inputs.own)
    same = inputs.cells == inputs.own
    sets = (list(s) for k in range(n + 1) for s in itertools.combinations(range(n), k))
    least = next(s for s in sets if not (inputs.bad & same[:, s].all(axis=1)).any())
    found = explainer.minimal_sufficient_reason(over="features")
    assert len(found) == len(least)
    change = explainer.minimal_contrastive_reason(over="features")
    assert len(change) == int((~same).sum(axis=1)[inputs.bad].min())


def test_missing_categories_of_whole_numbers_are_read_as_missing():
    pandas = pytest.importorskip("pandas")
    kinds = [pandas.Categorical.from_codes(codes, range(5)) for codes in ([-1, 3], [2, 0])]
    frame = pandas.DataFrame({"a": kinds[0], "b": kinds[1]})
    read = as_matrix(frame, ("a", "b"), numeric=False, own=("a", "b"))
    assert np.isnan(read[0, 0]) and read[0, 1] == 2 and read[1].tolist() == [3, 0]
    assert np.isnan(as_matrix(frame.iloc[[0]], ("a", "b"), own=("a", "b"))[0, 0])


def test_prices_of_changes_stop_when_time_is_up(explained):
    explainer, row = explained
    explainer.set_instance(row(0))
    view = explainer.answers.view(False, explainer.answers.wanted())
    over = Deadline(1e-9)
    assert written_prices(view, over) is None and over.stop is Stop.TIME_LIMIT
    with_time = Deadline()
    assert written_prices(view, with_time) is not None and with_time.stop is Stop.NONE
    found = explainer.minimal_contrastive_reason(n=2, time_limit=1e-6)
    assert found.status == "best_so_far"

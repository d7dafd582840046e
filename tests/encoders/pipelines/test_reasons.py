"""Reasons for pipelines, in the original columns, compared with all subsets of literals on an exhaustive grid."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
from suffice.engine.domain.conditions import cut_of

from tests.encoders.pipelines.cases import frame, labels


def pipeline_of(seed, depth, *, holes=()):
    """A small pipeline of every kind of column, and its frame."""
    rng = np.random.default_rng(seed)
    data = frame(rng, holes=holes)
    unknown = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=0.15, sparse_output=False)
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["age", "income"]),
            ("again", make_pipeline(SimpleImputer(), MinMaxScaler(clip=True)), ["age"]),
            ("colour", make_pipeline(SimpleImputer(strategy="most_frequent"), unknown), ["colour"]),
            ("size", OrdinalEncoder(categories=[["small", "medium", "large"]]), ["size"]),
        ]
    )
    model = make_pipeline(columns, DecisionTreeClassifier(max_depth=depth, random_state=seed)).fit(
        data, labels(rng, data)
    )
    return model, data


def values_of(explainer, column):
    """Values of a tested column, one in each cell at least; NaN where it may be missing."""
    vocabulary = explainer.vocabulary
    if column in vocabulary.labels:
        values = [float(code) for code in range(len(vocabulary.labels[column]))]
    else:
        borders = {b for c in vocabulary.conditions if c.feature == column for b in cut_of(c, vocabulary.reading)}
        values = sorted({v for b in borders for v in (b, vocabulary.reading.above(b))})
    return values + [np.nan] * (column in explainer.session.compiled.missing)


class Grid:
    """All combinations of values of the tested columns, with their labels by the pipeline's own ``predict``."""

    def __init__(self, explainer, model, data, row):
        compiled = explainer.session.compiled
        read = compiled.read(row)[0]
        tested = sorted({c.feature for c in explainer.vocabulary.conditions})
        values = [values_of(explainer, column) for column in tested]
        rows = np.tile(read, (int(np.prod([len(v) for v in values])), 1))
        rows[:, tested] = list(itertools.product(*values))
        given = pd.DataFrame([compiled.to_user_row(r) for r in rows], columns=list(data)).astype(
            {"age": float, "income": float}
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.labels = model.predict(given)
            self.label = model.predict(data.iloc[[0]] if row is None else row)[0]
        conditions = explainer.vocabulary.conditions
        self.columns = np.array([c.feature for c in conditions])
        self.truth = np.stack([c.true_at(rows[:, c.feature]) for c in conditions], axis=1)
        self.here = np.array([c.true_at(read[c.feature : c.feature + 1])[0] for c in conditions])

    def agree(self, kept):
        """Rows that satisfy the literals of the instance on the kept conditions."""
        kept = list(kept)
        return (self.truth[:, kept] == self.here[kept]).all(axis=1)

    def close(self, kept):
        """Add the literals that those on the same column imply."""
        closed = set()
        for column in set(self.columns.tolist()):
            own = [v for v in kept if self.columns[v] == column]
            rows = self.agree(own)
            closed |= {
                v for v in np.nonzero(self.columns == column)[0].tolist() if (self.truth[rows, v] == self.here[v]).all()
            }
        return frozenset(closed)

    def sufficient(self):
        """All minimal closed sets that keep the label."""
        n = len(self.here)
        closed = {self.close([v for v in range(n) if mask >> v & 1]) for mask in range(1 << n)}
        good = [s for s in closed if (self.labels[self.agree(s)] == self.label).all()]
        return {s for s in good if not any(other < s for other in good)}


@pytest.mark.parametrize("holes", [(), ("age", "colour")], ids=["complete", "missing"])
@pytest.mark.parametrize("seed", range(5))
def test_all_sufficient_reasons(seed, holes):
    model, data = pipeline_of(seed, 3, holes=holes)
    explainer = Explainer.initialize(model, missing=list(holes))
    for i in range(3):
        row = data.iloc[[i]]
        explainer.set_instance(row)
        grid = Grid(explainer, model, data, row)
        assert explainer.target_prediction == grid.label
        found = explainer.sufficient_reason(n=Explainer.ALL)
        assert {grid.close([abs(v) - 1 for v in reason]) for reason in found} == grid.sufficient()


@pytest.mark.parametrize("seed", range(5))
def test_contrastive_reasons_and_their_witnesses(seed):
    model, data = pipeline_of(seed, 5, holes=("age", "colour"))
    explainer = Explainer.initialize(model, background=data)
    for i in range(5):
        row = data.iloc[[i]]
        explainer.set_instance(row)
        label = explainer.target_prediction
        for reason in explainer.contrastive_reason(n=5):
            witness = pd.DataFrame([reason.witness], columns=list(data)).astype({"age": float, "income": float})
            assert model.predict(witness)[0] != label
            changed = {explainer.get_feature_names_from_literal(v) for v in reason}
            for name in data.columns.difference([*changed, "note"]):
                assert witness[name][0] == row[name].iloc[0] or (
                    pd.isna(witness[name][0]) and pd.isna(row[name].iloc[0])
                )


def test_reasons_read_in_the_original_columns():
    rng = np.random.default_rng(0)
    data = pd.DataFrame(
        {"income": rng.choice([30_000.0, 50_000.0, 54_000.0], 300), "colour": rng.choice(["blue", "green", "red"], 300)}
    )
    kept = (data["income"] > 52_000) | (data["colour"] == "red")
    columns = ColumnTransformer([("n", MinMaxScaler(), ["income"]), ("c", OneHotEncoder(), ["colour"])])
    model = make_pipeline(columns, DecisionTreeClassifier()).fit(data, np.where(kept, "yes", "no"))
    explainer = Explainer.initialize(model, {"income": 30_000, "colour": "red"})
    (reason,) = explainer.sufficient_reason(n=Explainer.ALL)
    assert explainer.to_features(reason) == ("colour = red",)
    assert tuple(reason.features) == ("colour = red",)
    (change,) = explainer.contrastive_reason(n=Explainer.ALL)
    assert explainer.to_features(change, contrastive=True) == ("colour = red",)
    assert list(change.witness)[1] in ("blue", "green")
    other = Explainer.initialize(model, ["54000", "blue"])
    (said,) = other.to_features(other.sufficient_reason())
    assert said.startswith("income >")
    assert float(said.split()[-1]) == pytest.approx(52_000, rel=1e-6)

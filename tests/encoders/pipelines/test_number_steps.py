"""Steps whose columns fall, fold, are cut into bins, or go back by their last bits; compared with ``predict``."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import special
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier
from suffice.encoders.registry import compile_model, dtypes_of
from suffice.encoders.selfcheck import border_rows, compiled_outcomes
from suffice.engine.domain.conditions import cut_of
from suffice.engine.domain.space import build_space
from suffice.engine.domain.theory import Theory
from suffice.engine.errors import UnsupportedModelError

from tests.brute.amounts import some


def applied(func, **arguments):
    return lambda: FunctionTransformer(func, kw_args=arguments or None)


RISING = {
    "log1p": applied(np.log1p),
    "log": applied(np.log),
    "log2": applied(np.log2),
    "sqrt": applied(np.sqrt),
    "cbrt": applied(np.cbrt),
    "arctan": applied(np.arctan),
    "arcsinh": applied(np.arcsinh),
    "clip": applied(np.clip, a_min=0.5, a_max=40.0),
    "round": applied(np.round, decimals=1),
    "floor": applied(np.floor),
    "digitize": applied(np.digitize, bins=[1.0, 2.0, 10.0]),
    "cephes": applied(special.log1p),
    "yeo-johnson": PowerTransformer,
    "yeo-johnson, plain": lambda: PowerTransformer(standardize=False),
    "box-cox": lambda: PowerTransformer("box-cox"),
    "ranks": lambda: QuantileTransformer(n_quantiles=23),
    "normal ranks": lambda: QuantileTransformer(n_quantiles=17, output_distribution="normal"),
    "bins": lambda: KBinsDiscretizer(4, encode="onehot-dense", strategy="uniform"),
    "sparse bins": lambda: KBinsDiscretizer(
        5, encode="onehot", strategy="quantile", quantile_method="averaged_inverted_cdf"
    ),
    "falling": applied(np.negative),
    "square": applied(np.square),
}
ALSO = {
    "exp": applied(np.exp),
    "expm1": applied(np.expm1),
    "tanh": applied(np.tanh),
    "expit": applied(special.expit),
    "absolute": applied(np.abs),
    "sign": applied(np.sign),
    "scaled": StandardScaler,
    "robust": RobustScaler,
    "into": lambda: MinMaxScaler((-2, 3)),
}


def chain(rng):
    """A chain of one to three steps, the first of them for positive numbers."""
    steps = [list(RISING.values())[rng.integers(len(RISING))]]
    pool = list(ALSO.values())
    steps += [pool[rng.integers(len(pool))] for _ in range(rng.integers(0, 3))]
    if rng.random() < 0.25:
        steps = [lambda: MinMaxScaler((1, 2)), *steps]
    return make_pipeline(*[make() for make in steps])


def frame(rng, n, dtype):
    low, wide = rng.lognormal(0, 1.2, n), rng.integers(1, 400, n)
    data = pd.DataFrame({"a": low, "b": wide.astype(float), "c": rng.gamma(2, 30, n), "d": rng.integers(0, 3, n) + 1.0})
    data = data.astype("float64" if dtype == "int64" else dtype)
    if dtype == "int64":
        data[["b", "d"]] = data[["b", "d"]].astype("int64")
    return data


def near_borders(compiled, rows, rng, count=3000):
    """Rows in which single columns lie at a border, or up to three numbers beside it."""
    read = compiled.read(rows)
    out = read[rng.integers(len(read), size=count)]
    conditions = [c for c in compiled.vocabulary.conditions if np.isfinite(c.threshold)]
    columns = {column.feature for column in conditions}
    for column in columns:
        reading = compiled.vocabulary.reading_of(column)
        numbers = []
        for border in {b for c in conditions if c.feature == column for b in cut_of(c, reading)}:
            below = above = border
            for _ in range(4):
                numbers += [below, above]
                below, above = reading.below(below), reading.above(above)
        inside = np.array(numbers)
        low, high = read[:, column].min(), read[:, column].max()
        inside = np.append(inside[(inside >= low) & (inside <= high)], read[0, column])
        chosen = inside[rng.integers(len(inside), size=count)]
        out[:, column] = np.where(rng.random(count) < 0.7, chosen, out[:, column])
    return out


def assert_alike(model, rows, seed=0, missing=frozenset()):
    """Compare the compiled form with ``predict``: on the rows, at all borders, and right beside them."""
    rng = np.random.default_rng(seed)
    compiled = compile_model(model, dtypes=dtypes_of(model, rows, tuple(rows)), missing=missing)
    space = build_space(compiled.vocabulary, compiled.features, Theory(compiled.features, (), compiled.missing))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        own = model.predict(rows)
        alone = [model.predict(rows.iloc[[i]])[0] for i in range(5)]
    assert alone == own[:5].tolist()
    classes = np.array(compiled.classes, dtype=object)
    assert classes[compiled_outcomes(compiled, space, compiled.read(rows))].tolist() == own.tolist()
    for matrix in (border_rows(compiled, space), near_borders(compiled, rows, rng)):
        assert classes[compiled_outcomes(compiled, space, matrix)].tolist() == compiled.predict(matrix).tolist()
    return compiled


FINALS = (
    lambda: DecisionTreeClassifier(max_depth=7, random_state=0),
    lambda: RandomForestClassifier(6, max_depth=6, random_state=0),
    lambda: HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=8),
)


def targets(rng, data):
    score = (
        (data["a"] > 1) * 1 + (data["b"] % 100 > 50) * 1 + (data["c"] > 55) * (data["d"] != 2) + rng.random(len(data))
    )
    return np.array(["low", "mid", "high"])[np.digitize(score, [1.0, 2.0])]


def random_model(rng, seed):
    data = frame(rng, 160, ["float64", "float32", "int64"][seed % 3])
    parts = [(name, chain(rng), [name]) for name in data]
    again = [("both", FeatureUnion([("one", chain(rng)), ("two", chain(rng))]), ["b"])] if rng.random() < 0.5 else []
    weights = {"a": -2.0, "b": 0.5, "one": 3.0} if rng.random() < 0.4 else None
    columns = ColumnTransformer(
        [*parts, *again], transformer_weights=weights, sparse_threshold=float(rng.choice([0, 1]))
    )
    model = make_pipeline(columns, FINALS[seed % 2]() if columns.sparse_threshold else FINALS[(seed // 2) % 3]())
    return model, data


@pytest.mark.parametrize("seed", range(some(24)))
def test_random_chains(seed):
    rng = np.random.default_rng(seed)
    for _ in range(20):
        model, data = random_model(rng, seed)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.fit(data, targets(rng, data))
                made = model[:-1].transform(data)
        except (ValueError, TypeError):  # a chain that overflows, or a step that does not take what comes
            continue
        if np.isfinite(np.asarray(made.toarray() if hasattr(made, "toarray") else made, np.float32)).all():
            break
    try:
        assert_alike(model, data, seed)
    except UnsupportedModelError as error:  # a chain that is flat where it is split, or folded after it was rounded
        assert "last bits" in str(error) or "overflow" in str(error) or "after a step that makes" in str(error)


@pytest.mark.parametrize("dtype", ["int64", "int8", "uint8"])
@pytest.mark.parametrize("func", [np.square, np.negative, np.abs])
def test_whole_numbers_that_overflow_are_refused(func, dtype):
    data = pd.DataFrame({"a": np.arange(1, 40)}).astype(dtype)
    model = make_pipeline(FunctionTransformer(func), FINALS[0]()).fit(data, data["a"] > 20)
    with pytest.raises(UnsupportedModelError, match=f"column 'a' is {dtype}, and step .* overflow: expected floats"):
        compile_model(model, dtypes=dtypes_of(model, data, ("a",)))
    assert_alike(model, data.astype("float32"))
    scaled = make_pipeline(StandardScaler(), FunctionTransformer(func), FINALS[0]())
    assert_alike(scaled.fit(data, data["a"] > 20), data)


@pytest.mark.parametrize("low", [0.0, 1e-300, 0.99])
def test_a_sign_after_a_logarithm_is_no_fold(low):
    data = pd.DataFrame({"b": np.linspace(low + 0.01, 2, 50)})
    folded = make_pipeline(FunctionTransformer(np.log2), FunctionTransformer(np.sign), FunctionTransformer(np.abs))
    model = make_pipeline(folded, FINALS[0]()).fit(data, data["b"] > 1)
    with pytest.raises(UnsupportedModelError, match="after a step that makes column 'b' uncertain in its last bits"):
        compile_model(model)
    plain = make_pipeline(FunctionTransformer(np.log2), FunctionTransformer(np.sign), FINALS[0]())
    compiled = assert_alike(plain.fit(data, data["b"] > 1), data)
    assert {c.threshold for c in compiled.vocabulary.conditions} <= {1.0}

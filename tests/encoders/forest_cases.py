"""Random fitted forests, and their compiled forms compared with what the library says."""

import warnings

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor
from suffice.encoders.registry import compile_model
from suffice.encoders.selfcheck import border_rows, self_check
from suffice.engine.domain.space import build_space
from suffice.engine.domain.theory import Theory

LABELS = [
    (0, 1),
    (1, 2),
    (-1, 1),
    (False, True),
    (1.0, 2.0),
    ("no", "yes"),
    ("1", "0"),
    (0, 1, 2),
    ("c", "b", "a"),
    (10, 2, 33, 4),
]
EDGES = (0.1 + 0.2, 1.0, 16777216.0, 1e30, -1e-30, 3.3e38, 1e-44)


def values(rng, rows, style):
    """One column: small whole numbers, real numbers, or float32 neighbours of a number (which are far from zero)."""
    if style == "edge":
        middle = np.float32(rng.choice(EDGES))
        low, high = np.nextafter(middle, np.float32(-np.inf)), np.nextafter(middle, np.float32(np.inf))
        return rng.choice([float(low), float(middle), float(high), 0.0], size=rows)
    return rng.normal(size=rows).round(3) if style == "real" else rng.integers(0, 4, size=rows).astype(float)


def data(rng, rows, columns, holes):
    X = np.column_stack([values(rng, rows, str(rng.choice(["small", "real", "edge"]))) for _ in range(columns)])
    for column in holes:
        X[rng.random(rows) < 0.3, column] = np.nan
    return X


def quietly(model, X, y):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return model.fit(X, y)
        except ValueError as error:  # some labels do not go with balanced weights
            assert "class_weight" in str(error)
            reject()


@st.composite
def settings_of(draw):
    """What all random models have in common: a generator, training rows, columns with holes, size limits."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    columns = draw(st.sampled_from([1, 2, 3, 5]))
    holes = frozenset(c for c in range(columns) if draw(st.integers(0, 3)) == 3)
    rows = draw(st.sampled_from([3, 8, 20, 60]))
    limits = {"random_state": seed % 997}
    limits |= draw(st.sampled_from([{"max_depth": None}, {"max_depth": 2}, {"max_leaf_nodes": 6}]))
    X = data(rng, rows, columns, holes if draw(st.booleans()) else ())
    return rng, X, holes, limits


@st.composite
def classifiers(draw):
    """A fitted forest or bagging of classifiers, its training rows, and the columns that may be missing."""
    rng, X, holes, limits = draw(settings_of())
    labels = draw(st.sampled_from(LABELS))
    y = np.array(labels)[np.where(rng.random(len(X)) < 0.6, rng.integers(0, len(labels), len(X)), 0)]
    y[: len(labels)] = np.array(labels)[: len(y)]
    size = draw(st.sampled_from([1, 2, 3, 4, 10]))
    weight = draw(st.sampled_from([None, "balanced"]))
    kind = draw(st.sampled_from(["forest", "extra", "bagging", "bagged extra", "default"]))
    limits |= {"class_weight": weight}
    if kind == "forest":
        model = RandomForestClassifier(
            size, bootstrap=draw(st.booleans()), n_jobs=draw(st.sampled_from([1, 2])), **limits
        )
    elif kind == "extra":
        model = ExtraTreesClassifier(size, **limits)
    else:
        base = {"bagging": DecisionTreeClassifier(**limits), "bagged extra": ExtraTreeClassifier(**limits)}.get(kind)
        model = BaggingClassifier(base, n_estimators=size, **draw(subsets()), random_state=limits["random_state"])
    return quietly(model, X, y), X, holes


@st.composite
def subsets(draw):
    """Which rows and columns the members of a bagging see."""
    return {
        "max_features": draw(st.sampled_from([1.0, 0.5, 1])),
        "max_samples": draw(st.sampled_from([1.0, 0.4])),
        "bootstrap_features": draw(st.booleans()),
        "bootstrap": draw(st.booleans()),
    }


@st.composite
def regressors(draw):
    """A fitted forest, bagging or tree of numbers, its training rows, and the columns that may be missing."""
    rng, X, holes, limits = draw(settings_of())
    scale = draw(st.sampled_from([1.0, 1e-300, 1e9, 1e100, 5e-324, -0.0]))
    y = rng.normal(size=len(X)) * scale if draw(st.booleans()) else rng.integers(-3, 4, len(X)) * scale
    size = draw(st.sampled_from([1, 2, 3, 10]))
    kind = draw(st.sampled_from(["forest", "extra", "bagging", "bagged extra", "tree", "extra tree"]))
    if kind == "forest":
        model = RandomForestRegressor(size, **limits)
    elif kind == "extra":
        model = ExtraTreesRegressor(size, **limits)
    elif kind == "tree":
        model = DecisionTreeRegressor(**limits)
    elif kind == "extra tree":
        model = ExtraTreeRegressor(**limits)
    else:
        base = (ExtraTreeRegressor if kind == "bagged extra" else DecisionTreeRegressor)(**limits)
        model = BaggingRegressor(base, n_estimators=size, **draw(subsets()), random_state=limits["random_state"])
    return quietly(model, X, y), X, holes


def compiled_with_space(model, missing=frozenset(), voting="soft"):
    compiled = compile_model(model, missing=missing, voting=voting)
    space = build_space(compiled.vocabulary, compiled.features, Theory(compiled.features, (), compiled.missing))
    return compiled, space


def all_rows(compiled, space, X):
    """Training rows that may occur, and rows at all borders."""
    open_to = [c for c in range(X.shape[1]) if c not in compiled.missing]
    known = X[~np.isnan(X[:, open_to]).any(axis=1)]
    return (
        np.concatenate([compiled.read(known), border_rows(compiled, space)])
        if len(known)
        else border_rows(compiled, space)
    )


def assert_same_bits(mine, own):
    """The same float64 numbers, bit by bit."""
    mine, own = np.ascontiguousarray(mine), np.ascontiguousarray(own)
    assert mine.dtype == own.dtype == np.float64
    assert mine.shape == own.shape
    assert mine.tobytes() == own.tobytes()


def assert_same(model, X, missing=frozenset()):
    """Compare the compiled form of a classifier, soft and hard, with the library; return the soft one."""
    compiled, space = compiled_with_space(model, missing)
    rows = all_rows(compiled, space, X)
    single = model.set_params(n_jobs=1)
    assert_same_bits(compiled.trees.scores_of_rows(rows, space.codes), single.predict_proba(rows))
    mine = np.array(compiled.classes, dtype=object)[compiled.outcomes(space, rows)]
    assert mine.tolist() == single.predict(rows).tolist() == compiled.predict(rows).tolist()
    assert self_check(compiled, space, rows) >= len(rows)
    hard, space = compiled_with_space(model, missing, "hard")
    assert hard.vocabulary == compiled.vocabulary
    counted = votes(model, rows)
    assert_same_bits(hard.trees.scores_of_rows(rows, space.codes), counted)
    assert hard.predict(rows).tolist() == model.classes_[counted.argmax(axis=1)].tolist()
    assert self_check(hard, space, rows) >= len(rows)
    return compiled


def votes(model, rows):
    """The votes of the members of an ensemble for each class, row by row."""
    columns = getattr(model, "estimators_features_", [np.arange(rows.shape[1])] * len(model.estimators_))
    out = np.zeros((len(rows), len(model.classes_)))
    for member, own in zip(model.estimators_, columns, strict=True):
        for row, label in enumerate(member.predict(rows[:, own])):
            out[row, int(label)] += 1
    return out

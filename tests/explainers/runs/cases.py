"""A small model of mixed columns, its rows, and runs over them."""

import hashlib
from functools import cache

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from suffice import Explainer
from suffice.batch import run


@cache
def rows(n=300):
    rng = np.random.default_rng(0)
    return pd.DataFrame({
        "id": [f"r{i}" for i in range(n)], "age": rng.integers(18, 80, n),
        "job": rng.choice(["clerk", "cook", "nurse"], n), "pay": rng.normal(30, 8, n).round(2),
    })  # fmt: skip


@cache
def model():
    X = rows().drop(columns="id")
    y = ((X.age > 40) & (X.job != "cook") | (X.pay > 38)).astype(int)
    steps = ColumnTransformer([("job", OneHotEncoder(), ["job"])], remainder="passthrough")
    return make_pipeline(steps, RandomForestClassifier(7, max_depth=4, random_state=0)).fit(X, y)


def explainer():
    return Explainer.initialize(model())


def ran(to, source=None, **how):
    how = {"part_rows": 40, "keep": "id", **how}
    return run(explainer(), rows() if source is None else source, to, **how)


def sums(to):
    """The parts and their bytes."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(to.glob("part-*"))}

"""Changed rows of sparse matrices: what the matrix leaves out is what the library reads for it."""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np
import pytest
import xgboost as xgb
from scipy import sparse
from suffice import Explainer

from tests.brute.amounts import some

MODELS = {
    "xgboost": lambda: xgb.XGBClassifier(n_estimators=8, max_depth=3, random_state=0),
    "lightgbm": lambda: lgb.LGBMClassifier(n_estimators=8, min_child_samples=5, random_state=0, verbose=-1),
}


def stored(dense: Any) -> Any:
    """Return a sparse matrix that stores every place, its zeros too."""
    matrix = sparse.csr_matrix(np.ones_like(dense))
    matrix.data[:] = dense.ravel()
    return matrix


@pytest.mark.parametrize("family", MODELS)
@pytest.mark.parametrize("holes", ["none", "nan", "absent"])
def test_changed_sparse_rows_hold_the_zeros_and_gaps_that_the_model_reads(family: str, holes: str) -> None:
    rng = np.random.default_rng(3)
    dense = rng.integers(-2, 3, (300, 4)).astype(float)
    y = ((dense[:, 0] == 0) | (dense[:, 1] > 0)).astype(int)
    if holes == "nan":
        dense[rng.random(dense.shape) < 0.2] = np.nan
    X = sparse.csr_matrix(dense) if holes == "absent" else stored(dense)
    model = MODELS[family]().fit(X, y)
    explainer = Explainer.initialize(model, background=X)
    for i in range(some(40)):
        row = X[i : i + 1]
        explainer.set_instance(row)
        assert explainer.target_prediction == model.predict(row)[0]
        witness = explainer.minimal_contrastive_reason().witness
        told = witness.row
        assert told.format == "csr" and told.dtype == X.dtype
        assert model.predict(told)[0] != explainer.target_prediction
        absent = np.nan if family == "xgboost" else 0.0
        assert read(told, absent) == pytest.approx(np.array(witness, dtype=float), nan_ok=True)
        for place, name in enumerate(explainer.get_feature_names()):
            if name not in witness.changed:
                assert read(told, absent)[place] == pytest.approx(read(row, absent)[place], nan_ok=True)


def read(row: Any, absent: float) -> Any:
    """Return what a library reads of a sparse row."""
    entries = row.tocoo()
    dense = np.full(row.shape[1], absent)
    dense[entries.col] = entries.data
    return dense


@pytest.mark.parametrize("dtype", ["int8", "int64", "bool", "float32"])
def test_sparse_rows_of_every_dtype(dtype: str) -> None:
    rng = np.random.default_rng(5)
    dense = rng.integers(0, 3, (300, 4)).astype(dtype)
    y = ((dense[:, 0] == 0) | (dense[:, 1] > 0)).astype(int)
    X = sparse.csr_matrix(dense)
    model = MODELS["xgboost"]().fit(X, y)
    explainer = Explainer.initialize(model, background=X)
    for i in range(some(40)):
        row = X[i : i + 1]
        explainer.set_instance(row)
        told = explainer.instance.row
        assert told.dtype == X.dtype and (told != row).nnz == 0 and told.nnz == row.nnz
        reason = explainer.minimal_contrastive_reason()
        changed = reason.witness.row
        assert changed.dtype == X.dtype
        assert model.predict(changed)[0] != model.predict(row)[0]
        for place, name in enumerate(explainer.get_feature_names()):
            if name not in reason.witness.changed:
                assert read(changed, np.nan)[place] == pytest.approx(read(row, np.nan)[place], nan_ok=True)

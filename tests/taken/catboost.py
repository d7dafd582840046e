"""Models of CatBoost."""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.taken.case import BITS, Case, Refused

RNG = np.random.default_rng(5)
ROWS = RNG.integers(0, 6, (80, 4)).astype(float)
Y = np.where(ROWS[:, 0] + ROWS[:, 1] > 5, "yes", "no")
THREE = np.digitize(ROWS[:, 0] + ROWS[:, 1], [4, 7])
NUMBERS = ROWS[:, 0] * 2.5 + ROWS[:, 1]
FRAME = pd.DataFrame(ROWS[:, :2], columns=["a", "b"]).assign(
    c=np.array(list("uvwxyz"))[ROWS[:, 2].astype(int)], d=ROWS[:, 3].astype(int)
)
SMALL: dict[str, Any] = {
    "iterations": 5, "depth": 3, "verbose": 0, "allow_writing_files": False, "thread_count": 1, "random_seed": 0,
}  # fmt: skip
CATS = {"cat_features": ["c", "d"], "max_ctr_complexity": 1}


def fitted(kind: str, y: Any, rows: Any = ROWS, **how: Any) -> Any:
    """What makes a model."""

    def make() -> tuple[Any, Any]:
        import catboost

        return getattr(catboost, kind)(**SMALL | how).fit(rows, y), rows

    return make


def file_of(form: str) -> Any:
    """What makes a file."""

    def make() -> tuple[Any, Any]:
        path = Path(tempfile.mkdtemp()) / "model"
        fitted("CatBoostClassifier", Y)()[0].save_model(path, format=form)
        return path, ROWS

    return make


def base_class() -> tuple[Any, Any]:
    import catboost

    return catboost.CatBoost(SMALL | {"loss_function": "RMSE"}).fit(ROWS, NUMBERS), ROWS


def several() -> tuple[Any, Any]:
    from suffice import Output

    model, _ = fitted("CatBoostRegressor", np.column_stack([NUMBERS, ROWS[:, 2]]), loss_function="MultiRMSE")()
    return Output(model, 1), ROWS


def combined() -> tuple[Any, Any]:
    rows = pd.DataFrame({"a": np.arange(300) % 5, "b": np.arange(300) // 5 % 6}).astype(str)
    y = (rows["a"].astype(int) + rows["b"].astype(int)) % 3 == 0
    how = {
        "cat_features": ["a", "b"],
        "iterations": 20,
        "one_hot_max_size": 1,
        "max_ctr_complexity": 2,
        "model_size_reg": 0,
    }
    return fitted("CatBoostClassifier", y, rows, **how)()


def texts() -> tuple[Any, Any]:
    rows = pd.DataFrame({"t": ["a b", "c d", "a", "d e"] * 20, "n": np.arange(80.0)})
    return fitted("CatBoostClassifier", [0, 1, 0, 1] * 20, rows, text_features=["t"])()


CASES = [
    Case("catboost", "CatBoostClassifier, two classes", fitted("CatBoostClassifier", Y), BITS),
    Case("catboost", "CatBoostClassifier, several classes (MultiClass, MultiClassOneVsAll)",
         fitted("CatBoostClassifier", THREE), BITS),
    Case("catboost", "other trees (grow_policy Depthwise, Lossguide)",
         fitted("CatBoostClassifier", Y, grow_policy="Lossguide"), BITS),
    Case("catboost", "CatBoostRegressor", fitted("CatBoostRegressor", NUMBERS), BITS),
    Case("catboost", "CatBoostRegressor for Poisson and Tweedie",
         fitted("CatBoostRegressor", NUMBERS, loss_function="Poisson"),
         "bit for bit; bounds of intervals up to a unit in the last place",
         "CatBoost's own exponential falls by such a unit at some numbers"),
    Case("catboost", "CatBoost, CatBoostRanker", base_class, BITS, "the sum (RawFormulaVal), whatever the loss"),
    Case("catboost", "one of several numbers (MultiRMSE, RMSEWithUncertainty, …), Output", several, BITS),
    Case("catboost", "categories: one-hot, and target statistics of one column",
         fitted("CatBoostClassifier", Y, FRAME, **CATS), BITS,
         "known by hashes: background= shows what they are called"),
    Case("catboost", "files of save_model: cbm", file_of("cbm"), BITS),
    Case("catboost", "files of save_model: JSON", file_of("json"), BITS,
         "as the installed CatBoost reads them (decimals to a unit in the last place)"),
] if find_spec("catboost") else []  # fmt: skip
REFUSED = [
    Refused("catboost", "target statistics of combinations of columns",
            combined, "max_ctr_complexity=1", "no function of one column: fit it with `max_ctr_complexity=1`"),
    Refused("catboost", "columns of texts and of embeddings", texts, "columns of texts",
            "make numbers of them before the model"),
    Refused("catboost", "losses of several labels",
            fitted("CatBoostClassifier", np.column_stack([Y == "yes", ROWS[:, 2] > 2]).astype(int),
                   loss_function="MultiLogloss"),
            "several labels", "fit a model for each label"),
] if find_spec("catboost") else []  # fmt: skip

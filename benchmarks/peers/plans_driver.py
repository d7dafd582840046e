"""Counterfactuals of other libraries, run by a Python that has one of them: treecf, ocean (oceanpy), dice, cfproto.

    PYTHON plans_driver.py NAME FOLDER SECONDS

The folder holds ``model.pkl`` (or ``model.json`` of XGBoost) and ``task.npz``: the rows to be changed, rows of the
data, names, which columns are bits, which stay. Printed is a line of JSON a row: the changed row (None: there is none),
what is said of its proof, seconds.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Answer = tuple[Any, str]  # the changed row or None, what is proved


def model_of(folder: Path) -> Any:
    """Return the model."""
    if (folder / "model.json").exists():
        import xgboost

        model = xgboost.XGBClassifier()
        model.load_model(folder / "model.json")
        return model
    return pickle.loads((folder / "model.pkl").read_bytes())


def treecf_of(model: Any, task: Any, limit: float, backend: str) -> Callable[[Any], Answer]:
    """Return what treecf answers."""
    import treecf

    names = [f"f{i}" for i in range(task["rows"].shape[1])]
    model_names = getattr(model, "feature_names_in_", names)
    still = [treecf.Freeze(str(n)) for n, stays in zip(model_names, task["still"], strict=True) if stays]
    boosted = type(model).__name__ == "XGBClassifier"
    low = 0.0 if boosted else 0.5
    explainer = treecf.Explainer(model, constraints=still, normalizers=np.ones(len(names)), background=task["data"])
    wanted = treecf.Target.raw(range=(low + 1e-6, np.inf)) if boosted else treecf.Target.raw(range=(low + 1e-6, 1.0))

    def ask(row: Any) -> Answer:
        found = explainer.explain(row, wanted, backend=backend, time_budget_s=limit, seed=0)
        told = getattr(found, "x_cf", getattr(found, "x", None))
        return told, str(getattr(found, "proof", type(found).__name__))

    return ask


def ocean_of(model: Any, task: Any, limit: float, _: str) -> Callable[[Any], Answer]:
    """Return what OCEAN answers with CP-SAT, which needs no licence."""
    import pandas as pd
    from ocean import ConstraintProgrammingExplainer
    from ocean.feature import parse_features

    frame = pd.DataFrame(task["data"].astype(float), columns=[f"f{i}" for i in range(task["data"].shape[1])])
    _, mapper = parse_features(frame, scale=False, drop_constant=False)
    explainer = ConstraintProgrammingExplainer(model, mapper=mapper)

    def ask(row: Any) -> Answer:
        found = explainer.explain(row.astype(float), y=1, norm=1, max_time=int(limit), num_workers=1, random_seed=0)
        return (None if found is None else np.asarray(found.x, float)), explainer.get_solving_status().lower()

    return ask


def dice_of(model: Any, task: Any, _: float, method: str) -> Callable[[Any], Answer]:
    """Return what DiCE answers."""
    import dice_ml
    import pandas as pd

    names = [str(n) for n in task["names"]]
    frame = pd.DataFrame(task["data"].astype(float), columns=names)
    bits = [n for n, bit in zip(names, task["bits"], strict=True) if bit]
    frame[bits] = frame[bits].astype(int).astype(str)
    frame["outcome"] = task["labels"].astype(int)
    data = dice_ml.Data(
        dataframe=frame, continuous_features=[n for n in names if n not in bits], outcome_name="outcome"
    )
    free = [n for n, stays in zip(names, task["still"], strict=True) if not stays]

    class Plain:
        """The model, which takes numbers."""

        classes_ = np.array([0, 1])

        def predict(self, rows: Any) -> Any:
            return model.predict(np.asarray(rows, dtype=np.float32))

        def predict_proba(self, rows: Any) -> Any:
            return model.predict_proba(np.asarray(rows, dtype=np.float32))

    explainer = dice_ml.Dice(data, dice_ml.Model(model=Plain(), backend="sklearn"), method=method)

    def ask(row: Any) -> Answer:
        asked = pd.DataFrame([row.astype(float)], columns=names)
        asked[bits] = asked[bits].astype(int).astype(str)
        np.random.seed(0)  # noqa: NPY002  # it draws from there
        found = explainer.generate_counterfactuals(
            asked, total_CFs=1, desired_class=1, features_to_vary=free, verbose=False
        )
        told = found.cf_examples_list[0].final_cfs_df
        return (None if told is None or not len(told) else told[names].astype(float).to_numpy()[0]), ""

    return ask


def cfproto_of(model: Any, task: Any, _: float, __: str) -> Callable[[Any], Answer]:
    """Return what alibi's counterfactuals guided by prototypes answer, with the steps of its own examples."""
    import tensorflow as tf

    tf.compat.v1.disable_v2_behavior()
    from alibi.explainers import CounterfactualProto

    data = task["data"].astype(np.float32)
    low, high = data.min(axis=0)[None], data.max(axis=0)[None]

    def predict(rows: Any) -> Any:
        return model.predict_proba(np.asarray(rows, dtype=np.float32))

    explainer = CounterfactualProto(
        predict, (1, data.shape[1]), use_kdtree=True, theta=10.0, max_iterations=500, c_init=1.0, c_steps=5,
        feature_range=(low, high),
    )  # fmt: skip
    explainer.fit(data, d_type="abdm", disc_perc=[25, 50, 75])

    def ask(row: Any) -> Answer:
        found = explainer.explain(row[None].astype(np.float32), target_class=[1])
        return (None if found.cf is None else np.asarray(found.cf["X"][0], float)), ""

    return ask


MAKERS = {"treecf": treecf_of, "ocean": ocean_of, "dice": dice_of, "cfproto": cfproto_of}


def main(name: str, folder: Path, limit: float) -> None:
    """Answer all rows."""
    name, _, variant = name.partition(":")
    with np.load(folder / "task.npz", allow_pickle=False) as stored:
        task = dict(stored)
    with contextlib.redirect_stdout(sys.stderr):
        began, cpu = time.perf_counter(), time.process_time()
        ask = MAKERS[name](model_of(folder), task, limit, variant)
        once = {"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    for row in task["rows"]:
        began, cpu = time.perf_counter(), time.process_time()
        line: dict[str, Any] = {"x": None, "proof": ""}
        try:
            with contextlib.redirect_stdout(sys.stderr):
                found, line["proof"] = ask(row)
            line["x"] = None if found is None else np.asarray(found, float).tolist()
        except Exception as error:  # a peer's: told, and the next row asked
            line["error"] = f"{type(error).__name__}: {error}"[:300]
        line |= {"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu, "once": once}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))

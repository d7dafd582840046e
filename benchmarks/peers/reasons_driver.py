"""Other explainers on the rows of a comparison: run by the python of an environment that has them.

Reads {"model", "data"} as JSON (a joblib file, an ``.npz`` with the arrays ``train``, ``labels``, ``rows``, ``names``),
explains each row by each library that is installed there, and prints one JSON object: what each said of each row, in
plain values, with wall seconds. Each is used as its own documentation shows, with its defaults.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

Teller = Callable[[Any], dict[str, Any]]


class Task:
    """The model and the rows of a comparison."""

    def __init__(self, request: dict[str, str]) -> None:
        import joblib
        import numpy as np

        self.model = joblib.load(request["model"])
        with np.load(request["data"]) as stored:
            self.train, self.labels, self.rows = stored["train"], stored["labels"], stored["rows"]
            self.names = [str(name) for name in stored["names"]]


def shap(task: Task) -> Teller:
    import shap as library

    explainer = library.TreeExplainer(task.model)

    def tell(row: Any) -> dict[str, Any]:
        outcome = int(task.model.predict_proba(row[None]).argmax())
        return {"weights": explainer.shap_values(row[None])[0, :, outcome].tolist()}

    return tell


def lime(task: Task) -> Teller:
    from lime.lime_tabular import LimeTabularExplainer

    classes = list(task.model.classes_)
    explainer = LimeTabularExplainer(task.train, feature_names=task.names, class_names=classes, random_state=0)

    def tell(row: Any) -> dict[str, Any]:
        outcome = int(task.model.predict_proba(row[None]).argmax())
        found = explainer.explain_instance(row, task.model.predict_proba, labels=(outcome,), num_features=len(row))
        weights = dict(found.as_map()[outcome])
        return {"weights": [weights[c] for c in range(len(row))], "words": found.as_list(outcome)}

    return tell


def anchors(task: Task) -> Teller:
    import numpy as np
    from alibi.explainers import AnchorTabular

    explainer = AnchorTabular(task.model.predict_proba, task.names, seed=0)
    explainer.fit(task.train)

    def tell(row: Any) -> dict[str, Any]:
        np.random.seed(0)  # noqa: NPY002 - what the library draws from
        found = explainer.explain(row, threshold=0.95)
        return {"words": list(found.anchor), "precision": float(found.precision), "coverage": float(found.coverage)}

    return tell


def dice(task: Task, method: str) -> Teller:
    import dice_ml
    import pandas as pd

    frame = pd.DataFrame(task.train, columns=task.names)
    data = dice_ml.Data(
        dataframe=frame.assign(outcome=task.labels), continuous_features=task.names, outcome_name="outcome"
    )

    class Numbered:
        """The model with classes 0 and 1, and rows as arrays."""

        def predict_proba(self, rows: Any) -> Any:
            return task.model.predict_proba(rows.to_numpy(dtype=float))

        def predict(self, rows: Any) -> Any:
            return self.predict_proba(rows).argmax(axis=1)

    explainer = dice_ml.Dice(data, dice_ml.Model(model=Numbered(), backend="sklearn"), method=method)
    seed = {"random_seed": 0} if method == "random" else {}

    def tell(row: Any) -> dict[str, Any]:
        query = pd.DataFrame([row], columns=task.names)
        found = explainer.generate_counterfactuals(query, total_CFs=4, desired_class="opposite", verbose=False, **seed)
        changed = found.cf_examples_list[0].final_cfs_df
        return {"changed": [] if changed is None else changed[task.names].to_numpy(dtype=float).tolist()}

    return tell


def pyxai(task: Task) -> Teller:
    import numpy as np
    import pandas as pd
    from pyxai import Explaining, Learning, Tools

    Tools.set_verbose(0)
    frame = pd.DataFrame(np.repeat(task.rows[:1], len(task.model.classes_), axis=0), columns=task.names)
    frame["label"] = task.model.classes_
    _, forest = Learning.ModelIO.import_models(task.model, data=frame, instances_type="tabular")
    explainer = Explaining.initialize(forest, task.rows[0], features_type={"numerical": Learning.DEFAULT})

    def tell(row: Any) -> dict[str, Any]:
        explainer.set_instance(row)
        reason = explainer.sufficient_reason(time_limit=60)
        words = [str(said) for said in explainer.to_features(reason)]
        return {"words": words, "columns": [c for c, name in enumerate(task.names) if any(name in w for w in words)]}

    return tell


LIBRARIES: dict[str, Callable[[Task], Teller]] = {
    "shap": shap,
    "lime": lime,
    "anchors": anchors,
    "dice random": partial(dice, method="random"),
    "dice genetic": partial(dice, method="genetic"),
    "pyxai": pyxai,
}


def main() -> None:
    task = Task(json.load(sys.stdin))
    warnings.filterwarnings("ignore")
    answers: dict[str, Any] = {}
    for name, make in LIBRARIES.items():
        try:
            began = time.perf_counter()
            tell = make(task)
            setup = time.perf_counter() - began
        except ImportError:
            continue
        told = []
        for row in task.rows:
            began = time.perf_counter()
            try:
                answer = tell(row)
            except Exception as error:  # what a peer raises is its answer
                answer = {"error": f"{type(error).__name__}: {error}"[:200]}
            told.append({**answer, "seconds": time.perf_counter() - began})
        answers[name] = {"setup": setup, "rows": told}
    print("answers " + json.dumps(answers))


if __name__ == "__main__":
    main()

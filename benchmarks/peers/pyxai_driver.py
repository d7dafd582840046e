"""PyXAI 2 as a subject: `python -m benchmarks.peers.pyxai_driver` in an environment that has `pyxai`.

Its published interface is used. Literals are free Booleans (its default, no theory) unless the theory is asked for.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Mapping
from typing import Any

from benchmarks.serve import Request, Run, serve


def whole(limit: float) -> int:
    """A limit as its outside programs take it."""
    return max(1, round(limit))


class PyXai:
    """A decision tree or a random forest in PyXAI; forests count votes."""

    def __init__(self, request: Request) -> None:
        warnings.filterwarnings("ignore")
        import joblib
        import numpy as np
        import pandas as pd
        from pyxai import Explaining, Learning, Tools

        Tools.set_verbose(0)
        self._scratch = tempfile.TemporaryDirectory()
        os.chdir(self._scratch.name)  # it leaves files where it runs
        model = joblib.load(request.model)
        with np.load(request.instances) as stored:
            self._rows = stored["X"]
        frame = pd.DataFrame(np.repeat(self._rows[:1], len(model.classes_), axis=0))
        frame.columns = [f"f{i}" for i in range(self._rows.shape[1])]
        frame["label"] = model.classes_  # the labels in the model's order; the rows themselves do not matter
        _, tree = Learning.ModelIO.import_models(model, data=frame, instances_type="tabular")
        options = {"features_type": {"numerical": Learning.DEFAULT}} if request.theory else {}
        self._explainer = Explaining.initialize(tree, self._rows[0], **options)
        self._check(model)
        forest = hasattr(self._explainer, "majoritary_reason")
        self.queries = self._of_forests() if forest else self._queries(Explaining)

    def _check(self, model: Any) -> None:
        for row, label in zip(self._rows, model.predict(self._rows), strict=True):
            self._explainer.set_instance(row)
            if list(model.classes_)[self._explainer.target_prediction] != label:
                raise RuntimeError("PyXAI reads this model wrongly: it predicts another class than the model itself")

    def _queries(self, explaining: Any) -> Mapping[str, Run]:
        e = self._explainer
        importance = explaining.FEATURE_IMPORTANCE
        return {
            "direct": lambda limit: e.direct_reason(),
            "sufficient": lambda limit: e.sufficient_reason(n=1),
            "sufficient-100": lambda limit: e.sufficient_reason(n=100, time_limit=limit),
            "minimal": lambda limit: e.minimal_sufficient_reason(time_limit=limit),
            "preferred": lambda limit: e.preferred_sufficient_reason(method=importance, time_limit=limit),
            "contrastive": lambda limit: e.contrastive_reason(n=explaining.ALL),
            "contrastive-min": lambda limit: e.contrastive_reason(n=1),
            "necessary": lambda limit: e.necessary_literals(),
            "relevant": lambda limit: e.relevant_literals(),
            "count": lambda limit: e.n_sufficient_reasons(time_limit=limit),
            "count-per-feature": lambda limit: e.n_sufficient_reasons_per_attribute(time_limit=limit),
        }

    def _of_forests(self) -> Mapping[str, Run]:
        e = self._explainer
        return {
            "direct": lambda limit: e.direct_reason(),
            "sufficient": lambda limit: e.sufficient_reason(time_limit=limit),
            "majoritary-1": lambda limit: e.majoritary_reason(n=1, n_iterations=1),
            "majoritary": lambda limit: e.majoritary_reason(n=1, n_iterations=50),
            "majoritary-min": lambda limit: e.minimal_majoritary_reason(time_limit=whole(limit)),
            "contrastive-min": lambda limit: e.minimal_contrastive_reason(time_limit=whole(limit)),
            "minimal": lambda limit: e.minimal_sufficient_reason(time_limit=whole(limit)),
        }

    def set_instance(self, index: int) -> None:
        self._explainer.set_instance(self._rows[index])
        self._explainer._elapsed_time = 0  # else a time-out of the last instance is told again

    def describe(self, result: Any) -> dict[str, Any]:
        told: dict[str, Any] = {"status": "timeout" if self._explainer.elapsed_time == -1 else "ok"}
        if result is None:
            return {**told, "size": 0}
        if isinstance(result, int):
            return {**told, "count": str(result)}
        if isinstance(result, dict):
            return {**told, "keys": len(result)}
        reasons = list(result)  # one reason and sets of literals come flat, several reasons as a tuple of tuples
        if reasons and isinstance(reasons[0], (tuple, list)):
            told["reasons"] = len(reasons)
            reasons = list(reasons[0])
        features = self._explainer.get_model().get_id_features([int(literal) for literal in reasons]) if reasons else []
        return {**told, "size": len(reasons), "features": len(set(features))}


if __name__ == "__main__":
    serve(PyXai)

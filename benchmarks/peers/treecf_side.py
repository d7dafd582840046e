"""treecf on rows of a stored XGBoost model, run by a Python that has it: a line of JSON for each row and backend."""

from __future__ import annotations

import json
import sys
import time

import numpy as np


def main(folder: str, limit: float) -> None:
    import treecf
    import xgboost

    model = xgboost.XGBClassifier()
    model.load_model(f"{folder}/model.json")
    told = np.load(f"{folder}/rows.npz")
    explainer = treecf.Explainer(model, normalizers=told["scale"])
    for backend in ("exact", "genetic"):
        for i, row in enumerate(told["rows"]):
            began = time.process_time()
            more = {"seed": 0, "time_budget_s": limit}
            answer = explainer.explain(row, treecf.Target.raw(range=(1.0, np.inf)), backend=backend, **more)
            cpu, proof = time.process_time() - began, str(getattr(answer, "proof", ""))
            line = {"row": i, "backend": backend, "cpu": cpu, "proof": proof, "cost": getattr(answer, "distance", None)}
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))

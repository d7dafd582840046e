"""Radii by Veritas (``pip install dtai-veritas``), in an environment of its own: MODEL ROWS OUT SECONDS.

MODEL is XGBoost's JSON, ROWS a matrix of numpy; OUT gets a line for each row: lower bound, upper bound, CPU seconds.
"""

from __future__ import annotations

import sys
import time


def main() -> None:
    """Bisect the radius of each row as Veritas does it, in 10 steps from 1."""
    import numpy as np
    import veritas
    import xgboost

    model, rows, out, seconds = sys.argv[1:5]
    X = np.load(rows).astype(np.float32)
    booster = xgboost.Booster()
    booster.load_model(model)
    margins = booster.predict(xgboost.DMatrix(X, feature_names=booster.feature_names), output_margin=True)
    trees = veritas.get_addtree(booster)
    found = []
    for row, margin in zip(X, margins, strict=True):
        began = time.process_time()
        pair = (trees, None) if margin > 0 else (None, trees)
        search = veritas.VeritasRobustnessSearch(
            list(map(float, row)), 1.0, *pair, num_steps=10, max_time=float(seconds), silent=True
        )
        _, low, high = search.search()
        found.append((low, high, time.process_time() - began))
    np.save(out, np.array(found))


if __name__ == "__main__":
    main()

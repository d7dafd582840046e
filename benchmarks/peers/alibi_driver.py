"""alibi's CEM as a subject: run by the python of an environment that has `alibi[tensorflow]`, and by nothing else.

Reads {"folder", "rows"} as JSON, explains digits with its published parameters, prints CPU seconds an instance.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def keras_cnn(folder: Path) -> Any:
    import numpy as np
    import tensorflow as tf

    with np.load(folder / "digits_cnn.npz") as stored:
        w = dict(stored)
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            layers.Conv2D(16, 3, padding="same", activation="relu", input_shape=(8, 8, 1)), layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, padding="same", activation="relu"), layers.MaxPooling2D(2), layers.Flatten(),
            layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax"),
        ]
    )  # fmt: skip
    model.set_weights([w[name] for name in ("K0", "k0", "K1", "k1", "W0", "b0", "W1", "b1")])
    return model


def main() -> None:
    request = json.load(sys.stdin)
    import numpy as np
    import tensorflow as tf

    tf.compat.v1.disable_v2_behavior()
    from alibi.explainers import CEM

    folder = Path(request["folder"])
    with np.load(folder / "digits_data.npz") as data:
        train, rows = data["xtr"], data["xte"][: request["rows"]].reshape(-1, 8, 8, 1)
    cem = CEM(
        keras_cnn(folder), "PN", (1, 8, 8, 1), kappa=0.0, beta=0.1, feature_range=(train.min(), train.max()), gamma=0.0,
        max_iterations=1000, c_init=1.0, c_steps=10, learning_rate_init=1e-2, clip=(-1000.0, 1000.0), no_info_val=-1.0,
    )  # fmt: skip
    start, found = time.process_time(), 0
    for row in rows:
        found += cem.explain(row[None], verbose=False).PN is not None
    spent = (time.process_time() - start) / len(rows)
    print(json.dumps({"cpu": spent, "found": found, "rows": len(rows)}))


if __name__ == "__main__":
    main()

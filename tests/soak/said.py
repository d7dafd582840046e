"""What models say of rows of a world, and how near to a tie they are."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from suffice import Builder

from tests.soak.worlds import World


def predict(model: Any, rows: np.ndarray, world: World) -> np.ndarray:
    """What a model says of rows, which it gets as it was fitted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given: Any = rows
        if hasattr(model, "feature_names_in_"):
            import pandas as pd

            given = pd.DataFrame(rows, columns=list(world.names))
        found = np.asarray(model.predict(given))
    found = np.array(found.tolist()) if found.dtype == object else found
    return found[:, 0] if found.ndim == 2 and found.shape[1] == 1 else found


def near_ties(model: Any, world: World, near: float) -> bool:
    """Whether the two greatest scores of some row, or one score and 0, are as good as equal (of voters: of any)."""
    voters = [one for one in getattr(model, "estimators_", ()) if getattr(model, "voting", "") == "hard"]
    if any(near_ties(one, world, near) for one in voters):
        return True
    rows = named_rows(world.rows, world) if hasattr(model, "feature_names_in_") else world.rows
    margins = margins_of(model, rows)
    return margins is not None and bool((margins < near).any())


def margins_of(model: Any, rows: Any) -> np.ndarray | None:
    """By how much each row is decided, of several labels the least; None where a model tells no scores."""
    if hasattr(model, "predict_proba"):
        told = model.predict_proba(rows)
    elif hasattr(model, "decision_function"):
        told = model.decision_function(rows)
    elif isinstance(model, (Builder.BoostedTrees, Builder.LinearModel)):
        told = model.sums(np.asarray(rows, dtype=np.float64))
        told = told[:, 0] if told.shape[1] == 1 else told
    else:
        return None
    found = []
    for scores in told if isinstance(told, list) else [told]:
        ranked = np.sort(np.column_stack([scores, -scores]) if scores.ndim == 1 else scores, axis=1)
        found.append(ranked[:, -1] - ranked[:, -2] if ranked.shape[1] > 1 else np.ones(len(ranked)))
    least: np.ndarray = np.min(found, axis=0)
    return least


def named_rows(X: np.ndarray, world: World) -> Any:
    """Rows in a frame where columns have names of their own."""
    if all(name == f"f{i}" for i, name in enumerate(world.names, 1)):
        return X
    import pandas as pd

    return pd.DataFrame(X, columns=list(world.names))


def hard_votes(model: Any, rows: np.ndarray, world: World) -> np.ndarray:
    """The class that most trees vote for, the first of equals."""
    assert rows.shape[1] == len(world.names)
    votes = np.array([np.asarray(member.predict(rows)) for member in model.estimators_]).astype(np.int64)
    count = np.array([(votes == i).sum(axis=0) for i in range(len(model.classes_))])
    found: np.ndarray = model.classes_[count.argmax(axis=0)]
    return found

"""Anchors of alibi beside probable reasons: the same models, rows and data; what anchors claim is told exactly.

An anchor is bounds on columns. Its precision where columns are independent (``distribution="data"``) is that of no
condition at all once each bounded column is only drawn from the rows in its bounds: so it is exact though the model
lacks these borders.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.comparison import ask_peer, read

DELTA = 0.95  # of both


def beside(python: str, name: str, model: Any, rows: np.ndarray, n_rows: int, limit: float) -> list[list[str]]:
    """Return lines of a table: what anchors and probable reasons say of the same rows.

    Parameters
    ----------
    python : str
        Of an environment that has alibi.
    name, model, rows
        The model, and rows of which the first half is the data.
    n_rows : int
        How many rows are asked about.
    limit : float
        Seconds of a query of ours.
    """
    import joblib
    import suffice

    mixed = np.random.default_rng(0).permutation(rows)
    data, held_out = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
    asked, said = held_out[:n_rows], np.asarray(model.predict(held_out))
    columns = [f"c{i}" for i in range(rows.shape[1])]
    with tempfile.TemporaryDirectory() as folder:
        model_file, data_file = Path(folder) / "model.joblib", Path(folder) / "data.npz"
        joblib.dump(model, model_file)
        labels = np.asarray(model.predict(data))
        np.savez(data_file, train=data, labels=labels, rows=asked, names=np.array(columns))
        answers = ask_peer(python, model_file, data_file)["anchors"]["rows"]
    explainer = suffice.Explainer.initialize(model, data[0], background=data, feature_names=columns)
    anchors: list[list[float]] = []
    own: dict[str, list[list[float]]] = {"features": [], "literals": []}
    for place, (row, answer) in enumerate(zip(asked, answers, strict=True)):
        explainer.set_instance(row)
        if "error" not in answer:
            bounds = bounds_of(answer["words"], columns)
            agree = inside(bounds, held_out)
            exact = exact_precision(explainer, bounds, data, columns, limit)
            anchors.append([len(bounds), answer["seconds"], answer["precision"], *exact, share(agree, said, place)])
        for over in ("features", "literals"):
            began = time.perf_counter()
            reason = explainer.probable_reason(delta=DELTA, over=over, time_limit=limit)
            spent = time.perf_counter() - began
            measured = explainer.precision(reason, distribution="rows", data=held_out)
            told = (float(reason.precision.lower), float(reason.precision.upper))
            size = len(reason) if over == "features" else len(reason.features)
            agrees = float(measured.lower) if measured.defined else np.nan
            own[over].append([float(size), spent, told[0], *told, agrees])
    lines = [line_of(name, "anchors", anchors)] if anchors else []
    for over in ("features", "literals"):
        lines.append(line_of(name, f"ours, {over}", own[over]))
    return lines


def bounds_of(words: list[str], columns: list[str]) -> dict[int, tuple[float, float]]:
    """Return the interval of each column that an anchor names."""
    out: dict[int, tuple[float, float]] = {}
    for said in words:
        column, low, high = read(said)
        place = columns.index(column)
        old = out.get(place, (-np.inf, np.inf))
        out[place] = (max(old[0], low), min(old[1], high))
    return out


def inside(bounds: dict[int, tuple[float, float]], rows: np.ndarray) -> np.ndarray:
    """Tell which rows lie in bounds."""
    met = np.ones(len(rows), np.bool_)
    for column, (low, high) in bounds.items():
        met &= (rows[:, column] >= low) & (rows[:, column] <= high)
    return met


def share(agree: np.ndarray, said: np.ndarray, place: int) -> float:
    """Return the share of rows that agree and are decided like the one asked about."""
    return float((said[agree] == said[place]).mean()) if agree.any() else float("nan")


def exact_precision(
    explainer: Any, bounds: dict[int, tuple[float, float]], data: np.ndarray, columns: list[str], limit: float
) -> tuple[float, float]:
    """Return bounds of an anchor's precision for independent columns."""
    masses = {}
    for column, (low, high) in bounds.items():
        own = data[(data[:, column] >= low) & (data[:, column] <= high), column]
        values, counts = np.unique(own, return_counts=True)
        masses[columns[column]] = dict(zip(values.tolist(), counts.tolist(), strict=True))
    if any(not one for one in masses.values()):
        return 0.0, 1.0
    found = explainer.precision((), distribution=masses, data=data, time_limit=limit)
    return float(found.lower), float(found.upper)


def line_of(name: str, what: str, figures: list[list[float]]) -> list[str]:
    """Return a line of the table: means, and seconds at the median."""
    size, seconds, claimed, low, high, held_out = np.array(figures, dtype=float).T
    return [
        name, what, str(len(figures)), f"{size.mean():.1f}", f"{np.median(seconds):.3f}", f"{claimed.mean():.3f}",
        f"{low.mean():.3f} to {high.mean():.3f}", f"{low.min():.3f}", f"{np.nanmean(held_out):.3f}",
    ]  # fmt: skip


HEADER = [
    "model", "reasons", "rows", "size", "median wall s", "claimed", "exact, independent columns", "least",
    "held-out rows",
]  # fmt: skip

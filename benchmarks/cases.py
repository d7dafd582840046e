"""The models and instances that are measured: stored ones, and synthetic trees of any size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import ROOT

STORED = ROOT.parent / "shared" / "peers" / "pyxai"
ENSEMBLES = ROOT.parent / "shared" / "peers" / "ensembles"
DATA = ROOT.parent / "shared" / "data"
NUMERIC_FEATURES, WIDE_FEATURES, BINARY_FEATURES = 20, 40, 60
ROWS_PER_LEAF = {"numeric": 12, "wide": 12, "binary": 6}


@dataclass(frozen=True)
class Case:
    """A fitted model in a file, and rows to explain beside it."""

    name: str
    model: Path
    instances: Path
    rows: int
    leaves: int
    nodes: int

    @property
    def title(self) -> str:
        return f"{self.name} ({self.leaves} leaves, {self.rows} instances)"


def stored_cases(folder: Path, suffix: str, pattern: str | None = None) -> list[Case]:
    """The stored models whose file name ends in `suffix`; an empty list where there are none."""
    found = []
    for path in sorted((folder / "models").glob(f"*{suffix}.joblib")):
        instances = path.with_name(f"{path.stem}_instances.npz")
        if instances.exists() and (pattern is None or re.search(pattern, path.stem)):
            found.append(_case(path.stem, path, instances))
    return found


def _case(name: str, model_path: Path, instances: Path) -> Case:
    model = joblib.load(model_path)
    with np.load(instances) as stored:
        rows = len(stored["X"])
    trees = getattr(model, "estimators_", [model])
    leaves, nodes = sum(tree.get_n_leaves() for tree in trees), sum(tree.tree_.node_count for tree in trees)
    return Case(name, model_path, instances, rows, int(leaves), int(nodes))


def stored_forests(folder: Path, pattern: str | None = None) -> list[Case]:
    """The stored forests ``rf_<data>_<depth>.pkl`` with ``<data>_instances.npz``, or an empty list."""
    found = []
    for path in sorted(folder.glob("rf_*.pkl")):
        instances = path.with_name(f"{path.stem.split('_')[1]}_instances.npz")
        if instances.exists() and (pattern is None or re.search(pattern, path.stem)):
            found.append(_case(path.stem, path, instances))
    return found


Rows = NDArray[np.float32]
Labels = NDArray[np.int64]


def numeric_rows(count: int, rng: np.random.Generator) -> tuple[Rows, Labels]:
    """Normal features; the label is the sign of a noisy score with interactions."""
    X = rng.normal(size=(count, NUMERIC_FEATURES)).astype(np.float32)
    score = X[:, 0] + X[:, 1] * X[:, 2] - X[:, 3] + 0.5 * X[:, 4] * X[:, 5] + rng.normal(size=count)
    return X, (score > 0).astype(np.int64)


def wide_rows(count: int, rng: np.random.Generator) -> tuple[Rows, Labels]:
    """More normal features, a noisy linear score over all: the hardest to count with the theory on."""
    X = rng.normal(size=(count, WIDE_FEATURES)).astype(np.float32)
    score = X @ rng.normal(size=WIDE_FEATURES) + rng.normal(size=count)
    return X, (score > 0).astype(np.int64)


def binary_rows(count: int, rng: np.random.Generator) -> tuple[Rows, Labels]:
    """Binary features, labels by chance, three in ten: tests come back in many branches, the hardest to count."""
    X = rng.integers(0, 2, size=(count, BINARY_FEATURES)).astype(np.float32)
    return X, (rng.random(count) < 0.3).astype(np.int64)


KINDS = {"numeric": numeric_rows, "wide": wide_rows, "binary": binary_rows}


def synthetic_tree(kind: str, leaves: int, seed: int) -> tuple[Any, np.random.Generator]:
    """A scikit-learn tree of exactly that many leaves, and the generator to draw further rows from."""
    from sklearn.tree import DecisionTreeClassifier

    rng = np.random.default_rng([seed, leaves])
    X, y = KINDS[kind](max(500, ROWS_PER_LEAF[kind] * leaves), rng)
    tree = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=seed).fit(X, y)
    if tree.get_n_leaves() != leaves:
        raise RuntimeError(f"wanted a tree of {leaves} leaves, got {tree.get_n_leaves()}: draw more rows")
    return tree, rng


def synthetic_case(kind: str, leaves: int, rows: int, folder: Path, seed: int = 0) -> Case:
    """Fit a tree, draw new rows, and store both in `folder`."""
    tree, rng = synthetic_tree(kind, leaves, seed)
    name = f"{kind}-{leaves}"
    model_path, instances = folder / f"{name}.joblib", folder / f"{name}_instances.npz"
    joblib.dump(tree, model_path)
    np.savez(instances, X=KINDS[kind](rows, rng)[0])
    return Case(name, model_path, instances, rows, leaves, int(tree.tree_.node_count))

"""The models that two versions of the library are compared on: stored ones where they are, and some made now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from benchmarks.cases import ENSEMBLES, STORED, numeric_rows, stored_cases, stored_forests, synthetic_case

LEAVES = (100, 500, 2000)


@dataclass(frozen=True)
class PairedCase:
    """A model and rows in files, and how it is explained."""

    name: str
    family: str
    model: Path
    instances: Path
    rows: int
    theory: bool = True
    voting: str = ""

    @property
    def title(self) -> str:
        """Its name, and how it is explained."""
        return f"{self.name}, theory {'on' if self.theory else 'off'}{', ' + self.voting if self.voting else ''}"


def paired_cases(family: str, scratch: Path, pattern: str | None = None) -> list[PairedCase]:
    """Return the cases of a family whose name matches a pattern."""
    found = [*_stored(family), *_made(family, scratch)]
    return [case for case in found if pattern is None or re.search(pattern, case.name)]


def _stored(family: str) -> Iterator[PairedCase]:
    suffixes = {"trees": ("_dt",), "forests": ("_rf25d6", "_rf100d8")}.get(family, ())
    for case in (case for suffix in suffixes for case in stored_cases(STORED, suffix)):
        one = PairedCase(case.name, family, case.model, case.instances, case.rows)
        yield replace(one, theory=False, voting="hard" if family == "forests" else "")
        yield one
    if family == "forests":
        for case in stored_forests(ENSEMBLES):
            yield PairedCase(case.name, family, case.model, case.instances, case.rows)
    if family == "boosting":
        for path in sorted((STORED / "models").glob("*xgb*.joblib")):
            rows = path.with_name(f"{path.stem}_instances.npz")
            yield PairedCase(path.stem, family, path, rows, _count(rows), theory=False)
            yield PairedCase(path.stem, family, path, rows, _count(rows))


def _count(path: Path) -> int:
    with np.load(path) as stored:
        return len(stored["X"])


def _made(family: str, scratch: Path) -> Iterator[PairedCase]:
    """Fit models of a family."""
    if family == "trees":
        for leaves in LEAVES:
            case = synthetic_case("numeric", leaves, 10, scratch)
            one = PairedCase(case.name, family, case.model, case.instances, case.rows)
            yield from (one, replace(one, theory=False))
        return
    table, labels = numeric_rows(1500, np.random.default_rng(0))
    second = (table[:, 1] + table[:, 6] > 0).astype(np.int64)
    for name, model, several in _models(family):
        path, rows = scratch / f"{name}.joblib", scratch / f"{name}_instances.npz"
        joblib.dump(model.fit(table, np.column_stack([labels, second]) if several else labels), path)
        np.savez(rows, X=table[:10])
        yield PairedCase(name, family, path, rows, 10)


def _models(family: str) -> Iterator[tuple[str, Any, bool]]:
    from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
    from sklearn.tree import DecisionTreeClassifier

    if family == "forests":
        yield "made-rf50d6", RandomForestClassifier(50, max_depth=6, random_state=0, n_jobs=1), False
    if family == "boosting":
        yield "made-gb50d3", GradientBoostingClassifier(n_estimators=50, max_depth=3, random_state=0), False
        yield "made-hist30", HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=8, random_state=0), False
    if family == "multilabel":
        yield "made-tree-of-labels", DecisionTreeClassifier(max_depth=8, random_state=0), True
        forest = RandomForestClassifier(10, max_depth=4, random_state=0, n_jobs=1)
        yield "made-forest-a-label", MultiOutputClassifier(forest), True
        yield "made-chain", ClassifierChain(DecisionTreeClassifier(max_depth=5, random_state=0)), True


__all__ = ["PairedCase", "paired_cases"]

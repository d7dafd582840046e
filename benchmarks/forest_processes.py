"""Many rows in one call, and a very large forest: each in a process of its own.

`python -m benchmarks.forest_processes batch MODEL INSTANCES`
`python -m benchmarks.forest_processes fit DATA TREES MODEL INSTANCES`
`python -m benchmarks.forest_processes large MODEL INSTANCES LIMIT`
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, quantile
from benchmarks.serve import Clock, own_stdout, peak_mb

BATCH_ROWS, FEW_ROWS, PASSES = 1000, 100, 2
SETTINGS: tuple[tuple[str, dict[str, Any], int], ...] = (  # name, options, and which part of the rows is explained
    ("features, soft, theory on", {"over": "features"}, 1),
    ("literals, hard, theory off", {"voting": "hard", "theory": None}, 1),
    ("literals, soft, theory on", {}, 10),
)
HELD_OUT = 200  # last rows of a shuffled table that the large forest does not see
LARGE_ROWS = 3


def ask_process(task: str, *arguments: Any, limit: float) -> dict[str, Any]:
    """Run a task; its figures, or ``{"error": …}``."""
    command = [sys.executable, "-m", "benchmarks.forest_processes", task, *map(str, arguments)]
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=limit)
    except subprocess.TimeoutExpired:
        return {"error": f"not done in {limit:g} s"}
    if run.returncode != 0:
        return {"error": (run.stderr.strip().splitlines() or ["no message"])[-1][:200]}
    told: dict[str, Any] = json.loads(run.stdout)
    return told


# ---------------------------------------------------------------- rows


def breast_cancer_rows(path: Path, count: int = BATCH_ROWS) -> None:
    """Store rows between two real ones each: as many as are wanted, all different."""
    import numpy as np
    from sklearn.datasets import load_breast_cancer

    X = load_breast_cancer().data
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, len(X), size=(2, count))
    share = rng.uniform(0.0, 0.3, size=(count, 1))
    np.savez(path, X=(1 - share) * X[one] + share * X[other])


def table_of(path: Path) -> tuple[Any, Any]:
    """A table with the target in its last column; texts become numbers in their order."""
    import pandas

    frame = pandas.read_csv(path).dropna()
    for column in frame.columns:
        if not pandas.api.types.is_numeric_dtype(frame[column]):
            frame[column] = frame[column].astype("category").cat.codes
    return frame.iloc[:, :-1].to_numpy(dtype=float), frame.iloc[:, -1].to_numpy()


# ---------------------------------------------------------------- tasks


def batch(model: str, instances: str) -> dict[str, Any]:
    """Explain a few rows, then all rows several times, a new call each time; memory is told after each."""
    import joblib
    import numpy as np
    import suffice

    forest = joblib.load(model)
    with np.load(instances) as stored:
        rows = stored["X"]
    told: dict[str, Any] = {"rows": len(rows), "passes": []}
    clock = Clock()
    for setting, options, part in SETTINGS:
        some = len(rows) // part
        for count in (min(FEW_ROWS, some), *[some] * (PASSES if part == 1 else 1)):
            before = held_mb()
            clock.restart()
            explained = suffice.explain(forest, rows[:count], **options)
            cpu, wall = clock.read()
            reasons = [one.sufficient for one in explained]
            known = [len(reason) for reason in reasons if reason is not None]
            one: dict[str, Any] = {"setting": setting, "rows": count, "cpu": cpu, "wall": wall, "part": part}
            one |= {"read": clock.read()[1], "answers": len(known), "size": sum(known) / max(1, len(known))}
            told["passes"].append({**one, "before_mb": before, "after_mb": held_mb(), "peak_mb": peak_mb()})
            del explained, reasons
    return told


def fit(data: str, trees: str, model: str, instances: str) -> dict[str, Any]:
    """Train a forest of unlimited depth and store it with rows that it has not seen."""
    import joblib
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier

    X, y = table_of(Path(data))
    order = np.random.default_rng(0).permutation(len(X))
    seen, rest = order[:-HELD_OUT], order[-HELD_OUT:]
    clock = Clock()
    forest = RandomForestClassifier(n_estimators=int(trees), random_state=0, n_jobs=-1).fit(X[seen], y[seen])
    cpu, wall = clock.read()
    joblib.dump(forest, model)
    np.savez(instances, X=X[rest])
    return {
        "rows": len(seen), "columns": X.shape[1], "cpu": cpu, "wall": wall, "trees": int(trees),
        "leaves": int(sum(tree.get_n_leaves() for tree in forest.estimators_)),
        "depth": int(max(tree.get_depth() for tree in forest.estimators_)),
        "right": float(forest.score(X[rest], y[rest])),
    }  # fmt: skip


def large(model: str, instances: str, limit: str) -> dict[str, Any]:
    """Set a very large forest up and ask for one sufficient reason of some rows, over literals and over features."""
    import joblib
    import numpy as np
    from suffice import Explainer

    forest = joblib.load(model)
    with np.load(instances) as stored:
        rows = stored["X"][:LARGE_ROWS]
    told: dict[str, Any] = {"loaded_mb": held_mb(), "queries": []}
    clock = Clock()
    explainer: Any = Explainer.initialize(forest, rows[0])
    told["cpu"], told["wall"] = clock.read()
    told["set_up_mb"], told["set_up_peak_mb"] = held_mb(), peak_mb()
    for over in ("literals", "features"):
        for number, row in enumerate(rows):
            told["queries"].append({"over": over, "row": number, **large_query(explainer, row, over, float(limit))})
    told["peak_mb"] = peak_mb()
    return told


def large_query(explainer: Any, row: Any, over: str, limit: float) -> dict[str, Any]:
    clock = Clock()
    try:
        explainer.set_instance(row)
        set_cpu, _ = clock.read()
        reason = explainer.sufficient_reason(n=1, over=over, time_limit=limit)
    except Exception as error:  # a finding; the other rows go on
        return {"error": f"{type(error).__name__}: {str(error)[:150]}"}
    cpu, wall = clock.read()
    size = None if reason is None else len(reason)
    return {"set_cpu": set_cpu, "cpu": cpu, "wall": wall, "size": size, "status": str(getattr(reason, "status", "-"))}


def held_mb() -> float:
    """The memory that this process holds now."""
    try:
        with open("/proc/self/status", encoding="utf-8") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return peak_mb()


def middle(values: Sequence[float]) -> float | None:
    return quantile(list(values), 0.5) if values else None


TASKS: dict[str, Callable[..., dict[str, Any]]] = {"batch": batch, "fit": fit, "large": large}


def main(arguments: list[str]) -> None:
    answers = own_stdout()
    answers.write(json.dumps(TASKS[arguments[0]](*arguments[1:])))
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1:])

"""Many instances in one call, in a process of its own: `python -m benchmarks.batch model instances theory`."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from benchmarks.cases import Case
from benchmarks.measure import ROOT, quantile
from benchmarks.serve import Clock, own_stdout

PASSES = 3
LIMIT_SECONDS = 300


def measure_batch(case: Case, theory: bool) -> dict[str, Any]:
    """Seconds of the first call (loading of libraries included) and the median of further ones."""
    command = [sys.executable, "-m", "benchmarks.batch", str(case.model), str(case.instances), str(int(theory))]
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        return {"theory": theory, "error": f"not done in {LIMIT_SECONDS} s"}
    if run.returncode != 0:
        return {"theory": theory, "error": (run.stderr.strip().splitlines() or ["no message"])[-1]}
    told: dict[str, Any] = json.loads(run.stdout)
    return {**told, "theory": theory}


def explain_all(model: Any, rows: Any, theory: bool) -> dict[str, Any]:
    """Explain all rows, several times, a new call each time; reading every reason as an object is told apart."""
    import suffice

    clock = Clock()
    cpus, walls, readings, sizes = [], [], [], []
    for _ in range(1 + PASSES):
        clock.restart()
        explained = suffice.explain(model, rows, theory="auto" if theory else None)
        cpu, wall = clock.read()
        reasons = [one.sufficient for one in explained]
        readings.append(clock.read()[1])
        cpus.append(cpu)
        walls.append(wall)
        sizes = [len(reason) for reason in reasons if reason is not None]
        if len(sizes) != len(rows):
            raise RuntimeError(f"{len(sizes)} reasons for {len(rows)} rows, {explained.status}")
    return {
        "cold": walls[0],
        "cpu": quantile(cpus[1:], 0.5),
        "wall": quantile(walls[1:], 0.5),
        "read": quantile(readings[1:], 0.5),
        "size": sum(sizes) / len(sizes),
        "rows": len(rows),
    }


def main(arguments: list[str]) -> None:
    import joblib
    import numpy as np

    answers = own_stdout()
    model, instances, theory = arguments
    with np.load(instances) as stored:
        rows = stored["X"]
    answers.write(json.dumps(explain_all(joblib.load(model), rows, theory == "1")))
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1:])

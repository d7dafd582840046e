"""Many rows: rows a second a core, peak memory, growth in rows, trees, depth and columns, and clusters beside threads.

Rows of adult, drawn again as often as wanted (seeded); one sufficient reason each, over features. Each run is a process
of its own, whose peak memory is its own; CPU seconds are those of all its threads. Of clusters the wall tells.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import ROOT
from benchmarks.report import table

PARTS = ("rate", "memory", "growth", "engines", "families", "peer")
_LIMIT = 3600  # seconds of one run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure (all)")
    parser.add_argument("--rows", type=int, default=20_000, help="rows of a rate (20000)")
    parser.add_argument(
        "--many", type=int, nargs=2, default=[10_000, 100_000], help="rows of the memory (10000 100000)"
    )
    parser.add_argument("--engines", nargs="+", default=["local", "ray", "dask"], help="(local ray dask)")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/adult.csv.gz"), help="a table, labels last")
    parser.add_argument("--with-peer", metavar="PYTHON", help="a Python that has pyxai, whose loop is run in processes")


def rows_and_labels(path: Path) -> tuple[Any, Any]:
    """Return the table, texts as categories."""
    import pandas

    read = pandas.read_csv(path, skipinitialspace=True)
    X = read[read.columns[:-1]].copy()
    for column in X.columns:
        if not pandas.api.types.is_numeric_dtype(X[column]):
            X[column] = X[column].astype("category")
    return X, read[read.columns[-1]].astype("category").cat.codes.astype(int)


def fitted(kind: str, X: Any, y: Any, trees: int, depth: int) -> Any:
    """Return a fitted model: ``boosted``, ``forest`` (of codes), ``tree``."""
    if kind == "boosted":
        from xgboost import XGBClassifier

        return XGBClassifier(
            n_estimators=trees, max_depth=depth, enable_categorical=True, n_jobs=2, random_state=0
        ).fit(X, y)
    codes = coded(X)
    if kind == "tree":
        from sklearn.tree import DecisionTreeClassifier

        return DecisionTreeClassifier(max_depth=depth, random_state=0).fit(codes, y)
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(trees, max_depth=depth, random_state=0, n_jobs=2).fit(codes, y)


def coded(X: Any) -> Any:
    """Return texts as numbers of their categories."""
    return X.assign(**{c: X[c].cat.codes for c in X.columns if str(X[c].dtype) == "category"})


class Place:
    """A folder with saved explainers and rows, for processes that run over them."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder = folder
        self.X, self.y = rows_and_labels(data)

    def explainer(self, kind: str, trees: int, depth: int, columns: int | None = None) -> Path:
        """Return the file of a saved explainer."""
        import suffice

        path = self.folder / f"{kind}-{trees}-{depth}-{columns}.suffice"
        if not path.exists():
            X = self.X if columns is None else self.X[self.X.columns[:columns]]
            model = fitted(kind, X, self.y, trees, depth)
            background = (X if kind == "boosted" else coded(X))[:1000]
            suffice.Explainer.initialize(model, background=background).save(path)
        return path

    def rows(self, kind: str, n: int) -> Path:
        """Return the file of so many rows, drawn again."""
        path = self.folder / f"{'plain' if kind == 'boosted' else 'coded'}-{n}.parquet"
        if not path.exists():
            drawn = (self.X if kind == "boosted" else coded(self.X)).sample(n, replace=True, random_state=0)
            drawn.to_parquet(path, row_group_size=10_000, index=False)
        return path

    def run(self, kind: str, n: int, trees: int, depth: int, columns: int | None = None, **how: Any) -> dict[str, Any]:
        """Return the figures of one run."""
        with tempfile.TemporaryDirectory(dir=self.folder) as to:
            asked = {
                "explainer": str(self.explainer(kind, trees, depth, columns)), "rows": str(self.rows(kind, n)),
                "to": to, **how,
            }  # fmt: skip
            command = [sys.executable, "-m", "benchmarks.runs", json.dumps(asked)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=_LIMIT)
        if done.returncode:
            return {"error": (done.stderr.strip().splitlines() or ["no message"])[-1][:200]}
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def one_run(asked: dict[str, Any]) -> dict[str, Any]:
    """Run, and return what it took."""
    import resource

    import suffice
    from suffice.batch import run

    engine, settings, close = asked.get("engine", "local"), dict(asked.get("settings", {})), None
    if engine == "ray":
        import ray

        ray.init(num_cpus=2, log_to_driver=False, include_dashboard=False)
    elif engine == "dask":
        from distributed import Client

        settings["client"] = Client(n_workers=2, threads_per_worker=1, dashboard_address=None)
        close = settings["client"].close
    explainer = suffice.load(asked["explainer"])
    begin, cpu = time.perf_counter(), time.process_time()
    how = {"settings": settings} if engine != "local" else {"n_jobs": asked.get("n_jobs")}
    found = run(
        explainer, asked["rows"], Path(asked["to"]) / "out", over="features", engine=engine,
        part_rows=asked.get("part_rows", 5000), **how,
    )  # fmt: skip
    wall, spent = time.perf_counter() - begin, time.process_time() - cpu
    if close is not None:
        close()
    return {
        "rows": found.n_done, "wall": wall, "cpu": spent if engine == "local" else math.nan,
        "errors": found.n_errors, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure the parts that are asked for, and print a table of each."""
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), options.data)
        for part in options.parts:
            told[part] = list(_MEASURES[part](place, options))
            print(f"\n{part}\n")
            if told[part]:
                print(table(list(told[part][0]), [[_cell(v) for v in one.values()] for one in told[part]]))
    return told


def _cell(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def _figures(name: str, found: dict[str, Any]) -> dict[str, Any]:
    if "error" in found:
        return {"run": name, "rows": found["error"], "rows/s/core": "", "wall s": "", "CPU s": "", "peak MB": ""}
    return {
        "run": name, "rows": found["rows"], "rows/s/core": found["rows"] / found["cpu"], "wall s": found["wall"],
        "CPU s": found["cpu"], "peak MB": found["peak_mb"],
    }  # fmt: skip


BIG = (("boosted", 500, 6), ("forest", 100, 8))


def _rate(place: Place, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    for kind, trees, depth in BIG:
        for n_jobs in (1, 2):
            name = f"{kind}, {trees} trees, depth {depth}, {n_jobs} threads"
            yield _figures(name, place.run(kind, options.rows, trees, depth, n_jobs=n_jobs))


def _memory(place: Place, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    for kind, trees, depth in BIG:
        for n in options.many:
            yield _figures(f"{kind}, {n:,} rows", place.run(kind, n, trees, depth))


def _engines(place: Place, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    for kind, trees, depth in BIG:
        for engine in options.engines:
            yield _figures(
                f"{kind}, {engine}",
                place.run(kind, options.rows, trees, depth, engine=engine, part_rows=max(250, options.rows // 20)),
            )


def _families(place: Place, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    for kind, trees, depth in (("tree", 1, 8), ("forest", 25, 6), ("boosted", 100, 4)):
        yield _figures(f"{kind}, {trees} x d{depth}", place.run(kind, options.rows, trees, depth))


def _growth(place: Place, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """CPU seconds a row while one size grows, and the exponent of a power law through them."""
    n = max(1000, options.rows // 10)
    series = {
        "rows": [(m, {"n": m, "trees": 100, "depth": 6, "columns": None}) for m in (n, 2 * n, 4 * n)],
        "trees": [(t, {"n": n, "trees": t, "depth": 6, "columns": None}) for t in (50, 100, 200, 400)],
        "depth": [(d, {"n": n, "trees": 100, "depth": d, "columns": None}) for d in (3, 4, 6, 8)],
        "columns": [(c, {"n": n, "trees": 100, "depth": 6, "columns": c}) for c in (4, 8, 14)],
    }
    for kind in ("boosted", "forest"):
        for name, sizes in series.items():
            points = []
            for size, how in sizes:
                found = place.run(kind, how["n"], how["trees"], how["depth"], how["columns"])
                per = found["cpu"] if name == "rows" else found["cpu"] / how["n"]
                points.append((size, per))
            slope = np.polyfit([math.log(size) for size, _ in points], [math.log(cost) for _, cost in points], 1)[0]
            unit = "s" if name == "rows" else "ms a row"
            costs = ", ".join(f"{size}: {cost * (1 if name == 'rows' else 1000):.3g}" for size, cost in points)
            yield {"model": kind, "grows": name, "CPU": f"{costs} {unit}", "exponent": f"{slope:.2f}"}


def _peer(place: Place, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A forest that counts votes: our threads and PyXAI's loop in two processes, on the same distinct rows."""
    if options.with_peer is None:
        return
    import joblib

    model = fitted("forest", place.X, place.y, 25, 6)
    rows = coded(place.X).drop_duplicates().to_numpy(np.float64)[:200]
    files = place.folder / "peer.joblib", place.folder / "peer.npz"
    joblib.dump(model.fit(rows, model.predict(rows)), files[0])
    np.savez(files[1], X=rows)
    command = [options.with_peer, "-m", "benchmarks.peers.pyxai_loop", *map(str, files), "2", "30"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=_LIMIT)
    if done.returncode:
        yield {"run": "PyXAI", "rows": (done.stderr.strip().splitlines() or ["no message"])[-1][:100], "rows/s": ""}
        return
    peer = json.loads(done.stdout.splitlines()[-1])
    own = _votes(files, len(rows))
    yield {"run": "PyXAI, 2 processes", "rows": peer["rows"], "rows/s": peer["rows"] / peer["wall"]}
    yield {"run": "suffice, 2 threads", "rows": own["rows"], "rows/s": own["rows"] / own["wall"]}
    ratio = own["rows"] / own["wall"] / (peer["rows"] / peer["wall"])
    yield {"run": "ratio", "rows": "", "rows/s": ratio}


def _votes(files: tuple[Path, Path], n: int) -> dict[str, float]:
    """Return what our threads take for the peer's question: votes, literals as free Booleans."""
    import joblib
    import pandas
    import suffice
    from suffice.batch import explain_batch

    with np.load(files[1]) as stored:
        frame = pandas.DataFrame(stored["X"], columns=[f"f{i + 1}" for i in range(stored["X"].shape[1])])
    explainer = suffice.Explainer.initialize(joblib.load(files[0]), voting="hard", theory=None)
    begin = time.perf_counter()
    found = explain_batch(explainer, frame, n_jobs=2)
    return {"rows": len(found), "wall": time.perf_counter() - begin}


_MEASURES = {
    "rate": _rate, "memory": _memory, "growth": _growth, "engines": _engines, "families": _families, "peer": _peer,
}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(one_run(json.loads(sys.argv[1]))))

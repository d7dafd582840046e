"""Recourse beside other libraries: the same models, rows, units and constraints, and the model has the last word.

Columns are in units of their median absolute deviation (bits stay 0 and 1), so that the sum of changes is everybody's
measure. Asked twice: all columns free, then with columns that stay, whole numbers and the data's ranges. Of every
answer we tell whether the model's own ``predict`` grants it, which constraints it breaks, what it costs, whether an
isolation forest takes it for usual, and the seconds.
"""

from __future__ import annotations

import argparse
import json
import pickle
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from suffice import Explainer

from benchmarks.cases import DATA
from benchmarks.measure import quantile
from benchmarks.recourse_cases import fitted, tables_of
from benchmarks.report import seconds, table

STILL = {
    "credit": ["age", "married", "purpose"], "adult": ["Age", "Race", "Sex", "Country"],
    "compas": ["Age_Above_FourtyFive", "Age_Below_TwentyFive", "Female", "Origin_African_American", "Origin_Asian",
               "Origin_Hispanic", "Origin_Native_American", "Origin_Other"],
}  # fmt: skip
REMEDY = {
    "treecf": "pip install treecf xgboost scikit-learn",
    "ocean": "pip install oceanpy (of Python 3.12; CP-SAT needs no licence)",
    "dice": "pip install dice-ml xgboost", "cfproto": "pip install alibi[tensorflow] xgboost",
}  # fmt: skip
VARIANTS = {"treecf": ("treecf:exact", "treecf:genetic"), "ocean": ("ocean",), "dice": ("dice:genetic",),
            "cfproto": ("cfproto",)}  # fmt: skip
_SAME = 1e-5  # costs that differ by less, as a share, are the same: numbers are those of float32


class Case(NamedTuple):
    """A model with the rows that it refuses.

    Attributes
    ----------
    name : str
        What it is called.
    model : object
        The model, of rows in units.
    data : ndarray of float32
        Rows of the data, in units.
    labels : ndarray of int
        Their labels.
    rows : ndarray of float32
        The refused rows.
    names : list of str
        The columns.
    unit : ndarray of float64
        The unit of each column.
    """

    name: str
    model: Any
    data: Any
    labels: Any
    rows: Any
    names: list[str]
    unit: Any

    @property
    def bits(self) -> Any:
        """Which columns are 0 or 1."""
        return np.array([set(np.unique(c)) <= {0.0, 1.0} for c in self.data.T])

    @property
    def whole(self) -> Any:
        """Which other columns hold whole numbers."""
        told = self.data.astype(float) * self.unit
        return (np.abs(told - np.round(told)) < 1e-3).all(axis=0) & ~self.bits


def data_of(name: str) -> tuple[Any, Any]:
    """Return rows of numbers, and labels of which 1 is wanted."""
    import pandas

    if name == "compas":
        told = pandas.read_csv(DATA / "compas.csv")
        return told.drop(columns="Two_yr_Recidivism").astype(float), 1 - told["Two_yr_Recidivism"].to_numpy()
    return tables_of(name)


def case_of(name: str, kind: str, n_trees: int, n_rows: int) -> Case:
    """Return a model of some data with its first refused rows."""
    told, labels = data_of(name)
    columns = told.to_numpy(dtype=float)
    unit = np.array([_unit(column) for column in columns.T])
    data = (columns / unit).astype(np.float32)
    model = fitted(kind, n_trees, data, labels)
    if kind == "forest":
        model.n_jobs = 1
    refused = data[model.predict(data) == 0][:n_rows]
    return Case(f"{name}, {kind} of {n_trees}", model, data, labels, refused, list(told.columns), unit)


def _unit(column: Any) -> float:
    if set(np.unique(column)) <= {0.0, 1.0}:
        return 1.0
    return float(np.median(np.abs(column - np.median(column))) or column.std() or 1.0)


# -- who answers -----------------------------------------------------------------------------------------------


def ours(case: Case, still: Sequence[str], limit: float) -> list[dict[str, Any]]:
    """Return our answers."""
    types = {"binary": [n for n, bit in zip(case.names, case.bits, strict=True) if bit]}
    asked: dict[str, Any] = {"target": 1, "immutable": list(still)}
    if still:
        low, high = case.data.min(axis=0).astype(float), case.data.max(axis=0).astype(float)
        free = [i for i, n in enumerate(case.names) if not case.bits[i] and n not in still]
        asked["ranges"] = {case.names[i]: (low[i], high[i]) for i in free}
        asked["steps"] = {case.names[i]: (1 / case.unit[i], 0) for i in free if case.whole[i]}
    explainer = Explainer(case.model, case.data[0], types, feature_names=case.names)
    found = []
    for row in case.rows:
        explainer.set_instance(row)
        began, cpu = time.perf_counter(), time.process_time()
        answer = explainer.recourse(time_limit=limit, **asked)
        spent = {"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu}
        told = None if answer.best is None else np.asarray(answer.best.row, dtype=float).tolist()
        found.append({"x": told, "proof": str(answer.status), **spent})
    return found


def theirs(python: str, who: str, case: Case, still: Sequence[str], limit: float, most: float) -> list[dict[str, Any]]:
    """Return the answers of a peer; of rows that it did not reach in time, none."""
    driver = Path(__file__).parent / "peers" / "plans_driver.py"
    with tempfile.TemporaryDirectory() as folder:
        if hasattr(case.model, "save_model"):
            case.model.save_model(f"{folder}/model.json")
        else:
            Path(folder, "model.pkl").write_bytes(pickle.dumps(case.model))
        stays = np.array([name in still for name in case.names])
        np.savez(f"{folder}/task.npz", rows=case.rows, data=case.data, labels=case.labels, names=np.array(case.names),
                 bits=case.bits, still=stays)  # fmt: skip
        command = [python, str(driver), who, folder, str(limit)]
        try:
            ran = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=most,
                env={"PATH": "/usr/bin:/bin", "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1"},
            )  # fmt: skip
            out, said = ran.stdout, ran.stderr
        except subprocess.TimeoutExpired as late:
            out, said = (late.stdout or b"").decode(), f"stopped after {most:g} s"
    found = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    last = said.strip().splitlines()[-1] if said.strip() else ""
    return [*found, *({"x": None, "proof": "", "error": last} for _ in range(len(case.rows) - len(found)))]


# -- what answers are worth --------------------------------------------------------------------------------------


def judged(case: Case, answers: Sequence[dict[str, Any]], still: Sequence[str], usual: Any) -> list[dict[str, Any]]:
    """Return of each answer whether it is valid and what it breaks, costs, and looks like."""
    low, high = case.data.min(axis=0), case.data.max(axis=0)
    stays = np.array([name in still for name in case.names])
    found = []
    for row, answer in zip(case.rows, answers, strict=True):
        told = {key: answer.get(key) for key in ("proof", "wall", "cpu", "error", "once")}
        if answer["x"] is None:
            found.append({**told, "valid": False, "found": False})
            continue
        new = np.asarray(answer["x"], np.float32)
        moved = np.abs(new.astype(float) - row.astype(float)) > 1e-6
        changed = new != row
        exact = (np.round(new.astype(float) * case.unit) / case.unit).astype(np.float32) == new  # of whole numbers
        breaks = {
            "bits": bool((case.bits & (new != 0) & (new != 1)).any()),
            "stays": bool((moved & stays).any()),
            "whole": bool(still) and bool((changed & case.whole & ~exact).any()),
            "range": bool(still) and bool((moved & ((new < low - 1e-5) | (new > high + 1e-5))).any()),
        }
        found.append(
            {
                **told, "found": True, "valid": bool(case.model.predict(new[None])[0] == 1), **breaks,
                "cost": float(np.abs(new.astype(float) - row.astype(float)).sum()),
                "usual": bool(usual.predict(new[None])[0] == 1),
            }
        )  # fmt: skip
    return found


def line_of(
    who: str, case: Case, asked: str, mine: Sequence[dict[str, Any]], best: Sequence[dict[str, Any]]
) -> list[str]:
    """Return a line of the table."""
    broken = [name for name in ("bits", "stays", "whole", "range") for one in mine if one.get(name)]
    good = [one["valid"] and not any(one.get(n) for n in ("bits", "stays", "whole", "range")) for one in mine]
    dearer = sum(
        ok and one["cost"] > b["cost"] * (1 + _SAME) for ok, one, b in zip(good, mine, best, strict=True) if b["found"]
    )
    cheaper = sum(
        ok and (not b["found"] or one["cost"] < b["cost"] * (1 - _SAME))
        for ok, one, b in zip(good, mine, best, strict=True)
    )
    cpu = [one["cpu"] for one in mine if one["cpu"] is not None]
    wall = [one["wall"] for one in mine if one["wall"] is not None]
    costs = [one["cost"] for one, ok in zip(mine, good, strict=True) if ok]
    usual = sum(bool(one.get("usual")) for one in mine)
    proved = sum(str(one["proof"]) in ("optimal", "infeasible") for one in mine)
    said = ", ".join(f"{name} {broken.count(name)}" for name in dict.fromkeys(broken)) or "–"
    return [
        case.name, asked, who, f"{sum(one['valid'] for one in mine)} of {len(mine)}", said, str(proved), str(dearer),
        str(cheaper), f"{np.mean(costs):.3g}" if costs else "–", f"{usual}",
        seconds(quantile(cpu, 0.5)) if cpu else "–", seconds(max(cpu)) if cpu else "–",
        seconds(quantile(wall, 0.5)) if wall else "–",
    ]  # fmt: skip


HEAD = [
    "model", "asked", "who", "valid", "breaks", "proved", "dearer", "cheaper", "mean cost", "usual", "CPU s", "most",
    "wall s",
]  # fmt: skip


def beside(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Ask ourselves and all peers that are there."""
    from sklearn.ensemble import IsolationForest

    peers = dict(one.split("=", 1) for one in options.peer)
    unknown = [name for name in peers if name not in VARIANTS]
    if unknown:
        raise SystemExit(f"--peer {unknown[0]}: expected NAME=PYTHON of {', '.join(VARIANTS)}")
    for name in VARIANTS:
        if name not in peers:
            print(f"without {name}: --peer {name}=PYTHON, of an environment with {REMEDY[name]}")
    told, lines = [], []
    for name in [n for n in options.data if n == "credit" or DATA.is_dir()]:
        for kind in options.kinds:
            for n_trees in options.trees:
                case = case_of(name, kind, n_trees, options.rows)
                usual = IsolationForest(random_state=0).fit(case.data)
                for asked, still in (("all free", []), ("some stay", STILL[name])):
                    best = judged(case, ours(case, still, options.limit), still, usual)
                    answers = {"ours": best}
                    for peer, python in peers.items():
                        for who in VARIANTS[peer]:
                            most = 60 + options.limit * len(case.rows) * 1.5
                            found = theirs(python, who, case, still, options.limit, most)
                            answers[who] = judged(case, found, still, usual)
                    for who, mine in answers.items():
                        told.append({"case": case.name, "asked": asked, "who": who, "answers": mine})
                        lines.append(line_of(who, case, asked, mine, best))
                        print("  ".join(lines[-1]), flush=True)
    print(table(HEAD, lines))
    return told

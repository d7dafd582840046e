"""Recourse: how quickly the cheapest plans are proved, and how many plans outlast models that are trained again.

Refused rows of synthetic credit applications and of adult. Numbers change in units of their median absolute deviation;
all features are free, or what cannot be changed stays. The second table trains the same model on resampled
rows and asks each of them about the plans for the first one: as they are, with a lead, and held to three of them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from suffice import Explainer

from benchmarks.cases import DATA
from benchmarks.measure import quantile
from benchmarks.recourse_cases import STILL, fitted, tables_of
from benchmarks.report import number, seconds, table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=10, help="refused rows of each model")
    parser.add_argument("--trees", type=int, nargs="*", default=[100, 200], help="trees of each model")
    parser.add_argument("--retrained", type=int, default=10, help="models that are trained again")
    parser.add_argument("--treecf", help="a Python that has treecf, which is asked about the same rows")
    parser.add_argument(
        "--peer", action="append", default=[], metavar="NAME=PYTHON",
        help="treecf, ocean, dice or cfproto, and a Python that has it: only these are asked, beside ourselves",
    )  # fmt: skip
    parser.add_argument("--data", nargs="*", default=["credit", "compas", "adult"], help="data of --peer")
    parser.add_argument("--kinds", nargs="*", default=["xgboost", "forest"], help="models of --peer")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each plan")


def run(options: argparse.Namespace) -> dict[str, Any]:
    if options.peer:
        from benchmarks.recourse_beside import beside

        return {"beside": beside(options)}
    found: dict[str, Any] = {"plans": [], "retrained": []}
    rows_of_table = []
    for name in ("credit", "adult") if DATA.is_dir() else ("credit",):
        rows, labels = tables_of(name)
        types = {"categorical": {"purpose": [0, 1, 2, 3], "home": [0, 1, 2]}} if name == "credit" else None
        for kind in ("forest", "xgboost"):
            for n_trees in options.trees:
                model = fitted(kind, n_trees, rows, labels)
                explainer = Explainer(model, None, types, background=rows)
                refused = rows[model.predict(rows) == 0].iloc[: options.rows]
                for asked, still in (("all free", []), ("some stay", STILL[name])):
                    told = _measured(explainer, refused, rows, still, options.limit)
                    found["plans"].append({"data": name, "kind": kind, "trees": n_trees, "asked": asked, **told})
                    rows_of_table.append(
                        [
                            f"{name}, {kind} of {n_trees}", asked, f"{told['proved']} of {told['rows']}",
                            seconds(quantile(told["cpu"], 0.5)), seconds(max(told["cpu"])), number(told["cost"]),
                        ]
                    )  # fmt: skip
    print(table(["model", "asked", "proved", "CPU s, median", "CPU s, most", "mean cost"], rows_of_table))
    found["retrained"] = _retrained(options)
    if options.treecf:
        found["treecf"] = _beside_treecf(options)
    return found


def _measured(explainer: Any, refused: Any, rows: Any, still: list[str], limit: float) -> dict[str, Any]:
    cpu, costs, proved = [], [], 0
    for i in range(len(refused)):
        explainer.set_instance(refused.iloc[[i]])
        began = time.process_time()
        answer = explainer.recourse(scale="mad", data=rows, immutable=still, time_limit=limit)
        cpu.append(time.process_time() - began)
        proved += answer.status.value in ("optimal", "infeasible")
        costs += [answer.cost] if answer else []
    return {"cpu": cpu, "proved": proved, "rows": len(refused), "cost": float(np.mean(costs)) if costs else None}


def _retrained(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Ask models that are trained again about plans for the first one."""
    rows, labels = tables_of("credit")
    types = {"categorical": {"purpose": [0, 1, 2, 3], "home": [0, 1, 2]}}
    rng = np.random.default_rng(0)

    def again(seed: int) -> Any:
        chosen = rng.integers(0, len(rows), len(rows))
        return fitted("xgboost", 50, rows.iloc[chosen], labels[chosen], seed)

    first = fitted("xgboost", 50, rows, labels)
    known = [Explainer(again(s), None, types, background=rows) for s in range(3)]
    unseen = [again(s) for s in range(3, 3 + options.retrained)]
    explainer = Explainer(first, None, types, background=rows)
    refused = rows[first.predict(rows) == 0].iloc[: options.rows]
    kinds: tuple[tuple[str, dict[str, Any]], ...] = (
        ("plain", {}), ("lead of 0.5", {"margin": 0.5}), ("lead of 1", {"margin": 1.0}),
        ("three more models", {"also": known}), ("three more models, lead of 0.5", {"also": known, "margin": 0.5}),
    )  # fmt: skip
    told, lines = [], []
    for name, more in kinds:
        held, cpu, costs = [], [], []
        for i in range(len(refused)):
            explainer.set_instance(refused.iloc[[i]])
            began = time.process_time()
            answer = explainer.recourse(
                scale="mad", data=rows, immutable=STILL["credit"], time_limit=options.limit, **more
            )
            cpu.append(time.process_time() - began)
            if answer:
                held += [int(model.predict(answer[0].row.row)[0]) for model in unseen]
                costs.append(answer.cost)
        share = float(np.mean(held)) if held else None
        told.append({"plans": name, "held": share, "cpu": cpu, "cost": float(np.mean(costs)), "n": len(costs)})
        lines.append([name, number(share), number(float(np.mean(costs))), seconds(quantile(cpu, 0.5)), str(len(costs))])
    print(table(["plans", "share that hold", "mean cost", "CPU s, median", "plans"], lines))
    return told


def _beside_treecf(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Ask treecf and this library about a score of 1 of the same rows of the same boosted trees, all features free."""
    rows, labels = tables_of("credit")
    scale = np.array([np.median(np.abs(c - np.median(c))) or c.std() for c in rows.to_numpy(dtype=float).T])
    told, lines = [], []
    for n_trees in (20, *options.trees):
        model = fitted("xgboost", n_trees, rows.to_numpy(dtype=np.float32), labels)
        refused = rows[model.predict(rows.to_numpy(dtype=np.float32)) == 0].iloc[: options.rows].to_numpy(np.float32)
        names = [f"f{i}" for i in range(rows.shape[1])]
        explainer = Explainer(model, feature_names=names)
        own = []
        for row in refused:
            explainer.set_instance(row)
            began = time.process_time()
            answer = explainer.recourse(
                prices=dict(zip(names, 1 / scale, strict=True)), score=(1.0, None), time_limit=options.limit
            )
            proof = str(answer.status)
            own.append({"backend": "ours", "cpu": time.process_time() - began, "cost": answer.cost, "proof": proof})
        with tempfile.TemporaryDirectory() as folder:
            model.save_model(f"{folder}/model.json")
            np.savez(f"{folder}/rows.npz", rows=refused, scale=scale)
            side = Path(__file__).parent / "peers" / "treecf_side.py"
            command = [options.treecf, str(side), folder, str(options.limit)]
            ran = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"})
        theirs = [json.loads(line) for line in ran.stdout.splitlines()]
        told.append({"trees": n_trees, "ours": own, "theirs": theirs})
        for backend in ("ours", "exact", "genetic"):
            mine = [one for one in (*own, *theirs) if one["backend"] == backend]
            dearer = sum(
                one["cost"] is None or one["cost"] > best["cost"] * (1 + 1e-5)
                for one, best in zip(mine, own, strict=True)
            )
            proved = sum(one["proof"].endswith("optimal") for one in mine)
            cpu = [one["cpu"] for one in mine]
            lines.append(
                [f"xgboost of {n_trees}", backend, f"{proved} of {len(mine)}", str(dearer), seconds(quantile(cpu, 0.5)),
                 seconds(max(cpu))]
            )  # fmt: skip
    print(table(["model", "who", "proved", "dearer", "CPU s, median", "CPU s, most"], lines))
    return told

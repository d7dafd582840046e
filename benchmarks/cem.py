"""Contrastive explanations: CPU seconds an instance and quality, beside a peer's stored answers and the peer itself."""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cases import DATA
from benchmarks.measure import ROOT
from benchmarks.report import number, ratio, seconds, table

STORED = ROOT.parent / "shared" / "peers" / "cem"
PARTS = ("quality", "speed", "alone", "large")
TURNS = 3  # the quickest counts: other work on the machine only ever slows down
GOALS = {"digits CNN PN, 100 rows": 300.0, "iris PN, 100 rows": 500.0, "digits CNN PN, 1 row": 15.0}
LARGE_ROWS, LARGE_SECONDS = 10_000, 60.0


@dataclass(frozen=True)
class Line:
    """One line of a table."""

    case: str
    rows: int
    found: int
    ours: float  # CPU seconds an instance
    theirs: float | None
    objective: float
    peer: float | None
    worse: int | None = None
    total: float | None = None
    peer_total: float | None = None
    changed: float | None = None
    calls: float | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to run (all)")
    parser.add_argument("--folder", type=Path, default=STORED, help=f"the peer's models and answers ({STORED})")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with MNIST's test images, for `large`")
    parser.add_argument("--large-rows", type=int, help="rows of `large` (10000 on a GPU, 64 without)")
    parser.add_argument("--quick", action="store_true", help="10 rows for 100, one turn")
    parser.add_argument("--with-peer", metavar="PYTHON", help="python of an environment with alibi: measure it as well")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Run the parts, print tables, return everything for JSON."""
    import torch

    torch.set_num_threads(1)
    told: dict[str, Any] = {}
    if not options.folder.is_dir() and {"quality", "speed", "alone"} & set(options.parts):
        print(f"\nquality, speed, alone: left out, {options.folder} is not there")
        options.parts = [part for part in options.parts if part == "large"]
    if "quality" in options.parts:
        told["quality"] = [asdict(line) for line in _quality(options.folder)]
    if "speed" in options.parts:
        told["speed"] = [asdict(line) for line in _speed(options)]
    if "alone" in options.parts:
        from benchmarks.cem_alone import alone

        told["alone"] = [asdict(line) for line in alone(options.folder)]
    if "large" in options.parts:
        told["large"] = _large(options)
    return told


def _stored_cpu(folder: Path) -> dict[str, float]:
    """Case of the peer -> CPU seconds an instance."""
    lines = (folder / "alibi_summary.jsonl").read_text(encoding="utf-8").splitlines()
    return {told["tag"].removesuffix("_it1000x10"): told["cpu"] for told in map(json.loads, lines)}


def _measured(work: Callable[[], Any], turns: int) -> tuple[Any, float]:
    """Return what the work gives, and its CPU seconds: the least of some turns."""
    best, told = np.inf, None
    for _ in range(turns):
        start = time.process_time()
        told = work()
        best = min(best, time.process_time() - start)
    return told, float(best)


def _quality(folder: Path) -> list[Line]:
    """Every stored answer beside ours, on the peer's own instances."""
    from suffice.neural import CEM

    from benchmarks import cem_models as models

    cpu = _stored_cpu(folder)
    digits, iris = models.digits(folder), models.iris(folder)
    cnn, logistic, encoder = (
        models.digits_cnn(folder),
        models.iris_model(folder=folder),
        models.digits_autoencoder(folder),
    )
    black = models.softmax_function(logistic)
    cases: list[tuple[str, str, Any, dict[str, Any], int]] = [
        ("digits_cnn", "white", cnn, digits.options, 0),
        ("digits_cnn", "white", cnn, {**digits.options, "prox": "paper"}, 0),
        ("digits_cnn", "white", cnn, {**digits.options, "gamma": 100.0, "autoencoder": encoder}, 100),
        ("iris_lr", "white", logistic, iris.options, 0),
        ("iris_lr", "black", black, {**iris.options, "eps": (1e-2, 1e-2)}, 0),
    ]
    lines = []
    for name, kind, model, given, gamma in cases:
        for mode in ("PN", "PP"):
            peer = models.answers(name, kind, mode, gamma, folder)
            cem = CEM(model, mode, pp_space="delta", **given)
            found, spent = _measured(lambda cem=cem, peer=peer: cem.explain(peer.X), 1)  # type: ignore[misc]
            both = found.found & peer.found
            worse = found.objective[both] > peer.objective[both] * 1.001 + 1e-3
            line = Line(
                f"{name} {kind} {mode}" + (" gamma 100" if gamma else "") + (", paper" if "prox" in given else ""),
                len(peer.X), int(found.found.sum()), spent / len(peer.X),
                cpu.get(f"{name}_{kind}_{mode}_g{gamma}"), _mean(found.objective), _mean(peer.objective),
                worse=int(worse.sum()) + int((peer.found & ~found.found).sum()),
                total=_mean(found.total) if gamma else None,
                peer_total=_mean(peer.objective + gamma * models.errors(encoder, peer.points)) if gamma else None,
                changed=float(found.n_changed[found.found].mean()), calls=found.work.predict_calls / len(peer.X),
            )  # fmt: skip
            lines.append(line)
    oracle = models.stored("oracle_iris_lr_PN", folder)["obj"]
    rows = models.stored("iris_data", folder)["xte"][: len(oracle)]
    found, spent = _measured(lambda: CEM(logistic, **iris.options).explain(rows), 1)
    lines.append(
        Line(
            "iris_lr PN, multi-start optimum",
            len(oracle),
            int(found.found.sum()),
            spent / len(oracle),
            None,
            _mean(found.objective),
            float(oracle.mean()),
            changed=float(found.n_changed.mean()),
        )
    )
    print("\nQuality: the peer's instances and parameters, our defaults; CPU seconds an instance\n")
    print(_shown(lines))
    return lines


def _mean(values: Any) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _shown(lines: list[Line]) -> str:
    header = [
        "case",
        "rows",
        "found",
        "ours",
        "peer then",
        "times",
        "objective",
        "peer",
        "worse",
        "total",
        "peer",
        "changed",
    ]
    rows = [
        [
            line.case, str(line.rows), str(line.found), seconds(line.ours), seconds(line.theirs),
            ratio(line.theirs, line.ours), f"{line.objective:.4f}", _digits(line.peer),
            "-" if line.worse is None else str(line.worse), _digits(line.total), _digits(line.peer_total),
            number(line.changed),
        ]
        for line in lines
    ]  # fmt: skip
    return table(header, rows)


def _digits(value: float | None) -> str:
    return "-" if value is None or not np.isfinite(value) else f"{value:.4f}"


def _speed(options: argparse.Namespace) -> list[Line]:
    """Batches and single rows with our defaults; the peer's figures were taken with its own on ten rows."""
    from suffice.neural import CEM

    from benchmarks import cem_models as models

    cpu = _stored_cpu(options.folder)
    digits, iris = models.digits(options.folder), models.iris(options.folder)
    cnn, logistic = models.digits_cnn(options.folder), models.iris_model(folder=options.folder)
    count, turns = (10, 1) if options.quick else (100, TURNS)
    flowers = np.concatenate([iris.test, iris.train])[:count]
    black = models.softmax_function(logistic)
    cases = [
        (f"digits CNN PN, {count} rows", cnn, digits, digits.test[:count], "PN", "digits_cnn_white_PN_g0"),
        (f"digits CNN PP, {count} rows", cnn, digits, digits.test[:count], "PP", "digits_cnn_white_PP_g0"),
        ("digits CNN PN, 1 row", cnn, digits, digits.test[:1], "PN", "digits_cnn_white_PN_g0"),
        (f"iris PN, {count} rows", logistic, iris, flowers, "PN", "iris_lr_white_PN_g0"),
        (f"iris PP, {count} rows", logistic, iris, flowers, "PP", "iris_lr_white_PP_g0"),
        (
            f"iris black box PP, {count} rows",
            black,
            iris,
            flowers,
            "PP",
            "iris_lr_black_PP_g0",
        ),
    ]
    lines = []
    for name, model, setting, rows, mode, tag in cases:
        cem = CEM(model, mode, pp_space="delta", **setting.options)
        found, spent = _measured(lambda cem=cem, rows=rows: cem.explain(rows), turns)  # type: ignore[misc]
        lines.append(
            Line(
                name,
                len(rows),
                int(found.found.sum()),
                spent / len(rows),
                cpu.get(tag),
                _mean(found.objective),
                None,
                changed=float(found.n_changed.mean()),
                calls=found.work.predict_calls / len(rows),
            )
        )
    print("\nSpeed: CPU seconds an instance, one thread\n")
    print(_shown(lines))
    print()
    for line in lines:
        goal = GOALS.get(line.case)
        if goal is not None and line.theirs is not None:
            print(f"goal: {line.case}: {ratio(line.theirs, line.ours)}, wanted {goal:.0f}x")
    if options.with_peer:
        _peer_now(options, digits.test[:3])
    return lines


def _peer_now(options: argparse.Namespace, rows: Any) -> None:
    """Measure the peer itself, in its own environment, on a few digits."""
    request = {"folder": str(options.folder), "rows": len(rows)}
    driver = Path(__file__).parent / "peers" / "alibi_driver.py"
    done = subprocess.run(
        [options.with_peer, str(driver)], input=json.dumps(request), capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"\nalibi now: failed: {done.stderr.strip().splitlines()[-1:]}")
        return
    told = json.loads(done.stdout.strip().splitlines()[-1])
    print(
        f"\nalibi now, digits CNN PN: {seconds(told['cpu'])} CPU an instance, {told['found']} of {told['rows']} found"
    )


def _large(options: argparse.Namespace) -> dict[str, Any] | None:
    """MNIST-sized instances on a GPU; without one a few of them on the processor, for the rate."""
    import torch
    from suffice.neural import CEM

    from benchmarks import cem_models as models

    told = models.mnist(options.data)
    if told is None:
        print(f"\nlarge: left out, MNIST's test images are not in {options.data}")
        return None
    images, labels = told
    gpu = torch.cuda.is_available()
    count = options.large_rows or (LARGE_ROWS if gpu else 64)
    net = models.trained_cnn(images, labels, "cuda" if gpu else "cpu")
    cem = CEM(net, no_info=-0.5, feature_range=(-0.5, 0.5))
    start, used = time.perf_counter(), time.process_time()
    found = cem.explain(images[:count])
    wall, spent = time.perf_counter() - start, time.process_time() - used
    where = torch.cuda.get_device_name() if gpu else "no GPU here, one thread of the processor"
    print(f"\nLarge: {count} MNIST images, a CNN, on {where}")
    print(
        f"{int(found.found.sum())} found in {wall:.1f} s wall, {spent:.1f} s CPU, {seconds(wall / count)} an instance"
    )
    if gpu:
        print(f"goal: {LARGE_ROWS} in {LARGE_SECONDS:.0f} s")
    return {"rows": count, "found": int(found.found.sum()), "wall": wall, "cpu": spent, "where": where}

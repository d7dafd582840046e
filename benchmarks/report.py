"""Tables for people, JSON for programs, and what the figures were taken on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("suffice", "numpy", "scikit-learn", "python-sat", "ortools", "pysdd")
NOTHING = "-"


def seconds(value: float | None) -> str:
    """Three digits and a unit: 0.0000123 -> '12.3us'."""
    if value is None:
        return NOTHING
    for factor, unit in ((1.0, "s"), (1e3, "ms"), (1e6, "us")):
        if abs(value) * factor >= 1:
            return f"{value * factor:.3g}{unit}" if abs(value) * factor < 1000 else f"{value * factor:.0f}{unit}"
    return f"{value * 1e6:.2g}us"


def number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}"


def ratio(theirs: float | None, ours: float | None) -> str:
    """How many times less we take: '23x'."""
    if theirs is None or not ours:
        return NOTHING
    times = theirs / ours
    return f"{times:.0f}x" if times >= 10 else f"{times:.1f}x"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned plain text: the first column to the left, the others to the right."""
    lines = [list(header), *[list(row) for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    texts = []
    for line in lines:
        cells = [
            line[0].ljust(widths[0]),
            *[cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)],
        ]
        texts.append("  ".join(cells).rstrip())
    texts.insert(1, "-" * max(len(text) for text in texts))
    return "\n".join(texts)


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _commit(root: Path) -> str:
    run = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=root, capture_output=True, text=True, check=False
    )
    return run.stdout.strip() or "unknown"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def environment(root: Path) -> dict[str, Any]:
    """What the figures were taken on."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M:%S"),
        "cpu": _cpu_name(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load": [round(value, 1) for value in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": _commit(root),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def stamp(told: dict[str, Any]) -> str:
    """The environment in three lines."""
    packages = ", ".join(f"{name} {number_}" for name, number_ in told["packages"].items())
    return (
        f"{told['date']}, commit {told['commit']}\n"
        f"{told['cpu']}, {told['cores']} cores, load {told['load']}, {told['system']}\n"
        f"Python {told['python']}, {packages}"
    )


def write_json(path: Path, told: dict[str, Any]) -> None:
    path.write_text(json.dumps(told, indent=1, default=str) + "\n", encoding="utf-8")

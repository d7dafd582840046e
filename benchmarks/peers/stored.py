"""Figures of a peer that were taken earlier and stored beside the models."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Run


@dataclass(frozen=True)
class StoredPeer:
    """Records of single runs, by model and the peer's own name of the query. CPU seconds without `set_instance`."""

    name: str
    runs: dict[tuple[str, str], list[Run]]

    def of(self, model: str, query: str | None) -> list[Run]:
        return self.runs.get((model, query), []) if query is not None else []


def read_stored(folder: Path) -> StoredPeer | None:
    """Read `results.json`; None where there is none."""
    path = folder / "results.json"
    if not path.exists():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    runs: dict[tuple[str, str], list[Run]] = {}
    for record in told["records"]:
        if record["status"] == "skipped" or "cpu" not in record:
            continue
        value = record.get("value")
        run = Run(
            query=record["query"],
            instance=record["inst"],
            turn=0,
            status=record["status"],
            cpu=record["cpu"],
            wall=record["time"],
            size=0 if record.get("empty") else record.get("lits"),
            features=0 if record.get("empty") else record.get("feats"),
            reasons=record.get("n_reasons"),
            count=None if value is None else str(int(value)),
            keys=record.get("n_keys"),
        )
        runs.setdefault((record["model"], record["query"]), []).append(run)
    return StoredPeer(f"PyXAI {told['meta']['env']['pyxai']}", runs)

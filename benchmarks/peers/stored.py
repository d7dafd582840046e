"""Figures of a peer that were taken earlier and stored beside the models."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measure import Run, quantile


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


PROTOTYPE = "proto_"  # tools of this name are drafts, not programs that users can have


@dataclass
class Answers:
    """What one way of one tool said about one model: CPU seconds and sizes of finished answers, by instance."""

    tool: str
    variant: str
    seconds: dict[int, float] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    late: int = 0

    @property
    def name(self) -> str:
        return f"{self.tool} {self.variant}"

    @property
    def prototype(self) -> bool:
        return self.tool.startswith(PROTOTYPE)

    @property
    def median(self) -> float:
        return quantile(list(self.seconds.values()), 0.5)


def voting_of(tool: str, variant: str) -> str:
    """How a tool lets trees decide; told by comparing its answers with the others'."""
    return "hard" if tool == "rfxpl" or variant.startswith("mv") else "soft"


Ensembles = dict[tuple[str, str, str], list[Answers]]  # by model, kind of answer and voting


def read_ensembles(folder: Path) -> Ensembles:
    """Read `results/*.jsonl`; an empty table where there are none. Answers without a size are left out."""
    found: dict[tuple[str, str, str], dict[tuple[str, str], Answers]] = {}
    for path in sorted((folder / "results").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line) if line.strip() else {}
            if not {"model", "kind", "inst", "status"} <= set(record):
                continue
            tool, variant = record["tool"], str(record.get("variant", ""))
            group = found.setdefault((record["model"], record["kind"], voting_of(tool, variant)), {})
            one = group.setdefault((tool, variant), Answers(tool, variant))
            if record["status"] != "ok":
                one.late += 1
            elif record.get("size") is not None:
                one.seconds[record["inst"]] = record["secs"]
                one.sizes[record["inst"]] = record["size"]
    return {key: [one for one in group.values() if one.seconds] for key, group in found.items()}


def quickest(answers: Sequence[Answers], *, prototype: bool) -> Answers | None:
    """The way with the least median, among programs or among prototypes."""
    known = [one for one in answers if one.prototype == prototype]
    return min(known, key=lambda one: one.median) if known else None

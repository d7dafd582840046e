"""What is taken, and with what: the commands ``models`` and ``backends``."""

from __future__ import annotations

import argparse
import json
from typing import Any

from ...encoders.catalog import ENCODERS, encoder_at
from ...solvers.registry import backends

_META = {
    "meta": "wrappers, calibrated, voting, stacked, bagged and transformed models of scikit-learn",
    "pipelines": "pipelines of scikit-learn that end with one of these",
    "text": "pipelines that begin with a vectorizer of texts",
    "binarized": "models behind suffice.Binarizer",
    "networks": "networks of signs",
}


def taken() -> list[dict[str, str]]:
    """Return the kinds of models that are taken, by the library of their encoders."""
    out: dict[str, list[str]] = {}
    for entry in ENCODERS:
        room = entry.module.partition(".")[0]
        told = _META.get(room) or getattr(encoder_at(entry.module), "TAKEN", "")
        if told and told not in out.setdefault(room, []):
            out[room].append(told)
    return [{"room": room, "models": one} for room, listed in out.items() for one in listed]


def run_models(options: argparse.Namespace) -> int:
    """Print the models that are taken; return the exit status."""
    rows = taken()
    if options.json:
        print(json.dumps(rows))
        return 0
    wide = max(len(row["room"]) for row in rows)
    before = ""
    for row in rows:
        print(f"{row['room'] if row['room'] != before else '':<{wide}}  {row['models']}")
        before = row["room"]
    print("\nOther functions are explained through a surrogate (docs/surrogates.md); the whole table: docs/models.md")
    return 0


def run_backends(options: argparse.Namespace) -> int:
    """Print the solvers; return the exit status."""
    table: Any = backends()
    print(json.dumps(list(table), default=str) if options.json else table)
    return 0

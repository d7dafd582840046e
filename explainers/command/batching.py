"""The command ``batch``."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ...engine.errors import BadInputError
from ...engine.status import Status
from ..facade import Explainer
from ..runs.outcome import Run
from ..runs.run import run
from .explaining import DONE, UNPROVED
from .model_files import read_model
from .subject import note


def run_batch_command(options: argparse.Namespace) -> int:
    """Ask about every row of files; return the exit status."""
    explainer = _explainer(options)
    how = dict(options.options)
    if options.over != "literals":
        how.setdefault("over", options.over)
    if options.immutable:
        how.setdefault("immutable", options.immutable)
    found = run(
        explainer, options.data, options.to, options.query, engine=options.engine, part_rows=options.part_rows,
        keep=options.keep, words=not options.no_words, tolerance=options.tolerance, row_seconds=options.row_seconds,
        row_steps=options.row_steps, time_limit=options.time_limit, n_jobs=_threads(options), resume=not options.new,
        progress=not options.quiet and sys.stderr.isatty(), settings=_settings(options), **how,
    )  # fmt: skip
    note(options, _told(found))
    return DONE if found.status is Status.COMPLETE else UNPROVED


def _explainer(options: argparse.Namespace) -> Any:
    model = read_model(options.model, trust_pickle=options.trust_pickle, trusted=options.trust)
    own = hasattr(model, "session")  # a loaded explainer
    if own and (options.types is not None or options.ranges is not None):
        raise BadInputError("--types and --ranges are for models: a saved explainer keeps what it was made with")
    explainer: Any = model if own else Explainer.initialize(model, features_type=options.types, ranges=options.ranges)
    if options.exclude:
        explainer.set_excluded_features(options.exclude)
    return explainer


def _threads(options: argparse.Namespace) -> int | None:
    if options.engine == "local":
        return int(options.threads) if options.threads is not None else None
    if options.threads is not None:
        raise BadInputError("--threads is of --engine local: clusters know their workers")
    return None


def _settings(options: argparse.Namespace) -> dict[str, Any] | None:
    if options.scheduler is None:
        return None
    if options.engine != "dask":
        raise BadInputError("--scheduler is of --engine dask")
    from distributed import Client

    return {"client": Client(options.scheduler)}


def _told(found: Run) -> str:
    parts = [f"{found.n_done:,} of {found.n_rows:,} rows are answered in {found.to}"]
    parts += [f"{found.n_errors:,} failed"] if found.n_errors else []
    parts += [f"{found.n_stopped:,} were stopped by a limit of their own"] if found.n_stopped else []
    parts += [f"{found.n_unproved:,} are not proved"] if found.n_unproved else []
    parts += ["the same call goes on"] if found.n_done < found.n_rows else []
    return "; ".join(parts)

"""``suffice.batch.run``: a query about every row of files, in parts that are kept as they are done."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import platform
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BackendError, BadInputError, shown
from ...engine.given import is_whole, truth_of
from ...engine.interrupts import Interruptible
from ...engine.reasons.plain import plain
from ...engine.spread.here import spread_here
from ...engine.spread.task import Task
from ..facade import Explainer
from ..keeping.audit import audit_of
from .answering import each_of
from .carried import carried, told_apart
from .frames import arrow, kept_names
from .outcome import Run
from .parts import How, Parts
from .progress import Progress
from .sources import Source, source_of
from .target import SCHEMA, Target

ENGINES = ("local", "ray", "dask", "spark")
PART_ROWS = 10_000


def run(
    model: Any,
    source: Any,
    to: str | os.PathLike[str],
    query: str = "sufficient_reason",
    *,
    engine: str = "local",
    part_rows: int = PART_ROWS,
    keep: str | Iterable[str] = (),
    words: bool = True,
    tolerance: float | None = None,
    interval: tuple[float, float] | None = None,
    row_seconds: float | None = None,
    row_steps: int | None = None,
    time_limit: float | None = None,
    n_jobs: int | None = None,
    resume: bool = True,
    progress: bool = False,
    settings: dict[str, Any] | None = None,
    **options: Any,
) -> Run:
    """Ask a query about every row of a source, and write the answers as parquet files.

    The rows are asked in parts. A part is written whole or not at all, and kept as soon as it is done; the same call
    goes on where an earlier one ended, whatever ended it. Parts of the same size are the same bytes, whichever engine
    and however many workers did them; parts of another size hold the same rows (but for rows that `row_seconds`
    stopped).

    Parameters
    ----------
    model : explainer, fitted model or path
        What is asked: an explainer, with its domain; a fitted model; or the file of a saved explainer.
    source : path, list of paths, frame or pyarrow.dataset.Dataset
        The rows: files (``.parquet``, ``.arrow``, ``.feather``, ``.csv``, ``.tsv``), a folder of such, or a table or
        data frame in memory. Their columns go by the model's names; there may be others.
    to : path
        A folder, new or of the same run: ``part-000000.parquet``, …, ``_manifest.json`` and ``_parts.jsonl``.
    query, keep, words, tolerance, interval, row_seconds, row_steps, **options
        As for ``explain_batch``.
    engine : {"local", "ray", "dask", "spark"}
        Who does the parts: threads of this process, or a cluster, whose workers must see the files by the same paths.
    part_rows : int
        Rows of a part.
    time_limit : float, optional
        Seconds. Parts that are not done by then are left for the next call.
    n_jobs : int, optional
        Of the engine ``"local"``: how many parts are done side by side (default: one a core).
    resume : bool
        Whether to go on with a run that is there; else it is an error.
    progress : bool
        Whether to tell how far it is, how many rows a second, and how long it takes yet.
    settings : dict, optional
        Of the other engines: ``{"n_workers": 8, "threads": 2, "actor": {…}}`` of Ray, ``{"client": …}`` of Dask,
        ``{"session": …}`` of Spark.

    Returns
    -------
    Run
        How far it came; ``run.to_frame()`` and ``run.dataset()`` have the answers.

    Raises
    ------
    BadInputError
        If an argument cannot be used, the rows lack columns of the model, another run is at work in the folder, or it
        holds a run of another model, query, source, option or part size; the message says what differs.
    BackendError
        If a part cannot be read or written, or a cluster gave it up; what is done is kept.
    MissingBackendError
        If pyarrow, or the engine, is not installed.

    Notes
    -----
    Memory: the parts at work, their rows and answers; it does not grow with the source.
    """
    arrow()
    deadline = Deadline(time_limit)
    if not is_whole(part_rows) or part_rows < 1:
        raise BadInputError(f"part_rows={shown(part_rows)}: expected a whole number from 1")
    resume, progress = truth_of(resume, "resume"), truth_of(progress, "progress")
    explainer = _explainer_of(model)
    rows = source_of(source, _numbers(explainer))
    kept = kept_names(keep)
    how = How(query, options, kept, truth_of(words, "words"), each_of(row_seconds, row_steps), tolerance, interval)
    asked = how.of(explainer)
    schema = asked.schema(rows.schema)
    target = Target(to)
    told = {**_told(explainer, how, rows, int(part_rows)), "columns": _columns(schema), **_now()}
    work = _spread_of(engine, n_jobs, settings)
    with target.locked():
        target.begin(told, resume=resume)
        parts = Parts(explainer, how, rows, int(part_rows), target.path, _run_of(told))
        if engine != "local":
            parts = _sendable(parts, target)
        with Interruptible(deadline):
            done = _done_before(target, parts, deadline)
            _work(work, parts, done, target, deadline, progress)
        found = Run(target.path, rows.n_rows, parts.rows_each, done, deadline.stop, deadline.elapsed)
        target.end(told, found.told())
    return found


def _explainer_of(model: Any) -> Any:
    if hasattr(model, "session") and hasattr(model, "batch"):
        return model
    if isinstance(model, (str, Path)):
        from ..saving.container import is_saved
        from ..saving.loading import load

        with open(model, "rb") as stream:
            head = stream.read(4096)
        if is_saved(head):
            return load(model)
    return Explainer.initialize(model)


def _numbers(explainer: Any) -> dict[str, bool]:
    """Return which columns of the model hold numbers; the others hold texts."""
    vocabulary = explainer.session.compiled.vocabulary
    texts = {column for column, labels in vocabulary.labels.items() if any(isinstance(one, str) for one in labels)}
    return {str(name): column not in texts for column, name in enumerate(vocabulary.names)}


def _told(explainer: Any, how: How, rows: Source, part_rows: int) -> dict[str, Any]:
    """Return what tells a run from others."""
    try:
        options = {name: plain(value) for name, value in sorted(how.options.items())}
    except BadInputError:
        options = {name: repr(value) for name, value in sorted(how.options.items())}
    audit = audit_of(explainer.session.compiled)
    return {
        "suffice": "run", "schema": SCHEMA, "model": audit["model"], "explainer": told_apart(explainer),
        "versions": {"suffice": audit["versions"].get("suffice", "")},
        "query": how.query, "options": json.loads(json.dumps(options)), "keep": list(how.keep), "words": how.words,
        "tolerance": how.tolerance, "interval": None if how.interval is None else list(map(float, how.interval)),
        "row_seconds": how.each.seconds, "row_steps": how.each.steps, "part_rows": part_rows,
        "source": rows.told(), "source_columns": _columns(rows.schema),
    }  # fmt: skip


def _columns(schema: Any) -> list[list[str]]:
    return [[field.name, str(field.type)] for field in schema]


def _now() -> dict[str, Any]:
    return {
        "started": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "host": {"name": platform.node(), "python": platform.python_version(), "pyarrow": arrow().__version__},
    }


def _run_of(told: dict[str, Any]) -> str:
    """Return what stands in each part: the same for runs that ask the same."""
    same = {name: value for name, value in told.items() if name not in ("started", "host")}
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:32]


def _spread_of(engine: Any, n_jobs: Any, settings: dict[str, Any] | None) -> Callable[..., Iterator[bytes]]:
    """Return what spreads parts, with its settings checked."""
    own = dict(settings or {})
    if engine == "local":
        if n_jobs is not None:
            own["n_jobs"] = n_jobs
        return lambda task, parts, deadline: spread_here(task, parts, deadline, own)
    if not isinstance(engine, str) or engine not in ENGINES:
        raise BadInputError(f"engine={shown(engine)}: expected one of {', '.join(ENGINES)}")
    if n_jobs is not None:
        raise BadInputError("n_jobs is of engine='local': clusters know their workers (see settings=)")
    if engine == "ray":
        from ...engine.spread.on_ray import spread_on_ray as spread
    elif engine == "dask":
        from ...engine.spread.on_dask import spread_on_dask as spread
    else:
        from ...engine.spread.on_spark import spread_on_spark as spread
    return lambda task, parts, deadline: spread(task, parts, deadline, own)


def _sendable(parts: Parts, target: Target) -> Parts:
    """Return the same work for other processes: with the explainer as bytes, and rows in files that they can read."""
    source = parts.source
    if type(source).__name__ == "TableSource":
        from pyarrow import parquet

        path = target.path / "_rows.parquet"
        hidden = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        try:
            parquet.write_table(source.rows(0, source.n_rows), hidden, row_group_size=max(1, parts.rows_each))
            os.replace(hidden, path)
        except OSError as error:
            hidden.unlink(missing_ok=True)
            raise BackendError(f"the rows cannot be written for the workers: {error}") from error
        source = source_of(path)
    return replace(parts, explainer=carried(parts.explainer), source=source, to=parts.to.resolve())


def _done_before(target: Target, parts: Parts, deadline: Deadline) -> dict[int, dict[str, Any]]:
    """Return the lines of parts that are there and whole; what is left of others is removed."""
    target.swept()
    lines, done = target.lines(), {}
    for part in range(-(-parts.source.n_rows // parts.rows_each)):
        if not parts.path(part).exists() or deadline.expired():
            continue
        found = parts.found(part)
        before = lines.get(part, {})
        if found is None or before.get("sha256", found["sha256"]) != found["sha256"]:
            print(f"{parts.path(part)} is damaged, or of another run: it is made again", file=sys.stderr)
            parts.path(part).unlink(missing_ok=True)
            continue
        done[part] = before if before.get("sha256") == found["sha256"] else found
        if part not in lines:
            target.note(json.dumps(found).encode())
    return done


def _work(
    work: Callable[[Task, list[int], Deadline], Iterator[bytes]],
    parts: Parts,
    done: dict[int, dict[str, Any]],
    target: Target,
    deadline: Deadline,
    progress: bool,
) -> None:
    """Do the parts that are left, and note each."""
    left = [part for part in range(-(-parts.source.n_rows // parts.rows_each)) if part not in done]
    with Progress(parts.source.n_rows, sum(line["rows"] for line in done.values()), shown=progress) as bar:
        if not left or deadline.expired():
            return
        try:
            for line in work(parts, left, deadline):
                told = json.loads(line)
                if "cut" in told:
                    continue
                done[told["part"]] = told
                target.note(line)
                bar.more(told["rows"])
        except OSError as error:
            raise BackendError(
                f"a part cannot be read or written: {error}; the {len(done)} parts that are done are kept: mend it, "
                "and go on with the same call"
            ) from error
        except BackendError as error:
            raise type(error)(
                f"{error}; the {len(done)} parts that are done are kept: go on with the same call"
            ) from error

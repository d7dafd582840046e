"""``suffice.batch.run``: a query about every row of files, in parts that are kept as they are done."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import platform
import sys
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ...engine.budget import Deadline
from ...engine.errors import BackendError, BadInputError, shown
from ...engine.given import is_whole, truth_of
from ...engine.interrupts import Interruptible
from ...engine.reasons.plain import plain
from ...engine.spread.engines import spread_of
from ...engine.spread.task import Spread, Task
from ..facade import Explainer
from ..keeping.audit import audit_of
from .answering import each_of
from .carried import carried, told_apart
from .frames import arrow, columns_for, kept_names
from .outcome import Run
from .parts import How, Parts
from .progress import Progress
from .sources import Source, source_of
from .target import SCHEMA, Target

PART_ROWS = 10_000
_ROWS = "_rows.parquet"  # of a table in memory, for workers


def run(
    model: Any, source: Any, to: str | os.PathLike[str], query: str = "sufficient_reason", *, engine: str = "local",
    part_rows: int = PART_ROWS, keep: str | Iterable[str] = (), words: bool = True, tolerance: float | None = None,
    interval: tuple[float, float] | None = None, row_seconds: float | None = None, row_steps: int | None = None,
    time_limit: float | None = None, n_jobs: int | None = None, resume: bool = True, progress: bool = False,
    settings: dict[str, Any] | None = None, **options: Any,
) -> Run:  # fmt: skip
    """Ask a query about every row of a source, and write the answers as parquet files.

    A part of the rows is written whole or not at all, and kept as soon as it is done; the same call goes on where an
    earlier one ended, whatever ended it. Memory does not grow with the source. Equal parts are equal bytes, whoever did
    them; parts of another size hold the same rows (but for those that `row_seconds` stopped).

    Parameters
    ----------
    model : explainer, fitted model or path
        An explainer, with its domain; a fitted model; or the file of a saved explainer.
    source : path, list of paths, frame or pyarrow.dataset.Dataset
        Files (``.parquet``, ``.arrow``, ``.feather``, ``.csv``, ``.tsv``), a folder of such, a table or data frame.
    to : path
        A folder, new or of the same run.
    query, keep, words, tolerance, interval, row_seconds, row_steps, **options
        As for ``explain_batch``.
    engine : {"local", "ray", "dask", "spark"}
        Threads of this process, or a cluster, whose workers must see the files by the same paths.
    part_rows, n_jobs : int
        Rows of a part; of the engine ``"local"``, parts that are done side by side (default: one a core).
    time_limit : float, optional
        Seconds. Parts that are not done by then are left for the next call.
    resume, progress : bool
        Whether to go on with a run that is there, else it is an error; whether to tell how far it is.
    settings : dict, optional
        ``{"n_workers": 8, "threads": 2, "actor": {…}}`` of Ray, ``{"client": …}`` of Dask, ``{"session": …}`` of Spark.

    Raises
    ------
    BadInputError
        If an argument cannot be used, the rows lack columns of the model, another run is at work in the folder, or it
        holds a run of another model, query, source, option or part size; the message says what differs.
    BackendError
        If a part cannot be read or written, or a cluster gave it up; what is done is kept.
    MissingBackendError
        If pyarrow, or the engine, is not installed.
    """
    each = each_of(row_seconds, row_steps)
    how = How(query, options, kept_names(keep), truth_of(words, "words"), each, tolerance, interval)
    work = _spread_of(engine, n_jobs, settings)
    resume, progress = truth_of(resume, "resume"), truth_of(progress, "progress")
    return _run(model, source, to, how, part_rows, work, Deadline(time_limit), resume=resume, progress=progress)


def _run(
    model: Any, source: Any, to: Any, how: How, part_rows: Any, work: Work, deadline: Deadline, *, resume: bool,
    progress: bool,
) -> Run:  # fmt: skip
    arrow()
    if not is_whole(part_rows) or part_rows < 1:
        raise BadInputError(f"part_rows={shown(part_rows)}: expected a whole number from 1")
    explainer = _explainer_of(model)
    asked = how.of(explainer)
    rows = source_of(source, _numbers(explainer))
    schema = asked.schema(rows.schema)
    columns_for(explainer, list(rows.schema.names), how.keep)
    target = Target(to)
    told = {**_told(explainer, how, rows, int(part_rows)), "columns": _columns(schema), **_now()}
    with target.locked():
        target.begin(told, resume=resume)
        parts = Parts(explainer, how, rows, int(part_rows), target.path, _run_of(told))
        if work.sends:
            parts = replace(_sendable(parts, target), threads=work.threads)
        with Interruptible(deadline):
            done = _done_before(target, parts, deadline)
            _work(work, parts, done, target, deadline, progress)
        (target.path / _ROWS).unlink(missing_ok=True)
        found = Run(target.path, rows.n_rows, parts.rows_each, done, deadline.stop, deadline.elapsed)
        target.end(told, found.told())
    return found


class Work(NamedTuple):
    """Who does the parts.

    Attributes
    ----------
    spread : callable
        Yields what is told of parts.
    settings : dict
        Its settings.
    sends : bool
        Whether they are done in other processes.
    """

    spread: Spread
    settings: dict[str, Any]
    sends: bool

    @property
    def threads(self) -> int:
        """Threads that one part may take in another process."""
        found = self.settings.get("threads", 1)
        return found if isinstance(found, int) and found > 1 else 1

    def __call__(self, task: Task, parts: Sequence[int], deadline: Deadline) -> Iterator[bytes]:
        """Yield what is told of each part."""
        return self.spread(task, parts, deadline, dict(self.settings))


def _explainer_of(model: Any) -> Any:
    if hasattr(model, "batch"):
        return model
    if isinstance(model, (str, Path)):
        from ..saving.container import is_saved
        from ..saving.loading import load

        try:
            with open(model, "rb") as stream:
                head = stream.read(4096)
        except OSError as error:
            raise BadInputError(f"model={shown(str(model))} cannot be read: {error.strerror}") from None
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


def _spread_of(engine: Any, n_jobs: Any, settings: dict[str, Any] | None) -> Work:
    """Return who does the parts."""
    own = dict(settings or {})
    if engine == "local":
        return Work(spread_of(engine), own if n_jobs is None else {**own, "n_jobs": n_jobs}, False)
    spread = spread_of(engine)
    if n_jobs is not None:
        raise BadInputError("n_jobs is of engine='local': clusters know their workers (see settings=)")
    return Work(spread, own, True)


def _sendable(parts: Parts, target: Target) -> Parts:
    """Return the same work for other processes: with the explainer as bytes, and rows in files that they can read."""
    source = parts.source
    if type(source).__name__ == "TableSource":
        from pyarrow import parquet

        path = target.path / _ROWS
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
    work: Work,
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

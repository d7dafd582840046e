"""The commands ``explain`` and ``report``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...engine.errors import BadInputError
from ...engine.status import Status
from ..batch.batch import Batch
from ..explain import explain
from ..explanation import Explanation
from ..explanations import Explanations
from ..facade import Explainer
from .subject import Subject, note, subject_of, target_of

DONE, UNPROVED = 0, 1
_ENDINGS = (".csv", ".parquet", ".json", ".html")


def run_explain(options: argparse.Namespace) -> int:
    """Explain rows, or ask a query about them; print or write the answers; return the exit status."""
    target = target_of(options, _ENDINGS)
    subject = subject_of(options)
    if options.query is not None:
        if options.redact:
            raise BadInputError("--redact is for explanations: a query's answers would show the values")
        return _asked(options, subject, target)
    if options.options:
        raise BadInputError("--with is for the arguments of a query: name it with --query")
    found = _explained(options, subject)
    if options.redact and len(found):
        found = found.redacted(options.redact, changes=options.changes or subject.single)
    one = found[0] if subject.single and len(found) else None
    if target is not None:
        _write(options, target, found, one)
    elif options.json:
        print(found.to_json(changes=options.changes) if one is None else one.to_json())
    elif one is not None:
        print(one)
    else:
        for line in _lines(found):
            print(line)
    return _status(options, found)


def run_report(options: argparse.Namespace) -> int:
    """Write a page; return the exit status."""
    target = target_of(options, (".html", ".htm"))
    subject = subject_of(options)
    found = _explained(options, subject)
    assert target is not None
    if subject.single and len(found):
        found[0].to_html(target, data=subject.whole, title=options.title, redact=options.redact)
    else:
        found.to_html(target, changes=options.changes, title=options.title, redact=options.redact)
    note(options, f"written: {target}")
    return _status(options, found)


def _explained(options: argparse.Namespace, subject: Subject) -> Explanations:
    found: Explanations = explain(  # a frame, of one row even, comes back as many

        subject.model, subject.rows, features_type=options.types, ranges=options.ranges, excluded=options.exclude,
        over=options.over, immutable=options.immutable, tolerance=options.tolerance, time_limit=options.time_limit,
        n_jobs=options.threads, progress=_progress(options, len(subject.rows)),
    )  # fmt: skip
    return found


def _progress(options: argparse.Namespace, rows: int) -> bool:
    return not options.quiet and rows > 1 and sys.stderr.isatty()


def _lines(found: Explanations) -> Any:
    for i, name in enumerate(found.row_index):
        reason = found.reason(i)
        said = found[i].none_because if reason is None else " and ".join(reason.features) or "every row is decided so"
        status = "" if reason is None else f"  [{str(reason.status).replace('_', ' ')}]"
        yield f"{name}: {found.predictions[i]} because {said}{status}"


def _status(options: argparse.Namespace, found: Explanations) -> int:
    proved = all(reason is None or reason.status is not Status.BEST_SO_FAR for reason in found.reasons())
    if len(found) < found.n_rows:
        note(options, f"{len(found)} of {found.n_rows} rows were reached ({found.stop}): give it more --time-limit")
    return DONE if len(found) == found.n_rows and proved else UNPROVED


def _write(options: argparse.Namespace, target: Path, found: Explanations, one: Explanation | None) -> None:
    kind = target.suffix.lower()
    if kind == ".html":
        if one is not None:
            one.to_html(target)
        else:
            found.to_html(target, changes=options.changes)
    elif kind == ".json":
        written_whole(target, lambda path: path.write_text(
            found.to_json(changes=options.changes) if one is None else one.to_json(), encoding="utf-8"
        ))  # fmt: skip
    else:
        write_frame(target, found.to_frame(changes=options.changes or one is not None))
    note(options, f"written: {target}")


def write_frame(target: Path, frame: Any) -> None:
    """Write a frame as CSV (lists joined with "and", mappings as JSON) or as parquet."""
    if target.suffix.lower() == ".csv":
        told = frame.copy()
        for column in told.columns:
            told[column] = [_cell(value) for value in told[column]]
        written_whole(target, told.to_csv)
    else:
        try:
            import pyarrow  # noqa: F401  # what pandas writes with
        except ImportError:
            raise BadInputError(f"--to {target}: parquet needs pyarrow: pip install pyarrow") from None
        told = frame.copy()
        for column in told.columns:
            if any(isinstance(value, dict) for value in told[column]):  # of other keys in each row
                told[column] = [_cell(value) for value in told[column]]
        written_whole(target, told.to_parquet)


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return " and ".join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(
            {str(key): getattr(one, "item", lambda one=one: one)() for key, one in value.items()}, default=str
        )
    return value


def written_whole(target: Path, write: Callable[[Path], Any]) -> None:
    """Write a file whole, or not at all."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}.", suffix=target.suffix)
    os.close(handle)
    made = Path(name)
    try:
        write(made)
        umask = os.umask(0)
        os.umask(umask)
        made.chmod(0o666 & ~umask)
        made.replace(target)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def _asked(options: argparse.Namespace, subject: Subject, target: Path | None) -> int:
    own = hasattr(subject.model, "session")  # a loaded explainer
    explainer: Any = (
        subject.model
        if own
        else Explainer.initialize(
            subject.model, features_type=options.types, ranges=options.ranges, background=subject.whole
        )
    )
    if options.exclude:
        explainer.set_excluded_features(options.exclude)
    how = dict(options.options)
    if options.over != "literals":
        how.setdefault("over", options.over)
    if options.immutable:
        how.setdefault("immutable", options.immutable)
    batch: Batch[Any] = explainer.batch(
        subject.rows, options.query, n_jobs=options.threads, time_limit=options.time_limit,
        progress=_progress(options, len(subject.rows)), **how,
    )  # fmt: skip
    frame = batch.to_frame().set_axis(subject.rows.index[: len(batch)])
    if target is not None:
        if target.suffix.lower() in (".html", ".json"):
            raise BadInputError(f"--to {target}: the answers of a query are written to .csv or .parquet")
        write_frame(target, frame)
        note(options, f"written: {target}")
    elif options.json:
        print(json.dumps(json.loads(frame.to_json(orient="records"))))
    else:
        for name, row in frame.iterrows():
            print(f"{name}: {row['prediction']}: {row['answer']}  [{row['status'].replace('_', ' ')}]")
    return DONE if batch.status is Status.COMPLETE and _all_proved(batch) else UNPROVED


def _all_proved(batch: Batch[Any]) -> bool:
    return all(status not in (str(Status.BEST_SO_FAR), "error", "not_reached") for status in batch.row_status)

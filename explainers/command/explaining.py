"""The commands ``explain`` and ``report``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from ...engine.errors import BadInputError
from ...engine.status import Status
from ...engine.whole_files import write_whole, written_whole
from ..batch.batch import NOT_REACHED, Batch
from ..explain import explain
from ..explanation import Explanation
from ..explanations import Explanations
from ..facade import Explainer
from ..words.how_far import NONE_CERTAIN, searched
from .subject import Subject, note, subject_of, target_of

DONE, UNPROVED = 0, 1
_OWN = {"time_limit": "--time-limit", "n_jobs": "--threads", "progress": "--quiet", "X": "DATA", "query": "--query"}

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
    return _status(options, found, one)


def run_report(options: argparse.Namespace) -> int:
    """Write a page; return the exit status."""
    target = target_of(options, (".html", ".htm"))
    subject = subject_of(options)
    found = _explained(options, subject)
    assert target is not None
    one = found[0] if subject.single and len(found) else None
    if one is not None:
        one.to_html(target, data=subject.whole, title=options.title, redact=options.redact)
    else:
        found.to_html(target, changes=options.changes, title=options.title, redact=options.redact)
    note(options, f"written: {target}")
    return _status(options, found, one)


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


def _status(options: argparse.Namespace, found: Explanations, one: Explanation | None = None) -> int:
    """Return the exit status: of one row, what would change it counts too."""
    proved = all(
        not found[i].tied if reason is None else reason.status is not Status.BEST_SO_FAR
        for i, reason in enumerate(found.reasons())
    )
    changes = None if one is None else one.known_changes()
    if changes is not None:
        proved = proved and searched(changes) and (bool(changes) or not found[0].rounding)
        proved = proved and all(reason.status is not Status.BEST_SO_FAR for reason in changes)
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
        write_whole(target, found.to_json(changes=options.changes) if one is None else one.to_json())
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
    for name, option in _OWN.items():
        if name in how:
            raise BadInputError(f"--with {name}=…: say it with {option}, for all rows together")
    if options.over != "literals":
        how.setdefault("over", options.over)
    if options.immutable:
        how.setdefault("immutable", options.immutable)
    batch: Batch[Any] = explainer.batch(
        subject.rows, options.query, n_jobs=options.threads, time_limit=options.time_limit,
        progress=_progress(options, len(subject.rows)), **how,
    )  # fmt: skip
    frame = batch.to_frame().set_axis(subject.rows.index[: len(batch)])
    open_ = _nothing_certain(explainer, options.query, batch, frame)
    if target is not None:
        if target.suffix.lower() in (".html", ".json"):
            raise BadInputError(f"--to {target}: the answers of a query are written to .csv or .parquet")
        write_frame(target, frame)
        note(options, f"written: {target}")
    elif options.json:
        print(json.dumps(json.loads(frame.to_json(orient="records"))))
    else:
        for name, row in frame.iterrows():
            said = "" if row["status"] == NOT_REACHED else f"{row['prediction']}: {row['answer']}  "
            print(f"{name}: {said}[{row['status'].replace('_', ' ')}]")
    return DONE if batch.status is Status.COMPLETE and _all_proved(batch) and not open_.any() else UNPROVED


def _nothing_certain(explainer: Any, query: str, batch: Batch[Any], frame: Any) -> Any:
    """Say in a frame where no change is certain, since rounding may decide; tell which rows these are."""
    may = "contrastive" in query and not query.startswith("is_") and explainer.session.compiled.rounding
    open_ = frame["status"].eq(str(Status.COMPLETE)) & np.array([may and not answer for answer in batch], np.bool_)
    frame.loc[open_, "answer"] = NONE_CERTAIN
    return open_


def _all_proved(batch: Batch[Any]) -> bool:
    return all(status not in (str(Status.BEST_SO_FAR), "error", "not_reached") for status in batch.row_status)

"""What a worker does: reads a part of the rows, asks about them, and writes their answers whole."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...engine.budget import Deadline
from ...engine.status import Status, Stop
from ..batch.batch import FAILED, NOT_REACHED
from ..batch.run import NO_LIMIT, Each
from .answering import Asked
from .carried import Carried, arrived, carried
from .frames import arrow
from .seen import Seen
from .shapes import UNDECIDED
from .sources import Source

_RUN = b"suffice.run"


@dataclass(frozen=True)
class How:
    """How rows are asked; see ``Asked``."""

    query: str
    options: Mapping[str, Any] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    words: bool = True
    each: Each = NO_LIMIT
    tolerance: float | None = None
    interval: tuple[float, float] | None = None

    def of(self, explainer: Any, seen: Seen | None = None) -> Asked:
        """Return the query of an explainer."""
        return Asked(
            explainer, self.query, self.options, self.keep, self.words, self.each, self.tolerance, self.interval,
            seen or Seen(),
        )  # fmt: skip


@dataclass
class Parts:
    """Does a part, in any process; doing one twice writes the same bytes.

    Attributes
    ----------
    explainer : explainer or Carried
        What is asked; as bytes once it was sent.
    how : How
        The query.
    source : Source
        The rows.
    rows_each : int
        Rows of a part (the last may have fewer).
    to : Path
        The folder of the parts.
    run : str
        What tells this run from others: it is written into each part.
    threads : int
        Threads that one part may take.
    """

    explainer: Any
    how: How
    source: Source
    rows_each: int
    to: Path
    run: str
    threads: int = 1

    def __getstate__(self) -> dict[str, Any]:
        own = self.explainer
        return {**self.__dict__, "explainer": own if isinstance(own, Carried) else carried(own), "seen": None}

    seen: Seen | None = None

    def asked(self) -> Asked:
        """Return the query, of the explainer of this process."""
        own = self.explainer
        if self.seen is None:
            self.seen = Seen()
        return self.how.of(arrived(own) if isinstance(own, Carried) else own, self.seen)

    def __call__(self, part: int, limit: Deadline) -> bytes:
        """Do a part; return its line of the log. A part that was stopped is not written."""
        begin = time.perf_counter()
        first = part * self.rows_each
        end = min(first + self.rows_each, self.source.n_rows)
        table = self.asked().table(self.source.rows(first, end), first, self.threads, limit)
        if limit.stop is not Stop.NONE:
            return json.dumps({"part": part, "cut": str(limit.stop)}).encode()
        size, checksum = self.write(part, table)
        line = {
            "part": part, "rows": end - first, **counted(table), "bytes": size, "sha256": checksum,
            "seconds": round(time.perf_counter() - begin, 6),
            "worker": f"{os.getpid()}.{threading.get_ident() % 10_000}",
        }  # fmt: skip
        return json.dumps(line).encode()

    def path(self, part: int) -> Path:
        """Return the file of a part."""
        return self.to / f"part-{part:06d}.parquet"

    def write(self, part: int, table: Any) -> tuple[int, str]:
        """Write a part: all of it is there afterwards, or nothing; return its size and checksum."""
        from pyarrow import parquet

        mark = {_RUN: f"{self.run}.{part}".encode()}
        sink = arrow().BufferOutputStream()
        parquet.write_table(table.replace_schema_metadata(mark), sink, compression="zstd")
        data = sink.getvalue()
        target = self.path(part)
        hidden = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            with open(hidden, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(hidden, target)
        except BaseException:
            hidden.unlink(missing_ok=True)
            raise
        return data.size, hashlib.sha256(data).hexdigest()

    def found(self, part: int) -> dict[str, Any] | None:
        """Return the line of a part that is there; None if it is not, belongs to another run, or is damaged."""
        from pyarrow import parquet

        path = self.path(part)
        try:
            with open(path, "rb") as stream:
                data = stream.read()
            table = parquet.read_table(arrow().BufferReader(data))
        except (OSError, arrow().ArrowException):
            return None
        rows = min(self.rows_each, self.source.n_rows - part * self.rows_each)
        if (table.schema.metadata or {}).get(_RUN) != f"{self.run}.{part}".encode() or len(table) != rows:
            return None
        return {
            "part": part, "rows": rows, **counted(table), "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()
        }  # fmt: skip


def counted(table: Any) -> dict[str, int]:
    """Return how many rows failed, were stopped by a limit of their own, or are not proved to the end."""
    status = table.column("status").to_pylist()
    stops = table.column("stop").to_pylist()
    stopped = sum(one not in (str(Stop.NONE), None) for one in stops)
    unproved = sum(map(status.count, (UNDECIDED, NOT_REACHED, str(Status.BEST_SO_FAR))))
    return {"errors": status.count(FAILED), "stopped": stopped, "unproved": unproved}

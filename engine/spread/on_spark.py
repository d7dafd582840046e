"""Parts on Spark: partitions of a frame of numbers, by ``mapInArrow``."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from typing import Any

from ..budget import Deadline
from ..errors import BadInputError, MissingBackendError, shown
from ..status import Stop
from .task import PartsFailedError, Task, held, no_more


class _Mapped:
    """Does the parts of record batches, in a worker's Python.

    Parameters
    ----------
    task : Broadcast
        The pickled task, which Spark sends to each machine once.
    """

    def __init__(self, task: Any) -> None:
        self._task = task

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Yield a record batch of what is told for each of numbers."""
        import pyarrow

        own: Task = held(self._task.value)
        for batch in batches:
            told = [own(int(part), Deadline()) for part in batch.column(0).to_pylist()]
            yield pyarrow.RecordBatch.from_pydict({"told": pyarrow.array(told, pyarrow.binary())})


def spread_on_spark(task: Task, parts: Sequence[int], deadline: Deadline, settings: dict[str, Any]) -> Iterator[bytes]:
    """Yield what is told of each part, once all are done (parts that are done are kept, whatever becomes of others).

    Parameters
    ----------
    task, parts, deadline
        As for ``spread_here``; the limit is not looked at while Spark works.
    settings : dict
        ``session``: a ``SparkSession`` (default: the active one).

    Raises
    ------
    MissingBackendError
        If Spark is not installed.
    BadInputError
        If there is no session.
    PartsFailedError
        If a part failed, with Spark's own words.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise MissingBackendError("engine='spark' needs Spark: pip install 'suffice[spark]'") from None
    session = settings.pop("session", None) or SparkSession.getActiveSession()
    no_more(settings, "spark", "session=…")
    if session is None:
        raise BadInputError("engine='spark' needs a session: make a SparkSession, and pass settings={'session': …}")
    context = session.sparkContext
    sent = context.broadcast(pickle.dumps(task))
    rows = context.parallelize([(int(part),) for part in parts], len(parts))
    numbers = session.createDataFrame(rows, "part long")
    try:
        for row in numbers.mapInArrow(_Mapped(sent), "told binary").collect():
            yield bytes(row["told"])
    except KeyboardInterrupt:
        context.cancelAllJobs()
        deadline.halt(Stop.INTERRUPT)
    except PySparkException as error:
        raise PartsFailedError(f"Spark gave up a part: {shown(str(error), 300)}") from error
    finally:
        sent.unpersist()

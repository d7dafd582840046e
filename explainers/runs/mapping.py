"""A query as a function of frames that any engine can map: it travels with its explainer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...engine.budget import Deadline
from .answering import Asked, each_of
from .carried import Carried, arrived, carried
from .frames import back, table_of
from .parts import How


class Mapper:
    """Asks a query about each row of the frames that it is called with; it can be pickled.

    Its explainer is made again once in each process, and shared by the threads there.

    Parameters
    ----------
    explainer : explainer
        What is asked.
    query : str
        The query.
    keep : str or iterable of str
        Columns that go with the answers: parts of a distributed frame have no numbers, so that a key is wanted.
    n_jobs : int
        Threads of one call.
    words, tolerance, interval, row_seconds, row_steps, **options
        As for ``explain_batch``.

    Examples
    --------
    ``dataset.map_batches(mapper, batch_format="pyarrow")`` of Ray Data;
    ``frame.map_partitions(mapper, meta=mapper.meta(frame))`` of Dask;
    ``frame.mapInArrow(mapper.batches, mapper.spark_schema(frame))`` of Spark.
    """

    def __init__(
        self,
        explainer: Any,
        query: str = "sufficient_reason",
        *,
        keep: str | Iterable[str] = (),
        n_jobs: int = 1,
        words: bool = True,
        tolerance: float | None = None,
        interval: tuple[float, float] | None = None,
        row_seconds: float | None = None,
        row_steps: int | None = None,
        **options: Any,
    ) -> None:
        kept = (keep,) if isinstance(keep, str) else tuple(keep)
        self._how = How(query, options, kept, words, each_of(row_seconds, row_steps), tolerance, interval)
        self._how.of(explainer)  # a wrong query is an error here
        self._explainer: Any = explainer
        self._n_jobs = n_jobs

    def __getstate__(self) -> dict[str, Any]:
        own = self._explainer
        return {**self.__dict__, "_explainer": own if isinstance(own, Carried) else carried(own)}

    def _asked(self) -> Asked:
        own = self._explainer
        return self._how.of(arrived(own) if isinstance(own, Carried) else own)

    def __call__(self, frame: Any) -> Any:
        """Return the answers about a frame, as a frame of its kind, without numbers of rows."""
        found = self._asked().table(table_of(frame), 0, self._n_jobs, Deadline())
        return back(found.drop_columns(["row"]), frame)

    def batches(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Yield the answers about record batches of Arrow, as such."""
        for batch in batches:
            found = self._asked().table(table_of(batch), 0, self._n_jobs, Deadline())
            yield from found.drop_columns(["row"]).to_batches()

    def schema(self, rows: Any) -> Any:
        """Return the schema of the answers about rows of a schema of Arrow."""
        found = self._asked().schema(rows)
        return found.remove(found.get_field_index("row"))

    def meta(self, frame: Any) -> Any:
        """Return the answers about no row of a Dask frame (or one of pandas), which Dask wants to know."""
        told = getattr(frame, "_meta", frame)
        return self(told.head(0))

    def spark_schema(self, frame: Any) -> Any:
        """Return the schema of the answers about a Spark frame, as Spark has it."""
        from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

        return from_arrow_schema(self.schema(to_arrow_schema(frame.schema)))

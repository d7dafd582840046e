"""Parts on Dask: partitions of a frame of numbers, scheduled by the user's client."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from typing import Any

from ..budget import Deadline
from ..errors import BadInputError, MissingBackendError, shown
from ..status import Stop
from .task import PartsFailedError, Task, held, no_more


def do_parts(numbers: Any, task: Any) -> Any:
    """Do the parts of a partition, in a worker."""
    own: Task = held(task)
    return numbers.assign(told=[own(int(part), Deadline()) for part in numbers["part"]])


def spread_on_dask(task: Task, parts: Sequence[int], deadline: Deadline, settings: dict[str, Any]) -> Iterator[bytes]:
    """Yield what is told of each part.

    Parameters
    ----------
    task, parts, deadline
        As for ``spread_here``; a limit ends the run between parts.
    settings : dict
        ``client``: a ``dask.distributed.Client`` (default: the current one).

    Raises
    ------
    MissingBackendError
        If Dask is not installed.
    BadInputError
        If there is no client.
    PartsFailedError
        If a part failed, with the worker's own words.
    """
    try:
        import pandas
        from dask import dataframe
        from distributed import Client, as_completed, get_client
    except ImportError:
        raise MissingBackendError("engine='dask' needs Dask: pip install 'suffice[dask]'") from None
    client = settings.pop("client", None)
    no_more(settings, "dask", "client=…")
    if client is None:
        try:
            client = get_client()
        except ValueError:
            raise BadInputError(
                "engine='dask' needs a client: make a dask.distributed.Client, and pass settings={'client': …}"
            ) from None
    if not isinstance(client, Client):
        raise BadInputError(f"client={shown(client)}: expected a dask.distributed.Client")
    frame = pandas.DataFrame({"part": list(parts)})
    numbers = dataframe.from_pandas(frame, npartitions=len(parts), sort=False)
    sent = client.scatter(pickle.dumps(task), broadcast=True, hash=False)
    mapped = numbers.map_partitions(do_parts, sent, meta=frame.head(0).assign(told=b"").astype({"told": object}))
    waiting = client.compute(mapped.to_delayed())
    try:
        for one in as_completed(waiting):
            if one.status == "error":
                raise PartsFailedError(f"Dask gave up a part: {shown(str(one.exception()), 300)}") from one.exception()
            yield from one.result()["told"]
            if deadline.expired():
                return
    except KeyboardInterrupt:
        deadline.halt(Stop.INTERRUPT)
    finally:
        client.cancel(waiting)

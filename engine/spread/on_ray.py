"""Parts on Ray Data: a pool of actors, whose restarts and retries are Ray's own."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..budget import Deadline
from ..errors import MissingBackendError
from ..status import Stop
from .task import PartsFailedError, Task, no_more, workers_of


class Actor:
    """Holds the task, in a process of its own.

    Parameters
    ----------
    task : bytes
        The pickled task.
    """

    def __init__(self, task: bytes) -> None:
        self._task: Task = pickle.loads(task)

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[bytes]]:
        """Do the parts of a batch (of one row)."""
        return {"told": [self._task(int(part), Deadline()) for part in batch["part"]]}


def spread_on_ray(task: Task, parts: Sequence[int], deadline: Deadline, settings: dict[str, Any]) -> Iterator[bytes]:
    """Yield what is told of each part.

    Parameters
    ----------
    task, parts, deadline
        As for ``spread_here``; a limit ends the run between parts.
    settings : dict
        ``n_workers``: actors at most (default: as many as there are cores for); ``threads``: of each actor, which is
        what it asks Ray for (default 1); ``actor``: further arguments of ``map_batches``, such as ``{"memory": …}``.

    Raises
    ------
    MissingBackendError
        If Ray is not installed.
    PartsFailedError
        If a part failed, with Ray's own words.
    """
    try:
        import ray
        import ray.data
        from ray.exceptions import RayError
    except ImportError:
        raise MissingBackendError("engine='ray' needs Ray: pip install 'suffice[ray]'") from None
    threads, further = workers_of(settings, "threads", 1), dict(settings.pop("actor", {}))
    wanted = workers_of(settings, "n_workers", 1 << 20)
    no_more(settings, "ray", "n_workers=…, threads=…, actor={…}")
    if not ray.is_initialized():
        ray.init(log_to_driver=False, include_dashboard=False, logging_level="ERROR")
    most = max(1, int(ray.cluster_resources().get("CPU", 1) // threads))
    workers = min(wanted, most, len(parts))
    ray.data.DataContext.get_current().enable_progress_bars = False
    todo = ray.data.from_items([{"part": part} for part in parts], override_num_blocks=len(parts))
    done = todo.map_batches(
        Actor, fn_constructor_args=(pickle.dumps(task),), batch_size=1, num_cpus=threads,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers), **further,
    )  # fmt: skip
    try:
        for row in done.iter_rows():
            yield row["told"]
            if deadline.expired():
                return
    except KeyboardInterrupt:
        deadline.halt(Stop.INTERRUPT)
    except RayError as error:
        raise PartsFailedError(f"Ray gave up a part: {_last_line(error)}") from error


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__

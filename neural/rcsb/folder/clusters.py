"""Batches of a folder on a cluster."""

from __future__ import annotations

import json
import pickle
from typing import Any

import torch

from ....engine.budget import Deadline
from ....engine.errors import BadInputError
from ....engine.spread.engines import spread_of
from .job import Explainer, Job
from .work import StoppedError, left, work
from .workers import Done, made


class FolderTask:
    """Does a batch, in any process; a batch done twice is the same files.

    Parameters
    ----------
    job : Job
        What is done; its folders are seen by all workers.
    explainer : RCSB or callable
        Or what makes one, once a process.
    """

    def __init__(self, job: Job, explainer: Explainer) -> None:
        self._job, self._explainer = job, explainer
        self._threads = torch.get_num_threads()  # as here, so that sums have the same bits

    def __call__(self, part: int, limit: Deadline) -> bytes:
        """Do a batch; tell how long it took."""
        torch.set_num_threads(self._threads)
        self._explainer = made(self._explainer)
        try:
            seconds = work(self._job, self._explainer, part, left(limit))
        except StoppedError:
            return b""
        return json.dumps([part, seconds]).encode()


def run_on(
    engine: str, job: Job, explainer: Explainer, todo: list[int], settings: dict[str, Any], deadline: Deadline,
    done: Done,
) -> None:  # fmt: skip
    """Do batches on a cluster.

    Raises
    ------
    BadInputError
        If there is no such engine, or the explainer cannot be sent to other processes.
    BackendError
        If a batch failed, again and again.
    """
    spread, task = spread_of(engine), FolderTask(job, explainer)
    try:
        pickle.dumps(task)
    except Exception as error:  # whatever the objects of the user raise
        raise BadInputError(
            f"the explainer cannot be sent to other processes ({error}): pass a function at the top level of a module "
            "that makes it"
        ) from None
    for line in spread(task, todo, deadline, dict(settings)) if todo else ():
        if line:
            done(*json.loads(line))

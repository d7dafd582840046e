"""What is spread: a function of a part's number, which can be sent to other processes."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Protocol

from ..budget import Deadline
from ..errors import BackendError, BadInputError
from ..given import count_of


class Task(Protocol):
    """Does a part.

    It is pickled for other processes, which call it any number of times, from several threads, and again where a
    process died: doing a part twice must be the same as doing it once.
    """

    def __call__(self, part: int, limit: Deadline) -> bytes:
        """Do a part until a limit; what is to be told of it comes back."""


class PartsFailedError(BackendError):
    """A part failed on a cluster, again and again."""


@lru_cache(maxsize=2)
def held(task: bytes) -> Task:
    """Return the task of these bytes, which a process keeps."""
    found: Task = pickle.loads(task)
    return found


Spread = Callable[[Task, Sequence[int], Deadline, Any], Iterator[bytes]]


def workers_of(settings: dict[str, Any], name: str, default: int) -> int:
    """Take a number of workers out of an engine's settings."""
    return count_of(settings.pop(name, default), name)


def no_more(settings: dict[str, Any], engine: str, known: str) -> None:
    """Refuse settings that an engine does not know.

    Raises
    ------
    BadInputError
        If there are any.
    """
    if settings:
        raise BadInputError(f"{next(iter(settings))}=…: engine={engine!r} takes {known}")

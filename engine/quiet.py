"""Warnings that are left out for a while, also where several threads do so at the same time."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar


class _Held:
    """The filters as they were before the first of those who are inside came."""

    lock: ClassVar = threading.Lock()
    inside: ClassVar[int] = 0
    before: ClassVar[Any] = None


def _unlock() -> None:
    """Forget a lock that another thread held while the process was copied."""
    _Held.lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock)


@contextmanager
def quietly(message: str = "", category: type[Warning] = Warning) -> Iterator[None]:
    """Leave out warnings of a kind while a ``with`` block lasts.

    ``warnings.catch_warnings`` alone restores what it found: of two threads, the first one out would bring back the
    filters that the second one found, for good. Here the last one out restores what the first one found.

    Parameters
    ----------
    message : str
        A pattern of what they say; default: all.
    category : type
        Their class.
    """
    with _Held.lock:
        if not _Held.inside:
            _Held.before = warnings.catch_warnings()
            _Held.before.__enter__()
        _Held.inside += 1
        warnings.filterwarnings("ignore", message=message, category=category)
    try:
        yield
    finally:
        with _Held.lock:
            _Held.inside -= 1
            if not _Held.inside:
                _Held.before.__exit__(None, None, None)
                _Held.before = None

"""The limit of compiling a model and checking its compiled form; the long loops of both ask it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from .budget import Deadline
from .errors import BadInputError, SetupLimitError, shown

_Item = TypeVar("_Item")
_CURRENT: ContextVar[Deadline | None] = ContextVar("setup_limit", default=None)


@contextmanager
def within_setup_limit(seconds: Any) -> Iterator[None]:
    """Let what is set up in here take so many seconds at most (None: no limit).

    Raises
    ------
    BadInputError
        If `seconds` is no positive number.
    SetupLimitError
        If time was up.
    """
    try:
        limit = Deadline(seconds)
    except BadInputError:
        raise BadInputError(f"setup_limit={shown(seconds)}: expected a positive number of seconds, or None") from None
    token = _CURRENT.set(limit)
    try:
        setup_step()
        yield
    finally:
        _CURRENT.reset(token)


def setup_step() -> None:
    """Raise SetupLimitError if the time of the setup is up; to be called in each of its long loops."""
    limit = _CURRENT.get()
    if limit is not None and limit.expired():
        raise SetupLimitError(
            f"setup_limit={limit.seconds:g} was up after {limit.elapsed:.2f} s, before the model was compiled and "
            "checked: give it more time, make the explainer once and keep it, or leave out the self-check (check=False)"
        )


def each_in_time(items: Iterable[_Item]) -> Iterator[_Item]:
    """Yield items as long as the setup has time."""
    for item in items:
        setup_step()
        yield item

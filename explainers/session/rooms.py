"""A room for each thread: one explainer answers several threads at once, each of them in a copy that it has to itself.

The thread that made an explainer, its keeper, works in the explainer itself. Any other thread gets a twin at its first
call: it shares the model and the forms that nobody writes into, and has an instance, caches and workspaces of its own.
Changes of the domain are made in the explainer itself; twins follow at their next call. What a thread says of the
instance (``set_instance``, ``set_interval``) holds for this thread alone, and is said again when its twin follows.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...engine.budget import Deadline
from ...engine.errors import UndecidedError

if TYPE_CHECKING:
    from .gate import Gated

    Said = dict[str, tuple[Any, tuple[Any, ...], dict[str, Any]]]  # by name: a method, and its arguments


class _Token:
    """Lives as long as its thread."""


class _Mine(threading.local):
    """What a thread has of an explainer."""

    at_home = False
    twin: Gated | None = None
    token: _Token | None = None
    version = 0
    said: Said | None = None


class Rooms:
    """The rooms of one explainer.

    Parameters
    ----------
    twin_of : callable
        Makes a twin of an explainer.

    Attributes
    ----------
    mine : _Mine
        What the running thread has: whether it works in the explainer itself, or its twin (none before its first call).
    version : int
        How often the explainer has changed.
    changing : RLock
        Held while the explainer changes, and while it is copied.
    """

    def __init__(self, twin_of: Callable[[Any], Any]) -> None:
        self._twin_of = twin_of
        self.mine = _Mine()
        self.version = 0
        self.changing = threading.RLock()
        self._undo: tuple[Gated, Any] | None = None  # what a change has to be undone to
        self._keep()
        _ALL.add(self)

    def of(self, home: Gated, deadline: Deadline | None = None, anew: str = "") -> Gated:
        """Return the room of the running thread; it waits for changes that are under way until the deadline at most.

        What the method `anew` is about is to be said anew.

        Raises
        ------
        UndecidedError
            If time was up before.
        """
        mine = self.mine
        if mine.at_home:
            return home
        if mine.twin is not None and mine.version == self.version:
            return mine.twin
        with self._held(deadline):
            if mine.twin is None and self._keeper() is None:
                self._keep()
                home.session.own_room()  # the keeper may have ended in the middle of a query
                return home
            if mine.twin is None:
                mine.twin, mine.said = self._twin_of(home), {}
            else:
                self._follow(mine.twin, home, anew)
            mine.version = self.version
        return mine.twin

    def say(self, method: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Remember what the running thread said of the instance, for when its twin follows."""
        if self.mine.said is not None:
            self.mine.said[method.__name__] = (method, arguments, named)

    def forget(self) -> None:
        """Let the running thread's twin follow anew at its next call."""
        self.mine.version = -1

    def change(self, home: Gated, method: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Call a method that changes the explainer; what fails leaves it as it was."""
        with self.changing:
            before = home.session.state()
            outer = self._undo
            if outer is None:
                self._undo = home, before
            try:
                found = method(home, *arguments, **named)
            except BaseException:
                home.session.restore(before)
                raise
            finally:
                self._undo = outer
            self.version += 1
            return found

    def _follow(self, twin: Gated, home: Gated, anew: str) -> None:
        with twin.session.gate.lock:
            twin.session.follow(home.session)
            for name, (method, arguments, named) in (self.mine.said or {}).items():
                if name != anew:
                    method(twin, *arguments, **named)

    def _keep(self) -> None:
        self.mine.token = _Token()
        self._keeper: weakref.ref[_Token] = weakref.ref(self.mine.token)
        self.mine.at_home = True  # and not the explainer itself, which what threads have would keep alive

    @contextmanager
    def _held(self, deadline: Deadline | None) -> Iterator[None]:
        if deadline is None or deadline.seconds is None:
            self.changing.acquire()
        elif not self.changing.acquire(timeout=deadline.remaining):
            deadline.expired()
            raise UndecidedError(
                f"time_limit={deadline.seconds:g} was up while another thread changed this explainer: give it more time"
            )
        try:
            yield
        finally:
            self.changing.release()

    def after_fork(self) -> None:
        """Let go of what other threads held when the process was forked: they are not here any more."""
        if not held_here(self.changing):
            self.changing = threading.RLock()
            if self._undo is not None:
                self._undo[0].session.restore(self._undo[1])
                self._undo = None
        if self.mine.token is None or self._keeper() is not self.mine.token:
            self._keeper = weakref.ref(_Token())  # of nobody


def held_here(lock: Any) -> bool:
    """Tell whether the running thread holds a lock."""
    return bool(lock._is_owned())


_ALL: weakref.WeakSet[Rooms] = weakref.WeakSet()


def _after_fork() -> None:
    for rooms in list(_ALL):
        rooms.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

"""Who may use an explainer when: a query has its room, and whatever switches the instance or domain has it to itself.

Every public method and property of an explainer passes its gate (``Gated`` sees to it), so that no query ever sees
half a switch. Each thread works in a room of its own (see ``rooms``), so that queries of several threads run side by
side; in one room they take turns.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ...engine.budget import Deadline
from ...engine.errors import SufficeError, UndecidedError
from ...engine.reasons import Reason, Reasons
from ..words.arguments import CHECKS, Check, Solvers, solver_of
from .rooms import Rooms, held_here

if TYPE_CHECKING:
    from .session import Session

_Method = TypeVar("_Method", bound=Callable[..., Any])
Made = TypeVar("Made", bound="Gated")


class Gate:
    """Lets queries into one room one after the other, and switches when no query is in it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.inside = 0  # queries of the thread that holds the lock
        self.switching = 0  # switches of this thread, of which one may call others
        _GATES.add(self)

    def after_fork(self) -> None:
        """Let go of what another thread held when the process was forked: it is not here any more."""
        if not held_here(self.lock):
            self.lock, self.inside, self.switching = threading.RLock(), 0, 0

    @contextmanager
    def shared(self, deadline: Deadline | None = None) -> Iterator[None]:
        """Hold the explainer as it is; wait for other threads until the deadline at most.

        Raises
        ------
        UndecidedError
            If time was up before the explainer was free.
        """
        self.enter(deadline)
        try:
            yield
        finally:
            self.leave()

    def enter(self, deadline: Deadline | None = None) -> None:
        """Begin what ``leave`` ends."""
        if deadline is None or deadline.seconds is None:
            self.lock.acquire()
        elif not self.lock.acquire(timeout=deadline.remaining):
            deadline.expired()
            raise UndecidedError(
                f"time_limit={deadline.seconds:g} was up while another thread changed this explainer, or went on with "
                "one of its streams: give it more time"
            )
        self.inside += 1

    def leave(self) -> None:
        """End what ``enter`` began."""
        self.inside -= 1
        self.lock.release()

    def alone(self) -> Gate:
        """Have the explainer to oneself while a ``with`` block lasts, once the queries of other threads have ended.

        Raises
        ------
        SufficeError
            If it is called from within a query of the same thread.
        """
        return self

    def __enter__(self) -> None:
        self.lock.acquire()
        if self.inside and not self.switching:
            self.lock.release()
            raise SufficeError(
                "a query of this explainer is running in this thread: switch the instance or the domain before it "
                "or after it"
            )
        self.switching += 1

    def __exit__(self, *raised: object) -> None:
        self.switching -= 1
        self.lock.release()


_GATES: weakref.WeakSet[Gate] = weakref.WeakSet()


def _after_fork() -> None:
    for gate in list(_GATES):
        gate.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def switch(method: _Method) -> _Method:
    """Mark a method that changes the domain: it has the explainer to itself, and holds for all threads."""
    method._switches = True  # type: ignore[attr-defined]  # a mark for ``Gated``
    return method


def switch_here(method: _Method) -> _Method:
    """Mark a method that changes what is asked about in the running thread."""
    method._switches = method._here = True  # type: ignore[attr-defined]  # marks for ``Gated``
    return method


def ungated(method: _Method) -> _Method:
    """Mark a method that never waits."""
    method._ungated = True  # type: ignore[attr-defined]  # a mark for ``Gated``
    return method


def sooner(quick: Callable[[Any, Any, Any], bool]) -> Callable[[_Method], _Method]:
    """Mark a switch of one argument that a quick function of session, rooms and argument is tried for.

    Where that returns False it did nothing.
    """

    def marked(method: _Method) -> _Method:
        method._sooner = quick  # type: ignore[attr-defined]  # a mark for ``Gated``
        return method

    return marked


class Gated:
    """Public methods and properties of subclasses pass the gate, their arguments checked before any work.

    Attributes
    ----------
    _solvers : mapping of str to sequence of Kind or "native"
        What may answer a query that takes ``solver=``, by the query's name.
    """

    session: Session[Any]
    answers: Any
    _rooms: Rooms | None = None  # of an explainer that users hold; twins and parts of explainers have none
    _solvers: ClassVar[Solvers] = {}

    @classmethod
    def _refuse(cls, query: str, arguments: Iterable[str]) -> None:
        """Raise an error in words if a query takes one of some arguments of other families only."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, value in list(vars(cls).items()):
            if name.startswith("_") or isinstance(value, (staticmethod, classmethod, type)):
                continue
            if isinstance(value, property):
                if not hasattr(value.fget, "_ungated"):
                    setattr(cls, name, property(_gated(value.fget), doc=value.__doc__))
            elif callable(value) and not hasattr(value, "_ungated"):
                setattr(cls, name, _gated(value))


def over(family: type[Made], answers: Any) -> Made:
    """Return an explainer of answers and their session; nobody but the caller may use them."""
    made = object.__new__(family)
    made.session, made.answers = answers.session, answers
    return made


def twin_of(explainer: Made) -> Made:
    """Return an explainer that shares the model and all forms, and has an instance and workspaces of its own."""
    return over(type(explainer), explainer.session.beside())


def room_of(explainer: Made) -> Made:
    """Return what the running thread works in: the explainer, or a twin."""
    rooms = explainer._rooms
    return explainer if rooms is None else rooms.of(explainer)  # type: ignore[return-value]  # of its own kind


def _gated(method: Any) -> Any:
    """Return a method that checks its arguments, starts its limit and passes the gate."""
    if hasattr(method, "__wrapped__"):  # another name of a method that passes it already
        return method
    parameters = signature(method).parameters
    checks = {name: _check_of(name, one.annotation) for name, one in parameters.items() if name in CHECKS}
    known = frozenset(parameters)
    in_order = [one.name for one in parameters.values() if one.kind is one.POSITIONAL_OR_KEYWORD][1:]
    switches, here, query = hasattr(method, "_switches"), hasattr(method, "_here"), method.__name__
    limited = "time_limit" in checks
    any_other = any(one.kind is one.VAR_KEYWORD for one in parameters.values())

    places = [checks.get(name, _as_it_is) for name in in_order]

    def checked(family: type[Gated], named: dict[str, Any]) -> dict[str, Any]:
        """Check named arguments, in place."""
        if not any_other and not known.issuperset(named):
            family._refuse(query, named.keys() - known)
        for name, value in named.items():
            if name in checks:
                named[name] = checks[name](value)
            elif name == "solver" and query in family._solvers:
                named[name] = solver_of(value, family._solvers[query])
        return named

    @wraps(method)
    def passed(self: Any, *arguments: Any, **named: Any) -> Any:
        if arguments and checks:
            arguments = _in_order_checked(places, arguments)
        limit = None
        if limited and len(named) == 1 and "time_limit" in named:  # as it is asked most often
            limit = named["time_limit"] = Deadline.of(named["time_limit"])
        elif named:
            checked(type(self), named)
            limit = named.get("time_limit")
            if limit is not None and not isinstance(limit, Deadline):
                limit = None  # it takes none, which the call itself says
        rooms = self._rooms
        if rooms is not None and not rooms.mine.at_home and (here or not switches):
            self = rooms.of(self, limit, query if here else "")
        session = self.session
        gate = session.gate
        if switches:
            with gate.alone():
                return _switched(self, rooms, method, arguments, named)
        if gate.lock.acquire(False):  # what ``enter`` and ``leave`` do, in place: many queries take a few microseconds
            gate.inside += 1
        else:
            gate.enter(limit)
        try:
            found = method(self, *arguments, **named)
        finally:
            gate.inside -= 1
            gate.lock.release()
        around = session.around
        return found if around is None or not around.note else _noted(found, around.note)

    passed.checked = checked  # type: ignore[attr-defined]  # for batches, which check before they ask
    quick = getattr(method, "_sooner", None)
    return passed if quick is None else _sooner_passed(quick, passed)


def _sooner_passed(quick: Callable[[Any, Any, Any], bool], passed: Any) -> Any:
    """Return a method that a quick function may do the work of."""

    @wraps(passed)
    def tried(self: Any, *arguments: Any, **named: Any) -> Any:
        if len(arguments) == 1 and not named and quick(self.session, self._rooms, arguments[0]):
            return None
        return passed(self, *arguments, **named)

    return tried


def _check_of(name: str, annotation: Any) -> Check:
    """Return the check of an argument; a reason may be None where the method says so."""
    check = CHECKS[name]
    if name != "reason" or not str(annotation).endswith("| None"):
        return check
    return lambda value: None if value is None else check(value)


def _in_order_checked(places: list[Check], arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    found = [check(value) for check, value in zip(places, arguments)]  # noqa: B905  # too many are Python's error
    return (*found, *arguments[len(places) :])


def _as_it_is(value: Any) -> Any:
    return value


def _noted(found: Any, note: str) -> Any:
    """Return reasons that say how their instance was read; anything else as it is."""
    if isinstance(found, Reason):
        return found.with_proof(note=note)
    if isinstance(found, Reasons) and found:
        return Reasons([one.with_proof(note=note) for one in found], found.status, found.stop, found.seconds)
    return found


def _switched(room: Any, rooms: Rooms | None, method: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Call a switch, and leave the explainer as it was if it fails; a switch changes nothing in place."""
    if room._rooms is not None:
        return room._rooms.change(room, method, arguments, named)
    before = room.session.state()
    try:
        found = method(room, *arguments, **named)
    except BaseException:
        room.session.restore(before)
        if rooms is not None:
            rooms.forget()
        raise
    if rooms is not None:
        rooms.say(method, arguments, named)
    return found

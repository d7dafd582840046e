"""The run of one query in a session: its instance, its clock, and reasons made and collected until time is up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from weakref import ref

from ...encoders.columns.told import Row
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation, anywhere
from ...engine.errors import NoInstanceError, SufficeError, UndecidedError
from ...engine.interrupts import Interruptible
from ...engine.models.around import around_of
from ...engine.reasons import Answered, Check, NoneInTime, Proof, Reason, Reasons
from ...engine.reasons.certified import Asked
from ...engine.status import Status, Stop
from ..words.arguments import OVER, over_what
from .domain import Form
from .gate import Gate
from .instances import Instances
from .row_forms import RowForms
from .texts import teller_of
from .witness import Teller


class Running(RowForms[Form]):
    """The instance of queries, their time, and their results."""

    gate: Gate
    instances: Instances
    situation: Situation | None
    somewhere: Situation | None = None
    own_outcome: tuple[Situation, Form, int] | None = None  # the outcome of an instance
    parent: Running[Any] | None = None
    elapsed: float
    last_stop: Stop
    quick = False  # whether queries take microseconds: then Ctrl-C is heard once one looks at its limit

    @property
    def here(self) -> Situation:
        """The instance, placed in the domain."""
        if self.situation is None:
            raise NoInstanceError("no instance is set: call set_instance(x) first")
        return self.situation

    @property
    def where(self) -> Situation:
        """The instance, or some place of the domain where none is set (for questions about the whole model)."""
        if self.situation is not None:
            return self.situation
        if self.somewhere is None or self.somewhere.space is not self.space:
            self.somewhere = anywhere(self.space)
        return self.somewhere

    @property
    def teller(self) -> Teller:
        """What tells rows around the instance."""
        return self.around or self.anyones

    def own_row(self) -> Callable[[], Row]:
        """Return what tells the instance as it was given."""
        around = self.around
        if around is not None and around.knows_own:
            return around.own
        assert self.placed_row is not None
        return partial(self.teller.instance, self.placed_row)

    @property
    def anyones(self) -> Teller:
        """What tells rows where there is no instance."""
        if self.parent is not None:  # whose model the user knows
            return self.parent.anyones
        kind = None if around_of(self.compiled) is not None else self.instances.usual()
        return teller_of(self.compiled, kind, self.instances.watch)

    def outcome(self) -> int:
        """Return the index of the class that the model predicts for the instance."""
        own, compiled = self.own_outcome, self.compiled
        if own is None or own[0] is not self.situation or own[1] is not compiled:
            here = self.here
            own = self.own_outcome = here, compiled, compiled.outcome_at(here.truth)
        return own[2]

    def make(self, items: Iterable[Any], proof: Proof) -> Reason:
        """Return a reason that tells itself in words."""
        if proof.over == "features":
            return Reason(items, proof, self.words.say_names, None, self.own_row())
        return Reason(items, proof, self.words.say, None, self.own_row())

    def certify(self, said: Any, time_limit: float | None, solver: str | None = None) -> Any:
        """Return the certificate of a reason, of a set of them, or of what a check has said (see ``certificates``)."""
        from ..certificates.asking import certificate_of

        return certificate_of(self, said, Deadline.of(time_limit), solver)

    def sought(self, check: Check, query: str, items: Iterable[Any], per_feature: bool, wanted: Any) -> Check:
        """Return a check that knows what was asked, so that it can be certified."""
        if check.value is None:
            return check
        own = self if self.parent is None else self.parent  # a problem about labels is one of the model of all labels
        problem = None if self.parent is None else getattr(self.answers, "problem", None)
        wanted = wanted if problem is None else problem
        asked = Asked(ref(own), own.compiled, self.space, self.situation, query, tuple(items), per_feature, wanted)
        return replace(check, asked=asked)

    # -- running a query ---------------------------------------------------------------------------------------

    def query(self, time_limit: float | Deadline | None) -> Timed:
        """Time a query while a ``with`` block lasts. A model that was fitted again is noticed."""
        if self.gate.inside <= 1:  # parts of a query need not look again
            self.instances.watch.check()
        return Timed(self, time_limit if isinstance(time_limit, Deadline) else Deadline(time_limit))

    def checked(self, time_limit: float | Deadline | None, ask: Callable[[Deadline], Check]) -> Check:
        """Return what `ask` answers; a check without an answer if time was up before."""
        with self.query(time_limit) as deadline:
            try:
                return ask(deadline)
            except UndecidedError as error:
                if error.args:  # no time would answer it
                    return Check(None, str(error))
                deadline.expired()
            if deadline.stop in (Stop.TIME_LIMIT, Stop.NODE_LIMIT, Stop.INTERRUPT):
                return Check(None, deadline.told, stop=deadline.stop)
            raise UndecidedError(f"the search gave up without an answer ({deadline.stop}): choose another solver")

    def guarded(self, source: Iterator[Reason], deadline: Deadline) -> Iterator[Reason]:
        """Yield from a source as long as the explainer stays as it is now."""
        before = (self.here, self.space, self.excluded)

        def following() -> Iterator[Reason]:
            while True:
                try:
                    self.gate.enter(deadline)
                except UndecidedError:  # time was up before another thread had finished
                    return
                try:
                    now = (self.here, self.space, self.excluded)
                    if any(a is not b for a, b in zip(before, now, strict=True)):
                        raise SufficeError(
                            "the instance, domain or excluded features changed: ask for the reasons anew"
                        )
                    reason = next(source, None)
                finally:
                    self.gate.leave()
                if reason is None:
                    return
                yield reason

        return following()

    @staticmethod
    def collect(
        source: Iterator[Reason], n: int | None, deadline: Deadline, *, exhausted: Status = Status.COMPLETE
    ) -> Reasons:
        """Take n reasons from an iterator; what was found is kept on time-out and Ctrl-C."""
        found: list[Reason] = []
        status = exhausted
        try:
            for reason in source:
                found.append(reason)
                if n is not None and len(found) == n:
                    status = Status.PROVED
                    break
                if deadline.expired():
                    break
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
        except UndecidedError:
            if not deadline.expired():
                raise
        if deadline.stop is not Stop.NONE:
            status = Status.BEST_SO_FAR
        return Reasons(found, status, deadline.stop, deadline.elapsed)

    def answer(
        self, source: Iterator[Reason], n: int | None, deadline: Deadline, late: Callable[[], Reason | None]
    ) -> Answered:
        """Return n reasons sorted by length (for ``n=1`` the reason or ``None``).

        If time was up before there was one, `late` tells one that is to be had at once.
        """
        reasons = self.collect(source, n, deadline)
        if not reasons and deadline.stop is not Stop.NONE:
            try:
                one = late()
            except UndecidedError:  # nothing is known: no reasons, or, of the only one, not even that there is none
                if n == 1:
                    raise
                one = None
            reasons = Reasons([] if one is None else [one], Status.BEST_SO_FAR, deadline.stop, deadline.elapsed)
        if n != 1:
            return by_length(reasons)
        return reasons[0] if reasons else None


class Timed(Interruptible):
    """The time of one query: its deadline, told to the session at the end; Ctrl-C halts it."""

    __slots__ = ("_session",)

    def __init__(self, session: Running[Any], deadline: Deadline) -> None:
        self._session, self._limit, self._within = session, deadline, None

    def __enter__(self) -> Deadline:
        if self._session.quick:
            self._limit.first_look = self
        else:
            self.listen()
        return self._limit

    def __exit__(self, *raised: object) -> None:
        session, deadline = self._session, self._limit
        session.elapsed = deadline.elapsed
        session.last_stop = deadline.stop
        deadline.first_look = None
        if self._within is not None:
            super().__exit__(*raised)


def over_features(over: str) -> bool:
    """Return whether reasons are made of features."""
    return over is not OVER[0] and over_what(over) == OVER[1]


def told_over(per_feature: bool) -> str:
    """Return what reasons are made of, in the user's word."""
    return OVER[per_feature]


def by_length(reasons: Reasons) -> Reasons:
    """Sort reasons by length, then by number."""
    if reasons and reasons[0].proof.over == "features":
        ordered = sorted(reasons, key=lambda r: (len(r), tuple(r)))
    else:
        ordered = sorted(reasons, key=lambda r: (len(r), *map(abs, r)))
    return Reasons(ordered, reasons.status, reasons.stop, reasons.seconds)


def first_of(reasons: Reasons, n: int | None) -> Answered:
    """Return the first reason, the first n, or all; ``NoneInTime`` if time was up before there was one."""
    if n == 1 and not reasons and reasons.stop is not Stop.NONE:
        return NoneInTime(reasons, reasons.status, reasons.stop, reasons.seconds)
    if n == 1:
        return reasons[0] if reasons else None
    if n is None or n > len(reasons):
        return reasons
    status = Status.PROVED if reasons.stop is Stop.NONE else reasons.status
    return Reasons(reasons[:n], status, reasons.stop, reasons.seconds)

"""Reasons and results: tuples that know what they mean and how far they are proved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ..budget import Deadline
from ..errors import UndecidedError
from ..interrupts import Interruptible
from ..status import Status, Stop
from .kept_words import Kept, Words
from .proof import Proof
from .told_row import ToldRow

if TYPE_CHECKING:
    from pandas import DataFrame

_new = tuple.__new__


class Reason(tuple[Any, ...]):
    """A reason: a tuple of signed literals (or of feature names) that compares and prints as such.

    Attributes
    ----------
    proof : Proof
        Kind, status, method, solver, time.
    features : tuple of str
        The reason in the user's words.
    witness : Row or None
        For a contrastive reason: the instance, changed as the reason says, in the user's own types; the model's own
        ``predict`` confirms that it has the other outcome.
    """

    _proof: Proof | tuple[Any, ...]
    _say: Callable[[Reason], tuple[str, ...]] | None
    _show: Callable[[Reason], ToldRow | None] | None = None
    _own: Callable[[], Any] | None = None

    def __new__(
        cls,
        items: Iterable[Any],
        proof: Proof | tuple[Any, ...],
        say: Callable[[Reason], tuple[str, ...]] | None = None,
        show: Callable[[Reason], ToldRow | None] | None = None,
        own: Callable[[], Any] | None = None,
    ) -> Reason:
        """Make a reason of literals in their order; `own` returns the instance, for cards.

        A tuple of its first fields stands for a proof, which is made of them when it is looked at.
        """
        self = _new(cls, items)
        self._proof = proof
        self._say = say
        if show is not None:
            self._show = show
        if own is not None:
            self._own = own
        return self

    @property
    def proof(self) -> Proof:
        """Kind, status, method, solver, time."""
        known = self._proof
        if isinstance(known, Proof):
            return known
        self._proof = made = Proof(*known)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (tuple(self), self.proof, self._kept, self.witness))

    @property
    def _kept(self) -> Kept:
        return Kept(self.features, self.fingerprint, self.own_values)

    @property
    def fingerprint(self) -> str:
        """What tells the conditions that its literals number from those of another model; empty if it is not known."""
        home = getattr(self._say, "__self__", self._say)  # what says it in words knows the conditions
        return str(getattr(home, "fingerprint", ""))

    def speaks_of(self, words: Words) -> bool:
        """Tell whether its literals (features) are those of a model, or of an equal one that numbers them alike."""
        home = getattr(self._say, "__self__", None)
        if home is words:
            return True
        mine = getattr(home, "vocabulary", None)
        if mine is not None:
            return mine is words.vocabulary or bool(mine == words.vocabulary)
        return self.fingerprint in ("", words.fingerprint)

    @classmethod
    def like(cls, reason: Reason) -> Self:
        """Return what another reason says as one of this class."""
        return cls(tuple(reason), reason.proof, reason._say, reason._show, reason._own)

    def with_proof(self, **changes: Any) -> Reason:
        """Return the same reason with some fields of its proof changed."""
        return Reason(tuple(self), replace(self.proof, **changes), self._say, self._show, self._own)

    @property
    def kind(self) -> str:
        """What kind of reason it is."""
        return self.proof.kind

    @property
    def status(self) -> Status:
        """How far it is proved; the changed instance of a contrastive reason is confirmed by now."""
        if self._show is not None:
            self._show(self)
        return self.proof.status

    @property
    def stop(self) -> Stop:
        """Why the search stopped early, if it did."""
        return self.proof.stop

    @property
    def solver(self) -> str:
        """Name of the backend."""
        return self.proof.solver

    @property
    def seconds(self) -> float:
        """Wall-clock seconds that the query took."""
        return self.proof.seconds

    @property
    def literals(self) -> tuple[Any, ...]:
        """The plain tuple."""
        return tuple(self)

    @property
    def features(self) -> tuple[str, ...]:
        """The reason in words."""
        return self._say(self) if self._say else tuple(map(str, self))

    @property
    def own_values(self) -> tuple[str, ...]:
        """What the instance has for each of the statements in `features`; empty where the statement says it."""
        if isinstance(self._say, Kept):
            return self._say.own_values
        home = getattr(self._say, "__self__", None)
        if home is None or self._own is None or self.proof.over == "features":
            return ()
        told: tuple[str, ...] = home.own_values(self, self.features, self._own())
        return told

    @property
    def witness(self) -> ToldRow | None:
        """The changed instance of a contrastive reason (None for other kinds, or with the theory off)."""
        return self._show(self) if self._show else None

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        proof = self.proof
        return {
            "kind": proof.kind,
            "over": proof.over,
            "items": list(self),
            "features": list(self.features),
            "status": str(proof.status),
            "stop": str(proof.stop),
            "method": proof.method,
            "solver": proof.solver,
            "seconds": proof.seconds,
            "cost": proof.cost,
            "lower": proof.lower,
            **({} if proof.fidelity is None else {"fidelity": proof.fidelity}),
            **({"note": proof.note} if proof.note else {}),
        }

    def to_json(self) -> str:
        """Return everything as JSON, from which ``suffice.from_json`` makes the reason again."""
        from .written import reason_form

        return json.dumps(reason_form(self))

    def _repr_html_(self) -> str:
        from .html import reason_html

        return reason_html(self)


def _restore(items: tuple[Any, ...], proof: Proof, say: Kept, witness: ToldRow | None) -> Reason:
    return Reason(items, proof, say, lambda reason: witness)


class Reasons(tuple[Reason, ...]):
    """Several reasons: a tuple that also knows whether any are missing.

    Attributes
    ----------
    status : Status
        ``COMPLETE``: there is no other; ``PROVED``: as many as were asked for; ``BEST_SO_FAR``: see `stop`.
    stop : Stop
        Why the enumeration stopped early, if it did.
    seconds : float
        Wall-clock seconds.
    """

    status: Status
    stop: Stop
    seconds: float

    def __new__(cls, items: Iterable[Reason], status: Status, stop: Stop = Stop.NONE, seconds: float = 0.0) -> Self:
        """Make a result set."""
        self = super().__new__(cls, items)
        self.status, self.stop, self.seconds = status, stop, seconds
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (Reasons, (tuple(self), self.status, self.stop, self.seconds))

    @property
    def witnesses(self) -> tuple[ToldRow | None, ...]:
        """The changed instance of each contrastive reason; the model's own ``predict`` confirms them in one call."""
        shown = [getattr(reason._show, "shown", None) for reason in self]
        waiting = [one for one in shown if one is not None]
        if waiting:
            waiting[0].confirm_all(waiting)
        return tuple(reason.witness for reason in self)

    @property
    def complete(self) -> bool:
        """Whether it is proved that there is no other."""
        return self.status is Status.COMPLETE

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        self.witnesses  # noqa: B018  # confirmed together, since each one tells its status
        return {
            "status": str(self.status),
            "stop": str(self.stop),
            "seconds": self.seconds,
            "reasons": [reason.to_dict() for reason in self],
        }

    def to_json(self) -> str:
        """Return everything as JSON, from which ``suffice.from_json`` makes the reasons again."""
        from .written import reasons_form

        return json.dumps(reasons_form(self))

    def to_frame(self) -> DataFrame:
        """Return a pandas data frame, one row a reason (needs pandas)."""
        import pandas

        self.witnesses  # noqa: B018  # confirmed together, since each one tells its status
        columns = ["features", "items", "kind", "status", "solver", "seconds", "cost", "lower"]
        return pandas.DataFrame([reason.to_dict() for reason in self], columns=columns)

    def _repr_html_(self) -> str:
        from .html import reasons_html

        return reasons_html(self)


@dataclass(slots=True)
class ReasonStream:
    """A lazy enumeration: iterate, or take some; `status` tells how far it has come.

    The time limit runs from the call that made it.
    """

    source: Iterator[Reason]
    deadline: Deadline
    status: Status = Status.BEST_SO_FAR
    found: int = 0
    _ended: bool = field(default=False, repr=False)

    kind: ClassVar[str] = "stream"

    def __iter__(self) -> Iterator[Reason]:
        return self

    def __next__(self) -> Reason:
        if self._ended:
            raise StopIteration
        try:
            reason = next(self.source)
        except StopIteration:
            self._ended = True
            if self.deadline.stop is Stop.NONE:
                self.status = Status.COMPLETE
            raise
        except KeyboardInterrupt:
            self._ended = True
            self.deadline.halt(Stop.INTERRUPT)
            raise StopIteration from None
        except UndecidedError:
            self._ended = True
            if self.deadline.expired():
                raise StopIteration from None
            raise
        self.found += 1
        return reason

    @property
    def stop(self) -> Stop:
        """Why it stopped early, if it did."""
        return self.deadline.stop

    def take(self, n: int | None) -> Reasons:
        """Return the next n reasons (all that are left for ``None``)."""
        taken: list[Reason] = []
        with Interruptible(self.deadline):
            while n is None or len(taken) < n:
                try:
                    taken.append(next(self))
                except StopIteration:
                    break
            status = self.status
            if n is not None and len(taken) == n and status is not Status.COMPLETE:
                status = Status.PROVED
            return Reasons(taken, status, self.deadline.stop, self.deadline.elapsed)


@dataclass(frozen=True, slots=True, repr=False)
class Check:
    """The answer to an exact check: use it as a bool (true if it is proved, false if it is refuted, else an error).

    Attributes
    ----------
    value : bool or None
        The answer; ``None`` if a limit struck before there was one, or nothing decides it: then the check is no bool,
        and ``bool(check)`` raises UndecidedError.
    why : str
        The grounds, in words.
    witness : Row or None
        Where the answer rests on a counterexample that values realise: such a row, in the user's own types.
    stop : Stop
        Why there is no answer.
    """

    value: bool | None
    why: str = ""
    witness: ToldRow | None = None
    stop: Stop = Stop.NONE

    @property
    def status(self) -> Status:
        """``PROVED``, or ``BEST_SO_FAR`` where there is no answer."""
        return Status.BEST_SO_FAR if self.value is None else Status.PROVED

    def to_json(self) -> str:
        """Return everything as JSON, from which ``suffice.from_json`` makes the check again."""
        from .written import check_form

        return json.dumps(check_form(self))

    @property
    def answer(self) -> str:
        """The answer in words, with its status."""
        if self.value is None:
            return "undecided"
        return f"{'yes' if self.value else 'no'}, {str(self.status).replace('_', ' ')}"

    def __repr__(self) -> str:
        from .html import row_text

        example = "" if self.witness is None else f" (for example: {row_text(self.witness)})"
        return f"<{type(self).__name__}: {self.answer}{': ' if self.why else ''}{self.why}{example}>"

    def _repr_html_(self) -> str:
        from .html import check_html

        return check_html(self)

    def __bool__(self) -> bool:
        if self.value is None:
            raise UndecidedError(f"the check has no answer, neither yes nor no: {self.why or 'its value is None'}")
        return self.value

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Check):
            return self.value == other.value
        return self.value == other if isinstance(other, bool) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of reasons that may be only bounded (`upper` None: no bound known)."""

    value: int | None
    lower: int
    upper: int | None
    status: Status
    stop: Stop = Stop.NONE

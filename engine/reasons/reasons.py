"""Reasons and results: tuples that know what they mean and how far they are proved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..status import Status, Stop
from .certified import Certificate, Limits, certified
from .kept_words import Kept, Words
from .parts import Part
from .precision import Precision
from .proof import Proof
from .told_row import ToldRow

if TYPE_CHECKING:
    from pandas import DataFrame

_new = tuple.__new__
_R = TypeVar("_R", bound="Reason")


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
    interval: tuple[float, float] | None = None  # of a regressor: what the reason forces the prediction to stay in
    costs: Any = None  # of a cheapest one: what items cost
    limits: Limits | None = None  # of a change of features: what it was asked to keep to

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
        return Kept(self.features, self.fingerprint, self.own_values, self.parts)

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
        return reason._on(cls(tuple(reason), reason.proof, reason._say, reason._show, reason._own))

    def _on(self, made: _R) -> _R:
        """Hand on what is known beside the proof."""
        if self.interval is not None:
            made.interval = self.interval
        if self.costs is not None:
            made.costs = self.costs
        if self.limits is not None:
            made.limits = self.limits
        return made

    def with_proof(self, **changes: Any) -> Reason:
        """Return the same reason with some fields of its proof changed."""
        return self._on(Reason(tuple(self), replace(self.proof, **changes), self._say, self._show, self._own))

    def certificate(self, *, time_limit: float | None = None, solver: str | None = None) -> Certificate:
        """Return a certificate: the model's own numbers, what is claimed and its proof, for a small program to check.

        Parameters
        ----------
        time_limit : float, optional
            Seconds that the proof may take: it is made now, by a search that writes down what it does.
        solver : {"cadical153", "glucose4", "lingeling", "exact"}, optional
            That the reason forces is proved by a formula and this SAT solver (of python-sat): of one tree, or of trees
            whose sums take few values, as where they vote hard. Exact (a package under the AGPL, which you install)
            proves that no reason costs less than a smallest, or preferred, one.

        Raises
        ------
        UndecidedError
            If time was up before the proof was done, or rounding decides.
        BadInputError
            If there is no proof of such an answer in this format, or the explainer that gave it is gone (of other
            answers: if it was read from a file).

        Notes
        -----
        See docs/certificates.md.
        """
        return certified(self._home, self, time_limit, solver)

    @property
    def told_by(self) -> Words | None:
        """What tells it in words, and knows its conditions; None where the words alone are known."""
        found: Words | None = getattr(self._say, "__self__", None)
        return found

    @property
    def _home(self) -> Any:
        """The session that gave the reason, if it is there."""
        find = getattr(self.told_by, "home", None)
        return None if find is None else find()

    @property
    def row_given(self) -> ToldRow | None:
        """The row that it is about, as the user gave it; None where it is not known."""
        return None if self._own is None else self._own()

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
    def precision(self) -> Precision | None:
        """How likely it holds, of a reason that holds with a chance; None of other reasons, which always hold."""
        return self.proof.precision

    @property
    def features(self) -> tuple[str, ...]:
        """The reason in words."""
        return self._say(self) if self._say else tuple(map(str, self))

    @property
    def sentence(self) -> str:
        """The reason as one sentence, with what a box covers and how far it is proved."""
        from .html import sentence_of

        return sentence_of(self)

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
    def parts(self) -> tuple[Part, ...]:
        """What it says of each feature, as data (nothing with the theory off)."""
        if isinstance(self._say, Kept):
            return self._say.parts
        home, how = getattr(self._say, "__self__", None), getattr(self._say, "__name__", "")
        if home is None or not hasattr(home, "parts"):
            return ()
        told: tuple[Part, ...] = home.parts(self, how, self._own() if self._own is not None else None)
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
            **({} if proof.upper is None else {"upper": proof.upper}),
            **({} if proof.coverage is None else {"coverage": proof.coverage}),
            **({"note": proof.note} if proof.note else {}),
            **({} if proof.precision is None else {"precision": proof.precision.to_dict()}),
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
    limits : Limits or None
        What a list of changes keeps to, as long as it was not read from a file.
    """

    status: Status
    stop: Stop
    seconds: float
    limits: Limits | None = None

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

    def certificate(self, *, time_limit: float | None = None) -> Certificate:
        """Return a certificate of all of them together: that each is a reason, and, of all, that there is no other.

        Parameters
        ----------
        time_limit : float, optional
            As for one reason.
        """
        return certified(self[0]._home if self else None, self, time_limit)

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

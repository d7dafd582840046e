"""``Verdict``: whether something is true of a whole model, with witnesses where it is not, and how far it is proved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ...encoders.columns.told import Row
from ...engine.errors import UndecidedError
from ...engine.reasons.certified import known, nothing_known, without
from ...engine.reasons.html import card, milliseconds, row_text, text
from ...engine.status import Status, Stop

if TYPE_CHECKING:
    from ..certificates.certificate import Certificate

_FEW = 5  # witnesses that are shown


class Proven(Protocol):
    """What a certificate of a yes or no has to know of the question."""

    def certificate(self, value: bool, told: str, time_limit: float | None) -> Certificate:
        """Return the certificate of the answer."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Witness:
    """One input, or two that are compared, with what the model's own ``predict`` says of them.

    Attributes
    ----------
    rows : tuple of Row
        The inputs, in the user's own columns and types; one, or the two of a pair.
    outcomes : tuple
        What the model predicts for each of them.
    distance : float or None
        How far the (first) row is from the nearest given row, where rows were given.
    near : int or None
        The position of that row among the given ones.
    note : str
        What has to be known of it; empty if nothing.
    """

    rows: tuple[Row, ...]
    outcomes: tuple[Any, ...]
    distance: float | None = None
    near: int | None = None
    note: str = ""

    @property
    def row(self) -> Any:
        """The (first) row as the model's ``predict`` takes it: one row of a frame, or of an array."""
        return self.rows[0].row

    @property
    def outcome(self) -> Any:
        """What the model predicts for the (first) row."""
        return self.outcomes[0]

    def __repr__(self) -> str:
        return f"<Witness: {self.told}>"

    @property
    def told(self) -> str:
        """The witness in words."""
        first = f"{row_text(self.rows[0])} → {_plain(self.outcomes[0])!r}"
        if len(self.rows) == 1:
            more = [repr(_plain(outcome)) for outcome in self.outcomes[1:]]  # of other models
            return " / ".join([first, *more])
        one, other = self.rows
        changed = {
            name: value for name, mine, value in zip(one.names, one, other, strict=True) if not _same(mine, value)
        }
        return f"{first}; with {row_text(changed)} → {_plain(self.outcomes[1])!r}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Verdict:
    """The answer to a question about a whole model.

    ``bool(verdict)`` is True if the statement is proved, False if it is refuted, and raises UndecidedError if it is
    neither, so that a test can say ``assert verify(model, …)``.

    Attributes
    ----------
    value : bool or None
        True: proved of every input of the domain. False: refuted by the witnesses. None: undecided.
    statement : str
        What was asked, in words.
    why : str
        The grounds, in words.
    witnesses : tuple of Witness
        Inputs that refute it (of ``reachable``: that show it), each confirmed by the model's own ``predict``.
    stop : Stop
        Why the search ended early, if it did.
    seconds : float
        How long it took.
    bounds : mapping from str to number
        What is known beside the answer, or instead of it: such as the part of the cases that is proved.
    of_surrogate : bool
        Whether it is about a surrogate, and not about the function that the surrogate stands for.
    proven : Proven or None
        What a certificate has to know of the question.
    """

    value: bool | None
    statement: str
    why: str
    witnesses: tuple[Witness, ...] = ()
    stop: Stop = Stop.NONE
    seconds: float = 0.0
    bounds: Mapping[str, float] = field(default_factory=dict)
    of_surrogate: bool = False
    proven: Proven | None = field(default=None, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return without(self, "proven")

    def certificate(self, *, time_limit: float | None = None) -> Certificate:
        """Return a certificate of the answer, with a proof or a witness (see ``Reason.certificate``).

        Parameters
        ----------
        time_limit : float, optional
            Seconds that the proof may take.

        Raises
        ------
        BadInputError
            If there is none of such an answer, or it was read from a file.
        UndecidedError
            If the answer is not known, or time was up.
        """
        if self.value is None:
            raise nothing_known(f"{self.statement} ({self.why}): ask with more time, or about fewer inputs")
        why = (
            "certificates are of verify, never, reachable, discriminates, monotone, compare, not of probabilities, as "
            "long as the answer was not read from a file"
        )
        proven, about = known(self.proven, "answer", why), self.of_surrogate and "the model is a surrogate"
        told = f"{self.answer}: {self.statement}" + (f" ({about})" if about else "")
        return proven.certificate(self.value, told, time_limit)

    @property
    def status(self) -> Status:
        """``PROVED`` where it is decided (of a surrogate ``OF_SURROGATE``), ``BEST_SO_FAR`` where it is not."""
        if self.value is None:
            return Status.BEST_SO_FAR
        return Status.OF_SURROGATE if self.of_surrogate else Status.PROVED

    @property
    def answer(self) -> str:
        """``"proved"``, ``"refuted"`` or ``"undecided"``."""
        return "undecided" if self.value is None else "proved" if self.value else "refuted"

    @property
    def witness(self) -> Witness | None:
        """The first witness, if there is one."""
        return self.witnesses[0] if self.witnesses else None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The (first) row of each witness."""
        return tuple(one.rows[0] for one in self.witnesses)

    def __bool__(self) -> bool:
        if self.value is None:
            raise UndecidedError(f"neither proved nor refuted: {self.statement} ({self.why})")
        return self.value

    def __repr__(self) -> str:
        example = f" (for example: {self.witnesses[0].told})" if self.witnesses else ""
        return f"<Verdict: {self.answer}: {self.statement}; {self.why}{example}>"

    def to_html(self) -> str:
        """Return the verdict as a small piece of HTML, which needs nothing else."""
        rows = [("because", text(self.why))]
        for place, one in enumerate(self.witnesses[:_FEW], 1):
            away = "" if one.distance is None else f" (distance {one.distance:.4g} to row {one.near})"
            rows.append((f"witness {place}", text(f"{one.told}{away}")))
        rows += [(name, text(f"{number:.6g}")) for name, number in self.bounds.items()]
        more = len(self.witnesses) - _FEW
        note = f"{self.told_status}, {milliseconds(self.seconds)}"
        return card(f"{self.answer}: {self.statement}", rows, f"{note}; {more} more witnesses" if more > 0 else note)

    @property
    def told_status(self) -> str:
        """How far it is proved, in words."""
        if self.value is None:
            return f"not decided ({str(self.stop).replace('_', ' ')})" if self.stop is not Stop.NONE else "not decided"
        return "proved of the surrogate" if self.of_surrogate else "exact"

    def _repr_html_(self) -> str:
        return self.to_html()


def _plain(value: Any) -> Any:
    item = getattr(value, "item", None)
    return item() if callable(item) and getattr(value, "size", 1) == 1 else value


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) or bool(one != one and other != other)  # noqa: PLR0124  # NaN is not equal to itself

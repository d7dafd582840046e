"""The answers to exact checks, and numbers of reasons."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ..errors import UndecidedError
from ..status import Status, Stop
from .certified import Asked, Certificate, certified, known, without
from .told_row import ToldRow


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
    asked : Asked or None
        What a certificate has to know of the question.
    of_surrogate : bool
        Whether it is about a surrogate, and not about the function that the surrogate stands for.
    """

    value: bool | None
    why: str = ""
    witness: ToldRow | None = None
    stop: Stop = Stop.NONE
    asked: Asked | None = field(default=None, compare=False)
    of_surrogate: bool = False

    def __reduce__(self) -> tuple[Any, ...]:
        return without(self, "asked")

    def certificate(self, *, time_limit: float | None = None) -> Certificate:
        """Return a certificate of the answer, for a small program to check (see ``Reason.certificate``).

        Parameters
        ----------
        time_limit : float, optional
            Seconds that the proof may take.
        """
        why = "certificates are of checks of literals, or features, of an instance, as long as the explainer is there"
        return certified(known(self.asked, "answer", why).home(), self, time_limit)

    @property
    def status(self) -> Status:
        """``PROVED`` (of a surrogate ``OF_SURROGATE``), or ``BEST_SO_FAR`` where there is no answer."""
        if self.value is None:
            return Status.BEST_SO_FAR
        return Status.OF_SURROGATE if self.of_surrogate else Status.PROVED

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

"""Answers that can be certified: what is known of the question, and who makes the certificate."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Protocol, TypeVar

from ..budget import Deadline
from ..errors import BadInputError, UndecidedError

P = TypeVar("P")


class Certificate(Protocol):
    """What was proved of a model's own numbers (see ``explainers.certificates``)."""

    @property
    def claims(self) -> tuple[str, ...]:
        """What is claimed, in the words of the format."""

    def check(self) -> tuple[str, str]:
        """Return the verdict of the checker, and what it checked (or why it does not accept it)."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it into a file."""


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """What a list of changes was asked to keep to.

    Attributes
    ----------
    targeted : bool
        Whether an outcome is wanted, or any other one.
    kept : callable
        Tells which conditions of the instance do not change.
    """

    targeted: bool
    kept: Callable[[], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a check was asked.

    Attributes
    ----------
    home : callable
        Finds the session, as long as it is there.
    form : compiled model
        The form of the model that was asked.
    space : Space
        Its domain.
    situation : Situation or None
        The instance; None where the question is about the whole model.
    query : str
        The query.
    items : tuple
        Literals, or names of features.
    per_feature : bool
        Whether items are features.
    wanted : object
        O, as the family has it.
    """

    home: Callable[[], Any]
    form: Any
    space: Any
    situation: Any
    query: str
    items: tuple[Any, ...]
    per_feature: bool
    wanted: Any


def certified(home: Any, said: Any, time_limit: float | None, solver: str | None = None) -> Certificate:
    """Return the certificate of an answer from the session that gave it; raises BadInputError if there is none."""
    if home is None:
        raise BadInputError(
            "a certificate is made by the explainer that gave the answer, and it is not there: keep the explainer, and "
            "ask it again"
        )
    made: Certificate = home.certify(said, time_limit, solver)
    return made


def known(proven: P | None, answer: str, why: str) -> P:
    """Return what a certificate has to know of an answer.

    Raises
    ------
    BadInputError
        If it is not there.
    """
    if proven is None:
        raise BadInputError(f"this {answer} is not certified: {why}")
    return proven


def nothing_known(why: str) -> UndecidedError:
    """Return the error of an answer that tells nothing which a certificate could be of."""
    return UndecidedError(f"nothing is known that could be certified: {why}")


def not_proved(deadline: Deadline) -> UndecidedError:
    """Return the error of a certificate whose proof was stopped."""
    return UndecidedError(f"the certificate was not proved: {deadline.told}")


def look_at_time(deadline: Deadline) -> None:
    """Raise UndecidedError if there is no time left for the proof of a certificate."""
    if deadline.expired():
        raise not_proved(deadline)


def without(answer: Any, *left: str) -> tuple[Any, ...]:
    """Return what ``__reduce__`` returns of an answer (a dataclass): some fields stay behind, with the model."""
    return _again, (type(answer), {f.name: getattr(answer, f.name) for f in fields(answer) if f.name not in left})


def _again(kind: type[P], values: dict[str, Any]) -> P:
    return kind(**values)

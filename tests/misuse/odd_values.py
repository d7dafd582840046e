"""Values that users pass by mistake, and how a call is made of them."""

from __future__ import annotations

import datetime
import decimal
import faulthandler
import fractions
import inspect
import os
import traceback
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
from suffice import Reasons, SufficeError
from suffice.engine.reasons import Reason, ReasonStream

CALLS = int(os.environ.get("SUFFICE_EXAMPLES", "60"))  # of each subject
_LONG = 2500  # characters of a message
_HANGS = 600.0  # seconds; a call that takes so long is dumped and ends the run
_HOW = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Bad:
    """An object whose special methods fail."""

    def __iter__(self) -> Any:
        raise RuntimeError("no iteration")

    def __bool__(self) -> bool:
        raise RuntimeError("no truth")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    __hash__ = None  # type: ignore[assignment]  # it cannot be hashed either


class Text(str):
    """A text of another class."""


ODD = (
    lambda: None, lambda: True, lambda: False, lambda: 0, lambda: -1, lambda: 1, lambda: 2, lambda: 2.5, lambda: 10**30,
    lambda: -(10**30), lambda: float("nan"), lambda: float("inf"), lambda: 1e308, lambda: 1e-320, lambda: 1j,
    lambda: "", lambda: "x", lambda: "f1", lambda: "f1 > 0", lambda: "f1 >", lambda: "x" * 3000, lambda: "\0",
    lambda: "\ud800", lambda: b"f1", lambda: bytearray(b"1"), lambda: Text("f2"), lambda: [], lambda: (), lambda: {},
    set, lambda: {1}, lambda: [None], lambda: [[]], lambda: [[1]], lambda: [1, -1], lambda: [0],
    lambda: [1, 2, 3], lambda: (1, 10**30), lambda: ["f1", 1], lambda: ["f1", "f1"], lambda: [1, [2, [3]]],
    lambda: {"f1": None}, lambda: {"f1": "x"}, lambda: {None: 1}, lambda: {1: 2}, lambda: {"a": {"b": 1}},
    lambda: ("f1", ">", 0.0), lambda: [("f1", ">", 0.0, True)], lambda: [("f1", "?", "x")], object, lambda: object,
    lambda: len, lambda: lambda: 0, lambda: ..., lambda: NotImplemented, Bad, lambda: [Bad()], lambda: {"f1": Bad()},
    lambda: iter([1]), lambda: (v for v in (1, 2)), lambda: range(3), lambda: range(10**12), lambda: map(int, "12"),
    lambda: np.int64(1), lambda: np.float32(1.5), lambda: np.bool_(True), lambda: np.str_("f1"), lambda: np.array(1),
    lambda: np.array([1, 2]), lambda: np.array([1.5, np.nan]), lambda: np.zeros((2, 2)), lambda: np.zeros((0, 3)),
    lambda: np.zeros((1, 1, 1)), lambda: np.array(["f1"]), lambda: np.array([None, 1]), lambda: np.array([b"x"]),
    lambda: np.array([1, -2], np.int8), lambda: np.ma.masked_array([1, 2], [0, 1]), lambda: np.datetime64("2020-01-01"),
    lambda: np.timedelta64(1, "s"), lambda: np.array([1 + 1j]), lambda: np.zeros(2, "i4,f8"), lambda: np.ma.masked,
    lambda: np.complex128(1 + 1j), lambda: [np.complex64(1j)] * 3,
    lambda: pd.Series([1, 2, 3]), lambda: pd.Series({"f1": 1.0}), lambda: pd.DataFrame({"f1": [1.0]}),
    pd.DataFrame, lambda: pd.NA, lambda: pd.NaT, lambda: pd.Categorical(["a"]), lambda: pd.Index(["f1"]),
    lambda: decimal.Decimal("1.5"), lambda: fractions.Fraction(1, 3), lambda: datetime.date(2020, 1, 1),
    lambda: datetime.timedelta(1), lambda: Exception("x"), lambda: memoryview(b"12"), lambda: slice(1),
)  # fmt: skip


def odd(rng: np.random.Generator) -> Any:
    """Return one of the odd values, made anew."""
    return ODD[rng.integers(len(ODD))]()


def random_call(rng: np.random.Generator, method: Any, usual: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return arguments for a call: usual values and odd ones, by the method's own signature.

    Parameters
    ----------
    usual : mapping
        By the name of an argument: a function that makes a usual value.
    """
    arguments: list[Any] = []
    named: dict[str, Any] = {}
    for name, parameter in inspect.signature(method).parameters.items():
        if parameter.kind in _HOW:
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                arguments += [usual.get(name, lambda: odd(rng))() for _ in range(rng.integers(3))]
            continue
        needed = parameter.default is inspect.Parameter.empty
        if not needed and name != "time_limit" and rng.random() < 0.6:
            continue
        value = usual[name]() if name in usual and rng.random() < (0.6 if name != "time_limit" else 0.9) else odd(rng)
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY or not needed:
            named[name] = value
        else:
            arguments.append(value)
    return arguments, named


def look_at(answer: Any) -> None:
    """Look at all that an answer tells when it is asked."""
    if isinstance(answer, ReasonStream):
        answer = answer.take(2)
    repr(answer)
    if isinstance(answer, Reasons):
        answer.to_dict()
        answer = answer[:2]
    if isinstance(answer, tuple):
        for reason in answer[:2]:
            if isinstance(reason, Reason):
                look_at(reason)
    if isinstance(answer, Reason):
        _ = answer.features, answer.witness, answer.to_json()


class Faults(dict[str, str]):
    """What went wrong, the first example of each kind."""

    def add(self, kind: str, what: str) -> None:
        """Note an example."""
        self.setdefault(kind, what[:600])

    def __str__(self) -> str:
        return "\n".join(f"{kind}\n    {what}" for kind, what in self.items())


@contextmanager
def watched(what: str, faults: Faults) -> Any:
    """Let only our own errors pass silently; a call that hangs ends the run with all stacks."""
    faulthandler.dump_traceback_later(_HANGS, exit=True)
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            warnings.simplefilter("ignore")
            yield
    except SufficeError as error:
        if not 0 < len(str(error)) < _LONG:
            faults.add(
                f"{what.split('(', maxsplit=1)[0]}: a message of {len(str(error))} characters", f"{what}: {error}"
            )
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        faults.add(f"{type(error).__name__} in {last.filename.split('/')[-1]}:{last.lineno}", f"{what}: {error}")
    finally:
        faulthandler.cancel_dump_traceback_later()


def told(name: str, arguments: list[Any], named: dict[str, Any]) -> str:
    """Return a call as text, whatever its arguments are."""
    from suffice.engine.errors import shown

    said = [shown(value) for value in arguments] + [f"{key}={shown(value)}" for key, value in named.items()]
    return f"{name}({', '.join(said)})"

"""Functions of one number that steps apply: whether they rise or fall, and how far their last bits may be off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

FLAT, UP, DOWN, VALLEY, HILL = 0, 1, -1, 2, -2


class Known(NamedTuple):
    """What is known of a function.

    Attributes
    ----------
    trend : int
        ``UP``, ``DOWN``, or ``VALLEY``: it falls below 0 and rises above.
    ulps : int
        By how many units in the last place its results may be off; 0 if it never goes back where its argument goes on.
    partial : bool
        Whether there are numbers of which it makes none, or infinite ones.
    """

    trend: int = UP
    ulps: int = 0
    partial: bool = False


# numpy promises 4 units in the last place for what it computes itself; the libraries of C do better
_ULPS = 4
_NOISY = ("cbrt", "tanh", "arctan", "arcsinh")
_NOISY_PARTS = ("log", "log1p", "log2", "log10", "arctanh", "arccosh", "arcsin", "exp", "expm1", "exp2", "sinh")
_EXACT = ("positive", "sign", "floor", "ceil", "trunc", "rint", "deg2rad", "rad2deg", "radians", "degrees")
_VALLEYS = ("absolute", "fabs", "square")
_SPECIAL = ("expm1", "log1p", "cbrt", "exp2", "expit")


@cache
def _table() -> dict[Any, Known]:
    known: dict[Any, Known] = {}
    for names, what in (
        (_NOISY, Known(ulps=_ULPS)),
        (_NOISY_PARTS, Known(ulps=_ULPS, partial=True)),
        (_EXACT, Known()),
        (_VALLEYS, Known(VALLEY)),
        (("negative",), Known(DOWN)),
        (("arccos",), Known(DOWN, _ULPS, partial=True)),
        (("sqrt",), Known(partial=True)),
        (("asarray", "array", "ascontiguousarray", "nan_to_num", "fix"), Known()),
    ):
        known.update((getattr(np, name), what) for name in names)
    return known


@cache
def _special() -> dict[Any, Known]:
    """Return the same for those of scipy, which is loaded where somebody has one."""
    from scipy import special

    return {getattr(special, name): Known(ulps=_ULPS, partial=name in _NOISY_PARTS) for name in _SPECIAL}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a function is not taken."""

    why: str


def known_function(func: Any, arguments: Mapping[str, Any] | None) -> Known | Refusal:
    """Return what is known of a function that is called with some keyword arguments."""
    arguments = dict(arguments or {})
    name = getattr(func, "__name__", repr(func))
    if func is np.clip and set(arguments) <= {"a_min", "a_max", "min", "max"}:
        return Known() if all(np.ndim(value) == 0 for value in arguments.values()) else Refusal(_of_arguments(name))
    if func in (np.round, np.around) and set(arguments) <= {"decimals"}:
        return Known()
    if func is np.digitize and set(arguments) <= {"bins", "right"} and "bins" in arguments:
        steps = np.diff(np.asarray(arguments["bins"], np.float64))
        return Known(UP if (steps >= 0).all() else DOWN)
    try:
        known = _table().get(func)
        if known is None and str(getattr(func, "__module__", "")) != "numpy" and type(func) is np.ufunc:
            known = _special().get(func)
    except TypeError:  # what cannot be hashed
        known = None
    if known is None:
        return Refusal(f"which calls {name}, of which it is not known that it rises or falls with its column")
    return Refusal(_of_arguments(name)) if arguments else known


def _of_arguments(name: str) -> str:
    return f"which calls {name} with arguments (kw_args) that are not known"

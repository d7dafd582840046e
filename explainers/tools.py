"""``Tools``: the options of the command line, a watch and a switch for messages, as published scripts use them."""

from __future__ import annotations

import sys
import time
from typing import Any, ClassVar

from ..engine.errors import BadInputError, shown

_VALUES = (
    "dataset", "model_directory", "n_iterations", "time_limit", "verbose", "types", "output", "type_references", "n",
)  # fmt: skip


class Options:
    """What a script was started with: ``python script.py -dataset=table.csv -types=table.types``.

    Each option is an attribute, ``None`` where it was not given: `dataset`, `types`, `model_directory`, `n_iterations`,
    `time_limit`, `verbose`, `output`, `type_references`, `n`.
    """

    def __getattr__(self, name: str) -> str | None:
        """Return the value of an option as text."""
        if name.lower() not in _VALUES:
            raise AttributeError(f"there is no option {name!r}: expected one of {', '.join(_VALUES)}")
        for word in sys.argv[1:]:
            head, sign, value = word.partition("=")
            if sign and head.startswith("-") and head.lstrip("-").replace("-", "_").lower() == name.lower():
                return value
        return None


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def elapsed_time(self, *, reset: bool = False) -> str:
        """Return the seconds, with two digits, as text.

        Parameters
        ----------
        reset : bool
            Whether to begin anew.
        """
        now = time.perf_counter()
        told = f"{now - self._began:.2f}"
        if reset:
            self._began = now
        return told


class Tools:
    """Names of the published tools."""

    Options = Options()
    Stopwatch = Stopwatch
    _level: ClassVar[int] = 1

    @classmethod
    def set_verbose(cls, level: Any) -> None:
        """Let learners tell what they do (from 1), or not (0).

        Raises
        ------
        BadInputError
            If the level is no number.
        """
        try:
            cls._level = int(level)
        except (TypeError, ValueError, OverflowError):
            raise BadInputError(f"level={shown(level)}: expected 0 or 1") from None

    @classmethod
    def verbose(cls, *message: Any) -> None:
        """Print a message, unless messages are switched off."""
        if cls._level > 0:
            print(*message)

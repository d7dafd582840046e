"""The core-guided search of python-sat, made to obey a deadline and to tell what it knows when it stops.

The classes here import python-sat when they are made, never before; see `engine_class`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from ...engine.budget import Deadline
from ._pysat_native import TRAITS, pysat_part, run, run_briefly

ALIASES = {"minisat22": "m22", "glucose4": "g4", "cadical153": "cd15", "cadical195": "cd19"}


_TRY = 1000  # conflicts


class Stopped(Exception):  # noqa: N818 - no error: it carries a stop out of native loops
    """The deadline passed inside the search, whose state must not be used again."""


@cache
def engine_class(stratified: bool) -> type[Any]:
    """Return a subclass of python-sat's RC2 (or its stratified form) that obeys a deadline.

    Its instances have two attributes to be set before ``compute``: ``limit``, a `Deadline`, and
    ``on_model``, called with the native model at every answer "satisfiable" of the main loop.

    Raises
    ------
    MissingBackendError
        python-sat is not installed.
    """
    native = pysat_part("examples.rc2", "rc2")
    base: type[Any] = native.RC2Stratified if stratified else native.RC2

    class Engine(base):  # type: ignore[misc]  # the base is chosen at run time
        limit: Deadline = Deadline()
        on_model: Callable[[list[int]], None] | None = None
        size = 0
        minimizing = False

        def _call_oracle(self, assumptions: list[int] | None = None, expect_interrupt: bool = False) -> Any:
            given, traits = list(assumptions or ()), TRAITS[_full_name(self.solver)]
            if self.minimizing:  # many short tries to leave something out
                if self.limit.expired():
                    raise Stopped
                return run_briefly(self.oracle, traits, _TRY, given)
            size = max(self.size, 3 * self.oracle.nof_clauses())  # totalizers count too
            answer = run(self.oracle, traits, size, given, self.limit)
            if answer is None:
                raise Stopped
            if answer and self.on_model is not None:
                self.on_model(self.oracle.get_model() or [])
            return answer

        def minimize_core(self) -> None:
            self.minimizing = True
            try:
                super().minimize_core()
            finally:
                self.minimizing = False

    return Engine


def _full_name(alias: str) -> str:
    return next(name for name, short in ALIASES.items() if short == alias)

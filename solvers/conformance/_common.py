"""What the checks of all kinds share: the backend under test, random formulas, a report."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar
from unittest import SkipTest

from ...engine.errors import BadInputError
from ...engine.forms import Cnf
from ..protocols import Backend, Kind, TimeLimit

Value = TypeVar("Value")
Clauses = list[list[int]]

SHORT = 0.2  # seconds: the time limit of the checks of time limits


class Conformance:
    """Checks of one backend. Derive from the class of its kind and define `make`.

    Attributes
    ----------
    tolerance : float
        Seconds by which a time limit may be missed; raise it on slow machines.
    rounds : int
        Number of random problems.
    """

    kind: ClassVar[Kind]
    tolerance: float = 0.1
    rounds: int = 40

    def make(self) -> Any:
        """Return the backend under test, ready for use."""
        raise NotImplementedError("define make(self), which returns your backend")

    def test_declares_itself(self) -> None:
        """It has a name, capabilities of the right kind, and a requirement."""
        backend = self.make()
        require(isinstance(backend, Backend), "a backend has name, capabilities and requirement")
        require(backend.capabilities.kind is self.kind, f"kind is {backend.capabilities.kind}, expected {self.kind}")
        require(isinstance(backend.name, str) and backend.name != "", "name is a word")

    def need(self, *capabilities: str) -> Any:
        """Return the backend, or skip the check if it lacks one of these capabilities."""
        backend = self.make()
        for capability in capabilities:
            if not getattr(backend.capabilities, capability):
                raise SkipTest(f"{backend.name} does not declare {capability}")
        return backend

    def small_enough(self, backend: Backend, n_vars: int) -> None:
        """Skip the check if the backend refuses formulas of this size."""
        most = backend.capabilities.max_vars
        if most is not None and most < n_vars:
            raise SkipTest(f"{backend.name} takes at most {most} variables")

    def timed(self, backend: Backend, work: Callable[[], Value]) -> Value:
        """Return the result of `work`, which was given the limit `SHORT`; fail if it took longer three times.

        Three times, because another program may take the processor away for a moment.
        """
        if backend.capabilities.time_limit is not TimeLimit.KEPT:
            raise SkipTest(f"{backend.name} keeps time limits: {backend.capabilities.time_limit}")
        for _ in range(3):
            started = time.perf_counter()
            result = work()
            seconds = time.perf_counter() - started
            if seconds <= SHORT + self.tolerance:
                return result
        raise AssertionError(f"a limit of {SHORT} s took {seconds:.3f} s, three times")


@dataclass
class Report:
    """Outcome of all checks of one backend.

    Attributes
    ----------
    passed, skipped : list of str
        Names of checks.
    failed : dict of str to str
        Traceback by the name of the check.
    """

    name: str
    passed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def conforms(self) -> bool:
        """Whether no check failed."""
        return not self.failed

    def __repr__(self) -> str:
        head = f"{self.name}: {len(self.passed)} passed, {len(self.skipped)} skipped, {len(self.failed)} failed"
        return "\n".join([head, *(f"--- {check}\n{text}" for check, text in self.failed.items())])


def run(backend: Backend, rounds: int = Conformance.rounds, tolerance: float = Conformance.tolerance) -> Report:
    """Run every check of a backend's kind, without pytest.

    Parameters
    ----------
    backend : Backend
        The backend under test.
    rounds, tolerance
        As in `Conformance`.

    Returns
    -------
    Report
        ``report.conforms`` tells whether all went well.
    """
    kinds = {cls.kind: cls for cls in Conformance.__subclasses__()}
    suite = kinds.get(backend.capabilities.kind)
    if suite is None:
        raise BadInputError(f"no conformance checks for kind {backend.capabilities.kind!r}")
    checks = suite()
    checks.rounds, checks.tolerance = rounds, tolerance
    checks.make = lambda: backend  # type: ignore[method-assign]  # the backend at hand
    report = Report(backend.name)
    for name in sorted(n for n in dir(checks) if n.startswith("test_")):
        try:
            getattr(checks, name)()
        except SkipTest:
            report.skipped.append(name)
        except Exception:
            report.failed[name] = traceback.format_exc()
        else:
            report.passed.append(name)
    return report


def require(condition: bool, message: str) -> None:
    """Fail a check; unlike ``assert`` also under ``python -O``."""
    if not condition:
        raise AssertionError(message)


def random_clauses(rng: random.Random, n_vars: int, n_clauses: int, longest: int = 3) -> Clauses:
    """Return random clauses; literals may repeat, clauses may be tautologies."""
    return [
        [rng.choice((-1, 1)) * rng.randint(1, n_vars) for _ in range(rng.randint(1, longest))] for _ in range(n_clauses)
    ]


def pigeons(holes: int) -> Cnf:
    """Return "one pigeon more than holes": unsatisfiable, and hard for clause learning."""
    place = [[pigeon * holes + hole + 1 for hole in range(holes)] for pigeon in range(holes + 1)]
    clauses = [list(row) for row in place]
    for hole in range(holes):
        for first in range(holes + 1):
            clauses += [[-place[first][hole], -place[second][hole]] for second in range(first)]
    return Cnf.from_clauses(clauses)

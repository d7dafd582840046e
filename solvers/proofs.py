"""Solvers that write proofs, each in a process of its own, which is killed at the time limit."""

from __future__ import annotations

import contextlib
import ctypes
import pickle
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..engine.budget import Deadline
from ..engine.errors import MissingBackendError
from ..engine.reasons.certified import look_at_time, not_proved
from ..engine.status import Stop
from .backends._loading import loaded
from .backends.exact import REQUIREMENT
from .processes.process import Worker, WorkerStopped

SAT = ("cadical153", "glucose4", "lingeling")  # of python-sat, those that write proofs
EXACT = "exact"
# what else it does to constraints is written as lines that have to be believed, or to be followed by propagation
_PLAIN = [("inp-probing", "0"), ("inp-atmostone", "0"), ("inp-purelits", "0"), ("inp-dombreaklim", "0")]


@dataclass(frozen=True, slots=True)
class SatProof:
    """A SAT solver of python-sat."""

    name: str

    def solve(self, clauses: Sequence[Sequence[int]], deadline: Deadline) -> list[str] | None:
        """Return the lines of a proof that clauses have no model (DRAT); None if they have one."""
        (package,) = loaded("pysat.solvers")
        with package.Solver(name=self.name, bootstrap_with=clauses, with_proof=True) as asked:
            if asked.solve():
                return None
            with contextlib.suppress(OSError, AttributeError, TypeError):  # some versions read before all is written
                ctypes.CDLL(None).fflush(None)
            return [*(asked.get_proof() or [])]


@dataclass(frozen=True, slots=True)
class ExactProof:
    """Exact, which writes lines of VeriPB; `folder` is where."""

    folder: str

    def solve(self, sets: Sequence[Sequence[int]], prices: Sequence[int], most: int, deadline: Deadline) -> str | None:
        """Return a proof that nothing that hits all sets costs `most` or less; None if something does."""
        try:
            (package,) = loaded("exact")
        except ImportError as error:
            raise MissingBackendError(f"exact cannot be loaded: {REQUIREMENT.remedy} ({error})") from error
        place = Path(self.folder, "proof")
        native = package.Exact([("seed", "1"), ("proof-log", str(place)), *_PLAIN])
        for item in range(len(prices)):
            native.addVariable(str(item), 0, 1)
        for one in sets:
            native.addConstraint([(1, str(item)) for item in one], True, 1, False, 0)
        paid = [(price, str(item)) for item, price in enumerate(prices) if price]
        native.addConstraint(paid, False, 0, True, most)
        if native.runFull(False, 0.0) not in ("UNSAT", "INCONSISTENT"):
            return None
        del native  # closes the file
        return place.with_suffix(".proof").read_text(encoding="ascii")


def proof_of_clauses(solver: str, clauses: Sequence[Sequence[int]], deadline: Deadline) -> list[str] | None:
    """Return the lines of a SAT solver's proof that clauses have no model; None if they have one.

    Raises
    ------
    UndecidedError
        If time was up.
    BackendError
        If the solver failed.
    """
    found: list[str] | None = _asked(SatProof(solver), deadline, clauses)
    return found


def proof_of_cost(sets: Sequence[Sequence[int]], prices: Sequence[int], most: int, deadline: Deadline) -> str | None:
    """Return Exact's proof that nothing that hits all sets of items costs so little; None if something does.

    Variable ``xJ`` is item J - 1; constraint K of the proof is that of set K - 1, the last one that of the cost.

    Raises
    ------
    UndecidedError
        If time was up.
    MissingBackendError, BackendError
        If Exact is not there, or failed.
    """
    if not all(sets):
        return None
    with tempfile.TemporaryDirectory() as folder:
        found: str | None = _asked(ExactProof(folder), deadline, sets, prices, most)
    return found


def _asked(writer: SatProof | ExactProof, deadline: Deadline, *arguments: Any) -> Any:
    look_at_time(deadline)
    worker = Worker(pickle.dumps(writer))
    try:
        return worker.call("solve", *arguments, deadline=deadline)
    except WorkerStopped:
        deadline.halt(Stop.TIME_LIMIT)
        raise not_proved(deadline) from None
    finally:
        worker.kill()

"""SAT solvers that are programs: anything that reads DIMACS and answers as in competitions.

Each call is a new process, so work is not kept between calls; assumptions become unit clauses, and there
are no cores. Every model is checked against the formula before it is believed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from os.path import basename
from typing import Literal, TypeAlias

from ...engine.budget import Deadline
from ...engine.errors import BackendError, BadInputError
from ...engine.forms import Cnf
from ...engine.forms.files.dimacs import to_dimacs
from ...engine.status import Stop
from ..processes.program import Finished, run_program
from ..protocols import Capabilities, Kind, Limit, Requirement, TimeLimit
from ..results import SatAnswer, Verdict
from ..sessions import ListedSession
from .competition import read_output, read_result_file

Style: TypeAlias = Literal["competition", "result"]

# printed status -> ours
_VERDICTS = {
    "SATISFIABLE": Verdict.SAT,
    "UNSATISFIABLE": Verdict.UNSAT,
    "UNKNOWN": Verdict.UNKNOWN,
    "INDETERMINATE": Verdict.UNKNOWN,
}


class ExternalProgram:
    """What the adapters of all kinds share: a command and its limits.

    Parameters
    ----------
    command : str or sequence of str
        The program, with arguments if need be; see `program.run_program` for ``{formula}``, ``{result}``
        and ``{seconds}``.
    name : str, optional
        Name of the backend; the program's name by default.
    memory : int, optional
        Limit of the program's address space in bytes.
    remedy : str
        What to do when the program is missing.
    """

    def __init__(
        self, command: str | Sequence[str], name: str | None = None, *, memory: int | None = None, remedy: str = ""
    ) -> None:
        self.command = (command,) if isinstance(command, str) else tuple(command)
        if not self.command:
            raise BadInputError("command: expected a program, got nothing")
        if memory is not None and memory < 1:
            raise BadInputError(f"memory={memory}: expected a positive number of bytes")
        self.name = name or basename(self.command[0])
        self.memory = memory
        told = remedy or f"install {basename(self.command[0])} or give its path"
        self.requirement = Requirement(programs=(self.command[0],), remedy=told)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self.command)!r}, name={self.name!r})"

    def stop_of(self, finished: Finished, limit: Deadline) -> Stop | None:
        """Return why there is no answer, if that is no failure of the program; else None."""
        if finished.stopped:
            limit.halt(Stop.TIME_LIMIT)
            return Stop.TIME_LIMIT
        if self.memory is not None and (finished.out_of_memory or finished.code < 0):
            return Stop.MEMORY
        return Stop.MEMORY if finished.out_of_memory else None


class ExternalSat(ExternalProgram):
    """A SAT solver that is a program.

    Parameters
    ----------
    style : {"competition", "result"}
        "result": the program writes ``SAT`` / ``UNSAT`` and the model to the file ``{result}``, as MiniSat does.
    command, name, memory, remedy
        As in `ExternalProgram`.
    """

    capabilities = Capabilities(
        Kind.SAT, assumptions=True, time_limit=TimeLimit.KEPT, interrupt=True, isolated=True, deterministic=True
    )

    def __init__(
        self,
        command: str | Sequence[str],
        name: str | None = None,
        *,
        style: Style = "competition",
        memory: int | None = None,
        remedy: str = "",
    ) -> None:
        super().__init__(command, name, memory=memory, remedy=remedy)
        if style not in ("competition", "result"):
            raise BadInputError(f"style={style!r}: expected 'competition' or 'result'")
        if style == "result" and not any("{result}" in word for word in self.command):
            self.command = (*self.command, "{formula}", "{result}")
        self.style = style

    def open(self, cnf: Cnf | None = None) -> ExternalSession:
        """Start a session; each solve is a process."""
        return ExternalSession(self, cnf)


# programs that Linux distributions ship: command, style
KNOWN: dict[str, tuple[tuple[str, ...], Style]] = {
    "cadical": (("cadical", "-q"), "competition"),
    "kissat": (("kissat", "-q"), "competition"),
    "cryptominisat5": (("cryptominisat5", "--verb", "0"), "competition"),
    "picosat": (("picosat",), "competition"),
    "minisat": (("minisat",), "result"),
}


# where a program comes from, if not from a Debian package of its own name
_FROM = {
    "kissat": "build it (github.com/arminbiere/kissat) and put it on the PATH, or take kissat404 of python-sat",
    "cryptominisat5": "install it, e.g. apt install cryptominisat",
}


def known_program(name: str) -> ExternalSat:
    """Return the adapter of a program in `KNOWN`."""
    command, style = KNOWN[name]
    remedy = _FROM.get(name, f"install {name}, e.g. apt install {name}")
    return ExternalSat(command, name, style=style, remedy=remedy)


class ExternalSession(ListedSession):
    """A formula that is written to a file for each solve."""

    def __init__(self, backend: ExternalSat, cnf: Cnf | None = None) -> None:
        super().__init__(backend.name, cnf)
        self._backend = backend

    def solve(self, assumptions: Sequence[int] = (), deadline: Limit = None) -> SatAnswer:
        """Decide the formula under assumptions."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        given = self._checked(assumptions)
        if () in self._clauses:  # not every program reads an empty clause
            return SatAnswer(Verdict.UNSAT)
        if limit.expired():
            return SatAnswer(Verdict.UNKNOWN, stop=limit.stop)
        units = [(literal,) for literal in dict.fromkeys(given)]
        cnf = Cnf.from_clauses([*self._clauses, *units], self._n_vars)
        backend = self._backend
        finished = run_program(backend.command, to_dimacs(cnf), ".cnf", limit, backend.memory)
        return _answer(backend, finished, cnf, limit, started)


def _answer(backend: ExternalSat, finished: Finished, cnf: Cnf, limit: Deadline, started: float) -> SatAnswer:
    seconds = time.perf_counter() - started
    printed = read_result_file(finished.result) if backend.style == "result" else read_output(finished.out)
    if printed.status in ("", "UNKNOWN", "INDETERMINATE"):
        stop = backend.stop_of(finished, limit)
        if stop is not None or printed.status:
            return SatAnswer(Verdict.UNKNOWN, stop=stop or Stop.SOLVER, seconds=seconds)
        raise BackendError(finished.complaint(backend.name))
    if printed.status not in _VERDICTS:
        raise BackendError(f"{backend.name} printed the unknown status {printed.status!r}")
    verdict = _VERDICTS[printed.status]
    if verdict is Verdict.UNSAT:
        return SatAnswer(verdict, seconds=seconds)
    model = printed.model(cnf.n_vars)
    if model is None and finished.stopped:
        limit.halt(Stop.TIME_LIMIT)
        return SatAnswer(Verdict.UNKNOWN, stop=Stop.TIME_LIMIT, seconds=seconds)
    if model is None or not cnf.satisfied_by(model):
        raise BackendError(f"{backend.name} says SATISFIABLE, but its model is missing or falsifies a clause")
    return SatAnswer(verdict, model, seconds=seconds)

"""Reading what solvers print in competitions: lines that begin with s, v, o or c.

Grammar that is read::

    output := line*
    line   := "s " status | "v " values | "o " integer | "c s exact arb int " integer | "s mc " integer
            | "c" … | anything else (ignored)
    values := literal* ["0"]        may go on in the next v line; the last block of v lines counts
            | ("0" | "1")*          one character a variable, as MaxSAT solvers print since 2022

A result file in MiniSat's own style is ``SAT`` or ``UNSAT`` or ``INDET`` and literals in the next line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...engine.errors import BackendError
from ..results import Model
from ..sessions import whole_model

_COUNT = re.compile(r"^(?:c s exact arb(?:itrary)? int|s mc) (\d+)\s*$", re.M)
_INTEGER = re.compile(r"[+-]?\d+")


@dataclass(frozen=True, slots=True)
class Printed:
    """What an output says.

    Attributes
    ----------
    status : str
        The last status line without its ``s``, or "".
    values : tuple of str, or None
        The words of the last block of value lines.
    costs : tuple of int
        The numbers of all ``o`` lines, in order.
    """

    status: str
    values: tuple[str, ...] | None
    costs: tuple[int, ...]

    def model(self, n_vars: int, assumptions: tuple[int, ...] = ()) -> Model | None:
        """Return the model with one literal a variable, or None if none was printed.

        Raises
        ------
        BackendError
            The values are neither literals nor bits.
        """
        if self.values is None:
            return None
        bits = "".join(self.values)
        if n_vars and len(self.values) == 1 and len(bits) == n_vars and set(bits) <= {"0", "1"}:
            return tuple(v if bit == "1" else -v for v, bit in enumerate(bits, start=1))
        bad = next((word for word in self.values if not _INTEGER.fullmatch(word)), None)
        if bad is not None:
            raise BackendError(f"a solver printed the value {bad!r}; expected literals or bits")
        literals = [int(word) for word in self.values if int(word) != 0]
        return whole_model(sorted(literals, key=abs), n_vars, assumptions)


def read_output(text: str) -> Printed:
    """Read the standard output of a solver."""
    status = ""
    values: list[str] | None = None
    costs: list[int] = []
    in_block = False
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            values = [*values, *rest.split()] if in_block and values is not None else rest.split()
        elif kind == "s":
            status = " ".join(rest.split())
        elif kind == "o" and _INTEGER.fullmatch(rest.strip()):
            costs.append(int(rest))
        in_block = kind == "v" or (in_block and kind == "c")
    return Printed(status, None if values is None else tuple(values), tuple(costs))


def read_result_file(text: str) -> Printed:
    """Read a result file in MiniSat's own style."""
    words = text.split()
    known = {"SAT": "SATISFIABLE", "UNSAT": "UNSATISFIABLE", "INDET": "UNKNOWN"}
    status = known.get(words[0], words[0]) if words else ""
    return Printed(status, tuple(words[1:]) if status == "SATISFIABLE" else None, ())


def read_count(text: str) -> int | None:
    """Return the exact number of models that a counter printed, or None."""
    found = _COUNT.findall(text)
    return int(found[-1]) if found else None

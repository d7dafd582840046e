"""The backends that come with the library: where they live and who is preferred.

The order is the order of preference. Only our own modules are named here, none of which imports native
code before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from .backends._pysat_native import EXCLUDED, TRAITS
from .backends.programs import KNOWN
from .processes.isolated import isolate
from .protocols import Backend, Kind


@dataclass(frozen=True, slots=True)
class Entry:
    """A backend by its place: ``module`` (of ``backends``), ``factory`` in it, and its argument."""

    kind: Kind
    name: str
    module: str
    factory: str
    argument: str = ""
    isolated: bool = False
    preferred: bool = True
    note: str = ""

    def load(self) -> Backend:
        """Return the backend; imports our module, no native code."""
        factory = getattr(import_module(f"{__package__}.backends.{self.module}"), self.factory)
        backend: Backend = factory(self.argument) if self.argument else factory()
        if self.isolated:
            backend = isolate(backend)
        return backend


def _pysat(name: str) -> Entry:
    traits = TRAITS[name]
    return Entry(
        Kind.SAT,
        name,
        "pysat",
        "PysatBackend",
        name,
        isolated=traits.isolated,
        preferred=not traits.note,
        note=traits.note,
    )


_OUTSIDE = "outside program: a new process for each question"
_SMALL = "for tests: at most 20 variables"

BUILTIN: tuple[Entry, ...] = (
    *(_pysat(name) for name in TRAITS),
    *(Entry(Kind.SAT, name, "programs", "known_program", name, preferred=False, note=_OUTSIDE) for name in KNOWN),
    Entry(Kind.SAT, "brute", "brute", "BruteSat", preferred=False, note=_SMALL),
    Entry(Kind.MAXSAT, "rc2", "rc2", "Rc2MaxSat"),
    Entry(Kind.MAXSAT, "cpsat", "cpsat", "CpSatMaxSat"),
    Entry(Kind.MAXSAT, "brute", "brute", "BruteMaxSat", preferred=False, note=_SMALL),
    Entry(Kind.HITTING, "rc2", "rc2", "Rc2Hitting"),
    Entry(Kind.COUNTER, "zdd", "zdd", "ZddCounter"),
    Entry(Kind.COUNTER, "pysdd", "pysdd", "PySddCounter", isolated=True),
    Entry(Kind.COUNTER, "brute", "brute", "BruteCounter", preferred=False, note=_SMALL),
    Entry(Kind.MIP, "scip", "scip", "ScipMip", isolated=True),
    Entry(Kind.MIP, "highs", "highs", "HighsMip", isolated=True),
    Entry(Kind.MIP, "cpsat", "cpsat", "CpSatMip"),
    Entry(Kind.MIP, "brute", "brute", "BruteMip", preferred=False, note=_SMALL),
)

EXCLUDED_SAT = EXCLUDED

"""The backends that come with the library: where they live and who is preferred.

The order is the order of preference, which follows the tables of docs/solvers.md (a test compares them). Only our own
modules are named here, none of which imports native code before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from .backends._pysat_native import EXCLUDED, TRAITS
from .backends.counters import NATIVES
from .backends.hermax import ENGINES
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


def _hermax(name: str) -> Entry:
    note = _OPTIONAL if ENGINES[name].complete else _ANYTIME
    return Entry(Kind.MAXSAT, name, "hermax", "HermaxMaxSat", name, isolated=True, preferred=False, note=note)


def _counter(name: str) -> Entry:
    note = _OPTIONAL if NATIVES[name].complete else _APPROXIMATE
    note = _HASHED if name == "ganak" else note
    return Entry(Kind.COUNTER, name, "counters", "NativeCounter", name, isolated=True, preferred=False, note=note)


def _mip(name: str, factory: str, note: str) -> Entry:
    return Entry(Kind.MIP, name, name, factory, isolated=True, preferred=False, note=note)


_OUTSIDE = "outside program: a new process for each question"
_OPTIONAL = "an extra; measured in docs/solvers.md"
_ANYTIME = "anytime: what it finds is an upper bound, never an optimum"
_APPROXIMATE = "approximate: an estimate, never a count"
_HASHED = "an extra; its cache compares hashes: its number, right but for a collision, is an estimate"
_LICENSED = "proprietary: where you have a licence"
_AGPL = "under the AGPL: for those who install it, part of no extra"
_SMALL = "for tests: at most 20 variables"

BUILTIN: tuple[Entry, ...] = (
    *(_pysat(name) for name in TRAITS),
    *(Entry(Kind.SAT, name, "programs", "known_program", name, preferred=False, note=_OUTSIDE) for name in KNOWN),
    Entry(Kind.SAT, "brute", "brute", "BruteSat", preferred=False, note=_SMALL),
    Entry(Kind.MAXSAT, "rc2", "rc2", "Rc2MaxSat"),
    Entry(Kind.MAXSAT, "cpsat", "cpsat", "CpSatMaxSat"),
    *(_hermax(name) for name in ENGINES),
    Entry(Kind.MAXSAT, "pumpkin", "pumpkin", "PumpkinMaxSat", isolated=True, preferred=False, note=_OPTIONAL),
    Entry(Kind.MAXSAT, "exact", "exact", "ExactMaxSat", isolated=True, preferred=False, note=_AGPL),
    Entry(Kind.MAXSAT, "brute", "brute", "BruteMaxSat", preferred=False, note=_SMALL),
    Entry(Kind.HITTING, "rc2", "rc2", "Rc2Hitting"),
    Entry(Kind.COUNTER, "zdd", "zdd", "ZddCounter"),
    Entry(Kind.COUNTER, "pysdd", "pysdd", "PySddCounter", isolated=True),
    *(_counter(name) for name in NATIVES),
    Entry(Kind.COUNTER, "brute", "brute", "BruteCounter", preferred=False, note=_SMALL),
    Entry(Kind.MIP, "highs", "highs", "HighsMip", isolated=True),
    Entry(Kind.MIP, "scip", "scip", "ScipMip", isolated=True),
    Entry(Kind.MIP, "cpsat", "cpsat", "CpSatMip"),
    _mip("highspy", "HighspyMip", _OPTIONAL),
    _mip("pyscipopt", "PyScipMip", _OPTIONAL),
    Entry(Kind.MIP, "exact", "exact", "ExactMip", isolated=True, preferred=False, note=_AGPL),
    _mip("gurobi", "GurobiMip", _LICENSED),
    _mip("cplex", "CplexMip", _LICENSED),
    _mip("copt", "CoptMip", _LICENSED),
    Entry(Kind.MIP, "brute", "brute", "BruteMip", preferred=False, note=_SMALL),
)

EXCLUDED_SAT = EXCLUDED

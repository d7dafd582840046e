"""The backends that come with the library: where they live and who is preferred.

The order is the order of preference. Only our own modules are named here, none of which imports native
code before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from ._pysat_native import EXCLUDED, TRAITS
from .protocols import Backend, Kind


@dataclass(frozen=True, slots=True)
class Entry:
    """A backend by its place: ``module`` (of this package), ``factory`` in it, and its argument."""

    kind: Kind
    name: str
    module: str
    factory: str
    argument: str = ""
    preferred: bool = True
    note: str = ""

    def load(self) -> Backend:
        """Return the backend; imports our module, no native code."""
        factory = getattr(import_module(f"{__package__}.{self.module}"), self.factory)
        backend: Backend = factory(self.argument) if self.argument else factory()
        return backend


def _pysat(name: str) -> Entry:
    traits = TRAITS[name]
    factory = "isolated_pysat" if traits.isolated else "PysatBackend"
    module = "isolated" if traits.isolated else "pysat_sat"
    return Entry(Kind.SAT, name, module, factory, name, preferred=not traits.note, note=traits.note)


BUILTIN: tuple[Entry, ...] = (
    *(_pysat(name) for name in TRAITS),
    Entry(Kind.MAXSAT, "rc2", "rc2", "Rc2MaxSat"),
    Entry(Kind.HITTING, "rc2", "rc2", "Rc2Hitting"),
)

EXCLUDED_SAT = EXCLUDED

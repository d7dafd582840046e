"""Where backends are found: our own, those of installed plug-ins, those registered at run time.

Plug-ins are entry points of the group ``suffice.solvers``; each gives a backend, a class or function without
arguments that makes one, or a list of these. See ``docs/add-a-solver.md``.
"""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal, overload

from ..engine.errors import BadInputError, CapabilityError, MissingBackendError, shown
from ..engine.given import list_of
from .availability import missing_parts, version_of
from .catalog import BUILTIN, EXCLUDED_SAT
from .processes.isolated import isolate
from .protocols import (
    Backend,
    Capabilities,
    CounterBackend,
    HittingBackend,
    Kind,
    MaxSatBackend,
    MipBackend,
    SatBackend,
)
from .table import BackendRow, BackendTable, needs_table

GROUP = "suffice.solvers"
_METHODS = {Kind.SAT: "open", Kind.MAXSAT: "solve", Kind.COUNTER: "count", Kind.MIP: "solve", Kind.HITTING: "open"}
_NEEDS = frozenset(field.name for field in fields(Capabilities)) - {"kind", "max_vars", "max_weight"}

_registered: dict[tuple[Kind, str], Backend] = {}


def register(backend: Backend) -> Backend:
    """Make a backend known for the rest of this process; one of the same kind and name is replaced.

    Returns
    -------
    Backend
        The argument, so that an instance can be registered in the line that makes it.

    Raises
    ------
    BadInputError
        It lacks ``name``, ``capabilities``, ``requirement`` or the method of its kind.
    """
    _check_backend(backend)
    _registered[backend.capabilities.kind, backend.name] = backend
    return backend


def unregister(name: str, kind: Kind | str) -> None:
    """Forget a backend that was registered at run time; unknown ones are ignored."""
    _registered.pop((Kind(kind), name), None)


@overload
def get(
    name: str | Backend | None, kind: Literal[Kind.SAT, "sat"], needs: Iterable[str] = (), *, isolated: bool = False
) -> SatBackend: ...
@overload
def get(
    name: str | Backend | None,
    kind: Literal[Kind.MAXSAT, "maxsat"],
    needs: Iterable[str] = (),
    *,
    isolated: bool = False,
) -> MaxSatBackend: ...
@overload
def get(
    name: str | Backend | None,
    kind: Literal[Kind.COUNTER, "counter"],
    needs: Iterable[str] = (),
    *,
    isolated: bool = False,
) -> CounterBackend: ...
@overload
def get(
    name: str | Backend | None, kind: Literal[Kind.MIP, "mip"], needs: Iterable[str] = (), *, isolated: bool = False
) -> MipBackend: ...
@overload
def get(
    name: str | Backend | None,
    kind: Literal[Kind.HITTING, "hitting"],
    needs: Iterable[str] = (),
    *,
    isolated: bool = False,
) -> HittingBackend: ...
@overload
def get(
    name: str | Backend | None, kind: Kind | str, needs: Iterable[str] = (), *, isolated: bool = False
) -> Backend: ...
def get(name: str | Backend | None, kind: Kind | str, needs: Iterable[str] = (), *, isolated: bool = False) -> Any:
    """Return a backend.

    Parameters
    ----------
    name : str, Backend or None
        Its name; a backend itself, which is checked and returned; or None for the first preferred one that is
        available and has what is needed.
    kind : Kind or str
        "sat", "maxsat", "counter", "mip" or "hitting".
    needs : iterable of str
        Names of capabilities that it must have, e.g. ``["assumptions", "cores"]``.
    isolated : bool
        Run its native code in a process of its own, which can be killed at any moment.

    Raises
    ------
    MissingBackendError
        No backend of this name, or what it needs is not installed.
    CapabilityError
        It lacks something; the message prints backends against needs.
    """
    wanted, demands = _kind(kind), _checked_needs(needs)
    if isolated:
        demands = tuple(d for d in demands if d not in ("isolated", "time_limit", "interrupt"))
    if name is None:
        found = _choose(wanted, demands)
    else:
        found = _named(name, wanted) if isinstance(name, str) else _given(name, wanted)
        if not _has(found, demands):
            raise _lacking(found.name, wanted, demands)
    if isolated and not found.capabilities.isolated:
        return isolate(found)
    return found


def backends(kind: Kind | str | None = None) -> BackendTable:
    """Return the table of all backends that are known, installed or not.

    Parameters
    ----------
    kind : Kind or str, optional
        Only those of one kind.
    """
    wanted = None if kind is None else _kind(kind)
    rows = [row for row in _rows() if wanted is None or row.kind is wanted]
    return BackendTable(rows)


def is_available(name: str, kind: Kind | str) -> bool:
    """Tell whether a backend is known and what it needs is installed."""
    found = _find(name, _kind(kind))
    return found is not None and not missing_parts(found.requirement)


def _rows() -> list[BackendRow]:
    rows = []
    for backend, preferred, note in _known():
        gone = missing_parts(backend.requirement)
        remedy = f"missing {', '.join(gone)}: {backend.requirement.remedy or 'install it'}" if gone else ""
        capabilities = backend.capabilities
        version = version_of(backend.requirement)
        rows.append(
            BackendRow(backend.name, capabilities.kind, version, not gone, preferred, remedy, note, capabilities)
        )
    rows.extend(BackendRow(n, Kind.SAT, "", False, False, "", note, None) for n, note in EXCLUDED_SAT.items())
    order = list(Kind)
    return sorted(rows, key=lambda row: order.index(row.kind))


def _known() -> list[tuple[Backend, bool, str]]:
    """Return (backend, preferred, note); whoever comes later replaces an earlier one of the same key."""
    found: dict[tuple[Kind, str], tuple[Backend, bool, str]] = {}
    for entry in BUILTIN:
        found[entry.kind, entry.name] = (entry.load(), entry.preferred, entry.note)
    for backend in _plugins():
        found[backend.capabilities.kind, backend.name] = (backend, False, "plug-in")
    for key, backend in _registered.items():
        found[key] = (backend, False, "registered at run time")
    return list(found.values())


def _find(name: str, kind: Kind) -> Backend | None:
    if (kind, name) in _registered:
        return _registered[kind, name]
    for backend in _plugins():
        if (backend.capabilities.kind, backend.name) == (kind, name):
            return backend
    for entry in BUILTIN:
        if (entry.kind, entry.name) == (kind, name):
            return entry.load()
    if kind is Kind.HITTING:
        below = _find(name, Kind.MAXSAT)
        if below is not None:
            from .backends.maxsat_hitting import MaxSatHitting

            return MaxSatHitting(below)  # type: ignore[arg-type]  # found as MaxSAT
    return None


def _named(name: str, kind: Kind) -> Backend:
    found = _find(name, kind)
    if found is None:
        raise MissingBackendError(_unknown(name, kind))
    gone = missing_parts(found.requirement)
    if gone:
        remedy = found.requirement.remedy or "install it"
        raise MissingBackendError(f"{kind} backend {name!r} needs {', '.join(gone)}: {remedy}")
    return found


def _unknown(name: str, kind: Kind) -> str:
    if kind is Kind.SAT and name in EXCLUDED_SAT:
        return f"sat backend {name!r} is {EXCLUDED_SAT[name]}"
    names = [backend.name for backend, _, _ in _known() if backend.capabilities.kind is kind]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
    return f"no {kind} backend is called {name!r}; {hint}known: {', '.join(names) or 'none'}"


def _given(backend: Backend, kind: Kind) -> Backend:
    _check_backend(backend)
    if backend.capabilities.kind is not kind:
        raise CapabilityError(f"backend {backend.name!r} solves {backend.capabilities.kind}, the query needs {kind}")
    return backend


def _choose(kind: Kind, needs: Sequence[str]) -> Backend:
    for entry in BUILTIN:
        if entry.kind is kind and entry.preferred:
            backend = entry.load()
            if _has(backend, needs) and not missing_parts(backend.requirement):
                return backend
    raise _lacking(None, kind, needs)


def _lacking(name: str | None, kind: Kind, needs: Sequence[str]) -> CapabilityError:
    who = f"{kind} backend {name!r} lacks something that the query needs" if name else f"no {kind} backend fits"
    candidates = [backend for backend, _, _ in _known() if backend.capabilities.kind is kind]
    return CapabilityError(f"{who} ({', '.join(needs) or 'nothing special'}):\n{needs_table(candidates, needs)}")


def _has(backend: Backend, needs: Iterable[str]) -> bool:
    return all(bool(getattr(backend.capabilities, need)) for need in needs)


def _kind(kind: Kind | str) -> Kind:
    try:
        return Kind(kind if isinstance(kind, str) else "")
    except (ValueError, TypeError):
        raise BadInputError(f"kind={shown(kind)}: expected one of {', '.join(Kind)}") from None


def _checked_needs(needs: Iterable[str]) -> tuple[str, ...]:
    demands = (needs,) if isinstance(needs, str) else tuple(list_of(needs, "needs", "names of capabilities"))
    for need in demands:
        if not isinstance(need, str) or need not in _NEEDS:
            raise BadInputError(f"needs: {shown(need)} is no capability; expected some of {', '.join(sorted(_NEEDS))}")
    return demands


def _check_backend(backend: Any) -> None:
    if not isinstance(backend, Backend) or not isinstance(backend.capabilities, Capabilities):
        raise BadInputError(f"{shown(backend)} is no backend: it needs name, capabilities and requirement")
    method = _METHODS[backend.capabilities.kind]
    if not callable(getattr(backend, method, None)):
        raise BadInputError(f"backend {backend.name!r} of kind {backend.capabilities.kind} lacks the method {method}")


@cache
def _plugins() -> tuple[Backend, ...]:
    """Load the plug-ins once; a bad one warns and is left out."""
    found: list[Backend] = []
    for point in entry_points(group=GROUP):
        found.extend(_load(point))
    return tuple(found)


def _load(point: EntryPoint) -> list[Backend]:
    try:
        loaded = point.load()
        items = loaded if isinstance(loaded, (list, tuple)) else [loaded]
        made = [item() if callable(item) else item for item in items]
        for backend in made:
            _check_backend(backend)
    except Exception as error:
        warnings.warn(
            f"the solver plug-in {point.name!r} ({point.value}) is left out: {type(error).__name__}: {error}",
            RuntimeWarning,
            stacklevel=2,
        )
        return []
    return made

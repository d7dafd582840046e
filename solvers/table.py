"""Tables of backends, for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from html import escape

from .protocols import Backend, Capabilities, Kind

_SHOWN = tuple(f.name for f in fields(Capabilities) if f.name not in ("kind", "max_vars", "max_weight"))


@dataclass(frozen=True, slots=True)
class BackendRow:
    """One backend as the registry knows it.

    Attributes
    ----------
    name, kind, version : str, Kind, str
        Who it is.
    available : bool
        Whether it can run here.
    preferred : bool
        Whether it may be chosen when no name is given.
    remedy : str
        What to do when it is not available.
    note : str
        Why it is not preferred, or why it is excluded.
    capabilities : Capabilities or None
        What it can do; None when it is excluded.
    """

    name: str
    kind: Kind
    version: str
    available: bool
    preferred: bool
    remedy: str
    note: str
    capabilities: Capabilities | None

    @property
    def abilities(self) -> tuple[str, ...]:
        """Names of the capabilities that it has."""
        found = self.capabilities
        return () if found is None else tuple(a for a in _SHOWN if getattr(found, a))


class BackendTable(Sequence[BackendRow]):
    """The backends that are known, as a readable sequence of rows."""

    def __init__(self, rows: Iterable[BackendRow]) -> None:
        self._rows = tuple(rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> BackendRow:  # type: ignore[override]  # slices are not needed
        return self._rows[index]

    def __iter__(self) -> Iterator[BackendRow]:
        return iter(self._rows)

    def __repr__(self) -> str:
        return text_table(_HEAD, [_cells(row) for row in self._rows])

    def _repr_html_(self) -> str:
        head = "".join(f"<th style='text-align:left'>{escape(cell)}</th>" for cell in _HEAD)
        lines = (
            "<tr>" + "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in _cells(row)) + "</tr>"
            for row in self._rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


_HEAD = ("kind", "name", "version", "available", "can", "remark")


def _cells(row: BackendRow) -> list[str]:
    remark = row.note if row.available or not row.remedy else row.remedy
    return [
        str(row.kind),
        row.name,
        row.version or "-",
        "yes" if row.available else "no",
        ", ".join(row.abilities) or "-",
        remark,
    ]


def text_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in plain text, columns aligned."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[j]) for line in lines) for j in range(len(head))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def needs_table(backends: Iterable[Backend], needs: Sequence[str]) -> str:
    """Return the table of backends against needs that explains why a choice failed."""
    rows = [
        [backend.name, *("yes" if getattr(backend.capabilities, need) else "no" for need in needs)]
        for backend in backends
    ]
    return text_table(["backend", *needs], rows)

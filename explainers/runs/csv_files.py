"""CSV files whose rows are read by their numbers: one pass finds where they begin, and what columns hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ...engine.errors import BadInputError, shown
from .frames import arrow

CSV = (".csv", ".tsv")
DAMAGED = "suffice:damaged"  # a column that says why a row cannot be asked about
_PIECE = 4096  # rows that are read together
_CHUNK = 1 << 23  # bytes
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_TRUTH = ("true", "false")
_MISSING = [  # as pandas reads them
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _File:
    """A CSV file: where its pieces begin.

    Attributes
    ----------
    path : str
        The file.
    tab : bool
        Whether values stand apart by tabs.
    head : bytes
        Its first line.
    offsets : tuple of int
        Where pieces begin, and where the last one ends.
    n_rows : int
        How many rows it has.
    """

    path: str
    tab: bool
    head: bytes
    offsets: tuple[int, ...]
    n_rows: int

    def text(self, piece: int) -> Any:
        """Return the rows of a piece, all columns as texts.

        Raises
        ------
        BadInputError
            If a row has more or fewer values than the first line.
        """
        pa = arrow()
        from pyarrow import csv

        low, high = self.offsets[piece : piece + 2]
        with open(self.path, "rb") as stream:
            stream.seek(low)
            data = self.head + stream.read(high - low)
        parse = csv.ParseOptions(delimiter="\t" if self.tab else ",", newlines_in_values=True)
        names = csv.read_csv(pa.py_buffer(self.head), parse_options=parse).column_names
        convert = csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=_MISSING
        )
        block = csv.ReadOptions(use_threads=False, block_size=max(1 << 20, 2 * len(data)))
        try:
            found = csv.read_csv(pa.py_buffer(data), read_options=block, parse_options=parse, convert_options=convert)
        except pa.ArrowInvalid as error:
            raise BadInputError(
                f"{self.path}: among rows {piece * _PIECE} to {(piece + 1) * _PIECE - 1}: {shown(str(error), 240)}"
            ) from None
        wanted = min(self.n_rows - piece * _PIECE, _PIECE)
        if len(found) != wanted:
            raise BadInputError(
                f"{self.path}: {len(found)} rows were read where {wanted} lines are (from row {piece * _PIECE}): "
                "quotes within values must be doubled"
            )
        return found


@dataclass(frozen=True, eq=False)
class CsvSource:
    """Rows in CSV files.

    Attributes
    ----------
    files : tuple of _File
        The files, in order.
    types : mapping from str to str
        Of each column: ``"int64"``, ``"double"``, ``"bool"`` or ``"string"``.
    stamps : tuple
        Path, size and time of each file.
    """

    files: tuple[_File, ...]
    types: Mapping[str, str]
    stamps: tuple[Any, ...] = field(default=())

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return sum(file.n_rows for file in self.files)

    @property
    def schema(self) -> Any:
        """Their columns."""
        pa = arrow()
        return pa.schema([pa.field(name, pa.type_for_alias(kind)) for name, kind in self.types.items()])

    def rows(self, first: int, end: int) -> Any:
        """Return rows as a table; with a column ``DAMAGED`` where a text stands for a number."""
        pa = arrow()
        found, start = [], 0
        for file in self.files:
            low, high = max(first - start, 0), min(end - start, file.n_rows)
            for piece in range(low // _PIECE, -(-high // _PIECE) if high > low else 0):
                begin = piece * _PIECE
                found.append(file.text(piece).slice(max(low - begin, 0), min(high, begin + _PIECE) - max(low, begin)))
            start += file.n_rows
        return self._typed(pa.concat_tables(found)) if found else self.schema.empty_table()

    def _typed(self, texts: Any) -> Any:
        pa = arrow()
        damage: dict[int, str] = {}
        columns = [_cast(texts.column(name), kind, name, damage) for name, kind in self.types.items()]
        table = pa.table(columns, schema=self.schema)
        if not damage:
            return table
        return table.append_column(DAMAGED, pa.array([damage.get(i) for i in range(len(table))], pa.string()))

    def told(self) -> dict[str, Any]:
        """Return names, sizes and times of the files."""
        return {"kind": "csv", "rows": self.n_rows, "files": [list(one) for one in self.stamps]}


def _cast(column: Any, kind: str, name: str, damage: dict[int, str]) -> Any:
    """Return a column of texts in its type; rows whose text is no such value have none, and it is noted why."""
    pa = arrow()
    import pyarrow.compute as pc

    wanted = pa.type_for_alias(kind)
    try:
        return _read_as(column, wanted)
    except pa.ArrowInvalid:
        pass
    values: list[Any] = []
    for i, one in enumerate(column):
        try:
            values.append(_read_as(pa.chunked_array([pa.array([one.as_py()], pa.string())]), wanted)[0].as_py())
        except pa.ArrowInvalid:
            values.append(None)
            damage.setdefault(i, f"column {name!r} holds {shown(one.as_py(), 60)}: expected a number")
    return pc.cast(pa.chunked_array([pa.array(values, wanted)]), wanted)


def _read_as(column: Any, kind: Any) -> Any:
    import pyarrow.compute as pc

    return column if kind == arrow().string() else pc.cast(pc.utf8_trim_whitespace(column), kind)


def csv_source(paths: list[Path], numbers: Mapping[str, Any]) -> CsvSource:
    """Return rows of CSV files, which are read once for this.

    Raises
    ------
    BadInputError
        If a file has no first line with names, files have other columns than the first, or a row is cut off.
    """
    files = tuple(_scanned(path) for path in paths)
    heads = [_names(file) for file in files]
    for file, names in zip(files, heads, strict=True):
        if names != heads[0]:
            raise BadInputError(f"{file.path} has other columns than {files[0].path}: {shown(names[:8])}")
    seen = {name: _Seen(numbers.get(name)) for name in heads[0]}
    for file in files:
        for piece in range(len(file.offsets) - 1):
            texts = file.text(piece)
            for name, one in seen.items():
                one.look(texts.column(name))
    stamps = tuple((str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in paths)
    return CsvSource(files, {name: one.type() for name, one in seen.items()}, stamps)


def _names(file: _File) -> list[str]:
    pa = arrow()
    from pyarrow import csv

    try:
        names: list[str] = csv.read_csv(
            pa.py_buffer(file.head), parse_options=csv.ParseOptions(delimiter="\t" if file.tab else ",")
        ).column_names
    except pa.ArrowInvalid as error:
        raise BadInputError(f"{file.path}: expected names of columns in the first line ({error})") from None
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise BadInputError(
            f"{file.path}: several columns are called {shown(sorted(twice)[0])}: give each its own name"
        )
    return names


class _Seen:
    """What a column holds, as far as it was seen."""

    def __init__(self, number: bool | None) -> None:
        self._said = number
        self._possible = {"int64", "double", "bool"} if number is not False else set()
        self._nulls = False

    def look(self, texts: Any) -> None:
        """See more values."""
        pa = arrow()
        import pyarrow.compute as pc

        self._nulls = self._nulls or texts.null_count > 0
        for kind in sorted(self._possible):
            if kind == "bool":
                low = pc.utf8_lower(texts.drop_null())
                fits = bool(pc.all(pc.is_in(low, pa.array(_TRUTH))).as_py() in (True, None))
            else:
                fits = _fits(texts, pa.type_for_alias(kind)) or (self._said is True and self._only_some(texts, kind))
            if not fits:
                self._possible.discard(kind)

    @staticmethod
    def _only_some(texts: Any, kind: str) -> bool:
        """Tell whether texts that are no whole numbers are no numbers at all."""
        pa = arrow()
        if kind == "double":
            return True
        return all(
            _fits(one, pa.int64()) or not _fits(one, pa.float64())
            for one in (texts.slice(i, 1) for i in range(len(texts)))
        )

    def type(self) -> str:
        """Return the type that all values seen have."""
        if "bool" in self._possible and "int64" not in self._possible and not self._nulls:
            return "bool"
        if "int64" in self._possible and not self._nulls:
            return "int64"
        return "double" if {"int64", "double"} & self._possible else "string"


def _fits(texts: Any, kind: Any) -> bool:
    try:
        _read_as(texts, kind)
    except arrow().ArrowInvalid:
        return False
    return True


def _scanned(path: Path) -> _File:
    """Find where the rows of a file begin."""
    ends: list[int] = []
    head_end, count, size = 0, 0, path.stat().st_size
    last = 0
    for end in _record_ends(path):
        if not head_end:
            head_end = last = end
            ends.append(end)
            continue
        count += 1
        last = end
        if count % _PIECE == 0:
            ends.append(end)
    if not head_end:
        raise BadInputError(f"{path}: expected names of columns in the first line, and the file is empty")
    if ends[-1] != last:
        ends.append(last)
    with open(path, "rb") as stream:
        head = stream.read(head_end)
    return _File(str(path.resolve()), path.suffix.lower() == ".tsv", head if head.endswith(b"\n") else head + b"\n",
                 tuple(ends) if size else (), count)  # fmt: skip


def _record_ends(path: Path) -> Iterator[int]:
    """Yield where each record that is no empty line ends: at a line's end outside quotes, or at the file's."""
    inside, offset, begin = 0, 0, 0
    last_byte = -1
    with open(path, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            data = np.frombuffer(chunk, np.uint8)
            parity = (np.cumsum(data == _QUOTE) + inside) & 1
            places = np.nonzero((data == _NEWLINE) & (parity == 0))[0]
            inside = int(parity[-1])
            for place in places.tolist():
                end = offset + place + 1
                before = data[place - 1] if place else last_byte
                if end - begin > 2 or (end - begin == 2 and before != _RETURN):
                    yield end
                begin = end
            last_byte = int(data[-1])
            offset += len(data)
    if inside:
        raise BadInputError(f"{path}: a quote is open at the end of the file: it is cut off, or a quote is not doubled")
    if offset > begin:
        yield offset

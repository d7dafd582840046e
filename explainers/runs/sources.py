"""Where rows come from: tables and files, whose rows any process can read by their numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from ...engine.errors import BadInputError, shown
from .csv_files import CSV, csv_source
from .frames import arrow, table_of

PARQUET, ARROW = (".parquet", ".pq"), (".arrow", ".feather", ".ipc")


class Source(Protocol):
    """Rows in an order that never changes.

    Attributes
    ----------
    n_rows : int
        How many there are.
    schema : pyarrow.Schema
        Their columns.
    """

    @property
    def n_rows(self) -> int:
        """How many rows there are."""

    @property
    def schema(self) -> Any:
        """Their columns."""

    def rows(self, first: int, end: int) -> Any:
        """Return rows as a table of Arrow."""

    def told(self) -> dict[str, Any]:
        """Return what tells this source from others, as JSON has it."""


@dataclass(frozen=True, eq=False)
class TableSource:
    """Rows in memory."""

    table: Any

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.table)

    @property
    def schema(self) -> Any:
        """Their columns."""
        return self.table.schema.remove_metadata()

    def rows(self, first: int, end: int) -> Any:
        """Return rows as a table of Arrow."""
        return self.table.slice(first, end - first)

    def told(self) -> dict[str, Any]:
        """Return a checksum of the rows."""
        pa = arrow()
        found = hashlib.sha256()
        for column in self.table.combine_chunks().itercolumns():
            sink = pa.BufferOutputStream()
            one = pa.table({"c": column})
            with pa.ipc.new_stream(sink, one.schema) as stream:
                stream.write_table(one)
            found.update(sink.getvalue())
        return {"kind": "table", "rows": len(self.table), "sha256": found.hexdigest()}


@dataclass(frozen=True)
class Piece:
    """Some rows of a file that are read together: a row group, a record batch.

    Attributes
    ----------
    path : str
        The file.
    number : int
        Which of the file's.
    first, end : int
        Its rows, in the numbers of the source.
    """

    path: str
    number: int
    first: int
    end: int


@dataclass(frozen=True, eq=False)
class FileSource:
    """Rows in parquet or Arrow files.

    Attributes
    ----------
    pieces : tuple of Piece
        All pieces, in order.
    kind : str
        ``"parquet"`` or ``"arrow"``.
    written : bytes
        The schema, serialized.
    files : tuple of (str, int, int)
        Path, size and time of each file.
    """

    pieces: tuple[Piece, ...]
    kind: str
    written: bytes
    files: tuple[tuple[str, int, int], ...]

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return self.pieces[-1].end if self.pieces else 0

    @property
    def schema(self) -> Any:
        """Their columns."""
        pa = arrow()
        return pa.ipc.read_schema(pa.py_buffer(self.written))

    def rows(self, first: int, end: int) -> Any:
        """Return rows as a table of Arrow; only the pieces that hold them are read."""
        pa = arrow()
        found = []
        for piece in self.pieces:
            if piece.end > first and piece.first < end:
                low = max(first, piece.first)
                found.append(self.read(piece).slice(low - piece.first, min(end, piece.end) - low))
        schema = self.schema
        return pa.concat_tables([in_types(one, schema) for one in found]) if found else schema.empty_table()

    def read(self, piece: Piece, columns: list[str] | None = None) -> Any:
        """Return the rows of a piece (some columns of them), as they are in the file."""
        pa = arrow()
        try:
            if self.kind == "parquet":
                from pyarrow import parquet

                with parquet.ParquetFile(piece.path) as file:
                    return file.read_row_group(piece.number, columns).replace_schema_metadata(None)
            with pa.memory_map(piece.path) as stream:
                found = pa.Table.from_batches([pa.ipc.open_file(stream).get_batch(piece.number)])
                return found.replace_schema_metadata(None)
        except (pa.ArrowException, OSError) as error:
            raise BadInputError(
                f"{piece.path}: rows {piece.first} to {piece.end - 1} cannot be read: {shown(str(error), 200)}"
            ) from None

    def told(self) -> dict[str, Any]:
        """Return names, sizes and times of the files."""
        return {"kind": self.kind, "rows": self.n_rows, "files": [list(one) for one in self.files]}


def source_of(given: Any, numbers: Mapping[str, Any] | None = None) -> Source:
    """Return rows as a source.

    Parameters
    ----------
    given : frame, path, list of paths or pyarrow.dataset.Dataset
        A table or data frame; a file, a folder of files, or several, in their order (those of a folder by name):
        ``.parquet``, ``.arrow``, ``.feather``, ``.csv`` or ``.tsv``.
    numbers : mapping, optional
        Of CSV files: whether columns by these names hold numbers (True) or texts (False); others are seen.

    Raises
    ------
    BadInputError
        If there are no such files, they are of several kinds, cannot be read, or have several schemas.
    """
    arrow()
    if hasattr(given, "files") and hasattr(given, "schema") and not hasattr(given, "columns"):
        given = list(given.files)
    if not isinstance(given, (str, Path, list, tuple)):
        table = table_of(given).replace_schema_metadata(None)
        lacking = {name for name in table.column_names if table.column(name).null_count}
        return TableSource(in_types(table, steady(table.schema, lacking)))
    paths = _paths([given] if isinstance(given, (str, Path)) else given)
    endings = {_ending(path) for path in paths}
    for known, make in ((PARQUET, _parquet), (ARROW, _arrow_files)):
        if endings <= set(known):
            return make(paths)
    if endings <= set(CSV):
        return csv_source(paths, numbers or {})
    raise BadInputError(
        f"source={shown(str(paths[0]), 160)}: expected files of one kind: {', '.join((*PARQUET, *ARROW, *CSV))} "
        f"(not packed), got {', '.join(sorted(endings))}"
    )


def _ending(path: Path) -> str:
    return path.suffix.lower()


def _paths(given: Sequence[Any]) -> list[Path]:
    found: list[Path] = []
    for one in given:
        path = Path(one)
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p.relative_to(path)))
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise BadInputError(f"source={shown(str(one), 160)}: there is no such file or folder")
    if not found:
        raise BadInputError(f"source={shown(list(map(str, given)), 160)}: there are no files in it")
    return found


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def stamp(path: Path) -> tuple[str, int, int]:
    """Return path, size and time of a file."""
    found = path.stat()
    return str(path.resolve()), found.st_size, found.st_mtime_ns


def _parquet(paths: list[Path]) -> FileSource:
    from pyarrow import parquet

    pieces: list[Piece] = []
    schemas = []
    first = 0
    for path in paths:
        try:
            told = parquet.read_metadata(path)
            schemas.append((path, parquet.read_schema(path).remove_metadata()))
        except (arrow().ArrowException, OSError) as error:
            raise BadInputError(f"{path} cannot be read as parquet: {shown(str(error), 200)}") from None
        for number in range(told.num_row_groups):
            rows = told.row_group(number).num_rows
            pieces.append(Piece(str(path.resolve()), number, first, first + rows))
            first += rows
    return _of_files("parquet", pieces, schemas, paths)


def _arrow_files(paths: list[Path]) -> FileSource:
    pa = arrow()
    pieces: list[Piece] = []
    schemas = []
    first = 0
    for path in paths:
        try:
            with pa.memory_map(str(path)) as stream, pa.ipc.open_file(stream) as file:
                schemas.append((path, file.schema.remove_metadata()))
                for number in range(file.num_record_batches):
                    rows = file.get_batch(number).num_rows
                    pieces.append(Piece(str(path.resolve()), number, first, first + rows))
                    first += rows
        except (pa.ArrowException, OSError) as error:
            raise BadInputError(
                f"{path} cannot be read as an Arrow file: {shown(str(error), 200)} (streams have no order of access: "
                "write a file, as to_feather does)"
            ) from None
    return _of_files("arrow", pieces, schemas, paths)


def _of_files(kind: str, pieces: list[Piece], schemas: list[tuple[Path, Any]], paths: list[Path]) -> FileSource:
    one = schemas[0][1]
    for path, other in schemas[1:]:
        if not other.equals(one):
            differs = sorted({(f.name, f.type) for f in one} ^ {(f.name, f.type) for f in other}, key=str)
            names = shown([name for name, _ in differs][:6])
            raise BadInputError(
                f"{path} has other columns than {schemas[0][0]}: {names} (names or types differ); files of one run "
                "have one schema"
            )
    source = FileSource(tuple(pieces), kind, one.serialize().to_pybytes(), tuple(map(stamp, paths)))
    whole = [field.name for field in one if _turns(field.type)]
    missing = _with_nulls(source, whole) if whole else set()
    return replace(source, written=steady(one, missing).serialize().to_pybytes())


def _with_nulls(source: FileSource, names: list[str]) -> set[str]:
    """Return which columns lack values somewhere; what files do not tell is looked up."""
    found: set[str] = set()
    for piece in source.pieces:
        left = [name for name in names if name not in found]
        if not left:
            break
        counts = _null_counts(piece, left) if source.kind == "parquet" else None
        table = source.read(piece, left) if counts is None else None
        found |= {name for name in left if (table.column(name).null_count if table is not None else counts[name])}  # type: ignore[index]  # one of them is there
    return found


def _null_counts(piece: Piece, names: list[str]) -> dict[str, int] | None:
    """Return how many values columns lack, as a parquet file tells it; None if it does not."""
    from pyarrow import parquet

    group = parquet.read_metadata(piece.path).row_group(piece.number)
    columns = [group.column(i) for i in range(group.num_columns)]
    found = {
        one.path_in_schema: one.statistics.null_count for one in columns
        if one.statistics is not None and one.statistics.has_null_count
    }  # fmt: skip
    return {name: found[name] for name in names} if set(names) <= set(found) else None


def in_types(table: Any, schema: Any) -> Any:
    """Return a table in the types of a schema."""
    pa = arrow()
    columns = []
    for field in schema:
        column = table.column(field.name)
        if pa.types.is_boolean(column.type) and field.type == pa.float64():
            column = column.cast(pa.int8())
        try:
            columns.append(column.cast(field.type))
        except pa.ArrowInvalid as error:
            raise BadInputError(
                f"column {field.name!r} lacks values, and its whole numbers are too large for floats: "
                f"{shown(str(error), 120)}; leave it out, or make texts of it"
            ) from None
    return pa.table(columns, schema=schema)


def _turns(kind: Any) -> bool:
    """Tell whether columns of a type look otherwise where values are missing."""
    types = arrow().types
    return bool(types.is_integer(kind) or types.is_boolean(kind))


def steady(schema: Any, missing: set[str]) -> Any:
    """Return a schema whose columns look the same in every part.

    Whole numbers and truth values of which some are missing are floats, as pandas has them. Columns of codes with their
    names (dictionaries) become texts of these names, for each part has a dictionary of its own.
    """
    pa = arrow()
    fields = []
    for field in schema:
        if pa.types.is_dictionary(field.type):
            field = field.with_type(field.type.value_type)  # noqa: PLW2901  # the same column
        elif field.name in missing and _turns(field.type):
            field = field.with_type(pa.float64())  # noqa: PLW2901  # as before
        fields.append(field)
    return pa.schema(fields)

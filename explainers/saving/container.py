"""Files of entries: a zip with a list of checksums, and one of the whole at its end; nothing in it is executed."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import FormatError, shown

SCHEMA = 1
LARGEST = 1 << 30  # bytes of a file, and of all its entries unpacked
_ENTRIES = 10_000
_MANIFEST, _MAIN, _ARRAYS = "manifest.json", "explainer.json", "arrays/"
_SEAL = b"suffice sha256 "
_WHEN = (1980, 1, 1, 0, 0, 0)  # of all entries, so that equal explainers are equal files
_AGAIN = "save the explainer again"

Arrays = Mapping[str, NDArray[Any]]


def packed(main: Mapping[str, Any], arrays: Arrays) -> bytes:
    """Return what is written of an explainer as the bytes of a file; equal ones for equal contents."""
    entries = {_MAIN: _json(main)}
    for name in sorted(arrays):
        stream = io.BytesIO()
        np.lib.format.write_array(stream, np.ascontiguousarray(arrays[name]), version=(1, 0), allow_pickle=False)
        entries[f"{_ARRAYS}{name}.npy"] = stream.getvalue()
    listed = {name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in entries.items()}
    manifest = _json({"suffice": "explainer", "schema": SCHEMA, "entries": listed})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in ({_MANIFEST: manifest} | entries).items():
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, data)
        archive.comment = _SEAL + b"0" * 64
    whole = file.getvalue()[:-64]
    return whole + hashlib.sha256(whole).hexdigest().encode()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(errors="surrogatepass")


def is_saved(data: bytes) -> bool:
    """Tell whether bytes (the first few thousand of a file are enough) are those of a saved explainer."""
    return data[:4] == b"PK\x03\x04" and _MANIFEST.encode() in data[:64]


def unpacked(data: bytes, largest: int = LARGEST) -> tuple[int, dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the schema, the main entry and the arrays of a file.

    Raises
    ------
    FormatError
        If it is no such file, is damaged, too large, or of a later schema than this version knows.
    """
    if not is_saved(data):
        raise FormatError("this is no saved explainer: expected a file that explainer.save(path) wrote")
    if len(data) > largest:
        raise FormatError(
            f"the file has more than {largest} bytes: expected at most {largest}; pass largest=… for more"
        )
    if data[-64 - len(_SEAL) : -64] != _SEAL:
        raise FormatError(f"the file is cut off, or something follows it: {_AGAIN}")
    if hashlib.sha256(data[:-64]).hexdigest().encode() != data[-64:]:
        raise FormatError(f"the file is damaged: its checksum is another one; {_AGAIN}")
    try:
        return _entries(data, largest)
    except FormatError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error) as error:
        raise FormatError(f"the file is damaged ({shown(str(error), 80)}): {_AGAIN}") from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as error:
        raise FormatError(f"the file is damaged ({type(error).__name__} {shown(str(error), 80)}): {_AGAIN}") from None


def _entries(data: bytes, largest: int) -> tuple[int, dict[str, Any], dict[str, NDArray[Any]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = archive.infolist()
        names = [entry.filename for entry in found]
        if len(found) > _ENTRIES or len(set(names)) != len(names):
            raise FormatError(f"the file has {len(found)} entries, or one twice: {_AGAIN}")
        total = sum(entry.file_size for entry in found)
        if total > largest:
            raise FormatError(
                f"the file would have {total} bytes when it is unpacked: expected at most {largest}; pass largest=… "
                "for more"
            )
        manifest = _object(_read(archive, found[0], found[0].file_size))
        schema = _schema(manifest)
        listed = manifest["entries"]
        if names[0] != _MANIFEST or sorted(names[1:]) != sorted(listed) or _MAIN not in listed:
            raise FormatError(f"the file lacks entries, or has others than its list says: {_AGAIN}")
        contents = {}
        for entry in found[1:]:
            content = _read(archive, entry, int(listed[entry.filename]["size"]))
            if hashlib.sha256(content).hexdigest() != listed[entry.filename]["sha256"]:
                raise FormatError(
                    f"the entry {shown(entry.filename)} is damaged: its checksum is another one; {_AGAIN}"
                )
            contents[entry.filename] = content
    main = _object(contents.pop(_MAIN))
    return schema, main, {name[len(_ARRAYS) : -4]: _array(name, content) for name, content in contents.items()}


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, size: int) -> bytes:
    if entry.file_size != size or entry.flag_bits & 1 or entry.compress_type not in (0, 8):
        raise FormatError(f"the entry {shown(entry.filename)} has another size than its list says: {_AGAIN}")
    with archive.open(entry) as stream:
        content = stream.read(size + 1)
    if len(content) != size:
        raise FormatError(f"the entry {shown(entry.filename)} has another size than its list says: {_AGAIN}")
    return content


def _object(content: bytes) -> dict[str, Any]:
    found = json.loads(content.decode(errors="surrogatepass"))
    if not isinstance(found, dict):
        raise FormatError(f"an entry of the file is no object: {_AGAIN}")
    return found


def _schema(manifest: Mapping[str, Any]) -> int:
    schema = manifest.get("schema")
    if manifest.get("suffice") != "explainer" or not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        raise FormatError("this is no saved explainer: expected a file that explainer.save(path) wrote")
    if schema > SCHEMA:
        raise FormatError(
            f"this explainer is of schema {schema}, and this version reads up to {SCHEMA}: install a later version of "
            "suffice"
        )
    return schema


def _array(name: str, content: bytes) -> NDArray[Any]:
    """Return an array; its header is that of plain numbers, and says how many bytes follow."""
    if not (name.startswith(_ARRAYS) and name.endswith(".npy")):
        raise FormatError(f"entry {shown(name)}: expected an array")
    stream = io.BytesIO(content)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise FormatError(f"entry {shown(name)}: expected an array in version 1.0 of its format")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(stream)
    count = 1
    for length in shape:
        count *= length
    begin = stream.tell()
    if dtype.kind not in "iuf" or dtype.hasobject or by_columns or len(shape) > 2 or min(shape, default=0) < 0:
        raise FormatError(f"entry {shown(name)}: expected numbers, row by row, got {dtype} of shape {shape}")
    if count * dtype.itemsize != len(content) - begin:
        raise FormatError(f"entry {shown(name)} has {len(content) - begin} bytes: expected {count} of {dtype}")
    return np.frombuffer(content, dtype, count, begin).reshape(shape)

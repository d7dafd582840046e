"""XGBoost's own model files: JSON, and UBJSON, the binary form of the same content.

Guaranteed form
---------------
``read_model`` returns the parsed content as plain dictionaries, lists, numbers, texts and one-dimensional arrays.
Nothing in a file is executed.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from ...engine.errors import FormatError, shown

_NUMBERS = {
    b"i": ">i1", b"U": ">u1", b"I": ">i2", b"u": ">u2", b"l": ">i4", b"m": ">u4", b"L": ">i8", b"d": ">f4", b"D": ">f8"
}  # fmt: skip
_CONSTANTS = {b"Z": None, b"T": True, b"F": False}
_DEPTH = 64
REMEDY = "expected a file that XGBoost's save_model wrote; save the model again"


def read_model(content: bytes, name: str) -> dict[str, Any]:
    """Parse a model.

    Parameters
    ----------
    content : bytes
        JSON or UBJSON.
    name : str
        What error messages call it.

    Raises
    ------
    FormatError
        If it is neither, or ends too early.
    """
    start = content.lstrip()[:1]
    if start != b"{":
        raise FormatError(f"{name} begins with {shown(content[:12])}: {REMEDY} as .json or .ubj")
    try:
        if content[:1] == b"{" and content[1:2] in (*_NUMBERS, b"}") and content[1:2] not in (b"", b'"'):
            reader = _Reader(content, name)
            parsed = reader.value(0)
            if content[reader.at :].strip():
                raise FormatError(f"{name} goes on after its end, at byte {reader.at}: {REMEDY}")
        else:
            parsed = json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"{name} is damaged or cut off ({error}): {REMEDY}") from None
    if not isinstance(parsed, dict):
        raise FormatError(f"{name} holds a {type(parsed).__name__}: {REMEDY}")
    return parsed


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of a name that stands twice, libraries read one or the other."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


class _Reader:
    """Reads UBJSON from left to right."""

    def __init__(self, content: bytes, name: str) -> None:
        self.content = content
        self.name = name
        self.at = 0

    def _fail(self, what: str) -> FormatError:
        return FormatError(f"{self.name} is damaged or cut off ({what} at byte {self.at}): {REMEDY}")

    def _take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.content):
            raise self._fail("the end comes too early")
        taken = self.content[self.at : self.at + count]
        self.at += count
        return taken

    def _number(self, mark: bytes) -> Any:
        kind = _NUMBERS.get(mark)
        if kind is None:
            raise self._fail(f"{shown(mark)} is no kind of number")
        return struct.unpack(">" + {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q",
                                    "f4": "f", "f8": "d"}[kind[1:]], self._take(int(kind[2:])))[0]  # fmt: skip

    def _length(self) -> int:
        count = self._number(self._take(1))
        if not isinstance(count, int) or count < 0:
            raise self._fail("a length is no whole number from 0")
        return count

    def _text(self) -> str:
        try:
            return self._take(self._length()).decode("utf-8")
        except UnicodeDecodeError:
            raise self._fail("a text is no UTF-8") from None

    def value(self, depth: int, mark: bytes | None = None) -> Any:
        """Return the next value."""
        if depth > _DEPTH:
            raise self._fail("values are nested too deeply")
        mark = mark or self._take(1)
        if mark == b"{":
            return self._object(depth)
        if mark == b"[":
            return self._array(depth)
        if mark == b"S":
            return self._text()
        if mark == b"C":
            return self._take(1).decode("latin-1")
        if mark in _CONSTANTS:
            return _CONSTANTS[mark]
        return self._number(mark)

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self.content[self.at : self.at + 1] != b"}":
            key = self._text()
            if key in found:
                raise self._fail(f"{shown(key)} stands twice")
            found[key] = self.value(depth + 1)
        self._take(1)
        return found

    def _array(self, depth: int) -> Any:
        kind = None
        if self.content[self.at : self.at + 1] == b"$":
            self._take(1)
            kind = self._take(1)
        if self.content[self.at : self.at + 1] == b"#":
            self._take(1)
            count = self._length()
            if count > len(self.content):
                raise self._fail(f"a list of {count} values cannot follow")
            if kind is None:
                return [self.value(depth + 1) for _ in range(count)]
            if kind not in _NUMBERS:
                return [self.value(depth + 1, kind) for _ in range(count)]
            form = np.dtype(_NUMBERS[kind])
            return np.frombuffer(self._take(count * form.itemsize), form).astype(form.newbyteorder("="))
        found = []
        while self.content[self.at : self.at + 1] != b"]":
            found.append(self.value(depth + 1))
        self._take(1)
        return found

"""How names and values are spelled: as they are, or quoted where a reader could take them for something else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

_SPECIAL = re.compile(r"[{}\"'`,<>=≤≥≠\\]|!=|^\(|^not in\b")
_WORDS = re.compile(r"\b(and|or|but|in|is|not|missing|true|false)\b")
_ALONE = ("missing", "not missing", "true", "false")


def spelled_name(name: str) -> str:
    """Return the name of a feature as statements have it, such as ``age`` or ``"a, b"``."""
    said = _WORDS.search(name)
    strange = _SPECIAL.search(name) or (said and (" " in name or said[0] == name)) or is_number(name)
    return quoted(name) if strange or _blanks(name) else name


def spelled_values(values: Sequence[Any]) -> tuple[str, ...]:
    """Return the values of a feature as statements have them; a text that looks like another value is quoted."""
    texts = [str(value) for value in values]
    return tuple(
        _spelled_value(text, twin=isinstance(value, str) and texts.count(text) > 1)
        for text, value in zip(texts, values, strict=True)
    )


def value_text(value: Any) -> str:
    """Return a value as a person would write it: whole floats without a point, truth values in words."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        return str(value).removesuffix(".0")
    return str(value)


def _spelled_value(text: str, *, twin: bool) -> str:
    strange = _SPECIAL.search(text) or _blanks(text) or text in _ALONE or re.search(r"\b(or|but|and)\b", text)
    return quoted(text) if twin or strange else text


def _blanks(text: str) -> bool:
    return text != " ".join(text.split()) or not text or not text.isprintable()


def quoted(text: str) -> str:
    """Return a text in double quotes, with backslashes before quotes and for what cannot be printed."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def unquoted(text: str) -> str | None:
    """Return what a quoted text says; ``None`` if it is not quoted as a whole."""
    if len(text) < 2 or text[0] != '"':
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, str) else None


def is_number(text: str) -> bool:
    """Tell whether a text can be read as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def places(text: str, separator: str) -> Iterator[int]:
    """Yield where a separator begins, outside quotes and braces."""
    depth, i = 0, 0
    while i < len(text):
        if text[i] == '"':
            end = _closing(text, i)
            if end is not None:
                i = end + 1
                continue
        if depth == 0 and text.startswith(separator, i):
            yield i
        depth += (text[i] == "{") - (text[i] == "}")
        depth = max(depth, 0)
        i += 1


def _closing(text: str, start: int) -> int | None:
    i = start + 1
    while i < len(text):
        if text[i] == "\\":
            i += 1
        elif text[i] == '"':
            return i
        i += 1
    return None


def parts(text: str, separator: str) -> list[str]:
    """Split a text at a separator, outside quotes and braces."""
    ends = list(places(text, separator))
    starts = [0, *(end + len(separator) for end in ends)]
    return [text[a:b] for a, b in zip(starts, [*ends, len(text)], strict=True)]


def bracketed(said: str) -> str:
    """Return a statement as it stands among others: in brackets if it says "or"."""
    return f"({said})" if any(True for _ in places(said, " or ")) else said


def joined(statements: Sequence[str]) -> str:
    """Return statements as one text."""
    return statements[0] if len(statements) == 1 else " and ".join(map(bracketed, statements))


def same_number(one: Any, said: Any) -> bool:
    """Tell whether two values are, or read as, the same number."""
    try:
        return float(one) == float(said)
    except Exception:  # texts, or an object of a user
        return False

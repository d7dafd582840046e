"""What names columns: a name, an id, a pattern, a set."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from typing import Any

from .errors import TheoryError, shown
from .given import is_whole


def matching(pattern: Any, names: Sequence[str]) -> tuple[int, ...]:
    """Return the columns that a name, a 1-based id, a pattern ``A*`` or a set ``{A,B}`` means."""
    if is_whole(pattern):
        if 1 <= pattern <= len(names):
            return (int(pattern) - 1,)
        raise TheoryError(f"{shown(pattern)} names no column: the ids of the columns are 1 … {len(names)}")
    if not isinstance(pattern, str):
        raise TheoryError(f"{shown(pattern)} names no column: expected a name, a pattern such as 'A*', or an id from 1")
    if pattern in names:
        return (list(names).index(pattern),)
    if pattern.startswith("{") and pattern.endswith("}"):
        return tuple(column for part in pattern[1:-1].split(",") for column in matching(part.strip(), names))
    found = tuple(c for c, name in enumerate(names) if fnmatch.fnmatchcase(name, pattern)) if "*" in pattern else ()
    if not found:
        some = ", ".join(map(repr, list(names)[:12]))
        raise TheoryError(f"{shown(pattern)} names no column: the columns are {some}{', …' if len(names) > 12 else ''}")
    return found

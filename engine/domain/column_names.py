"""What names columns: a name, an id, a pattern, a set."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from typing import Any

from ..errors import TheoryError, shown
from ..given import is_whole


def known_name(name: Any, names: Sequence[str]) -> str | None:
    """Return the name that is meant: itself, or the only one that is the same but for blanks told as underscores."""
    if name in names:
        return str(name)
    if not isinstance(name, str):
        return None
    plain = name.replace(" ", "_")
    alike = [other for other in names if other.replace(" ", "_") == plain]
    return alike[0] if len(alike) == 1 else None


def matching(pattern: Any, names: Sequence[str]) -> tuple[int, ...]:
    """Return the columns that a name, a 1-based id, a pattern ``A*`` or a set ``{A,B}`` means."""
    if is_whole(pattern):
        if 1 <= pattern <= len(names):
            return (int(pattern) - 1,)
        raise TheoryError(f"{shown(pattern)} names no column: the ids of the columns are 1 … {len(names)}")
    if not isinstance(pattern, str):
        raise TheoryError(f"{shown(pattern)} names no column: expected a name, a pattern such as 'A*', or an id from 1")
    known = known_name(pattern, names)
    if known is not None:
        return (list(names).index(known),)
    if pattern.startswith("{") and pattern.endswith("}"):
        return tuple(column for part in pattern[1:-1].split(",") for column in matching(part.strip(), names))
    found = tuple(c for c, name in enumerate(names) if fnmatch.fnmatchcase(name, pattern)) if "*" in pattern else ()
    if not found:
        some = ", ".join(map(repr, list(names)[:12]))
        raise TheoryError(f"{shown(pattern)} names no column: the columns are {some}{', …' if len(names) > 12 else ''}")
    return found

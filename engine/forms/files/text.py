"""Reading and writing text files of forms: atomic writes, names that survive every format."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ...errors import BadInputError, FormatError, shown
from ...whole_files import write_whole
from .rows import Row

_MOST_DIGITS = 20  # what 64 bits hold

# names that every LP and MPS reader takes: no blank, no operator, no number or keyword look-alike
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TAKEN = re.compile(r"(e\d*|inf|infinity|free|st|such|bounds?|gen|generals?|bin|binar(y|ies)|end|obj|min|max)", re.I)


def write_text(path: str | Path, text: str) -> None:
    """Write a file so that readers see the old content or the new one, never a part."""
    write_whole(path, text)


def read_text(path: str | Path) -> str:
    """Return the content of a text file.

    Raises
    ------
    BadInputError
        It cannot be read.
    FormatError
        It is no text in UTF-8.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, TypeError) as error:
        why = getattr(error, "strerror", None) or error
        raise BadInputError(f"{shown(path)} cannot be read ({why}): expected the path of a text file") from None
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: expected a text file in UTF-8 ({error})") from error


def number(token: str, line: int) -> float:
    """Return the number that a token spells, infinities included.

    Raises
    ------
    FormatError
        It spells none.
    """
    text = token.lower().replace("infinity", "inf")
    try:
        value = float(text)
    except ValueError:
        raise FormatError(f"line {line}: expected a number, got {token!r}") from None
    if value != value:  # noqa: PLR0124 - the test for NaN
        raise FormatError(f"line {line}: NaN is no number here")
    return value


def whole(token: str, where: str) -> int:
    """Return the integer that a token spells.

    Raises
    ------
    FormatError
        It spells none, or one of more than 20 digits.
    """
    digits = token[1:] if token[:1] in ("+", "-") else token
    if not (digits.isascii() and digits.isdigit()):
        raise FormatError(f"{where}: expected an integer, got {shown(token)}")
    if len(digits.lstrip("0")) > _MOST_DIGITS:
        raise FormatError(f"{where}: {shown(token, 40)} has more than {_MOST_DIGITS} digits; scale the numbers")
    return int(token)


def spell(value: float) -> str:
    """Return the shortest text that reads back as exactly this number."""
    return str(int(value)) if abs(value) < 2**53 and value == int(value) else repr(float(value))


def plain_names(names: Sequence[str], n_vars: int) -> tuple[list[str], list[str]]:
    """Return names that every format takes, and lines that tell the true ones.

    Names that are already plain are used as they are. Otherwise variables are called x0, x1, … and the lines
    ``name <plain> <true as JSON>`` go into comments.
    """
    fine = all(_PLAIN.fullmatch(name) and not _TAKEN.fullmatch(name) for name in names)
    if names and fine:
        return list(names), ["names: as written"]
    plain = [f"x{j}" for j in range(n_vars)]
    return plain, [f"name {p} {json.dumps(true)}" for p, true in zip(plain, names, strict=False)]


def true_names(plain: Sequence[str], comments: Iterable[str]) -> tuple[str, ...]:
    """Return the names that `plain_names` had, from the comments of a file.

    Without a word in the comments, names x0, x1, … count as no names.
    """
    told: dict[str, str] = {}
    as_written = False
    for comment in comments:
        parts = comment.strip().split(" ", 2)
        if comment.strip() == "names: as written":
            as_written = True
        elif len(parts) == 3 and parts[0] == "name":
            with contextlib.suppress(ValueError, RecursionError):  # somebody else's comment
                told[parts[1]] = str(json.loads(parts[2]))
    if told:
        return tuple(told.get(name, name) for name in plain)
    if not as_written and list(plain) == [f"x{j}" for j in range(len(plain))]:
        return ()
    return tuple(plain)


def merged_pairs(rows: Mapping[str, Row], comments: Iterable[str]) -> list[Row]:
    """Return the rows of a file, two-sided ones put together again.

    A comment ``pair <name> <other>`` says that row `other` holds the upper bound of row `name`.
    """
    words = [comment.split() for comment in comments]
    told = {w[1]: w[2] for w in words if len(w) == 3 and w[0] == "pair" and w[1] in rows and w[2] in rows}
    uppers = {low: high for low, high in told.items() if rows[low][0] == rows[high][0]}
    kept = (name for name in rows if name not in uppers.values())
    return [(rows[n][0], rows[n][1], rows[uppers[n]][2] if n in uppers else rows[n][2]) for n in kept]

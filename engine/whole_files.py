"""Files that are there as a whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .errors import FormatError, shown


def written_whole(path: str | os.PathLike[str], write: Callable[[Path], Any]) -> None:
    """Let a file be written under another name in its folder, then give it its own.

    Readers see what was there before, or all of the new file, never a part of it; if `write` fails, nothing is left.

    Parameters
    ----------
    path : str or path
        Where the file is to be.
    write : callable
        Writes the file at the path that it is given, which ends as `path` does.

    Raises
    ------
    OSError
        If the folder is not there, or may not be written.
    """
    _written(Path(path), write, Path(path).suffix[:20])


def _written(target: Path, write: Callable[[Path], Any], ending: str) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=ending)
    os.close(handle)
    made = Path(name)
    try:
        write(made)
        made.chmod(0o666 & ~_umask())  # a temporary file is the owner's alone
        made.replace(target)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def write_whole(path: str | os.PathLike[str], content: bytes | str, *, sync: bool = False) -> None:
    """Write bytes, or a text in UTF-8 with its line ends as they are, see ``written_whole``.

    Parameters
    ----------
    path : str or path
        Where the file is to be.
    content : bytes or str
        All of it.
    sync : bool
        Whether it has to be on the disk, power cuts included, before it has its name.
    """
    data = content.encode() if isinstance(content, str) else content

    def write(made: Path) -> None:
        with made.open("wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())

    _written(Path(path), write, ".part")


def read_object(path: Path, remedy: str) -> dict[str, Any]:
    """Return the JSON object in a file.

    Raises
    ------
    FormatError
        If it cannot be read; the text ends with what to do then.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError(f"it holds {shown(found)}")
    except (OSError, ValueError) as error:
        raise FormatError(f"{path} is damaged ({error}): {remedy}") from None
    return found


def _umask() -> int:
    """Return what the process withholds from new files; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask

"""The folder of a run: one run at a time, what was asked, and which parts are done."""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...engine.errors import BackendError, BadInputError, FormatError, shown
from ...engine.whole_files import read_object, write_whole

MANIFEST, LOG, LOCK = "_manifest.json", "_parts.jsonl", "_lock"
SCHEMA = 1
_FREE = ("started", "host")  # entries that may differ where a run goes on


class Target:
    """The folder that a run writes into.

    Parameters
    ----------
    to : str or path
        The folder, new or of the same run.

    Raises
    ------
    BadInputError
        If it is no folder, or holds something else.
    """

    def __init__(self, to: Any) -> None:
        if not isinstance(to, (str, os.PathLike)):
            raise BadInputError(f"to={shown(to)}: expected the path of a folder for the answers")
        self.path = Path(to)
        if self.path.exists() and not self.path.is_dir():
            raise BadInputError(f"to={shown(str(to))}: expected a folder, and this is a file")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInputError(f"to={shown(str(to))}: the folder cannot be made: {error.strerror}") from None
        others = [one.name for one in self.path.iterdir() if not one.name.startswith((".", "_"))]
        if others and not (self.path / MANIFEST).exists():
            raise BadInputError(
                f"to={shown(str(to))}: expected an empty folder, or one of a run; it holds {shown(others[:3])}"
            )

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out while a block lasts; the lock of a process that died is free.

        Raises
        ------
        BadInputError
            If another run is at work.
        """
        try:
            handle = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise BadInputError(f"to={shown(str(self.path))}: it cannot be written to: {error.strerror}") from None
        try:
            if not _lock(handle):
                who = (
                    os.pread(handle, 200, 0).decode(errors="replace").strip() if hasattr(os, "pread") else "another one"
                )
                raise BadInputError(
                    f"to={shown(str(self.path))}: another run is at work there ({who}): wait for its end, or choose "
                    "another folder"
                )
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, f"process {os.getpid()} on {platform.node()}".encode())
            yield
            os.ftruncate(handle, 0)
        finally:
            os.close(handle)

    def begin(self, asked: Mapping[str, Any], *, resume: bool) -> None:
        """Write what is asked, or compare it with what a run that is to go on asked.

        Raises
        ------
        BadInputError
            If the folder holds another run, or a run at all where none is to go on.
        FormatError
            If its manifest is damaged.
        """
        path = self.path / MANIFEST
        if not path.exists():
            self._write(path, asked)
            return
        before = self.manifest()
        if not resume:
            raise BadInputError(
                f"to={shown(str(self.path))}: there is a run already: choose another folder, or go on with resume=True"
            )
        differing = [name for name in asked if name not in _FREE and before.get(name) != asked[name]]
        if differing:
            name = differing[0]
            was, now = shown(_short(before.get(name)), 300), shown(_short(asked[name]), 300)
            raise BadInputError(
                f"to={shown(str(self.path))} holds a run with another {name}: it was {was}, and is {now} now; choose "
                "another folder, or ask as before"
            )

    def manifest(self) -> dict[str, Any]:
        """Return what was asked, and what has come of it."""
        found = read_object(self.path / MANIFEST, "choose another folder")
        if found.get("suffice") != "run":
            raise FormatError(f"{self.path / MANIFEST} is no manifest of a run")
        return found

    def end(self, asked: Mapping[str, Any], told: Mapping[str, Any]) -> None:
        """Write what has come of it beside what was asked, as the run that began it wrote it."""
        before = self.manifest()
        self._write(self.path / MANIFEST, {**asked, **{name: before.get(name) for name in _FREE}, "result": dict(told)})

    def note(self, line: bytes) -> None:
        """Add the line of a part to the log."""
        try:
            with open(self.path / LOG, "ab") as stream:
                stream.write(line + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise _not_written(self.path, error) from error

    def lines(self) -> dict[int, dict[str, Any]]:
        """Return the last line of each part; lines that were cut off are left out."""
        found: dict[int, dict[str, Any]] = {}
        try:
            text = (self.path / LOG).read_text("utf8", errors="replace")
        except OSError:
            return found
        for line in text.splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                told = json.loads(line)
                found[int(told["part"])] = told
        return found

    def swept(self) -> None:
        """Remove what writers left that died."""
        for path in self.path.glob(".part-*"):
            path.unlink(missing_ok=True)

    def _write(self, path: Path, told: Mapping[str, Any]) -> None:
        try:
            write_whole(path, json.dumps(told, indent=1, ensure_ascii=False) + "\n")
        except OSError as error:
            raise _not_written(self.path, error) from error


def _not_written(path: Path, error: OSError) -> BackendError:
    return BackendError(
        f"{path} cannot be written to: {error.strerror or error}; parts that are done are kept: mend it, and go on "
        "with the same call"
    )


def _short(value: Any) -> Any:
    return value if isinstance(value, (str, int, float)) or value is None else json.dumps(value, ensure_ascii=False)


def _lock(handle: int) -> bool:
    """Lock an open file for this process; tell whether nobody else had."""
    try:
        import fcntl
    except ImportError:  # Windows: its files cannot be replaced while they are open; nothing more is known of others
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

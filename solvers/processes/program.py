"""Running an outside program: own folder, own process group, limits, and nothing left behind."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...engine.budget import Deadline
from ...engine.errors import MissingBackendError
from .process import kill_group

POLITE = 0.04  # seconds between SIGTERM, on which many solvers print what they have, and SIGKILL
LARGEST_OUTPUT = 1 << 30  # bytes; a program that prints without end fills no disk
LARGEST_ANSWER = 1 << 25  # bytes: some millions of literals
_TAIL = 1500


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program left.

    Attributes
    ----------
    out, err, result : str
        Standard output, standard error, and the content of its result file.
    code : int
        Exit code, negative for a signal.
    stopped : bool
        Whether the deadline ended it.
    """

    out: str
    err: str
    result: str
    code: int
    stopped: bool

    @property
    def out_of_memory(self) -> bool:
        """Whether its end looks like a lack of memory."""
        text = (self.out[-_TAIL:] + self.err[-_TAIL:]).lower()
        return any(sign in text for sign in ("bad_alloc", "out of memory", "memoryerror", "out-of-memory"))

    def complaint(self, name: str) -> str:
        """Return a message that shows how it ended and what it said last."""
        how = f"signal {signal.Signals(-self.code).name}" if self.code < 0 else f"exit code {self.code}"
        said = (self.err.strip() or self.out.strip())[-_TAIL:]
        return f"{name} ended with {how} and no answer" + (f"; it said: {said}" if said else "")


def run_program(command: Sequence[str], text: str, suffix: str, limit: Deadline, memory: int | None = None) -> Finished:
    """Run a program on a text.

    Parameters
    ----------
    command : sequence of str
        Program and arguments. ``{formula}`` stands for the file with `text` (added at the end if nowhere),
        ``{result}`` for a file that the program may write, ``{seconds}`` for the whole seconds left.
    text, suffix : str
        What the program reads, and how the file's name ends.
    limit : Deadline
        When to end it.
    memory : int, optional
        Limit of its address space in bytes.

    Raises
    ------
    MissingBackendError
        There is no such program.
    """
    with tempfile.TemporaryDirectory(prefix="suffice-") as folder:
        formula, result = Path(folder, f"formula{suffix}"), Path(folder, "result")
        formula.write_text(text, encoding="ascii")
        arguments = _filled(command, formula, result, limit)
        with open(Path(folder, "out"), "w+b") as out, open(Path(folder, "err"), "w+b") as err:
            process = subprocess.Popen(
                [*_limits(limit, memory), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=folder,
                start_new_session=True,
            )
            stopped = False
            try:
                stopped = not _wait(process, limit)
                if stopped:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(process.pid, signal.SIGTERM)
                    _wait(process, Deadline(POLITE))
            finally:  # also on KeyboardInterrupt; takes what the program has started with it
                kill_group(process)
            written = result.read_text(errors="replace") if result.is_file() else ""
            return Finished(_content(out.name), _content(err.name), written, process.returncode, stopped)


def _filled(command: Sequence[str], formula: Path, result: Path, limit: Deadline) -> list[str]:
    program = shutil.which(command[0])
    if program is None:
        raise MissingBackendError(f"there is no program {command[0]!r}; install it or give its path")
    seconds = "1000000" if limit.seconds is None else str(max(1, math.ceil(limit.remaining)))
    words = {"{formula}": str(formula), "{result}": str(result), "{seconds}": seconds}
    arguments = list(command[1:])
    if not any("{formula}" in argument for argument in arguments):
        arguments.append("{formula}")
    for mark, value in words.items():
        arguments = [argument.replace(mark, value) for argument in arguments]
    return [os.path.abspath(program), *arguments]


def _limits(limit: Deadline, memory: int | None) -> list[str]:
    """Return a prefix that sets limits in the new process itself, where no thread of ours can be in the way.

    If this process should be killed itself, the program dies with it (on Linux, with util-linux), or when its
    processor time is over.
    """
    steps = ["ulimit -c 0", f"ulimit -f {LARGEST_OUTPUT // 512}"]
    if memory is not None:
        steps.append(f"ulimit -v {max(1, memory // 1024)}")
    if limit.seconds is not None:
        steps.append(f"ulimit -t {math.ceil(limit.remaining) + 1}")
    shell = ["/bin/sh", "-c", "; ".join([*steps, 'exec "$@"']), "sh"]
    guard = shutil.which("setpriv") if sys.platform == "linux" else None
    return [guard, "--pdeathsig", "KILL", *shell] if guard else shell


def _wait(process: subprocess.Popen[bytes], limit: Deadline) -> bool:
    """Wait for the end of a process without reaping it; False when the deadline came first."""
    pause = 0.001
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if limit.expired():
            return False
        time.sleep(min(pause, limit.remaining))
        pause = min(0.02, pause * 1.5)
    return True


def _content(path: str) -> str:
    """Return what a program has printed; of very much only the end, where the answer stands."""
    with open(path, "rb") as stream:
        stream.seek(max(0, os.path.getsize(path) - LARGEST_ANSWER))
        return stream.read().decode(errors="replace")

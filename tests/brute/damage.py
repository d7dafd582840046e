"""Damaged files: what may befall the bytes of one, and what a reader makes of many of them.

Readers run in a process of their own (``reading_child``), so that one that dies or never ends is seen and told.
"""

import os
import random
import selectors
import subprocess
import sys
import time
from pathlib import Path

CHILD = Path(__file__).with_name("reading_child.py")
START_SECONDS = 300.0  # importing libraries
ODD = (
    b"nan", b"inf", b"-inf", b"-1", b"0", b"1", b"2147483647", b"2147483648", b"-2147483649", b"4294967296",
    b"99999999999999999999", b"1e400", b"-1e-320", b"1_0", b"0x1", b"", b" ", b"null", b"[]", b"{}", b'"', b"\xff",
    b"\xd9\xa1", b"\x00", b"\r", b"\xe2\x80\xa8", b"1" * 5000,
)  # fmt: skip


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Return a file with one to three faults."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        content = rng.choice(FAULTS)(content, rng)
    return content


def _place(content, rng):
    return rng.randrange(len(content) + 1)


def _flipped(content, rng):
    if not content:
        return content
    at = rng.randrange(len(content))
    new = content[at] ^ (1 << rng.randrange(8)) if rng.random() < 0.5 else rng.choice(b'0123456789-+. \n=:,[]{}e"')
    return content[:at] + bytes([new]) + content[at + 1 :]


def _cut(content, rng):
    return content[: _place(content, rng)]


def _holed(content, rng):
    at = _place(content, rng)
    return content[:at] + content[at + rng.choice((1, 1, 2, 8, 64, 512)) :]


def _inserted(content, rng):
    at = _place(content, rng)
    return content[:at] + rng.choice(ODD) + content[at:]


def _repeated(content, rng):
    at, to = _place(content, rng), _place(content, rng)
    return content[:to] + content[at : at + rng.choice((1, 4, 40, 400))] + content[to:]


def _lines(content, rng):
    lines = content.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    what = rng.randrange(4)
    if what == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif what == 1:
        del lines[one]
    elif what == 2:
        lines.insert(other, lines[one])
    else:
        del lines[min(one, other) : max(one, other)]
    return b"\n".join(lines)


def _numbers(content, rng):
    """Return a file in which one number is another one."""
    runs, start = [], None
    for i, byte in enumerate(content + b" "):
        if byte in b"0123456789.-" and start is None:
            start = i
        elif byte not in b"0123456789.-eE+" and start is not None:
            runs.append((start, i))
            start = None
    if not runs:
        return content
    a, b = rng.choice(runs)
    c, d = rng.choice(runs)
    new = rng.choice((content[c:d], content[c:d], str(rng.randrange(-3, 12)).encode(), rng.choice(ODD)))
    return content[:a] + new + content[b:]


FAULTS = (_flipped, _cut, _holed, _inserted, _repeated, _lines, _numbers, _numbers, _numbers)


def outcomes(reader: str, folder: Path, contents: list[bytes], seconds: float = 20.0, suffix: str = ".txt") -> list:
    """Return what a reader says to each content: "taken", "refused …", "bare …", "wrong …", "died …" or "endless"."""
    for i, content in enumerate(contents):
        (folder / f"{i}{suffix}").write_bytes(content)
    found: list[str] = []
    while len(found) < len(contents):
        command = [sys.executable, str(CHILD), reader, str(folder), suffix, str(len(found)), str(len(contents))]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"}
        ) as child:
            found += _heard(child, seconds, len(contents) - len(found))
    return found


def _heard(child, seconds, count):
    """Return what a child says until it ends; the item at which it dies or hangs is told as such."""
    said, rest, limit = [], b"", START_SECONDS
    chooser = selectors.DefaultSelector()
    chooser.register(child.stdout, selectors.EVENT_READ)
    began, ready = time.monotonic(), False
    while True:
        left = began + limit - time.monotonic()
        if left <= 0 or not chooser.select(left):
            child.kill()
            return [*said, "endless"]
        more = os.read(child.stdout.fileno(), 1 << 16)
        if not more:
            break
        *lines, rest = (rest + more).split(b"\n")
        if lines:
            began, limit, ready = time.monotonic(), seconds, True
        said += [line.decode("utf-8", "replace").removeprefix("@") for line in lines if line.startswith(b"@")]
        if len(said) == count:
            return said
    status = child.wait()
    if not ready:
        raise RuntimeError(f"the reading process ended with {status} before it read anything")
    return [*said, f"died with {status}"]

"""Helpers: find processes by a mark in their environment, so that no orphan goes unnoticed."""

import os
import time
from contextlib import suppress
from pathlib import Path

MARK = "SUFFICE_TEST_MARK"


def marked(mark):
    """Return the process ids whose environment holds the mark, zombies left out."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        with suppress(OSError):
            text = (folder / "environ").read_bytes()
            if f"{MARK}={mark}".encode() in text and ") Z " not in (folder / "stat").read_text():
                found.append(int(folder.name))
    return found


def none_left(mark, seconds=3.0):
    """Wait until no marked process is left; return those that stay."""
    end = time.monotonic() + seconds
    while (left := marked(mark)) and time.monotonic() < end:
        time.sleep(0.05)
    return left

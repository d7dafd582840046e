"""Imports of compiled packages, whole even if Ctrl-C is pressed meanwhile."""

from __future__ import annotations

import sys
from importlib import import_module
from threading import Thread
from typing import Any


def loaded(*names: str) -> list[Any]:
    """Return modules, imported by a thread of its own if they are not there yet.

    A signal that raises within the import of a compiled module comes out as an ImportError, and may leave half a module
    behind. Signals are heard by the main thread only: what they raise leaves from here, and the import goes on.
    """
    if not all(name in sys.modules for name in names):
        failed: list[BaseException] = []

        def load() -> None:
            try:
                for name in names:
                    import_module(name)
            except BaseException as error:  # raised where the modules are wanted
                failed.append(error)

        thread = Thread(target=load, daemon=True)
        thread.start()
        thread.join()
        if failed:
            raise failed[0]
    return [import_module(name) for name in names]  # waits for an import that still goes on

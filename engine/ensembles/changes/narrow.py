"""How searches for changes call the core."""

from __future__ import annotations

from collections.abc import Callable

Run = Callable[..., int]  # run(function, *arguments): the caller's way to call the core under its deadline

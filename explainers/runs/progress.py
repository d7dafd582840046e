"""How far a run is, how many rows a second, and how long it takes yet."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self


class Progress:
    """A bar of rows.

    Parameters
    ----------
    total, before : int
        Rows in all, and those that an earlier call did.
    shown : bool
        Whether there is a bar.
    """

    def __init__(self, total: int, before: int, *, shown: bool) -> None:
        from tqdm import tqdm

        self._bar: Any = tqdm(
            total=total, initial=before, unit="row", unit_scale=True, disable=not shown, smoothing=0.1
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def more(self, rows: int) -> None:
        """Tell that rows are done."""
        self._bar.update(rows)

"""What has come of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...engine.errors import BadInputError
from ...engine.reasons.html import card, text
from ...engine.status import Status, Stop
from .target import MANIFEST, Target


class Run:
    """How far a run came, and its answers.

    Attributes
    ----------
    to : Path
        The folder of the answers.
    n_rows, part_rows : int
        Rows in all, and of a part.
    parts : mapping from int to dict
        What the log says of each part that is done: ``rows``, ``errors``, ``stopped`` (by a limit of their own),
        ``unproved``, ``bytes``, ``sha256``, and where it was done in this run ``seconds`` and ``worker``.
    stop : Stop
        Why it ended early, if it did.
    seconds : float
        How long the call took.
    """

    def __init__(
        self, to: Path, n_rows: int, part_rows: int, parts: Mapping[int, Mapping[str, Any]], stop: Stop, seconds: float
    ) -> None:
        self.to, self.n_rows, self.part_rows, self.parts = to, n_rows, part_rows, dict(sorted(parts.items()))
        self.stop, self.seconds = stop, seconds

    def _sum(self, name: str) -> int:
        return sum(int(line.get(name, 0)) for line in self.parts.values())

    @property
    def n_done(self) -> int:
        """Rows of parts that are done."""
        return self._sum("rows")

    @property
    def n_errors(self) -> int:
        """Rows whose answer is an error."""
        return self._sum("errors")

    @property
    def n_stopped(self) -> int:
        """Rows that a limit of their own stopped."""
        return self._sum("stopped")

    @property
    def n_unproved(self) -> int:
        """Rows whose answer is not proved to the end: a limit struck, or rounding decides."""
        return self._sum("unproved")

    @property
    def status(self) -> Status:
        """``COMPLETE`` if all rows have their answer, proved to the end and without an error; else ``BEST_SO_FAR``."""
        whole = self.n_done == self.n_rows and not (self.n_errors or self.n_stopped or self.n_unproved)
        return Status.COMPLETE if whole else Status.BEST_SO_FAR

    def dataset(self) -> Any:
        """Return the answers as a ``pyarrow.dataset.Dataset``, which reads what is asked for."""
        import pyarrow.dataset

        paths = [str(self.to / f"part-{part:06d}.parquet") for part in self.parts]
        if not paths:
            raise BadInputError(f"{self.to}: no part is done yet")
        return pyarrow.dataset.dataset(paths)

    def to_frame(self) -> Any:
        """Return all answers as a data frame of pandas, in the order of the rows."""
        table = self.dataset().to_table()
        return table.to_pandas()

    def told(self) -> dict[str, Any]:
        """Return the sums, for the manifest."""
        return {
            "rows": self.n_rows, "done": self.n_done, "errors": self.n_errors,
            "stopped": self.n_stopped, "unproved": self.n_unproved,
            "parts": len(self.parts), "status": str(self.status), "stop": str(self.stop),
            "seconds": round(self.seconds, 3),
        }  # fmt: skip

    def _facts(self) -> list[tuple[str, str]]:
        rate = f"{self.n_done / self.seconds:,.0f} rows a second" if self.seconds > 0 and self.n_done else "–"
        facts = [
            ("rows", f"{self.n_done:,} of {self.n_rows:,}"),
            ("parts", f"{len(self.parts):,}"),
            ("this call", rate),
        ]
        facts += [("failed", f"{self.n_errors:,} rows")] if self.n_errors else []
        facts += [("stopped by their own limit", f"{self.n_stopped:,} rows")] if self.n_stopped else []
        facts += [("not proved", f"{self.n_unproved:,} rows")] if self.n_unproved else []
        facts += [("ended early", str(self.stop))] if self.stop is not Stop.NONE else []
        return [*facts, ("answers", str(self.to))]

    def __repr__(self) -> str:
        return f"<Run: {'; '.join(f'{name}: {value}' for name, value in self._facts())}>"

    def _repr_html_(self) -> str:
        return card("Run", [(name, text(value)) for name, value in self._facts()], str(self.status))


def opened(to: Any) -> Run:
    """Return what a run has found so far, from its folder.

    Raises
    ------
    BadInputError
        If there is no run in the folder.
    FormatError
        If its manifest is damaged.
    """
    place = Path(to)
    if not (place / MANIFEST).is_file():
        raise BadInputError(f"{place}: there is no {MANIFEST}; expected the folder of a run")
    target = Target(place)
    told, lines = target.manifest(), target.lines()
    result = told.get("result", {})
    there = {part: line for part, line in lines.items() if (place / f"part-{part:06d}.parquet").is_file()}
    return Run(
        place, int(told["source"]["rows"]), int(told["part_rows"]), there, Stop(result.get("stop", "none")),
        float(result.get("seconds", 0.0)),
    )  # fmt: skip

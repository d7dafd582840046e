"""The frame of pictures that are lines of bars: a name, bars from one edge, and what each of them says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .sheet import EDGE, Sheet, width_of

NAMES, BAR, GAP = 180.0, 12.0, 10.0  # points


def height_of(head: float, lines: int, bars: int, foot: float) -> float:
    """Return how high a picture is, in points; one without lines has room for what is said instead."""
    return head + (BAR * bars + GAP) * max(1, lines) + foot


@dataclass(frozen=True)
class Bars:
    """Lines of bars.

    Attributes
    ----------
    sheet : Sheet
        Where they are drawn.
    head : float
        Where the first line begins, in points.
    bars : int
        How many bars a line has.
    words : float
        How much room there is for words beyond the longest bar.
    """

    sheet: Sheet
    head: float
    bars: int
    words: float

    @property
    def left(self) -> float:
        """Where bars begin."""
        return EDGE + NAMES

    @property
    def wide(self) -> float:
        """How long the longest bar is."""
        return self.sheet.room - NAMES - self.words

    def legend(self, x: float, y: float, kinds: Iterable[tuple[str, str]]) -> None:
        """Tell what colours mean, from a place on."""
        for said, colour in kinds:
            self.sheet.box(x, y, 9, 9, colour)
            self.sheet.text(x + 13, y + 4.5, said, 8.5, self.sheet.style.soft)
            x += 13 + width_of(said, 8.5) + 16

    def top(self, place: int) -> float:
        """Return where a line begins."""
        return self.head + (BAR * self.bars + GAP) * place

    def name(self, place: int, said: object) -> None:
        """Write the name of a line."""
        middle = self.top(place) + BAR * self.bars / 2
        self.sheet.text(self.left - 8, middle, said, 9.5, ha="right", width=NAMES - 12)

    def bar(
        self, place: int, number: int, share: float, fill: str, gid: str, edge: str | None = None,
        *, apart: bool = True,
    ) -> None:  # fmt: skip
        """Draw a bar, the `number`-th of its line; `share`: of the longest one; `apart`: from the one above."""
        y, high = (0.5, BAR - 1) if apart else (0.0, BAR - 2)
        self.sheet.box(self.left, self.top(place) + number * BAR + y, share * self.wide, high, fill, edge, gid=gid)

    def say(
        self, place: int, number: int, share: float, said: str, colour: str | None = None, *, halo: bool = False
    ) -> None:
        """Write what a bar says, beyond its end."""
        y, x = self.top(place) + (number + 0.5) * BAR, self.left + share * self.wide + 5
        room = None if halo else self.words + (1 - share) * self.wide - 5
        self.sheet.text(x, y, said, 8, colour or self.sheet.style.soft, width=room, halo=halo)

    def ticks(self, shares: Iterable[float], lines: int) -> None:
        """Draw quiet lines at shares of the longest bar."""
        bottom = self.top(lines) - 2
        for share in shares:
            x = self.left + share * self.wide
            self.sheet.line([x, x], [self.head - 6, bottom], self.sheet.style.line, 0.7 if share else 1.2, zorder=1)

"""Trees of choices about the items of a row: each is kept or not, until a witness or a set ends it."""

from __future__ import annotations

import numpy as np

from ...engine.arrays import Bools
from ...engine.errors import BadInputError, SelfCheckError
from ...engine.reasons.certified import look_at_time
from .claims import Claims
from .refusals import by_conditions, not_so, too_long

MOST = 200_000  # choices


class Choices:
    """A tree of choices about the row of some claims.

    Parameters
    ----------
    claims : Claims
        What was claimed so far; witnesses are added to its prover.
    """

    def __init__(self, claims: Claims) -> None:
        self.claims, self.prover = claims, claims.prover
        self.rows: Bools = np.zeros((0, claims.n_items), np.bool_)  # what each witness breaks
        self.split: list[int] = []
        self.ends: list[int] = []

    def learn(self) -> None:
        """Take up the witnesses that were found since."""
        new = [self.claims.broken(point) for point in self.prover.points[len(self.rows) :]]
        if new:
            self.rows = np.concatenate([self.rows, new])

    def look(self) -> None:
        """Raise an error if time is up, or there are too many choices."""
        look_at_time(self.prover.deadline)
        if len(self.split) > MOST:
            raise too_long(f"{MOST} choices")

    def end(self, number: int) -> None:
        """End a choice, by a witness or a set."""
        self.split.append(0)
        self.ends.append(number)

    def branch(self, item: int, taken: Bools, gone: Bools, place: int | None = None) -> list[tuple[Bools, Bools]]:
        """Choose about an item (`place`: where it is among those that are looked at); return both parts.

        The last one, where it is kept, is to be looked at first.
        """
        self.look()
        self.split.append(item + 1)
        more, less = taken.copy(), gone.copy()
        here = item if place is None else place
        more[here] = less[here] = True
        return [(taken, less), (more, gone)]

    def other(self, what: str) -> BadInputError | SelfCheckError:
        """Return the error of an answer that the choices show to be another one, or to be written otherwise."""
        alone = self.claims.per_feature or self.claims.space.all_interval
        return not_so(what) if alone else by_conditions()

    def write(self) -> None:
        """Write the choices into the certificate."""
        split, ends = np.array(self.split, np.int64), np.array(self.ends, np.int64)
        self.claims.arrays |= {"cover_split": split, "cover_set": ends}

"""How much of a distribution two models differ on: exactly, or within bounds that close as time goes on."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ...engine.budget import Deadline
from ...engine.chances.masses import Distribution
from ...engine.ensembles.chances import Box, weigh
from .difference import Differing
from .given import Place
from .masses import Masses

_LEAST, _WIDTH = 1.0, Fraction(1, 1000)  # seconds for the mass, and how far its bounds may stay apart, without a limit


def difference_mass(
    differing: Differing, place: Place, masses: Masses, deadline: Deadline, known: Fraction
) -> tuple[Fraction, Fraction]:
    """Return between which shares of a distribution (of what meets the conditions) two models differ.

    Parameters
    ----------
    differing, place, masses
        What is asked of what.
    deadline : Deadline
        When to stop. Without a limit the bounds get as much time as was spent before, a second at least.
    known : Fraction
        A lower bound.

    Notes
    -----
    For each way in which the models can differ the engine splits the heaviest boxes (``engine/ensembles/chances.py``).
    """
    if place.space.theory is not None and place.space.theory.clauses:
        return known, Fraction(1)  # shares are of all cells, whether a clause bars them or not
    given = Distribution(masses.name, (masses.product,))
    total = masses.share(place.boxes)
    least, most = Fraction(0), Fraction(0)
    left = [(transition, box) for transition in differing.transitions for box in place.boxes]
    budget = max(_LEAST, deadline.elapsed) if deadline.seconds is None else deadline.remaining
    for number, (transition, region) in enumerate(left):
        share = masses.share([region]) / total
        sides = differing.sides(transition)
        if sides is None or not share:
            continue
        limit = deadline.part(
            budget / len(left) if deadline.seconds is None else deadline.remaining / (len(left) - number)
        )
        box = Box(region.low.astype(np.int32), region.high.astype(np.int32), np.ascontiguousarray(region.allowed))
        found = weigh(sides, given, box, place.space, limit, width=_WIDTH)
        deadline.end(limit)
        least += share * (1 - found.upper)
        most += share * (1 - found.lower)
    return max(least, known), min(Fraction(1), most)

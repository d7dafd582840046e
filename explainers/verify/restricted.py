"""Reasons that hold near a row: how far a reason reaches, and reasons that only have to hold within a distance."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from ...engine.arrays import I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.region import region_of
from ...engine.ensembles.views.literals import LiteralView, importance_order
from ...engine.errors import BadInputError, shown
from ...engine.given import is_number
from ...engine.reasons import Proof, Reason
from ...engine.status import Status, Stop
from ..forest.core import ForestCore
from ..queries.preferences import column_weights
from .ball_rows import BallQuestion
from .lifted import Lifted
from .opened import explainer_of
from .radius import NORMS, Cells, RadiusSearch


class Reach(NamedTuple):
    """How far a reason holds.

    Attributes
    ----------
    lower : float
        All inputs that agree with the reason and are nearer than this have the outcome (infinite: wherever they are).
    upper : float
        The distance of an input that agrees with the reason and has another outcome; infinite if none is known.
    norm : str
        How distances are measured.
    status : Status
        ``PROVED`` where `lower` and `upper` meet (but for rounding), else ``BEST_SO_FAR``.
    """

    lower: float
    upper: float
    norm: str
    status: Status


def reach(
    explainer: Any, reason: Iterable[int], norm: str = "linf", *, weights: Any = None,
    time_limit: float | Deadline | None = None,
) -> Reach:  # fmt: skip
    """Return the largest distance within which some literals of the instance force its outcome.

    Parameters
    ----------
    explainer : explainer
        With an instance (and of a regressor with an interval).
    reason : iterable of int
        Literals that are true at the instance, such as a ``Reason``.
    norm : {"linf", "l1", "l0"}
        Distance: the largest change of a column, the sum of changes, or how many features change.
    weights : sequence or mapping, optional
        A weight for each column, by which its changes are multiplied.
    time_limit : float, optional
        Seconds; what is known by then is returned.

    Raises
    ------
    BadInputError
        If a literal is not true at the instance, or the theory is off.
    """
    near = _Near(explainer, norm, weights)
    kept = near.kept_of(reason)
    deadline = Deadline.of(time_limit)
    found = near.ball(kept, deadline)
    proved = found[0] == math.inf or (math.isfinite(found[1]) and found[1] <= found[0] * (1 + 1e-9))
    return Reach(found[0], found[1], norm, Status.PROVED if proved else Status.BEST_SO_FAR)


def restricted_reason(
    explainer: Any, distance: float, norm: str = "linf", *, weights: Any = None,
    time_limit: float | Deadline | None = None,
) -> Reason:  # fmt: skip
    """Return a minimal set of literals that forces the outcome of all inputs up to a distance from the instance.

    Parameters
    ----------
    explainer, norm, weights
        See ``reach``.
    distance : float
        All inputs that agree with the reason and are no further than this have the outcome.
    time_limit : float, optional
        Seconds; a reason that may not be minimal is ``best_so_far``.

    Returns
    -------
    Reason
        Of kind ``"restricted sufficient"``; ``proof.note`` tells the distance. Empty: no input so near differs.

    Notes
    -----
    Distance-restricted abductive explanations (Izza, Huang, Morgado, Planes, Ignatiev, Marques-Silva 2024). Literals
    are dropped one after another, those that matter least first; each is proved by the search for the nearest input.
    """
    if not is_number(distance) or not 0 <= distance < math.inf:
        raise BadInputError(f"distance={shown(distance)}: expected a finite number from 0")
    near = _Near(explainer, norm, weights)
    deadline = Deadline.of(time_limit)
    kept, proved = near.shrunk(float(distance), deadline)
    session = near.core.session
    if not proved:
        deadline.expired()
    proof = Proof(
        "restricted sufficient", Status.PROVED if proved else Status.BEST_SO_FAR,
        Stop.NONE if proved else deadline.stop, "searches for the nearest input", seconds=deadline.elapsed,
        note=f"holds within {norm} distance {float(distance):g}",
    )  # fmt: skip
    return session.make(near.view.names(near.view.written(kept)), proof)


class _Near:
    """Inputs near the instance that agree with literals."""

    def __init__(self, explainer: Any, norm: str, weights: Any) -> None:
        if not isinstance(norm, str) or norm not in NORMS:
            raise BadInputError(f"norm={shown(norm)}: expected one of {', '.join(map(repr, NORMS))}")
        self.norm = norm
        self.core: ForestCore = Lifted(explainer_of(explainer, None, {})).core
        session = self.core.session
        session.here  # noqa: B018  # raises where no instance is set
        self.cells = BallQuestion(norm).cells(self.core, column_weights(session, weights))
        self.wanted = self.core.wanted()
        self.view: LiteralView = self.core.literal_view()

    def kept_of(self, reason: Iterable[int]) -> Bools:
        """Return the closed set of literals of the instance."""
        session = self.core.session
        literals = session.compiled.vocabulary.check_literals(tuple(reason))
        for literal in literals:
            if session.here.truth[abs(literal) - 1] != (literal > 0):
                raise BadInputError(f"literal {literal} ({session.words.literal(literal)}) is not true at the instance")
        return self.view.closed(self._elements(np.array(literals, np.int32)))

    def _elements(self, literals: I32) -> Bools:
        space = self.core.session.space
        kept = np.zeros(self.view.n_items, np.bool_)
        region = region_of(space, literals)
        for e, a in enumerate(space.element_attribute.tolist()):
            place = e - int(space.element_base[a])
            if space.interval[a]:
                kept[e] = place < region.low[a] or place >= region.high[a]
            else:
                left = space.attributes[a].truth[place][self._allowed(region, a)]
                kept[e] = bool((left == left[0]).all())
        return kept

    def _allowed(self, region: Any, a: int) -> Bools:
        allowed: Bools = region.allowed[region.base[a] : region.base[a + 1]]
        return allowed

    def ball(self, kept: Bools, deadline: Deadline, most: float = math.inf) -> tuple[float, float]:
        """Return how near the nearest input outside O is that agrees with literals: a lower and an upper bound."""
        inside = self.cells.allowed & self._inside(kept)
        cells = Cells(self.cells.at, self.cells.far, inside)
        found = RadiusSearch(self.core, self.wanted, cells, self.norm).ball(deadline, most)
        return found.lower, found.upper

    def _inside(self, kept: Bools) -> Bools:
        space, own = self.core.session.space, self.core.session.where.cells
        parts = [np.zeros(0, np.bool_)]
        for a, attribute in enumerate(space.attributes):
            base, end = int(space.element_base[a]), int(space.element_base[a + 1])
            mine = kept[base:end]
            if attribute.interval:
                above = np.arange(attribute.n_cells)[None, :] > np.arange(end - base)[:, None]
            else:
                above = attribute.truth
            agrees = above == above[:, [int(own[a])]]
            parts.append(agrees[mine].all(axis=0) if mine.any() else np.ones(attribute.n_cells, np.bool_))
        return np.concatenate(parts)

    def shrunk(self, distance: float, deadline: Deadline) -> tuple[Bools, bool]:
        """Return a minimal closed set that holds within a distance, and whether it is proved minimal."""
        view = self.view
        rank = np.argsort(importance_order(view, deadline.with_grace()))
        kept, failed = view.full, set[bytes]()
        going = True
        while going:
            going = False
            rests = sorted(view.lesser(kept), key=lambda rest: int(rank[view.owner[int(np.argmax(kept & ~rest))]]))
            for rest in rests:
                if rest.tobytes() in failed:
                    continue
                lower, upper = self.ball(rest, deadline, distance)
                if lower > distance:
                    kept, going = rest, True
                    break
                if not upper <= distance * (1 + 1e-9):
                    return kept, False  # time was up, or rounding decides
                failed.add(rest.tobytes())
        return kept, True

"""How likely a reason holds, and reasons that hold with a chance of at least delta; each family says how it decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.domain.region import region_of
from ...engine.errors import BadInputError, shown
from ...engine.reasons import Precision, Proof, Reason
from ...engine.status import Status, Stop
from ..chances.given import given_distribution
from ..chances.search import FoundSet, locally_minimal, smallest
from ..chances.weighing import Weighing
from ..session.running import over_features, told_over
from ..words.shares import delta_of
from .answers import Deciding
from .explaining import Explaining

Told = str | Mapping[Any, Any]
_NARROWING = 0.5  # seconds at least in which the chance of a reason that was found is told more exactly …
_WIDTH = Fraction(1, 1000)  # … than to so much


class ChanceQueries(Explaining):
    """Queries about chances. Nothing is sampled: what is told as exact is counted, else bounds are proved."""

    answers: Deciding

    def precision(
        self, reason: Iterable[Any], *, distribution: Told = "data", data: Any = None, over: str = "literals",
        time_limit: float | None = None,
    ) -> Precision:  # fmt: skip
        """Return the chance that an input that agrees with a reason has the outcome of the instance.

        Parameters
        ----------
        reason : iterable
            Literals, true at the instance or not; a reason; statements such as ``"age > 37.5"`` whose borders the model
            has; or names of features, which are kept as they are in the instance.
        distribution : str or mapping
            What inputs are like. ``"data"``: features are independent, each cell as often as in the rows;
            ``"uniform"``: independent, all cells of a feature alike; ``"rows"``: the rows themselves; ``"tree"``:
            independent within each leaf of a density tree that is fitted to the rows. A mapping declares independent
            features: of some of them the masses of values, ``{"colour": {"red": 2, "blue": 1}}``, or of numbers a
            cumulative distribution function; the others are as in the rows (uniform without `data`).
        data : array-like, shape (n_rows, n_columns), optional
            The rows; default: the background.
        over : {"literals", "features"}
            What the reason is made of.
        time_limit : float, optional
            Seconds; bounds that were proved by then are returned.

        Returns
        -------
        Precision
            Exact fractions (``lower == upper``), or proved bounds; ``float`` of it is the number.

        Raises
        ------
        BadInputError, TheoryError
            If rows are missing or outside the domain, masses do not fit, or statements have borders that the model
            lacks.

        Notes
        -----
        One tree takes time linear in its leaves. Of an ensemble counting is hard in general (#P); boxes of cells are
        split, heaviest first, so that the bounds close as time goes on. After Wäldchen, Macdonald, Hauch, Kutyniok: The
        computational complexity of understanding binary classifier decisions (JAIR 2021).
        """
        given = self.answers.asked.given(reason, over)
        if not given.exact:
            less = " and ".join(given.region.weaker) if given.region else ""
            raise BadInputError(
                f"reason={shown(reason)}: the model's own conditions do not say it, and chances are those of their "
                f"cells; they say {less or 'something else'}"
            )
        with self.session.query(time_limit) as deadline:
            weighing = self._weighing(given.per_feature, distribution, data, deadline)
            if not given.per_feature:
                literals = np.array(given.items, dtype=np.int32)
                region = region_of(self.session.space, literals)
                empty = region.empty or any(-v in given.items for v in given.items)
                return _nothing(weighing, deadline) if empty else weighing.precision_of(region, deadline)
            named = {self.session.feature_index(name) for name in given.items}
            kept = np.array([int(f) in named for f in weighing.view.features], dtype=np.bool_)  # type: ignore[union-attr]  # of features
            return weighing.precision(kept, deadline)

    def probable_reason(
        self, *, delta: float | Fraction = 0.95, distribution: Told = "data", data: Any = None,
        over: str = "literals", time_limit: float | None = None,
    ) -> Reason | None:  # fmt: skip
        """Return a locally minimal reason that holds with a chance of at least delta.

        Parameters
        ----------
        delta : float or Fraction
            The least precision, above 0 and up to 1; 0.95 is read as 19/20.
        distribution, data, over
            As in ``precision``.
        time_limit : float, optional
            Seconds; what was reached by then is returned with its status.

        Returns
        -------
        Reason or None
            ``reason.precision`` is its chance. With status ``proved`` no bound of it can be weakened by a step (no
            feature left out) without falling below delta; ``None`` if it is proved that no set reaches delta (excluded
            features).

        Raises
        ------
        UndecidedError
            If time was up before any such set was known.

        Notes
        -----
        Chances are not monotone: a smaller set may hold more often. ``minimal_probable_reason`` looks for the smallest.
        After Izza, Huang, Ignatiev, Narodytska, Cooper, Marques-Silva: On computing probabilistic abductive
        explanations (IJAR 2023).
        """
        with self.session.query(time_limit) as deadline:
            weighing = self._weighing(over_features(over), distribution, data, deadline)
            return self._as_reason(weighing, locally_minimal(weighing, delta_of(delta), deadline), "probable", deadline)

    def minimal_probable_reason(
        self, *, delta: float | Fraction = 0.95, distribution: Told = "data", data: Any = None,
        over: str = "literals", time_limit: float | None = None,
    ) -> Reason | None:  # fmt: skip
        """Return a reason of the fewest literals (features) that holds with a chance of at least delta.

        Parameters
        ----------
        delta, distribution, data, over, time_limit
            As in ``probable_reason``.

        Returns
        -------
        Reason or None
            With status ``optimal``, or ``best_so_far`` with a proved lower bound of its size in ``proof.lower``.

        Notes
        -----
        All sets of fewer items are tried: a few features, or a single small tree, are done in a moment.
        """
        with self.session.query(time_limit) as deadline:
            weighing, share = self._weighing(over_features(over), distribution, data, deadline), delta_of(delta)
            one = locally_minimal(weighing, share, deadline)
            found = smallest(weighing, share, one.kept, deadline) if one.kept is not None else one
            return self._as_reason(weighing, found, "minimal probable", deadline)

    # -- how ---------------------------------------------------------------------------------------------------

    def _weighing(
        self, per_feature: bool, distribution: Any, data: Any, deadline: Deadline, *, votes: bool = False
    ) -> Weighing:
        session = self.session
        sides = self.answers.sides(votes=votes)
        given = given_distribution(session, distribution, data, deadline)
        banned = np.array([a.feature in session.excluded for a in session.space.attributes], dtype=np.bool_)
        return Weighing(sides, session.here, given, per_feature=per_feature, banned=banned)

    def _as_reason(self, weighing: Weighing, found: FoundSet, kind: str, deadline: Deadline) -> Reason | None:
        """Return a set as a reason."""
        per_feature = weighing.per_feature
        if found.kept is None:
            if found.proved:
                return None
            raise deadline.undecided("whether a set reaches delta")
        written = weighing.view.written(found.kept)
        precision = weighing.precision(found.kept, deadline.again(_NARROWING), _WIDTH)
        smallest_wanted = kind.startswith("minimal")
        status = Status.BEST_SO_FAR if not found.proved else Status.OPTIMAL if smallest_wanted else Status.PROVED
        stop = Stop.NONE if found.proved else deadline.stop
        proof = Proof(
            kind, status, stop, "boxes of cells, heaviest first", "native", deadline.elapsed, told_over(per_feature),
            float(len(written)) if smallest_wanted else None, float(found.lower) if smallest_wanted else None,
            precision=precision,
        )  # fmt: skip
        return self.session.make(weighing.view.names(written), proof)


def _nothing(weighing: Weighing, deadline: Deadline) -> Precision:
    """Return what is told of literals that contradict each other."""
    why = "no input satisfies it: its literals contradict each other"
    return Precision(Fraction(0), Fraction(1), weighing.given.name, defined=False, why=why, seconds=deadline.elapsed)

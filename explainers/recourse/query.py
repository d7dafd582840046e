"""The query ``recourse``: what to do about a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...engine.given import truth_of
from ..queries.explaining import Explaining
from .asking import Asker
from .results import Recourse


class RecourseQueries(Explaining):
    """Plans that change a decision: the query ``recourse``, and what it takes.

    Parameters
    ----------
    target : label, list of labels, interval, or mapping of labels, optional
        What is wanted: a class, one of several classes, an interval ``(lower, upper)`` of a regressor's number
        (None for an open end), ``{label: value}`` of a model of several labels. Default: any class but the present
        one.
    avoid : label, optional
        Instead: any class but this one.
    score : pair of numbers, optional
        Between which the score of the one wanted class has to lie (forests: its averaged probability, or its votes
        where trees vote; boosted models with one score: that, before any link), None for an open end.
    margin : float
        By how much the wanted class has to lead each other one (an interval's ends: how far from them), in the
        model's own scores.
    immutable : iterable of str
        Features that stay as they are.
    monotone : mapping, optional
        Numbers that may only go one way: ``{"age": "increasing"}``.
    ranges : mapping, optional
        Where numbers may go if they change: ``{"hours": (10, 50)}``.
    steps : mapping, optional
        By which steps numbers change, ``{"age": 1, "income": 100}``; ``{"income": (100, 0)}``: to multiples of 100.
    moves : mapping, optional
        To which categories one may change, ``{"home": ["owned"]}``, or from which to which, ``{"home": {"rented":
        ["owned"]}}`` (others then stay).
    missing : mapping, optional
        Features that may become missing, with what that costs, ``{"income": 2.0}``; with a pair also what it costs
        to become known.
    at_most : int, optional
        How many features may change.
    together : sequence of sequences of str
        Groups of features that all change, or none.
    rules : sequence of str
        What must hold: ``"if education rises then age rises"``, ``"home = owned or debt falls"``, ``"debt <=
        income"``.
    linear : sequence of pairs
        Between which ends weighted sums of numbers lie: ``[({"debt": 1, "amount": 1}, (None, 30000))]``; together they
        are any convex region with flat sides. Their numbers need `steps`, or are whole, and ends.
    cost : {"l1", "l0", "l2", "percentile"}
        What a change costs: its size, one unit, its square, the share of `data` that lies between. A changed
        category, and one that becomes known, costs one unit.
    scale : {None, "mad", "std"}
        The unit of each number: 1, or its median absolute (standard) deviation in `data`.
    prices : mapping, optional
        Price of a unit of a feature, ``{"age": 2.0}``; ``{"debt": (5.0, 1.0)}``: upwards, and downwards; of a
        category the prices of moves, ``{"home": {"owned": 3.0}}``, ``{"home": {("rented", "owned"): 3.0}}``.
    fixed : float or mapping
        What it costs that a feature changes at all, beside the change.
    data : array-like, optional
        Rows to take scales, percentiles and what is plausible from.
    within_data : bool
        Whether changed values lie between the least and the greatest one of `data`, or are categories of it.
    support : int
        How many rows of `data` each leaf has to hold that the plan reaches.
    density : float, optional
        Which share of `data` may lie where it is less dense than at the plan: each tree of the model is a density tree
        of the data, and their densities are multiplied; leaves without data are not reached.
    plausible : model, pair or list of them
        Models of what is usual: a fitted IsolationForest, which must not call the plan an outlier; or a pair of a model
        and what it has to say, ``(density, (0.1, None))``; of an IsolationForest numbers bound its sum of path lengths.
    also : sequence of models or explainers
        Further models that have to decide as wanted too, such as the same one trained again.
    leaf_change : float
        The plan holds if each leaf of the model changes by so much at most, in the model's own scores.
    slack : mapping, optional
        By how much numbers may turn out otherwise, ``{"income": 500}``: all rows as near as that to the plan, in these
        features together, are decided as wanted too.
    n : int or ALL
        How many plans, the cheapest first.
    differ : int
        Of the features that an earlier plan changes, each later one leaves at least so many as they are (all of them,
        where there are fewer).
    rounded : bool
        Whether numbers are told with few digits, a little further away than needed; then both costs are told.
    time_limit : float, optional
        Seconds; the best plan by then is returned, with a lower bound.
    """

    def recourse(
        self, *, target: Any = None, avoid: Any = None, score: Any = None, margin: float = 0.0,
        immutable: Iterable[str | int] = (), monotone: Mapping[str, str] | None = None,
        ranges: Mapping[Any, Any] | None = None, steps: Mapping[str, Any] | None = None,
        moves: Mapping[str, Any] | None = None, missing: Mapping[str, Any] | None = None, at_most: int | None = None,
        together: Sequence[Sequence[str]] = (), rules: Sequence[str] | str = (), linear: Sequence[Any] = (),
        cost: str = "l1", scale: str | None = None, prices: Mapping[str, Any] | None = None, fixed: Any = 0.0,
        data: Any = None, within_data: bool = False, support: int = 0, density: float | None = None,
        plausible: Any = (), also: Sequence[Any] = (), leaf_change: float = 0.0,
        slack: Mapping[str, float] | None = None, n: int | None = 1, differ: int = 1, rounded: bool = False,
        time_limit: float | None = None,
    ) -> Recourse:  # fmt: skip
        """Return the cheapest plan with which the model decides as wanted, with a proof.

        What each argument means is told by ``RecourseQueries``: what is wanted (`target` to `margin`), what may change
        (`immutable` to `rules`), what it costs (`cost` to `data`), how plausible it is (`within_data` to `plausible`),
        what it has to bear (`also` to `slack`), how many plans are wanted and how they are told.

        Returns
        -------
        Recourse
            A sequence of plans; empty if there is none (``status``: ``INFEASIBLE``, proved) or none was
            found in time.

        Raises
        ------
        BadInputError
            If an argument does not fit the model or the instance.
        SelfCheckError
            If the model's own ``predict`` does not confirm the plan.

        Notes
        -----
        The optimum is the least cost over the values that the model tells apart, to within 1e-12 of it: of numbers
        those of the precision in which it reads them, or of the declared steps. It takes exponential time at worst.
        """
        said = {
            "target": target, "avoid": avoid, "score": score, "margin": margin, "immutable": immutable,
            "monotone": monotone, "ranges": ranges, "steps": steps, "moves": moves, "missing": missing,
            "at_most": at_most, "together": together, "rules": rules, "linear": linear, "cost": cost, "scale": scale,
            "prices": prices, "fixed": fixed, "data": data, "within_data": within_data, "support": support,
            "density": density, "plausible": plausible, "also": also, "leaf_change": leaf_change, "slack": slack,
            "n": n, "differ": differ, "rounded": truth_of(rounded, "rounded"),
        }  # fmt: skip
        with self.session.query(time_limit) as deadline:
            return Asker(self.session, said, deadline.seconds).plans(deadline)

"""What comes back: plans, each with its changes in words, what it costs, and how far that is proved."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any, Protocol, overload

from ...engine.budget import Deadline
from ...engine.errors import BadInputError
from ...engine.reasons.certified import known, nothing_known, without
from ...engine.reasons.html import card, milliseconds, text
from ...engine.status import Status, Stop
from .plan import Plan

if TYPE_CHECKING:
    from pandas import DataFrame

    from ..certificates.certificate import Certificate
    from .frontier import Frontier
    from .stages import Stages


class Asking(Protocol):
    """What asks again about the same instance."""

    def plans(self, deadline: Deadline, dropped: frozenset[str] = frozenset()) -> Recourse:
        """Return the plans without some of the constraints."""
        ...

    def anew(self, time_limit: float | None) -> AbstractContextManager[Deadline]:
        """Return the time that an asking has: the limit, or that of the first one; Ctrl-C ends it."""
        ...

    def nearest_row(self, data: Any, deadline: Deadline) -> Plan | None:
        """Return the cheapest row of data that is a plan."""
        ...

    def frontier(self, by: Any, step: Any, most: Any, deadline: Deadline) -> Frontier:
        """Return the efficient plans by cost and a second way."""
        ...

    def stages(self, at_most: Any, budget: Any, before: Any, deadline: Deadline) -> Stages:
        """Return the cheapest plan that can be walked in stages."""
        ...


class Proven(Protocol):
    """What a certificate of plans has to know."""

    def certificate(self, plan: Plan | None, told: str, time_limit: float | None) -> Certificate:
        """Return the certificate of the cheapest plan (None: that there is none)."""


@dataclass(frozen=True, slots=True, eq=False)
class Recourse(Sequence[Plan]):
    """Plans for one instance, the cheapest first; empty where there is none.

    Attributes
    ----------
    plans : tuple of Plan
        The plans.
    status : Status
        ``OPTIMAL``: the first one is the cheapest; ``PROVED``: it is a plan, and `lower` tells how far it may be from
        the cheapest; ``INFEASIBLE``: there is none, which is proved; ``BEST_SO_FAR``: the search was stopped. A row of
        which rounding decides whether it is as wanted is no plan.
    stop : Stop
        Why it was, if so.
    seconds : float
        How long it took.
    lower : float
        A proved lower bound of the cost of every plan (infinite: there is none).
    wanted : str
        What is wanted, in words.
    constraints : tuple of str
        The constraints that can be left out, by name.
    proven : Proven or None
        What makes certificates.
    """

    plans: tuple[Plan, ...]
    status: Status
    stop: Stop
    seconds: float
    lower: float
    wanted: str
    constraints: tuple[str, ...] = ()
    _asked: Asking | None = field(default=None, repr=False)
    proven: Proven | None = field(default=None, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return without(self, "_asked", "proven")

    def certificate(self, *, time_limit: float | None = None) -> Certificate:
        """Return a certificate of the first plan and that none is cheaper, or that there is none.

        Parameters
        ----------
        time_limit : float, optional
            Seconds that the proof may take (see ``Reason.certificate``).

        Raises
        ------
        BadInputError
            If there are none of such questions (with ``slack`` and a ``margin`` of several scores, or further models
            that read columns otherwise), or the result was read from a file.
        UndecidedError
            If no plan was found, and it is not proved that there is none; time was up, or rounding decides.
        """
        if not self.plans and self.status is not Status.INFEASIBLE:
            raise nothing_known(self._head)
        proven = known(self.proven, "answer", "it was read from a file, without its model: ask anew")
        told = f"{self.best.text} (cost {self.cost:.6g})" if self.best is not None else self._head
        return proven.certificate(self.best, f"for {self.wanted}: {told}", time_limit)

    def __len__(self) -> int:
        return len(self.plans)

    @overload
    def __getitem__(self, index: int) -> Plan: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Plan, ...]: ...
    def __getitem__(self, index: int | slice) -> Plan | tuple[Plan, ...]:
        return self.plans[index]

    @property
    def best(self) -> Plan | None:
        """The cheapest plan; None if there is none."""
        return self.plans[0] if self.plans else None

    @property
    def cost(self) -> float:
        """What the cheapest plan costs (infinite without one)."""
        return self.plans[0].cost if self.plans else math.inf

    def without(self, *names: str) -> Recourse:
        """Return the plans that there are without some of the constraints, by their names in ``constraints``.

        Raises
        ------
        BadInputError
            If there is no such constraint, or the result was read from a file.
        """
        unknown = [name for name in names if name not in self.constraints]
        if unknown:
            raise BadInputError(f"{unknown[0]!r} is no constraint: expected some of {list(self.constraints)}")
        asked = self._known()
        with asked.anew(None) as deadline:
            return asked.plans(deadline, frozenset(names))

    def _known(self) -> Asking:
        if self._asked is None:
            raise BadInputError("what was asked is not known any more, nor the model: ask for recourse anew")
        return self._asked

    def nearest_row(self, data: Any = None, *, time_limit: float | None = None) -> Plan | None:
        """Return the row of the data that is cheapest to become: somebody who is decided as wanted, and allowed.

        Parameters
        ----------
        data : array-like, optional
            The rows; default: those that were given as ``data`` of ``recourse``.
        time_limit : float, optional
            Seconds.

        Returns
        -------
        Plan or None
            The row as a plan: all that was asked of plans holds of it, of all its features, and no such row of the data
            costs less (its ``lower`` is its cost); ``origin`` tells which row it is. None: there is none, proved.

        Raises
        ------
        UndecidedError
            If time was up before that was proved.
        BadInputError
            If there are no rows.

        Notes
        -----
        Rows are tried by their costs, at most all of them.
        """
        asked = self._known()
        with asked.anew(time_limit) as deadline:
            return asked.nearest_row(data, deadline)

    def frontier(
        self, by: str = "at_most", *, step: float | None = None, most: int = 50, time_limit: float | None = None
    ) -> Frontier:
        """Return the efficient plans by cost and a second way: nothing is as cheap and better, each is proved.

        Parameters
        ----------
        by : {"at_most", "lead", "plausible", "slack"}
            The second way: fewer features that change; a greater lead of what is wanted (how far beyond what is needed
            the model's own scores are); more plausible by the model that was given as ``plausible``; or more times the
            ``slack`` that was given.
        step : float, optional
            By how much each plan is better than the one before at least; default: by anything (of slack: by 0.25).
        most : int
            How many plans at most.
        time_limit : float, optional
            Seconds for all of them.

        Returns
        -------
        Frontier
            A sequence of plans, the cheapest first, with their ``values``.

        Raises
        ------
        BadInputError
            If plans have no such second way.

        Notes
        -----
        The cheapest plan of all comes first; then each time the cheapest of those that are better in the second way
        than the last one, with its proof, until there is none. One search a plan.
        """
        asked = self._known()
        with asked.anew(time_limit) as deadline:
            return asked.frontier(by, step, most, deadline)

    def stages(
        self, *, at_most: int | None = None, budget: float | None = None, before: Sequence[tuple[str, str]] = (),
        time_limit: float | None = None,
    ) -> Stages:  # fmt: skip
        """Return the cheapest plan that can be walked in stages, in the fewest, every row on the way being allowed.

        Parameters
        ----------
        at_most : int, optional
            How many features each stage changes.
        budget : float, optional
            What each stage costs at most.
        before : sequence of pairs of str
            Features of which the first one, where both change, changes in an earlier stage.
        time_limit : float, optional
            Seconds.

        Returns
        -------
        Stages
            A sequence of stages, each with the row after it; empty if there is no such plan (``INFEASIBLE``, proved).

        Raises
        ------
        BadInputError
            If an argument is none, or the plan changes more than 12 features.

        Notes
        -----
        Each feature changes in one stage. Rules, groups, orders, linear constraints and clauses hold of the row after
        each stage, as changes of the instance; what is wanted, and what makes plans plausible or lasting, of the last
        one. Points that cannot be walked are passed over one by one, at worst all of them.
        """
        asked = self._known()
        with asked.anew(time_limit) as deadline:
            return asked.stages(at_most, budget, before, deadline)

    def letter(
        self, path: str | PathLike[str] | None = None, *, title: str = "What would have been enough",
        opening: str = "", near: Plan | None = None,
    ) -> str:  # fmt: skip
        """Return the plans as one HTML page that needs nothing else, for the person that they are for.

        Parameters
        ----------
        path : str or path, optional
            Where to write it, too.
        title, opening : str
            The page's title, and what stands before the plans.
        near : Plan, optional
            The nearest real row, as ``nearest_row`` tells it: it is shown in what differs. Ask whether it may be.

        Raises
        ------
        BadInputError
            If something else is passed, or the file cannot be written.
        """
        from .letter import letter_of

        return letter_of(self, near, title, opening, path)

    def relaxed(self, time_limit: float | None = None) -> tuple[str, ...] | None:
        """Return the fewest constraints without which there is a plan (a cheaper one, where there is one).

        Returns
        -------
        tuple of str or None
            Names of constraints: no fewer of them are enough, and leaving these out is (``without(*names)`` tells the
            plan). ``None`` if even without all of them there is none.

        Raises
        ------
        UndecidedError
            If time was up before that was proved.

        Notes
        -----
        Sets are tried by their sizes: at worst as many searches as there are sets of constraints.
        """
        deadline = Deadline(time_limit)
        every = self.without(*self.constraints)
        if not _is_better(every, self):
            if every.status is Status.BEST_SO_FAR:
                raise deadline.undecided("whether there is a plan without the constraints")
            return None
        for size in range(1, len(self.constraints) + 1):
            for names in itertools.combinations(self.constraints, size):
                if deadline.expired():
                    raise deadline.undecided(f"whether {size} constraints are the fewest to be left out")
                found = self.without(*names)
                if _is_better(found, self):
                    return names
                if found.status is Status.BEST_SO_FAR:
                    raise deadline.undecided(f"whether {', '.join(names)} could be left out")
        raise AssertionError("without all of them there is a plan")

    def binding(self) -> dict[str, float]:
        """Return what leaving out each single constraint saves, where that is something (infinite: there is a plan).

        Where a search was stopped, less may be told than could be saved.
        """
        saved: dict[str, float] = {}
        for name in self.constraints:
            found = self.without(name)
            if _is_better(found, self):
                saved[name] = self.cost - found.cost
        return saved

    def to_frame(self) -> DataFrame:
        """Return a pandas data frame: a row for each change of each plan (needs pandas)."""
        import pandas

        rows = [
            (number, step.feature, step.old, step.new, step.text, step.cost, plan.cost, plan.lower, str(plan.status))
            for number, plan in enumerate(self.plans)
            for step in plan.steps
        ]
        names = ["plan", "feature", "from", "to", "step", "step_cost", "cost", "lower", "status"]
        return pandas.DataFrame(rows, columns=names)

    def to_json(self) -> str:
        """Return everything as JSON, from which ``suffice.from_json`` makes the plans again, without the model."""
        from .written import recourse_form

        return json.dumps(recourse_form(self))

    def __repr__(self) -> str:
        return "\n".join(
            [
                f"<Recourse: {self._head}>",
                *(f"{i + 1}. {plan.text} (cost {plan.cost:.6g})" for i, plan in enumerate(self.plans)),
            ]
        )

    @property
    def _head(self) -> str:
        said = str(self.status).replace("_", " ")
        if self.status is Status.INFEASIBLE:
            return f"no plan reaches {self.wanted} within the constraints (proved in {milliseconds(self.seconds)})"
        if not self.plans:
            return f"no plan for {self.wanted} was found ({self.stop}); none costs less than {self.lower:.6g}"
        bound = "" if self.lower >= self.cost else f", none costs less than {self.lower:.6g}"
        many = "1 plan" if len(self.plans) == 1 else f"{len(self.plans)} plans"
        return f"{many} for {self.wanted}, cost {self.cost:.6g} ({said}{bound}; {milliseconds(self.seconds)})"

    def _repr_html_(self) -> str:
        """Return the same as cards."""
        if not self.plans:
            return card("recourse", [], self._head)
        return "".join([f"<p>{text(self._head)}</p>", *(plan._repr_html_() for plan in self.plans)])


def _is_better(found: Recourse, other: Recourse) -> bool:
    return found.cost < other.cost * (1 - 1e-9) if other.plans else bool(found.plans)

"""What comes back: plans, each with its changes in words, what it costs, and how far that is proved."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, overload

from ...encoders.columns.told import Row
from ...engine.budget import Deadline
from ...engine.errors import BadInputError
from ...engine.reasons.html import card, milliseconds, text
from ...engine.status import Status, Stop

if TYPE_CHECKING:
    from pandas import DataFrame


class Asking(Protocol):
    """What asks again about the same instance."""

    def plans(self, deadline: Deadline, dropped: frozenset[str] = frozenset()) -> Recourse:
        """Return the plans without some of the constraints."""
        ...

    def anew(self, time_limit: float | None) -> Deadline:
        """Return the time that an asking has: the limit, or that of the first one."""
        ...

    def nearest_row(self, data: Any, deadline: Deadline) -> Plan | None:
        """Return the cheapest row of data that is a plan."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a plan.

    Attributes
    ----------
    feature : str
        The feature.
    old, new : object
        Its value before and after, in the user's own types (of a one-hot group: the names of the values).
    text : str
        The change in words: ``"raise income from 1200 to 1850"``.
    cost : float
        What it costs.
    """

    feature: str
    old: Any
    new: Any
    text: str
    cost: float


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A row that is decided as wanted, and what has to change for it.

    Attributes
    ----------
    row : Row
        The changed instance, in the user's own types, confirmed by the ``predict`` of all models.
    before : Row
        The instance.
    steps : tuple of Step
        The changes, the dearest first.
    cost : float
        What the row costs.
    lower : float
        A proved lower bound of the cost of every plan.
    status : Status
        ``OPTIMAL``: no plan costs less; ``PROVED``: it is a plan, and `lower` tells how far it may be from the best;
        ``BEST_SO_FAR``: so it is, and the search was stopped.
    wanted : str
        What is wanted, in words.
    options : tuple of int
        The place of the plan in the search (for tools).
    origin : int or None
        Which row of the data it is, from 0; None: it is made.
    """

    row: Row
    before: Row
    steps: tuple[Step, ...]
    cost: float
    lower: float
    status: Status
    wanted: str = ""
    options: tuple[int, ...] = ()
    origin: int | None = None

    @property
    def gap(self) -> float:
        """How far the cost may be from the least one, as a share of it (0: it is the least one)."""
        return 0.0 if self.cost <= self.lower else (self.cost - self.lower) / self.cost

    @property
    def text(self) -> str:
        """The plan in one sentence."""
        return _listed([step.text for step in self.steps]) if self.steps else "nothing has to change"

    def __repr__(self) -> str:
        return f"<Plan: {self.text} (cost {self.cost:.6g}, {self._said})>"

    @property
    def _said(self) -> str:
        said = str(self.status).replace("_", " ")
        return said if self.gap == 0.0 else f"{said}, the least cost is at least {self.lower:.6g}"

    def _repr_html_(self) -> str:
        """Return the same as a table of the changes."""
        rows = [
            (step.feature, f"{text(_value(step.old))} &rarr; <b>{text(_value(step.new))}</b>") for step in self.steps
        ]
        return card(f"for {self.wanted}", rows, f"cost {self.cost:.6g}, {self._said}")


@dataclass(frozen=True, slots=True, eq=False)
class Recourse(Sequence[Plan]):
    """Plans for one instance, the cheapest first; empty where there is none.

    Attributes
    ----------
    plans : tuple of Plan
        The plans.
    status : Status
        ``OPTIMAL``: the first one is the cheapest; ``PROVED``: it is a plan, and `lower` tells how far it may be from
        the cheapest; ``INFEASIBLE``: there is none, which is proved; ``BEST_SO_FAR``: the search was stopped.
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
    """

    plans: tuple[Plan, ...]
    status: Status
    stop: Stop
    seconds: float
    lower: float
    wanted: str
    constraints: tuple[str, ...] = ()
    _asked: Asking | None = field(default=None, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave out what asks again, with the model."""
        told = (self.plans, self.status, self.stop, self.seconds, self.lower, self.wanted, self.constraints)
        return Recourse, told

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
        return asked.plans(asked.anew(None), frozenset(names))

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
        return asked.nearest_row(data, asked.anew(time_limit))

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


def _value(value: Any) -> str:
    from ...engine.reasons.spelling import value_text

    return value_text(value)


def _listed(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"

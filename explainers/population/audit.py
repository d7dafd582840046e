"""What ``audit_recourse`` returns: the plans of all refused rows, and what they say of groups."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64, Bools
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, shown
from ...engine.given import count_of, is_number, list_of
from ...engine.reasons.html import card, milliseconds, text
from ...engine.status import Status, Stop
from ..recourse.results import Recourse
from ..words.arguments import threads_of
from .burden import MEASURES, Burden, Difference, burdens_of, differences_of
from .common import CommonActions
from .groups import Grouping
from .subgroups import Subgroup, Subgroups, Wanted, conditions_of, listed, search

if TYPE_CHECKING:
    from pandas import DataFrame

    from .choosing import People

ACCEPTED, FAILED, NOT_REACHED = "accepted", "error", "not_reached"
_SHOWN = 12
_MOST = 3  # conditions of a subgroup, and changes of an action


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What an audit found out, row by row.

    Attributes
    ----------
    rows : sequence
        All rows, as they were given.
    answers : sequence
        Of each row its plans; the error where it failed; None where it is accepted, or was not reached.
    status : tuple of str
        Of each row: ``"accepted"``, the status of its plans, ``"error"`` or ``"not_reached"``.
    wanted : str
        What is wanted, in words.
    groupings : tuple of Grouping
        The groups.
    seconds : float
        How long it took.
    stop : Stop
        Why it ended early, if it did.
    """

    rows: Sequence[Any]
    answers: Sequence[Recourse | Exception | None]
    status: tuple[str, ...]
    wanted: str
    groupings: tuple[Grouping, ...]
    seconds: float
    stop: Stop


@dataclass(frozen=True, eq=False, repr=False)
class RecourseAudit(Sequence[Recourse | Exception | None]):
    """The cheapest plan of every refused row, and what that says of groups of them.

    ``audit[i]`` is what ``recourse`` returns for row i; where that failed the error (it is not raised); None where the
    row is decided as wanted already, or was not reached in time: ``row_status[i]`` tells.

    Whatever is told of groups holds for what is known: of a row whose search was stopped, the cost is between a proved
    lower bound and that of the best plan that was found; of one that was not reached, anything.

    Parameters
    ----------
    asked : Asked
        What was found out.
    budget : float, optional
        What a cheap plan costs at most.
    """

    asked: Asked
    budget: float | None = None
    _people: People | None = field(default=None)

    def __len__(self) -> int:
        return len(self.asked.answers)

    @overload
    def __getitem__(self, index: int) -> Recourse | Exception | None: ...
    @overload
    def __getitem__(self, index: slice) -> list[Recourse | Exception | None]: ...
    def __getitem__(self, index: int | slice) -> Recourse | Exception | list[Recourse | Exception | None] | None:
        return list(self.asked.answers[index]) if isinstance(index, slice) else self.asked.answers[index]

    def __getstate__(self) -> dict[str, Any]:
        asked = replace(self.asked, rows=list(self.asked.rows))
        return {"asked": asked, "budget": self.budget, "_people": None}

    # -- rows ----------------------------------------------------------------------------------------------------

    @property
    def row_status(self) -> tuple[str, ...]:
        """Of each row ``"accepted"``, the status of its plans, ``"error"`` or ``"not_reached"``."""
        return self.asked.status

    @cached_property
    def refused(self) -> Bools:
        """Which rows the model decides otherwise than wanted."""
        return np.array([status != ACCEPTED for status in self.row_status], np.bool_)

    @cached_property
    def cost(self) -> F64:
        """The cost of the best plan of each row; 0 where nothing has to change, infinite where none was found."""
        found = np.full(len(self), math.inf)
        found[~self.refused] = 0.0
        for i, answer in enumerate(self):
            if isinstance(answer, Recourse):
                found[i] = answer.cost
        return found

    @cached_property
    def lower(self) -> F64:
        """What a plan of each row costs at least, proved; infinite where there is none."""
        found = np.zeros(len(self))
        for i, answer in enumerate(self):
            if isinstance(answer, Recourse):
                found[i] = min(answer.lower, answer.cost) if answer.status is not Status.INFEASIBLE else math.inf
        return found

    @property
    def errors(self) -> dict[int, Exception]:
        """The errors of the rows that failed, by the number of the row."""
        return {i: one for i, one in enumerate(self) if isinstance(one, Exception)}

    @property
    def status(self) -> Status:
        """``OPTIMAL`` if the cost of every refused row is known, or that there is no plan; else ``BEST_SO_FAR``."""
        open_ = self.refused & (self.lower < self.cost * (1 - 1e-9))
        return Status.BEST_SO_FAR if open_.any() or self.errors else Status.OPTIMAL

    @property
    def stop(self) -> Stop:
        """Why not all rows were asked to the end, if so."""
        return self.asked.stop

    # -- groups --------------------------------------------------------------------------------------------------

    def burden(self, budget: float | None = None) -> tuple[Burden, ...]:
        """Return what recourse costs all rows, and each group of them.

        Parameters
        ----------
        budget : float, optional
            What a cheap plan costs at most; default: that of the audit.
        """
        most = self._budget(budget)
        return burdens_of(self.asked.groupings, self.refused, self.lower, self.cost, most)

    def differences(self, measure: str = "median", budget: float | None = None) -> tuple[Difference, ...]:
        """Return by how much each two groups of a grouping differ, the greatest difference first.

        Parameters
        ----------
        measure : {"refused", "plan", "no_plan", "within", "beyond", "mean", "median"}
            What is compared, see ``Burden``.
        budget : float, optional
            As in ``burden``.

        Raises
        ------
        BadInputError
            If there is no such measure.
        """
        return differences_of(self.burden(budget), measure)

    def subgroups(
        self, *, budget: float | None = None, conditions: int = 2, least: int = 5, share: float = 1.0, n: int = 10,
        columns: Sequence[str] | None = None, time_limit: float | None = None,
    ) -> Subgroups:  # fmt: skip
        """Return descriptive groups of refused rows that have no plan within a budget.

        All conjunctions of up to some conditions are looked at: of a column of numbers at most (more than) a decile of
        the refused rows, or each number where there are few; of a category each value; missing.

        Parameters
        ----------
        budget : float, optional
            What a cheap plan costs at most; default: that of the audit; without any, rows without a plan are meant.
        conditions : int
            How many conditions a group has at most, from 1 to 3.
        least : int
            How many rows without such a plan a group has at least.
        share : float
            Their least share of the group's rows: 1, all of them.
        n : int
            How many groups are returned at most.
        columns : sequence of str, optional
            Columns that conditions are about; default: all.
        time_limit : float, optional
            Seconds.

        Returns
        -------
        Subgroups
            Those with the most rows without such a plan first; none whose rows are all in one before it.

        Raises
        ------
        BadInputError
            If an argument does not fit.
        """
        deadline, most = Deadline.of(time_limit), self._budget(budget)
        if not is_number(share) or not 0 < share <= 1:
            raise BadInputError(f"share={shown(share)}: expected a number above 0, up to 1")
        wanted = Wanted(
            count_of(conditions, "conditions", _MOST), count_of(least, "least"), float(share), count_of(n, "n")
        )
        own = np.nonzero(self.refused)[0]
        low, high = self.lower[own], self.cost[own]
        without = low == math.inf if most == math.inf else low > most
        open_ = ~without & (high == math.inf if most == math.inf else high > most)
        declared = conditions_of(self._columns(own, columns))
        hits, looked, whole = search(declared, without, wanted, deadline)
        found = [
            Subgroup(
                tuple(declared[i][0] for i in items), own[rows], int((rows & without).sum()), int((rows & open_).sum())
            )
            for items, rows in listed(hits, without, wanted.n)
        ]
        usual = float(without.mean()) if len(own) else 0.0
        status = Status.COMPLETE if whole else Status.BEST_SO_FAR
        return Subgroups(tuple(found), most, wanted.share, wanted.least, usual, looked, status, deadline.stop)

    def _columns(self, own: NDArray[np.int64], columns: Sequence[str] | None) -> dict[str, list[Any]]:
        rows = [self.asked.rows[i] for i in own.tolist()]
        names = list(getattr(rows[0], "names", ())) if rows else []
        if columns is not None:
            told = list_of(columns, "columns", "names of columns")
            unknown = [name for name in told if name not in names]
            if unknown and rows:
                raise BadInputError(f"columns: {unknown[0]!r} is no column: expected some of {shown(names, 300)}")
            names = told if rows else []
        return {name: [row[name] for row in rows] for name in names}

    def _budget(self, budget: float | None) -> float:
        given = self.budget if budget is None else budget
        return math.inf if given is None else budget_of(given)

    # -- actions -------------------------------------------------------------------------------------------------

    def common_actions(
        self, k: int = 3, *, candidates: Any = None, changes: int = 2, n_candidates: int = 300, each: int = 8,
        budget: float | None = None, n_jobs: int | None = None, time_limit: float | None = None,
    ) -> CommonActions:  # fmt: skip
        """Return few actions, the same for everybody, that serve most refused rows.

        Parameters
        ----------
        k : int
            How many actions there may be.
        candidates : list of mappings, optional
            Actions to choose from, ``[{"income": ("at least", 30000), "debt": ("by", -500)}, {"home": "owned"}]``;
            default: what the plans of the rows change, combined as they combine it.
        changes : int
            Of those: how many features an action changes at most, from 1 to 3.
        n_candidates : int
            Of those: how many there are at most.
        each : int
            Of those: how many values a number may be raised (lowered) to, and how many amounts it may be moved by.
        budget : float, optional
            What a row's changes may cost; default: that of the audit.
        n_jobs : int, optional
            How many rows are asked at the same time; default: one a core.
        time_limit : float, optional
            Seconds; what is known then is returned, with a bound of what could be.

        Returns
        -------
        CommonActions
            The actions; rows keep their own constraints, and are confirmed by the model's ``predict``.

        Raises
        ------
        BadInputError
            If an argument does not fit, or the audit was read from a file, and has no model any more.
        """
        from .choosing import candidates_of, choose, nobody_served

        if self._people is None and len(self):
            raise BadInputError("the audit was kept without its model: ask for audit_recourse anew")
        count_of(k, "k", 50), count_of(n_candidates, "n_candidates", 10_000), count_of(each, "each", 1000)
        deadline, most, n_jobs = Deadline.of(time_limit), self._budget(budget), threads_of(n_jobs)
        if self._people is None:
            return nobody_served(int(k), deadline)
        own = np.nonzero(self.refused)[0]
        plans = [answer[0] for i in own.tolist() if isinstance(answer := self[i], Recourse) and answer]
        hopeless = self.lower[own] > most if most < math.inf else self.lower[own] == math.inf
        people = self._people._replace(refused=own, hopeless=hopeless, lower=self.lower[own], budget=most)
        how = count_of(changes, "changes", _MOST), int(n_candidates), int(each)
        return choose(people, candidates_of(people, candidates, plans, *how), int(k), n_jobs, deadline)

    # -- words ---------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What was found, in one sentence."""
        every = self.burden()[0]
        said = f"{every.n_refused} of {every.n_rows} rows are not decided as {self.asked.wanted or 'wanted'}"
        if every.n_refused:
            said += f"; {every.plan.told('.1%')} of these have a plan, {every.no_plan.told('.1%')} have none"
        if self.budget is not None and every.n_refused:
            said += f", {every.within.told('.1%')} one that costs at most {self.budget:g}"
        counts = [(name, self.row_status.count(name)) for name in (Status.BEST_SO_FAR.value, NOT_REACHED, FAILED)]
        late = [f"{count} {name.replace('_', ' ')}" for name, count in counts if count]
        return "; ".join([said, *([f"not to the end: {', '.join(late)}"] if late else [])])

    def __repr__(self) -> str:
        lines = [burden.text for burden in self.burden()[1:]]
        more = ["…"] if len(lines) > _SHOWN else []
        return "\n".join([f"<RecourseAudit: {self.text}>", *lines[:_SHOWN], *more])

    def _repr_html_(self) -> str:
        """Return the same as a card."""
        rows = [("", text(one.text)) for one in self.burden()[: _SHOWN + 1]]
        return card("recourse of a population", rows, f"{self.text}; {milliseconds(self.asked.seconds)}")

    def to_frame(self) -> DataFrame:
        """Return a pandas data frame: a row for each row, with its groups, status, cost, bound and plan in words."""
        import pandas

        told: dict[str, Any] = {}
        for grouping in self.asked.groupings:
            told[_free(grouping.name, told)] = [grouping.labels[g] for g in grouping.of.tolist()]
        plans = [answer.best if isinstance(answer, Recourse) else None for answer in self]
        own = {
            "status": list(self.row_status), "cost": self.cost, "lower": self.lower,
            "plan": [None if plan is None else plan.text for plan in plans],
        }  # fmt: skip
        return pandas.DataFrame({**told, **{_free(name, told): values for name, values in own.items()}})

    def burden_frame(self, budget: float | None = None) -> DataFrame:
        """Return the burden as a pandas data frame: a row for each group, two columns for each measure."""
        import pandas

        rows = []
        for one in self.burden(budget):
            row: dict[str, Any] = {"grouping": one.grouping, "group": one.group, "rows": one.n_rows}
            row["n_refused"] = one.n_refused
            for measure in MEASURES:
                row[f"{measure}_low"], row[f"{measure}_high"] = one.of(measure)
            rows.append(row)
        return pandas.DataFrame(rows)

    def to_json(self, indent: int | None = None) -> str:
        """Return all that was found out as JSON, which ``suffice.from_json`` reads; the model is not in it."""
        from .written import audit_form

        return json.dumps(audit_form(self), indent=indent)


def budget_of(value: Any) -> float:
    """Return what a cheap plan may cost.

    Raises
    ------
    BadInputError
        If it is no number from 0.
    """
    if not is_number(value) or not value >= 0:
        raise BadInputError(f"budget={shown(value)}: expected what a cheap plan costs at most, a number from 0")
    return float(value)


def _free(name: str, taken: Any) -> str:
    """Return a name that no column has yet."""
    while name in taken:
        name = f"{name}_"
    return name

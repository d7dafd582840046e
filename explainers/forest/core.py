"""What all queries on a forest share: the layout, questions, views, and reasons made of items."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine._native import Outer
from ...engine.arrays import F64, I32, Bools
from ...engine.budget import Deadline
from ...engine.ensembles.additive import Apart, apart
from ...engine.ensembles.answers import FOUND, UNKNOWN
from ...engine.ensembles.chances import TwoSides, sides_of_votes
from ...engine.ensembles.layout import Layout, lay_out
from ...engine.ensembles.outside import Wanted, arithmetic_of, outside_sums
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.sums import Arithmetic, Columns, vote_columns, whole_values
from ...engine.ensembles.views.features import FeatureView
from ...engine.ensembles.views.literals import AnyView, LiteralView, importance_order
from ...engine.errors import BadInputError, UndecidedError, shown
from ...engine.models import CompiledEnsemble
from ...engine.reasons import Proof, Reason
from ...engine.status import Status, Stop
from ..batch.intervals import interval_of
from ..queries.answers import Deciding
from ..session.running import told_over
from ..session.session import Session

_LARGE = 100_000  # nodes, whose forms take a time limit's worth of work


@dataclass(frozen=True, slots=True)
class Votes:
    """The question of majoritary reasons: whether so many trees, each on its own, vote for the predicted class."""

    needed: int


class ForestCore(Deciding):
    """What the answers of a forest share: the layout, questions and views; workspaces are used again and again."""

    session: Session[CompiledEnsemble]

    def domain_changed(self) -> None:
        """Forget what was made for another domain."""
        self.forms: dict[Any, Any] = {}  # of the model and the domain: threads share them
        self.regression = self.session.compiled.regression
        self.own_room()

    def own_room(self) -> None:
        """Forget what only one thread may work in."""
        self.workspaces: dict[Any, EnsembleQuestion] = {}

    def instance_changed(self) -> None:
        """Learn the outcome, which all queries ask; of a large model make the forms, rather than within a limit."""
        if self.session.situation is None:
            return
        if not self.regression:
            self.session.outcome()
        if len(self.session.compiled.trees.literal) > _LARGE:
            self._prepare()

    def _prepare(self) -> None:
        """Make the forms of a large model that no query can do without, rather than within a query's time limit."""
        self.layout  # noqa: B018  # kept from now on
        if not self.regression:
            self.sums(self.good())

    def wanted_at(self, truth: Bools) -> tuple[int, Wanted]:
        """Return the outcome of a classifier at a vector of truth values, and O = {outcome}."""
        outcome = self.session.compiled.outcome_at(truth)
        good = np.zeros(len(self.session.compiled.classes), dtype=np.bool_)
        good[outcome] = True
        return outcome, good

    # -- regression --------------------------------------------------------------------------------------------

    def around_value(self, truth: Bools, interval: F64) -> Wanted:
        """Return an interval that holds the prediction at a vector of truth values, or may hold it: see ``tied``."""
        low, high = float(interval[0]), float(interval[1])
        value = self.session.compiled.value_at(truth)
        if not low <= value <= high and not self.session.compiled.tied(truth, (low, high)):
            raise BadInputError(f"the prediction {value!r} of a row is not in its interval ({low!r}, {high!r})")
        return low, high

    # -- questions ---------------------------------------------------------------------------------------------

    def wanted(self, target: Any = None) -> Wanted:
        """Return O: a vector over the classes, or the interval of a regressor."""
        if not self.regression:
            self._check_doubt()
            return self.good(target)
        value = self.session.compiled.value_at(self.session.here.truth)
        if target is not None:
            low, high = interval_of(target, "target")
            self._check_end(low, high)
            if low <= value <= high:
                raise BadInputError(
                    f"target={shown(target)} contains the prediction {value!r}: expected another interval"
                )
            return (low, high, True)  # O is everything outside the target
        if self.session.interval is None:
            raise BadInputError(
                f"the prediction is {value!r}: call set_interval(lower, upper) to say what is to be explained"
            )
        self._check_end(*self.session.interval)  # first: the library may add otherwise, and be inside
        if not self.session.interval[0] <= value <= self.session.interval[1]:
            raise BadInputError(
                f"the prediction {value!r} is not in the interval {self.session.interval}: set another one"
            )
        return self.session.interval

    def form(self, key: Any, make: Any) -> Any:
        """Return a form that belongs to the model and the domain."""
        if key not in self.forms:
            self.forms[key] = make()
        return self.forms[key]

    @property
    def layout(self) -> Layout:
        clauses = self.session.clauses if self.session.theory_on else ()
        layout: Layout = self.form("layout", lambda: lay_out(self.session.compiled.trees, self.session.space, clauses))
        return layout

    @property
    def apart(self) -> Apart | None:
        """The trees as sums of a number an attribute; None if a tree tests several of them."""
        found: Apart | None = self.form("apart", lambda: apart(self.session.compiled.trees, self.session.space))
        return found

    def _check_doubt(self) -> None:
        """Raise UndecidedError if the instance is so near to a tie that the order of additions decides."""
        compiled, truth = self.session.compiled, self.session.here.truth
        if compiled.slack and compiled.doubtful(compiled.trees.scores_at(truth)[None])[0]:
            if compiled.circuit is not None:
                raise UndecidedError(
                    "the scores of the instance are nearer to a tie than what is known of the sums and exponentials "
                    "that the members' libraries compute, so that rounding decides its class; nothing can be proved"
                )
            raise UndecidedError(
                f"the scores of the instance are nearer to a tie than {4 * compiled.slack:.1e}: the model's "
                "library adds in an order of its own, so that rounding decides its class; nothing can be proved"
            )

    def _check_end(self, low: float, high: float) -> None:
        """Raise UndecidedError if the prediction is so near to an end of an interval that rounding decides."""
        compiled = self.session.compiled
        if compiled.tied(self.session.here.truth, (low, high)):
            raise UndecidedError(
                f"the prediction is nearer to an end of ({low!r}, {high!r}) than {4 * compiled.slack:.1e}: the model's "
                "library adds in an order of its own, so that rounding decides; nothing can be proved, set another "
                "interval"
            )

    def _key(self, wanted: Wanted, away: bool) -> Any:
        """Return what tells questions apart: of two that differ in how doubt counts, only where there may be any."""
        leaning = away and self.session.compiled.slack > 0
        return (wanted, leaning) if isinstance(wanted, tuple) else (wanted.tobytes(), leaning)

    def sums(self, wanted: Wanted, away: bool = False) -> tuple[Arithmetic, Columns]:
        """Return the question in the model's arithmetic and in whole numbers.

        What is in doubt (see ``CompiledEnsemble.slack``) counts as outside O, or with `away` as inside it.
        """
        if isinstance(wanted, Votes):
            return self._votes(wanted.needed)
        key = self._key(wanted, away)
        found: tuple[Arithmetic, Columns] = self.form(key, lambda: self.new_sums(wanted, away))
        return found

    def _votes(self, needed: int) -> tuple[Arithmetic, Columns]:
        own, trees = self.session.outcome(), self.session.compiled.trees
        sums = self._arithmetic(-math.inf, math.inf)
        made: tuple[Arithmetic, Columns] = self.form(
            ("votes", needed, own), lambda: (sums, vote_columns(trees, own, needed))
        )
        return made

    def new_sums(self, wanted: Wanted, away: bool) -> tuple[Arithmetic, Columns]:
        trees = self.session.compiled.trees
        return outside_sums(
            self.session.compiled, wanted, away, lambda: self.form("whole", lambda: whole_values(trees))
        )

    def _arithmetic(self, lower: float, upper: float, enter: bool = False) -> Arithmetic:
        return arithmetic_of(self.session.compiled, lower, upper, enter)

    def question(self, wanted: Wanted, away: bool = False) -> EnsembleQuestion:
        """Return the question about the instance, or about the whole model; the next one uses its arrays again."""
        sums, columns = self.sums(wanted, away)
        key = wanted if isinstance(wanted, Votes) else self._key(wanted, away)
        if ("question", key) not in self.session.cache:
            cells = self.session.where.cells
            room = (len(columns.need), columns.together)
            question = self.workspaces.get(room)
            if question is None or any(q is question for q in self.session.cache.values()):
                question = self.workspaces[room] = EnsembleQuestion(self.layout, sums, columns, cells)
            else:
                question.move(sums, columns, cells)
            self.session.cache["question", key] = question
        found: EnsembleQuestion = self.session.cache["question", key]
        return found

    def view(self, per_feature: bool, wanted: Wanted, outer: Outer | None = None) -> AnyView:
        """Return the view for sufficient reasons (excluded features are never kept), or the one within an outer box."""
        banned = self.attributes_of(self.session.excluded if outer is None else ())
        make = FeatureView if per_feature else LiteralView
        return make(self.question(wanted, away=outer is not None), self.session.here, banned, outer)

    def leaving(self, target: Any = None, *, away: bool = False) -> EnsembleQuestion:
        return self.question(self.wanted(target), away=away)

    def literal_view(self) -> LiteralView:
        view = self.view(False, self.wanted())
        assert isinstance(view, LiteralView)
        return view

    def attributes_of(self, features: Iterable[int]) -> Bools:
        """Return which attributes belong to some features."""
        wanted = set(features)
        return np.array([a.feature in wanted for a in self.session.space.attributes], dtype=np.bool_)

    def sides(self, *, votes: bool = False) -> TwoSides:
        if votes:
            own = self.session.outcome()
            made: TwoSides = self.form(
                ("votes", own, "sides"), lambda: sides_of_votes(self.layout, self.session.compiled.trees, own)
            )
            return made
        wanted = self.wanted()
        other = (*wanted[:2], not (*wanted, False)[2]) if isinstance(wanted, tuple) else ~wanted
        return TwoSides(self.layout, *self.sums(wanted), *self.sums(other))

    # -- reasons from items ------------------------------------------------------------------------------------

    def reason(
        self,
        view: AnyView,
        items: I32,
        kind: str,
        status: Status,
        deadline: Deadline,
        **more: Any,
    ) -> Reason:
        """Make a reason of written items."""
        proof = Proof(
            kind,
            status,
            deadline.stop if status is Status.BEST_SO_FAR else Stop.NONE,
            more.pop("method", "branch and bound"),
            more.pop("solver", "native"),
            deadline.elapsed,
            told_over(isinstance(view, FeatureView)),
            **more,
        )
        made = self.session.make(view.names(items), proof)
        if self.regression:
            made.interval = self.session.interval
        return made

    def _shrunk(self, view: AnyView, deadline: Deadline) -> tuple[Bools, bool] | None:
        """Return one minimal set that holds and whether it is proved minimal; None if there is none."""
        start = view.full
        order = importance_order(view, deadline)
        if view.banned.any():
            code = view.answer(start, deadline.with_grace())
            if code == FOUND:
                return None
            if code == UNKNOWN:
                raise deadline.undecided("whether there is a reason without the excluded features")
        return view.shrink(start, order, deadline)


def forces_alone(view: AnyView, kept: Bools) -> bool:
    """Tell whether a set decides when each tree is taken on its own (of votes: forces more than half of the trees)."""
    view.place(kept)
    return view.question.decides_alone()

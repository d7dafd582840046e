"""What a family of models brings: the answers that the queries stand on.

A query (a facet, such as ``SufficientQueries``) reads the user's arguments, starts the clock and asks ``answers``; how
is the family's own affair. ``Answers`` is what any family brings, ``Deciding`` what the families bring whose models
decide about one thing, with what they share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.budget import Deadline
from ...engine.domain.theory import Theory
from ...engine.ensembles.chances import TwoSides
from ...engine.errors import BadInputError, NoInstanceError, shown
from ...engine.models import CompiledEnsemble, CompiledModel, class_index
from ...engine.reasons import Answered, Check, Counted, Reason, Reasons
from ...engine.status import Status
from ..batch.flat import found_row_by_row
from ..batch.reasons import BatchReasons
from ..session.witness import Outside, outside_of
from .asked_checks import AskedChecks
from .weights import Costs

if TYPE_CHECKING:
    from ...engine._native import Outer
    from ...engine.ensembles.question import EnsembleQuestion
    from ...engine.ensembles.views.literals import LiteralView
    from ..session.session import Session

Numbers = tuple[int | None, dict[int, int], dict[str, int]]  # in all, per literal, per feature


class Answers(Protocol):
    """What the answers of any family tell; they follow their session (see ``session.domain.Follower``)."""

    session: Session[Any]

    def domain_changed(self) -> None:
        """Forget what was made for another domain."""

    def instance_changed(self) -> None:
        """Forget what was made for another instance, or for other excluded features."""

    def own_room(self) -> None:
        """Forget what only one thread may work in."""

    def prediction(self) -> Any:
        """Return the model's label (number, labels) for the instance."""

    def label_of(self, form: Any, rows: F64) -> Any:
        """Return the model's own label (number, labels) for a row that a form of it has read."""

    def one_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        """Return one sufficient reason of the instance; None if it is proved that there is none."""

    # many rows

    def explain_rows(
        self, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
        intervals: F64 | None,
    ) -> BatchReasons:  # fmt: skip
        """Explain many rows, in the quickest way that the family has."""

    def rows_at_once(self, per_feature: bool) -> bool:
        """Tell whether ``explain_rows`` has a way that is quicker than the query."""

    def row_outcome(self) -> Any:
        """Return what tells the outcome of the instance (see ``row_number``)."""

    def row_number(self, outcome: Any) -> int:
        """Return the number under which rows of an outcome are told."""

    def took(self, other: Any) -> None:
        """Keep what the answers of a twin noted of rows that it explained."""


class Deciding:
    """What the answers share where a model decides about one thing: a class, or a number.

    O is the set of outcomes that a reason has to force; families say in which form they hold it (``wanted``).
    """

    def __init__(self, session: Any) -> None:
        self.session: Session[Any] = session
        self.bounds: Counted | None = None  # what the last count proved

    def domain_changed(self) -> None:
        """Forget what was made for another domain."""
        raise NotImplementedError

    def instance_changed(self) -> None:
        """Forget what was made for another instance, or for other excluded features."""

    def own_room(self) -> None:
        """Forget what only one thread may work in."""

    # -- outcomes ----------------------------------------------------------------------------------------------

    def prediction(self) -> Any:
        """Return the model's label (a regressor's number) for the instance."""
        session = self.session
        compiled: CompiledModel = session.compiled
        if not compiled.classes and isinstance(compiled, CompiledEnsemble):
            return compiled.value_at(session.here.truth)
        return compiled.classes[session.outcome()]

    def label_of(self, form: Any, rows: F64) -> Any:
        """Return the model's own label (a regressor's number) for a row that a form of it has read."""
        said = form.predict(rows)[0]
        return form.classes[form.class_index(said)] if form.classes else float(said)

    def good(self, target: Any = None) -> Bools:
        """Return O as a vector over the classes: the predicted class, or all but the target."""
        classes = self.session.compiled.classes
        own = self.session.outcome()
        good = np.zeros(len(classes), dtype=np.bool_)
        if target is None:
            good[own] = True
            return good
        index = class_index(classes, target)
        if index == own:
            raise BadInputError(
                f"target={shown(target)} is what the model predicts for the instance: expected another class"
            )
        good[:] = True
        good[index] = False
        return good

    def wanted(self, target: Any = None) -> Any:
        """Return O, or raise an error if the model does not decide about the instance beyond doubt."""
        return self.good(target)

    def only(self, label: Any) -> Bools:
        """Return a vector over the classes that holds one label; the predicted one for ``None``."""
        compiled = self.session.compiled
        good = np.zeros(len(compiled.classes), dtype=np.bool_)
        good[self.session.outcome() if label is None else compiled.class_index(label)] = True
        return good

    def predicted(self, prediction: Any) -> Any:
        """Return O as the outcome of the instance, or as another prediction."""
        if prediction is None and self.session.situation is None:
            raise NoInstanceError(
                "no instance is set: name an outcome with prediction=…, or call set_instance(x) first"
            )
        return self.wanted() if prediction is None else self.only(prediction)

    def outside(self, wanted: Any) -> Outside:
        """Return what tells which of the model's predictions are outside O."""
        return outside_of(self.session.compiled, wanted)

    # -- what families say -------------------------------------------------------------------------------------

    def passed(self) -> Iterable[int]:
        """Return the literals on the paths that the instance takes."""
        raise NotImplementedError

    def one_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        """Return one sufficient reason of the instance; None if it is proved that there is none."""
        raise NotImplementedError

    def all_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Iterator[Reason]:
        """Yield all sufficient reasons until the deadline."""
        raise NotImplementedError

    def cheapest(
        self, per_feature: bool, costs: Costs, solver: str | None, kind: str, deadline: Deadline, *, one: bool
    ) -> Iterator[Reason]:
        """Yield the sufficient reasons of least cost (only the first is needed if `one` is asked for)."""
        raise NotImplementedError

    def leaving(self, target: Any = None, *, away: bool = False) -> EnsembleQuestion:
        """Return the question whether inputs in a box leave O, as the core for ensembles asks it.

        What is in doubt counts as outside O, or with `away` as inside it.
        """
        raise NotImplementedError

    @property
    def doubts(self) -> bool:
        """Whether rounding may leave the outcome of inputs in doubt."""
        return bool(getattr(self.session.compiled, "slack", 0))

    def ways_out(self, target: Any = None, *, away: bool = False) -> Sequence[EnsembleQuestion]:
        """Return questions of which one is answered by yes where inputs in a box leave O, see ``leaving``."""
        return (self.leaving(target, away=away),)

    def literal_view(self) -> LiteralView:
        """Return the question what forces an outcome in O, over literals, as the core for ensembles asks it."""
        raise NotImplementedError

    def necessary(self, per_feature: bool, deadline: Deadline) -> Reason:
        """Return what every sufficient reason contains."""
        raise NotImplementedError

    def relevant(self, per_feature: bool, deadline: Deadline) -> Reason:
        """Return what some sufficient reason contains."""
        raise NotImplementedError

    def contrastive(self, change: Change, deadline: Deadline) -> Answered:
        """Return the first contrastive reason, the first n, or all."""
        raise NotImplementedError

    def each_change(self, change: Change, deadline: Deadline) -> Iterator[Reason]:
        """Return an iterator over all contrastive reasons until the deadline; errors are told at once."""
        raise NotImplementedError

    def fewest(self, change: Change, deadline: Deadline) -> Answered:
        """Return contrastive reasons with the fewest literals (features), or the nearest change."""
        raise NotImplementedError

    def fewest_in(self, outer: Outer, target: Any, per_feature: bool, deadline: Deadline) -> Reasons | None:
        """Return a contrastive reason of the fewest items within a box of cells; None where there is no quick way."""
        return None

    def counted(self, per_feature: bool, deadline: Deadline) -> Numbers:
        """Return the numbers of sufficient reasons, and note in ``bounds`` what is proved; Nones if time was up."""
        raise NotImplementedError

    def forced(self, literals: tuple[int, ...], wanted: Any, deadline: Deadline) -> Check:
        """Tell whether literals force an outcome in O, with a counterexample if not."""
        raise NotImplementedError

    def suffices(self, items: list[Any], per_feature: bool, wanted: Any, deadline: Deadline) -> Check:
        """Tell whether items of the instance force an outcome in O, with a counterexample if not."""
        raise NotImplementedError

    def suffices_barely(self, items: list[Any], per_feature: bool, wanted: Any, deadline: Deadline) -> Check:
        """Tell whether they do, and no longer do where any is weakened."""
        raise NotImplementedError

    def contrasts(self, items: list[Any], per_feature: bool, wanted: Any, deadline: Deadline) -> Check:
        """Tell whether changing items can lead out of O, and changing fewer cannot."""
        raise NotImplementedError

    def sides(self, *, votes: bool = False) -> TwoSides:
        """Return whether the model can leave O, and be in it (`votes`: for a majority of trees, each on its own)."""
        raise NotImplementedError

    def rectified(self, theory: Theory | None, conditions: Iterable[Any], label: Any) -> Any:
        """Return the model changed so that the conditions imply the label."""
        raise NotImplementedError

    # -- counts and checks -------------------------------------------------------------------------------------

    def exactly(self, value: int) -> int:
        """Note that a count is proved, and return it."""
        self.bounds = Counted(value, value, value, Status.COMPLETE)
        return value

    def tally(self, reasons: Reasons, per_feature: bool) -> Numbers:
        """Count reasons of an enumeration; where it was cut short, their number is a lower bound."""
        if not reasons.complete:
            self.bounds = Counted(None, len(reasons), None, Status.BEST_SO_FAR, reasons.stop)
            return None, {}, {}
        told, space = self.session.features, self.session.space
        literals: dict[Any, int] = {}
        features: dict[str, int] = {}
        for reason in reasons:
            for item in reason:
                literals[item] = literals.get(item, 0) + 1
            for name in {item if per_feature else told[space.feature_of(item)].name for item in reason}:
                features[name] = features.get(name, 0) + 1
        ordered = {f.name: features[f.name] for f in told if f.name in features}
        if per_feature:
            literals = {}
        return self.exactly(len(reasons)), dict(sorted(literals.items(), key=lambda item: abs(item[0]))), ordered

    @property
    def asked(self) -> AskedChecks:
        """What takes what users ask about."""
        return AskedChecks(self)

    def not_here(self, items: list[Any], per_feature: bool) -> str:
        """Return why items are none of this instance, if so."""
        situation = self.session.here
        if per_feature:
            for name in items:
                self.session.feature_index(name)
            return ""
        for literal in self.session.compiled.vocabulary.check_literals(items):
            if situation.truth[abs(literal) - 1] != (literal > 0):
                return f"literal {literal} ({self.session.words.literal(literal)}) is not true at the instance"
        return ""

    def unfit(self, items: list[Any], per_feature: bool) -> str:
        """Return why items can be no reason, if so: they are none of this instance, or excluded."""
        why = self.not_here(items, per_feature)
        if why:
            return why
        session = self.session
        features = [session.feature_index(i) if per_feature else session.space.feature_of(i) for i in items]
        return "it uses an excluded feature" if session.excluded & set(features) else ""

    # -- many rows ---------------------------------------------------------------------------------------------

    def explain_rows(
        self, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
        intervals: F64 | None,
    ) -> BatchReasons:  # fmt: skip
        """Explain many rows, in the quickest way that the family has."""
        return self.row_by_row(rows, per_feature, deadline, n_jobs, progress, intervals)

    def row_by_row(
        self, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
        intervals: F64 | None = None,
    ) -> BatchReasons:  # fmt: skip
        """Explain many rows by the queries themselves."""
        return found_row_by_row(self.session, rows, per_feature, deadline, n_jobs, progress, intervals)

    def rows_at_once(self, per_feature: bool) -> bool:
        """Tell whether ``explain_rows`` has a way that is quicker than the query."""
        return False

    def row_outcome(self) -> Any:
        """Return the class index of the instance."""
        return self.session.outcome()

    def row_number(self, outcome: Any) -> int:
        """Return the number under which rows of an outcome are told."""
        return int(outcome)

    def took(self, other: Any) -> None:
        """Keep nothing: rows leave no notes."""


class Change:
    """What a contrastive question asks for.

    Attributes
    ----------
    n : int or None
        How many reasons.
    target : label or interval, optional
        The outcome that is wanted instead.
    per_feature : bool
        Whether reasons are made of features.
    solver : str, optional
        Who answers.
    immutable, monotone, distance, weights
        As in ``ContrastiveQueries.minimal_contrastive_reason``.
    plain : bool
        Whether any change of literals will do.
    """

    __slots__ = ("distance", "immutable", "monotone", "n", "per_feature", "plain", "solver", "target", "weights")

    def __init__(
        self, n: int | None, target: Any, per_feature: bool, solver: str | None,
        immutable: Iterable[str | int], monotone: Mapping[str, str] | None, distance: str | None = None,
        weights: Sequence[float] | Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        self.n, self.target, self.per_feature, self.solver = n, target, per_feature, solver
        self.immutable, self.monotone, self.distance, self.weights = immutable, monotone, distance, weights
        self.plain = _is_plain(target, per_feature, solver, immutable, monotone, distance)


def _is_plain(target: Any, per_feature: bool, solver: Any, immutable: Any, monotone: Any, distance: Any) -> bool:
    """Tell whether any change of literals will do."""
    if target is not None or solver is not None or distance is not None:  # targets may be arrays
        return False
    return not (per_feature or immutable or monotone)


_ONE = Change(1, None, False, None, (), None)


def change_of(
    n: int | None, target: Any, per_feature: bool, solver: str | None,
    immutable: Iterable[str | int], monotone: Mapping[str, str] | None, distance: str | None = None,
    weights: Sequence[float] | Mapping[str, float] | None = None,
) -> Change:  # fmt: skip
    """Return what is asked for; the plainest question, which takes a few microseconds, is there already."""
    if n == 1 and weights is None and _is_plain(target, per_feature, solver, immutable, monotone, distance):
        return _ONE
    return Change(n, target, per_feature, solver, immutable, monotone, distance, weights)

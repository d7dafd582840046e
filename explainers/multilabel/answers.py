"""Answers about several labels: the labels meant, the problems, and reasons that know their labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ...engine.arrays import F64, I32
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.errors import BadInputError, SufficeError, UndecidedError, shown
from ...engine.given import is_whole, items_in, list_of
from ...engine.labels.joint_question import truth_of_cells
from ...engine.labels.leaves import bad_leaves
from ...engine.labels.problem import Problem, leaving, reaching, staying
from ...engine.labels.search import LabelSearch, parts_alone, single_form
from ...engine.models import class_index
from ...engine.models.multilabel import CompiledMultiLabel, Vector
from ...engine.models.trees import LeafTable
from ...engine.reasons import Answered, Reason, Reasons
from ...engine.reasons.label_reasons import LabelReason
from ..batch.flat import found_row_by_row
from ..batch.reasons import BatchReasons
from ..queries.asked_checks import AskedChecks
from ..session.running import told_over
from ..session.session import Session
from .leaves import LeafProblem, leaf_problem
from .problems import Sub, forest_problem, generic_problem

MODES = ("exact", "joined")
OTHERS = ("free", "kept")
_SUBS = 256  # problems whose explainers are kept
_FORMS = 2 * _SUBS


class LabelAnswers:
    """Answers about several labels, problem by problem; a problem's own explainer is kept as long as the domain."""

    generic = False  # whether all problems take the generic way (a cross-check)

    def __init__(self, session: Session[CompiledMultiLabel]) -> None:
        self.session = session
        self.row_vectors: dict[tuple[int, ...], int] = {}  # the vectors of labels that rows had, numbered
        self.counted_by: Sub | LeafProblem | None = None

    def domain_changed(self) -> None:
        """Forget what was made for another domain."""
        self.forms: dict[Any, Any] = {}  # of the model and the domain: threads share them
        self.own_room()

    def own_room(self) -> None:
        """Forget what only one thread may work in."""
        self.subs: dict[Any, Any] = {}
        self.searches: dict[Any, LabelSearch] = {}
        self.own: Vector | None = None
        self.row_vectors = dict(self.row_vectors)  # of no domain

    def instance_changed(self) -> None:
        """Forget what was made for another instance."""
        self.own = None

    @property
    def form(self) -> CompiledMultiLabel:
        """The model of all labels."""
        return self.session.compiled

    @property
    def vector(self) -> Vector:
        """The class index of each label at the instance."""
        truth = self.session.here.truth
        if self.own is None:
            self.own = self.form.vector_at(truth)
        return self.own

    @property
    def asked(self) -> AskedChecks:
        """What takes what users ask about."""
        return AskedChecks(self)

    def prediction(self) -> tuple[Any, ...]:
        """Return the model's labels for the instance."""
        return self.form.values_of(self.vector)

    def label_of(self, form: Any, rows: F64) -> Any:
        """Return the model's own labels for a row that a form of it has read."""
        return form.values_of(form.vectors_of_predictions(form.predict(rows))[0].tolist())

    # -- many rows ---------------------------------------------------------------------------------------------

    def one_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        """Return one sufficient reason for all labels."""
        named = self.named(None)
        sub = self.leaves_or(self.staying(named))
        found = sub.sufficient_reason(over=told_over(per_feature), time_limit=deadline, solver=solver)  # type: ignore[call-overload]  # a deadline is taken
        reason = self.told(found, self.forcing(named))
        return reason if isinstance(reason, Reason) else None

    def explain_rows(
        self, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
        intervals: F64 | None,
    ) -> BatchReasons:  # fmt: skip
        """Explain many rows by the queries themselves."""
        self.row_vectors = {}
        return found_row_by_row(self.session, rows, per_feature, deadline, n_jobs, progress, None)

    def rows_at_once(self, per_feature: bool) -> bool:
        """Tell that rows are explained by the queries themselves."""
        return False

    def row_outcome(self) -> Vector:
        """Return the labels of the instance."""
        return self.vector

    def row_number(self, outcome: Vector) -> int:
        """Return the number of a vector of labels among those that rows had."""
        return self.row_vectors.setdefault(outcome, len(self.row_vectors))

    def took(self, other: LabelAnswers) -> None:
        """Keep the vectors of labels that rows had."""
        self.row_vectors = other.row_vectors

    # -- labels ------------------------------------------------------------------------------------------------

    def named(self, labels: Any) -> tuple[int, ...]:
        """Return the positions of labels; all of them for None."""
        if labels is None:
            return tuple(range(len(self.form.labels)))
        such_as = f"names of labels, such as [{self.form.names[0]!r}]"
        listed = [labels] if isinstance(labels, str) or is_whole(labels) else list_of(labels, "labels", such_as)
        found = tuple(dict.fromkeys(self.form.label_index(label) for label in listed))
        if not found:
            raise BadInputError(
                f"labels is empty: expected some of {shown(list(self.form.names), 400)}, or None for all"
            )
        return found

    def wanted_labels(self, target: Any) -> dict[int, int]:
        """Return the class index that a target wants of each label that it speaks of."""
        names = self.form.names
        if isinstance(target, Mapping):
            pairs = [(self.form.label_index(label), value) for label, value in target.items()]
        else:
            if (values := items_in(target)) is None:
                raise BadInputError(
                    f"target={shown(target)}: expected a value for each label, or a mapping such as {{{names[0]!r}: 1}}"
                )
            values = target.tolist() if isinstance(target, np.ndarray) else values
            if len(values) != len(names):
                raise BadInputError(
                    f"target has {len(values)} values: expected {len(names)}, one for each label "
                    f"{shown(list(names), 400)}"
                )
            pairs = list(enumerate(values))
        if not pairs:
            raise BadInputError("target is empty: expected a value for at least one label")
        return {i: self.class_of(i, value) for i, value in pairs}

    def class_of(self, label: int, value: Any) -> int:
        own = self.form.labels[label]
        try:
            return class_index(own.classes, value)
        except BadInputError:
            raise BadInputError(
                f"label {own.name!r} has no value {shown(value)}: expected one of {shown(list(own.classes), 400)}"
            ) from None

    def values(self, wanted: Mapping[int, int]) -> dict[str, Any]:
        """Return names and values of labels with class indices."""
        return {self.form.labels[i].name: self.form.labels[i].classes[k] for i, k in sorted(wanted.items())}

    @staticmethod
    def check_mode(mode: str, solver: str | None = None) -> bool:
        """Return whether reasons are joined; no solver joins them."""
        if not isinstance(mode, str) or mode not in MODES:
            raise BadInputError(f"mode={shown(mode)}: expected one of {MODES}")
        if mode == "joined" and solver is not None:
            raise BadInputError(f"solver={shown(solver)} is for mode='exact': leave out the mode, or the solver")
        return mode == "joined"

    # -- problems ----------------------------------------------------------------------------------------------

    def staying(self, labels: Iterable[int]) -> Problem:
        named = tuple(labels)
        for i in named:
            self._check_doubt(i)
        return staying(self.form, named, self.vector)

    def _check_doubt(self, i: int) -> None:
        """Raise UndecidedError if rounding decides about a label at the instance."""
        model = self.form.labels[i].given(dict(enumerate(self.vector)))
        if model.slack and model.doubtful(model.trees.scores_at(self.session.here.truth)[None])[0]:
            raise UndecidedError(
                f"label {self.form.names[i]!r}: the scores of the instance are nearer to a tie than "
                f"{4 * model.slack:.1e}, and the order of additions decides; nothing can be proved about it"
            )

    def change(self, target: Any, flip: Any, labels: Any, others: str) -> tuple[Problem, dict[int, int] | None]:
        """Return the problem of a change, and the classes that are wanted (None: any other ones)."""
        if others not in OTHERS:
            raise BadInputError(f"others={shown(others)}: expected one of {OTHERS}")
        if sum(given is not None for given in (target, flip, labels)) > 1:
            raise BadInputError("target, flip and labels are three ways to say what is to change: give one of them")
        own = self.vector
        if target is None and flip is None:
            named = self.named(labels)
            if others == "kept" and len(named) < len(own):
                return leaving(self.form, named, own), None
            return self.staying(named), None
        wanted = self.wanted_labels(target) if flip is None else self.flipped(flip)
        if all(own[i] == k for i, k in wanted.items()):
            raise BadInputError(
                f"target={shown(target, 200)} is what the model predicts for the instance: expected other labels"
            )
        if others == "kept":
            wanted = {i: wanted.get(i, own[i]) for i in range(len(own))}
        return reaching(wanted), wanted

    def flipped(self, flip: Any) -> dict[int, int]:
        found = {}
        for i in self.named(flip):
            label = self.form.labels[i]
            if len(label.classes) != 2:
                raise BadInputError(
                    f"flip={label.name!r}: the label has {len(label.classes)} values "
                    f"{shown(list(label.classes), 200)}, expected two; say with target which one is wanted"
                )
            found[i] = 1 - self.vector[i]
        return found

    def leaves_or(self, problem: Problem) -> Sub | LeafProblem:
        """Return the explainer of a problem over bad leaves, where these decide it."""
        key = (problem, "leaves")
        clauses = self.session.theory_on and self.session.clauses
        if clauses or self.generic or self.subs.get(key, 0) is None:
            return self.sub(problem)
        if key not in self.subs:
            table = self._bad_leaves_of(problem)
            self.subs[key] = (
                None if table is None else leaf_problem(self.session, table, problem, self.predict_bad(problem))
            )
            return self.leaves_or(problem)
        found: LeafProblem = self.subs[key]
        found.session.take_place()
        return found

    def _bad_leaves_of(self, problem: Problem) -> LeafTable | None:
        """Return the leaves that decide a problem; None if none do."""

        def leaves() -> LeafTable | None:
            parts = parts_alone(self.form, problem)
            return None if parts is None else bad_leaves(parts, self.session.space)

        table: LeafTable | None = self.kept((problem, "leaves"), leaves)
        return table

    def kept(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return a form of the model and the domain, of those that were made last."""
        forms, missing = self.forms, object()
        found = forms.get(key, missing)
        if found is missing:
            found = forms.setdefault(key, make())
            while len(forms) > _FORMS:
                forms.pop(next(iter(forms)), None)
        return found

    def sub(self, problem: Problem) -> Sub:
        """Return the explainer of a problem, at the instance."""
        key = (problem, self.generic)
        sub: Sub = self.subs.pop(key, None) or self._new_sub(problem)
        self.subs[key] = sub  # the last one used is the last one that goes
        while len(self.subs) > _SUBS:
            del self.subs[next(iter(self.subs))]
        sub.session.take_place()
        return sub

    def predict_bad(self, problem: Problem) -> Callable[[F64], list[bool]]:
        form = self.form

        def predict_bad(rows: F64) -> list[bool]:
            return [problem.bad(row) for row in form.vectors_of_predictions(form.predict(rows)).tolist()]

        return predict_bad

    def _new_sub(self, problem: Problem) -> Sub:
        form, predict_bad = self.form, self.predict_bad(problem)
        single = None if self.generic else single_form(form, problem, form.labels[0].model)
        if single is not None:
            sub = forest_problem(self.session, single, problem, predict_bad)
            sub.answers.forms = self.kept((problem, "forms"), dict)
            return sub
        return generic_problem(self.session, problem, predict_bad)

    # -- reasons -----------------------------------------------------------------------------------------------

    def told(self, found: Answered, wrap: Callable[[Reason], LabelReason]) -> Answered:
        """Return what a problem's explainer has answered, with the labels that it speaks of."""
        if isinstance(found, Reasons) and found:
            return Reasons([wrap(reason) for reason in found], found.status, found.stop, found.seconds)
        return wrap(found) if isinstance(found, Reason) else found

    def forcing(self, labels: tuple[int, ...]) -> Callable[[Reason], LabelReason]:
        """Return what makes a sufficient reason tell its labels."""
        said = self.values({i: self.vector[i] for i in labels})
        situation = self.session.here

        def parts(reason: LabelReason) -> dict[str, tuple[Any, ...]]:
            per_feature, deadline = reason.proof.over == "features", Deadline()
            with self.session.gate.shared():
                own = self._again(situation)
                return {
                    own.form.labels[i].name: own.sub(own.staying([i])).answers.part_of(reason, per_feature, deadline)
                    for i in labels
                }

        return lambda reason: LabelReason.of(reason, "exact", said, parts)

    def saying(self, labels: tuple[int, ...]) -> Callable[[Reason], LabelReason]:
        """Return what makes a reason tell its labels, of which no part serves one alone."""
        said = self.values({i: self.vector[i] for i in labels})
        return lambda reason: LabelReason.of(reason, "exact", said, {})

    def changing(self, problem: Problem, wanted: dict[int, int] | None) -> Callable[[Reason], LabelReason]:
        """Return what makes a contrastive reason tell the labels of its changed instance."""
        situation = self.session.here

        def parts(reason: LabelReason) -> dict[str, tuple[Any, ...]]:
            with self.session.gate.shared():
                own = self._again(situation)
                point = own.point_of(reason)
                if point is None:
                    return {}
                return own.parts_of_change(point, reason.proof.over == "features")

        def wrap(reason: Reason) -> LabelReason:
            said = self.values(wanted) if wanted is not None else {}
            made = LabelReason.of(reason, "exact", said, parts)
            made.question = problem if wanted is None else None
            return made

        return wrap

    def parts_of_change(self, point: I32, per_feature: bool) -> dict[str, tuple[Any, ...]]:
        """Return for each label that is changed at a point what of the change is enough for it."""
        reached = self.form.vector_at(truth_of_cells(self.session.space, point))
        return {
            self.form.labels[i].name: self.sub(reaching({i: k})).answers.change_within(point, per_feature, Deadline())
            for i, k in enumerate(reached)
            if k != self.vector[i]
        }

    def point_of(self, reason: Reason) -> I32 | None:
        """Return the cells of the changed instance of a contrastive reason."""
        if self.session.space.theory is not None:
            row = self.form.read(reason.witness.row)[0] if reason.witness is not None else None
            return None if row is None else self.session.space.locate(self.session.space.truth(row))
        if reason.proof.over == "features":
            return None
        truth = self.session.here.truth.copy()
        changed = [abs(v) - 1 for v in reason]
        truth[changed] = ~truth[changed]
        return self.session.space.locate(truth)

    def _again(self, situation: Situation) -> LabelAnswers:
        """Return these answers at an instance; where the room has gone on to others, those of another one."""
        session = self.session
        if session.situation is situation:
            return self
        if not session.is_twin or session.space is not situation.space:
            raise SufficeError("the instance or the domain has changed: ask for the reason anew")
        answers: LabelAnswers = session.beside()  # type: ignore[assignment]  # a copy of these
        answers.session.place_read(situation.row)
        return answers

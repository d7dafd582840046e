"""What all queries about several labels share: the labels meant, the problems, and reasons that know their labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

import numpy as np

from ...engine.arrays import F64, I32
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.errors import BadInputError, SufficeError, UndecidedError, shown
from ...engine.given import is_whole, items_in, list_of
from ...engine.labels.joint_question import truth_of_cells
from ...engine.labels.leaves import bad_leaves
from ...engine.labels.problem import Problem, leaving, reaching, staying
from ...engine.labels.search import parts_alone, single_form
from ...engine.models import class_index
from ...engine.models.multilabel import CompiledMultiLabel, Vector
from ...engine.models.trees import LeafTable
from ...engine.reasons import Reason, Reasons
from ...engine.reasons.label_reasons import LabelReason
from ..queries.direct import Common
from .leaves import SubLeaves
from .problems import Sub, SubForest, SubGeneric, follow

MODES = ("exact", "joined")
OTHERS = ("free", "kept")
_SUBS = 256  # problems whose explainers are kept
_FORMS = 2 * _SUBS


class MultiLabelCore(Common):
    """Shared state of the queries; a problem's own explainer is kept as long as the domain."""

    _takes = (CompiledMultiLabel,)
    _compiled: Any  # a CompiledMultiLabel, which is no form of one decision
    _generic = False  # whether all problems take the generic way (a cross-check)

    def _domain_changed(self) -> None:
        self._forms: dict[Any, Any] = {}  # of the model and the domain: threads share them
        self._own_room()

    def _own_room(self) -> None:
        self._subs: dict[Any, Any] = {}
        self._own: Vector | None = None

    def _situation_changed(self) -> None:
        self._own = None

    @property
    def _form(self) -> CompiledMultiLabel:
        form: CompiledMultiLabel = self._compiled
        return form

    @property
    def _vector(self) -> Vector:
        """The class index of each label at the instance."""
        truth = self._here.truth
        if self._own is None:
            self._own = self._form.vector_at(truth)
        return self._own

    # -- labels ------------------------------------------------------------------------------------------------

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the labels, in the order of the model's output."""
        return self._form.names

    @property
    def target_prediction(self) -> tuple[Any, ...]:
        """The model's labels for the instance."""
        return self._form.values_of(self._vector)

    def predict(self, instance: Any) -> tuple[Any, ...]:
        """Return the model's own labels for one instance."""
        rows = self._form.read(instance)
        if len(rows) != 1:
            raise BadInputError(f"predict got {len(rows)} rows: expected one")
        return self._form.values_of(self._form.vectors_of_predictions(self._form.predict(rows))[0].tolist())

    def _named(self, labels: Any) -> tuple[int, ...]:
        """Return the positions of labels; all of them for None."""
        if labels is None:
            return tuple(range(len(self._form.labels)))
        such_as = f"names of labels, such as [{self.label_names[0]!r}]"
        listed = [labels] if isinstance(labels, str) or is_whole(labels) else list_of(labels, "labels", such_as)
        found = tuple(dict.fromkeys(self._form.label_index(label) for label in listed))
        if not found:
            raise BadInputError(
                f"labels is empty: expected some of {shown(list(self.label_names), 400)}, or None for all"
            )
        return found

    def _wanted_labels(self, target: Any) -> dict[int, int]:
        """Return the class index that a target wants of each label that it speaks of."""
        names = self.label_names
        if isinstance(target, Mapping):
            pairs = [(self._form.label_index(label), value) for label, value in target.items()]
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
        return {i: self._class_of(i, value) for i, value in pairs}

    def _class_of(self, label: int, value: Any) -> int:
        own = self._form.labels[label]
        try:
            return class_index(own.classes, value)
        except BadInputError:
            raise BadInputError(
                f"label {own.name!r} has no value {shown(value)}: expected one of {shown(list(own.classes), 400)}"
            ) from None

    def _values(self, wanted: Mapping[int, int]) -> dict[str, Any]:
        """Return names and values of labels with class indices."""
        return {self._form.labels[i].name: self._form.labels[i].classes[k] for i, k in sorted(wanted.items())}

    @staticmethod
    def _check_mode(mode: str) -> bool:
        """Return whether reasons are joined."""
        if mode not in MODES:
            raise BadInputError(f"mode={shown(mode)}: expected one of {MODES}")
        return mode == "joined"

    # -- problems ----------------------------------------------------------------------------------------------

    def _staying(self, labels: Iterable[int]) -> Problem:
        named = tuple(labels)
        for i in named:
            self._check_doubt(i)
        return staying(self._form, named, self._vector)

    def _check_doubt(self, i: int) -> None:
        """Raise UndecidedError if rounding decides about a label at the instance."""
        model = self._form.labels[i].given(dict(enumerate(self._vector)))
        if model.slack and model.doubtful(model.trees.scores_at(self._here.truth)[None])[0]:
            raise UndecidedError(
                f"label {self._form.names[i]!r}: the scores of the instance are nearer to a tie than "
                f"{4 * model.slack:.1e}, and the order of additions decides; nothing can be proved about it"
            )

    def _change(self, target: Any, flip: Any, labels: Any, others: str) -> tuple[Problem, dict[int, int] | None]:
        """Return the problem of a change, and the classes that are wanted (None: any other ones)."""
        if others not in OTHERS:
            raise BadInputError(f"others={shown(others)}: expected one of {OTHERS}")
        if sum(given is not None for given in (target, flip, labels)) > 1:
            raise BadInputError("target, flip and labels are three ways to say what is to change: give one of them")
        own = self._vector
        if target is None and flip is None:
            named = self._named(labels)
            if others == "kept" and len(named) < len(own):
                return leaving(self._form, named, own), None
            return self._staying(named), None
        wanted = self._wanted_labels(target) if flip is None else self._flipped(flip)
        if all(own[i] == k for i, k in wanted.items()):
            raise BadInputError(
                f"target={shown(target, 200)} is what the model predicts for the instance: expected other labels"
            )
        if others == "kept":
            wanted = {i: wanted.get(i, own[i]) for i in range(len(own))}
        return reaching(wanted), wanted

    def _flipped(self, flip: Any) -> dict[int, int]:
        found = {}
        for i in self._named(flip):
            label = self._form.labels[i]
            if len(label.classes) != 2:
                raise BadInputError(
                    f"flip={label.name!r}: the label has {len(label.classes)} values "
                    f"{shown(list(label.classes), 200)}, expected two; say with target which one is wanted"
                )
            found[i] = 1 - self._vector[i]
        return found

    def _leaves_or(self, problem: Problem) -> Sub | SubLeaves:
        """Return the explainer of a problem over bad leaves, where these decide it."""
        key = (problem, "leaves")
        clauses = self._theory_on and self._clauses
        if clauses or self._generic or self._subs.get(key, 0) is None:
            return self._sub(problem)
        if key not in self._subs:
            table = self._bad_leaves_of(problem)
            self._subs[key] = None if table is None else SubLeaves(self, table, problem, self._predict_bad(problem))
            return self._leaves_or(problem)
        found: SubLeaves = self._subs[key]
        follow(found, self)
        return found

    def _bad_leaves_of(self, problem: Problem) -> LeafTable | None:
        """Return the leaves that decide a problem; None if none do."""

        def leaves() -> LeafTable | None:
            parts = parts_alone(self._form, problem)
            return None if parts is None else bad_leaves(parts, self._space)

        table: LeafTable | None = self._kept((problem, "leaves"), leaves)
        return table

    def _kept(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return a form of the model and the domain, of those that were made last."""
        forms, missing = self._forms, object()
        found = forms.get(key, missing)
        if found is missing:
            found = forms.setdefault(key, make())
            while len(forms) > _FORMS:
                forms.pop(next(iter(forms)), None)
        return found

    def _sub(self, problem: Problem) -> Sub:
        """Return the explainer of a problem, at the instance."""
        key = (problem, self._generic)
        sub: Sub = self._subs.pop(key, None) or self._new_sub(problem)
        self._subs[key] = sub  # the last one used is the last one that goes
        while len(self._subs) > _SUBS:
            del self._subs[next(iter(self._subs))]
        follow(sub, self)
        return sub

    def _predict_bad(self, problem: Problem) -> Callable[[F64], list[bool]]:
        form = self._form

        def predict_bad(rows: F64) -> list[bool]:
            return [problem.bad(row) for row in form.vectors_of_predictions(form.predict(rows)).tolist()]

        return predict_bad

    def _new_sub(self, problem: Problem) -> Sub:
        form, predict_bad = self._form, self._predict_bad(problem)
        single = None if self._generic else single_form(form, problem, form.labels[0].model)
        if single is not None:
            sub = SubForest(self, single, problem, predict_bad)
            sub._forms = self._kept((problem, "forms"), dict)
            return sub
        return SubGeneric(self, problem, predict_bad)

    # -- reasons -----------------------------------------------------------------------------------------------

    def _told(self, found: Any, wrap: Callable[[Reason], LabelReason]) -> Any:
        """Return what a problem's explainer has answered, with the labels that it speaks of."""
        if isinstance(found, Reasons):
            return Reasons([wrap(reason) for reason in found], found.status, found.stop, found.seconds)
        return wrap(found) if isinstance(found, Reason) else found

    def _forcing(self, labels: tuple[int, ...]) -> Callable[[Reason], LabelReason]:
        """Return what makes a sufficient reason tell its labels."""
        said = self._values({i: self._vector[i] for i in labels})
        situation = self._here

        def parts(reason: LabelReason) -> dict[str, tuple[Any, ...]]:
            per_feature, deadline = reason.proof.over == "features", Deadline()
            with self._gate.shared():
                own = self._again(situation)
                return {
                    own._form.labels[i].name: own._sub(own._staying([i])).part_of(reason, per_feature, deadline)
                    for i in labels
                }

        return lambda reason: LabelReason.of(reason, "exact", said, parts)

    def _changing(self, wanted: dict[int, int] | None) -> Callable[[Reason], LabelReason]:
        """Return what makes a contrastive reason tell the labels of its changed instance."""
        situation = self._here

        def parts(reason: LabelReason) -> dict[str, tuple[Any, ...]]:
            with self._gate.shared():
                own = self._again(situation)
                point = own._point_of(reason)
                if point is None:
                    return {}
                return own._parts_of_change(point, reason.proof.over == "features")

        def wrap(reason: Reason) -> LabelReason:
            said = self._values(wanted) if wanted is not None else {}
            return LabelReason.of(reason, "exact", said, parts)

        return wrap

    def _parts_of_change(self, point: I32, per_feature: bool) -> dict[str, tuple[Any, ...]]:
        """Return for each label that is changed at a point what of the change is enough for it."""
        reached = self._form.vector_at(truth_of_cells(self._space, point))
        return {
            self._form.labels[i].name: self._sub(reaching({i: k})).change_within(point, per_feature, Deadline())
            for i, k in enumerate(reached)
            if k != self._vector[i]
        }

    def _point_of(self, reason: Reason) -> I32 | None:
        """Return the cells of the changed instance of a contrastive reason."""
        if self._space.theory is not None:
            row = self._form.read(reason.witness.row)[0] if reason.witness is not None else None
            return None if row is None else self._space.locate(self._space.truth(row))
        if reason.proof.over == "features":
            return None
        truth = self._here.truth.copy()
        changed = [abs(v) - 1 for v in reason]
        truth[changed] = ~truth[changed]
        return self._space.locate(truth)

    def _again(self, situation: Situation) -> Self:
        """Return this explainer at an instance; of a room that has gone on to others, another one."""
        if self._situation is situation:
            return self
        if self._rooms is not None or self._space is not situation.space:
            raise SufficeError("the instance or the domain has changed: ask for the reason anew")
        twin = self._twin()
        twin._place_read(situation.row)
        return twin

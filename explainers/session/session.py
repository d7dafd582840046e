"""``Session``: how a model is opened for queries, placed in a domain, and opened again beside (a thread, labels)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, Self, TypeVar
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from ...encoders.columns.seen_types import SeenTypes, numbers_in, seen_types
from ...encoders.registry import (
    column_names,
    compile_model,
    detect_missing,
    dtypes_of,
    labels_told,
    lists_numbers,
    own_names,
    shown_values,
)
from ...encoders.selfcheck import self_check
from ...engine._native import Placed
from ...engine.domain.clauses import unmet
from ...engine.domain.instance import Situation, situate
from ...engine.domain.typed_features import whole_columns
from ...engine.errors import BadInputError, TheoryError
from ...engine.models import CompiledModel
from ...engine.models.around import around_of
from ...engine.status import Stop
from .domain import AUTO, Follower, Form, checked_ranges
from .gate import Gate
from .guard import Guard
from .instances import Instances
from .row_forms import Forms
from .running import Running
from .sparse import parts_of
from .texts import adopt, check_options, declare_words, set_text
from .usual import Usual, usual_of
from .witness import Teller

Answering = TypeVar("Answering", bound=Follower)


def compiled_form(
    model: Any,
    instance: Any = None,
    *,
    missing: str | bool | Sequence[str] = AUTO,
    feature_names: Sequence[str] | None = None,
    background: Any = None,
    voting: str = "soft",
    features_type: Mapping[str, Any] | None = None,
    ranges: Mapping[Any, Any] | None = None,
) -> CompiledModel:
    """Compile a model; columns that are NaN in the instance or the background may be missing.

    Names are the user's: where a library put underscores for blanks, those of the background's (instance's) columns.
    """
    if feature_names is None:
        feature_names = next(filter(None, (labels_told(rows, model) for rows in (background, instance))), None)
    columns = detect_missing(model, missing, [instance, background], feature_names)
    names = column_names(model, feature_names)
    seen = what_is_seen(model, features_type, ranges, background, names)
    if seen is not None:
        features_type = seen if instance is None else seen.beside(numbers_in(instance, names, own_names(model)), names)
    found = (dtypes_of(model, rows, names) for rows in (background, instance) if rows is not None)
    return compile_model(
        model, feature_names=feature_names, missing=columns, voting=voting, features_type=features_type,
        dtypes=next((dtypes for dtypes in found if dtypes), None),
        rows_show=shown_values(model, [instance, background], feature_names),
    )  # fmt: skip


def what_is_seen(
    model: Any, types: Mapping[str, Any] | None, ranges: Any, background: Any, names: Sequence[str]
) -> SeenTypes | None:
    """Return the types of the columns with what rows show of them; None for models that list no numbers."""
    if not lists_numbers(model):
        return None
    known = ranges if isinstance(ranges, Mapping) else None  # what is no mapping is refused later
    return seen_types(types, known, background, names, own_names(model))


class Session(Running[Form]):
    """A compiled model, its domain, the instance that is asked about, the time of queries, and words for all of them.

    Queries and the answers of a family hold one as an object. What is kept in ``cache`` belongs to the instance and the
    excluded features, and dies with them; answers keep what belongs to the domain.

    Parameters
    ----------
    compiled : CompiledModel
        The model in compiled form.
    follow : callable
        Makes what follows the session, the answers of a family, and holds it.
    features_type, theory, missing, feature_names, background, check, voting, ranges
        See ``Explaining``.
    """

    only_cached = False  # whether another instance changes nothing but what `cache` holds
    usual: Usual | None = None
    read_row: NDArray[np.float64] | Placed | None
    interval: tuple[float, float] | None = None  # of a regressor: what is asked about its prediction
    references: Any = None  # rows with labels that are known for sure, by label
    is_twin = False  # whether it was made beside another one
    parent: Session[Any] | None = None  # of a problem about labels: that of all of them
    kept_out: frozenset[str] = frozenset()  # words that are excluded, in whichever text

    _answers: ref[Follower]

    def __init__(
        self,
        compiled: Form,
        follow: Callable[[Self], Follower],
        features_type: Mapping[str, Any] | None = None,
        *,
        theory: str | Iterable[Sequence[int]] | None = AUTO,
        missing: str | bool | Sequence[str] = AUTO,
        feature_names: Sequence[str] | None = None,
        background: Any = None,
        check: bool = True,
        voting: str = "soft",
        ranges: Mapping[Any, Any] | None = None,
    ) -> None:
        self.compiled = compiled
        self.made = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        typed = background is not None and dtypes_of(compiled.source, background, compiled.vocabulary.names)
        self.row_forms = Forms(missing, feature_names, voting, check, compiled.dtypes if typed else None)
        self.excluded = self.excluded_columns = frozenset()
        self.gate = Gate()
        self.instances = Instances(compiled, None if around_of(compiled) is not None else background)
        self.around: Teller | None = None
        self.guard = Guard(self.instances) if check else None
        self.read_row = None
        self.situation: Situation | None = None
        self.cache: dict[Any, Any] = {}
        self.elapsed, self.last_stop = 0.0, Stop.NONE
        self.clauses = self.parse_clauses(theory)
        check_options(self.clauses, ranges, compiled)
        self.theory_on = theory is not None
        self.types = features_type
        self.background = background
        self.ranges = checked_ranges(ranges, self.theory_on)
        self.seen = what_is_seen(compiled.source, features_type, self.ranges, background, compiled.vocabulary.names)
        self.declared = self.parse_features(features_type)
        self.left_out = frozenset()
        self.columns = whole_columns(self.instances.usual().columns)
        self.spaces = {}
        answers = follow(self)
        self._answers = ref(answers)
        self.rebuild()
        if self.guard is not None:
            self_check(self.compiled, self.space)
            if (
                background is not None and around_of(compiled) is None
            ):  # each text has a form, which is checked by itself
                for part in parts_of(background):
                    self.guard.check_rows(self.compiled, self.space, part, self.compiled.read(part))

    # -- copies ------------------------------------------------------------------------------------------------

    @property
    def answers(self) -> Follower:
        """What follows this session, while somebody holds it: answers hold their session, it does not hold them."""
        answers = self._answers()
        assert answers is not None, "a session without answers is of no use"
        return answers

    def beside(self) -> Follower:
        """Return answers whose session shares model and forms, and has an instance and workspaces of its own."""
        other, answers = copy(self), copy(self.answers)
        other.gate, other.is_twin, other._answers = Gate(), True, ref(answers)
        answers.session = other
        other._own_forms()
        return answers

    def about(self, compiled: Any, follow: Callable[[Any], Answering]) -> Answering:
        """Return answers whose session is about another model, over the same domain, instance and gate."""
        other: Session[Any] = copy(self)
        other.compiled, other.parent, other.usual, other.own_outcome = compiled, self, None, None
        other.cache, other.quick = {}, True  # it is asked within a query about all labels, which hears Ctrl-C
        other.elapsed, other.last_stop = 0.0, Stop.NONE
        answers = follow(other)
        other._answers = ref(answers)
        answers.domain_changed()
        answers.own_room()
        if other.situation is not None:
            answers.instance_changed()
        return answers

    def take_place(self) -> None:
        """Take over the instance and the excluded features of the parent."""
        parent = self.parent
        assert parent is not None
        same = self.situation is parent.situation and self.excluded == parent.excluded
        self.read_row, self.situation, self.around = parent.read_row, parent.situation, parent.around
        self.excluded, self.excluded_columns = parent.excluded, parent.excluded_columns
        self.instances = parent.instances
        if not same:
            self.instance_changed()

    def follow(self, other: Self) -> None:
        """Become what another session is now, in place."""
        own = {"gate": self.gate, "_answers": self._answers}  # streams of this session may go on in other threads
        vars(self.answers).update(vars(other.answers) | {"session": self})
        vars(self).update(vars(other) | own)
        self._own_forms()

    def _own_forms(self) -> None:
        self.spaces = dict(self.spaces)
        self.row_forms = replace(self.row_forms, known=dict(self.row_forms.known))
        self.own_room()

    def own_room(self) -> None:
        """Forget what only one thread may work in."""
        self.cache = {}
        self.answers.own_room()

    def state(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what ``restore`` brings back: a change writes into nothing that was there."""
        return vars(self).copy(), vars(self.answers).copy()

    def restore(self, before: tuple[dict[str, Any], dict[str, Any]]) -> None:
        """Become what it was."""
        for mine, old in zip((vars(self), vars(self.answers)), before, strict=True):
            mine.update(old)  # at no moment is anything missing: other threads look for the gate
            for name in mine.keys() - old.keys():
                del mine[name]

    # -- instance ----------------------------------------------------------------------------------------------

    def set_instance(self, instance: Any) -> None:
        """Set the instance that the queries explain."""
        self.instances.watch.check()
        if around_of(self.compiled) is not None:
            set_text(self, instance)
            return
        rows = self.read(instance)  # it says what is wrong with it
        given, own, kind, note = self.instances.taken(instance)
        rows = rows if given is instance else self.read(given)
        if len(rows) != 1:
            raise BadInputError(
                f"set_instance got {len(rows)} rows: expected one; use suffice.explain(model, X) for many"
            )
        self.placed_row = rows[0].copy()
        self.around = self.instances.teller(self.compiled, given, 0, self.placed_row, own, kind, note)
        self.fit_columns(self.instances.whole(kind))
        self.place()
        if self.guard is not None:
            self.guard.check_row(self.compiled, self.space, given, own, self.placed_row)
        if self.only_cached:
            self.usual = usual_of(self, instance) or self.usual

    def set_features_type(self, features_type: Mapping[str, Any] | None) -> None:
        """Declare what the features are; of texts, which words may come."""
        if around_of(self.compiled) is None:
            super().set_features_type(features_type)
        else:
            declare_words(self, features_type)

    def set_ranges(self, ranges: Mapping[Any, Any] | None) -> None:
        """Bound numbers; words are bounded where they are declared."""
        check_options((), ranges, self.compiled)
        super().set_ranges(ranges)

    def instance_changed(self) -> None:
        """Forget what belongs to another instance, or to other excluded features."""
        self.cache = {}
        self.answers.instance_changed()

    def place_read(self, row: NDArray[np.float64], teller: Teller | None = None) -> None:
        """Set an instance that has been read already."""
        if self.placed_row is not row:
            if teller is not None and around_of(self.compiled) is not None:
                adopt(self, teller.compiled)
            self.placed_row, self.around = row, teller
            self.place()

    def place(self) -> None:
        """Place the instance in the current domain."""
        assert self.placed_row is not None
        if self.around is not None:
            self.around = self.around.of(self.compiled)
        self.fit_domain(self.placed_row)
        self.situation = situate(self.space, self.placed_row)
        self.check_clauses(self.situation)
        self.instance_changed()

    def check_clauses(self, situation: Situation) -> None:
        """Raise TheoryError if the instance breaks a clause of the theory."""
        if not self.theory_on:
            return
        clause = unmet(self.clauses, situation.truth)
        if clause is not None:
            said = " or ".join(self.words.literal(v) for v in clause)
            raise TheoryError(f"the instance breaks the clause {clause} ({said}): it is outside the theory")

    @property
    def placed_row(self) -> NDArray[np.float64] | None:
        """The instance as the model reads it."""
        row = self.read_row
        if isinstance(row, Placed):
            row = self.read_row = self.here.row
        return row

    @placed_row.setter
    def placed_row(self, row: NDArray[np.float64] | None) -> None:
        self.read_row = row

"""What the explainers of all families share: the model, the domain, the instance, and words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ...encoders.columns.told import Row
from ...encoders.registry import column_names, compile_model, detect_missing, dtypes_of, labels_told
from ...encoders.selfcheck import self_check
from ...engine._native import Placed
from ...engine.domain.instance import Situation, anywhere, situate
from ...engine.domain.theory import Feature
from ...engine.domain.typed_features import whole_columns
from ...engine.errors import BadInputError, NoInstanceError, UnsupportedModelError
from ...engine.models import CompiledEnsemble, CompiledModel, CompiledTree
from ...engine.status import Stop
from ..words.cards import explainer_html
from ..words.telling import described
from .domain import AUTO, checked_ranges
from .gate import Gate, sooner, switch_here, ungated
from .guard import Guard
from .instances import Instances
from .pickling import made_again, recipe_of
from .rooms import Rooms
from .row_forms import Forms, RowForms
from .sparse import parts_of
from .usual import Usual, set_usual, usual_of
from .witness import Outside, Teller, outside_of


def compiled_form(
    model: Any,
    instance: Any = None,
    *,
    missing: str | bool | Sequence[str] = AUTO,
    feature_names: Sequence[str] | None = None,
    background: Any = None,
    voting: str = "soft",
    features_type: Mapping[str, Any] | None = None,
) -> CompiledModel:
    """Compile a model; columns that are NaN in the instance or the background may be missing.

    Names are the user's: where a library put underscores for blanks, those of the background's (instance's) columns.
    """
    if feature_names is None:
        feature_names = next(filter(None, (labels_told(rows, model) for rows in (background, instance))), None)
    columns = detect_missing(model, missing, [instance, background], feature_names)
    names = column_names(model, feature_names)
    found = (dtypes_of(model, rows, names) for rows in (background, instance) if rows is not None)
    return compile_model(
        model, feature_names=feature_names, missing=columns, voting=voting, features_type=features_type,
        dtypes=next((dtypes for dtypes in found if dtypes), None),
    )  # fmt: skip


class BaseExplainer(RowForms):
    """State that every query builds on.

    Parameters
    ----------
    model : object
        A fitted or hand-built model.
    instance : array-like, optional
        The instance to explain; ``set_instance`` sets another one.
    features_type : mapping, optional
        What the features are, see ``set_features_type``.
    theory : "auto", None or sequence of clauses
        ``"auto"``: the domain knows numbers and declared types. ``None``: conditions are free Booleans. Clauses of
        signed literals are constraints that always hold, beside the types.
    missing : "auto", bool or sequence of names
        Columns that may be NaN; ``"auto"``: those that are NaN in the instance or the background.
    feature_names : sequence of str, optional
        Names of the columns, instead of the model's own.
    background : array-like, optional
        Rows for the check that the compiled form equals ``predict``. A one-hot group of which one of them has no
        column set may be left out: all zero is one of its values.
    check : bool
        Whether to make that check at all.
    voting : {"soft", "hard"}
        For forests of classifiers: average the trees' probabilities, as scikit-learn does, or count the trees' votes.
    compiled : CompiledTree or CompiledEnsemble, optional
        The model's compiled form, where it is there already.
    ranges : mapping, optional
        Least and greatest value of numbers, ``{"age": (18, 100), "fare": (0, None)}``, see ``set_ranges``.
    """

    _takes: ClassVar[tuple[type, ...]] = (CompiledTree, CompiledEnsemble)
    ALL: ClassVar[None] = None
    TIMEOUT: ClassVar[int] = -1
    _only_cached: ClassVar[bool] = False  # whether another instance changes nothing but what `_cache` holds
    _usual: Usual | None = None
    _read_row: NDArray[np.float64] | Placed | None = None
    _somewhere: Situation | None = None
    _own_outcome: tuple[Situation, CompiledModel, int] | None = None  # the outcome of an instance

    def __init__(
        self,
        model: Any,
        instance: Any = None,
        features_type: Mapping[str, Any] | None = None,
        *,
        theory: str | Iterable[Sequence[int]] | None = AUTO,
        missing: str | bool | Sequence[str] = AUTO,
        feature_names: Sequence[str] | None = None,
        background: Any = None,
        check: bool = True,
        voting: str = "soft",
        compiled: CompiledModel | None = None,
        ranges: Mapping[Any, Any] | None = None,
    ) -> None:
        self._compiled: CompiledModel = compiled or compiled_form(
            model, instance, missing=missing, feature_names=feature_names, background=background, voting=voting,
            features_type=features_type,
        )  # fmt: skip
        if not isinstance(self._compiled, self._takes):
            raise UnsupportedModelError(
                f"{type(self).__name__} does not explain {type(model).__name__}: use Explainer.initialize(model, …)"
            )
        typed = background is not None and dtypes_of(model, background, self._compiled.vocabulary.names)
        self._row_forms = Forms(missing, feature_names, voting, check, self._compiled.dtypes if typed else None)
        self._excluded: frozenset[int] = frozenset()
        self._excluded_columns: frozenset[int] = frozenset()
        self._gate = Gate()
        self._instances = Instances(self._compiled, background)
        self._around: Teller | None = None
        self._guard = Guard(self._instances) if check else None
        self._instance: NDArray[np.float64] | None = None
        self._situation: Situation | None = None
        self._elapsed = 0.0
        self._last_stop = Stop.NONE
        self._clauses = self._parse_clauses(theory)
        self._theory_on = theory is not None
        self._types = features_type
        self._background = background
        self._ranges = checked_ranges(ranges, self._theory_on)
        self._declared = self._parse_features(features_type)
        self._left_out = frozenset()
        self._columns = whole_columns(self._instances.usual().columns)
        self._spaces = {}
        self._rebuild()
        if self._guard is not None:
            self_check(self._compiled, self._space)
            if background is not None:
                for part in parts_of(background):
                    self._guard.check_rows(self._compiled, self._space, part, self._compiled.read(part))
        self._rooms = Rooms()
        if instance is not None:
            self.set_instance(instance)

    def __repr__(self) -> str:
        outcome = self._outcome_here()
        return f"<{type(self).__name__}: {'; '.join(described(self._compiled, self._theory_on, outcome))}>"

    def _repr_html_(self) -> str:
        """Return the same for notebooks."""
        outcome = self._outcome_here()
        return explainer_html(type(self).__name__, described(self._compiled, self._theory_on, outcome))

    def _outcome_here(self) -> Any:
        return None if self._room._instance is None else self.target_prediction

    # -- rooms -------------------------------------------------------------------------------------------------

    @property
    def _room(self) -> Self:
        """What the running thread works in: this explainer, or a twin."""
        return self if self._rooms is None else self._rooms.of(self)  # type: ignore[return-value]  # of its own kind

    def _twin(self) -> Self:
        """Return an explainer that shares the model and all forms, and has an instance and workspaces of its own."""
        twin = object.__new__(type(self))
        twin._gate = Gate()
        twin._follow(self)
        return twin

    def _follow(self, other: Self) -> None:
        """Become what another explainer is now, in a room of its own."""
        gate = self._gate
        vars(self).update(vars(other).copy())
        self._gate, self._rooms = gate, None
        self._spaces = dict(self._spaces)
        self._row_forms = replace(self._row_forms, known=dict(self._row_forms.known))
        self._own_room()

    def _own_room(self) -> None:
        """Forget what only one thread may work in (hook of the families)."""

    # -- instance ----------------------------------------------------------------------------------------------

    @sooner(set_usual)
    @switch_here
    def set_instance(self, instance: Any) -> None:
        """Set the instance that the queries explain; in another thread than the explainer's, that of its own queries.

        Parameters
        ----------
        instance : array-like, series, mapping or one-row data frame
            One value for each column of the model.

        Raises
        ------
        BadInputError
            If it has the wrong number of values, or a value that the model does not take.
        TheoryError
            If it is outside the declared domain.
        """
        self._instances.watch.check()
        rows = self._read(instance)  # it says what is wrong with it
        given, own, kind, note = self._instances.taken(instance)
        rows = rows if given is instance else self._read(given)
        if len(rows) != 1:
            raise BadInputError(
                f"set_instance got {len(rows)} rows: expected one; use suffice.explain(model, X) for many"
            )
        self._instance = rows[0].copy()
        self._around = self._instances.teller(self._compiled, given, 0, self._instance, own, kind, note)
        self._fit_columns(self._instances.whole(kind))
        self._place()
        if self._guard is not None:
            self._guard.check_row(self._compiled, self._space, given, own, self._instance)
        if self._only_cached:
            self._usual = usual_of(self, instance) or self._usual

    def _tell_in(self, background: Any, instance: Any) -> None:
        """Set an instance, and tell rows in the container and dtypes of some rows."""
        self._instances.tell_in(background)
        self.set_instance(instance)

    def _place_read(self, row: NDArray[np.float64], teller: Teller | None = None) -> None:
        """Set an instance that has been read already."""
        if self._instance is not row:
            self._instance, self._around = row, teller
            self._place()

    def _place(self) -> None:
        assert self._instance is not None
        if self._around is not None:
            self._around = self._around.of(self._compiled)
        self._fit_domain(self._instance)
        self._situation = situate(self._space, self._instance)
        self._check_clauses(self._situation)
        self._situation_changed()

    def _check_clauses(self, situation: Situation) -> None:
        if not self._theory_on:
            return
        for clause in self._clauses:
            if not any(situation.truth[abs(v) - 1] == (v > 0) for v in clause):
                from ...engine.errors import TheoryError

                said = " or ".join(self._words.literal(v) for v in clause)
                raise TheoryError(f"the instance breaks the clause {clause} ({said}): it is outside the theory")

    @property
    def _instance(self) -> NDArray[np.float64] | None:
        """The instance as the model reads it."""
        row = self._read_row
        if isinstance(row, Placed):
            row = self._read_row = self._here.row
        return row

    @_instance.setter
    def _instance(self, row: NDArray[np.float64] | None) -> None:
        self._read_row = row

    @property
    def _here(self) -> Situation:
        if self._situation is None:
            raise NoInstanceError("no instance is set: call set_instance(x) first")
        return self._situation

    @property
    def _where(self) -> Situation:
        """The instance, or some place of the domain where none is set (for questions about the whole model)."""
        if self._situation is not None:
            return self._situation
        if self._somewhere is None or self._somewhere.space is not self._space:
            self._somewhere = anywhere(self._space)
        return self._somewhere

    @property
    def instance(self) -> Row | None:
        """The current instance, as it was given."""
        return None if self._instance is None else self._teller.instance(self._instance)

    @property
    def _teller(self) -> Teller:
        """What tells rows around the instance."""
        return self._around or self._anyones

    def _own_row(self) -> Callable[[], Row]:
        """Return what tells the instance as it was given."""
        around = self._around
        if around is not None and around.knows_own:
            return around.own
        assert self._instance is not None
        return partial(self._teller.instance, self._instance)

    @property
    def _anyones(self) -> Teller:
        """What tells rows where there is no instance."""
        return Teller(self._compiled, self._instances.usual(), None, watch=self._instances.watch)

    def _outside(self, wanted: Any) -> Outside:
        """Return what tells which of the model's predictions are outside O."""
        return outside_of(self._compiled, wanted)

    @property
    def binary_representation(self) -> tuple[int, ...]:
        """All literals that are true at the instance."""
        return tuple(self._space.literals(self._here.truth).tolist())

    @property
    def target_prediction(self) -> Any:
        """The model's label (a regressor's number) for the instance."""
        if not self._compiled.classes:
            return self._compiled.value_at(self._here.truth)  # type: ignore[union-attr]  # a regressor is an ensemble
        return self._compiled.classes[self._outcome()]

    def _outcome(self) -> int:
        here, own = self._here, self._own_outcome
        if own is None or own[0] is not here or own[1] is not self._compiled:
            own = self._own_outcome = here, self._compiled, self._compiled.outcome_at(here.truth)
        return own[2]

    @property
    @ungated
    def elapsed_time(self) -> float:
        """Seconds of the last query; ``TIMEOUT`` if its time limit was reached."""
        room = self._room
        return self.TIMEOUT if room._last_stop is Stop.TIME_LIMIT else room._elapsed

    def __reduce__(self) -> Any:
        return made_again, (recipe_of(self._room),)

    # -- model -------------------------------------------------------------------------------------------------

    def get_model(self) -> Any:
        """Return the explained model."""
        return self._compiled.source

    @property
    def vocabulary(self) -> Any:
        """The numbered conditions of the model."""
        return self._compiled.vocabulary

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features as they are declared."""
        return self._features

    def predict(self, instance: Any) -> Any:
        """Return the model's own label (a regressor's number) for one instance."""
        form, instance = self._form_of(instance)
        rows = form.read(instance)
        if len(rows) != 1:
            raise BadInputError(f"predict got {len(rows)} rows: expected one")
        said = form.predict(rows)[0]
        return form.classes[form.class_index(said)] if form.classes else float(said)

    def get_feature_names(self) -> list[str]:
        """Return the names of the columns."""
        return list(self._compiled.vocabulary.names)

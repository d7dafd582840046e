"""What explainers of all families have: how they are made, the instance, the domain, and the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from os import PathLike
from typing import TYPE_CHECKING, Any, ClassVar

from ...encoders.columns.told import Row
from ...engine.domain.theory import Feature
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, MissingQueryError, UnsupportedModelError
from ...engine.models import CompiledModel
from ...engine.models.multilabel import CompiledMultiLabel
from ...engine.status import Stop
from ..session.domain import AUTO
from ..session.gate import Gated, room_of, sooner, switch, switch_here, twin_of, ungated
from ..session.pickling import made_again, recipe_of
from ..session.rooms import Rooms
from ..session.session import Session, compiled_form
from ..session.usual import set_usual
from ..words.cards import explainer_html
from ..words.telling import described
from .answers import Answers
from .offered import why_no_argument, why_no_query
from .published import Published
from .table import PUBLISHED

if TYPE_CHECKING:
    from ..visualisation import Visualisation


class Explaining(Published, Gated):
    """An explainer: queries beside each other, which know a session and the answers of a family, nothing else.

    Every public method and property passes the gate (``session/gate.py``; ``Gated`` sees to it): a query of another
    thread works in a room of its own, and what switches the instance or the domain waits until no query runs.

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
    compiled : CompiledModel, optional
        The model's compiled form, where it is there already.
    ranges : mapping, optional
        Least and greatest value of numbers, ``{"age": (18, 100), "fare": (0, None)}``, see ``set_ranges``.

    Attributes
    ----------
    session : Session
        The compiled model, the domain and the instance, for queries and tools that are built on explainers.
    answers : Answers
        How the family answers.
    """

    family: ClassVar[str] = ""  # its name in the table of queries
    _takes: ClassVar[tuple[type, ...]] = ()
    _answers: ClassVar[type[Any]]  # makes the answers of a session
    ALL: ClassVar[None] = None
    TIMEOUT: ClassVar[int] = -1
    answers: Answers

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
        compiled: CompiledModel | CompiledMultiLabel | None = None,
        ranges: Mapping[Any, Any] | None = None,
    ) -> None:
        form = compiled or compiled_form(
            model, instance, missing=missing, feature_names=feature_names, background=background, voting=voting,
            features_type=features_type, ranges=ranges,
        )  # fmt: skip
        if not self._suits(form):
            raise UnsupportedModelError(
                f"{type(self).__name__} does not explain {type(model).__name__}: use Explainer.initialize(model, …)"
            )
        self.session = Session(
            form, self._follow, features_type, theory=theory, missing=missing, feature_names=feature_names,
            background=background, check=check, voting=voting, ranges=ranges,
        )  # fmt: skip
        self._rooms = Rooms(twin_of)
        if instance is not None:
            self.set_instance(instance)

    if not TYPE_CHECKING:  # type checkers are to know what there is

        def __getattr__(self, name: str) -> Any:
            """Return a query by its published spelling, or say why this family lacks one that others have."""
            why = why_no_query(self.family, name)
            if why is not None:
                raise MissingQueryError(why)
            return object.__getattribute__(self, PUBLISHED.get(name, name))  # or Python's own error

    def _follow(self, session: Session[Any]) -> Answers:
        """Make the answers of a session, and hold them."""
        self.answers = self._answers(session)
        return self.answers

    @classmethod
    def _refuse(cls, query: str, arguments: Iterable[str]) -> None:
        """Raise BadInputError if a query takes one of some arguments of other families only."""
        for argument in sorted(arguments):
            why = why_no_argument(cls.family, query, argument)
            if why is not None:
                raise BadInputError(why)

    @classmethod
    def _suits(cls, form: Any) -> bool:
        """Tell whether models of a compiled form are of this family."""
        return isinstance(form, cls._takes)

    @property
    def visualisation(self) -> Visualisation:
        """Pages and pictures under their published names."""
        made: Visualisation = import_module("..visualisation", __package__).Visualisation(self)  # it shows explanations
        return made

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {'; '.join(self._described())}>"

    def _repr_html_(self) -> str:
        """Return the same for notebooks."""
        return explainer_html(type(self).__name__, self._described())

    def _described(self) -> tuple[str, ...]:
        session = self.session
        outcome = None if room_of(self).session.placed_row is None else self.target_prediction
        return described(session.compiled, session.theory_on, outcome)

    def __reduce__(self) -> Any:
        return made_again, (recipe_of(room_of(self)),)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the explainer into one file, which ``suffice.load(path)`` reads, without its model and its library.

        The file holds what the model was compiled to, the domain, the words, the instance, and an audit line; rows of
        the background are not in it. Nothing in it is executed when it is read. Explainers that are equal make equal
        files.

        Parameters
        ----------
        path : str or path
            The file, such as ``"loans.suffice"``.

        Raises
        ------
        BadInputError
            If it cannot be written, or a label, a category or a declaration is of a type that has no form in files.
        """
        from ..saving.writing import save

        save(room_of(self), path)

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
        self.session.set_instance(instance)

    @property
    def instance(self) -> Row | None:
        """The current instance, as it was given."""
        row = self.session.placed_row
        return None if row is None else self.session.teller.instance(row)

    @property
    def binary_representation(self) -> tuple[int, ...]:
        """All literals that are true at the instance."""
        return tuple(self.session.space.literals(self.session.here.truth).tolist())

    @property
    def target_prediction(self) -> Any:
        """The model's label (a regressor's number; one label each of a multi-label model) for the instance."""
        return self.answers.prediction()

    @property
    @ungated
    def elapsed_time(self) -> float:
        """Seconds of the last query; ``TIMEOUT`` if its time limit was reached."""
        session = room_of(self).session
        return self.TIMEOUT if session.last_stop is Stop.TIME_LIMIT else session.elapsed

    # -- domain ------------------------------------------------------------------------------------------------

    @switch
    def set_features_type(self, features_type: Mapping[str, Any] | None) -> None:
        """Declare what the features are; switches the theory on.

        Parameters
        ----------
        features_type : mapping
            By kind: ``{"numerical": names or DEFAULT, "integer": …, "binary": …, "categorical": {"A*": values,
            "{S0,S1}": values, "colour": values}}`` (a pattern or set of several columns is a one-hot group, one value a
            column; a single column is a categorical number), or by name: ``{"age": "integer", "colour": [0, 1, 2]}``.
            Columns that are not named are numerical. ``{"integer": {"age": (18, 100)}}`` (by name ``{"age":
            {"integer": (18, 100)}}``) bounds a number. ``{"A*": {"values": [...], "reference": "none"}}`` is a group
            whose columns may all be 0; a plain list says no more than a background row or the instance shows.

        Raises
        ------
        TheoryError
            If it contradicts itself, the model's columns or the instance.
        """
        self.session.set_features_type(features_type)

    @switch
    def set_ranges(self, ranges: Mapping[Any, Any] | None) -> None:
        """Bound numbers, in the units of the model's input; switches the theory on.

        Parameters
        ----------
        ranges : mapping
            ``{"age": (18, 100), "fare": (0, None)}``: least and greatest value, both included; ``None`` or an infinite
            number for an open end. They take the place of the ranges that were set before (those in `features_type`
            stay unless they are named). A missing value stays possible where it was. ``{}`` or None lifts them.

        Raises
        ------
        TheoryError
            If a name is unknown or no number's, a range holds no value, or the instance is outside.
        """
        self.session.set_ranges(ranges)

    @switch
    def set_excluded_features(self, excluded_features: Iterable[str | int]) -> None:
        """Forbid features in sufficient reasons, and keep them as they are in contrastive ones.

        Parameters
        ----------
        excluded_features : iterable of str or int
            Names (also of one-hot groups) or 1-based ids.
        """
        self.session.set_excluded_features(excluded_features)

    @switch
    def unset_excluded_features(self) -> None:
        """Allow all features again."""
        self.session.set_excluded_features(())

    @switch
    def activate_theory(self) -> None:
        """Let the domain know what numbers, declared types and clauses mean."""
        self.session.switch_theory(True)

    @switch
    def deactivate_theory(self) -> None:
        """Treat the conditions of the model as free Booleans."""
        self.session.switch_theory(False)

    def literals_of(self, feature: int) -> int:
        """Return how many literals of a feature (by its index) the model has."""
        return self.session.literals_of(feature)

    # -- model -------------------------------------------------------------------------------------------------

    def get_model(self) -> Any:
        """Return the explained model."""
        return self.session.compiled.source

    @property
    def vocabulary(self) -> Vocabulary:
        """The numbered conditions of the model."""
        vocabulary: Vocabulary = self.session.compiled.vocabulary
        return vocabulary

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features as they are declared."""
        return self.session.features

    def predict(self, instance: Any) -> Any:
        """Return the model's own label (a regressor's number; one label each of a multi-label model) for a row."""
        form, instance = self.session.form_of(instance)
        rows = form.read(instance)
        if len(rows) != 1:
            raise BadInputError(f"predict got {len(rows)} rows: expected one")
        return self.answers.label_of(form, rows)

    def get_feature_names(self) -> list[str]:
        """Return the names of the columns."""
        return list(self.session.compiled.vocabulary.names)

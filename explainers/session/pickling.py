"""Explainers as what they are made of: the model, and what was said of it; pickled ones are made again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ...encoders.columns.row_kind import RowKind
from ...encoders.columns.told import Row
from ...encoders.saved.models import SavedModel
from ...engine.arrays import F64
from ...engine.domain.theory import Feature
from ...engine.domain.typed_features import whole_columns
from ...engine.errors import SelfCheckError
from ...engine.models.around import around_of, near


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What a background showed, where there is none any more.

    Attributes
    ----------
    declared : tuple of Feature
        The features, with the one-hot groups that may be left out.
    base : tuple of ndarray of float64
        See ``SeenTypes``.
    dtypes : tuple of str or None
        See ``Forms``.
    """

    declared: tuple[Feature, ...]
    base: tuple[F64, ...]
    dtypes: tuple[str, ...] | None

    @classmethod
    def of(cls, session: Any) -> Shown:
        """Return what a session knows of a background."""
        return cls(session.declared, () if session.seen is None else session.seen.base, session.row_forms.told)

    def tell(self, session: Any) -> None:
        """Let a session know it."""
        session.row_forms.told = self.dtypes
        if session.seen is not None:
            session.seen = replace(session.seen, base=self.base)
        columns = whole_columns(session.instances.usual().columns)
        if (self.declared, columns) != (session.declared, session.columns):
            session.declared, session.columns, session.spaces = self.declared, columns, {}
            session.rebuild()


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes an explainer again.

    Attributes
    ----------
    family : type
        Its class.
    model : object
        The model that it explains.
    options : dict
        Arguments of the class.
    form : dict
        How the model is compiled.
    conditions : tuple
        The numbered conditions, which must come out again.
    theory_on : bool
        Whether the theory is on now.
    excluded : tuple of str
        Columns that reasons may not use.
    interval : tuple of float or None
        Of a regressor.
    labels : tuple of str or None
        Names that labels were given.
    told : RowKind or None
        In which container and dtypes rows are told.
    instance : Row or None
        The instance.
    shown : Shown or None
        Of an explainer that was saved: what its background showed.
    made : str
        When the explainer was made.
    """

    family: type[Any]
    model: Any
    options: dict[str, Any]
    form: dict[str, Any]
    conditions: tuple[Any, ...]
    theory_on: bool
    excluded: tuple[str, ...]
    interval: tuple[float, float] | None
    labels: tuple[str, ...] | None
    told: RowKind | None
    instance: Row | None
    shown: Shown | None
    made: str


def recipe_of(explainer: Any) -> Recipe:
    """Return what makes an explainer again.

    Raises
    ------
    TypeError
        If its model was rectified: such a model holds the functions of the one that it was made of.
    """
    if getattr(explainer.session.compiled.source, "origin", None) is not None:
        raise TypeError(
            "the explainer of a rectified model cannot be pickled: save it (save, suffice.load), or pickle that of "
            "the model, and rectify again"
        )
    return whole_recipe(explainer)


def whole_recipe(explainer: Any) -> Recipe:
    """Return what makes an explainer again, whatever its model."""
    own, names = explainer.session.compiled, explainer.session.compiled.vocabulary.names
    how, clauses, bare = explainer.session.row_forms, explainer.session.clauses, own
    if around_of(own) is not None:  # made again around no text, and then around the instance
        bare, clauses = near(own, None), ()
    options = {
        "features_type": explainer.session.types,
        "theory": [list(clause) for clause in clauses] if clauses else "auto",
        "missing": how.missing,
        "feature_names": how.feature_names,
        "background": explainer.session.background,
        "check": how.check,
        "voting": how.voting,
        "ranges": dict(explainer.session.ranges),
    }
    form = {
        "feature_names": names if bare is own else None,
        "missing": own.missing,
        "voting": how.voting,
        "features_type": explainer.session.form_types(),
        "dtypes": own.dtypes or None,
        "rows_show": getattr(own, "rows_show", None),
    }
    return Recipe(
        type(explainer), own.source, options, form, tuple(bare.vocabulary.conditions), explainer.session.theory_on,
        tuple(names[c] for c in sorted(explainer.session.excluded_columns)), explainer.session.interval,
        getattr(explainer, "label_names", None), explainer.session.instances.told, explainer.instance,
        Shown.of(explainer.session) if isinstance(own.source, SavedModel) else None, explainer.session.made,
    )  # fmt: skip


def made_again(recipe: Recipe) -> Any:
    """Return the explainer of a recipe.

    Raises
    ------
    SelfCheckError
        If the model's conditions come out otherwise: literals would mean something else.
    """
    from ...encoders.registry import compile_model

    compiled = compile_model(recipe.model, **recipe.form)
    if tuple(compiled.vocabulary.conditions) != recipe.conditions:
        raise SelfCheckError(
            "the pickled explainer cannot be made again: the conditions of its model are numbered otherwise here (by "
            "another version of a library, perhaps); make a new explainer from the model"
        )
    return explainer_of(recipe, compiled)


def explainer_of(recipe: Recipe, compiled: Any) -> Any:
    """Return the explainer of a recipe whose model is compiled already."""
    saved = isinstance(recipe.model, SavedModel)  # whose predict is the form itself: there is nothing to compare
    options = recipe.options | ({"check": False} if saved else {})
    explainer: Any = recipe.family(recipe.model, compiled=compiled, **options)
    explainer.session.made, explainer.session.row_forms.check = recipe.made, recipe.options["check"]
    if recipe.told is not None:
        explainer.session.instances.tell_as(recipe.told)
    if recipe.shown is not None:
        recipe.shown.tell(explainer.session)
    if not recipe.theory_on:
        explainer.deactivate_theory()
    if recipe.labels is not None and recipe.labels != explainer.label_names:
        explainer.set_label_names(recipe.labels)
    if recipe.instance is not None:
        explainer.set_instance(recipe.instance)
    if recipe.excluded:
        explainer.set_excluded_features(recipe.excluded)
    if recipe.interval is not None:
        explainer.set_interval(*recipe.interval)
    return explainer

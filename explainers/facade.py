"""``Explainer``: makes the explainer of a model, of the family that its compiled form belongs to."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, Unpack, cast, overload

from ..encoders.catalog import search_once
from ..encoders.columns.rows import plain_rows
from ..engine.domain.theory import DEFAULT
from ..engine.errors import FormatError, UnsupportedModelError, shown
from ..engine.given import truth_of
from ..engine.log import LOG
from ..engine.models import CompiledEnsemble, CompiledTree
from ..engine.models.multilabel import CompiledMultiLabel
from ..engine.setup_limit import setup_step, within_setup_limit
from .queries.explaining import Explaining
from .queries.preferences import Method
from .session.domain import AUTO
from .session.session import compiled_form

if TYPE_CHECKING:  # a family is loaded when its first explainer is made
    from ..encoders.builder import BoostedTrees, BoostedTreesRegression, DecisionTree, MultiLabel, RandomForest
    from .boosted.explainer import BoostedExplainer
    from .forest.composed import ComposedExplainer
    from .forest.explainer import ForestExplainer
    from .multilabel.explainer import MultiLabelExplainer
    from .tree.explainer import TreeExplainer
    from .words.typed import Initial, Types

    AnyExplainer: TypeAlias = (
        TreeExplainer | ForestExplainer | BoostedExplainer | ComposedExplainer | MultiLabelExplainer
    )


class Explainer:
    """Makes explainers, ``Explainer(model)``, and holds the constants of their calls."""

    ALL: ClassVar[None] = None
    TIMEOUT: ClassVar[int] = Explaining.TIMEOUT
    DEFAULT = DEFAULT
    MINIMAL = Method.MINIMAL
    WEIGHTS = Method.WEIGHTS
    INCLUSION_PREFERRED = Method.INCLUSION_PREFERRED
    FEATURE_IMPORTANCE = Method.FEATURE_IMPORTANCE
    SHAPLEY = Method.SHAPLEY
    WORD_FREQUENCY = Method.WORD_FREQUENCY

    # An explainer is of its model's family, and none of them is an Explainer: that is what mypy is told to bear.
    @overload
    def __new__(  # type: ignore[misc]
        cls, model: DecisionTree, instance: Any = None, features_type: Types = None, **how: Unpack[Initial]
    ) -> TreeExplainer: ...
    @overload
    def __new__(  # type: ignore[misc]
        cls, model: RandomForest, instance: Any = None, features_type: Types = None, **how: Unpack[Initial]
    ) -> ForestExplainer: ...
    @overload
    def __new__(  # type: ignore[misc]
        cls,
        model: BoostedTrees | BoostedTreesRegression,
        instance: Any = None,
        features_type: Types = None,
        **how: Unpack[Initial],
    ) -> BoostedExplainer: ...
    @overload
    def __new__(  # type: ignore[misc]
        cls, model: MultiLabel, instance: Any = None, features_type: Types = None, **how: Unpack[Initial]
    ) -> MultiLabelExplainer: ...
    @overload
    def __new__(  # type: ignore[misc]
        cls, model: object, instance: Any = None, features_type: Types = None, **how: Unpack[Initial]
    ) -> AnyExplainer: ...
    def __new__(  # type: ignore[misc]
        cls, model: object, instance: Any = None, features_type: Types = None, **how: Unpack[Initial]
    ) -> AnyExplainer:
        """Return the explainer of a model, see ``initialize``."""
        return cls.initialize(model, instance, features_type, **how)

    # fmt: off
    @overload
    @staticmethod
    def initialize(model: DecisionTree, instance: Any = None, features_type: Types = None,
                   **how: Unpack[Initial]) -> TreeExplainer: ...
    @overload
    @staticmethod
    def initialize(model: RandomForest, instance: Any = None, features_type: Types = None,
                   **how: Unpack[Initial]) -> ForestExplainer: ...
    @overload
    @staticmethod
    def initialize(model: BoostedTrees | BoostedTreesRegression, instance: Any = None, features_type: Types = None,
                   **how: Unpack[Initial]) -> BoostedExplainer: ...
    @overload
    @staticmethod
    def initialize(model: MultiLabel, instance: Any = None, features_type: Types = None,
                   **how: Unpack[Initial]) -> MultiLabelExplainer: ...
    @overload
    @staticmethod
    def initialize(model: object, instance: Any = None, features_type: Types = None,
                   **how: Unpack[Initial]) -> AnyExplainer: ...
    # fmt: on
    @staticmethod
    def initialize(
        model: Any,
        instance: Any = None,
        features_type: Types = None,
        *,
        theory: str | Iterable[Sequence[int]] | None = AUTO,
        missing: str | bool | Sequence[str] = AUTO,
        feature_names: Sequence[str] | None = None,
        background: Any = None,
        check: bool = True,
        voting: str = "soft",
        ranges: Mapping[Any, Any] | None = None,
        setup_limit: float | None = None,
    ) -> AnyExplainer:
        """Return the explainer of a model.

        Parameters
        ----------
        model, instance, features_type, theory, missing, feature_names, background, check, voting, ranges
            See ``Explaining``.
        setup_limit : float, optional
            Seconds for compiling the model and the self-check, which no ``time_limit`` of a query covers.

        Raises
        ------
        UnsupportedModelError, NotFittedModelError
            If no encoder takes the model, or it is not fitted.
        SelfCheckError
            If the compiled form disagrees with the model's own ``predict``.
        BadInputError, TheoryError
            If an argument does not fit the model.
        SetupLimitError
            If the model was not compiled and checked within `setup_limit`.
        """
        check, instance, background = truth_of(check, "check"), plain_rows(instance), plain_rows(background)
        if getattr(model, "bounds_later", False) and (features_type, background, ranges) == (None, None, None):
            return _bounded_later(
                model, instance, theory=theory, missing=missing, feature_names=feature_names, check=check,
                setup_limit=setup_limit,
            )  # fmt: skip
        began = time.perf_counter()
        with within_setup_limit(setup_limit), search_once():
            compiled = compiled_form(
                model, instance, missing=missing, feature_names=feature_names, background=background, voting=voting,
                features_type=features_type, ranges=ranges,
            )  # fmt: skip
            setup_step()
            explainer = _family_of(compiled)(
                model, instance, features_type, theory=theory, missing=missing, feature_names=feature_names,
                background=background, check=check, voting=voting, compiled=compiled, ranges=ranges,
            )  # fmt: skip
        LOG.info("compiled and checked in %.3f s: %r", time.perf_counter() - began, explainer)
        return explainer

    __signature__ = signature(initialize)  # what ``help`` shows, and completion
    decision_tree = random_forest = boosted_trees = initialize  # its published names for one family each


def _bounded_later(model: Any, instance: Any, **how: Any) -> AnyExplainer:
    """Return the explainer of a linear model whose bounds are told later: it answers as a BoostedExplainer then."""
    from .bounded import BoundedLater

    def made(row: Any, ranges: Any) -> BoostedExplainer:
        return cast("BoostedExplainer", Explainer.initialize(model, row, ranges=ranges, **how))

    return cast("BoostedExplainer", BoundedLater(model, instance, made))


def _family_of(compiled: object) -> type[AnyExplainer]:
    """Return the class that explains a model; raise UnsupportedModelError for a form that no family takes."""
    if isinstance(compiled, CompiledMultiLabel):
        from .multilabel.explainer import MultiLabelExplainer

        return MultiLabelExplainer
    if isinstance(compiled, CompiledTree):
        from .tree.explainer import TreeExplainer

        return TreeExplainer
    if not isinstance(compiled, CompiledEnsemble):
        raise UnsupportedModelError(
            f"the model was compiled to a {type(compiled).__name__}, which no explainer takes: expected a "
            "CompiledTree, CompiledEnsemble or CompiledMultiLabel from its encoder;\nanother form needs a family of "
            "its own (docs/architecture.md)"
        )
    if compiled.circuit is not None:
        from .forest.composed import ComposedExplainer

        return ComposedExplainer
    if compiled.regression or compiled.voting == "boosted":
        from .boosted.explainer import BoostedExplainer

        return BoostedExplainer
    from .forest.explainer import ForestExplainer

    return ForestExplainer


_FAMILIES = {
    "TreeExplainer": ".tree.explainer",
    "ForestExplainer": ".forest.explainer",
    "BoostedExplainer": ".boosted.explainer",
    "ComposedExplainer": ".forest.composed",
    "MultiLabelExplainer": ".multilabel.explainer",
}


def family_named(name: str) -> type[AnyExplainer]:
    """Return a class of explainers by its name; raises FormatError for none."""
    if not isinstance(name, str) or name not in _FAMILIES:
        raise FormatError(f"family {shown(name)}: expected one of {', '.join(_FAMILIES)}")
    found: type[AnyExplainer] = getattr(import_module(_FAMILIES[name], __package__), name)
    return found

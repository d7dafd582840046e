"""The names that users call: ``Explainer`` and ``explain``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..encoders.catalog import search_once
from ..encoders.columns.rows import plain_rows
from ..engine.domain.theory import DEFAULT
from ..engine.given import truth_of
from ..engine.models import CompiledEnsemble, CompiledModel
from ..engine.models.multilabel import CompiledMultiLabel
from ..engine.setup_limit import setup_step, within_setup_limit
from .queries.preferences import Method
from .session.domain import AUTO
from .session.session import BaseExplainer, compiled_form

if TYPE_CHECKING:  # a family is loaded when its first explainer is made
    from .forest.explainer import ForestExplainer
    from .multilabel.explainer import MultiLabelExplainer
    from .tree.explainer import TreeExplainer


class Explainer:
    """Makes explainers, and holds the constants of their calls."""

    ALL: ClassVar[None] = None
    TIMEOUT: ClassVar[int] = BaseExplainer.TIMEOUT
    DEFAULT = DEFAULT
    MINIMAL = Method.MINIMAL
    WEIGHTS = Method.WEIGHTS
    INCLUSION_PREFERRED = Method.INCLUSION_PREFERRED
    FEATURE_IMPORTANCE = Method.FEATURE_IMPORTANCE
    SHAPLEY = Method.SHAPLEY
    WORD_FREQUENCY = Method.WORD_FREQUENCY

    @staticmethod
    def initialize(
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
        ranges: Mapping[Any, Any] | None = None,
        setup_limit: float | None = None,
    ) -> TreeExplainer | ForestExplainer | MultiLabelExplainer:
        """Return the explainer of a model.

        Parameters
        ----------
        model, instance, features_type, theory, missing, feature_names, background, check, voting, ranges
            See ``BaseExplainer``.
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
        with within_setup_limit(setup_limit), search_once():
            compiled = compiled_form(
                model, instance, missing=missing, feature_names=feature_names, background=background, voting=voting,
                features_type=features_type,
            )  # fmt: skip
            setup_step()
            return _family_of(compiled)(
                model, instance, features_type, theory=theory, missing=missing, feature_names=feature_names,
                background=background, check=check, voting=voting, compiled=compiled, ranges=ranges,
            )  # fmt: skip


def _family_of(
    compiled: CompiledModel | CompiledMultiLabel,
) -> type[TreeExplainer] | type[ForestExplainer] | type[MultiLabelExplainer]:
    """Return the class that explains a model."""
    if isinstance(compiled, CompiledMultiLabel):
        from .multilabel.explainer import MultiLabelExplainer

        return MultiLabelExplainer
    if not isinstance(compiled, CompiledEnsemble):
        from .tree.explainer import TreeExplainer

        return TreeExplainer
    if compiled.regression or compiled.voting == "boosted":
        from .boosted.explainer import BoostedExplainer

        return BoostedExplainer
    from .forest.explainer import ForestExplainer

    return ForestExplainer

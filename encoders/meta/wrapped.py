"""Models that predict what a model inside them does: searches for parameters, frozen models, selectors with a model.

The wrapper stays the user's model, and its own ``predict`` is asked; everything else is told by the model inside. A
pipeline that ends with a wrapper, or with a pipeline, is the same as one that ends with what is inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledModel
from ...engine.models.around import around_of
from ..catalog import find
from ..encoder import Names, class_in
from .members import Members
from .nesting import asking, behind_steps, is_pipeline, last_of

TAKEN = "GridSearchCV and its kin, FrozenEstimator, SelfTrainingClassifier, RFE, RFECV"
_INSIDE = {  # class of scikit-learn -> attributes with the fitted model, the name of an older version after the new one
    "BaseSearchCV": ("best_estimator_",),
    "FrozenEstimator": ("estimator",),
    "SelfTrainingClassifier": ("estimator_", "base_estimator_"),
    "RFE": ("estimator_",),
}
_ELSEWHERE = "best_estimator_"  # of searches of other libraries


def _attributes(model: Any) -> tuple[str, ...]:
    """Return where a wrapper holds the model that it asks; empty for other models."""
    known = class_in(model, "sklearn", _INSIDE)
    if known:
        return _INSIDE[known]
    if type(model).__module__.partition(".")[0] in ("sklearn", "suffice") or isinstance(model, type):
        return ()
    other = getattr(model, _ELSEWHERE, None) is not None and callable(getattr(model, "predict", None))
    return (_ELSEWHERE,) if other else ()


def accepts(model: Any) -> bool:
    """Tell whether `model` is a wrapper, or a pipeline that ends with one or with a pipeline (fitted or not)."""
    if is_pipeline(model):
        last = model.steps[-1][1]
        return is_pipeline(last) or bool(_attributes(last))
    return bool(_attributes(model))


def inside(model: Any) -> Any:
    """Return the model that predicts the same.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError
        If a wrapper is not fitted, or threw its models away.
    """
    last = last_of(model)
    attributes = _attributes(last)
    if not attributes:  # a pipeline in a pipeline
        return behind_steps(model, last)
    inner = next((found for name in attributes if (found := getattr(last, name, None)) is not None), None)
    if inner is None:
        raise _absent(last, attributes[0])
    if class_in(last, "sklearn", ("RFE",)):
        return behind_steps(model, _behind_selector(last, inner))
    return behind_steps(model, inner)


def plain(model: Any) -> Any:
    """Return a model without the wrappers around it, itself where nothing is fitted inside."""
    while accepts(model):
        model = inside(model)
    return model


def estimators_of(model: Any) -> list[Any]:
    """Return the models that a model made of several asks, behind the steps before it, without wrappers around them.

    Raises
    ------
    NotFittedModelError
        If it is not fitted.
    """
    last = last_of(model)
    if not hasattr(last, "estimators_"):
        raise NotFittedModelError(f"{type(last).__name__} is not fitted: call fit(X, y) before explaining it")
    return [plain(behind_steps(model, one)) for one in last.estimators_]


def _behind_selector(selector: Any, inner: Any) -> Any:
    from sklearn.pipeline import Pipeline

    return behind_steps(Pipeline([("selector", selector), ("model", inner)]), inner)


def _absent(wrapper: Any, attribute: str) -> Exception:
    """Return the error for a wrapper without a fitted model."""
    name = type(wrapper).__name__
    if attribute == _ELSEWHERE and getattr(wrapper, "refit", True) is False:
        return UnsupportedModelError(
            f"{name} has refit=False, so that it keeps no model: call fit(X, y) with refit=True, or fit its estimator "
            "with best_params_ and hand that over"
        )
    return NotFittedModelError(f"{name} is not fitted: call fit(X, y) before explaining it")


def compile_model(
    model: Any,
    *,
    names: Names | None = None,
    missing: frozenset[int] = frozenset(),
    voting: str = "soft",
    types: Mapping[str, Any] | None = None,
    dtypes: tuple[str, ...] | None = None,
    output: int | None = None,
    rows_show: Mapping[int, Sequence[Any]] | None = None,
) -> CompiledModel:
    """Compile the model inside a wrapper.

    Parameters
    ----------
    model : a wrapper, or a pipeline that ends with one
        Fitted.
    names, missing, voting, types, dtypes, output, rows_show
        As of the model inside.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError
        If there is no fitted model inside, or it is not taken.
    """
    found = find(asking(inside(model), model))
    if names is None and found.own_names() is None:
        names = _MEMBERS.own_names(model)  # which the wrapper kept to itself
    compiled = found.compile(
        feature_names=names, missing=missing, voting=voting, features_type=types, dtypes=dtypes, output=output,
        rows_show=rows_show,
    )  # fmt: skip
    around = around_of(compiled)
    if around is not None:
        standing: CompiledModel = around.stand_for(model).near(None)
        return standing
    return replace(compiled, source=model)


def takes_voting(model: Any) -> bool:
    """Tell whether the trees of the model inside could vote."""
    return find(inside(model)).takes_voting


def outputs(model: Any) -> Names:
    """Return the names of the numbers that the model inside predicts, if they are several."""
    found = find(inside(model))
    return found.traits.outputs(found.model)


def shows(model: Any) -> tuple[int, ...]:
    """Return the columns of categories of which the model inside knows numbers only."""
    found = find(inside(model))
    return found.traits.shows(found.model)


_MEMBERS = Members(lambda model: [inside(model)])
column_names, takes_missing = _MEMBERS.column_names, _MEMBERS.takes_missing
TRAITS = _MEMBERS.traits(takes_voting=takes_voting, outputs=outputs, inside=inside, shows=shows)

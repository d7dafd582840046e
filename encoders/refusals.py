"""Why a model is not taken, and the way out: the model inside a wrapper, a surrogate, another call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..engine.errors import UnsupportedModelError, shown

TAKEN = (
    "taken are trees, forests and boosted trees (scikit-learn, XGBoost, LightGBM, CatBoost, interpret, ONNX), linear "
    "models, naive Bayes, pipelines that end with one (docs/models.md)"
)
_EVERYWHERE = ("base_model", "best_model_")  # where wrappers of other libraries hold a fitted model
_TEXTS = "keeps its rules as texts, which a library of tables evaluates; Builder.RuleSet and RuleList say rules exactly"
_OWN_RULE = {
    "SkopeRulesClassifier": _TEXTS,
    "RuleFitClassifier": _TEXTS,
    "RuleFitRegressor": _TEXTS,
    "BayesianRuleListClassifier": _TEXTS,
    "OneVsOneClassifier": "lets models of two classes vote",
    "OutputCodeClassifier": "decodes the outputs of several models",
    "CVBooster": "is made of several Boosters (boosters), each of which may be explained by itself",
}
_TOLD = {
    **dict.fromkeys(
        ("SelectFromModel", "SequentialFeatureSelector"),
        "it chooses columns; hand over a pipeline of it and a model",
    ),
    "AdaBoostRegressor": "it predicts a weighted median, so that a question is about an interval; hand over "
    "suffice.Between(model, lower, upper)",
    "MultiOutputRegressor": "it predicts several numbers, and a question is about one of them; hand over "
    "suffice.Output(model, 'y1')",
}
_VALUES = {
    "NoneType": "is None", "ndarray": "is an array", "DataFrame": "is a data frame", "Series": "is a column or row",
    "dict": "is a dictionary", "bytearray": "is the content of a file",
}  # fmt: skip


def refusal(model: Any, accepted: Callable[[Any], bool]) -> UnsupportedModelError:
    """Return the error for what no encoder takes.

    Parameters
    ----------
    model : object
        What stands in the place of a model.
    accepted : callable
        Whether an encoder takes a model.
    """
    value = value_refusal(model)
    if value:
        return UnsupportedModelError(f"{value}: expected a fitted model;\n{TAKEN}")
    return UnsupportedModelError(f"{_named(model)} is not taken: {way_out(model, accepted)};\n{TAKEN}")


def value_refusal(model: Any) -> str:
    """Return what a thing is that is no model at all, and which call takes it; empty for other things."""
    kind = type(model)
    if kind.__name__ in _VALUES and kind.__module__.partition(".")[0] in ("builtins", "numpy", "pandas"):
        hint = {"bytearray": "; write it to a file and hand over its path", "NoneType": ""}
        return f"the model {_VALUES[kind.__name__]}{hint.get(kind.__name__, ': the model comes first, then the rows')}"
    if isinstance(model, Sequence) or (isinstance(model, Mapping) and kind.__module__ == "builtins"):
        return (
            f"the model is {shown(model, 40)}, a {kind.__name__}; for models of one label each use "
            "Builder.MultiLabel([...])"
        )
    if kind.__module__ == "builtins" and not callable(model):
        return f"the model is {shown(model, 40)}"
    return ""


def way_out(model: Any, accepted: Callable[[Any], bool]) -> str:
    """Return what to do with a model that is not taken."""
    name, module = type(model).__name__, type(model).__module__.partition(".")[0]
    if module == "suffice" and hasattr(model, "get_model"):
        return "it is an explainer already; its get_model() gives the model"
    if name in _OWN_RULE:
        return f"it {_OWN_RULE[name]}; {_surrogate(model)}"
    if name in _TOLD:
        return _TOLD[name]
    inside = _inside(model, accepted)
    if inside:
        return inside
    if module == "torch" or "Module" in _bases(model):
        return (
            "suffice.neural explains networks (CEM: what would change the answer); or "
            "SurrogateExplainer(function, rows, instance), with a function from rows to classes"
        )
    return _surrogate(model)


def _inside(model: Any, accepted: Callable[[Any], bool]) -> str:
    """Return how to hand over the model inside a wrapper; empty if there is none that is taken."""
    for attribute in _EVERYWHERE:
        inner = getattr(model, attribute, None)
        if inner is not None and accepted(inner):
            return f"hand over its {attribute}, a {type(inner).__name__}"
    return ""


def step_way_out(step: Any) -> str:
    """Return what to do with a pipeline that has a step before its last that is not taken."""
    texts = hasattr(step, "get_stop_words") or "Vectorizer" in type(step).__name__
    made = f"pipeline[:-1].transform(rows){'.toarray()' if texts else ''}"
    other = "" if texts else ", or use SurrogateExplainer(pipeline.predict, rows, instance)"
    return f"explain the last step, pipeline[-1], on what the others make of rows, {made}{other}"


def _surrogate(model: Any) -> str:
    """Return how a surrogate explains a model."""
    regressor = "RegressorMixin" in _bases(model) or type(model).__name__.endswith("Regressor")
    if (hasattr(model, "predict") or "ClassifierMixin" in _bases(model)) and not regressor:
        return "use SurrogateExplainer(model.predict, rows, instance) on the fitted model"
    if hasattr(model, "transform") and not regressor:
        return "it transforms rows and predicts nothing; hand over a pipeline that ends with a classifier"
    if not (regressor or callable(model) or type(model).__module__.partition(".")[0] in ("onnx", "onnxruntime")):
        return "it has no predict; hand over the fitted model itself"
    told = "tells on which side of a limit its prediction is" if regressor else "gives a class for each row"
    return f"use SurrogateExplainer(function, rows, instance), with a function that {told}"


def _named(model: Any) -> str:
    kind = type(model)
    if kind.__module__ == "builtins":
        return f"a {kind.__name__} ({shown(model, 60)})"
    return f"{kind.__name__} of {kind.__module__.partition('.')[0]}"


def _bases(model: Any) -> set[str]:
    return {kind.__name__ for kind in type(model).__mro__}

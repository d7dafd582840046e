"""LightGBM's models: the scikit-learn wrappers, Booster, and model texts."""

from __future__ import annotations

import functools
import importlib.util
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading
from ...engine.errors import BadInputError, FormatError, NotFittedModelError, UnsupportedModelError, shown
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.models.floats import Transform, first_float
from ...engine.quiet import quietly
from ...engine.setup_limit import each_in_time
from ..assembly.assemble import Categories, Table, assemble
from ..assembly.links import exp64, log1p_exp64, sigmoid64, signed_square64
from ..assembly.members import Member, Parts
from ..assembly.outputs import chosen, only, output_names
from ..assembly.replay import walked_predictions
from ..columns import as_libraries
from ..columns.rows import default_names
from ..encoder import Traits, class_in
from ..model_files import LIGHTGBM, content_at, file_name, is_path, library_of
from .blocks import REMEDY
from .files import ModelText, parse_text
from .trees import ZERO, categories_of, member_of_text

seen = as_libraries.lightgbm
_WRAPPERS = ("LGBMClassifier", "LGBMRegressor", "LGBMRanker")
_SEVERAL = ("multiclass", "multiclassova")
_EXPONENTIAL = ("poisson", "gamma", "tweedie")
_PLAIN = (
    "regression", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg", "custom", ""
)  # fmt: skip
TAKEN = "LGBMClassifier, LGBMRegressor, LGBMRanker, Booster of LightGBM or a file that it saved"


def _kind(model: Any) -> str:
    """Return the name of LightGBM's class that a model is of, "file" for a path; empty if it is none of them."""
    if is_path(model):
        return "file" if library_of(model) == LIGHTGBM else ""
    return class_in(model, "lightgbm", (*_WRAPPERS, "Booster"))


def accepts(model: Any) -> bool:
    """Tell whether `model` is a model of LightGBM (fitted or not) or the path of a model text."""
    return bool(_kind(model))


def takes_missing(model: Any) -> bool:
    """Tell that LightGBM takes missing values everywhere."""
    return True


def categories(model: Any) -> dict[int, Categories]:
    """Return the columns of categories."""
    text = _text(model)
    if not any((tree.decision & 1).any() for tree in text.trees):
        return {}
    where = _named(model)
    return categories_of(text, compiled_members(text, where), where)


def outputs(model: Any) -> tuple[str, ...]:
    """Return the names of the numbers that ``predict`` gives where it decides for no class: sums of several groups."""
    text = _text(model)
    return output_names(text.number("num_tree_per_iteration")) if _gives_numbers(model, text) else ()


def _gives_numbers(model: Any, text: ModelText) -> bool:
    """Tell whether ``predict`` gives numbers, such as the sums of a custom objective, from which no class is told."""
    if _kind(model) == "LGBMClassifier":
        return callable(model.objective_)
    return _kind(model) in _WRAPPERS or _objective(text)[0] not in (*_SEVERAL, "binary")


def as_seen(table: Any) -> Any:
    """Return a matrix or frame as LightGBM reads it: what is neither float32 nor float64 becomes float32.

    A frame becomes a matrix of the dtype that holds all of its columns and float32. Only numbers of dense matrices that
    are as small as `ZERO` are read as 0: in a sparse one that border itself lies below 0.
    """
    if hasattr(table, "toarray"):
        table = table.astype(np.float64)
        table.data[table.data == -ZERO] = np.nextafter(-ZERO, -np.inf)
        return table
    if hasattr(table, "dtypes"):
        return table.to_numpy(np.result_type(*(dtype.type for dtype in table.dtypes), np.float32))
    if table.dtype == object:  # scikit-learn's checks come first
        return table.astype(np.float64)
    return table if table.dtype in (np.float32, np.float64) else table.astype(np.float32)


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names of the columns that a model was trained on, None if they had none."""
    if _kind(model) == "file":
        names = _text(model).header["feature_names"].split(" ")
    else:
        names = _booster(model).feature_name()
    unnamed = all(name == f"Column_{i}" for i, name in enumerate(names))
    return None if unnamed else tuple(str(name) for name in names)


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a model was trained on, f1, f2, … if they had none."""
    names = own_names(model)
    if names is not None:
        return names
    return default_names(
        _text(model).number("max_feature_idx") + 1 if is_path(model) else _booster(model).num_feature()
    )


def is_fitted(model: Any) -> bool:
    """Tell whether `model` was fitted."""
    return _kind(model) in ("file", "Booster") or bool(model.__sklearn_is_fitted__())


def check_fitted(model: Any) -> None:
    """Raise an error if the model is not fitted, or stops early when it predicts."""
    if not is_fitted(model):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")
    if _kind(model) in _WRAPPERS and model.get_params().get("pred_early_stop"):
        raise UnsupportedModelError(
            f"{type(model).__name__} has pred_early_stop=True, so that it leaves out trees row by row: expected all "
            "trees; leave it out"
        )


def single_job(model: Any) -> Any:
    """Return the model: its sums do not depend on the number of jobs."""
    return model


def _named(model: Any) -> str:
    return file_name(model) if is_path(model) else type(model).__name__


def _booster(model: Any) -> Any:
    check_fitted(model)
    return model if _kind(model) == "Booster" else model.booster_


def _text(model: Any) -> ModelText:
    """Return what a model says of itself, up to its best iteration."""
    if not is_path(model):
        return _parsed(_booster(model).model_to_string(), type(model).__name__)
    text: ModelText = content_at(model, _file_at)[0]
    return text


@functools.lru_cache(maxsize=1)  # it is asked for the categories, then for the trees
def _parsed(text: str, where: str) -> ModelText:
    return parse_text(text, where)


@functools.lru_cache(maxsize=2)
def _file_at(path: str, _time: int, _size: int) -> tuple[ModelText, Any]:
    """Return what a file says, and the library's model; None where the library is not installed."""
    where = file_name(path)
    with open(path, "rb") as stream:
        content = stream.read()
    try:
        told = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"{where} is no text in UTF-8 ({error.reason} at byte {error.start}): {REMEDY}") from None
    text = parse_text(told, where)
    compiled_members(text, where)  # the library trusts a file: it must not see nodes that make no tree
    if importlib.util.find_spec("lightgbm") is None:
        return text, None
    import lightgbm

    try:
        booster = lightgbm.Booster(model_str=told)
        booster.predict(np.zeros((1, text.number("max_feature_idx") + 1)))
        return text, booster
    except Exception as error:  # of the library or of its bindings: of whatever class
        raise FormatError(f"{where} is refused by LightGBM ({shown(str(error), 80)}): {REMEDY}") from None


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    output: int | None = None,
) -> CompiledEnsemble:
    """Compile a fitted model of LightGBM, or a text that ``save_model`` wrote.

    Parameters
    ----------
    model : LGBMClassifier, LGBMRegressor, LGBMRanker, Booster, str or Path
        It goes by its best iteration, as its ``predict`` does.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.
    output : int, optional
        Of several numbers (a custom objective of several sums): the place of the one that is compiled.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, FormatError, BadInputError
        If it is not fitted, of another kind, damaged, names do not fit, or none of several numbers is chosen.

    Notes
    -----
    Numbers are read as float64, leaves are added in float64 in the order of the trees. Two classes: the second one
    where its probability is greater than 1 minus it; more: the first greatest probability. For a Booster, whose
    ``predict`` gives probabilities, the classes are 0, 1, …. A classifier with a custom objective predicts its sums,
    numbers; so does a Booster. Classes one against the rest have a probability each, which rounding may make equal: see
    ``_apart``. In columns of categories negative numbers are missing
    values, and so are values that the frame of the training did not have.
    """
    check_fitted(model)
    text, where = _text(model), _named(model)
    parts = _parts(model, text, output)
    count = text.number("max_feature_idx") + 1
    own = own_names(model)
    table = Table(
        names or own or default_names(count),
        own,
        categories_of(text, parts.members, where),
        absent=0.0,
        seen=seen,
    )
    table.check(count, missing, model)
    return assemble(parts, table, missing, _own_predict(model, parts, table, output), model)


def parts_of(model: Any, voting: str = "soft", output: int | None = None) -> Parts:
    """Return the trees of a fitted model and how their values are added."""
    check_fitted(model)
    return _parts(model, _text(model), output)


def _parts(model: Any, text: ModelText, output: int | None = None) -> Parts:
    where = _named(model)
    name, options = _objective(text)
    groups = text.number("num_tree_per_iteration")
    members = compiled_members(text, where)
    divisor = len(members) / groups if "average_output" in text.header else 1.0
    parts = Parts(members, np.zeros(groups), divisor, (), "value", reading=Reading.FLOAT64)
    if _gives_numbers(model, text):
        place = chosen(model, output_names(groups), output)
        parts = replace(parts, transform=_transform(name, options, where))
        return only(parts, place) if groups > 1 else parts
    if groups > 1 and name not in _SEVERAL:
        raise UnsupportedModelError(
            f"{where} has objective={name or 'none'!r} for {groups} classes: expected one of {', '.join(_SEVERAL)}; "
            "fit it with one of these"
        )
    return _classifier(model, parts, name, options)


def _objective(text: ModelText) -> tuple[str, dict[str, str]]:
    """Return the objective of a text and its options."""
    words = text.header.get("objective", "").split()
    pairs = (word.partition(":") for word in words[1:])
    return (words[0] if words else ""), {key: value for key, _, value in pairs}


def slope_of(model: Any) -> float:
    """Return by what a model of two classes multiplies its sums before it takes the logistic function of them."""
    return float(_objective(_text(model))[1].get("sigmoid", 1.0))


def compiled_members(text: ModelText, where: str) -> tuple[Member, ...]:
    """Return the trees of a text.

    Raises
    ------
    FormatError, BadInputError
        If nodes make no tree, or trees are missing.
    """
    groups, count = text.number("num_tree_per_iteration"), text.number("max_feature_idx") + 1
    if len(text.trees) % groups:
        raise BadInputError(f"{where} has {len(text.trees)} trees for {groups} classes; save the model again")
    return tuple(
        member_of_text(tree, t % groups, groups, count, f"tree {t} of {where}")
        for t, tree in enumerate(each_in_time(text.trees))
    )


def _classifier(model: Any, parts: Parts, name: str, options: dict[str, str]) -> Parts:
    """Return the parts of a classifier; it decides by the probabilities that LightGBM makes of the sums."""
    groups = len(parts.base)
    wrapped = _kind(model) == "LGBMClassifier"
    classes = label_tuple(np.asarray(model.classes_)) if wrapped else tuple(range(max(2, groups)))
    decided = replace(parts, classes=classes, voting="boosted")
    slope = float(options.get("sigmoid", 1.0))
    if groups > 1:
        return _apart(decided, slope) if name == "multiclassova" else replace(decided, link="softmax64")
    if len(classes) == 1:
        return replace(decided, threshold=float("inf"))
    shares = (lambda sums: sigmoid64(sums, slope)) if name == "binary" else _transform(name, options, _named(model))

    def second(sums: F64) -> NDArray[np.bool_]:
        with np.errstate(over="ignore"):
            share = sums if shares is None else shares(sums)
        return share > 1.0 - share

    return replace(decided, threshold=first_float(second, False))


def _apart(parts: Parts, slope: float) -> Parts:
    """Return a classifier of one against the rest: the first class with the greatest ``1 / (1 + exp(-slope * sum))``.

    Two sums that are near to each other may have the same number: it is rounded to steps of u (for sums below 0 in
    proportion to it), a few of which the exponential may be off, and it rises by at least ``exp(-slope * sum) / 4`` of
    what the sums do. So `slack` is a quarter of the distance from which on the numbers are surely apart.
    """
    leaves = np.array([(m.values.max(axis=0), m.values.min(axis=0)) for m in parts.members]).sum(axis=0) / parts.divisor
    most, least = max(0.0, float(leaves[0].max())), max(0.0, -float(leaves[1].min()))
    distance = 64 * 2.0**-53 * (math.exp(min(slope * most, 700.0)) + slope * least + 1.0) / slope
    return replace(parts, slack=min(distance, most + least + 1.0) / 4.0)


SINGLE = False  # the probabilities are float64 numbers


def probability_of(model: Any) -> Callable[[F64], F64]:
    """Return what a fitted classifier of two classes makes of its sums: the probability of the second one."""
    text = _text(model)
    name, options = _objective(text)
    if "average_output" in text.header or name != "binary":
        raise UnsupportedModelError(
            f"{_named(model)} has objective={name or 'custom'!r} or averages its trees, so that its scores are others "
            "than those of boosting: expected objective='binary' and boosting_type='gbdt' or 'dart'"
        )
    slope = float(options.get("sigmoid", 1.0))

    def share(sums: F64) -> F64:
        with np.errstate(over="ignore"):
            return sigmoid64(sums, slope)

    return share


def _transform(name: str, options: dict[str, str], where: str) -> Transform | None:
    """Return what a regressor makes of its sums; None if nothing."""
    if name in _EXPONENTIAL:
        return exp64
    if name == "cross_entropy":
        return functools.partial(sigmoid64, slope=1.0)
    if name == "cross_entropy_lambda":
        return log1p_exp64
    if name not in _PLAIN:
        raise UnsupportedModelError(
            f"{where} has objective={name!r}: expected 'binary', 'multiclass', 'multiclassova', 'cross_entropy', "
            f"'cross_entropy_lambda', {', '.join(map(repr, (*_EXPONENTIAL, *_PLAIN[:-2])))}"
        )
    return signed_square64 if "sqrt" in options else None


def _own_predict(model: Any, parts: Parts, table: Table, output: int | None) -> Callable[[F64], NDArray[Any]]:
    """Return the library's own ``predict`` on matrices; for a file without the library, a walk over its trees."""
    source = content_at(model, _file_at)[1] if is_path(model) else model
    if source is None:
        return lambda matrix: walked_predictions(parts, table.values_of(matrix))

    plain = _kind(model) in _WRAPPERS or parts.voting == "value"

    def predict(matrix: F64) -> NDArray[Any]:
        with quietly("(?s).*(feature names|Cannot compute class probabilities).*"):
            said: NDArray[Any] = np.asarray(source.predict(table.values_of(matrix)))
        if plain:
            return said if output is None else said[:, output]
        if said.ndim > 1:
            return np.asarray(said.argmax(axis=1))
        return (said > 1.0 - said).astype(np.intp)

    return predict


TRAITS = Traits(own_names=own_names, categories=categories, seen=seen, outputs=outputs)

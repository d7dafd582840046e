"""XGBoost's models: the scikit-learn wrappers, Booster, and model files."""

from __future__ import annotations

import functools
import importlib.util
import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading
from ...engine.errors import FormatError, NotFittedModelError, UnsupportedModelError, shown
from ...engine.models import CompiledEnsemble
from ...engine.models.floats import first_float
from ...engine.setup_limit import each_in_time
from ..assembly.assemble import Table, assemble
from ..assembly.holes import with_hole
from ..assembly.members import Member, Parts
from ..assembly.outputs import chosen, only, output_names
from ..assembly.replay import walked_predictions
from ..columns import as_libraries
from ..columns.rows import default_names
from ..encoder import Traits, class_in
from ..model_files import XGBOOST, content_at, file_name, is_path, library_of
from .files import REMEDY, read_model
from .trees import LINKS, XGBoostTrees, trees_of

seen = as_libraries.xgboost
_CLASSIFIERS = ("XGBClassifier", "XGBRFClassifier")
_REGRESSORS = ("XGBRegressor", "XGBRFRegressor", "XGBRanker")
TAKEN = "XGBClassifier, XGBRegressor, XGBRFClassifier, XGBRFRegressor, XGBRanker, Booster or a file that it saved"


def _kind(model: Any) -> str:
    """Return the name of XGBoost's class that a model is of, "file" for a path; empty if it is none of them."""
    if is_path(model):
        return "file" if library_of(model) == XGBOOST else ""
    return class_in(model, "xgboost", (*_CLASSIFIERS, *_REGRESSORS, "Booster"))


def accepts(model: Any) -> bool:
    """Tell whether `model` is a model of XGBoost (fitted or not) or the path of a file in its formats."""
    return bool(_kind(model))


def takes_missing(model: Any) -> bool:
    """XGBoost takes missing values everywhere."""
    return True


def absent(model: Any) -> float:
    """Return what is read for the entries that a sparse matrix leaves out: a missing value."""
    return math.nan


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names of the columns that a model was trained on, None if they had none."""
    if _kind(model) == "file":
        return _file(model).names
    names = _booster(model).feature_names
    return None if names is None else tuple(str(name) for name in names)


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a model was trained on, f1, f2, … if they had none."""
    count = _file(model).n_features if _kind(model) == "file" else int(_booster(model).num_features())
    return own_names(model) or default_names(count)


def is_fitted(model: Any) -> bool:
    """Tell whether `model` was fitted."""
    return _kind(model) in ("file", "Booster") or bool(model.__sklearn_is_fitted__())


def check_fitted(model: Any) -> None:
    """Raise an error if the model is not fitted."""
    if not is_fitted(model):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")


def hole(model: Any) -> float | None:
    """Return the number that a wrapper takes for a missing value as well, if any, as the float32 that is compared."""
    missing = getattr(model, "missing", None)
    if missing is None or np.isnan(missing):
        return None
    with np.errstate(over="ignore"):
        return float(np.float32(missing))


def _targets(model: Any) -> int:
    """Return for how many numbers or labels a fitted model was trained."""
    if _kind(model) == "file":
        return _file(model).targets
    config = json.loads(_booster(model).save_config())
    return max(1, int(config["learner"]["learner_model_param"].get("num_target", 1)))


def outputs(model: Any) -> tuple[str, ...]:
    """Return the names of the numbers that a fitted model predicts, y1, y2, …, if they are several."""
    return () if _kind(model) in _CLASSIFIERS else output_names(_targets(model))


def labels_of(model: Any) -> int:
    """Return how many labels a model predicts at once; 0 for all but a fitted classifier of several labels."""
    if not (class_in(model, "xgboost", _CLASSIFIERS) and is_fitted(model)):
        return 0
    count = _targets(model)
    return count if count > 1 else 0


def single_job(model: Any) -> Any:
    """Return the model: its sums do not depend on the number of jobs."""
    return model


def _booster(model: Any) -> Any:
    check_fitted(model)
    if _kind(model) != "Booster":
        return model.get_booster()
    try:
        rounds = int(model.num_boosted_rounds())
    except ValueError:  # it was neither trained nor loaded
        rounds = 0
    if rounds == 0:
        raise NotFittedModelError("the Booster has no trees: train it with at least one round")
    return model


def _dump(model: Any) -> XGBoostTrees:
    """Return what a model says of itself."""
    if _kind(model) == "file":
        return _file(model)
    name = type(model).__name__
    return trees_of(read_model(bytes(_booster(model).save_raw("ubj")), name), name)


def _file(path: Any) -> XGBoostTrees:
    """Return what a model file says."""
    trees: XGBoostTrees = content_at(path, _file_at)[0]
    return trees


@functools.lru_cache(maxsize=2)
def _file_at(path: str, _time: int, _size: int) -> tuple[XGBoostTrees, Any]:
    """Return what a file says, and the library's model; None where the library is not installed."""
    where = file_name(path)
    with open(path, "rb") as stream:
        content = stream.read()
    trees = trees_of(read_model(content, where), where, trusted=False)
    if importlib.util.find_spec("xgboost") is None:
        return trees, None
    import xgboost

    try:
        booster = xgboost.Booster(model_file=bytearray(content))
        row = xgboost.DMatrix(np.full((1, trees.n_features), np.nan, np.float32), feature_types=booster.feature_types)
        booster.predict(row, validate_features=False)  # some parameters are looked at only then
        return trees, booster
    except Exception as error:  # of the library or of its bindings: of whatever class
        raise FormatError(f"{where} is refused by XGBoost ({shown(_reason(error), 80)}): {REMEDY}") from None


def _reason(error: Exception) -> str:
    """Return what XGBoost says, without the place in its source and the stack."""
    lines = [line.rpartition("Error: ")[2] for line in str(error).splitlines() if line.strip()]
    return next(iter(lines), type(error).__name__)


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    output: int | None = None,
) -> CompiledEnsemble:
    """Compile a fitted model of XGBoost, or a file that ``save_model`` wrote.

    Parameters
    ----------
    model : XGBClassifier, XGBRegressor, XGBRFClassifier, XGBRFRegressor, XGBRanker, Booster, str or Path
        With trees (``gbtree`` or ``dart``). A wrapper goes by its best iteration, as its ``predict``
        does; a Booster and a file by all rounds.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.
    output : int, optional
        Of several targets (numbers, or labels of a classifier): the place of the one that is compiled.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, FormatError, BadInputError
        If it is not fitted, of another kind, damaged, names do not fit, or none of several targets is chosen.

    Notes
    -----
    Numbers are read as float32 and margins are float32 sums, from the base margin on, in the order of the trees. A
    wrapper decides for class 1 if its float32 prediction is above 0.5, for the first greatest of several float32
    probabilities otherwise. A Booster's ``predict`` gives no classes: for ``binary`` objectives class 1 is predicted
    where its number is above 0.5 (for ``binary:logitraw``: where the margin is above 0). The number that a wrapper
    takes for missing (``missing=-999``) is a cell of its own.
    """
    check_fitted(model)
    dump = _dump(model)
    parts = _parts(model, dump, output)
    own = None if dump.names is None else tuple(dump.names)
    table = Table(names or own or default_names(dump.n_features), own, dump.categories, absent=math.nan, seen=seen)
    table.check(dump.n_features, missing, model)
    cut = 0.0 if dump.objective == "binary:logitraw" else 0.5
    return assemble(parts, table, missing, _own_predict(model, parts, table, cut, output), model)


def parts_of(model: Any, voting: str = "soft", output: int | None = None) -> Parts:
    """Return the trees of a fitted model and how their values are added."""
    check_fitted(model)
    return _parts(model, _dump(model), output)


def _parts(model: Any, dump: XGBoostTrees, output: int | None = None) -> Parts:
    kind = _kind(model)
    members = _weighted(dump, inplace=kind not in ("Booster", "file"))[: _tree_limit(model, dump)]
    parts = Parts(
        members, dump.base, 1.0, (), "value", single=True, transform=LINKS[dump.objective][1],
        reading=Reading.FLOAT32, below=True,
    )  # fmt: skip
    wrapped = kind in _CLASSIFIERS
    if dump.targets > 1:
        parts = only(parts, _target(model, dump, output))
    parts = _with_hole(model, parts, dump)
    if not wrapped and (kind in _REGRESSORS or dump.objective.partition(":")[0] not in ("binary", "multi")):
        if len(parts.base) > 1:
            raise UnsupportedModelError(
                f"{_named(model)} predicts {len(dump.base)} numbers: expected one; fit a model for each"
            )
        return parts
    if len(parts.base) == 1:
        return replace(parts, classes=(0, 1), voting="boosted", threshold=_threshold(dump, wrapped), transform=None)
    soft = dump.objective != "multi:softmax"
    if wrapped and soft and len(dump.base) == 2:
        raise UnsupportedModelError(
            f"{_named(model)} has objective={dump.objective!r} with two classes, for which its predict gives a matrix: "
            "expected 'binary:logistic'"
        )
    classes = tuple(range(len(dump.base)))
    return replace(parts, classes=classes, voting="boosted", link="softmax32" if soft else "identity", transform=None)


def _with_hole(model: Any, parts: Parts, dump: XGBoostTrees) -> Parts:
    """Return the trees so that the number that a wrapper takes for missing goes where missing values go."""
    number = hole(model)
    if number is None:
        return parts
    for column, known in dump.categories.items():
        if (known.values == number).any():
            name = dump.names[column] if dump.names else f"f{column + 1}"
            raise UnsupportedModelError(
                f"{_named(model)} has missing={model.missing:g}, which is also the number of a category of column "
                f"{name!r}: expected a number that is none; fit it with missing=numpy.nan"
            )
    members = tuple(with_hole(member, number, parts.reading) for member in each_in_time(parts.members))
    return replace(parts, members=members)


def _target(model: Any, dump: XGBoostTrees, output: int | None) -> int:
    """Return which of several targets is compiled."""
    if _kind(model) not in _REGRESSORS and dump.objective.startswith("binary") and output is None:
        raise UnsupportedModelError(
            f"{_named(model)} predicts {dump.targets} labels at once, by probabilities: expected one; hand over the "
            "XGBClassifier, whose labels are explained together"
        )
    return chosen(model, output_names(dump.targets), output)


SINGLE = True  # the probabilities are float32 numbers


def probability_of(model: Any) -> Callable[[F64], F64]:
    """Return what a fitted classifier of two classes makes of its margins: the probability of the second one."""
    link = LINKS[_dump(model).objective][1]
    return (lambda margins: margins) if link is None else link


def _named(model: Any) -> str:
    return file_name(model) if is_path(model) else type(model).__name__


def _threshold(dump: XGBoostTrees, wrapped: bool) -> float:
    """Return the least margin for which class 1 is predicted."""
    link = LINKS[dump.objective][1]
    if dump.objective == "binary:hinge" or (dump.objective == "binary:logitraw" and not wrapped):
        return first_float(lambda margins: margins > 0, True)
    return first_float(lambda margins: (margins if link is None else link(margins)) > 0.5, True)


def _tree_limit(model: Any, dump: XGBoostTrees) -> int:
    """Return the number of trees that ``predict`` goes by."""
    if _kind(model) in ("Booster", "file"):
        return len(dump.members)
    try:
        rounds = int(model.best_iteration) + 1
    except AttributeError:  # it was trained without early stopping
        return len(dump.members)
    return int(dump.first[min(rounds, len(dump.first) - 1)])


def _weighted(dump: XGBoostTrees, *, inplace: bool) -> tuple[Member, ...]:
    """Return the trees with what their leaves add to the margin.

    A DART model multiplies each leaf by the weight of its tree. The wrappers predict in place, where XGBoost adds the
    base margin to a leaf and subtracts it again beforehand: that rounds.
    """
    if dump.weights is None:
        return dump.members
    weighted = []
    for member, weight, group in zip(dump.members, dump.weights, dump.group.tolist(), strict=True):
        values = np.zeros_like(member.values)
        for k in range(values.shape[1]) if dump.vectors else (group,):
            told = member.values[:, k].astype(np.float32)
            if inplace:
                base = np.float32(dump.base[k])
                told = (base + told) - base
            values[:, k] = np.where(member.left < 0, weight * told, np.float32(0))
        weighted.append(replace(member, values=values))
    return tuple(weighted)


def _own_predict(
    model: Any, parts: Parts, table: Table, cut: float, output: int | None
) -> Callable[[F64], NDArray[Any]]:
    """Return the library's own ``predict`` on matrices; for a file without the library, a walk over its trees."""
    raw = _library_predict(model, parts, cut, output)
    if raw is None:
        return lambda matrix: walked_predictions(parts, table.values_of(matrix))
    answer = raw
    return lambda matrix: answer(table.values_of(matrix))


def _library_predict(model: Any, parts: Parts, cut: float, output: int | None) -> Callable[[F64], NDArray[Any]] | None:
    if _kind(model) not in ("Booster", "file"):

        def predict_wrapped(values: F64) -> NDArray[Any]:
            said = np.asarray(model.predict(values.astype(np.float32), validate_features=False))
            return said if output is None else said[:, output]

        return predict_wrapped
    booster = content_at(model, _file_at)[1] if is_path(model) else model
    if booster is None:
        return None

    def predict(values: F64) -> NDArray[Any]:
        import xgboost

        rows = xgboost.DMatrix(values.astype(np.float32), feature_types=booster.feature_types)
        said: NDArray[Any] = np.asarray(booster.predict(rows, validate_features=False))
        if output is not None:
            said = said[:, output]
        if parts.voting == "value":
            return said
        if said.ndim > 1:
            return np.asarray(said.argmax(axis=1))
        return said.astype(np.intp) if len(parts.base) > 1 else (said > cut).astype(np.intp)

    return predict


TRAITS = Traits(own_names=own_names, absent=absent, seen=seen, outputs=outputs)

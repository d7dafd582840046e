"""CatBoost's models: CatBoostClassifier, CatBoostRegressor, CatBoostRanker, CatBoost, and its files."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading
from ...engine.errors import BadInputError, FormatError, NotFittedModelError, UnsupportedModelError, shown
from ...engine.models import CompiledEnsemble
from ...engine.models.floats import Transform
from ..assembly.assemble import Categories, Table, assemble
from ..assembly.members import Member, Parts
from ..assembly.outputs import chosen, only, output_names
from ..assembly.replay import walked_predictions
from ..columns import as_libraries
from ..columns.rows import default_names
from ..encoder import Traits, class_in
from ..model_files import CATBOOST, content_at, file_name, is_binary, is_path, library_of
from .files import REMEDY, Content, names_of, read_model
from .library import loaded, saved
from .links import affine, cut_at, exponent, first_above, squared_exponent
from .trees import CatBoostTrees, trees_of

_CLASSIFIER = "CatBoostClassifier"
_NAMES = (_CLASSIFIER, "CatBoostRegressor", "CatBoostRanker", "CatBoost")
_SEVERAL = ("MultiLogloss", "MultiCrossEntropy")
_EXPONENTIAL = ("Poisson", "Tweedie")
_UNCERTAIN = "RMSEWithUncertainty"
TAKEN = "CatBoostClassifier, CatBoostRegressor, CatBoostRanker, CatBoost or a file that it saved"
Shown = Mapping[int, Iterable[Any]]


def _kind(model: Any) -> str:
    """Return the name of CatBoost's class that a model is of, "file" for a path; empty if it is none of them."""
    if is_path(model):
        return "file" if library_of(model) == CATBOOST else ""
    return class_in(model, "catboost", _NAMES)


def accepts(model: Any) -> bool:
    """Tell whether `model` is a model of CatBoost (fitted or not) or the path of a file in its formats."""
    return bool(_kind(model))


def takes_missing(model: Any) -> bool:
    """Tell that CatBoost takes missing numbers everywhere."""
    return True


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names of the columns that a model was trained on, None if they had none."""
    return _content(model).names if is_path(model) else names_of(_feature_names(model))


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a model was trained on, f1, f2, … if they had none."""
    count = _content(model).count if is_path(model) else len(_feature_names(model))
    return own_names(model) or default_names(count)


def shows(model: Any) -> tuple[int, ...]:
    """Return the columns of categories, which the model knows by numbers only."""
    if is_path(model):
        return _content(model).categories
    check_fitted(model)
    return tuple(int(column) for column in model.get_cat_feature_indices())


def outputs(model: Any) -> tuple[str, ...]:
    """Return the names of the numbers that a model predicts, where they are several."""
    if _kind(model) == _CLASSIFIER:
        return ()
    content = _content(model)
    return () if is_path(model) and content.labels is not None else output_names(len(content.bias))


def _feature_names(model: Any) -> list[str]:
    check_fitted(model)
    return [str(name) for name in model.feature_names_]


def is_fitted(model: Any) -> bool:
    """Tell whether `model` was fitted."""
    return _kind(model) == "file" or bool(model.is_fitted())


def check_fitted(model: Any) -> None:
    """Raise NotFittedModelError if the model is not fitted."""
    if not is_fitted(model):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")


def single_job(model: Any) -> Any:
    """Return the model: its sums do not depend on the number of jobs."""
    return model


def _named(model: Any) -> str:
    return file_name(model) if is_path(model) else type(model).__name__


def _content(model: Any) -> Content:
    """Return what a model says of itself."""
    if is_path(model):
        content: Content = content_at(model, _file_at)[0]
        return content
    check_fitted(model)
    for kind, words in ((model.get_text_feature_indices, "texts"), (model.get_embedding_feature_indices, "embeddings")):
        if kind():
            raise UnsupportedModelError(
                f"{_named(model)} has columns of {words}: expected numbers and categories; make numbers of them before "
                "the model"
            )
    return _parsed(saved(model), _named(model))


@functools.lru_cache(maxsize=1)  # it is asked for names, then for the trees
def _parsed(text: bytes, where: str) -> Content:
    return read_model(text, where)


@functools.lru_cache(maxsize=2)
def _file_at(path: str, _time: int, _size: int) -> tuple[Content, Any]:
    """Return what a file says, and the library's model; None where the library is not installed.

    CatBoost reads the decimals of its JSON files to within a unit in the last place: where it is installed, the numbers
    are those that it has read.
    """
    where = file_name(path)
    with open(path, "rb") as stream:
        content = stream.read()
    binary = is_binary(content)
    told = {} if binary else (own := read_model(content, where)).told
    if importlib.util.find_spec("catboost") is None:
        if binary:
            raise UnsupportedModelError(
                f"{where} is in CatBoost's binary format, which CatBoost itself reads: install catboost, or save the "
                'model with format="json"'
            )
        return own, None
    if not binary:
        trees_of(own, {}, where)  # which says what is wrong with it
    try:
        model = loaded(content, "cbm" if binary else "json")
        text = saved(model)
    except Exception as error:  # of the library or of its bindings: of whatever class
        raise FormatError(f"{where} is refused by CatBoost ({shown(str(error), 120)}): {REMEDY}") from None
    return replace(read_model(text, where), told=told), model


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    rows_show: Shown | None = None,
    output: int | None = None,
) -> CompiledEnsemble:
    """Compile a fitted model of CatBoost, or a file that ``save_model`` wrote as cbm or JSON.

    Parameters
    ----------
    model : CatBoostClassifier, CatBoostRegressor, CatBoostRanker, CatBoost, str or Path
        With one score, or one for each of several classes.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.
    rows_show : mapping from column to values, optional
        Values of columns of categories that rows show: a model knows only the numbers of their texts.
    output : int, optional
        The place of one of several numbers, see ``Traits.outputs``.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, FormatError, BadInputError
        If it is not fitted, of another kind, damaged, or names do not fit.

    Notes
    -----
    Numbers are read as float32, sums are float64 sums in the order of the trees; then they are multiplied by the scale,
    and the bias is added. Two classes: the second one where that is above 0 (above the logit of the model's probability
    threshold); more: the first greatest one. A regressor's ``predict`` gives the sum, its exponential for Poisson and
    Tweedie; that of the class ``CatBoost`` always gives the sum. A file is a classifier where it names classes, else a
    regressor. Categories are known by their hashes, see ``categories``.
    """
    content = _content(model)
    missing = _missing(missing, content, names or content.names or default_names(content.count))
    read = trees_of(content, rows_show or {}, _named(model), missing)
    parts = _parts(model, content, read, output)
    table = Table(
        names or content.names or default_names(content.count), content.names, dict[int, Categories](read.splits.cells),
        absent=0.0, seen=as_libraries.catboost(names, content.names, content.categories, content.count),
    )  # fmt: skip
    table.check(content.count, missing, model)
    compiled = assemble(parts, table, missing, _own_predict(model, parts, table, output), model)
    return replace(compiled, rows_show={column: tuple(values) for column, values in (rows_show or {}).items()})


def _missing(missing: frozenset[int], content: Content, names: tuple[str, ...]) -> frozenset[int]:
    """Return the columns that may be missing: numbers only, which is what `missing=True` means."""
    wrong = sorted(missing & set(content.categories))
    if wrong and len(missing) < content.count:
        raise BadInputError(
            f"missing values in {[names[c] for c in wrong]}: CatBoost takes none in columns of categories; write a "
            "text in their place, as in the training"
        )
    return missing - set(wrong)


def parts_of(model: Any, voting: str = "soft", output: int | None = None) -> Parts:
    """Return the trees of a fitted model and how their values are added.

    Raises
    ------
    UnsupportedModelError
        If it has columns of categories.
    """
    content = _content(model)
    if content.categories:
        raise UnsupportedModelError(
            f"{_named(model)} splits by categories (cat_features) inside a pipeline: expected numbers there; encode "
            "them in a step before it, or hand over the model alone"
        )
    return _parts(model, content, trees_of(content, {}, _named(model)), output)


def _parts(model: Any, content: Content, read: CatBoostTrees, output: int | None = None) -> Parts:
    kind, count = _kind(model), len(content.bias)
    parts = Parts(read.members, np.zeros(count), 1.0, (), "value", reading=Reading.FLOAT32)
    labels = content.labels
    if kind == _CLASSIFIER or (kind == "file" and labels is not None):
        return _classifier(model, content, *_folded(model, parts, content.scale))
    if count > 1 and output is None and labels is not None:
        raise UnsupportedModelError(
            f"the predict of {_named(model)} gives {count} numbers, one for each class: load it as a "
            "CatBoostClassifier (save_model, load_model), or hand over suffice.Output(model, 0)"
        )
    place = chosen(model, output_names(count), output)
    parts, scale = _folded(model, only(parts, place) if count > 1 else parts, content.scale)
    link = _link(kind, content.loss, place)
    if link is not None and is_path(model) and content_at(model, _file_at)[1] is None:
        raise UnsupportedModelError(f"{_named(model)} predicts CatBoost's own exponential: install catboost")
    return replace(parts, transform=affine(scale, content.bias[place], link))


def _link(kind: str, loss: str, place: int) -> Transform | None:
    """Return what ``predict`` makes of a number; None if nothing."""
    if kind not in ("CatBoostRegressor", "file"):
        return None
    if loss == _UNCERTAIN and place == 1:
        return squared_exponent
    return exponent if loss in _EXPONENTIAL else None


def _folded(model: Any, parts: Parts, scale: float) -> tuple[Parts, float]:
    """Return an ensemble multiplied by what of a scale keeps its sums exact, and the rest, which is not negative."""
    members, count = parts.members, len(parts.base)
    if count == 1:
        negative = tuple(replace(member, values=-member.values) for member in members) if scale < 0.0 else members
        return replace(parts, members=negative), abs(scale)
    if not (scale > 0.0 and np.frexp(scale)[0] == 0.5):
        raise UnsupportedModelError(
            f"{_named(model)} multiplies the sums of {count} classes by {scale!r}, whose rounding is not followed: "
            "expected 1, or another power of 2; call set_scale_and_bias(1, bias)"
        )
    return replace(parts, members=tuple(replace(one, values=one.values * scale) for one in members)), 1.0


def _classifier(model: Any, content: Content, parts: Parts, scale: float) -> Parts:
    """Return the parts of a classifier."""
    if content.loss in _SEVERAL:
        raise UnsupportedModelError(
            f"{_named(model)} has loss_function={content.loss!r}, which predicts several labels: expected 'Logloss', "
            "'CrossEntropy', 'MultiClass' or 'MultiClassOneVsAll'; fit a model for each label"
        )
    count = len(content.bias)
    labels = content.labels or tuple(range(max(2, count)))
    if count > 1:
        places = content.places or tuple(range(count))
        if len(places) != count or len(set(places)) < count or max(places) >= len(labels):
            raise FormatError(f"{_named(model)} has {count} scores for other classes: {REMEDY}")
        order = np.argsort(places)
        members = tuple(replace(one, values=np.ascontiguousarray(one.values[:, order])) for one in parts.members)
        if any(content.bias):
            members += (_constant(np.array(content.bias)[order]),)
        classes = tuple(labels[places[i]] for i in order.tolist())
        return replace(parts, members=members, classes=classes, voting="boosted")
    cut = _cut(model, content)
    threshold = first_above(cut, affine(scale, content.bias[0]))
    if len(labels) == 1:
        return replace(parts, classes=labels, voting="boosted", threshold=float("inf"))
    return replace(parts, classes=labels, voting="boosted", threshold=threshold)


def _cut(model: Any, content: Content) -> float:
    """Return the number above which the second class is predicted."""
    told = content.info.get("binclass_probability_threshold")
    try:
        return 0.0 if told is None else cut_at(float(told))
    except (TypeError, ValueError):
        raise FormatError(f"{_named(model)} has the probability threshold {shown(told, 30)}: {REMEDY}") from None


def _constant(values: F64) -> Member:
    """Return a tree of one leaf."""
    none = np.array([-1])
    return Member(none, none, none, np.zeros(1), np.zeros(1, np.bool_), values.reshape(1, -1))


def _own_predict(model: Any, parts: Parts, table: Table, output: int | None) -> Callable[[F64], NDArray[Any]]:
    """Return the library's own ``predict`` on matrices; for a file without the library, a walk over its trees."""
    source = content_at(model, _file_at)[1] if is_path(model) else model
    if source is None:
        return lambda matrix: walked_predictions(parts, table.values_of(matrix))
    how: dict[str, Any] = {"thread_count": 1}
    if is_path(model):
        loss = _content(model).loss
        kind = "Exponent" if loss in _EXPONENTIAL else loss if loss == _UNCERTAIN else "RawFormulaVal"
        how["prediction_type"] = "Class" if parts.voting == "boosted" else kind

    def predict(matrix: F64) -> NDArray[Any]:
        said: NDArray[Any] = np.asarray(source.predict(rows_of(matrix, table), **how))
        return said[:, output] if output is not None else said.reshape(len(matrix))

    return predict


def rows_of(matrix: F64, table: Table) -> Any:
    """Return a matrix of numbers and codes as CatBoost takes it."""
    numbers = matrix.astype(np.float32)
    if not table.categories:
        return numbers
    import pandas as pd

    columns: dict[str, Any] = {}
    for c, name in enumerate(table.own or map(str, range(matrix.shape[1]))):
        known = table.categories.get(c)
        if known is None:
            columns[name] = np.ascontiguousarray(numbers[:, c])
        else:
            tokens = [str(token) for token in known.tokens]
            columns[name] = pd.Categorical.from_codes(matrix[:, c].astype(np.intp), categories=tokens)
    return pd.DataFrame(columns)


TRAITS = Traits(own_names=own_names, shows=shows, outputs=outputs)

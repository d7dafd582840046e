"""What decides each label of a multi-label model: one source a label, told in the model's own columns."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.theory import parse_features_type
from ...engine.errors import BadInputError, NotFittedModelError, UnsupportedModelError, shown
from ...engine.given import list_of
from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.quiet import quietly
from ..builders.labels import LabelCNF
from ..catalog import find
from ..columns.rows import default_names
from ..encoder import class_in
from ..sklearn.forests import single_job
from . import one_vs_rest_labels, several_outputs

Compile = Callable[
    [tuple[str, ...], frozenset[int], str, Mapping[str, Any] | None], CompiledTree | CompiledEnsemble
]  # names of the columns, those that may be missing, voting, types


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What decides one label.

    Attributes
    ----------
    compile : callable
        Returns its compiled form for names of its columns, columns that may be missing, a way of voting, and types.
    asked : tuple of int
        Labels whose values it reads in further columns, after those of the rows.
    takes_missing, takes_types, takes_voting : bool
        See ``Traits``.
    absent : float or None
        What it reads for the entries that a sparse matrix leaves out, see ``registry.absent_of``.
    seen : callable or None
        What its library makes of rows beforehand, see ``as_libraries``.
    """

    compile: Compile
    asked: tuple[int, ...] = ()
    takes_missing: bool = False
    takes_types: bool = False
    takes_voting: bool = False
    absent: float | None = None
    seen: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What decides the labels of a model.

    Attributes
    ----------
    each : tuple of Source
        One a label.
    order : tuple of int
        The labels in an order in which each one comes after those that it asks.
    labels, columns : tuple of str
        Names.
    own : tuple of str or None
        The names of the columns that the model was fitted with, if it had any.
    predict : callable or None
        The model's own ``predict`` on a matrix of numbers; ``None``: that of its labels' models, side by side.
    """

    each: tuple[Source, ...]
    order: tuple[int, ...]
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    own: tuple[str, ...] | None = None
    predict: Callable[[NDArray[np.float64]], NDArray[Any]] | None = None

    def over(self, names: tuple[str, ...]) -> Sources:
        """Return the same over columns of other names."""
        if len(names) != len(self.columns) or len(set(names)) != len(names):
            raise BadInputError(f"feature_names={shown(list(names))}: expected {len(self.columns)} distinct names")
        return replace(self, columns=names)

    def named(self, names: tuple[str, ...]) -> Sources:
        """Return the same with other names of the labels."""
        if len(names) != len(self.each) or len(set(names)) != len(names):
            raise BadInputError(f"names={shown(list(names))}: expected {len(self.each)} distinct names, one a label")
        return replace(self, labels=names)


def label_names(count: int) -> tuple[str, ...]:
    """Return the names of labels that have none: y1, y2, …."""
    return tuple(f"y{i + 1}" for i in range(count))


def source_names(found: Sources) -> tuple[str, ...] | None:
    """Return the names that the columns had before, None if they had none."""
    return found.own


# -- lists -----------------------------------------------------------------------------------------------------


def listed_sources(models: Any, feature_names: tuple[str, ...] | None = None) -> Sources:
    """Return the sources of a list of models, formulas and compiled forms, one a label.

    Raises
    ------
    BadInputError
        If the list is empty, or its models do not read the same columns.
    """
    listed = list_of(models, "labels", "a list of models, one a label")
    if not listed:
        raise BadInputError("labels is empty: expected at least one model")
    known = [(i, _columns_of(model)) for i, model in enumerate(listed) if not isinstance(model, LabelCNF)]
    named = [(i, own) for i, (_, own) in known if own is not None]
    if feature_names is not None:
        columns = feature_names
    elif named:
        columns = named[0][1]
    elif known:
        columns = default_names(known[0][1][0])
    else:
        columns = tuple(dict.fromkeys(name for model in listed for name in model.feature_names))
    for i, (count, own) in known:
        if count != len(columns) or (own is not None and named and own != named[0][1]):
            raise BadInputError(
                f"label {i} reads {count} columns {shown(list(own or ()))}: expected those of the others, "
                f"{len(columns)} columns {shown(list(columns))}"
            )
    each = tuple(source_of(m.over(columns) if isinstance(m, LabelCNF) else m) for m in listed)
    own_names = named[0][1] if named else (columns if not known else None)
    return Sources(each, tuple(range(len(each))), label_names(len(each)), columns, own_names)


def _columns_of(model: Any) -> tuple[int, tuple[str, ...] | None]:
    """Return how many columns a model reads, and their names if it has any."""
    if isinstance(model, (CompiledTree, CompiledEnsemble)):
        return len(model.vocabulary.names), model.vocabulary.names
    found = find(model)
    return len(found.column_names()), found.own_names()


def absent_of(model: Any) -> float | None:
    """Return what a label's model reads for the entries that a sparse matrix leaves out (0 if it reads nothing)."""
    return 0.0 if type(model).__name__ == "_ConstantPredictor" else find(model).absent


def shared_absent(each: Sequence[Source]) -> float | None:
    """Return what all labels read for the entries that a sparse matrix leaves out; ``None`` if they differ."""
    found = {str(source.absent): source.absent for source in each}
    return next(iter(found.values())) if len(found) == 1 else None


def source_of(model: Any) -> Source:
    """Return what decides a label by a model that an encoder takes, or by a compiled form."""
    if isinstance(model, (CompiledTree, CompiledEnsemble)):
        return Source(lambda names, missing, voting, types: model, takes_missing=bool(model.missing))
    found = find(model)
    votes = found.takes_voting

    def compile_one(
        names: tuple[str, ...], missing: frozenset[int], voting: str, types: Mapping[str, Any] | None
    ) -> CompiledTree | CompiledEnsemble:
        how = voting if votes else "soft"
        return found.compile(feature_names=names, missing=missing, voting=how, features_type=types)

    return Source(
        compile_one,
        takes_missing=found.takes_missing,
        absent=absent_of(model),
        seen=found.reads_rows.traits.seen,
        takes_types=found.takes_types,
        takes_voting=votes,
    )


# -- scikit-learn ----------------------------------------------------------------------------------------------


def kind_of(model: Any) -> str:
    """Return the name of scikit-learn's multi-label class that a model is of; empty if it is none."""
    named = class_in(model, "sklearn", _WITH_MODELS)
    if named:
        return named
    if several_outputs.accepts(model):
        return "several outputs"
    if not class_in(model, "xgboost", ("XGBClassifier",)):
        return ""
    from ..xgboost.models import labels_of  # loaded for such models alone

    return "XGBClassifier" if labels_of(model) else ""


def is_multilabel(model: Any) -> bool:
    """Tell whether `model` is a multi-label model of scikit-learn that is taken (fitted or not)."""
    return bool(kind_of(model))


def sources_of(model: Any) -> Sources:
    """Return the sources of a multi-label model of scikit-learn.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError
        If it is not fitted, or its labels are decided by models that are not taken.
    """
    kind = kind_of(model)
    if kind in _WITH_MODELS and not hasattr(model, "estimators_"):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, Y) before explaining it")
    return (_WITH_MODELS | _WHOLE)[kind](model)


def _names_in(model: Any, count: int) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    own = getattr(model, "feature_names_in_", None)
    own = None if own is None else tuple(str(name) for name in own)
    return own or default_names(count), own


def _multi_output(model: Any) -> Sources:
    found = listed_sources(model.estimators_)
    own = found.own or _names_in(model, len(found.columns))[1]
    return replace(found, columns=own or found.columns, own=own)


def _one_vs_rest(model: Any) -> Sources:
    if not model.multilabel_:
        raise UnsupportedModelError(
            "OneVsRestClassifier was fitted on one column of classes, of which it predicts the one with the greatest "
            "score of all its models: expected a matrix of labels (y 2-d); for classes use a model that decides "
            "between several, such as a forest"
        )
    one_vs_rest_labels.check(model)
    columns, own = _names_in(model, one_vs_rest_labels.count_columns(model))
    single = one_job_each(model)
    binarizer = model.label_binarizer_
    threshold = one_vs_rest_labels.threshold_of(model)
    takes = all(one_vs_rest_labels.takes_missing(e) for e in model.estimators_)
    each = tuple(
        Source(
            one_vs_rest_labels.compiler(estimator, threshold),
            takes_missing=takes,
            takes_types=one_vs_rest_labels.takes_types(estimator),
            absent=absent_of(estimator),
        )
        for estimator in model.estimators_
    )
    names = tuple(str(name) for name in binarizer.classes_)
    plain = names == tuple(map(str, range(len(each))))
    labels = label_names(len(each)) if plain or len(set(names)) < len(names) else names
    return Sources(each, tuple(range(len(each))), labels, columns, own, quiet_predict(single))


def _chain(model: Any) -> Sources:
    if getattr(model, "chain_method_", "predict") != "predict":
        raise UnsupportedModelError(
            f"ClassifierChain has chain_method={model.chain_method_!r}: expected 'predict', since later labels then "
            "read labels and not probabilities"
        )
    order = tuple(int(i) for i in model.order_)
    count = int(model.n_features_in_) if hasattr(model, "n_features_in_") else _columns_of(model.estimators_[0])[0]
    columns, own = _names_in(model, count)
    each: list[Source | None] = [None] * len(order)
    for place, (label, estimator) in enumerate(zip(order, model.estimators_, strict=True)):
        # a chain refuses missing values, whatever its models take
        source = _with_label_types(source_of(estimator), [model.classes_[i] for i in order[:place]])
        each[label] = replace(source, asked=order[:place], takes_missing=False, absent=None)
    return Sources(
        tuple(s for s in each if s is not None), order, label_names(len(order)), columns, own,
        quiet_predict(one_job_each(model)),
    )  # fmt: skip


def _with_label_types(source: Source, classes: Sequence[Any]) -> Source:
    """Return a source that is told the values of the labels that it reads in its last columns."""
    if not source.takes_types:
        return source

    def compile_one(
        names: tuple[str, ...], missing: frozenset[int], voting: str, types: Mapping[str, Any] | None
    ) -> CompiledTree | CompiledEnsemble:
        width = len(names) - len(classes)
        told: dict[str, Any] | None = None
        if types is not None:
            told = {}
            for feature in parse_features_type(types, names[:width]):
                plain = feature.kind.value in ("binary", "integer", "numerical")
                told[feature.name] = feature.kind.value if plain else list(feature.values)
            told |= {name: list(map(float, known)) for name, known in zip(names[width:], classes, strict=True)}
        return source.compile(names, missing, voting, told)

    return replace(source, compile=compile_one)


def _several_outputs(model: Any) -> Sources:
    several_outputs.check(model)
    columns, own = _names_in(model, int(model.n_features_in_))
    takes = several_outputs.takes_missing(model)
    each = tuple(
        Source(
            several_outputs.compiler(model, k),
            takes_missing=takes,
            takes_voting=several_outputs.is_forest(model),
            absent=0.0,
        )
        for k in range(int(model.n_outputs_))
    )
    return Sources(each, tuple(range(len(each))), label_names(len(each)), columns, own)


def _of_xgboost(model: Any) -> Sources:
    """Return the sources of an XGBClassifier of several labels, each decided by a margin of its own."""
    from ..xgboost import models as xgboost_models

    def compiler(place: int) -> Compile:
        def compile_one(
            names: tuple[str, ...], missing: frozenset[int], voting: str, types: Mapping[str, Any] | None
        ) -> CompiledEnsemble:
            return xgboost_models.compile_model(model, names=names, missing=missing, output=place)

        return compile_one

    each = tuple(
        Source(
            compiler(place), takes_missing=True, absent=xgboost_models.absent(model), seen=xgboost_models.seen
        )
        for place in range(xgboost_models.labels_of(model))
    )  # fmt: skip
    columns, own = xgboost_models.column_names(model), xgboost_models.own_names(model)
    return Sources(each, tuple(range(len(each))), label_names(len(each)), columns, own, quiet_predict(model))


def one_job_each(model: Any) -> Any:
    """Return a copy whose models add up in one job: the sums of several jobs depend on their number."""
    single = copy.copy(model)
    single.estimators_ = [single_job(e) for e in model.estimators_]
    return single


def quiet_predict(model: Any) -> Callable[[NDArray[np.float64]], NDArray[Any]]:
    """Return a model's own ``predict`` on matrices, without the warning about absent column names."""

    def predict(rows: NDArray[np.float64]) -> NDArray[Any]:
        with quietly(".*feature names.*"):
            said = model.predict(rows)
        labels: NDArray[Any] = np.asarray(said.toarray() if hasattr(said, "toarray") else said)
        return labels

    return predict


_WITH_MODELS: dict[str, Callable[[Any], Sources]] = {  # of scikit-learn, with a model a label in estimators_
    "MultiOutputClassifier": _multi_output,
    "OneVsRestClassifier": _one_vs_rest,
    "ClassifierChain": _chain,
}
_WHOLE: dict[str, Callable[[Any], Sources]] = {"several outputs": _several_outputs, "XGBClassifier": _of_xgboost}

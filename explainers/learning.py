"""The learning calls of the published scripts: read a table, fit a tree or a forest, choose an instance."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, overload

import numpy as np
from numpy.typing import NDArray

from ..encoders.builders.learner import LearnerInformation
from ..engine.domain.theory import DEFAULT
from ..engine.errors import BadInputError, NotFittedModelError, shown
from ..engine.given import list_of, mapping_of, real, seed_of, truth_of
from ..engine.models import same_label
from ..engine.quiet import quietly
from . import learners
from .learners import CLASSIFICATION, DT, HOLD_OUT, REGRESSION
from .tools import Tools
from .words.arguments import number_of_reasons

Pair = tuple[NDArray[Any], Any]  # an instance, and what the model says of it


def read_table(source: str | Path | Any) -> tuple[NDArray[np.float64], NDArray[Any], list[str]]:
    """Return the columns but the last as numbers, the last one as labels, and the names of all columns.

    Parameters
    ----------
    source : path of a CSV file with a header, or data frame
        The table.

    Raises
    ------
    BadInputError
        If the file is absent, or a cell is no number.
    """
    if hasattr(source, "columns") and hasattr(source, "to_numpy"):
        names = [str(name) for name in source.columns]
        cells = [list(row) for row in source.to_numpy().tolist()]
    else:
        try:
            path = Path(source)
            found = path.is_file()
        except (TypeError, ValueError):
            raise BadInputError(f"dataset {shown(source)}: expected the path of a CSV file, or a data frame") from None
        if not found:
            raise BadInputError(f"dataset {str(source)!r}: there is no such file")
        names, cells = _cells(path)
    if len(names) < 2 or not cells:
        raise BadInputError(f"dataset {shown(source)}: expected a header, at least two columns and one row")
    features = np.empty((len(cells), len(names) - 1), dtype=np.float64)
    for i, row in enumerate(cells):
        if len(row) != len(names):
            raise BadInputError(f"dataset: row {i + 1} has {len(row)} cells, the header has {len(names)}")
        for j, cell in enumerate(row[:-1]):
            try:
                features[i, j] = real(cell)
            except (TypeError, ValueError, OverflowError):
                raise BadInputError(
                    f"dataset: column {names[j]!r} of row {i + 1} is {shown(cell)}: expected a number"
                ) from None
    return features, _labels([row[-1] for row in cells]), names


def _cells(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return the header of a CSV file, and its rows."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"dataset {str(path)!r} cannot be read ({error}): expected a CSV file in UTF-8") from None
    return (lines[0], lines[1:]) if lines else ([], [])


def _labels(cells: Sequence[Any]) -> NDArray[Any]:
    """Return labels as integers where all of them are, else as they are."""
    try:
        numbers = np.array([real(cell) for cell in cells])
    except (TypeError, ValueError, OverflowError):
        return np.array([str(cell) for cell in cells])
    if not np.isfinite(numbers).all():
        return np.array([str(cell) for cell in cells])
    whole = (numbers == np.floor(numbers)) & (np.abs(numbers) < 2**53)
    return numbers.astype(np.int64) if whole.all() else numbers


class Scikitlearn:
    """Learns scikit-learn models from a table whose last column is the label.

    Parameters
    ----------
    dataset : path or data frame
        The table.
    learner_type : str
        ``Learning.CLASSIFICATION``, or ``Learning.REGRESSION``.
    problem_type : str, optional
        The same, under its later name.
    instances_type, labels_type : str, optional
        ``Learning.TABULAR``, and anything: rows of numbers are learned from.
    """

    library: ClassVar[str] = "scikit-learn"
    _usual: ClassVar[str] = DT  # the kind of model that is learned if none is named

    def __init__(
        self,
        dataset: str | Path | Any,
        learner_type: str = CLASSIFICATION,
        *,
        problem_type: str | None = None,
        instances_type: str | None = None,
        labels_type: str | None = None,
    ) -> None:
        kind = learner_type if problem_type is None else problem_type
        if not isinstance(kind, str) or kind not in (CLASSIFICATION, REGRESSION):
            raise BadInputError(f"problem_type={shown(kind)}: expected Learning.CLASSIFICATION or Learning.REGRESSION")
        if not (instances_type is None or (isinstance(instances_type, str) and instances_type == TABULAR)):
            raise BadInputError(f"instances_type={shown(instances_type)}: expected Learning.TABULAR")
        self.problem_type = kind
        self.data, self.labels, self.names = read_table(dataset)
        if kind == REGRESSION and self.labels.dtype.kind not in "iuf":
            raise BadInputError(f"the last column, {self.names[-1]!r}, has texts: expected numbers for a regression")
        # XGBoost learns the labels 0, 1, … only
        self.classes: list[Any] | None = None
        if kind == CLASSIFICATION and self.library != "scikit-learn":
            found, codes = np.unique(self.labels, return_inverse=True)
            self.classes, self.labels = found.tolist(), codes.astype(np.int64)
        self._name = str(dataset) if isinstance(dataset, (str, Path)) else "data frame"
        self.accuracy: float | None = None
        self.learner_information_lst: list[LearnerInformation] = []

    def evaluate(
        self,
        *,
        method: str = HOLD_OUT,
        output: str | None = None,
        test_size: float = 0.3,
        seed: int = 0,
        verbose: bool = True,
        splitting_method: str | None = None,
        model_type: str | None = None,
        model_parameters: Mapping[str, Any] | None = None,
        splitting_parameters: Mapping[str, Any] | None = None,
        **learner_options: Any,
    ) -> Any:
        """Fit a model and print how well it does on the rows that were held out.

        Parameters
        ----------
        method : str
            ``Learning.HOLD_OUT``, or ``Learning.K_FOLDS``: a model a fold.
        output : str
            What is learned: ``Learning.DT``, a decision tree, ``Learning.RF``, a random forest, ``Learning.BT``,
            boosted trees (``Xgboost``, ``LightGBM``), or a linear model such as ``Learning.LINEAR_LOGISTIC``.
        test_size, seed
            Share of the rows held out, and the seed of the split and of the learner.
        verbose : bool
            Whether to print the summary.
        splitting_method, model_type
            `method` and `output` under their later names.
        model_parameters, splitting_parameters, learner_options
            Options of the learner, those of the split (``{"test_size": 0.2}``; folds: ``{"n_models": 5}``), and more of
            the learner's.

        Returns
        -------
        fitted model, or list of fitted models
            One, or one a fold.

        Raises
        ------
        BadInputError
            If `method` is something else, or the library does not take an option.
        UnsupportedModelError
            If `output` is something else.
        """
        seed, verbose = seed_of(seed), truth_of(verbose, "verbose")
        kind = _text_of(model_type, "model_type") or _text_of(output, "output") or self._usual
        learner = learners.estimator_of(self.library, self.problem_type, kind)
        split = mapping_of(splitting_parameters, "splitting_parameters", '{"test_size": 0.3}') or {}
        options = {**_own_options(kind, seed), **learner_options}
        options.update(mapping_of(model_parameters, "model_parameters", '{"max_depth": 4}') or {})
        method = _text_of(splitting_method, "splitting_method") or _text_of(method, "method") or HOLD_OUT
        split = {**({"test_size": test_size} if method == HOLD_OUT else {}), "random_state": seed, **split}
        self.learner_information_lst = []
        models = [
            self._fitted(learner, kind, options, method, train, test, verbose)
            for train, test in learners.splits_of(method, len(self.data), split)
        ]
        return models if method == learners.K_FOLDS else models[0]

    def _fitted(
        self, learner: Any, kind: str, options: dict[str, Any], method: str, train: Any, test: Any, verbose: bool
    ) -> Any:
        try:
            model = learner(**options).fit(self.data[train], self.labels[train])
        except (TypeError, ValueError) as error:
            raise BadInputError(f"{self.library} does not take an option, or the rows: {error}") from None
        found = learners.measured(self.problem_type, self.labels[test], _predict(model, self.data[test]))
        self.accuracy = found.get("accuracy")
        if self.library == "scikit-learn":
            model.feature_names_in_ = np.array(self.names[:-1], dtype=object)  # as if it had been fitted on a frame
        elif self.library == "xgboost":
            model.get_booster().feature_names = self.names[:-1]
        told = LearnerInformation(
            self.library, self.problem_type, kind, TABULAR, splitting_method=method, dataset_path=self._name,
            n_features=len(self.names) - 1, feature_names=self.names[:-1], label_names=self.classes, raw_model=model,
            metrics=found, train_index=train, test_index=test,
        )  # fmt: skip
        self.learner_information_lst.append(told)
        if verbose:
            Tools.verbose(self._summary(told, options))
        return model

    def get_details(self) -> list[dict[str, Any]]:
        """Return what is known of each model that was learned: its ``metrics``, its parameters, its rows."""
        return [
            {name: getattr(told, name) for name in LearnerInformation.__slots__}
            for told in self.learner_information_lst
        ]

    def _summary(self, told: LearnerInformation, options: dict[str, Any]) -> str:
        fitted = ", ".join(f"{name}: {value}" for name, value in (told.metrics or {}).items())
        return "\n".join([
            "--------------   Information   ---------------",
            f"Dataset name: {self._name}",
            f"nFeatures (nAttributes, with the labels): {len(self.names)}",
            f"nInstances (nObservations): {len(self.data)}",
            f"nLabels: {len(np.unique(self.labels))}",
            "---------------   Evaluation   ---------------",
            f"method: {_METHODS[told.splitting_method]}, output: {_OUTPUTS.get(told.model_type, told.model_type)}, "
            f"learner_options: {options}",
            fitted,
            f"nTraining instances: {len(told.train_index)}, nTest instances: {len(told.test_index)}",
            *_sizes(told),
        ])  # fmt: skip

    @overload
    def get_instances(  # type: ignore[overload-overlap]  # a variable that holds 1 is not told from other numbers
        self, model: Any = None, n: Literal[1] = 1, *, correct: bool | None = None,
        predictions: Sequence[Any] | None = None, is_correct: bool | None = None,
        subset_predicted_classes: Sequence[Any] | None = None, seed: int | None = None,
    ) -> Pair | tuple[None, None]: ...  # fmt: skip
    @overload
    def get_instances(
        self, model: Any = None, *, n: int | None, correct: bool | None = None,
        predictions: Sequence[Any] | None = None, is_correct: bool | None = None,
        subset_predicted_classes: Sequence[Any] | None = None, seed: int | None = None,
    ) -> list[Pair]: ...  # fmt: skip
    @overload
    def get_instances(
        self, model: Any, n: int | None, *, correct: bool | None = None,
        predictions: Sequence[Any] | None = None, is_correct: bool | None = None,
        subset_predicted_classes: Sequence[Any] | None = None, seed: int | None = None,
    ) -> list[Pair]: ...  # fmt: skip
    def get_instances(
        self,
        model: Any = None,
        n: int | None = 1,
        *,
        correct: bool | None = None,
        predictions: Sequence[Any] | None = None,
        is_correct: bool | None = None,
        subset_predicted_classes: Sequence[Any] | None = None,
        seed: int | None = None,
    ) -> Pair | tuple[None, None] | list[Pair]:
        """Return rows of the table, in its order, with the model's predictions.

        Parameters
        ----------
        model : fitted model, optional
            Needed for `correct`, `predictions` and the predictions that are returned.
        n : int or None
            How many (None: all).
        correct : bool, optional
            Only rows that the model classifies well (badly).
        predictions : sequence of labels, optional
            Only rows that the model gives one of these labels.
        is_correct, subset_predicted_classes
            `correct` and `predictions` under their later names.
        seed : int, optional
            Rows in an order drawn by this seed, in place of the table's.

        Returns
        -------
        (instance, prediction), or a list of such pairs if n is not 1
            ``(None, None)`` if n is 1 and no row fits.
        """
        correct = correct if is_correct is None else is_correct
        predictions = predictions if subset_predicted_classes is None else subset_predicted_classes
        if model is None and (correct is not None or predictions is not None):
            raise NotFittedModelError("get_instances needs the model to choose by its predictions: pass model=…")
        count = number_of_reasons(n)
        if model is not None and not callable(getattr(model, "predict", None)):
            raise BadInputError(f"model={shown(model)}: expected a fitted model")
        said = np.full(len(self.data), None, dtype=object) if model is None else _predict(model, self.data)
        wanted = np.ones(len(self.data), dtype=bool)
        if correct is not None:
            wanted &= (said == self.labels) == truth_of(correct, "correct")
        if predictions is not None:
            listed = list_of(predictions, "predictions", "labels of the model")
            wanted &= np.array([any(same_label(one, other) for other in listed) for one in said.tolist()], dtype=bool)
        rows = np.nonzero(wanted)[0]
        rows = (rows if seed is None else np.random.default_rng(seed_of(seed)).permutation(rows))[:count]
        pairs = [(self._row(i), said[i]) for i in rows.tolist()]
        if count == 1:
            return pairs[0] if pairs else (None, None)
        return pairs

    def _row(self, i: int) -> NDArray[Any]:
        """Return a row, as integers if all its values are."""
        row: NDArray[Any] = self.data[i]
        return row.astype(np.int64) if (row == np.floor(row)).all() else row


def _text_of(value: Any, name: str) -> str | None:
    """Return a text, or nothing; refuse everything else."""
    if value is None or isinstance(value, str):
        return value
    raise BadInputError(f"{name}={shown(value)}: expected a text, one of the names of Learning")


def _predict(model: Any, rows: NDArray[np.float64]) -> NDArray[Any]:
    """Predict from a matrix, without the warning about absent column names."""
    with quietly(".*feature names.*"):
        labels: NDArray[Any] = model.predict(rows)
    return labels


class Xgboost(Scikitlearn):
    """Learns boosted trees of XGBoost; labels are numbered 0, 1, … in the order of ``learner.classes``."""

    library = "xgboost"
    _usual = learners.BT


class LightGBM(Scikitlearn):
    """Learns boosted trees of LightGBM; labels are numbered 0, 1, … in the order of ``learner.classes``."""

    library = "lightgbm"
    _usual = learners.BT


TABULAR = "tabular"
_METHODS = {HOLD_OUT: "HoldOut", learners.K_FOLDS: "KFolds"}
_OUTPUTS = {DT: "DT", learners.RF: "RF", learners.BT: "BT"}


def _own_options(kind: str, seed: int) -> dict[str, Any]:
    """Return the options that a learner gets unless it is told others."""
    if kind in (DT, learners.RF):
        return {"max_depth": None, "random_state": seed}
    return {} if kind == learners.LINEAR_SIMPLE else {"random_state": seed}


def _sizes(told: LearnerInformation) -> list[str]:
    """Return the lines about the size of a tree, or of a forest."""
    model = told.raw_model
    if told.model_type not in (DT, learners.RF):
        return []
    tests: set[tuple[int, float]] = set()
    trees, nodes = [member.tree_ for member in getattr(model, "estimators_", [model])], 0
    for tree in trees:
        inner = tree.children_left != -1
        nodes += int(inner.sum())
        tests |= set(zip(tree.feature[inner].tolist(), tree.threshold[inner].tolist(), strict=True))
    trees_told = f"nTrees: {len(trees)}, " if told.model_type == learners.RF else ""
    return [
        "---------------   Explainer   ----------------",
        f"nFeatures: {told.n_features}, {trees_told}nNodes: {nodes}, nVariables: {len(tests)}",
    ]


class Learning:
    """Names of the published learning interface."""

    CLASSIFICATION = CLASSIFICATION
    REGRESSION = REGRESSION
    HOLD_OUT = HOLD_OUT
    K_FOLDS = learners.K_FOLDS
    DT = DT
    RF = learners.RF
    BT = learners.BT
    LINEAR_SIMPLE = learners.LINEAR_SIMPLE
    LINEAR_RIDGE = learners.LINEAR_RIDGE
    LINEAR_LASSO = learners.LINEAR_LASSO
    LINEAR_ELASTIC = learners.LINEAR_ELASTIC
    LINEAR_LOGISTIC = learners.LINEAR_LOGISTIC
    TABULAR = TABULAR
    NUMERICAL = "numerical"
    CATEGORICAL = "categorical"
    DEFAULT = DEFAULT
    LearnerInformation = LearnerInformation
    Scikitlearn = Scikitlearn
    Xgboost = Xgboost
    LightGBM = LightGBM

"""The learning calls of the published scripts: read a table, fit a tree or a forest, choose an instance."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from ..engine.domain.theory import DEFAULT
from ..engine.errors import BadInputError, NotFittedModelError, UnsupportedModelError, shown
from ..engine.given import list_of, seed_of, truth_of
from ..engine.models import same_label
from ..engine.quiet import quietly
from .words.arguments import number_of_reasons

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.tree import DecisionTreeClassifier

Pair = tuple[NDArray[Any], Any]  # an instance, and what the model says of it

CLASSIFICATION = "classification"
HOLD_OUT = "hold-out"
DT = "decision-tree"
RF = "random-forest"


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
                features[i, j] = float(cell)
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
        numbers = np.array([float(cell) for cell in cells])
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
        ``Learning.CLASSIFICATION``.
    """

    def __init__(self, dataset: str | Path | Any, learner_type: str = CLASSIFICATION) -> None:
        if not isinstance(learner_type, str) or learner_type != CLASSIFICATION:
            raise BadInputError(f"learner_type={shown(learner_type)}: expected Learning.CLASSIFICATION")
        self.data, self.labels, self.names = read_table(dataset)
        self._name = str(dataset) if isinstance(dataset, (str, Path)) else "data frame"
        self.accuracy: float | None = None

    def evaluate(
        self,
        *,
        method: str = HOLD_OUT,
        output: str = DT,
        test_size: float = 0.3,
        seed: int = 0,
        verbose: bool = True,
        **learner_options: Any,
    ) -> DecisionTreeClassifier | RandomForestClassifier:
        """Fit a model and print how well it does on the rows that were held out.

        Parameters
        ----------
        method : str
            ``Learning.HOLD_OUT``.
        output : str
            ``Learning.DT``: a decision tree. ``Learning.RF``: a random forest.
        test_size, seed
            Share of the rows held out, and the seed of the split and of the learner.
        verbose : bool
            Whether to print the summary.
        learner_options
            Passed to the scikit-learn class.

        Returns
        -------
        DecisionTreeClassifier or RandomForestClassifier
            The fitted model.

        Raises
        ------
        BadInputError
            If `method` is something else.
        UnsupportedModelError
            If `output` is something else.
        """
        seed, verbose = seed_of(seed), truth_of(verbose, "verbose")
        if not isinstance(method, str) or method != HOLD_OUT:
            raise BadInputError(f"method={shown(method)}: expected Learning.HOLD_OUT")
        if not isinstance(output, str) or output not in (DT, RF):
            raise UnsupportedModelError(f"output={shown(output)}: expected Learning.DT or Learning.RF")
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.model_selection import train_test_split
        from sklearn.tree import DecisionTreeClassifier

        options = {"max_depth": None, "random_state": seed, **learner_options}
        learner = DecisionTreeClassifier if output == DT else RandomForestClassifier
        try:
            train, test, known, truth = train_test_split(self.data, self.labels, test_size=test_size, random_state=seed)
            model = learner(**options).fit(train, known)
        except (TypeError, ValueError) as error:
            raise BadInputError(
                f"scikit-learn does not take test_size={shown(test_size)} or an option: {error}"
            ) from None
        self.accuracy = 100 * float((model.predict(test) == truth).mean())
        model.feature_names_in_ = np.array(self.names[:-1], dtype=object)  # as if it had been fitted on a data frame
        if verbose:
            print(self._summary(model, options, len(train), len(test)))
        return model

    def _summary(self, model: Any, options: dict[str, Any], n_train: int, n_test: int) -> str:
        trees = [member.tree_ for member in getattr(model, "estimators_", [model])]
        tests: set[tuple[int, float]] = set()
        nodes = 0
        for tree in trees:
            inner = tree.children_left != -1
            nodes += int(inner.sum())
            tests |= set(zip(tree.feature[inner].tolist(), tree.threshold[inner].tolist(), strict=True))
        forest = hasattr(model, "estimators_")
        trees_told = f"nTrees: {len(trees)}, " if forest else ""
        return "\n".join([
            "--------------   Information   ---------------",
            f"Dataset name: {self._name}",
            f"nFeatures (nAttributes, with the labels): {len(self.names)}",
            f"nInstances (nObservations): {len(self.data)}",
            f"nLabels: {len(np.unique(self.labels))}",
            "---------------   Evaluation   ---------------",
            f"method: HoldOut, output: {'RF' if forest else 'DT'}, learner_options: {options}",
            f"accuracy: {self.accuracy}",
            f"nTraining instances: {n_train}, nTest instances: {n_test}",
            "---------------   Explainer   ----------------",
            f"nFeatures: {len(self.names) - 1}, {trees_told}nNodes: {nodes}, nVariables: {len(tests)}",
        ])  # fmt: skip

    @overload
    def get_instances(  # type: ignore[overload-overlap]  # a variable that holds 1 is not told from other numbers
        self, model: Any = None, n: Literal[1] = 1, *, correct: bool | None = None,
        predictions: Sequence[Any] | None = None,
    ) -> Pair | tuple[None, None]: ...  # fmt: skip
    @overload
    def get_instances(
        self, model: Any = None, *, n: int | None, correct: bool | None = None,
        predictions: Sequence[Any] | None = None,
    ) -> list[Pair]: ...  # fmt: skip
    @overload
    def get_instances(
        self, model: Any, n: int | None, *, correct: bool | None = None, predictions: Sequence[Any] | None = None
    ) -> list[Pair]: ...
    def get_instances(
        self,
        model: Any = None,
        n: int | None = 1,
        *,
        correct: bool | None = None,
        predictions: Sequence[Any] | None = None,
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

        Returns
        -------
        (instance, prediction), or a list of such pairs if n is not 1
            ``(None, None)`` if n is 1 and no row fits.
        """
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
        rows = np.nonzero(wanted)[0][:count]
        pairs = [(self._row(i), said[i]) for i in rows.tolist()]
        if count == 1:
            return pairs[0] if pairs else (None, None)
        return pairs

    def _row(self, i: int) -> NDArray[Any]:
        """Return a row, as integers if all its values are."""
        row: NDArray[Any] = self.data[i]
        return row.astype(np.int64) if (row == np.floor(row)).all() else row


def _predict(model: Any, rows: NDArray[np.float64]) -> NDArray[Any]:
    """Predict from a matrix, without the warning about absent column names."""
    with quietly(".*feature names.*"):
        labels: NDArray[Any] = model.predict(rows)
    return labels


class Learning:
    """Names of the published learning interface."""

    CLASSIFICATION = CLASSIFICATION
    HOLD_OUT = HOLD_OUT
    DT = DT
    RF = RF
    DEFAULT = DEFAULT
    Scikitlearn = Scikitlearn

"""One number of a model that predicts several: ``Output(model, "y2")`` is explained like any regressor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import BadInputError, NotFittedModelError, UnsupportedModelError, shown
from ...engine.models import CompiledEnsemble
from ..assembly.outputs import output_names
from ..catalog import Found, find
from ..encoder import Names, Traits, class_in
from . import wrapped
from .nesting import behind_steps, last_of

TAKEN = "an output of a model that predicts several numbers, suffice.Output(model, 0)"
_APART = ("MultiOutputRegressor",)  # a model for each output, in estimators_


class Output:
    """One output of a model that predicts several numbers.

    Parameters
    ----------
    model : object
        Fitted; a tree, a forest or bagging of several outputs, an XGBoost model of several targets, a
        ``MultiOutputRegressor``, …
    output : int or str
        Its place from 0, or its name: y1, y2, … where the model knows no others.

    Raises
    ------
    BadInputError
        If the model has no such output.
    UnsupportedModelError, NotFittedModelError
        If it is no model that predicts several numbers, or not fitted.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from suffice import Explainer, Output
    >>> tree = DecisionTreeRegressor(max_depth=1).fit([[0], [1], [2]], [[0, 5], [0, 5], [1, 6]])
    >>> Output(tree, "y2").predict([[0], [2]]).tolist()
    [5.0, 6.0]
    >>> explainer = Explainer(Output(tree, 1), [2])
    >>> explainer.set_interval(5.5, 7)
    >>> explainer.to_features(explainer.sufficient_reason())
    ('f1 > 1.5',)
    """

    def __init__(self, model: Any, output: int | str) -> None:
        self.model = model
        self.output = output
        self.place = _place_of(output, outputs_of(model), model)

    def predict(self, rows: Any) -> NDArray[np.float64]:
        """Return what the model's own ``predict`` says of rows, this output alone: shape (m,), float64."""
        said = np.asarray(self.model.predict(rows))
        column: NDArray[np.float64] = said[:, self.place].astype(np.float64)
        return column

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the arguments that it was made with."""
        return {"model": self.model, "output": self.output}

    def __repr__(self) -> str:
        return f"Output({type(self.model).__name__}, {self.output!r})"


def outputs_of(model: Any) -> Names:
    """Return the names of the outputs of a model that predicts several numbers.

    Raises
    ------
    UnsupportedModelError, NotFittedModelError
        If it is none, or not fitted.
    """
    apart = _apart(model)
    if apart is not None:
        return output_names(len(apart))
    found = find(model)
    found.column_names()  # raises if it is not fitted
    names = found.traits.outputs(model)
    if not names:
        raise UnsupportedModelError(
            f"Output({type(model).__name__}, …): the model does not predict several numbers; hand it over as it is, "
            "Explainer(model)"
        )
    return names


def _place_of(output: Any, names: Names, model: Any) -> int:
    if isinstance(output, (int, np.integer)) and not isinstance(output, bool) and 0 <= output < len(names):
        return int(output)
    if isinstance(output, str) and output in names:
        return names.index(output)
    raise BadInputError(
        f"output={shown(output)}: {type(model).__name__} predicts {len(names)} numbers, expected one of 0 … "
        f"{len(names) - 1} or of {shown(list(names))}"
    )


def _apart(model: Any) -> list[Any] | None:
    """Return the models of the outputs, if each has its own."""
    while wrapped.accepts(model):
        model = wrapped.inside(model)
    last = last_of(model)
    if not class_in(last, "sklearn", _APART):
        return None
    if not hasattr(last, "estimators_"):
        raise NotFittedModelError(f"{type(last).__name__} is not fitted: call fit(X, Y) before explaining it")
    return [behind_steps(model, one) for one in last.estimators_]


def _inner(model: Output) -> tuple[Found, int | None]:
    """Return the model that predicts an output, and its place there (none if it is the only one)."""
    apart = _apart(model.model)
    return (find(model.model), model.place) if apart is None else (find(apart[model.place]), None)


def accepts(model: Any) -> bool:
    """Tell whether `model` is an output of a model."""
    return isinstance(model, Output)


def takes_missing(model: Output) -> bool:
    """Tell whether the model's ``predict`` takes missing values."""
    return _inner(model)[0].takes_missing


def takes_types(model: Output) -> bool:
    """Tell whether the compiled form depends on what the columns are declared to be."""
    return _inner(model)[0].takes_types


def column_names(model: Output) -> Names:
    """Return the names of the model's columns."""
    return _inner(model)[0].column_names()


def own_names(model: Output) -> Names | None:
    """Return the names that the model was fitted with, None if it had none."""
    return _inner(model)[0].own_names()


def absent(model: Output) -> float | None:
    """Return what the model reads for the entries that a sparse matrix leaves out."""
    return _inner(model)[0].absent


def categories(model: Output) -> Mapping[int, Any]:
    """Return the model's columns of categories."""
    found = _inner(model)[0]
    return found.traits.categories(found.model)


def compile_model(
    model: Output,
    *,
    names: Names | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
    dtypes: tuple[str, ...] | None = None,
    rows_show: Mapping[int, Sequence[Any]] | None = None,
) -> CompiledEnsemble:
    """Compile one output of a model.

    Parameters
    ----------
    model : Output
        The output.
    names, missing, types, dtypes, rows_show
        As of the model.

    Raises
    ------
    UnsupportedModelError
        If the model predicts no numbers.
    """
    found, place = _inner(model)
    compiled = found.compile(
        feature_names=names, missing=missing, features_type=types, dtypes=dtypes, output=place, rows_show=rows_show
    )
    if not (isinstance(compiled, CompiledEnsemble) and compiled.regression):
        raise UnsupportedModelError(f"{type(found.model).__name__} decides between classes: expected a regressor")
    return replace(compiled, source=model)


def shows(model: Output) -> tuple[int, ...]:
    """Return the columns of categories of which the model inside knows numbers only."""
    found = _inner(model)[0]
    return found.traits.shows(found.model)


def dtypes_reader(model: Output, names: Names) -> Callable[[Any], tuple[str, ...] | None]:
    """Return what tells the dtypes of rows in which the model calculates."""
    found = _inner(model)[0]
    reader = found.traits.dtypes_reader
    return (lambda rows: ()) if reader is None else reader(found.model, names)


def inside(model: Output) -> Any:
    """Return the model that reads the rows."""
    return _inner(model)[0].model


TRAITS = Traits(
    own_names=own_names, takes_types=takes_types, dtypes_reader=dtypes_reader, absent=absent, categories=categories,
    inside=inside, shows=shows,
)  # fmt: skip

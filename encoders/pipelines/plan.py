"""How the columns of a pipeline's tree come from the columns of its input.

Guaranteed form
---------------
Each column that reaches the tree depends on one source column. If it is ``coded``, the source has finitely many values
that matter, and the column is any function of them. Otherwise the source is a number, and the column is a
non-decreasing function of it: the number itself if it is ``raw``. A missing value goes its own way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ..refusals import step_way_out

_KNOWN = (
    "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "Binarizer", "KBinsDiscretizer", "SimpleImputer",
    "OneHotEncoder", "OrdinalEncoder", "FunctionTransformer", "ColumnTransformer",
)  # fmt: skip
TAKEN = (
    "taken are StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler, Binarizer, "
    "KBinsDiscretizer(encode='ordinal'), SimpleImputer, OneHotEncoder, OrdinalEncoder, selectors with get_support(), "
    "ColumnTransformer, Pipeline, 'passthrough' and FunctionTransformer(func=None)"
)


@dataclass(frozen=True, slots=True)
class ModelColumn:
    """A column on its way to the tree.

    Attributes
    ----------
    source : int
        The column of the pipeline's input that it depends on.
    coded : bool
        Whether an encoder of categories made it.
    raw : bool
        Whether present values are still those of the source.
    """

    source: int
    coded: bool = False
    raw: bool = True


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoder of categories that reads a source.

    Attributes
    ----------
    step : str
        Where it is.
    categories : tuple
        What it knows, in its order.
    unknown : bool
        Whether it takes other values.
    """

    step: str
    categories: tuple[Any, ...]
    unknown: bool


@dataclass(slots=True)
class Source:
    """A column of the pipeline's input, and who reads it.

    Attributes
    ----------
    name : str
        Its name.
    encodings : list of Encoding
        Encoders of categories that read it.
    number_by : str
        A step that reads it as a number; empty if there is none.
    marks : list of (step, value)
        Values, other than NaN and None, that an imputer takes for missing.
    fills : list
        Values that imputers fill in.
    seen : bool
        Whether any step looks at it.
    beside : bool
        Whether a step reads it, before it is encoded, together with other columns.
    """

    name: str
    encodings: list[Encoding] = field(default_factory=list)
    number_by: str = ""
    marks: list[tuple[str, Any]] = field(default_factory=list)
    fills: list[Any] = field(default_factory=list)
    seen: bool = False
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The sources of a pipeline, and the columns that reach its tree.

    Attributes
    ----------
    sources : tuple of Source
        One for each column of the input.
    columns : tuple of ModelColumn
        One for each column of the tree.
    fitted_names : tuple of str or None
        Names of the columns, if it was fitted on a data frame.
    """

    sources: tuple[Source, ...]
    columns: tuple[ModelColumn, ...]
    fitted_names: tuple[str, ...] | None

    @property
    def calculates(self) -> bool:
        """Whether steps make other numbers of the numbers that go in, or fill some in."""
        fills = any(source.fills and not source.encodings for source in self.sources)
        return fills or any(not (column.coded or column.raw) for column in self.columns)


def real_steps(pipeline: Any) -> list[tuple[str, Any]]:
    """Return the steps that do something."""
    return [(name, step) for name, step in pipeline.steps if not is_passthrough(step)]


def not_fitted(path: str, step: Any) -> NotFittedModelError:
    """Return the error for a step that is not fitted."""
    return NotFittedModelError(
        f"step {path} ({type(step).__name__}) is not fitted: call fit(X, y) on the pipeline before explaining it"
    )


def not_taken(path: str, step: Any, why: str = "which is not taken") -> UnsupportedModelError:
    """Return the error for a step whose kind is not taken; it tells the way out."""
    kind = type(step)
    namesake = kind.__name__ in _KNOWN and not class_of(step)
    name = f"{kind.__module__.partition('.')[0]}.{kind.__name__}" if namesake else kind.__name__
    return UnsupportedModelError(f"step {path} is a {name}, {why}: {step_way_out(step)};\n{TAKEN}")


def is_passthrough(step: Any) -> bool:
    """Tell whether a step passes everything on."""
    return step is None or (isinstance(step, str) and step == "passthrough")


def fitted_columns(pipeline: Any) -> tuple[int, tuple[str, ...] | None]:
    """Return the number of columns of a fitted pipeline's input, and their names if it was fitted on a data frame."""
    for name, step in real_steps(pipeline):
        if class_of(step) == "Pipeline":
            if not real_steps(step):
                continue
            return fitted_columns(step)
        if not hasattr(step, "n_features_in_"):
            known = class_of(step) in _KNOWN or hasattr(step, "get_support")
            raise not_fitted(repr(name), step) if known else not_taken(repr(name), step)
        names = getattr(step, "feature_names_in_", None)
        return int(step.n_features_in_), None if names is None else tuple(str(n) for n in names)
    raise UnsupportedModelError(
        "the pipeline has no step that does anything: expected one that ends with a tree or a forest"
    )


def class_of(step: Any) -> str:
    """Return the name of a class of scikit-learn (not of a subclass from elsewhere)."""
    kind = type(step)
    return kind.__name__ if kind.__module__.split(".")[0] == "sklearn" else ""

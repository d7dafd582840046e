"""How the columns of a pipeline's tree come from the columns of its input.

Guaranteed form
---------------
Each column that reaches the tree depends on one source column. If it is ``coded``, the source has finitely many values
that matter, and the column is any function of them. Otherwise the source is a number, and the column is a function of
it that never falls (the number itself if it is ``raw``), never rises, falls and then rises, or stays the same between
some cuts; ``noisy`` ones do so but for their last bits. A missing value goes its own way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ..refusals import step_way_out
from .functions import UP

_KNOWN = (
    "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PowerTransformer", "QuantileTransformer",
    "Binarizer", "KBinsDiscretizer", "SimpleImputer", "MissingIndicator", "KNNImputer", "IterativeImputer",
    "OneHotEncoder", "OrdinalEncoder", "TargetEncoder", "FunctionTransformer", "ColumnTransformer", "FeatureUnion",
)  # fmt: skip
TAKEN = (
    "taken are scalers, PowerTransformer, QuantileTransformer, Binarizer, KBinsDiscretizer, SimpleImputer, "
    "MissingIndicator, encoders (one-hot, ordinal, target), selectors with get_support(), ColumnTransformer, "
    "FeatureUnion, Pipeline, 'passthrough', and FunctionTransformer of np.log1p and its like (docs/pipelines.md)"
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
    trend : int
        How it goes on where the source does: one of ``functions``.
    noisy : bool
        Whether it may go back by some last bits.
    cuts : tuple of int
        The taps that tell where the source is cut, if the trend is ``FLAT``, ``VALLEY`` or ``HILL``.
    """

    source: int
    coded: bool = False
    raw: bool = True
    trend: int = UP
    noisy: bool = False
    cuts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Tap:
    """A place between steps that is looked at when the pipeline is asked: what a step gets, or the bins it makes of it.

    Attributes
    ----------
    step : object
        The step.
    place : int
        Which of its input columns.
    column : ModelColumn
        That column.
    thresholds : tuple of float
        Where what is seen there is cut.
    bins : bool
        Whether the number of the bin is seen (else the column itself).
    """

    step: Any
    place: int
    column: ModelColumn
    thresholds: tuple[float, ...]
    bins: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """A step whose results may go back by some last bits where its columns go on.

    Attributes
    ----------
    step : object
        The step.
    trends : tuple of int
        Those of its results, one a column.
    ulps : int
        By how much they may be off, in units of the last place.
    """

    step: Any
    trends: tuple[int, ...]
    ulps: int


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
    partial : bool
        Whether there are numbers that some step makes nothing of.
    unfilled : str
        A step that would fill in a missing value from other columns; empty if there is none.
    wraps : str
        A step that calculates with it as it comes, where whole numbers of a dtype overflow; empty if there is none.
    declared : bool
        Whether a function reads it that is only known by its results for a list of values.
    """

    name: str
    encodings: list[Encoding] = field(default_factory=list)
    number_by: str = ""
    marks: list[tuple[str, Any]] = field(default_factory=list)
    fills: list[Any] = field(default_factory=list)
    seen: bool = False
    beside: bool = False
    partial: bool = False
    unfilled: str = ""
    wraps: str = ""
    declared: bool = False


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
    taps : tuple of Tap
        Where the pipeline is looked into.
    noise : tuple of Noise
        Steps with last bits of their own.
    """

    sources: tuple[Source, ...]
    columns: tuple[ModelColumn, ...]
    fitted_names: tuple[str, ...] | None
    taps: tuple[Tap, ...] = ()
    noise: tuple[Noise, ...] = ()

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


_WHY = dict.fromkeys(
    ("PCA", "TruncatedSVD", "KernelPCA", "FactorAnalysis", "FastICA", "NMF", "LinearDiscriminantAnalysis",
     "FeatureAgglomeration", "GaussianRandomProjection", "SparseRandomProjection", "IncrementalPCA"),
    "which makes each of its columns of several ones",
) | {
    "PolynomialFeatures": "which multiplies columns with each other",
    "SplineTransformer": "whose columns rise and fall (KBinsDiscretizer(encode='onehot') is taken in its place)",
    "Normalizer": "which divides a row by all its columns",
}  # fmt: skip


def not_taken(path: str, step: Any, why: str = "") -> UnsupportedModelError:
    """Return the error for a step whose kind is not taken; it tells the way out."""
    kind = type(step)
    why = why or _WHY.get(kind.__name__, "which is not taken")
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

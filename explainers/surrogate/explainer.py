"""Explain any model through a surrogate that is faithful to it near an instance.

Boumazouza, Cheikh-Alili, Mazure, Tabia: Symbolic explanations for multi-label classification (ICAART 2023), section 4.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import wraps
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...encoders.binarized.binarizer import METHODS, Binarizer
from ...encoders.columns.containers import container_of, in_dtype
from ...encoders.columns.row_kind import kind_of
from ...encoders.columns.rows import default_names, listed_names
from ...encoders.meta.multilabel import MultiLabel
from ...engine.errors import BadInputError, MissingQueryError, shown
from ...engine.given import count_of, dimensions_of, seed_of
from ...engine.reasons.html import card
from ..facade import Explainer
from ..queries.offered import why_no_query
from .black_box import BlackBox
from .confirm import Confirming, as_table, column_kinds, plain
from .fidelity import Fidelity
from .fit import Fitted, fit_surrogates
from .kinds import KINDS, ON_BITS
from .queries import SurrogateQueries
from .search import Demand, fit_as_demanded
from .splits import Split
from .told import told_of
from .vicinity import METRICS, SOURCES, Neighbourhood, Vicinity, checked_radius, checked_word

_BITS = (0.0, 1.0)


class SurrogateExplainer(Confirming, SurrogateQueries):
    """Explains what any function says of an instance, through surrogates that learn it from rows near the instance.

    The queries are those of ``Explainer.initialize`` on the surrogate (for several labels: of a multi-label model), and
    are exact about the surrogate. What they return says so: its status is ``of_surrogate``, and
    ``reason.proof.fidelity`` tells on which share of held-out rows near the instance the surrogate agrees with the
    function.

    Parameters
    ----------
    predict : callable, or object with ``predict``
        Rows, of the kind of `data`, -> one label a row (anything), or a matrix of 0 and 1, one column a label.
    data : array-like or data frame, shape (m, n_columns)
        Rows such as the function was made for.
    instance : array-like
        What is explained.
    kind : {"forest", "tree", "boosted", "linear", "auto"}
        What a surrogate is; ``"linear"`` (logistic regression) learns from bits; ``"auto"`` chooses for each label
        between linear, forest and boosted by what agrees best on rows to learn from (cross-validated).
    radius : float, optional
        How far rows may be from the instance; ``None``: the nearest `n_neighbors` different ones.
    n_neighbors : int
        See `radius`.
    metric : {"hamming", "scaled"}, optional
        ``"hamming"``: number of bits (categories, columns) that differ; ``"scaled"``: Euclidean distance in standard
        deviations. Default: the first where all columns are bits or categories, or bits are made, else the second.
    source : {"rows", "perturbed", "both"}
        Whether rows of `data` are learnt from, or changes of the instance with values of `data`; with ``"both"``, rows
        of `data` alone are held out.
    n_samples : int
        How many changes are made.
    binarizer : {"quantiles", "trees"} or Binarizer, optional
        Makes bits of numbers and categories, which surrogates then learn from; reasons speak of the columns. Default:
        none, unless a column holds texts or the kind needs bits.
    minimum_fidelity : float, optional
        Where the interval of each label's accuracy on held-out rows has to begin (below 1: 36 held-out rows, all agreed
        on, show 0.9 of one label).
    minimum_held_out : int
        The least number of different held-out rows.
    widen : bool
        Whether the radius grows by half, until the accuracy is shown or all data is used, before that is an error. Rows
        that it is chosen by are neither learnt from nor reported.
    features_type : mapping, optional
        What the columns are. If nothing is said, columns of 0 and 1 alone are binary, and those of an integer type stay
        whole numbers.
    feature_names, label_names : sequence of str, optional
        Names.
    threshold : float, optional
        For a function that returns probabilities of labels: a label holds from this probability on.
    seed : int
        The same seed gives the same surrogates.
    **options
        Arguments of scikit-learn's estimator, such as ``n_estimators`` and ``max_depth``.

    Attributes
    ----------
    fidelity : Fidelity
        Accuracy of each label with its interval, on how many different held-out rows, within which radius.
    models : tuple
        The surrogates, one a label.
    explainer : explainer
        The explainer of the surrogate itself.

    Raises
    ------
    BadInputError
        If an argument is nothing of the kind, the function returns no labels, or too few rows are within the radius.
    FidelityError
        If the least accuracy is not reached, or a surrogate does not decide about the instance as the function does.
    """

    def __init__(
        self,
        predict: Any,
        data: Any,
        instance: Any,
        *,
        kind: str = "forest",
        radius: float | None = None,
        n_neighbors: int = 500,
        metric: str | None = None,
        source: str = "rows",
        n_samples: int = 4000,
        binarizer: str | Binarizer | None = None,
        minimum_fidelity: float | None = None,
        minimum_held_out: int = 30,
        widen: bool = False,
        features_type: Mapping[str, Any] | None = None,
        feature_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
        threshold: float | None = None,
        seed: int = 0,
        **options: Any,
    ) -> None:
        self.made_with = {
            "predict": predict, "data": copy.copy(data), "kind": kind, "radius": radius, "n_neighbors": n_neighbors,
            "metric": metric, "source": source, "n_samples": n_samples, "binarizer": binarizer,
            "minimum_fidelity": minimum_fidelity, "minimum_held_out": minimum_held_out, "widen": widen,
            "features_type": features_type, "feature_names": feature_names, "label_names": label_names,
            "threshold": threshold, "seed": seed, **options,
        }  # fmt: skip
        self._kind = checked_word(kind, KINDS, "kind")
        if self._kind == "auto" and options:
            raise BadInputError(f"kind='auto' takes no options of one kind: got {shown(dict(options))}")
        self._source = checked_word(source, SOURCES, "source")
        self._radius, self._options = checked_radius(radius), options
        self._counts = count_of(n_neighbors, "n_neighbors"), count_of(n_samples, "n_samples")
        self._seed = seed_of(seed)
        self._least, self._held_out = _share(minimum_fidelity), count_of(minimum_held_out, "minimum_held_out")
        self._widen = bool(widen)
        self._frame = data if hasattr(data, "columns") and hasattr(data, "dtypes") else None
        self.feature_names = _names(data, feature_names)
        self._table = as_table(data, self.feature_names, "data")
        self._kinds = column_kinds(data, len(self.feature_names))
        self._x = as_table(instance, self.feature_names, "instance")
        if len(self._x) != 1:
            raise BadInputError(f"instance has {len(self._x)} rows: expected one")
        self._x = self._x[0]
        self._model = BlackBox(predict, self._as_input, threshold=threshold, label_names=label_names)
        self._types = features_type
        self._said = self._say(self._table)
        self._own = self._say_of_instance()
        self._prepare(binarizer, metric)
        self._fitted = self._fit()
        self.explainer = self._explain()
        self.explainer.session.instances.tell_in(data)
        self.explainer.set_instance(instance)

    # -- what was made -----------------------------------------------------------------------------------------

    @property
    def fidelity(self) -> Fidelity:
        """How faithful the surrogates are, label by label."""
        return self._fitted.fidelity

    @property
    def models(self) -> tuple[Any, ...]:
        """The surrogates, one a label."""
        return self._fitted.models

    @property
    def binarizer(self) -> Binarizer:
        """What makes bits of the columns (surrogates learn from them if ``learns_from_bits``)."""
        return self._binarizer

    @property
    def learns_from_bits(self) -> bool:
        """Whether surrogates learn from bits."""
        return self._on_bits

    @property
    def label_names(self) -> tuple[str, ...] | None:
        """Names of the labels; ``None`` where the function gives one label a row."""
        return self._model.labels

    @property
    def target_prediction(self) -> Any:
        """What the function itself says of the instance."""
        return self._own[0] if self._model.labels is None else tuple(self._own.tolist())

    @property
    def _head(self) -> str:
        kinds = ", ".join(dict.fromkeys(self.fidelity.kinds.values()))
        said = shown(plain(self.target_prediction), 60)
        return f"SurrogateExplainer ({kinds}) of a function that says {said} of the instance"

    def __repr__(self) -> str:
        return f"{self._head}\n{self.fidelity!r}"

    def _repr_html_(self) -> str:
        """Return the same for notebooks."""
        return card(self._head, [("fidelity", self.fidelity._repr_html_())])

    def __getattr__(self, name: str) -> Any:
        """Return a query of the surrogate's explainer; its results say what they are about."""
        explainer = self.__dict__.get("explainer")
        if explainer is None or name.startswith("_") or hasattr(type(self), name):
            return object.__getattribute__(self, name)  # Python's own error, or that of a property
        why = why_no_query("surrogate", name)
        if why is not None:
            raise MissingQueryError(why)
        found = getattr(explainer, name)
        if not callable(found):
            return found

        @wraps(found)
        def ask(*arguments: Any, **more: Any) -> Any:
            return told_of(found(*arguments, **more), self.fidelity)

        return ask

    def __dir__(self) -> list[str]:
        """List the queries of the surrogate's explainer as well."""
        passed_on = [name for name in dir(self.__dict__.get("explainer")) if not name.startswith("_")]
        return sorted({*super().__dir__(), *(name for name in passed_on if why_no_query("surrogate", name) is None)})

    def save(self, path: str | PathLike[str]) -> None:
        """Write what the explainer was made with into one file: its data and its instance, not its function.

        ``suffice.load(path, function=f)`` makes it again, and compares what comes out with what was saved.

        Raises
        ------
        BadInputError
            If it cannot be written, or something in it (a ``Binarizer``) has no form in files.
        """
        from .saving import save

        save(self, path)

    # -- how ---------------------------------------------------------------------------------------------------

    def _as_input(self, table: NDArray[Any]) -> Any:
        """Return a table of values in the form of the data."""
        if self._frame is None:
            return table.copy()
        if not hasattr(self._frame, "iloc"):  # polars
            kind = kind_of(self._frame, self.feature_names)
            return container_of([tuple(map(in_dtype, row, kind.dtypes, row)) for row in table.tolist()], kind)
        import pandas as pd

        frame = pd.DataFrame(table, columns=list(self._frame.columns))
        return frame.astype({name: self._frame.dtypes[name] for name in self._frame.columns})

    def _say(self, table: NDArray[Any]) -> NDArray[Any]:
        return self._model.predict(table)

    def _say_of_instance(self) -> NDArray[Any]:
        """Return what the model says of the instance, alone and among others."""
        alone = self._say(self._x.reshape(1, -1))[0]
        among = self._say(np.concatenate([self._table[:50], self._x.reshape(1, -1)]))[-1]
        if not self._model.same(alone, among):
            raise BadInputError(
                f"predict says {shown(plain(alone))} of the instance alone and {shown(plain(among))} of it among "
                "other rows: expected a function of each row by itself (fix its seed, or put it into evaluation mode)"
            )
        return np.asarray(alone) if self._model.labels is not None else _one(alone)

    def _prepare(self, binarizer: str | Binarizer | None, metric: str | None) -> None:
        """Make bits, or learn from the columns as they are."""
        if isinstance(binarizer, Binarizer):
            self._binarizer = binarizer
            if binarizer.names and binarizer.names != self.feature_names:
                raise BadInputError(
                    f"binarizer was fitted on {shown(list(binarizer.names))}: expected "
                    f"{shown(list(self.feature_names))}"
                )
        else:
            method = "quantiles" if binarizer is None else checked_word(binarizer, METHODS, "binarizer")
            self._binarizer = Binarizer(method, feature_names=self.feature_names)
        if not self._binarizer.names:
            targets = np.unique(self._said, return_inverse=True)[1] if self._said.dtype == object else self._said
            every = np.concatenate([self._table, self._x.reshape(1, -1)])
            self._binarizer.fit(every, np.concatenate([targets, targets[:1]]))
        bits = _numeric(self._table) and bool(np.isin(self._table, _BITS).all() and np.isin(self._x, _BITS).all())
        self._on_bits = binarizer is not None or bool(self._binarizer.categories) or self._kind in ON_BITS
        if self._types is None:
            self._types = self._usual_types()
        if not self._on_bits and np.abs(self._table).max() > np.finfo(np.float32).max:
            raise BadInputError(
                "data has numbers beyond float32, which the surrogates read: give binarizer='quantiles', or scale them"
            )
        finite = bits or self._on_bits or len(self._binarizer.categories) == len(self.feature_names)
        chosen = ("hamming" if finite else "scaled") if metric is None else checked_word(metric, METRICS, "metric")
        self._near = Neighbourhood(self._table, self._x, self._binarizer, chosen, self._on_bits)

    def _usual_types(self) -> dict[str, list[str]]:
        """Return what columns are if nothing is said: 0 and 1 alone are bits, columns of whole numbers stay whole."""
        found: dict[str, list[str]] = {"binary": [], "integer": []}
        for c, name in enumerate(self.feature_names):
            if c in self._binarizer.categories:
                continue
            values = np.append(self._table[:, c], self._x[c]).astype(np.float64)
            kind = self._kinds[c]
            if np.isin(values, _BITS).all():
                found["binary"].append(name)
            elif kind in "iu" and (values == np.floor(values)).all():
                found["integer"].append(name)
        return {kind: names for kind, names in found.items() if names}

    def _fit(self) -> Fitted:
        """Fit surrogates, in a wider vicinity if they are not faithful enough and that is wanted."""
        labels = 1 if self._model.labels is None else len(self._model.labels)
        demand = Demand(self._least, self._held_out, self._widen, labels, self._seed)
        return fit_as_demanded(demand, self._near, self._radius, self._vicinity, self._fit_in)

    def _vicinity(self, radius: float | None) -> Vicinity:
        if self._source == "rows":
            return self._near.near(radius, self._counts[0])
        if self._source == "both":
            return self._near.both(radius, *self._counts, self._seed)
        return self._near.perturbed(radius, self._counts[1], self._seed)

    def _fit_in(self, vicinity: Vicinity, split: Split) -> Fitted:
        said, own = self._say(vicinity.rows), self._own
        names = self._model.labels or ("label",)
        return fit_surrogates(
            vicinity, split, said.reshape(len(said), -1), self._x, own, names, self._binarizer, on_bits=self._on_bits,
            kind=self._kind, seed=self._seed, options=self._options,
        )  # fmt: skip

    def _explain(self) -> Any:
        models = self._fitted.models
        if self._model.labels is None:
            return Explainer.initialize(models[0], self._x, self._types, feature_names=self.feature_names)
        several = MultiLabel(list(models), names=self._model.labels, feature_names=self.feature_names)
        return Explainer.initialize(several, self._x, self._types)


def _one(value: Any) -> NDArray[Any]:
    told = np.empty(1, dtype=object)
    told[0] = value.item() if isinstance(value, np.generic) else value
    return told


def _numeric(table: NDArray[Any]) -> bool:
    return table.dtype.kind in "fiub"


def _share(least: float | None) -> float | None:
    number = isinstance(least, (int, float, np.number)) and not isinstance(least, bool)
    if least is not None and not (number and 0 <= least < 1):
        raise BadInputError(f"minimum_fidelity={shown(least)}: expected a share from 0 to below 1, which no rows show")
    return None if least is None else float(least)


def _names(data: Any, given: Sequence[str] | None) -> tuple[str, ...]:
    if given is not None:
        return listed_names(given)
    labels = getattr(data, "columns", None)
    if labels is not None:
        return tuple(str(label) for label in labels)
    if dimensions_of(data) != 2:
        raise BadInputError(f"data={shown(data)} has not two dimensions: expected a matrix of rows, or a data frame")
    return default_names(int(np.shape(data)[1]))


__all__ = ["SurrogateExplainer"]

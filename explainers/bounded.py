"""Explainers of linear models whose bounds are told after the instance, as published scripts do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoders.columns.rows import plain_rows
from ..engine.arrays import F64
from ..engine.errors import BadInputError, NoInstanceError, shown
from ..engine.given import reals

if TYPE_CHECKING:
    from .boosted.explainer import BoostedExplainer


class BoundedLater:
    """What ``Explainer.initialize`` returns for a ``LinearModelSimple`` of which nothing is known yet.

    A linear model decides by multiples of numbers: what forces its decision depends on how far they reach. After
    ``set_upper_lower_bounds`` (or ``set_ranges``) this has the queries of the model's explainer.

    Parameters
    ----------
    model : LinearModelSimple
        The model.
    instance : array-like or None
        The instance.
    make : callable
        Makes the explainer, of an instance and ranges.
    """

    def __init__(
        self, model: Any, instance: Any, make: Callable[[Any, Mapping[Any, Any] | None], BoostedExplainer]
    ) -> None:
        self._model, self._make, self._instance = model, make, instance
        self._made: BoostedExplainer | None = None

    def set_upper_lower_bounds(self, instances: Any) -> None:
        """Let each column lie between its least and its greatest number among some rows.

        Parameters
        ----------
        instances : array-like, shape (m, n_columns)
            The rows.

        Raises
        ------
        BadInputError
            If they are no rows of finite numbers, one a column.
        TheoryError
            If the instance lies outside.
        """
        rows = _numbers(instances, self._model.n_features)
        low, high = rows.min(axis=0).tolist(), rows.max(axis=0).tolist()
        self.set_ranges(dict(zip(self._model.feature_names, zip(low, high, strict=True), strict=True)))

    def set_ranges(self, ranges: Mapping[Any, Any] | None) -> None:
        """Bound the columns, ``{"age": (18, 100)}``."""
        self._made = self._make(self._instance, ranges)

    def set_instance(self, instance: Any) -> None:
        """Set what is asked about from now on."""
        if self._made is not None:
            self._made.set_instance(instance)
        self._instance = instance

    def predict(self, instance: Any) -> Any:
        """Return what the model says of an instance."""
        return self._model.predict_instance(instance)

    @property
    def target_prediction(self) -> Any:
        """What the model says of the instance.

        Raises
        ------
        NoInstanceError
            If none is set.
        """
        if self._instance is None:
            raise NoInstanceError("no instance is set: call set_instance(instance) first")
        return self.predict(self._instance)

    def __repr__(self) -> str:
        return repr(self._made) if self._made else f"<explainer of {self._model!r}: its columns have no bounds yet>"

    if not TYPE_CHECKING:  # type checkers see what there is

        def __getattr__(self, name: str) -> Any:
            """Return what the explainer has, once there is one."""
            if name.startswith("__"):
                raise AttributeError(name)
            if self._made is None:
                raise BadInputError(
                    f"{name}: the columns of {self._model!r} may be any numbers; call "
                    "set_upper_lower_bounds(rows) or set_ranges({'age': (18, 100)}) first"
                )
            return getattr(self._made, name)


def _numbers(instances: Any, n_columns: int) -> F64:
    """Return rows of finite numbers, or say why they are none."""
    try:
        rows = reals(plain_rows(instances))
    except (TypeError, ValueError, OverflowError):
        rows = np.zeros(0)
    if rows.ndim != 2 or not len(rows) or rows.shape[1] != n_columns or not np.isfinite(rows).all():
        raise BadInputError(
            f"instances={shown(instances)}: expected rows of {n_columns} finite numbers, whose least and greatest "
            "numbers are the bounds"
        )
    return rows

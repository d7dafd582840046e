"""Regressors: the interval in which a prediction is to be explained."""

from __future__ import annotations

import math

from ...engine.errors import BadInputError
from ...engine.given import numbers_of
from ..session.gate import switch_here
from .explaining import Explaining


class IntervalQueries(Explaining):
    """What is asked about a number."""

    @switch_here
    def set_interval(self, lower: float = -math.inf, upper: float = math.inf) -> None:
        """Ask why a regressor's prediction is in ``[lower, upper]`` from now on.

        Parameters
        ----------
        lower, upper : float
            The closed interval; it must contain the prediction for the instance when a query is made.

        Raises
        ------
        BadInputError
            If the model is a classifier, or the numbers are no interval.
        """
        if not self.session.compiled.regression:
            raise BadInputError("set_interval is for regressors: this model predicts classes")
        low, high = numbers_of((lower, upper), "the interval", (2,)).tolist()
        if not low <= high:
            raise BadInputError(f"set_interval({low!r}, {high!r}): expected lower <= upper, and no NaN")
        self.session.interval = (low, high)
        self.session.instance_changed()

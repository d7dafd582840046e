"""An encoder to copy: a small score card with all that an encoder needs. docs/add-a-model.md tells the steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from suffice.encoders.assembly.assemble import Table, assemble
from suffice.encoders.assembly.members import Member, Parts
from suffice.encoders.columns.rows import default_names
from suffice.encoders.encoder import Traits, class_in
from suffice.engine.arrays import F64
from suffice.engine.domain.conditions import Reading
from suffice.engine.errors import NotFittedModelError
from suffice.engine.models import CompiledEnsemble, label_tuple

LIBRARY = "suffice"  # replace it by the package of your model's class, "sklearn" or "xgboost": ScoreCard is of this one


class ScoreCard:
    """The model of another library, here so that this file runs: points for numbers above thresholds, and a limit."""

    def __init__(self, rules: Sequence[tuple[int, float, float]], limit: float, columns: Sequence[str]) -> None:
        self.rules, self.limit, self.columns = list(rules), limit, list(columns)  # a rule: column, threshold, points
        self.labels = np.array(["no", "yes"])

    def predict(self, rows: Any) -> Any:
        """Return the label of each row: "yes" where the points are at least the limit."""
        matrix = np.asarray(rows, dtype=np.float64)
        points = np.zeros(len(matrix))
        for column, threshold, worth in self.rules:
            points += np.where(matrix[:, column] > threshold, worth, 0.0)
        return self.labels[(points >= self.limit).astype(int)]


def accepts(model: Any) -> bool:
    """Tell whether `model` is of this kind; by names, as here, a library need not be imported for it."""
    return bool(class_in(model, LIBRARY, ("ScoreCard",)))


def check_fitted(model: Any) -> None:
    """Raise NotFittedModelError if the model decides nothing yet."""
    if not model.rules:
        raise NotFittedModelError(f"{type(model).__name__} has no rules: fit it before explaining it")


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns."""
    check_fitted(model)
    return own_names(model) or default_names(len(model.columns))


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names that the model was fitted with, None if they are only numbers."""
    return tuple(model.columns) if all(isinstance(name, str) for name in model.columns) else None


def takes_missing(model: Any) -> bool:
    """Tell whether the model's ``predict`` takes NaN: then ``Member.missing_left`` tells where it goes."""
    return False


def compile_model(
    model: Any, *, names: tuple[str, ...] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledEnsemble:
    """Compile a score card: a tree of one test for each rule.

    Notes
    -----
    ``Parts`` says how the trees' values are added, in which precision and order, and what decides: as ``predict`` does,
    to the last bit. ``Table`` says what the columns are. ``assemble`` numbers the tests and makes the rest.
    """
    check_fitted(model)
    table = Table(names or column_names(model), own_names(model), takes_missing=False, absent=0.0)
    table.check(len(model.columns), missing, model)
    parts = Parts(
        tuple(_tree(*rule) for rule in model.rules),
        base=np.zeros(1),
        divisor=1.0,
        classes=label_tuple(model.labels),
        voting="boosted",  # sums; class 1 where they are at least `threshold`
        threshold=float(model.limit),
        reading=Reading.FLOAT64,  # the precision in which the model compares
    )
    return assemble(parts, table, missing, model.predict, model)


def _tree(column: int, threshold: float, worth: float) -> Member:
    """Return the test of a rule: node 0, with the leaves 1 (not above the threshold) and 2."""
    values: F64 = np.array([[0.0], [0.0], [worth]])
    return Member(
        left=np.array([1, -1, -1]),
        right=np.array([2, -1, -1]),
        feature=np.array([column, -1, -1]),
        threshold=np.array([threshold, 0.0, 0.0]),
        missing_left=np.zeros(3, dtype=np.bool_),
        values=values,
    )


TRAITS = Traits(own_names=own_names)  # what else an encoder may tell: encoders/encoder.py

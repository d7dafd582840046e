"""What a kind of model is: how it is made and fitted, on which columns, and what it is asked as."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.brute.choices import Choices
from tests.soak.worlds import KINDS, World

Fit = Callable[[Choices, int, World, Any, np.ndarray], Any]
WEIGHED = ("integer", "integer", "binary", "category", "listed", "listed", "group")  # numbers are a list
DECLARED = ("integer", "integer", "binary", "category", "group")
COUNTS = ("count", "count", "binary")


@dataclass(frozen=True)
class Kind:
    """A kind of model.

    Attributes
    ----------
    family : str
        Which family of explainers answers.
    make : callable
        Choices and a seed -> a model to be fitted.
    target : str
        ``"classes"``, ``"number"`` or ``"labels"``.
    missing : bool
        Whether it takes missing values.
    between : bool
        Whether its thresholds lie between values of the data, one at most between two neighbours.
    options : tuple of (name, value)
        Further arguments of ``Explainer.initialize``.
    needs : str
        The package it is from.
    columns : tuple of str
        Kinds of columns, as often as they are drawn.
    classes : int
        How many classes it can have.
    codes : bool
        Whether it knows the categories that it was fitted on alone.
    named : bool
        Whether columns may have names of their own.
    near : float
        How near scores are which rounding may decide; 0: none are.
    fit : callable or None
        In place of `make`: choices, a seed, the world, rows and targets -> a fitted model.
    given : callable
        What the explainer is made of.
    """

    family: str
    make: Callable[[Choices, int], Any] | None = None
    target: str = "classes"
    missing: bool = False
    between: bool = True
    options: tuple[tuple[str, Any], ...] = ()
    needs: str = "sklearn"
    columns: tuple[str, ...] = KINDS
    classes: int = 9
    codes: bool = False
    named: bool = True
    near: float = 0.0
    fit: Fit | None = None
    given: Callable[[Any], Any] = lambda model: model

    def fitted(self, choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
        """Make a model and fit it."""
        if self.fit is not None:
            return self.fit(choose, seed, world, rows, y)
        assert self.make is not None
        return self.make(choose, seed).fit(rows, y)

    @property
    def installed(self) -> bool:
        """Whether its package can be imported."""
        return importlib.util.find_spec(self.needs) is not None

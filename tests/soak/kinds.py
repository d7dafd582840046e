"""What a kind of model is: how it is made and fitted, on which columns, and what it is asked as."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from suffice import Explainer

from tests.brute.choices import Choices
from tests.soak.worlds import KINDS, World

Fit = Callable[[Choices, int, World, Any, np.ndarray], Any]
WEIGHED = ("integer", "integer", "binary", "category", "listed", "listed", "group")  # numbers are a list
DECLARED = ("integer", "integer", "binary", "category", "group")
COUNTS = ("count", "count", "binary")
ANY = "any"  # family: that of the explainer that comes out
_FAMILIES = {"TreeExplainer": "tree", "ForestExplainer": "forest", "BoostedExplainer": "boosted",
             "ComposedExplainer": "composed", "MultiLabelExplainer": "multilabel"}  # fmt: skip


class UnfitError(Exception):
    """No scene: the model cannot be fitted to the data."""


class Ready(NamedTuple):
    """What a kind brings in place of a model: its world, the row, an explainer, clauses that hold in the world."""

    model: Any
    world: World
    x: np.ndarray
    explainer: Any
    clauses: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of model.

    Attributes
    ----------
    family : str
        Which family of explainers answers; ``ANY``: that hangs on the model.
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
    ready : callable or None
        In place of both: choices and a seed -> a whole scene.
    alone : callable or None
        In place of a scene: choices and a seed -> nothing, if all is right. Its question bears the kind's name.
    given : callable
        What the explainer is made of.
    made : callable
        What it is given, and arguments -> an explainer.
    asked : tuple of str
        The questions about it; empty: all.
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
    ready: Callable[[Choices, int], Ready] | None = None
    alone: Callable[[Choices, int], None] | None = None
    given: Callable[[Any], Any] = lambda model: model
    made: Callable[[Any, dict[str, Any]], Any] = lambda model, asked: Explainer.initialize(model, **asked)
    asked: tuple[str, ...] = ()

    def asks(self, question: str) -> bool:
        """Whether a question is about models of this kind."""
        return not self.asked or question in self.asked

    def explainer(self, model: Any, asked: dict[str, Any]) -> Any:
        """Make an explainer of a model of this kind."""
        return self.made(self.given(model), {**asked, **dict(self.options)})

    def of(self, explainer: Any) -> Kind:
        """This kind, of the family that an explainer of it has."""
        return self if self.family != ANY else replace(self, family=_FAMILIES[type(explainer).__name__])

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

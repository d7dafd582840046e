"""Rectification: a model that is changed where its user knows better, and is explained from then on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ...encoders.fingerprint import Watch
from ...encoders.registry import compile_model
from ...engine.domain.theory import Theory
from ...engine.domain.vocabulary import Vocabulary, VocabularyBuilder
from ..session.gate import switch
from .checks import CheckQueries


class Rectifying(CheckQueries):
    """Rectification of trees and forests."""

    @switch
    def rectify(self, *, conditions: Iterable[Any], label: Any, tests: bool = False) -> Any:
        """Change the model so that the conditions imply the label; elsewhere it stays as it is.

        Parameters
        ----------
        conditions : iterable
            Literals of the model or a reason of it, statements such as ``"age > 37.5"``, ``"3 < x <= 5"`` and
            ``"colour in {red, blue}"``, or tuples (feature, operator, value) with or without a sign; all of them
            together. Borders that the model lacks become conditions of the changed model.
        label : label
            One of the model's classes.
        tests : bool
            Accepted and not needed: the construction is exact.

        Returns
        -------
        DecisionTree, RandomForest or BoostedTrees
            The rectified model (with ``predict``), which this explainer explains from now on.
        """
        theory = Theory(self._features, (), self._compiled.missing) if self._theory_on else None
        model = self._rectified(theory, conditions, label)
        old = self._compiled.vocabulary
        self._compiled = compile_model(model, feature_names=old.names)
        self._instances.watch = Watch(model)
        self._clauses = self._translated_clauses(old)
        self._spaces = {}
        self._rebuild()
        return model

    def _rectified(self, theory: Theory | None, conditions: Iterable[Any], label: Any) -> Any:
        """Return the rectified model."""
        raise NotImplementedError

    def _translated_clauses(self, old: Any) -> tuple[tuple[int, ...], ...]:
        """Renumber user clauses for the changed model; the conditions that it no longer tests get new numbers."""
        if not self._clauses:
            return ()
        current = self._compiled.vocabulary
        builder = VocabularyBuilder(current.reading, self._compiled.missing)
        for condition in current.conditions:
            builder.literal(condition)
        clauses = tuple(tuple(builder.literal(old.condition(v)) for v in clause) for clause in self._clauses)
        vocabulary = Vocabulary(
            tuple(builder.conditions), current.names, current.reading, current.labels, current.own_readings
        )
        self._compiled = replace(self._compiled, vocabulary=vocabulary)
        return clauses

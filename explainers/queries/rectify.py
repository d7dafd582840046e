"""Rectification: a model that is changed where its user knows better, and is explained from then on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from ...encoders.fingerprint import Watch
from ...encoders.registry import compile_model
from ...engine.domain.theory import Theory
from ...engine.domain.vocabulary import Vocabulary, VocabularyBuilder
from ...engine.errors import UnsupportedModelError
from ...engine.models.around import around_of
from ..session.gate import switch
from .answers import Deciding
from .explaining import Explaining

if TYPE_CHECKING:
    from ...encoders.builder import BoostedTrees, BoostedTreesRegression, DecisionTree, RandomForest

    Rectified: TypeAlias = DecisionTree | RandomForest | BoostedTrees | BoostedTreesRegression


class RectifyQueries(Explaining):
    """Rectification of trees and forests."""

    answers: Deciding

    @switch
    def rectify(self, *, conditions: Iterable[Any], label: Any, tests: bool = False) -> Rectified:
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
        if around_of(self.session.compiled) is not None:
            raise UnsupportedModelError(
                "each text has a form of its own, so that a rule over the words of one cannot change the pipeline: "
                "rectify the model behind its vectorizer, on columns of counts"
            )
        theory = Theory(self.session.features, (), self.session.compiled.missing) if self.session.theory_on else None
        model: Rectified = self.answers.rectified(theory, conditions, label)
        old = self.session.compiled.vocabulary
        self.session.compiled = compile_model(model, feature_names=old.names)
        self.session.instances.watch = Watch(model)
        self.session.clauses = self._translated_clauses(old)
        self.session.spaces = {}
        self.session.rebuild()
        return model

    def _translated_clauses(self, old: Any) -> tuple[tuple[int, ...], ...]:
        """Renumber user clauses for the changed model; the conditions that it no longer tests get new numbers."""
        if not self.session.clauses:
            return ()
        current = self.session.compiled.vocabulary
        builder = VocabularyBuilder(current.reading, self.session.compiled.missing)
        for condition in current.conditions:
            builder.literal(condition)
        clauses = tuple(tuple(builder.literal(old.condition(v)) for v in clause) for clause in self.session.clauses)
        vocabulary = Vocabulary(
            tuple(builder.conditions), current.names, current.reading, current.labels, current.own_readings
        )
        self.session.compiled = replace(self.session.compiled, vocabulary=vocabulary)
        return clauses

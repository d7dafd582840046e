"""The explainer of decision trees: all queries, artefacts and rectification."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..encoders.cnf import tree_cnf
from ..encoders.registry import compile_model
from ..engine.budget import Deadline
from ..engine.cheapest import covering_clauses
from ..engine.forms import Cnf, Linear, Wcnf
from ..engine.kernels import F64
from ..engine.marco import Clause, enumerate_reasons
from ..engine.reasons import Proof, Reason
from ..engine.status import Status, Stop
from ..engine.theory import Kind, Theory
from ..engine.universe import attribute_universe, bits, mask_of
from .backends import covering_program, covering_wcnf, open_sat
from .rectify import rectified_tree
from .tree_batch import BatchReasons, batch_sufficient
from .tree_checks import TreeChecks
from .tree_generic import DEFAULT_SAT, Question


class TreeExplainer(TreeChecks):
    """Explains the decisions of a decision tree, exactly.

    Made by ``Explainer.initialize(tree, …)``; see ``BaseExplainer`` for the parameters.
    """

    def direct_reason(self) -> Reason | None:
        """Return the literals on the path that the instance takes (by the non-implied ones).

        Returns
        -------
        Reason or None
            ``None`` if one of them is on an excluded feature.
        """
        with self._query(None) as deadline:
            path = self._compiled.tree.path_literals(self._here.truth)
            if any(self._space.feature_of(literal) in self._excluded for literal in path):
                return None
            literals = path if self._space.theory is None else self._non_implied(path)
            proof = Proof("direct", method="the instance's path", seconds=deadline.elapsed)
            return self._make(sorted(set(literals), key=abs), proof)

    def _non_implied(self, literals: Iterable[int]) -> list[int]:
        """Return the written form of the closure of literals that are true at the instance, attribute by attribute."""
        space, situation = self._space, self._here
        by_attribute: dict[int, list[int]] = {}
        for literal in literals:
            by_attribute.setdefault(int(space.attribute_of[abs(literal) - 1]), []).append(abs(literal) - 1)
        out: list[int] = []
        for a, variables in by_attribute.items():
            attribute = space.attributes[a]
            if attribute.interval:
                cell, base = int(situation.cells[a]), int(space.element_base[a])
                cut = attribute.cut[np.searchsorted(attribute.variables, variables)]
                below, above = cut[(cut >= 0) & (cut < cell)], cut[cut >= cell]
                strongest = [*([below.max()] if len(below) else []), *([above.min()] if len(above) else [])]
                out += [situation.literal(base + int(p)) for p in strongest]
                continue
            universe = attribute_universe(situation, a)
            place = {v: e for e, v in enumerate(universe.names)}
            written = universe.written(universe.close(mask_of(place[v] for v in variables)))
            out += [int(space.literals(situation.truth)[universe.names[e]]) for e in bits(written)]
        return out

    # -- many rows ---------------------------------------------------------------------------------------------

    def explain_rows(
        self, rows: F64, deadline: Deadline, *, n_jobs: int | None = None, progress: bool = False
    ) -> BatchReasons:
        """Return one sufficient reason for each row (rows as the model reads them); the current instance is left alone.

        Raises
        ------
        TheoryError
            If a row is outside the domain.
        """
        space = self._space
        if space.all_interval and not (self._theory_on and self._clauses):
            for row in rows if any(f.kind is not Kind.NUMERICAL for f in self._features) else ():
                space.check_row(row)
            feature = np.array([a.feature for a in space.attributes], dtype=np.int32)
            banned = np.isin(feature[space.element_attribute], np.array(sorted(self._excluded), dtype=np.int32))
            return batch_sufficient(
                space, self._compiled.tree, self._table, len(self._compiled.classes), rows, banned, deadline,
                n_jobs=n_jobs, progress=progress,
            )  # fmt: skip
        return self._row_by_row(rows, deadline, progress)

    def _row_by_row(self, rows: F64, deadline: Deadline, progress: bool) -> BatchReasons:
        """Explain rows where some feature is not described by cuts, or clauses hold."""
        from tqdm import tqdm

        before = self._instance
        outcome: list[int] = []
        offsets = [0]
        literals: list[int] = []
        try:
            for row in tqdm(rows, unit="row", disable=not progress):
                if deadline.expired():
                    break
                self._place_read(row)
                reason = self._one_sufficient(False, deadline, None)
                if reason is not None and reason.status is not Status.PROVED:
                    break  # cut short: it is left out rather than told as a reason
                outcome.append(self._outcome())
                literals.extend((0,) if reason is None else reason)
                offsets.append(len(literals))
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
        finally:
            if before is not None:
                self._place_read(before)
        done = len(outcome)
        return BatchReasons(
            np.array(outcome, np.int32),
            np.array(offsets[: done + 1], np.int64),
            np.array(literals[: offsets[done]], np.int32),
            deadline.stop,
        )

    # -- artefacts ---------------------------------------------------------------------------------------------

    def to_cnf(self, label: Any = None) -> Cnf:
        """Return the CNF of "the tree decides for this label" over the conditions, under the current domain.

        Parameters
        ----------
        label : label, optional
            Default: the class of the instance. A sufficient reason for it is an implicant of this formula.
        """
        good = np.zeros(len(self._compiled.classes), dtype=np.bool_)
        good[self._outcome() if label is None else self._compiled.class_index(label)] = True
        return tree_cnf(self._compiled, self._space, good)

    def to_wcnf(self) -> Wcnf:
        """Return the MaxSAT problem of a minimal sufficient reason.

        Variable i is true iff the literal of condition i is written. The optimum is the size of a minimal sufficient
        reason, and its literals force the outcome. Where literals imply each other an optimum may use a bound that is
        tighter than it need be: ``minimal_sufficient_reason`` loosens it. Variables beyond the conditions say which
        values of a feature are excluded.
        """
        clauses, n, prices = self._covering()
        return covering_wcnf(clauses, n, prices)

    def to_mip(self) -> Linear:
        """Return the problem of ``to_wcnf`` as a 0/1 linear program."""
        clauses, n, prices = self._covering()
        return covering_program(clauses, n, prices)

    def _covering(self) -> tuple[list[Clause], int, list[int]]:
        question = self._question(self._good(), False, None)
        universe = question.universe
        n = len(self._space.vocabulary)
        renamed = [*(v + 1 for v in universe.names), *(n + 1 + d for d in range(len(universe.moves)))]
        clauses: list[Clause] = [
            tuple(renamed[abs(v) - 1] * (1 if v > 0 else -1) for v in clause)
            for clause in covering_clauses(universe, self._all_drops(question))
        ]
        clauses += [(-(v + 1),) for v in range(n) if v not in set(universe.names)]
        return clauses, n + len(universe.moves), [1] * n

    def _all_drops(self, question: Question) -> list[int]:
        """Return the contrastive reasons as dropped sets; excluded features are free."""
        good = self._good()
        if self._reduced(good, False, self._excluded) is not None:
            return self._known_drops(question, good)

        def open_map(clauses: list[Clause], n_variables: int) -> Any:
            return open_sat(DEFAULT_SAT, Cnf.from_clauses(clauses, n_variables))

        found = enumerate_reasons(question.universe, question.oracle, open_map, Deadline())
        return [elements for kind, elements, _ in found if kind == "contrastive"]

    # -- rectification -----------------------------------------------------------------------------------------

    def rectify(self, *, conditions: Iterable[Any], label: Any, tests: bool = False) -> Any:
        """Change the model so that the conditions imply the label; elsewhere it stays as it is.

        Parameters
        ----------
        conditions : iterable
            Literals of the model, texts such as ``"age > 37.5"``, or triples (feature, operator, number).
        label : label
            One of the model's classes.
        tests : bool
            Accepted and not needed: the construction is exact.

        Returns
        -------
        DecisionTree
            The rectified tree (with ``predict``), which this explainer explains from now on.
        """
        theory = Theory(self._features, (), self._compiled.missing) if self._theory_on else None
        tree = rectified_tree(self._compiled, self._features, theory, conditions, label)
        old = self._compiled.vocabulary
        self._compiled = compile_model(tree, feature_names=old.names)
        self._clauses = self._translated_clauses(old)
        self._spaces = {}
        self._rebuild()
        return tree

    def _translated_clauses(self, old: Any) -> tuple[tuple[int, ...], ...]:
        """Renumber user clauses for the changed model; the conditions that it no longer tests get new numbers."""
        if not self._clauses:
            return ()
        from ..engine.vocabulary import Vocabulary, VocabularyBuilder

        current = self._compiled.vocabulary
        builder = VocabularyBuilder(current.reading, self._compiled.missing)
        for condition in current.conditions:
            builder.literal(condition)
        clauses = tuple(tuple(builder.literal(old.condition(v)) for v in clause) for clause in self._clauses)
        vocabulary = Vocabulary(tuple(builder.conditions), current.names, current.reading, current.labels)
        from dataclasses import replace

        self._compiled = replace(self._compiled, vocabulary=vocabulary)
        return clauses

"""The explainer of models that decide about several labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, CapabilityError, shown
from ...engine.labels.problem import Problem
from ...engine.labels.search import Single
from ...engine.models.multilabel import CompiledMultiLabel, Vector
from ...engine.reasons import Reason
from ..report.label_picture import MultiLabelPictures
from ..session.gate import switch
from ..session.running import told_over
from ..tree.batch import BatchReasons
from .problems import SubForest, follow


class MultiLabelExplainer(MultiLabelPictures):
    """Explains the labels of a multi-label model, exactly.

    Made by ``Explainer.initialize(model, …)`` for scikit-learn's multi-label models and ``Builder.MultiLabel``; see
    ``BaseExplainer`` for the parameters. The queries take ``labels=``, the labels of interest (default: all of them).
    """

    def _own_room(self) -> None:
        super()._own_room()
        self._row_vectors: dict[tuple[int, ...], int] = dict(getattr(self, "_row_vectors", {}))  # of no domain

    @switch
    def set_label_names(self, names: Sequence[str]) -> None:
        """Give the labels other names, one each, in the order of the model's output."""
        try:
            given = () if isinstance(names, str) else tuple(str(name) for name in names)
        except TypeError:
            given = ()
        if len(given) != len(self._form.labels) or len(set(given)) != len(given):
            raise BadInputError(f"names={shown(names)}: expected {len(self._form.labels)} distinct names, one a label")
        self._compiled = self._form.renamed(given)
        self._domain_changed()

    # -- many rows ---------------------------------------------------------------------------------------------

    def _one_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        how: dict[str, Any] = {"over": told_over(per_feature), "time_limit": deadline}
        found: Reason | None = self.sufficient_reason(**how)
        return found

    def _row_outcome(self) -> Vector:
        return self._vector

    def _row_number(self, outcome: Vector) -> int:
        """Return the number of a vector of labels among those that rows had."""
        return self._row_vectors.setdefault(outcome, len(self._row_vectors))

    def _took(self, twin: MultiLabelExplainer) -> None:
        self._row_vectors = twin._row_vectors

    @property
    def row_labels(self) -> tuple[tuple[Any, ...], ...]:
        """The vectors of labels of the rows that were explained together last."""
        form: CompiledMultiLabel = self._form
        return tuple(form.values_of(vector) for vector in self._row_vectors)

    def _explain_rows(
        self, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
        intervals: F64 | None,
    ) -> BatchReasons:  # fmt: skip
        self._row_vectors = {}
        return self._row_by_row(rows, per_feature, deadline, n_jobs, progress)

    # -- artefacts ---------------------------------------------------------------------------------------------

    def to_cnf(self, label: Any = None, value: Any = None) -> Any:
        """Return the CNF of "the label has this value" over the conditions that all labels share.

        Parameters
        ----------
        label : label, optional
            Its name or position; without one, the formulas of all labels are returned, by name.
        value : value of the label, optional
            Default: the one that it has at the instance (of a label with values 0 and 1, 1 asks for "predicted").

        Returns
        -------
        Cnf, or dict from str to Cnf
            Variables 1 … n are the conditions, the same in the formula of each label; those beyond are defined by the
            conditions, by each formula for itself. A sufficient reason for the label is an implicant.

        Raises
        ------
        CapabilityError
            If the label asks other ones (a chain), or the formula would have more than five million clauses.
        """
        if label is None:
            if value is not None:
                raise BadInputError(f"value={shown(value)} without a label: say which label shall have it")
            return {name: self.to_cnf(name) for name in self.label_names}
        i = self._form.label_index(label)
        own = self._form.labels[i]
        if own.tests:
            asked = shown([self._form.names[parent] for parent in own.parents])
            raise CapabilityError(
                f"label {own.name!r} asks the labels {asked}: no formula of a chain is written; use is_reason, or a "
                "model whose labels do not ask each other"
            )
        good = np.zeros(len(own.classes), np.bool_)
        good[self._vector[i] if value is None else self._class_of(i, value)] = True
        nothing = Problem(())  # only a formula is asked for
        sub = SubForest(self, Single(own.model, good), nothing, self._predict_bad(nothing))
        follow(sub, self)
        return sub._cnf_of(good)

"""The explainer of models that decide about several labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.budget import Deadline
from ..engine.errors import BadInputError, shown
from ..engine.kernels import F64
from ..engine.multilabel import CompiledMultiLabel
from ..engine.reasons import Reason
from .gate import switch
from .multilabel_picture import MultiLabelPictures
from .querying import told_over
from .tree_batch import BatchReasons


class MultiLabelExplainer(MultiLabelPictures):
    """Explains the labels of a multi-label model, exactly.

    Made by ``Explainer.initialize(model, …)`` for scikit-learn's multi-label models and ``Builder.MultiLabel``; see
    ``BaseExplainer`` for the parameters. The queries take ``labels=``, the labels of interest (default: all of them).
    """

    def _domain_changed(self) -> None:
        super()._domain_changed()
        self._row_vectors: dict[tuple[int, ...], int] = getattr(self, "_row_vectors", {})  # of no domain

    @switch
    def set_label_names(self, names: Sequence[str]) -> None:
        """Give the labels other names, one each, in the order of the model's output."""
        if isinstance(names, str) or len(list(names)) != len(self._form.labels) or len(set(names)) != len(list(names)):
            raise BadInputError(f"names={shown(names)}: expected {len(self._form.labels)} distinct names, one a label")
        self._compiled = self._form.renamed(tuple(str(name) for name in names))
        self._domain_changed()

    # -- many rows ---------------------------------------------------------------------------------------------

    def _one_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        how: dict[str, Any] = {"over": told_over(per_feature), "time_limit": deadline}
        found: Reason | None = self.sufficient_reason(**how)
        return found

    def _outcome(self) -> int:
        """Return the number of the instance's vector of labels among those that rows had."""
        return self._row_vectors.setdefault(self._vector, len(self._row_vectors))

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
        return self._row_by_row(rows, per_feature, deadline, progress)

"""One compiled form for each way in which rows are typed: pipelines calculate in the dtypes of their rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...encoders.columns.told import Row
from ...encoders.registry import compile_model, covers, detect_missing, dtypes_reader
from ...encoders.selfcheck import self_check
from ...engine.domain.space import Space
from ...engine.errors import BadInputError
from ...engine.models import CompiledModel
from .domain import Domain
from .witness import Teller


@dataclass(slots=True)
class Forms:
    """How forms are made, and those that were.

    Attributes
    ----------
    missing, feature_names, voting, check
        What the explainer was made with.
    told : tuple of str or None
        The dtypes of the background; rows that declare none are read in them.
    known : mapping from dtypes to form and spaces
        Forms that were left for another one.
    reader : callable or None
        Tells the dtypes of rows, see ``registry.dtypes_reader``.
    """

    missing: str | bool | Sequence[str] = "auto"
    feature_names: Sequence[str] | None = None
    voting: str = "soft"
    check: bool = True
    told: tuple[str, ...] | None = None
    known: dict[tuple[str, ...], tuple[CompiledModel, dict[Any, Space]]] = field(default_factory=dict)
    reader: Callable[[Any], tuple[str, ...] | None] | None = None


class RowForms(Domain):
    """Reads rows in the form that was compiled for their dtypes."""

    _row_forms: Forms
    _around: Teller | None

    def _read(self, rows: Any) -> NDArray[np.float64]:
        """Read rows; if they are typed otherwise, go over to another form, which has literals of its own.

        Raises
        ------
        BadInputError
            If clauses of the theory speak of the literals of this form.
        """
        wanted, rows = self._typed(rows)
        if wanted != self._compiled.dtypes:
            self._change_form(wanted, rows)
        return self._compiled.read(rows)

    def _form_of(self, rows: Any) -> tuple[CompiledModel, Any]:
        """Return the form that reads rows, and the rows as it takes them, and stay with the current one."""
        wanted, rows = self._typed(rows)
        if wanted == self._compiled.dtypes:
            return self._compiled, rows
        if wanted in self._row_forms.known:
            return self._row_forms.known[wanted][0], rows
        return self._compile_for(wanted, rows), rows

    def _forget_forms(self) -> None:
        self._row_forms = replace(self._row_forms, known={})

    def _typed(self, rows: Any) -> tuple[tuple[str, ...], Any]:
        """Return the dtypes of the form that reads rows, and the rows without dtypes that are not theirs to tell."""
        own = self._compiled.dtypes
        if not own:
            return own, rows
        if isinstance(rows, Row):
            rows = rows.row
        names, model = self._compiled.vocabulary.names, self._compiled.source
        series = hasattr(rows, "to_numpy") and not hasattr(rows, "columns")
        dtypes_of = self._row_forms.reader = self._row_forms.reader or dtypes_reader(model, names)
        found = None if series and self._row_forms.told is not None else dtypes_of(rows)
        if found is None:
            found = self._row_forms.told or dtypes_of(np.zeros(len(names)))
            if series:
                rows = rows.astype(object) if hasattr(rows, "astype") else rows.to_list()
        return (own if not found or covers(model, own, found) else found), rows

    def _compile_for(self, dtypes: tuple[str, ...], rows: Any) -> CompiledModel:
        how, model = self._row_forms, self._compiled.source
        missing = self._compiled.missing | detect_missing(model, how.missing, [rows], how.feature_names)
        return compile_model(
            model, feature_names=how.feature_names, missing=missing, voting=how.voting, features_type=self._types,
            dtypes=dtypes,
        )  # fmt: skip

    def _change_form(self, dtypes: tuple[str, ...], rows: Any) -> None:
        if self._clauses:
            raise BadInputError(
                "these rows have other dtypes than those that the explainer was made for, so that the model's "
                "conditions are numbered anew, and the clauses of the theory speak of the old ones: make an explainer "
                "with background=… of such rows"
            )
        known = self._row_forms.known
        known[self._compiled.dtypes] = (self._compiled, self._spaces)
        fresh = dtypes not in known
        self._compiled, self._spaces = (self._compile_for(dtypes, rows), {}) if fresh else known[dtypes]
        self._declared = self._parse_features(self._types)
        self._left_out, self._instance, self._around = frozenset(), None, None
        self._rebuild()
        if fresh and self._row_forms.check:
            self_check(self._compiled, self._space)

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
from ...engine.models.around import around_of, near
from .domain import Domain, Form
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


class RowForms(Domain[Form]):
    """Reads rows in the form that was compiled for their dtypes."""

    row_forms: Forms
    around: Teller | None

    def read(self, rows: Any) -> NDArray[np.float64]:
        """Read rows; if they are typed otherwise, go over to another form, which has literals of its own.

        Raises
        ------
        BadInputError
            If clauses of the theory speak of the literals of this form.
        """
        wanted, rows = self.typed(rows)
        if wanted != self.compiled.dtypes:
            self.change_form(wanted, rows)
        read: NDArray[np.float64] = self.compiled.read(rows)
        self.fit_numbers(read)
        return read

    def form_of(self, rows: Any) -> tuple[CompiledModel, Any]:
        """Return the form that reads rows, and the rows as it takes them, and stay with the current one."""
        if (around := around_of(self.compiled)) is not None:
            texts = around.texts(rows)
            return (near(self.compiled, texts[0]) if len(texts) == 1 else self.compiled), texts
        wanted, rows = self.typed(rows)
        if wanted == self.compiled.dtypes:
            return self.compiled, rows
        if wanted in self.row_forms.known:
            return self.row_forms.known[wanted][0], rows
        return self.compile_for(wanted, rows), rows

    def forget_forms(self) -> None:
        """Forget the forms for rows of other dtypes."""
        self.row_forms = replace(self.row_forms, known={})

    def typed(self, rows: Any) -> tuple[tuple[str, ...], Any]:
        """Return the dtypes of the form that reads rows, and the rows without dtypes that are not theirs to tell."""
        own = self.compiled.dtypes
        if not own:
            return own, rows
        if isinstance(rows, Row):
            rows = rows.row
        names, model = self.compiled.vocabulary.names, self.compiled.source
        series = hasattr(rows, "to_numpy") and not hasattr(rows, "columns")
        dtypes_of = self.row_forms.reader = self.row_forms.reader or dtypes_reader(model, names)
        found = None if series and self.row_forms.told is not None else dtypes_of(rows)
        if found is None:
            found = self.row_forms.told or dtypes_of(np.zeros(len(names)))
            if series:
                rows = rows.astype(object) if hasattr(rows, "astype") else rows.to_list()
        return (own if not found or covers(model, own, found) else found), rows

    def compile_for(self, dtypes: tuple[str, ...], rows: Any) -> CompiledModel:
        """Return the form of the model for rows of some dtypes."""
        how, model = self.row_forms, self.compiled.source
        missing = self.compiled.missing | detect_missing(model, how.missing, [rows], how.feature_names)
        return compile_model(
            model, feature_names=how.feature_names, missing=missing, voting=how.voting, features_type=self.form_types(),
            dtypes=dtypes,
        )  # fmt: skip

    def change_form(self, dtypes: tuple[str, ...], rows: Any) -> None:
        """Go over to the form for rows of other dtypes."""
        if self.clauses:
            raise BadInputError(
                "these rows have other dtypes than those that the explainer was made for, so that the model's "
                "conditions are numbered anew, and the clauses of the theory speak of the old ones: make an explainer "
                "with background=… of such rows"
            )
        known = self.row_forms.known
        known[self.compiled.dtypes] = (self.compiled, self.spaces)
        fresh = dtypes not in known
        form: tuple[Any, dict[Any, Space]] = (self.compile_for(dtypes, rows), {}) if fresh else known[dtypes]
        self.compiled, self.spaces = form
        self.declared = self.parse_features(self.types)
        self.left_out, self.placed_row, self.around = frozenset(), None, None
        self.rebuild()
        if fresh and self.row_forms.check:
            self_check(self.compiled, self.space)

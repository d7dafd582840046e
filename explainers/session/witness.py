"""Changed rows: told in the user's own types, and confirmed once by the model's own ``predict``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...encoders.columns.containers import in_dtype
from ...encoders.columns.given import Given
from ...encoders.columns.row_kind import RowKind
from ...encoders.columns.told import Row, together
from ...encoders.fingerprint import Watch
from ...encoders.meta.as_given import predict_as_given
from ...encoders.saved.models import SavedModel
from ...engine.arrays import F64
from ...engine.domain.instance import Situation
from ...engine.domain.plain_numbers import plainest
from ...engine.errors import SelfCheckError, UndecidedError
from ...engine.labels.problem import Problem
from ...engine.models import CompiledModel, label_tuple
from ...engine.models.multilabel import CompiledMultiLabel

Outside = Callable[[Any], Sequence[bool]]  # predictions of rows -> whether each is outside O
Cells = Callable[[], Any]
_NOTHING = np.zeros(0)
BY_FORM = "confirmed by the compiled form"  # where the model itself is not there to be asked


def outside_of(compiled: CompiledModel, wanted: Any) -> Outside:
    """Return what tells which predictions are outside O: classes, or an interval (its outside, if marked so)."""
    if isinstance(wanted, tuple):
        low, high, *marked = wanted
        return lambda said: [bool(low <= value <= high) == bool(marked) for value in said.tolist()]
    return lambda said: [not wanted[compiled.class_index(label)] for label in label_tuple(said)]


def outside_of_labels(form: CompiledMultiLabel, problem: Problem) -> Outside:
    """Return what tells which predictions of several labels are bad for a problem.

    It raises UndecidedError for one that is not, where rounding decides about labels.
    """

    def outside(said: Any) -> list[bool]:
        bad = [problem.bad(vector) for vector in form.vectors_of_predictions(said).tolist()]
        if not all(bad) and any(label.model.slack for label in form.labels):
            raise UndecidedError("an input is so near to a tie that rounding decides its labels")
        return bad

    return outside


class Teller:
    """Tells rows of a model in the user's types.

    Parameters
    ----------
    compiled : CompiledModel
        The model whose ``predict`` the user knows.
    kind : RowKind
        What the rows that are told are like.
    given : Given or None
        The instance as it was given; None where there is none: then every value is made.
    note : str
        What has to be known of how the instance was read.
    watch : Watch or None
        Notices that the model has changed.
    """

    __slots__ = ("_watch", "compiled", "given", "kind", "knows_own", "note")

    def __init__(
        self, compiled: CompiledModel, kind: RowKind, given: Given | None, note: str = "", watch: Watch | None = None
    ) -> None:
        self.compiled, self.kind, self.given, self.note, self._watch = compiled, kind, given, note, watch
        self.knows_own = given is not None

    def of(self, compiled: CompiledModel) -> Teller:
        """Return the same for another form or model of these columns."""
        if compiled is self.compiled:
            return self
        watch = self._watch if compiled.source is self.compiled.source else None
        return Teller(compiled, self.kind, self.given, self.note, watch)

    def own(self) -> Row:
        """Return the instance itself, where it was given."""
        return self._row(_NOTHING, {}, ())

    def instance(self, read: F64) -> Row:
        """Return the instance itself, which the model reads as `read`."""
        return self._row(read, {}, ())

    def changed(self, situation: Situation, cells: Any, *, nearest: bool = False) -> Row:
        """Return the row in some cells that is the instance in all other columns.

        Parameters
        ----------
        situation : Situation
            The instance.
        cells : sequence of int
            The cell of each attribute.
        nearest : bool
            Whether numbers must be the nearest ones as the model reads them (else those with few digits).
        """
        new: dict[int, float] = {}
        others = np.asarray(cells) != situation.cells if self.given is not None else np.ones(len(cells), np.bool_)
        for a in np.nonzero(others)[0].tolist():
            attribute = situation.space.attributes[a]
            values = attribute.nearest(int(cells[a]), situation.row)
            if attribute.ranges is not None:
                (column, value), *_ = values.items()
                values = {column: self._plainest(attribute.ranges(int(cells[a])), column, value, situation, nearest)}
            new.update(values)
        read = situation.row.copy()
        for column, value in new.items():
            read[column] = value
        same = [c for c, v in new.items() if v == situation.row[c] or (np.isnan(v) and np.isnan(situation.row[c]))]
        names = self.compiled.vocabulary.names
        if self.given is None:
            return self._row(read, {}, names)
        kept = set(same)
        made = {c: v for c, v in new.items() if c not in kept}
        return self._row(read, made, tuple(names[c] for c in sorted(made)))

    def told(self, read: F64, instance: F64 | None) -> Row:
        """Return a row that the model reads as `read`; columns in which it is the instance are the instance's own."""
        names = self.compiled.vocabulary.names
        if self.given is None or instance is None:
            return self._row(read, {}, names)
        same = (read == instance) | (np.isnan(read) & np.isnan(instance))
        made = {c: float(read[c]) for c in np.nonzero(~same)[0].tolist()}
        return self._row(read, made, tuple(names[c] for c in sorted(made)))

    def _plainest(
        self, ranges: list[tuple[float, float]], column: int, value: float, situation: Situation, nearest: bool
    ) -> float:
        """Return a number of the cell with few digits; `value` is the nearest one."""
        inside = [(low, high) for low, high in ranges if low <= value <= high]
        if not inside or np.isnan(value):
            return value
        reading, dtype = situation.space.vocabulary.reading_of(column), self.kind.dtypes[column]

        def reads(number: float) -> float:
            with np.errstate(over="ignore"):
                return float(reading.cast(np.array([float(in_dtype(number, dtype, None))]))[0])

        return plainest(*inside[0], float(situation.row[column]), reads, exact=nearest)

    def _row(self, read: F64, made: dict[int, float], changed: tuple[str, ...]) -> Row:
        compiled, note = self.compiled, self.note
        names, labels = compiled.vocabulary.names, compiled.vocabulary.labels
        if changed and isinstance(compiled.source, SavedModel):
            note = f"{note}; {BY_FORM}" if note else BY_FORM
        if self.given is None:
            read_back = compiled.to_user_row(read)
            made_up = [in_dtype(_native(v), dtype, None) for v, dtype in zip(read_back, self.kind.dtypes, strict=True)]
            return Row(names, tuple(made_up), self.kind, changed, note)
        values = list(self.given.values)
        if made:
            tokens = compiled.to_user_row(read) if any(c in labels for c in made) else None
            for c, number in made.items():
                value = number if tokens is None or c not in labels else _native(tokens[c])
                values[c] = in_dtype(value, self.kind.dtypes[c], values[c])
        return Row(names, tuple(values), self.kind, changed, note)

    def predictions(self, rows: Sequence[Row]) -> Any:
        """Return what the model's own ``predict`` says of rows, in one call.

        Raises
        ------
        ModelChangedError
            If the model is not what it was when it was compiled.
        """
        if self._watch is not None:
            self._watch.check_whole()
        return predict_as_given(self.compiled, together(rows))


def _native(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


class Shown:
    """Makes the changed instance of a reason when it is asked for; the model's own ``predict`` confirms it once.

    Parameters
    ----------
    teller : Teller
        Tells rows of the user's.
    situation : Situation
        The instance.
    cells : callable
        Returns the cell of each attribute; None if none is to be had.
    outside : callable
        Predictions -> whether each is outside O.
    nearest : bool
        As in ``Teller.changed``.
    """

    __slots__ = ("_cells", "_known", "_nearest", "_outside", "_situation", "_teller")

    def __init__(
        self, teller: Teller, situation: Situation, cells: Cells, outside: Outside, *, nearest: bool = False
    ) -> None:
        self._teller, self._situation, self._cells, self._outside = teller, situation, cells, outside
        self._nearest = nearest
        self._known: tuple[Row | None] | None = None

    def __call__(self, reason: Any = None) -> Row | None:
        """Return the row, confirmed; None with the theory off."""
        confirm([self])
        assert self._known is not None
        return self._known[0]

    @property
    def shown(self) -> Shown:
        """Itself (what a set of reasons asks for)."""
        return self

    @staticmethod
    def confirm_all(shown: Sequence[Shown]) -> None:
        """Confirm several rows, see ``confirm``."""
        confirm(shown)

    @property
    def pending(self) -> bool:
        """Whether the row has not been confirmed yet."""
        return self._known is None

    def made(self) -> Row | None:
        """Return the row before it is confirmed."""
        cells = None if self._situation.space.theory is None else self._cells()
        if cells is None:
            return None
        return self._teller.changed(self._situation, cells, nearest=self._nearest)

    def settle(self, row: Row | None, said: Any) -> None:
        """Keep a row that the model predicts as `said` (an array of one prediction).

        Raises
        ------
        SelfCheckError
            If that is in O.
        """
        if row is not None and not self._outside(said)[0]:
            raise SelfCheckError(
                f"the model's own predict says {said[0]!r} of the changed row {row!r}, which is no change: please "
                "report this with the model"
            )
        self._known = (row,)


def confirm(shown: Sequence[Shown]) -> None:
    """Confirm the rows of several reasons that were not confirmed yet, in one call of the model's ``predict``."""
    waiting: dict[int, list[tuple[Shown, Row]]] = {}
    for one in shown:
        if one.pending:
            row = one.made()
            if row is None:
                one.settle(None, None)
            else:
                waiting.setdefault(id(one._teller), []).append((one, row))
    for pairs in waiting.values():
        said = pairs[0][0]._teller.predictions([row for _, row in pairs])
        for place, (one, row) in enumerate(pairs):
            one.settle(row, said[place : place + 1])

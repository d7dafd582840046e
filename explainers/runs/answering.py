"""``explain_batch``: a frame of rows in, a frame of answers out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BadInputError, SufficeError, shown
from ...engine.given import is_whole, truth_of
from ...engine.models.around import around_of
from ...engine.status import Status, Stop
from ..batch.asking import ask_batch, question_of
from ..batch.batch import FAILED, NOT_REACHED
from ..batch.intervals import wish_of
from ..batch.run import NO_LIMIT, Each
from ..queries.explaining import Explaining
from ..queries.table import over_unasked
from ..words.arguments import threads_of
from .csv_files import DAMAGED
from .frames import arrow, back, columns_for, kept_columns, kept_names, pandas_of, table_of
from .seen import Seen, keys_of
from .shapes import Predictions, Shape, shape_of, status_of

ROW, ENDS = "row", ("status", "stop", "error")
_ONE = 1
_TO_THE_END = (
    str(Status.OPTIMAL),
    str(Status.COMPLETE),
    str(Status.INFEASIBLE),
)  # a limit that struck then cost nothing


@dataclass(frozen=True)
class Asked:
    """A query about rows of frames, with its columns; checked when it is made.

    Attributes
    ----------
    explainer : explainer
        What is asked.
    query : str
        The query.
    options : mapping
        Its arguments.
    keep : tuple of str
        Columns of the rows that go with the answers.
    words : bool
        Whether reasons are told in words as well.
    each : Each
        What one row may take.
    tolerance, interval : float, pair of numbers
        Of a regressor.
    seen : Seen
        Answers about rows that were asked before.
    """

    explainer: Any
    query: str
    options: Mapping[str, Any] = field(default_factory=dict)
    keep: Any = ()
    words: bool = True
    each: Each = NO_LIMIT
    tolerance: float | None = None
    interval: tuple[float, float] | None = None
    seen: Seen = field(default_factory=Seen)

    def __post_init__(self) -> None:
        if type(self.explainer).__name__ == "SurrogateExplainer":
            raise BadInputError(
                "a surrogate is made for each row anew, and its labels are not known before: use explainer.batch(X)"
            )
        if not isinstance(self.explainer, Explaining):
            raise BadInputError(
                f"explainer={shown(self.explainer)}: expected an explainer, such as suffice.Explainer.initialize(model)"
            )
        self.shape  # noqa: B018  # a wrong query is an error now
        wish = wish_of(self.tolerance, self.interval)
        regression = getattr(self.explainer.session.compiled, "regression", False)
        if wish is not None and not regression:
            raise BadInputError("tolerance and interval are for regressors: this model predicts classes")
        if wish is None and regression and self.explainer.session.interval is None:
            raise BadInputError(
                "this model predicts numbers: say tolerance=0.5 (why each prediction is what it is, give or take 0.5), "
                "or interval=(lower, upper)"
            )

    @cached_property
    def shape(self) -> Shape:
        """What answers look like."""
        question = question_of(self.explainer, self.query, self.options)
        usual = "features" if question.name.endswith("_features") else over_unasked(question.name)
        features = question.options.get("over", usual) == "features"
        return Shape(shape_of(self.explainer, question), features, self.words)

    @cached_property
    def predictions(self) -> Predictions:
        """The column of predictions."""
        return Predictions(self.explainer)

    @property
    def own_names(self) -> list[str]:
        """The names of the columns of answers."""
        return [ROW, "prediction", *(one.name for one in self.shape.fields()), *ENDS]

    def kept(self, names: list[str]) -> tuple[str, ...]:
        """Return the columns that go with the answers."""
        return kept_columns(self.keep, names, self.own_names)

    def schema(self, rows: Any) -> Any:
        """Return the schema of the answers about rows of a schema."""
        pa = arrow()
        own = [
            pa.field(ROW, pa.int64()), pa.field("prediction", self.predictions.type()), *self.shape.fields(),
            *(pa.field(name, pa.string()) for name in ENDS),
        ]  # fmt: skip
        kept = [rows.field(name).with_metadata({}) for name in self.kept(list(rows.names))]
        return pa.schema([own[0], *kept, *own[1:]])

    def table(self, rows: Any, first: int, n_jobs: int | None, deadline: Deadline) -> Any:
        """Return the answers about a table of rows, of which the first has a number, as a table."""
        pa = arrow()
        damage = rows.column(DAMAGED).to_pylist() if DAMAGED in rows.column_names else []
        rows = rows.drop_columns([DAMAGED]) if damage else rows
        schema = self.schema(rows.schema)
        sound = rows.filter(pa.array([why is None for why in damage])) if damage else rows
        frame = pandas_of(sound.select(columns_for(self.explainer, rows.column_names, kept_names(self.keep))))
        told = self._distinct(frame, n_jobs, deadline)
        if damage:
            others = iter(told)
            told = [_damaged(why) if why is not None else next(others) for why in damage]
        columns: dict[str, Any] = {ROW: pa.array(range(first, first + len(rows)), pa.int64())}
        for name in self.kept(rows.column_names):
            columns[name] = rows.column(name)
        for one in schema:
            if one.name not in columns:
                columns[one.name] = pa.array([row.get(one.name) for row in told], one.type)
        return pa.table([columns[one.name] for one in schema], schema=schema)

    def _distinct(self, frame: Any, n_jobs: int | None, deadline: Deadline) -> list[dict[str, Any]]:
        """Return what is told of each row; equal rows are asked once."""
        keys = keys_of(frame)
        if keys is None or self.each.seconds is not None:
            return self._rows(frame, n_jobs, deadline)
        known = self.seen.look(keys)
        places: dict[Any, int] = {}
        for place, key in enumerate(keys):
            if key not in known:
                places.setdefault(key, place)
        new = list(places)
        told = self._rows(frame.iloc[list(places.values())], n_jobs, deadline)
        self.seen.note(new, told)
        known.update(zip(new, told, strict=True))
        return [known[key] for key in keys]

    def _rows(self, frame: Any, n_jobs: int | None, deadline: Deadline) -> list[dict[str, Any]]:
        """Return what is told of each row; rows that the model does not take are parted from the others."""
        if not len(frame):
            return []
        if deadline.stop is not Stop.NONE or deadline.expired():
            late = {"status": NOT_REACHED, "stop": str(deadline.stop)}
            return [late] * len(frame)
        wish = wish_of(self.tolerance, self.interval)
        try:
            rows = frame if around_of(self.explainer.session.compiled) is None else frame.iloc[:, 0].tolist()
            found = ask_batch(
                self.explainer, rows, self.query, self.options, n_jobs, deadline, False, each=self.each, wish=wish
            )
        except Exception as error:
            if len(frame) == _ONE:
                return [{"status": FAILED, "stop": str(Stop.NONE), "error": said(error)}]
            half = len(frame) // 2
            return [*self._rows(frame.iloc[:half], n_jobs, deadline), *self._rows(frame.iloc[half:], n_jobs, deadline)]
        return [self._row(found, i) for i in range(len(found))]

    def _row(self, found: Any, i: int) -> dict[str, Any]:
        value, status = found[i], found.row_status[i]
        failed = status == FAILED
        stop = Stop.NONE if status in _TO_THE_END else found.row_stops[i]
        return {
            "prediction": self.predictions.told(found.predictions[i]),
            **({} if failed or value is None else self.shape.told(value)),
            "status": status_of(value, status),
            "stop": str(stop),
            "error": said(value) if failed else None,
        }


def _damaged(why: str) -> dict[str, Any]:
    return {"status": FAILED, "stop": str(Stop.NONE), "error": f"BadInputError: {why}"}


def said(error: BaseException) -> str:
    """Return an error in one line."""
    return (
        f"{type(error).__name__}: {error}"
        if isinstance(error, SufficeError)
        else f"{type(error).__name__}: {shown(str(error), 300)}"
    )


def each_of(row_seconds: Any, row_steps: Any) -> Each:
    """Return what one row may take.

    Raises
    ------
    BadInputError
        If it is no number of seconds, or of steps.
    """
    if row_seconds is not None:
        Deadline(row_seconds)
    if row_steps is not None and (not is_whole(row_steps) or row_steps < 1):
        raise BadInputError(f"row_steps={shown(row_steps)}: expected a whole number from 1, or None for no limit")
    return Each(None if row_seconds is None else float(row_seconds), None if row_steps is None else int(row_steps))


def explain_batch(
    explainer: Any, frame: Any, /, query: str = "sufficient_reason", *, keep: str | Iterable[str] = (),
    words: bool = True, tolerance: float | None = None, interval: tuple[float, float] | None = None,
    row_seconds: float | None = None, row_steps: int | None = None, time_limit: float | None = None,
    n_jobs: int | None = None, first_row: int = 0, **options: Any,
) -> Any:  # fmt: skip
    """Ask a query about each row of a frame, and return a frame of answers, of the same library.

    Its columns do not depend on the rows (see ``answer_schema``), and the answers about a row not on the others: so the
    function can be mapped over parts of any size. A row that fails is a row with its error.

    Parameters
    ----------
    explainer : explainer
        What is asked; its own instance stays as it is.
    frame : pyarrow.Table, pyarrow.RecordBatch, pandas.DataFrame or polars.DataFrame, shape (m, n)
        The rows, in columns by the model's names; it may have others.
    query, **options : str, Any
        The name of a query about a row, see ``explainer.batch``, and its arguments, the same for all rows.
    keep : str or iterable of str
        Columns of the frame that go with the answers, such as a key.
    words : bool
        Whether reasons are told in words as well as by numbers of literals (names of features).
    tolerance, interval : float, pair of float
        Of a regressor: why each prediction is what it is, give or take this number; or why it is in this interval.
    row_seconds : float, optional
        Time that one row may take; what is told of rows that it stops depends on the machine.
    row_steps : int, optional
        Work that one row may take: steps of about 100 nanoseconds, counted and not timed, so that the answers are the
        same on every machine. Solvers that are no part of this library do not count.
    time_limit, n_jobs : float, int
        Seconds for all rows together; threads (default: one a core).
    first_row : int
        The number of the first row.

    Raises
    ------
    BadInputError
        If it is no frame, lacks columns of the model, or there is no such query or option.
    MissingBackendError
        If pyarrow is not installed.
    """
    each = each_of(row_seconds, row_steps)
    asked = Asked(explainer, query, options, keep, truth_of(words, "words"), each, tolerance, interval)
    if not is_whole(first_row):
        raise BadInputError(f"first_row={shown(first_row)}: expected a whole number")
    found = asked.table(table_of(frame), int(first_row), threads_of(n_jobs), Deadline.of(time_limit))
    return back(found, frame)


def answer_schema(
    explainer: Any, rows: Any, /, query: str = "sufficient_reason", *, keep: str | Iterable[str] = (),
    words: bool = True,
    **options: Any,
) -> Any:  # fmt: skip
    """Return the schema of what ``explain_batch`` returns, before any row is asked.

    Parameters
    ----------
    explainer, query, keep, words, **options
        As for ``explain_batch``.
    rows : pyarrow.Schema or frame
        The schema of the rows, or some of them.

    Returns
    -------
    pyarrow.Schema
    """
    told = rows if isinstance(rows, arrow().Schema) else table_of(rows).schema
    names = ("tolerance", "interval")
    own = {name: options.pop(name) for name in names if name in options}
    for name in ("row_seconds", "row_steps", "time_limit", "n_jobs", "first_row"):
        options.pop(name, None)
    return Asked(explainer, query, options, keep, words, **own).schema(told)

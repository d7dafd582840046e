"""Where the rows of a batch are asked: in twins of the explainer, or in processes of their own."""

from __future__ import annotations

import contextlib
import pickle
import signal
from collections.abc import Callable, Mapping
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BackendError
from ...engine.reasons import ReasonStream
from ...engine.status import Stop
from ...solvers.processes.process import Worker, WorkerDied, WorkerStopped
from ..queries.offered import kept_arguments
from ..session.gate import twin_of
from ..session.kept import keeping
from ..session.pickling import made_again, recipe_of
from .intervals import Wish, interval_around
from .rows import AnyRows
from .run import Outcome

_LATE = 0.1  # seconds after the limit for a process to send what it found
_GRACE = 1.0  # seconds after Ctrl-C for it


class Question:
    """A query with its arguments.

    Parameters
    ----------
    name : str
        The query.
    options : mapping
        Its arguments, checked.
    limited : bool
        Whether it takes a time limit.
    wish : float or interval, optional
        Of a regressor, see ``wish_of``.
    """

    def __init__(self, name: str, options: Mapping[str, Any], limited: bool, wish: Wish = None) -> None:
        self.name, self.limited, self.wish = name, limited, wish
        self.options = keeping(options, kept_arguments(name))

    def about(self, wish: Wish) -> Question:
        """Return the same question, about other numbers of a regressor."""
        return Question(self.name, self.options, self.limited, wish)

    def ask(self, explainer: Any, limit: Deadline) -> Any:
        """Return what the query returns; of a stream all its reasons."""
        more = {"time_limit": limit} if self.limited else {}
        found = getattr(explainer, self.name)(**self.options, **more)
        return found.take(None) if isinstance(found, ReasonStream) else found

    def outcome(self, explainer: Any, place: Callable[[], None], limit: Deadline) -> Outcome:
        """Ask about the instance that `place` sets; what fails is told."""
        prediction = None
        try:
            place()
            prediction = explainer.target_prediction
            if self.wish is not None:
                explainer.set_interval(*interval_around(float(prediction), self.wish))
            return Outcome(self.ask(explainer, limit), prediction)
        except Exception as error:
            return Outcome(error.with_traceback(None), prediction, failed=True)


class TwinRoom:
    """A twin of the explainer, for one thread."""

    def __init__(self, explainer: Any, rows: AnyRows, question: Question) -> None:
        self._twin, self._rows, self._question = twin_of(explainer), rows, question

    def __call__(self, i: int, limit: Deadline) -> Outcome:
        """Ask row i until a limit."""
        return self._question.outcome(self._twin, lambda: self._rows.place(self._twin, i), limit)

    def close(self) -> None:
        """Do nothing: it holds nothing."""


class Asker:
    """What a process holds: the explainer, made again there.

    Parameters
    ----------
    recipe : bytes
        The pickled recipe of the explainer.
    question : Question
        What is asked of each row.
    """

    def __init__(self, recipe: bytes, question: Question) -> None:
        self._recipe, self._question = recipe, question
        self._explainer: Any = None

    def solve(self, row: Any, *, deadline: Deadline) -> bytes | None:
        """Return the pickled outcome of a row and why it stopped; of no row, make the explainer.

        SIGINT makes the row stop; between two rows it means nothing.
        """
        if self._explainer is None:
            self._explainer = made_again(pickle.loads(self._recipe))
        if row is None:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            return None
        limit = Deadline(None if deadline.seconds is None else max(1e-6, deadline.remaining - _LATE))
        signal.signal(signal.SIGINT, lambda *_: limit.halt(Stop.INTERRUPT))
        found = self._question.outcome(self._explainer, lambda: self._explainer.set_instance(row[0]), limit)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return pickle.dumps((found, limit.stop))
        except Exception as error:
            lost = BackendError(f"the answer cannot be sent between processes: {error}")
            return pickle.dumps((Outcome(lost, found.prediction, failed=True), limit.stop))


class ProcessRoom:
    """A process for one thread; one that dies is replaced at the next row.

    Parameters
    ----------
    payload : bytes
        The pickled ``Asker``.
    rows : rows
        What is asked about.
    limit : Deadline
        Of all rows; an interrupt ends the start as well.

    Raises
    ------
    BackendError
        If the explainer cannot be made in another process.
    """

    def __init__(self, payload: bytes, rows: AnyRows, limit: Deadline) -> None:
        self._payload, self._rows = payload, rows
        self._worker: Worker | None = None
        with contextlib.suppress(WorkerStopped):  # then no row is asked
            self._started(limit)

    def _started(self, limit: Deadline) -> Worker:
        if self._worker is None or not self._worker.usable:
            self.close()
            self._worker = Worker(self._payload)
            start = limit.part(None)
            try:
                self._worker.call("solve", None, deadline=start)
            finally:
                limit.end(start)
        return self._worker

    def __call__(self, i: int, limit: Deadline) -> Outcome:
        """Ask row i until a limit."""
        try:
            worker = self._started(limit)
            late = limit.part(None if limit.seconds is None else limit.remaining + _LATE)
            outcome, stop = pickle.loads(worker.call("solve", (self._rows.alone(i),), deadline=late, polite=_GRACE))
        except WorkerStopped:
            limit.halt(Stop.TIME_LIMIT)
            return Outcome(limit.undecided("what the row's answer is"), failed=True)
        except WorkerDied as error:
            return Outcome(BackendError(f"the process of this row died: {error}"), failed=True)
        if stop is not Stop.NONE:
            limit.halt(stop)
        found: Outcome = outcome
        return found

    def close(self) -> None:
        """End the process."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()


def rooms_for(
    explainer: Any, rows: AnyRows, question: Question, limit: Deadline, *, processes: bool
) -> Callable[[], TwinRoom | ProcessRoom]:
    """Return what makes a room: a process where that is wanted and possible, else a twin."""
    payload = _payload(explainer, question) if processes else None

    def make() -> TwinRoom | ProcessRoom:
        if payload is not None:
            with contextlib.suppress(BackendError):  # the model is not to be had in another process
                return ProcessRoom(payload, rows, limit)
        return TwinRoom(explainer, rows, question)

    return make


def _payload(explainer: Any, question: Question) -> bytes | None:
    """Return what a process is started with; None if the model cannot be sent."""
    bare = twin_of(explainer)
    bare.session.placed_row = bare.session.situation = bare.session.around = None
    try:
        return pickle.dumps(Asker(pickle.dumps(recipe_of(bare)), question))
    except Exception:  # a model of the user's may raise anything
        return None

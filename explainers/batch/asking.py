"""Asks a query about many rows."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter, signature
from typing import Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.errors import BadInputError, MissingQueryError, SufficeError, shown
from ...engine.given import truth_of
from ...engine.interrupts import Interruptible
from ..queries.offered import about_a_row
from ..session.gate import room_of, twin_of
from ..words.arguments import threads_of
from .batch import Batch, Ran
from .flat import FlatReasons
from .intervals import Wish
from .rooms import Question, TwinRoom, rooms_for
from .rows import AnyRows, Matrix, Told, rows_of
from .run import NO_LIMIT, Answer, Each, Outcome, Rows

_QUICK = "sufficient_reason"  # has a way of its own for many rows
_OWN = ("time_limit", "n_jobs", "progress")  # of a batch


def queries_of(family: type) -> tuple[str, ...]:
    """Return the names of the queries of an explainer's class."""
    names = (name for name in dir(family) if not name.startswith("_") and about_a_row(name))
    return tuple(name for name in names if _is_query(getattr(family, name)))


def _is_query(method: Any) -> bool:
    return callable(method) and hasattr(method, "checked") and not hasattr(method, "_switches")


def _named(explainer: Any, query: Any) -> str:
    """Return the name of a query that an explainer has."""
    names = queries_of(type(explainer))
    if isinstance(query, str) and query in names:
        return query
    told = f"expected the name of a query of this model: {', '.join(names)}"
    try:
        own = getattr(getattr(explainer, query), "__name__", "") if isinstance(query, str) else ""
        if own in names:  # it is a published spelling
            return str(own)
    except MissingQueryError as error:
        told = str(error)
    except (AttributeError, SufficeError):
        pass
    raise BadInputError(f"query={shown(query)}: {told}")


def question_of(explainer: Any, query: Any, options: Mapping[str, Any]) -> Question:
    """Return a query with its arguments, checked before any row is asked.

    Raises
    ------
    BadInputError
        If there is no such query, it takes no such argument, or a value is nothing of the kind.
    """
    family, query = type(explainer), _named(explainer, query)
    method: Any = getattr(family, query)
    parameters = dict(signature(method).parameters)
    del parameters["self"]
    checked = method.checked(family, dict(options))
    takes = [name for name, one in parameters.items() if one.kind is not Parameter.VAR_KEYWORD and name not in _OWN]
    unknown = [name for name in options if name not in takes]
    if unknown:
        raise BadInputError(f"{query} takes no {unknown[0]}=…: it takes {', '.join(takes) or 'nothing'}")
    missing = [name for name in takes if parameters[name].default is Parameter.empty and name not in options]
    if missing:
        raise BadInputError(f"{query} needs {missing[0]}=…: give it as an argument of batch, the same for all rows")
    return Question(query, checked, "time_limit" in parameters)


def ask_batch(
    explainer: Any, given: Any, query: str, options: Mapping[str, Any], n_jobs: Any, time_limit: Any, progress: Any,
    *, each: Each = NO_LIMIT, wish: Wish = None,
) -> Batch[Any]:  # fmt: skip
    """Ask a query about rows, see ``RowQueries.batch``.

    Parameters
    ----------
    explainer, given, query, options, n_jobs, time_limit, progress
        See ``RowQueries.batch``.
    each : Each
        What one row may take.
    wish : float or interval, optional
        Of a regressor: how far each prediction may be from what it is, see ``wish_of``; default: its own interval.
    """
    deadline, n_jobs, progress = Deadline.of(time_limit), threads_of(n_jobs), truth_of(progress, "progress")
    with Interruptible(deadline):
        question = question_of(explainer, query, options).about(wish)
        room = room_of(explainer)
        with room.session.gate.shared(deadline):
            leader = twin_of(room)
        leader.session.instances.watch.check()
        rows = rows_of(leader, given)
        processes = question.options.get("solver") is not None and n_jobs != 1 and len(rows) > 1
        limited = each != NO_LIMIT
        answers = None if limited else _quickly(leader, rows, question, deadline, n_jobs, progress)
        if answers is None:
            make = rooms_for(leader, rows, question, deadline, processes=processes)
            answers = Rows(make, deadline, each).run(len(rows), n_jobs, progress)
        if any(one is None for one in answers):
            deadline.expired()
        return Batch(Told(len(rows), rows.row), answers, Ran(query, deadline.elapsed, deadline.stop))


def _quickly(
    leader: Any, rows: AnyRows, question: Question, deadline: Deadline, n_jobs: int | None, progress: bool
) -> list[Answer | None] | None:
    """Return one sufficient reason for each row, where the family finds them together; else None."""
    options = {name: value for name, value in question.options.items() if name != "over"}
    plain = question.name == _QUICK and options.pop("n", 1) == 1 and options.pop("solver", None) is None
    if not plain or options or not isinstance(rows, Matrix) or not isinstance(rows.read, np.ndarray):
        return None
    per_feature = question.options.get("over") == "features"
    if not leader.answers.rows_at_once(per_feature) or leader.session.opens(rows.read):
        return None
    try:
        found = leader.answers.explain_rows(rows.read, per_feature, deadline, n_jobs, progress, None)
    except SufficeError:  # of some row: each is to say its own
        return None
    flat = FlatReasons(leader.session, found, deadline.elapsed, rows.row)
    classes = leader.session.compiled.classes
    doubtful = bool(getattr(leader.session.compiled, "slack", 0))  # rounding may decide: then the query itself says so
    answers: list[Answer | None] = [None] * len(rows)
    for i, own in enumerate(found.outcome.tolist()):
        reason = flat[i]
        if reason is not None or not doubtful:
            answers[i] = Answer(Outcome(reason, classes[own]), flat.each)
    again = [i for i in range(len(found.outcome)) if answers[i] is None]
    if again:
        alone = Rows(lambda: TwinRoom(leader, rows, question), deadline).run(len(rows), n_jobs, progress, again)
        answers = [one or other for one, other in zip(answers, alone, strict=True)]
    return answers

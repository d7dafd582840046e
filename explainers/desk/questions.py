"""The desk itself, without a server: what may be asked of a model and its rows, answered step by step."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.errors import BadInputError, UndecidedError, shown
from ...engine.models.around import around_of
from ...engine.models.multilabel import CompiledMultiLabel
from ...engine.reasons import Reason, Reasons
from ...engine.status import Status, Stop
from ..pages.view import label, view_of
from ..session.gate import twin_of
from ..words.telling import described as described_as
from .asked import Asked
from .controls import Control, controls_of
from .moved import Moved
from .table import Table, told

if TYPE_CHECKING:
    from ..facade import AnyExplainer

_KEPT = 4  # domains of which a worker keeps its explainer
_PAGE = 100  # rows that are listed at once


class Questions:
    """Answers questions about the rows of a model; each worker has explainers of its own.

    Parameters
    ----------
    explainer : explainer
        Of the model; it is left as it is.
    given : DataFrame or ndarray
        The rows.

    Raises
    ------
    BadInputError
        If the rows are no table, or the model reads texts or decides several labels.
    """

    def __init__(self, explainer: AnyExplainer, given: Any) -> None:
        compiled = explainer.session.compiled
        if around_of(compiled) is not None or isinstance(compiled, CompiledMultiLabel):
            raise BadInputError(
                "the desk shows models of tables with one decision a row: use suffice.explain for texts and for "
                "models of several labels"
            )
        self._explainer = twin_of(explainer)
        self.table = Table(given, explainer.get_feature_names())
        session = self._explainer.session
        read = session.read(self.table.rows)
        self.compiled = session.compiled
        self.regression = bool(getattr(self.compiled, "regression", False))
        self.classes: list[Any] = [] if self.regression else list(self.compiled.classes)
        predictions = self.compiled.predict(read)
        self.predictions = np.asarray(predictions).tolist()
        self.said = [label(one) for one in self.predictions]
        self._explainer.set_instance(self.table.moved(0, {}))  # dtypes may say what columns hold
        self.controls = controls_of(session, self.table)
        self.by_name = {control.name: control for control in self.controls}
        self.texts = self.table.texts()
        self.sample = self.table.sample()
        spread = float(np.std(self.predictions)) if self.regression else 0.0
        self.tolerance = float(f"{spread / 2:.1g}") if spread else 1.0
        self._mine = threading.local()
        self._making = threading.Lock()

    # -- what is asked before a question ----------------------------------------------------------------------

    def start(self) -> dict[str, Any]:
        """Return what the page shows before anything is asked."""
        session = self._explainer.session
        described = described_as(session.compiled, session.theory_on, None)
        return {
            "model": described[0], "size": described[2], "classes": [label(one) for one in self.classes],
            "regression": self.regression, "tolerance": self.tolerance,
            "controls": [control.form() for control in self.controls], "rows": len(self.table),
            "rows given": self.table.n_given,
            "predictions": sorted(set(self.said), key=self.said.count, reverse=True)[:50] if self.classes else [],
        }  # fmt: skip

    def listed(self, search: str, prediction: str | None, first: int) -> dict[str, Any]:
        """Return rows whose values have some words and that are decided in some way, from a place on."""
        words = search.lower().split()
        places = [
            i
            for i, text in enumerate(self.texts)
            if (prediction is None or self.said[i] == prediction)
            and all(word in text or word == f"#{i}" for word in words)
        ]
        shown_rows = places[first : first + _PAGE]
        return {
            "found": len(places), "first": first,
            "rows": [{"row": i, "prediction": self.said[i], "says": self._short(i)} for i in shown_rows],
        }  # fmt: skip

    def _short(self, i: int) -> str:
        return " · ".join(map(told, self.table.values(i)[:4]))

    # -- a question -------------------------------------------------------------------------------------------

    def answers(self, asked: Asked, limit: Deadline) -> Iterator[dict[str, Any]]:
        """Yield the answer step by step: the prediction, then why, then what would change it.

        Raises
        ------
        BadInputError, TheoryError
            If what is asked does not fit the rows or the model.
        """
        for step, moved in self.steps(asked, limit):
            if step == "prediction":
                yield {"step": step, **self._head(asked, moved)}
            else:
                yield {"step": step, "view": self._view(moved), "already": moved.already}
        yield {"step": "done", "seconds": round(limit.elapsed, 4), "stop": str(limit.stop.value)}

    def steps(self, asked: Asked, limit: Deadline) -> Iterator[tuple[str, Moved]]:
        """Yield what an answer is made of, filled in step by step."""
        moved, explainer = self.moved(asked)
        still = [explainer.session.features[explainer.session.feature_index(name)].name for name in asked.immutable]
        wanted = self.wanted(asked)
        yield "prediction", moved
        self.why(moved, limit, asked.seconds / 2)
        yield "why", moved
        moved.already = wanted is not None and self.is_there(moved, wanted)
        if not moved.already:
            self.change(moved, wanted, still, limit)
        yield "change", moved

    def moved(self, asked: Asked) -> tuple[Moved, Any]:
        """Return a row with its moved values, not yet explained, and the explainer that knows it."""
        row = self.table.moved(self._place(asked.row), self.columns_of(asked))
        explainer = self._explainer_for(asked)
        explainer.set_instance(row)
        return Moved(explainer, self._interval(asked, explainer)), explainer

    def _place(self, row: int) -> int:
        if not 0 <= row < len(self.table):
            raise BadInputError(f"row={row}: there are {len(self.table)} rows, from 0")
        return row

    def columns_of(self, asked: Asked) -> dict[int, Any]:
        """Return the moved values, by column."""
        out: dict[int, Any] = {}
        for name, value in asked.values.items():
            out.update(self.control(name).read(value))
        return out

    def control(self, name: str) -> Control:
        """Return what moves a feature."""
        if name not in self.by_name:
            raise BadInputError(f"there is no feature {shown(name)}")
        return self.by_name[name]

    def _interval(self, asked: Asked, explainer: Any) -> tuple[float, float] | None:
        if not self.regression:
            return None
        value = float(explainer.target_prediction)
        wide = self.tolerance if asked.tolerance is None else asked.tolerance
        return value - wide, value + wide

    def wanted(self, asked: Asked) -> Any:
        """Return the class or interval that a change shall lead to, None for any other one."""
        wanted = asked.wanted
        if wanted is None:
            return None
        if self.regression != isinstance(wanted, tuple):
            kind = "an interval of numbers" if self.regression else "one of the classes"
            raise BadInputError(f"wanted={shown(wanted)}: expected {kind}")
        if isinstance(wanted, tuple):
            return wanted
        if wanted >= len(self.classes):
            raise BadInputError(f"wanted={wanted}: there are {len(self.classes)} classes, from 0")
        return self.classes[wanted]

    def is_there(self, moved: Moved, wanted: Any) -> bool:
        """Tell whether a row is decided as wanted already."""
        if self.regression:
            return bool(wanted[0] <= moved.prediction <= wanted[1])
        return bool(wanted == moved.prediction)

    def why(self, moved: Moved, limit: Deadline, seconds: float) -> Reason | None:
        """Ask why; what time did not allow is said in words."""
        part = limit.part(min(seconds, limit.remaining))
        try:
            moved.sufficient = moved.ask("sufficient_reason", time_limit=part)
            moved.no_reason = ""
        except UndecidedError:
            late = "it was stopped" if part.stop is Stop.INTERRUPT else "time was up before one was known"
            moved.no_reason = late if part.expired() or not moved.tied else ""
        finally:
            limit.end(part)
        return moved.sufficient

    def change(self, moved: Moved, wanted: Any, still: list[str], limit: Deadline) -> Reasons:
        """Ask for the nearest change, in the fewest conditions."""
        part = limit.part(limit.remaining if limit.seconds is not None else None)
        how = {**({} if wanted is None else {"target": wanted}), **({"immutable": still} if still else {})}
        try:
            found = moved.ask("minimal_contrastive_reason", time_limit=part, **how)
        except UndecidedError:
            timed = part.expired() or not moved.tied
            stop = Stop.TIME_LIMIT if timed and part.stop is Stop.NONE else part.stop
            found = Reasons([], Status.BEST_SO_FAR, stop, part.elapsed)
        finally:
            limit.end(part)
        if found is None:  # it is proved that there is none
            found = Reasons([], Status.COMPLETE, Stop.NONE, part.elapsed)
        elif isinstance(found, Reason):
            status = Status.BEST_SO_FAR if found.status is Status.BEST_SO_FAR else Status.PROVED
            found = Reasons([found], status, found.stop, found.seconds)
        moved.wanted = "" if wanted is None else _in_words(wanted)
        moved.found = found
        return moved.found

    def _explainer_for(self, asked: Asked) -> Any:
        """Return the running thread's explainer of a domain."""
        if not hasattr(self._mine, "made"):
            self._mine.made = OrderedDict()
        made: OrderedDict[Any, Any] = self._mine.made
        key = tuple(sorted((asked.ranges or {}).items()))
        if key not in made:
            with self._making:  # an explainer is copied by one thread at a time
                one = twin_of(self._explainer)
            if key:
                for name in asked.ranges or {}:
                    if self.control(name).kind not in ("number", "integer"):
                        raise BadInputError(f"{name} has no range: it is no number")
                one.set_ranges({**dict(one.session.ranges or {}), **dict(key)})
            made[key] = one
            if len(made) > _KEPT:
                made.popitem(last=False)
        made.move_to_end(key)
        return made[key]

    # -- what is shown ----------------------------------------------------------------------------------------

    def _head(self, asked: Asked, moved: Moved) -> dict[str, Any]:
        values = list(moved.instance.values)
        return {
            "row": asked.row, "prediction": label(moved.prediction), "before": self.said[asked.row],
            "class": self._class_of(moved.prediction),
            "interval": None if moved.interval is None else list(moved.interval),
            "values": {control.name: control.now(values) for control in self.controls},
            "own": {c.name: c.now(self.table.values(asked.row)) for c in self.controls},
        }  # fmt: skip

    def _class_of(self, prediction: Any) -> int | None:
        return next((i for i, one in enumerate(self.classes) if one == prediction), None)

    def _view(self, moved: Moved) -> dict[str, Any]:
        return view_of(moved, data=self.sample)


def _in_words(wanted: Any) -> str:
    """Return what a change shall lead to in words: a class, or an interval of numbers."""
    return f"[{wanted[0]:g}, {wanted[1]:g}]" if isinstance(wanted, tuple) else label(wanted)

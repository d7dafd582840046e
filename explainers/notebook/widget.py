"""The what-if page in a notebook: a widget whose every answer is an exact question to the kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ...engine.errors import BadInputError, SufficeError, shown
from ..desk.asked import asked_of
from ..desk.questions import Questions
from ..desk.work import Job, Work
from ..facade import Explainer
from ..queries.explaining import Explaining

_HERE = Path(__file__).parent
_DESK, _PAGES = _HERE.parent / "desk" / "static", _HERE.parent / "pages" / "templates"
_CHOICES = 200  # rows that can be picked


@cache
def script() -> str:
    """Return the widget's program: the desk's own drawing and controls, and what holds them together."""
    parts = [(_DESK / name).read_text(encoding="utf-8") for name in ("answer.js", "values.js")]
    plain = [re.sub(r"^export ", "", re.sub(r"^import .*\n", "", part, flags=re.M), flags=re.M) for part in parts]
    return "\n".join([*plain, (_HERE / "what_if.js").read_text(encoding="utf-8")])


@cache
def style() -> str:
    """Return the widget's style: that of pages and of the desk, for what is inside the widget alone."""
    texts = [
        path.read_text(encoding="utf-8") for path in (_PAGES / "base.css", _DESK / "desk.css", _HERE / "what_if.css")
    ]
    return re.sub(
        r":root((?:\[[^\]]*\]|:not\([^)]*\))*)",
        lambda found: f":host({found[1]})" if found[1] else ":host",
        "\n".join(texts),
    )


class WhatIf(anywidget.AnyWidget):
    """A row, its values to move, its decision, why, and what would change it (needs ``suffice[notebook]``).

    Parameters
    ----------
    model : object
        A fitted model, or its explainer.
    rows : DataFrame or ndarray
        The rows that can be picked (the first 200).
    seconds : float
        What a question may take.
    **how
        As of ``Explainer``, where a model is given.

    Raises
    ------
    BadInputError
        If data and model are nothing for the page, see ``suffice.desk``.
    """

    _esm = script()
    start = traitlets.Dict().tag(sync=True)
    style = traitlets.Unicode().tag(sync=True)

    def __init__(self, model: Any, rows: Any, *, seconds: float = 5.0, **how: Any) -> None:
        own = isinstance(model, Explaining)
        if own and how:
            raise BadInputError(f"{next(iter(how))} is said when an explainer is made: this one is there already")
        if not isinstance(seconds, (int, float)) or not 0.01 <= seconds <= 300:
            raise BadInputError(f"seconds={shown(seconds)}: expected a number from 0.01 to 300")
        explainer: Any = model if own else Explainer.initialize(model, background=rows, **how)
        self.questions = Questions(explainer, rows)
        self.work = Work(1)
        listed = self.questions.listed("", None, 0)["rows"][:_CHOICES]
        choices = [{"row": one["row"], "says": f"#{one['row']}  {one['prediction']}: {one['says']}"} for one in listed]
        start = {**self.questions.start(), "choices": choices, "seconds": float(seconds)}
        super().__init__(start=start, style=style())
        self.on_msg(self._asked)

    def _asked(self, _: Any, content: Any, buffers: Any) -> None:
        number = content.get("ask") if isinstance(content, dict) else None
        if type(number) is not int:
            return

        def say(step: dict[str, Any] | None) -> None:
            if step is not None:
                self.send({**step, "ask": number})

        try:
            asked = asked_of(content.get("form") if isinstance(content.get("form"), dict) else {})
        except SufficeError as error:
            say({"step": "error", "error": str(error)})
            return

        def steps(limit: Any) -> Iterator[dict[str, Any]]:
            yield from self.questions.answers(asked, limit)

        self.work.begin("widget", Job(steps, asked.seconds, say))

    def close(self) -> None:
        """End it: a question that runs is stopped."""
        work: Work | None = getattr(self, "work", None)  # none where arguments were wrong
        if work is not None:
            work.close()
        super().close()

"""Outcomes that are claimed, as the checker reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ...engine.errors import BadInputError
from ...engine.labels.problem import Problem
from ...engine.models import CompiledEnsemble
from ...engine.models.multilabel import CompiledMultiLabel
from . import suffice_check


class Outcomes(NamedTuple):
    """Outcomes that are claimed of labels; `together`: an input is outside only if it is so by all of them.

    `routes`: returns the routes out, of what the checker knows of the model, where they are not those of the labels.
    """

    labels: list[dict[str, Any]]
    together: bool = False
    routes: Callable[[suffice_check.Model], list[list[suffice_check.Way]]] | None = None


def classes_claimed(classes: Iterable[int], label: int = 0) -> Outcomes:
    """Return that a label has one of some classes."""
    return Outcomes([{"label": label, "classes": sorted(int(c) for c in classes)}])


def numbers_claimed(model: CompiledEnsemble, low: float, high: float, *, outside: bool = False) -> Outcomes:
    """Return that a prediction lies between two numbers (or does not)."""
    if model.transform is not None or model.trees.single:
        low, high = model.margins_of_interval(low, high)
    ends = [float(low).hex(), float(high).hex()]
    return Outcomes([{"label": 0, "range": ends, "classes": [0, 2] if outside else [1]}])


def labels_claimed(form: CompiledMultiLabel, wanted: dict[int, int], *, never: bool) -> Outcomes:
    """Return that all of some labels have their wanted classes, or (`never`) not all of them."""
    found = []
    for i, k in sorted(wanted.items()):
        others = [c for c in range(len(form.labels[i].classes)) if c != k]
        found.append({"label": i, "classes": others if never else [k]})
    return Outcomes(found, together=never)


def problem_claimed(form: Any, problem: Problem) -> Outcomes:
    """Return that labels are not as a problem says, of which each case speaks of one label, or which has one case.

    Raises
    ------
    BadInputError
        If it has several cases of several labels.
    """
    cases = problem.cases
    if len(cases) != 1 and any(len(case) != 1 for case in cases):
        raise BadInputError(
            "this is not certified: it is about any one of several labels that leaves its class while all others keep "
            "theirs; ask about each of them alone"
        )
    found = [
        {"label": i, "classes": [k for k in range(len(form.labels[i].classes)) if k not in bad]}
        for case in cases for i, bad in case
    ]  # fmt: skip
    return Outcomes(found, together=len(cases) == 1)

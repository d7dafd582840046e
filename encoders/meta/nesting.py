"""Models inside models: the steps of a pipeline before one, and copies that are asked in place of others."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from ..encoder import class_in
from ..sklearn.forests import single_job

_HELD = ("best_estimator_", "estimator_", "regressor_", "estimator")  # where a model holds the one that it asks
_LISTED = ("estimators_", "calibrated_classifiers_")


def is_pipeline(model: Any) -> bool:
    """Tell whether `model` is a pipeline of scikit-learn."""
    return bool(class_in(model, "sklearn", ("Pipeline",))) and bool(getattr(model, "steps", None))


def last_of(model: Any) -> Any:
    """Return the last step of a pipeline, of the innermost one if that is a pipeline; other models as they are."""
    while is_pipeline(model):
        model = model.steps[-1][1]
    return model


def behind_steps(model: Any, member: Any) -> Any:
    """Return what a model asks, as a pipeline over the model's own columns.

    Parameters
    ----------
    model : object
        A model that asks another one, or a pipeline that ends with it.
    member : object
        The model that is asked; if it is a pipeline, its steps follow those of `model`.
    """
    if not is_pipeline(model):
        return member
    steps, last = [], model
    while is_pipeline(last):
        steps += last.steps[:-1]
        name, last = last.steps[-1]
    steps += list(member.steps) if is_pipeline(member) else [(name, member)]
    made = copy.copy(model)
    made.steps = _apart(steps)
    return made


def _apart(steps: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return steps with names that differ."""
    taken: set[str] = set()
    named = []
    for name, step in steps:
        own = name
        while own in taken:
            own += "'"
        taken.add(own)
        named.append((own, step))
    return named


def asking(member: Any, outer: Any, told: Callable[[Any], Any] | None = None) -> Any:
    """Return a copy of a model whose ``predict`` is that of the model outside it, in one job.

    Encoders read the rows of `member` as they are made for it, and are told what `outer` makes of them (`told` of it).
    """
    made, asked = copy.copy(member), one_job(outer)
    made.predict = lambda rows, **_: asked.predict(rows) if told is None else told(asked.predict(rows))
    return made


def one_job(model: Any) -> Any:
    """Return a model that adds up in one job, with the models in it: sums of several depend on their number."""
    model = single_job(model)
    if not hasattr(model, "__dict__") or not hasattr(model, "get_params"):
        return model
    own, other = vars(model), {}
    for name in _HELD:
        if hasattr(own.get(name), "predict"):
            other[name] = one_job(own[name])
    if not class_in(model, "sklearn", ("BaseForest",)):
        for name in _LISTED:
            if isinstance(own.get(name), list):
                other[name] = [_member(one) for one in own[name]]
    if is_pipeline(model):
        (name, last) = model.steps[-1]
        other["steps"] = [*model.steps[:-1], (name, one_job(last))] if one_job(last) is not last else model.steps
    if all(_same(value, own[name]) for name, value in other.items()):
        return model
    made = copy.copy(model)
    vars(made).update(other)
    return made


def _member(one: Any) -> Any:
    """Return a member of a list: a model, or what holds a model and is none (a calibrated one)."""
    if hasattr(one, "get_params") or not hasattr(one, "estimator"):
        return one_job(one)
    inner = one_job(one.estimator)
    if inner is one.estimator:
        return one
    made = copy.copy(one)
    made.estimator = inner
    return made


def _same(value: Any, known: Any) -> bool:
    if isinstance(value, list) and isinstance(known, list) and len(value) == len(known):
        return all(mine is its for mine, its in zip(value, known, strict=True))
    return value is known

"""Wrappers that move the cut between two classes: thresholds, and classifiers with one calibrator.

What they predict goes up or down once as the score of the model inside grows, so the compiled form is that model's, cut
elsewhere. The cut is found among the floating-point numbers by asking the wrapper itself about scores
(``scores``).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64, Bools
from ...engine.errors import UnsupportedModelError, shown
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.models.floats import first_float
from ...engine.quiet import quietly
from ..catalog import find
from ..encoder import Names, class_in
from .members import Members, check_no_texts
from .nesting import asking, behind_steps, last_of
from .scores import Range, as_scores, column_of_scores, knows_scores, range_of, score_holder, stub_of

_THRESHOLDS = ("BaseThresholdClassifier",)
_CALIBRATED = ("CalibratedClassifierCV",)
_NEAR = 3000  # numbers on either side of a cut that are looked at
_FAR = 300  # at so many distances from it, each a part of the one before
_EVEN = 20_000  # and numbers all over the range


def _kind(model: Any) -> str:
    return class_in(model, "sklearn", (*_THRESHOLDS, *_CALIBRATED))


def accepts(model: Any) -> bool:
    """Tell whether `model` is such a wrapper, or a pipeline that ends with one, of one score that is known."""
    last = last_of(model)
    if not _kind(last) or len(getattr(last, "calibrated_classifiers_", ())) > 1 or len(_classes(last)) != 2:
        return False
    return knows_scores(_inner(last))


def _classes(wrapper: Any) -> Any:
    try:
        return wrapper.classes_
    except AttributeError:  # it is not fitted
        return ()


def _inner(wrapper: Any) -> Any:
    """Return the fitted model that a wrapper asks."""
    if _kind(wrapper) in _CALIBRATED:
        (one,) = wrapper.calibrated_classifiers_
        found = getattr(one, "estimator", None)
        return one.base_estimator if found is None else found  # as older versions called it
    return getattr(wrapper, "estimator_", wrapper.estimator)


def inside(model: Any) -> Any:
    """Return the model that is asked for scores."""
    return behind_steps(model, _inner(last_of(model)))


def stub_of_cut(wrapper: Any, place: int) -> Any:
    """Return a copy of a wrapper that takes a column of scores in place of rows."""
    inner = stub_of(score_holder(_inner(wrapper)), place)
    stub = copy.copy(wrapper)
    vars(stub).pop("predict", None)  # of the model outside it
    if _kind(wrapper) in _CALIBRATED:
        member = copy.copy(wrapper.calibrated_classifiers_[0])
        setattr(member, "estimator" if hasattr(member, "estimator") else "base_estimator", inner)
        stub.calibrated_classifiers_ = [member]
    elif hasattr(wrapper, "estimator_"):
        stub.estimator_ = inner
    else:
        stub.estimator = inner
    return stub


def compile_model(
    model: Any,
    *,
    names: Names | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
    dtypes: tuple[str, ...] | None = None,
) -> CompiledEnsemble:
    """Compile a wrapper that moves the cut of the model inside.

    Parameters
    ----------
    model : FixedThresholdClassifier, TunedThresholdClassifierCV or CalibratedClassifierCV, or a pipeline that ends so
        Fitted, over a model of two classes.
    names, missing, types, dtypes
        As of the model inside.

    Raises
    ------
    UnsupportedModelError
        If the model inside is not taken, or the wrapper's own ``predict`` raises an error.
    """
    wrapper, inner = last_of(model), inside(model)
    place = _place_of(wrapper)
    found = find(asking(as_scores(inner), model))
    compiled = found.compile(feature_names=names, missing=missing, features_type=types, dtypes=dtypes)
    check_no_texts(compiled, model)
    if not (isinstance(compiled, CompiledEnsemble) and (compiled.one_score or compiled.voting == "soft")):
        raise UnsupportedModelError(
            f"{type(wrapper).__name__} asks a {type(score_holder(inner)).__name__} whose score is no single sum: "
            "expected a classifier of two classes that adds up one score, or shares"
        )
    trees = column_of_scores(compiled.trees, compiled, place)
    classes, cut, slack = cut_of(stub_of_cut(wrapper, place), range_of(trees, compiled.slack), trees.single)
    return replace(
        compiled, trees=trees, classes=classes, voting="boosted", threshold=cut, link="identity", source=model,
        slack=max(slack, compiled.slack),
    )  # fmt: skip


def _place_of(wrapper: Any) -> int:
    """Return the class whose share is the score: that which the innermost wrapper asks for, who takes the column."""
    holder = score_holder(_inner(wrapper))
    if _kind(holder):
        return _place_of(holder)
    label = getattr(wrapper, "pos_label", None)
    if label is None:
        return 1
    places = [i for i, known in enumerate(label_tuple(np.asarray(wrapper.classes_))) if known == label]
    return places[0] if places else 1


def cut_of(stub: Any, reach: Range, single: bool) -> tuple[tuple[Any, Any], float, float]:
    """Return the classes below and from a cut on, the cut, and how far around it the wrapper goes to and fro.

    Parameters
    ----------
    stub : object
        A wrapper that takes scores.
    reach : Range
        The scores that there are.
    single : bool
        Whether scores are float32 numbers.

    Raises
    ------
    UnsupportedModelError
        If its ``predict`` raises an error, or goes up and down.
    """
    name = type(stub).__name__

    def said(scores: F64) -> NDArray[Any]:
        held = reach.held(scores).reshape(-1, 1)
        try:
            with quietly(), np.errstate(all="ignore"):
                return np.asarray(stub.predict(held.astype(np.float32) if single else held))
        except Exception as error:  # of whatever class: it is what predict would raise
            raise UnsupportedModelError(
                f"the predict of {name} itself raises an error: {shown(str(error), 200)}"
            ) from None

    low, high = said(np.array([reach.low, reach.high]))
    first, second = label_tuple(np.asarray(stub.classes_))
    below = first if low == first else second
    above = second if below is first else first
    if low == high and (said(_even(reach, single)) == low).all():
        return (below, above), float("inf"), 0.0

    def holds(scores: F64) -> Bools:
        turned: Bools = said(scores) != low
        return turned

    if low == high:
        raise _turning(name)
    cut = first_float(holds, single)
    return (below, above), cut, _doubt(holds, cut, reach, single, name)


def _even(reach: Range, single: bool) -> F64:
    scores = np.linspace(reach.low, reach.high, _EVEN)
    return scores.astype(np.float32).astype(np.float64) if single else scores


def _doubt(holds: Any, cut: float, reach: Range, single: bool, name: str) -> float:
    """Return how far from the cut a wrapper still goes to and fro, for its functions are rounded; 0 if it does not."""
    kind: Any = np.float32 if single else np.float64
    step, near = kind(cut), [cut]
    for direction in (-np.inf, np.inf):
        step = kind(cut)
        for _ in range(_NEAR):
            step = np.nextafter(step, kind(direction))
            near.append(float(step))
    far = max(reach.high - reach.low, abs(cut)) * 0.7 ** np.arange(_FAR)  # distances of any size
    apart = np.concatenate([cut - far, cut + far]).astype(kind).astype(np.float64)
    scores = np.concatenate([np.array(near), apart, _even(reach, single)])
    wrong = scores[holds(scores) != (scores >= cut)]
    if not len(wrong):
        return 0.0
    furthest = float(np.abs(wrong - cut).max())
    if furthest > 1e-9 * max(abs(cut), 1e-3):
        raise _turning(name)
    return furthest


def _turning(name: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"what {name} predicts goes up and down as the score of its model grows: expected a threshold, or a calibrator "
        "that never turns back"
    )


_MEMBERS = Members(lambda model: [inside(model)])
column_names, takes_missing = _MEMBERS.column_names, _MEMBERS.takes_missing
TRAITS = _MEMBERS.traits(inside=inside)

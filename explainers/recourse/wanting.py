"""What is wanted, as users say it: a class, another class, a score, an interval, labels; for one model or several."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ...encoders.columns.told import Row
from ...encoders.registry import column_names
from ...engine.arrays import Bools
from ...engine.domain.ranges import ends_of
from ...engine.errors import BadInputError, TheoryError, shown
from ...engine.given import is_finite_from_0, is_number, list_of
from ...engine.models import class_index, label_tuple
from ...engine.models.around import around_of
from ...engine.models.multilabel import CompiledMultiLabel
from ..session.session import Session, compiled_form
from .outcomes import Sides, Wanted, sides_of
from .planning import Named, View, further

Fits = Callable[[Any], bool]


class Aim(NamedTuple):
    """What is wanted of one model.

    Attributes
    ----------
    view : View
        The model as a task has it.
    says : str
        What is wanted, in words.
    fits : callable
        What the model's own ``predict`` says of one row -> whether that is wanted.
    """

    view: View
    says: str
    fits: Fits


class Reader:
    """What follows the session of a further model: nothing has to."""

    def __init__(self, session: Session[Any]) -> None:
        self.session = session

    def domain_changed(self) -> None:
        """Forget nothing."""

    def instance_changed(self) -> None:
        """Forget nothing."""

    def own_room(self) -> None:
        """Forget nothing."""


def aims_of(session: Session[Any], said: Named) -> list[Aim]:
    """Return what is wanted of the model, and of those that a plan has to satisfy as well.

    Raises
    ------
    BadInputError
        If no such outcome can be wanted, or a further model has other columns.
    """
    if around_of(session.compiled) is not None:
        raise BadInputError("recourse is about columns: there is none for models of texts; ask for contrastive_reason")
    if session.space.theory is None:
        raise BadInputError("recourse needs the theory: with it off, inputs have no values")
    first = _aim(session, said, None)
    found = [first]
    for number, model in enumerate(further(said)):
        other = _session_of(model, session, f"also[{number}]")
        found.append(_aim(other, _agreed(said, session), other))
    return found + [_usual(one, session) for one in _listed(said.get("plausible"))]


def _listed(said: Any) -> list[Any]:
    """Return models of what is usual, each alone or in a pair with what it has to say."""
    if said is None or (isinstance(said, tuple) and not said):
        return []
    return list(said) if isinstance(said, list) else [said]


def _usual(said: Any, session: Session[Any]) -> Aim:
    """Return what is wanted of a model of what is usual."""
    model, wanted = said if isinstance(said, tuple) and len(said) == 2 else (said, None)
    other = _session_of(model, session, "plausible")
    classes = other.compiled.classes
    if wanted is None:
        if tuple(classes) != (-1, 1):
            raise BadInputError(
                f"plausible: a {type(model).__name__} says nothing of outliers: give an IsolationForest, or a pair of "
                "a model and what it has to say"
            )
        return _aim(other, {"target": 1}, other)
    if classes and isinstance(wanted, tuple):
        return _aim(other, {"target": list(classes), "score": wanted}, other)
    return _aim(other, {"target": wanted}, other)


def _agreed(said: Named, session: Session[Any]) -> Named:
    """Return what is wanted of further models: the same; of another class than the first model's, not that one."""
    if said.get("target") is not None or said.get("avoid") is not None or not session.compiled.classes:
        return said
    return {**said, "avoid": session.compiled.classes[session.outcome()]}


def _session_of(model: Any, session: Session[Any], what: str) -> Session[Any]:
    """Return a session of a further model (or of an explainer) with the same row."""
    own: Any = getattr(model, "session", None)
    names = session.compiled.vocabulary.names
    if isinstance(own, Session):
        form, types, ranges = own.compiled, own.types, own.ranges
    else:
        types, ranges, row = session.types, session.ranges, session.own_row()().row
        missing = [names[c] for c in session.compiled.missing]
        form = compiled_form(
            model, row, missing=missing, feature_names=_names(model, names, what),
            background=session.background, features_type=types, ranges=ranges,
        )  # fmt: skip
    _check_names(form.vocabulary.names, names, what)
    kept: list[Reader] = []  # a session knows what follows it weakly

    def follow(made: Session[Any]) -> Reader:
        kept.append(Reader(made))
        return kept[0]

    checked = not isinstance(own, Session)
    other: Session[Any] = Session(form, follow, types, background=session.background, check=checked, ranges=ranges)
    other.set_instance(session.own_row()().row)
    vars(other)["_kept"] = kept  # a session knows what follows it weakly
    return other


def _names(model: Any, names: tuple[str, ...], what: str) -> tuple[str, ...]:
    """Return the names of the first model's columns for a model that has the same, or none of its own."""
    own = tuple(column_names(model, None))
    plain = [re.sub(r"\W", "_", name) for name in names]  # some libraries put underscores for blanks
    if [re.sub(r"\W", "_", name) for name in own] != plain and own != tuple(f"f{i + 1}" for i in range(len(names))):
        _check_names(own, names, what)
    return names


def _check_names(own: tuple[str, ...], names: tuple[str, ...], what: str) -> None:
    if own != names:
        raise BadInputError(
            f"{what} has the columns {shown(list(own), 200)}: expected those of the first model, "
            f"{shown(list(names), 200)}"
        )


def _aim(session: Session[Any], said: Named, own: Session[Any] | None) -> Aim:
    compiled, row = session.compiled, session.here.row
    if isinstance(compiled, CompiledMultiLabel):
        sides, of_labels, says, fits = _labels(session, said)
        return Aim(View(compiled.vocabulary, row, sides, of_labels, own), says, fits)
    margin = _number(said.get("margin", 0.0), "margin")
    change = _number(said.get("leaf_change", 0.0), "leaf_change")
    low, high = _ends(said.get("score"), "score")
    if not compiled.classes:
        low, high = _of_regressor(said, low, high)
        wanted = Wanted(None, low, high, margin, change)

        def inside(told: Any) -> bool:
            return bool(low <= float(told[0]) <= high)

        view = View(compiled.vocabulary, row, (sides_of(compiled, wanted),), ((0, wanted),), own)
        return Aim(view, _interval(low, high), inside)
    classes = _classes(session, said)
    if (low > -math.inf or high < math.inf) and not compiled_one_score(compiled) and classes.sum() != 1:
        raise BadInputError("score= is about one class: name it by target=")
    wanted = Wanted(classes, low, high, margin, change)
    told = [str(c) for c, chosen in zip(compiled.classes, classes, strict=True) if chosen]

    def right(said_by: Any) -> bool:
        return bool(classes[compiled.class_index(label_tuple(said_by)[0])])

    view = View(compiled.vocabulary, row, (sides_of(compiled, wanted),), ((0, wanted),), own)
    return Aim(view, " or ".join(told), right)


def compiled_one_score(compiled: Any) -> bool:
    """Tell whether one score decides between two classes."""
    return bool(getattr(compiled, "one_score", False))


def _number(value: Any, what: str) -> float:
    if not is_finite_from_0(value):
        raise BadInputError(f"{what}={shown(value)}: expected a finite number from 0, in the model's own scores")
    return float(value)


def _ends(value: Any, what: str) -> tuple[float, float]:
    if value is None:
        return -math.inf, math.inf
    try:
        return ends_of(what, value)
    except TheoryError as error:
        raise BadInputError(str(error)) from None


def _of_regressor(said: Named, low: float, high: float) -> tuple[float, float]:
    target = said.get("target")
    if target is not None:
        low, high = _ends(target, "target")
    if said.get("avoid") is not None:
        raise BadInputError("avoid= names a class: of a regressor, say target=(lower, upper), None for an open end")
    if low == -math.inf and high == math.inf:
        raise BadInputError("of a regressor, say which numbers are wanted: target=(lower, upper), None for an open end")
    return low, high


def _classes(session: Session[Any], said: Named) -> Bools:
    compiled = session.compiled
    target, avoid = said.get("target"), said.get("avoid")
    n = len(compiled.classes)
    if target is not None and avoid is not None:
        raise BadInputError("target= and avoid= both say what is wanted: give one of them")
    chosen = np.zeros(n, np.bool_)
    if target is not None:
        listed = list(target) if isinstance(target, (list, set, frozenset)) else [target]
        for label in listed:
            chosen[class_index(compiled.classes, label)] = True
    else:
        left = session.outcome() if avoid is None else class_index(compiled.classes, avoid)
        chosen[:] = True
        chosen[left] = False
    if not chosen.any():
        raise BadInputError("the model knows one class: there is no other one")
    return chosen


def _interval(low: float, high: float) -> str:
    if low == -math.inf:
        return f"at most {high:g}"
    return f"at least {low:g}" if high == math.inf else f"between {low:g} and {high:g}"


# -- labels ----------------------------------------------------------------------------------------------------


def _labels(session: Session[Any], said: Named) -> tuple[tuple[Sides, ...], tuple[tuple[int, Wanted], ...], str, Fits]:
    form: CompiledMultiLabel = session.compiled
    wanted = _vector(form, said.get("target"))
    others = [said.get(name) for name in ("avoid", "score", "margin", "leaf_change")]
    if any(one is not None and not (is_number(one) and one == 0) for one in others):
        raise BadInputError(
            "of several labels, say target={label: value}; avoid, score, margin, leaf_change are of one"
        )
    sides, of_labels = [], []
    for place, own in wanted.items():
        label = form.labels[place]
        asked = [form.names[parent] for parent in label.parents if parent not in wanted]
        if asked:
            raise BadInputError(f"label {label.name!r} asks {', '.join(asked)}: name their values in target= as well")
        model = label.given(wanted)
        classes = np.zeros(len(model.classes), np.bool_)
        classes[own] = True
        sides.append(sides_of(model, Wanted(classes)))
        of_labels.append((place, Wanted(classes)))
    names = [f"{form.names[place]} = {form.labels[place].classes[own]}" for place, own in wanted.items()]

    def right(told: Any) -> bool:
        vector = form.vectors_of_predictions(told)[0]
        return all(int(vector[place]) == own for place, own in wanted.items())

    return tuple(sides), tuple(of_labels), " and ".join(names), right


def _vector(form: CompiledMultiLabel, target: Any) -> dict[int, int]:
    if isinstance(target, Mapping):
        pairs = [(form.label_index(name), value) for name, value in target.items()]
    elif target is None:
        raise BadInputError(f"of several labels, say what is wanted: target={{{form.names[0]!r}: 1}}")
    else:
        listed = list_of(target, "target", "a value for each label, or a mapping from labels to values")
        if len(listed) != len(form.labels):
            raise BadInputError(f"target has {len(listed)} values: expected one for each of {len(form.labels)} labels")
        pairs = list(enumerate(listed))
    if not pairs:
        raise BadInputError("target={} wants nothing: name at least one label")
    return {place: class_index(form.labels[place].classes, value) for place, value in pairs}


def check_rows(aims: list[Aim], session: Session[Any], row: Row) -> bool:
    """Tell whether all models decide a row as wanted, by their own ``predict``.

    Raises
    ------
    UndecidedError
        If a further model reads it otherwise than as its options.
    """
    for aim in aims:
        own = aim.view.session
        teller = session.teller if own is None else own.anyones.of(own.compiled)
        if not aim.fits(teller.predictions([row])):
            return False
    return True

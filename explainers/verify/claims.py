"""What users say must come out, ``then=…``, read as the outcomes that would refute it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.errors import BadInputError, shown
from ...engine.given import is_number, items_in
from ...engine.models import CompiledEnsemble
from .scored import Scored
from .sought import Classes, Numbers, Sought

_COMPARED = re.compile(
    r"(?:(?P<low>[-+.\w]+)\s*(?P<turned><=|<|≤)\s*)?(?:prediction|it|y)?\s*"
    r"(?:(?P<sign>>=|<=|==|!=|=|>|<|≥|≤|≠)\s*(?P<number>[-+.\w]+))?"
)
_BOUNDED = re.compile(r"(?P<what>P|probability|score)\s*(?:\(\s*(?P<label>.+?)\s*\))?\s*(?P<rest>(?:>=|<=|>|<|≥|≤).+)")
_NUMBERS = "a comparison such as '>= 3.2', an interval (3, 5), or a number"


@dataclass(frozen=True, slots=True)
class Claim:
    """What must come out.

    Attributes
    ----------
    broken : Sought
        The outcomes that refute it.
    said : str
        The claim in words.
    """

    broken: Sought
    said: str


def claim_of(form: CompiledEnsemble, then: Any) -> Claim:
    """Return what must come out.

    Parameters
    ----------
    form : CompiledEnsemble
        The model.
    then : object
        Of a classifier: a label, several in a list or set, a text such as ``"not refused"`` or ``"low or high"``, or a
        bound of a probability, ``"P(high) >= 0.8"``, or of a score, ``"score >= 1.5"``, ``"score(high) >= 0.2"``. Of a
        regressor: ``">= 3.2"``, ``"3 <= it < 5"``, an interval ``(3, 5)`` with its ends, or a number.

    Raises
    ------
    BadInputError
        If it cannot be read, or names a class that the model does not have.
    """
    if form.regression:
        return _of_numbers(then)
    if isinstance(then, str) and _class_of(form, then) is None and (found := _BOUNDED.fullmatch(then.strip())):
        return _of_bound(form, found, then.strip())
    allowed = classes_of(form, then)
    everything = frozenset(range(len(form.classes)))
    return Claim(Classes(everything - allowed), said_classes(form, allowed))


def classes_of(form: CompiledEnsemble, then: Any) -> frozenset[int]:
    """Return the classes that a label, a list of labels, or a text stands for."""
    one = _class_of(form, then)
    if one is not None:
        return frozenset([one])
    if isinstance(then, str):
        text = then.strip()
        if text.startswith("not "):
            return frozenset(range(len(form.classes))) - classes_of(form, text[4:])
        pieces = [piece.strip() for piece in re.split(r"\s+or\s+", text)]
        found = [_class_of(form, piece) for piece in pieces]
        if len(pieces) > 1 and None not in found:
            return frozenset(k for k in found if k is not None)
    listed = items_in(then)
    if not listed:
        form.class_index(then)  # says which classes there are
        raise BadInputError(f"then={shown(then)}: expected a label, or several")
    return frozenset().union(*(classes_of(form, label) for label in listed))


def _class_of(form: CompiledEnsemble, label: Any) -> int | None:
    """Return the index of a label, also of one that is said by its text; None for what is no label."""
    try:
        return form.class_index(label)
    except BadInputError:
        texts = [str(known) for known in form.classes]
        if isinstance(label, str) and texts.count(label.strip()) == 1:
            return texts.index(label.strip())
        return None


def said_classes(form: CompiledEnsemble, allowed: frozenset[int]) -> str:
    """Return some classes in words, by the smaller side."""
    left = frozenset(range(len(form.classes))) - allowed
    if len(left) == 1 and len(form.classes) > 2:
        return f"not {_told(form, min(left))}"
    return " or ".join(_told(form, k) for k in sorted(allowed)) or "nothing"


def _told(form: CompiledEnsemble, k: int) -> str:
    label = form.classes[k]
    return label if isinstance(label, str) else repr(label.item() if isinstance(label, np.generic) else label)


def _of_bound(form: CompiledEnsemble, found: re.Match[str], text: str) -> Claim:
    """Return a bound of a probability or a score."""
    probable = found["what"] != "score"
    single = form.one_score and form.circuit is None
    if found["label"] is None and (probable or not single):
        raise BadInputError(f"then={shown(text)}: expected a label, such as {found['what']}({form.classes[-1]})")
    if not probable and (form.circuit is not None or (single and found["label"] is not None)):
        raise BadInputError(f"then={shown(text)}: the model has no score of its own for a label; ask for P(label)")
    (k,) = (0,) if found["label"] is None else classes_of(form, found["label"])
    low, high, _ = interval_said(found["rest"])
    broken = Scored(k, probable, low, high)
    broken.circuit(form)  # says whether it is known what the library computes
    return Claim(broken, text)


# -- numbers ---------------------------------------------------------------------------------------------------


def _of_numbers(then: Any) -> Claim:
    if isinstance(then, str):
        low, high, hole = interval_said(then)
        if hole is not None:
            return Claim(Numbers(hole, hole, True), f"prediction != {hole:g}")
        return Claim(Numbers(low, high, False), f"prediction {then.strip()}" if _begins(then) else then.strip())
    if is_number(then) and not math.isnan(then):
        return Claim(Numbers(float(then), float(then), False), f"prediction = {then}")
    ends = items_in(then)
    if ends is None or len(ends) != 2 or not all(end is None or is_number(end) for end in ends):
        raise BadInputError(f"then={shown(then)}: expected {_NUMBERS}")
    low = -math.inf if ends[0] is None else float(ends[0])
    high = math.inf if ends[1] is None else float(ends[1])
    if not low <= high:
        raise BadInputError(f"then={shown(then)}: expected the least number first")
    return Claim(Numbers(low, high, False), f"{low:g} <= prediction <= {high:g}")


def _begins(text: str) -> bool:
    return text.strip()[:1] in "<>=!≤≥≠"


def interval_said(text: str) -> tuple[float, float, float | None]:
    """Return the least and the greatest number that comparisons allow (joined by "and"), or the one that they bar.

    Raises
    ------
    BadInputError
        If it is no comparison.
    """
    low, high = -math.inf, math.inf
    for part in re.split(r"\s+and\s+", text.strip()):
        found = _COMPARED.fullmatch(part.strip())
        if found is None or (found["sign"] is None and found["turned"] is None):
            raise BadInputError(f"{shown(text)}: expected {_NUMBERS}")
        if found["turned"] is not None:
            bound = _number(found["low"], text)
            low = max(low, math.nextafter(bound, math.inf) if found["turned"] == "<" else bound)
        if found["sign"] is None:
            continue
        bound = _number(found["number"], text)
        sign = found["sign"]
        if sign in ("!=", "≠"):
            if part.strip() != text.strip():
                raise BadInputError(f"{shown(text)}: '!=' stands alone")
            return low, high, bound
        if sign in (">", ">=", "≥", "=", "=="):
            low = max(low, math.nextafter(bound, math.inf) if sign == ">" else bound)
        if sign in ("<", "<=", "≤", "=", "=="):
            high = min(high, math.nextafter(bound, -math.inf) if sign == "<" else bound)
    return low, high, None


def _number(text: str, whole: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise BadInputError(f"{shown(whole)}: {shown(text)} is no number; expected {_NUMBERS}")
    return number

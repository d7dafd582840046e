"""``suffice.from_json``: whatever was written as JSON, made again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from ...engine.errors import BadInputError, FormatError, shown
from ...engine.reasons import Check, Precision, Reason, Reasons
from ...engine.reasons.attribution import Attribution
from ...engine.reasons.reach import Reach
from ...engine.reasons.written import SCHEMA
from ..explanation import Explanation
from ..explanations import Explanations
from .explanations import KeptExplanation, KeptExplanations
from .reasons import check_of, reason_of, reasons_of

if TYPE_CHECKING:
    from ..population.audit import RecourseAudit
    from ..population.common import CommonActions
    from ..recourse.frontier import Frontier
    from ..recourse.results import Recourse
    from ..recourse.stages import Stages

# what is written as JSON
Written: TypeAlias = (
    "Reason | Reasons | Check | Precision | Attribution | Reach | Explanation | Explanations | RecourseAudit | "
    "CommonActions | Recourse | Frontier | Stages"
)


def _audit_of(form: Mapping[str, Any]) -> RecourseAudit:
    from .population import audit_of  # few need it

    return audit_of(form)


def _common_of(form: Mapping[str, Any]) -> CommonActions:
    from .population import common_of

    return common_of(form)


def _recourse_of(form: Mapping[str, Any]) -> Recourse:
    from .plans import recourse_of

    return recourse_of(form)


def _frontier_of(form: Mapping[str, Any]) -> Frontier:
    from .plans import frontier_of

    return frontier_of(form)


def _stages_of(form: Mapping[str, Any]) -> Stages:
    from .plans import stages_of

    return stages_of(form)


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Written]] = {
    "reason": reason_of,
    "reasons": reasons_of,
    "check": check_of,
    "precision": Precision.of_dict,
    "attribution": Attribution.of_dict,
    "reach": Reach.of_dict,
    "explanation": KeptExplanation,
    "explanations": KeptExplanations,
    "recourse_audit": _audit_of,
    "common_actions": _common_of,
    "recourse": _recourse_of,
    "frontier": _frontier_of,
    "stages": _stages_of,
}


def from_json(text: str | bytes) -> Written:
    """Return what ``to_json`` wrote: reasons, a check, shares, an explanation, an audit of recourse, and so on.

    Nothing in the text is executed. What comes back knows its words, its status and its rows, but no model: it says
    what was found then.

    Parameters
    ----------
    text : str or bytes
        JSON.

    Raises
    ------
    BadInputError
        If it is no text.
    FormatError
        If it is no JSON, or nothing that ``to_json`` writes, or of a later schema than this version knows.
    """
    if not isinstance(text, (str, bytes)):
        raise BadInputError(f"{shown(text)}: expected the text that to_json() returned")
    try:
        form = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{shown(text, 60)} is no JSON ({error}): expected what to_json() returned") from None
    return thing_of(form)


def thing_of(form: Any) -> Written:
    """Return what a form stands for; raises FormatError if it is none, or damaged."""
    kind = form.get("suffice") if isinstance(form, Mapping) else None
    if not isinstance(kind, str) or kind not in _READERS:
        raise FormatError(f"{shown(form, 120)}: expected an object with 'suffice' set to {', '.join(_READERS)}")
    schema = form.get("schema")
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        raise FormatError(f"schema {shown(schema)}: expected a whole number from 1")
    if schema > SCHEMA:
        raise FormatError(f"this {kind} is of schema {schema}, and this version reads {SCHEMA}: install a later one")
    try:
        return _READERS[kind](form)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"this {kind} is damaged: {type(error).__name__} {error}; write it again") from error

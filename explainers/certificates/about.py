"""Which form of a model, and which features, an answer is about: each text has a form of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.domain.instance import Situation, anywhere, situate
from ...engine.domain.space import Space
from ...engine.errors import BadInputError
from ...engine.models.around import around_of, near
from ...engine.reasons import Check, Reason
from ...engine.reasons.certified import Limits
from .subject import Form

_OTHER = "the explainer has another form of the model now: ask for the reason anew"


def of_reason(session: Any, reason: Reason) -> tuple[Form, Situation]:
    """Return the form that a reason is about, and its row in its domain.

    Raises
    ------
    BadInputError
        If it is not known, or the reason is not as an explainer gives it.
    """
    limits, costs, names = reason.limits, reason.costs, (str, int, np.integer)
    sound = (
        isinstance(reason.kind, str)
        and isinstance(limits, Limits | None)
        and (costs is None or hasattr(costs, "whole"))
    )
    if not sound or not all(isinstance(item, names) for item in reason):
        raise BadInputError("the reason was changed, and does not say what it is: ask an explainer for it")
    space, row = getattr(reason.told_by, "space", None), reason.row_given
    if space is None or row is None:
        raise BadInputError("the reason does not know its row: ask an explainer for it")
    form: Form = session.compiled
    if form.vocabulary is not space.vocabulary:
        form = _again(form, space, row.values[0])
    return form, situate(space, form.read(row.row)[0])


def of_check(check: Check) -> tuple[Form, Situation]:
    """Return the form that a check is about, and its row (any row, where it is about the whole model)."""
    asked = check.asked
    assert asked is not None
    return asked.form, anywhere(asked.space) if asked.situation is None else asked.situation


def excluded_of(session: Any, form: Form, space: Space) -> frozenset[int]:
    """Return the features that the session excludes, of a form of its model."""
    if form is session.compiled or around_of(form) is None:
        excluded: frozenset[int] = session.excluded
        return excluded
    names = session.compiled.vocabulary.names
    words = session.kept_out | {names[c] for c in session.excluded_columns}
    return frozenset(i for i, feature in enumerate(space.features) if feature.name in words)


def _again(form: Form, space: Space, text: Any) -> Form:
    """Return the form around a text that a session left, if the words that may come are the same."""
    if around_of(form) is None:
        raise BadInputError(_OTHER)
    found: Form = near(form, text)
    if found.vocabulary.fingerprint != space.vocabulary.fingerprint or found.features != space.features:
        raise BadInputError(_OTHER)
    return found

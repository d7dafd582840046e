"""Explanations as JSON has them: with the model that they were found with, or without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.reasons.plain import plain
from ...engine.reasons.written import head_of, reason_form, reasons_form
from .audit import Compiled

if TYPE_CHECKING:
    from ..explanation import Explanation
    from ..explanations import Explanations


def explanation_form(explanation: Explanation, compiled: Compiled | None, *, changes: bool) -> dict[str, Any]:
    """Return an explanation with its model as JSON has it.

    Parameters
    ----------
    explanation : Explanation
        With its model.
    compiled : CompiledModel, optional
        What tells the model in the audit line; none for rows of many, which have one together.
    changes : bool
        Whether to ask what would change the prediction.
    """
    changed = explanation.change() if changes else None
    groups = [list(group) for group in explanation.groups() if len(group) > 2]  # other features are one column each
    return {
        **head_of("explanation"),
        "prediction": plain(explanation.prediction),
        "interval": None if explanation.interval is None else [plain(float(end)) for end in explanation.interval],
        "instance": explanation.instance.to_form(),
        "sufficient": None if explanation.sufficient is None else reason_form(explanation.sufficient),
        "contrastive": reasons_form(explanation.contrastive) if changes else None,
        "changed_prediction": None if changed is None else plain(_one(changed[1])),
        "none_because": explanation.none_because,
        **({"groups": groups} if groups else {}),
        **({"rounding": True} if explanation.rounding else {}),
        "audit": {} if compiled is None else explanation.audit,
    }


def _one(said: Any) -> Any:
    """Return a prediction as Python's own values; that of several labels as a tuple."""
    return tuple(said.tolist()) if isinstance(said, np.ndarray) else said


def explanations_form(many: Explanations, compiled: Compiled, *, changes: bool) -> dict[str, Any]:
    """Return explanations of many rows as JSON has them; `changes` as in ``explanation_form``, for all rows."""
    return {
        **head_of("explanations"),
        "n_rows": many.n_rows,
        "seconds": plain(float(many.seconds)),
        "status": str(many.status),
        "stop": str(many.stop),
        "none_because": many.none_because,
        "container": many.container,
        "index": [plain(label) for label in many.row_index],
        "index_names": [None if name is None else str(name) for name in many.index_names],
        "audit": many.audit,
        "rows": [explanation_form(one, None, changes=changes) for one in many],
    }

"""Surrogates out of files: made again, of the function that is given, and compared with what was saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...encoders.columns.containers import container_of
from ...encoders.saved.arrays import Named
from ...encoders.saved.values import told, untold
from ...engine.errors import FormatError, ModelChangedError, shown
from ..keeping.audit import audit_of
from ..surrogate.explainer import SurrogateExplainer
from .rows import kind_untold, row_untold


def made_again(main: Mapping[str, Any], arrays: Named, function: Any) -> SurrogateExplainer:
    """Return the surrogate explainer of a file, of a function.

    Raises
    ------
    ModelChangedError
        If the function says something else of the instance, or other surrogates come out.
    """
    names, data = tuple(map(str, main["names"])), main["data"]
    if "array" in data:
        rows: Any = np.array(arrays["data"], np.dtype(data["array"]))
        if rows.ndim != 2 or rows.shape[1] != len(names):
            raise FormatError("the rows of the file are damaged: save the explainer again")
    else:
        listed = [tuple(untold(value) for value in row) for row in data["rows"]]
        if any(len(row) != len(names) for row in listed):
            raise FormatError("the rows of the file are damaged: save the explainer again")
        rows = container_of(listed, kind_untold(data["kind"], len(names)))
    made = untold(main["made_with"])
    explainer = SurrogateExplainer(function, rows, row_untold(main["instance"], names), **made)
    said, before = explainer.target_prediction, untold(main["prediction"])
    if told(said) != main["prediction"]:
        raise ModelChangedError(
            f"the function says {shown(said)} of the instance, and said {shown(before)} when the explainer was saved: "
            "it is another one; make a new explainer"
        )
    form = audit_of(explainer.explainer.session.compiled)["form"]
    if form != main["audit"]["form"]:
        raise ModelChangedError(
            "other surrogates come out than those that were saved: the function says other things of the rows, or "
            "another version of scikit-learn fits otherwise; make a new explainer"
        )
    return explainer

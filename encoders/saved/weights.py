"""Weights of linear models in files: with them forms for other numbers are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...engine.errors import FormatError
from ...engine.models import CompiledEnsemble
from ..assembly.weighted import Weighted
from .arrays import Named, Stored, narrow
from .forms import Form
from .values import told, untold


def weighted_told(weighted: Weighted | None, arrays: Named) -> dict[str, Any] | None:
    """Return what a linear model decides by as JSON has it; its weights are put into `arrays`."""
    if weighted is None:
        return None
    arrays["weighted.weights"], arrays["weighted.start"] = narrow(weighted.weights), narrow(weighted.start)
    if weighted.sizes is not None:
        arrays["weighted.sizes"] = narrow(weighted.sizes)
    return {
        "who": weighted.who, "classes": told(weighted.classes), "unit": weighted.unit,
        "sizes": weighted.sizes is not None, "products": weighted.products,
    }  # fmt: skip


def weighted_of(form: Mapping[str, Any] | None, stored: Stored, compiled: Form) -> Weighted | None:
    """Return what ``weighted_told`` wrote; raises FormatError if it does not fit the form."""
    if form is None:
        return None
    width = len(compiled.vocabulary.names)
    weights, start = stored.get("weighted.weights", np.float64, width), stored.get("weighted.start", np.float64)
    sizes = stored.get("weighted.sizes", np.float64) if form["sizes"] else None
    classes, unit, products = untold(form["classes"]), float(form["unit"]), int(form["products"])
    scores = compiled.trees.n_outputs if isinstance(compiled, CompiledEnsemble) else 0
    fits = (
        len(start) == len(weights) == scores
        and np.isfinite(weights).all() and np.isfinite(start).all() and classes == compiled.classes
        and 0.0 <= unit <= 2.0**-10 and 0 <= products < 1 << 40
        and (sizes is None or (len(sizes) == width and np.isfinite(sizes).all() and (sizes >= 0).all()))
    )  # fmt: skip
    if not fits:
        raise FormatError("the weights of the model are damaged: save the explainer again")
    return Weighted(str(form["who"]), weights, start, classes, unit, sizes, products)

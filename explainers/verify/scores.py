"""The raw score of a classifier as if it were what a regressor predicts."""

from __future__ import annotations

from dataclasses import replace

from ...engine.models import CompiledEnsemble


def raw_form(form: CompiledEnsemble) -> CompiledEnsemble:
    """Return a model with one score as one that predicts it."""
    return replace(form, classes=(), voting="value", transform=None)

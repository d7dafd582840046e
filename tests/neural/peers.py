"""Stored models, data and answers of a peer; tests that need them skip where absent."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import cem_models
from benchmarks.cem_models import (
    FOLDER,
    digits,
    digits_autoencoder,
    digits_cnn,
    iris,
    iris_model,
    softmax_function,
    stored,
)

__all__ = [
    "answers",
    "digits",
    "digits_autoencoder",
    "digits_cnn",
    "iris",
    "iris_model",
    "needs_peers",
    "no_worse",
    "softmax_function",
    "stored",
]
needs_peers = pytest.mark.skipif(not FOLDER.is_dir(), reason="the peer's stored answers are not here")


def answers(model, kind, mode, gamma=0):
    """The peer's instances, whether it found something, its objective (NaN where not), its points and differences."""
    told = cem_models.answers(model, kind, mode, gamma)
    return told.X, told.found, told.objective, told.points, told.delta


def no_worse(ours, theirs):
    return (ours <= theirs * 1.001 + 1e-3) | np.isnan(theirs)

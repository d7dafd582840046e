"""The model's own ``predict`` on rows in the user's own container and dtypes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.models import CompiledModel
from ...engine.models.multilabel import CompiledMultiLabel
from ...engine.quiet import quietly
from .nesting import one_job
from .output import Output

_LIBRARIES = ("sklearn", "xgboost", "lightgbm")
_FEW = 256  # rows that one thread predicts sooner than several meet: on a machine at work these wait for each other


def own_predict_of(compiled: CompiledModel | CompiledMultiLabel) -> Callable[[Any], NDArray[Any]] | None:
    """Return what predicts rows as they are given, or None if the model has no such ``predict``.

    Models that are read from texts and files, hand-built ones, forests whose votes are counted here, and boosters
    without the scikit-learn interface have none: ``predict_as_given`` reads rows for them.
    """
    model = compiled.source
    whole = model.model if isinstance(model, Output) else model
    named = any(kind.__module__.split(".")[0] in _LIBRARIES for kind in type(whole).__mro__)
    voting = getattr(compiled, "voting", "soft")
    if not (named and voting != "hard" and hasattr(model, "predict") and hasattr(model, "get_params")):
        return None
    asked = one_job(whole)
    asked = Output(asked, model.place) if isinstance(model, Output) else asked
    width = len(compiled.labels) if isinstance(compiled, CompiledMultiLabel) else 0

    def predict(rows: Any) -> NDArray[Any]:
        with quietly(), np.errstate(all="ignore"), few_threads(len(rows) if hasattr(rows, "__len__") else _FEW):
            said = asked.predict(rows)
        said = said.toarray() if hasattr(said, "toarray") else np.asarray(said)
        if width:
            return said.reshape(len(said), width)
        return said.astype(np.float64).ravel() if not compiled.classes else said.ravel()

    return predict


def few_threads(n_rows: int) -> AbstractContextManager[Any]:
    """Let libraries predict few rows in one thread: sums over the trees of a row are the same in any number of them."""
    loaded = frozenset(name for name in _LIBRARIES if name in sys.modules)
    if n_rows >= _FEW or "sklearn" not in loaded:
        return nullcontext()
    limit: AbstractContextManager[Any] = _pools(loaded).limit(limits=1, user_api="openmp")
    return limit


@lru_cache(maxsize=4)
def _pools(loaded: frozenset[str]) -> Any:
    """Return what limits the threads of the libraries that are loaded; scikit-learn brings it."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def predict_as_given(compiled: CompiledModel | CompiledMultiLabel, rows: Any) -> NDArray[Any]:
    """Return what the model's own ``predict`` says of rows in the user's container.

    Where the model has no ``predict`` that takes such rows (a frame that it was not fitted on, texts in an array), it
    is asked about them as they are read.
    """
    predict = own_predict_of(compiled)
    if predict is not None:
        try:
            return predict(rows)
        except Exception:  # a model may refuse what is read here by name; it is asked below
            pass
    return compiled.predict(compiled.read(rows))

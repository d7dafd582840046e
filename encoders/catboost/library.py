"""CatBoost itself, asked to read and to write models: it does so with files only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def _file() -> Iterator[str]:
    handle, path = tempfile.mkstemp(suffix=".catboost")
    os.close(handle)
    try:
        yield path
    finally:
        os.unlink(path)


def saved(model: Any) -> bytes:
    """Return a model as JSON."""
    with _file() as path:
        model.save_model(path, format="json")
        with open(path, "rb") as stream:
            return stream.read()


def loaded(content: bytes, form: str) -> Any:
    """Return the model of a file's content, of the form ``"cbm"`` or ``"json"``."""
    import catboost

    with _file() as path:
        with open(path, "wb") as stream:
            stream.write(content)
        return catboost.CatBoost().load_model(path, format=form)

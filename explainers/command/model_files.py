"""Models in files: which kind a file is of is told by its content, and none is executed unless that is allowed."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...encoders.model_files import library_of
from ...engine.errors import BadInputError, FormatError, UnsupportedModelError, shown
from ..saving.loading import load
from .skops_files import read_skops

_PICKLES = (b"\x80", b"x\x9c", b"x\x01", b"x^", b"x\xda", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")


def read_model(path: str | os.PathLike[str], *, trust_pickle: bool = False, trusted: Sequence[str] = ()) -> Any:
    """Return the model of a file.

    Parameters
    ----------
    path : str or path
        A file that ``explainer.save`` wrote (the explainer is returned), one of XGBoost, LightGBM,
        CatBoost or ONNX (whose path is returned: it is read when it is explained), one that skops wrote, or one of
        joblib or pickle.
    trust_pickle : bool
        Whether joblib and pickle files may be loaded, which can execute any code.
    trusted : sequence of str
        Types in a file of skops that are known to be harmless.

    Raises
    ------
    BadInputError
        If the file cannot be read, or its library is missing.
    UnsupportedModelError
        If it would execute code that nobody allowed.
    FormatError
        If it is damaged, or of no known kind.
    """
    name = f"model file {shown(os.fspath(path), 200)}"
    try:
        with open(path, "rb") as stream:
            head = stream.read(8)
    except OSError as error:
        raise BadInputError(f"{name} cannot be read: {error.strerror or error}") from None
    if library_of(path):
        return os.fspath(path)
    if head.startswith(b"PK") and zipfile.is_zipfile(path):
        return _zipped(Path(path), name, trusted)
    if head.startswith(_PICKLES):
        return _pickled(path, name, trust_pickle)
    return os.fspath(path)  # refused in words when it is explained


def _zipped(path: Path, name: str, trusted: Sequence[str]) -> Any:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    if "explainer.json" in names:
        return load(path)
    if "schema.json" not in names:
        raise FormatError(f"{name} is a zip file without a model of skops in it: unpack it, or save the model again")
    return read_skops(path, name, trusted)


def _pickled(path: str | os.PathLike[str], name: str, trusted: bool) -> Any:
    if not trusted:
        raise UnsupportedModelError(
            f"{name} looks like a pickle, which can execute any code when it is loaded: save the model with skops "
            "(skops.io.dump), or pass --trust-pickle if you know who wrote it"
        )
    import joblib

    try:
        return joblib.load(path)
    except Exception as error:
        raise FormatError(f"{name} cannot be loaded: {type(error).__name__}: {shown(str(error), 160)}") from None

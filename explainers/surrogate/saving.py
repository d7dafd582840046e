"""Surrogates as files: what they were made with, but for the function, which has to be given again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from ...encoders.columns.row_kind import kind_of
from ...encoders.columns.rows import as_matrix
from ...encoders.saved.arrays import Named
from ...encoders.saved.values import told
from ...engine.errors import BadInputError, shown
from ...engine.whole_files import write_whole
from ..keeping.audit import audit_of
from ..saving.container import packed
from ..saving.rows import kind_told, row_told

if TYPE_CHECKING:
    from .explainer import SurrogateExplainer

FAMILY = "SurrogateExplainer"


def save(explainer: SurrogateExplainer, path: str | os.PathLike[str]) -> None:
    """Write a surrogate explainer into a file, see ``SurrogateExplainer.save``."""
    if not isinstance(path, (str, os.PathLike)):
        raise BadInputError(f"path={shown(path)}: expected a path such as 'loans.suffice'")
    data = saved_bytes(explainer)
    try:
        write_whole(path, data)
    except OSError as error:
        raise BadInputError(f"path={shown(os.fspath(path))} cannot be written: {error.strerror or error}") from None


def saved_bytes(explainer: SurrogateExplainer) -> bytes:
    """Return a surrogate explainer as the bytes of such a file."""
    made, names = dict(explainer.made_with), explainer.feature_names
    made.pop("predict")
    rows, arrays = made.pop("data"), Named()
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "fiu" and rows.dtype.itemsize <= 8:
        arrays["data"] = rows.astype(rows.dtype.newbyteorder("<"))
        data: Any = {"array": rows.dtype.str}
    else:
        matrix = as_matrix(rows, names, numeric=False)
        data = {"kind": kind_told(kind_of(rows, names)), "rows": [[told(v) for v in row] for row in matrix.tolist()]}
    inner = explainer.explainer
    main = {
        "suffice": "explainer", "family": FAMILY, "audit": audit_of(inner.session.compiled) | {
            "written": inner.session.made, "model": "a function",
        },
        "names": list(names), "data": data, "made_with": told(made), "instance": row_told(inner.instance),
        "prediction": told(explainer.target_prediction),
    }  # fmt: skip
    return packed(main, arrays)

"""What was explained, by which versions, when: said in whatever is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
from importlib import metadata
from typing import Any

import numpy as np

from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.models.multilabel import CompiledMultiLabel

Compiled = CompiledTree | CompiledEnsemble | CompiledMultiLabel


def audit_of(compiled: Compiled) -> dict[str, Any]:
    """Return the audit line of an explanation.

    Returns
    -------
    dict
        ``model`` (its class), ``form`` (a hash of what it was compiled to: the same for equal decisions over the same
        conditions), ``versions`` (of this library, Python, numpy and the model's own library), ``written`` (UTC).
    """
    kind = type(compiled.source)
    library = kind.__module__.partition(".")[0]
    return {
        "model": f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}",
        "form": form_hash(compiled),
        "versions": {
            "python": platform.python_version(),
            **{name: found for name in dict.fromkeys(("suffice", "numpy", library)) if (found := _version(name))},
        },
        "written": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }


def _version(name: str) -> str:
    try:
        return metadata.version({"sklearn": "scikit-learn"}.get(name, name))
    except metadata.PackageNotFoundError:
        return ""


def form_hash(compiled: Compiled) -> str:
    """Return a hash of a compiled form: its trees, conditions, classes and how scores decide."""
    found = hashlib.sha256()

    def add(*parts: Any) -> None:
        for part in parts:
            if isinstance(part, np.ndarray):
                found.update(f"{part.dtype.str}{part.shape}".encode())
                found.update(np.ascontiguousarray(part).tobytes())
            else:
                found.update(repr(part).encode())

    vocabulary = compiled.vocabulary
    add(vocabulary.names, vocabulary.reading, [tuple(one) for one in vocabulary.conditions])
    models = [label.model for label in compiled.labels] if isinstance(compiled, CompiledMultiLabel) else [compiled]
    for model in models:
        add(model.classes)
        if isinstance(model, CompiledTree):
            add(model.tree.literal, model.tree.left, model.tree.right, model.tree.outcome)
            continue
        trees = model.trees
        add(trees.root, trees.literal, trees.left, trees.right, trees.leaf, trees.values, trees.base, trees.divisor,
            trees.single, model.voting, model.threshold, model.link, model.slack)  # fmt: skip
    return found.hexdigest()

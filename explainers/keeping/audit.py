"""What was explained, by which versions, when: said in whatever is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...encoders.fingerprint import checksum
from ...encoders.saved.models import SavedModel
from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.models.around import around_of
from ...engine.models.circuits import Circuit
from ...engine.models.multilabel import CompiledMultiLabel

_MARGINS = np.array([-1e3, -30.0, -3.0, -0.5, -1e-3, 0.0, 1e-3, 0.5, 3.0, 30.0, 1e3])  # where transforms are compared

Compiled = CompiledTree | CompiledEnsemble | CompiledMultiLabel


def audit_of(compiled: Compiled) -> dict[str, Any]:
    """Return the audit line of an explanation.

    Returns
    -------
    dict
        ``model`` (its class), ``form`` (a hash of what it was compiled to, see ``form_hash``), ``versions`` (of this
        library, Python, numpy and the model's own library), ``written`` (UTC).
    """
    source = compiled.source
    kind = source.kind if isinstance(source, SavedModel) else _named(type(source))
    library = kind.partition(".")[0]
    saved = dict(source.told["versions"]) if isinstance(source, SavedModel) else {}
    return {
        "model": kind,
        "form": form_hash(compiled),
        "versions": {
            "python": platform.python_version(),
            **{name: found for name in dict.fromkeys(("suffice", "numpy", library)) if (found := _version(name))},
            **saved,
        },
        "written": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }


def asked_line(
    session: Any, asked: Mapping[str, Any], changes: Mapping[str, Any] | None, status: str, seconds: float
) -> dict[str, Any]:  # fmt: skip
    """Return what was asked of a model, for the audit line: ``options`` in words, ``status``, ``seconds``.

    Options name features and none of their values, and only count the words of texts, so that what is withheld stays
    so. Nothing in them is drawn at random.
    """
    names = session.compiled.vocabulary.names
    said = [f"theory {'on' if session.theory_on else 'off'}"]
    said += [f"over {asked['over']}"] if asked.get("over") else []
    texts = around_of(session.compiled) is not None
    excluded = session.kept_out if texts else {str(names[column]) for column in session.excluded_columns}
    for name, features in (("excluded", sorted(excluded)), *(changes or {}).items()):
        if features:
            said.append(_counted(name, features) if texts else f"{name} {', '.join(map(str, features))}")
    if session.ranges:
        columns = (str(names[one]) if isinstance(one, int) else str(one) for one in session.ranges)
        said.append(f"ranges of {', '.join(columns)}")
    if asked.get("tolerance") is not None:
        said.append(f"tolerance {asked['tolerance']:g}")
    if asked.get("time_limit") is not None:
        said.append(f"time limit {asked['time_limit']:g} s")
    return {"options": "; ".join(said), "status": status, "seconds": float(seconds)}


def _counted(name: str, words: Any) -> str:
    return f"{len(words)} {name} word{'s' * (len(words) > 1)}"


def _named(kind: type[Any]) -> str:
    return f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"


def _version(name: str) -> str:
    """Return the version of a library that is loaded, as that of an explained model is."""
    return str(getattr(sys.modules.get(name), "__version__", ""))


def form_hash(compiled: Compiled) -> str:
    """Return a hash of a compiled form: conditions, trees, classes, and how scores decide.

    A model that was fitted again has another one, unless it came out the same. Models of texts have a form for each
    text: theirs is a checksum of the numbers that the model holds.
    """
    if around_of(compiled) is not None:
        return f"{checksum(compiled.source):08x}"
    found = hashlib.sha256()

    def add(*parts: Any) -> None:
        for part in parts:
            if isinstance(part, np.ndarray):
                found.update(f"{part.dtype.str}{part.shape}".encode())
                found.update(np.ascontiguousarray(part).tobytes())
            else:
                found.update(repr(part).encode())

    vocabulary = compiled.vocabulary
    add(vocabulary.names, vocabulary.reading, [tuple(one) for one in vocabulary.conditions], sorted(compiled.missing))
    add(sorted(vocabulary.labels.items()))
    if isinstance(compiled, CompiledMultiLabel):
        for label in compiled.labels:
            add(label.name, sorted((number, asked, *true) for number, (asked, true) in label.tests.items()))
            add(*_decides(label.model))
    else:
        add(*_decides(compiled))
    return found.hexdigest()


def _decides(model: CompiledTree | CompiledEnsemble) -> list[Any]:
    """Return all that tells what a form decides for a truth of its conditions."""
    if isinstance(model, CompiledTree):
        return [model.classes, model.tree.literal, model.tree.left, model.tree.right, model.tree.outcome]
    trees = model.trees
    parts = [
        model.classes, trees.root, trees.literal, trees.left, trees.right, trees.leaf, trees.values, trees.base,
        trees.divisor, trees.single, model.voting, model.threshold, model.link, model.slack,
    ]  # fmt: skip
    parts += [] if model.transform is None else [np.asarray(model.transform(_MARGINS))]
    return parts + ([] if model.circuit is None else _gates(model.circuit))


def _gates(circuit: Circuit) -> list[Any]:
    return [
        circuit.op, circuit.at, circuit.argument, circuit.own, circuit.number, circuit.table_at, circuit.x, circuit.y,
        circuit.ends,
    ]  # fmt: skip

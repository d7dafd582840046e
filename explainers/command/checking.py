"""The command ``check``: the verdict on certificates, and whether their numbers are those of a model."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from ...engine.errors import SufficeError
from ..certificates import suffice_check
from ..certificates.certificate import Certificate
from ..certificates.subject import Subject
from ..facade import Explainer
from ..queries.explaining import Explaining
from .model_files import read_model

OWN = (
    "condition_column", "condition_operator", "condition_threshold", "condition_missing", "tree_root", "tree_literal",
    "tree_left", "tree_right", "tree_leaf", "leaf_values", "base",
)  # fmt: skip


def run_check(options: argparse.Namespace) -> int:
    """Print the verdict on each file; return 1 if one was not accepted, or is of another model."""
    model = None
    if options.model is not None:
        model = read_model(options.model, trust_pickle=options.trust_pickle, trusted=options.trust)
    status = 0
    for path in options.files:
        verdict, why = suffice_check.check(path)
        if verdict != suffice_check.REJECTED and model is not None:
            differs = difference(Certificate.load(path), model)
            why += f"; {differs or 'its numbers are those of the model'}"
            status = status or int(bool(differs))
        print(f"{path}: {verdict}: {why}")
        status = status or int(verdict != suffice_check.ACCEPTED)
    return status


def difference(certificate: Certificate, model: Any) -> str:
    """Return in what numbers of a certificate differ from those of a model (or saved explainer), if they do."""
    found = ""
    for voting in ("soft", "hard"):
        try:
            subject = _subject(certificate, model, voting)
        except SufficeError as error:
            return f"the model is not read this way: {error}"
        found = _first_difference(certificate, subject)
        if not found:
            return ""
    return found


def _subject(certificate: Certificate, model: Any, voting: str) -> Subject:
    explainer = model
    if not isinstance(model, Explaining):
        names = certificate.head["model"]["columns"]
        columns = [names[c] for f in certificate.head["features"] if f["missing"] for c in f["columns"]]
        explainer = Explainer.initialize(model, missing=columns, feature_names=names, voting=voting)
    session = explainer.session
    return Subject(session.compiled, session.space, session.where)


def _first_difference(certificate: Certificate, subject: Subject) -> str:
    mine, theirs = certificate.head["model"], subject.head["model"]
    for key in ("columns", "reading", "labels"):
        if mine[key] != theirs[key]:
            return f"the model has other {key}"
    for name in OWN:
        one, other = certificate.arrays[name], subject.arrays[name]
        if one.shape != other.shape or not np.array_equal(one, other):
            return f"the model has other numbers ({name})"
    return ""

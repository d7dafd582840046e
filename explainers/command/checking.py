"""The command ``check``: the verdict on certificates, and whether their numbers are those of a model."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from ...engine.domain.instance import anywhere
from ...engine.domain.space import build_space
from ...engine.domain.theory import Theory
from ...engine.errors import SufficeError
from ..certificates import suffice_check
from ..certificates.certificate import Certificate, Every
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
        verdict, why = suffice_check.check(path, Every)
        if verdict != suffice_check.REJECTED and model is not None:
            differs = difference(Certificate.load(path), model)
            verdict = f"of another model ({verdict} of its own)" if differs else verdict
            why += f"; {differs or 'its numbers are those of the model'}"
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
            return found or f"the model is not read this way: {error}"
        found = _first_difference(certificate, subject)
        if not found:
            return ""
    return found


def _subject(certificate: Certificate, model: Any, voting: str) -> Subject:
    explainer = model
    told = certificate.head["model"]
    names = told.get("names", told["columns"])
    if not isinstance(model, Explaining):
        columns = [
            told["columns"][c] for f in certificate.head["features"] if "nan" in f["values"] for c in f["columns"]
        ]
        explainer = Explainer.initialize(model, missing=columns, feature_names=names, voting=voting)
    session = explainer.session
    space, where = session.space, session.where
    if ("names" in told) != (space.theory is None):
        theory = None if "names" in told else Theory(session.features, session.clauses)
        space = build_space(session.compiled.vocabulary, session.features, theory)
        where = anywhere(space)
    return Subject(session.compiled, space, where)


def _first_difference(certificate: Certificate, subject: Subject) -> str:
    """Return what differs; a certificate may have more conditions, and more labels with trees of their own."""
    mine, theirs, arrays = certificate.head["model"], subject.head["model"], certificate.arrays
    extra = "names" in mine  # columns stand for conditions
    for key in ("columns", "reading", "labels"):
        if mine[key][: len(theirs[key])] != theirs[key] or (key != "labels" and not extra and mine[key] != theirs[key]):
            return f"the model has other {key}"
    n_scores = len(subject.arrays["base"])
    for name in OWN:
        one, other = arrays[name], subject.arrays[name]
        own = one[: len(other), :n_scores] if other.ndim == 2 else one[: len(other)]
        if own.shape != other.shape or not np.array_equal(own, other):
            return f"the model has other numbers ({name})"
    n_leaves = len(subject.arrays["leaf_values"])
    if arrays["leaf_values"][n_leaves:, :n_scores].any() or (
        len(mine["labels"]) == len(theirs["labels"])
        and any(len(arrays[name]) != len(subject.arrays[name]) for name in OWN if not name.startswith("condition"))
    ):
        return "the model has other numbers (more trees)"
    return ""

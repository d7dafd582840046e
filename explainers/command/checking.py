"""The command ``check``: the verdict on certificates, and whether their numbers are those of a model."""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from ...engine.domain.instance import anywhere, situate
from ...engine.domain.space import build_space
from ...engine.domain.theory import Theory
from ...engine.errors import BadInputError, SufficeError
from ...engine.models.around import around_of, near
from ..certificates import suffice_check
from ..certificates.certificate import Certificate
from ..certificates.models import ProvenModels
from ..certificates.shares import CertifiedShare
from ..certificates.subject import Subject
from ..certificates.suffice_check_all import check
from ..certificates.suffice_check_share import OWN, is_share
from ..facade import Explainer
from ..queries.explaining import Explaining
from ..verify.joint import joint_of
from ..verify.subject import subject_of
from .model_files import read_model

_ADDED = ", but for labels that the file adds: "


def run_check(options: argparse.Namespace) -> int:
    """Print the verdict on each file; return 1 if one was not accepted, or is of another model."""
    models = [
        read_model(path, trust_pickle=options.trust_pickle, trusted=options.trust) for path in options.model or []
    ]
    status = 0
    for path in options.files:
        begin = time.perf_counter()
        verdict, why = check(path)
        took = time.perf_counter() - begin
        if verdict != suffice_check.REJECTED and models:
            certificate = _one_of(path)
            number = 2 if "models" in certificate.head["claim"] else 1
            if len(models) != number:
                raise BadInputError(
                    f"{path} is of {number} model{'s: say --model OLD --model NEW' if number > 1 else ''}, "
                    f"and {len(models)} given"
                )
            differs, told = difference(certificate, models)
            verdict = suffice_check.RELATIVE if _ADDED in told else verdict
            verdict = f"of another model ({verdict} of its own)" if differs else verdict
            why += f"; {differs or 'its numbers are those of the model' + 's' * (number > 1) + told}"
        size = f"; {os.path.getsize(path) / 1000:.1f} kB" if os.path.isfile(path) else ""
        print(f"{path}: {verdict}: {why}{size}, checked in {took:.2f} s")
        status = status or int(verdict != suffice_check.ACCEPTED)
    return status


def _one_of(path: str) -> Certificate:
    """Return a certificate, or one of those of rows, which are all of the same numbers."""
    if is_share(path):
        return next(iter(CertifiedShare.load(path).certificates.values()))
    return Certificate.load(path)


def difference(certificate: Certificate, models: Sequence[Any]) -> tuple[str, str]:
    """Return in what a certificate differs from a model, or from two (or saved explainers), if it does.

    The second text is what is said of labels, and of a domain, that are not the model's (or explainer's) own.
    """
    first = ""
    for voting in product(("soft", "hard"), repeat=len(models)):
        try:
            if len(models) == 1:
                subject = _subject(certificate, models[0], voting[0])
                found = _first_difference(certificate, subject)
            else:
                found, subject = _difference_of_two(certificate, models, voting)
        except (SufficeError, TypeError, ValueError, LookupError, AttributeError) as error:  # text that fits no model
            found = f"the model is not read this way: {error}"
        if not found:
            same = all(certificate.head[key] == subject.head[key] for key in ("features", "clauses"))
            added = _added(certificate, len(subject.head["model"]["labels"]))
            return "", added + ("" if same else ", of the domain that the file lists")
        first = first or found
    return first, ""


def _added(certificate: Certificate, own: int) -> str:
    """Return what is said of labels that the claim is about, and the model has not (nor is it said what they are)."""
    labels, claim = certificate.head["model"]["labels"], certificate.head["claim"]
    named = {one["label"] for one in claim["outcomes"]}
    for _, k, _ in claim["says"].get("attained", []):
        named |= {i for i, label in enumerate(labels) if label["outputs"][0] <= k < label["outputs"][1]}
    added = [labels[i] for i in sorted(named) if i >= own and not labels[i]["relative"]]
    return f"{_ADDED}{', '.join(repr(label['name']) for label in added)}" if added else ""


def _difference_of_two(certificate: Certificate, models: Sequence[Any], voting: Sequence[str]) -> tuple[str, Subject]:
    one, other = (subject_of(_explainer(certificate, *each)) for each in zip(models, voting, strict=True))
    joint, claim = joint_of(one, other), certificate.head["claim"]["models"]
    space = joint.subject.session.space
    here = anywhere(space)
    subject = ProvenModels(joint.pair, space, (), here, joint.same, 0.0).subject()
    found = _first_difference(certificate, subject)
    if not found and "same" in claim and {*map(tuple, claim["same"])} != {*joint.same}:
        found = "the models have other classes in common"
    return found, subject


def _explainer(certificate: Certificate, model: Any, voting: str) -> Any:
    """Return an explainer of one of two models, in the columns that it reads of the certificate's."""
    if isinstance(model, Explaining):
        return model
    told = certificate.head["model"]["columns"]
    names = Explainer.initialize(model, voting=voting).session.compiled.vocabulary.names
    how: dict[str, Any] = {}
    if not {*names} <= {*told} and len(names) == len(told):  # matched by their places
        names = how["feature_names"] = told
    return Explainer.initialize(model, missing=[c for c in _missing(certificate) if c in names], voting=voting, **how)


def _missing(certificate: Certificate) -> list[str]:
    """Return the columns that may be missing."""
    told = certificate.head["model"]["columns"]
    return [told[c] for f in certificate.head["features"] if "nan" in f["values"] for c in f["columns"]]


def _subject(certificate: Certificate, model: Any, voting: str) -> Subject:
    explainer = model
    told = certificate.head["model"]
    if "text" in told:
        return _of_text(certificate, told["text"], model, voting)
    names = told.get("names", told["columns"])
    if not isinstance(model, Explaining):
        explainer = Explainer.initialize(model, missing=_missing(certificate), feature_names=names, voting=voting)
    session = explainer.session
    space, where = session.space, session.where
    if ("names" in told) != (space.theory is None):
        theory = None if "names" in told else Theory(session.features, session.clauses)
        space = build_space(session.compiled.vocabulary, session.features, theory)
        where = anywhere(space)
    return Subject(session.compiled, space, where)


def _of_text(certificate: Certificate, told: Any, model: Any, voting: str) -> Subject:
    """Return the form around a text that the file names; its row has to be what the model reads of the text."""
    explainer = model if isinstance(model, Explaining) else Explainer.initialize(model, voting=voting)
    around = around_of(explainer.session.compiled)
    if around is None:
        raise BadInputError("it reads no texts")
    words = {word: (low, math.inf if high is None else high) for word, (low, high) in told["words"].items()}
    form: Any = near(around.open_to(words), told["of"])
    clauses, bare = form.around.clauses, "names" in certificate.head["model"]
    space = build_space(form.vocabulary, form.features, None if bare else Theory(form.features, clauses))
    subject = Subject(form, space, situate(space, form.read([told["of"]])[0]))
    rows = certificate.arrays["row"]
    if len(rows) and not np.array_equal(rows, subject.rows([subject.here.cells])):
        raise BadInputError("it counts other words in the text")
    return subject


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
    if _adds(arrays, subject.arrays) or (
        len(mine["labels"]) == len(theirs["labels"])
        and any(len(arrays[name]) != len(subject.arrays[name]) for name in OWN if not name.startswith("condition"))
    ):
        return "the model has other numbers (more trees)"
    return ""


def _adds(arrays: Any, own: Any) -> bool:
    """Tell whether trees of further labels add to the scores of the model, or have parts of its own trees."""
    nodes, inner = len(own["tree_literal"]), arrays["tree_literal"] != 0
    parts = [arrays[f"tree_{side}"][nodes:][inner[nodes:]] for side in ("left", "right")]
    parts.append(arrays["tree_root"][len(own["tree_root"]) :])
    leaves = arrays["tree_leaf"][nodes:][~inner[nodes:]]
    adds: bool = arrays["leaf_values"][leaves, : len(own["base"])].any()
    return adds or any((part < nodes).any() for part in parts)

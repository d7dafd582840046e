"""Asks a case everything that its family answers, and tells what came of it."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import numpy as np
from suffice import Explainer
from suffice.engine.errors import (
    BadInputError,
    CapabilityError,
    MissingQueryError,
    SufficeError,
    UnsupportedModelError,
)
from suffice.explainers.queries.table import TABLE

from tests.taken.case import Case

LIMIT = 5.0  # seconds a query
YES, NO = "yes", "–"
GROUPS = {  # column of the table -> facets of the table of queries
    "why": ("sufficient", "majoritary", "tree-specific"),
    "what would change it": ("contrastive",),
    "checks": ("checks",),
    "counts": ("counts",),
    "ranges": ("ranges",),
    "labels": ("labels",),
    "formulas": ("artefacts",),
    "many rows": ("rows",),
}
_LEFT_OUT = ("confirm", "rectify", "to_counterexample_mips", "explain_rows", "predict", "to_wcnf")


def explained(case: Case) -> tuple[Any, Any, Any]:
    """Return the model of a case, its rows, and an explainer that has set the first of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model, rows = case.make()
        explainer = Explainer.initialize(model, first(rows), **dict(case.arguments))
    if hasattr(explainer, "set_interval"):
        said = explainer.target_prediction
        if isinstance(said, float):
            explainer.set_interval(said - abs(said) * 0.1 - 1e-9, said + abs(said) * 0.1 + 1e-9)
    return model, rows, explainer


def first(rows: Any) -> Any:
    """Return the first of some rows, in their container."""
    if hasattr(rows, "iloc"):
        return rows.iloc[0]
    return rows[:1] if hasattr(rows, "toarray") or hasattr(rows, "schema") else rows[0]


def some(rows: Any) -> Any:
    """Return the first three rows."""
    return rows.iloc[:3] if hasattr(rows, "iloc") else rows[:3]


def told(case: Case) -> dict[str, str]:
    """Return what each group of queries says of a case: yes, none, or all but the queries that are named."""
    _, rows, explainer = explained(case)
    answers: dict[str, dict[str, bool]] = {}
    for row in TABLE:
        group = next((name for name, facets in GROUPS.items() if row.facet in facets), None)
        if group is None or row.name in _LEFT_OUT:
            continue
        answered = asked(explainer, row.name, rows)
        if answered is not None:
            answers.setdefault(group, {})[row.name] = answered
    return {group: _summary(answers.get(group, {})) for group in GROUPS}


def _summary(answers: dict[str, bool]) -> str:
    if not any(answers.values()):
        return NO
    lacking = [f"`{name}`" for name, answered in answers.items() if not answered]
    return YES if not lacking else f"{YES}, but {', '.join(lacking)}"


def asked(explainer: Any, name: str, rows: Any) -> bool | None:
    """Tell whether a query is answered; ``None`` if it is none of this family."""
    try:
        method = getattr(explainer, name)
    except MissingQueryError:
        return None
    how = _arguments(explainer, name, rows)
    known = inspect.signature(method).parameters
    if "time_limit" in known or name == "batch":
        how["time_limit"] = LIMIT
    try:
        method(*how.pop("places", ()), **how)
    except MissingQueryError:
        return None
    except SufficeError as error:
        if isinstance(error, (UnsupportedModelError, BadInputError, CapabilityError)):
            return False
        raise
    return True


def _arguments(explainer: Any, name: str, rows: Any) -> dict[str, Any]:
    """Return what a query has to be given."""
    given: dict[str, Any] = {}
    if name.startswith("is_"):
        given["places"] = (explainer.sufficient_reason(time_limit=LIMIT),)
    if name == "is_contrastive_reason":
        given["places"] = (explainer.contrastive_reason(time_limit=LIMIT) or (),)
    if name == "range_for_partial_instance":
        given["places"] = ({},)
    if name.startswith("preferred"):
        given |= {"method": "weights", "weights": dict.fromkeys(explainer.get_feature_names(), 1.0)}
    if name in ("implies", "equivalent", "exclusive", "co_occur", "reasons_subsumed"):
        given["places"] = (0, 1)
    if name == "batch":
        given |= {"places": (some(rows), "sufficient_reason"), "n_jobs": 1}
    return given


def proved(case: Case) -> None:
    """Fail unless the first reason and the first change of a case are borne out by the model's own ``predict``."""
    explainer = explained(case)[2]
    reason = explainer.sufficient_reason(time_limit=LIMIT)
    assert reason is not None
    assert str(reason.status) in ("proved", "optimal")
    change = explainer.minimal_contrastive_reason(time_limit=LIMIT)
    if change is None or isinstance(explainer.target_prediction, float):
        return
    witness = change.witness
    said = explainer.predict(witness)
    assert not _same(said, explainer.target_prediction), (said, witness)


def _same(one: Any, other: Any) -> bool:
    return bool(np.all(np.asarray(one, dtype=object) == np.asarray(other, dtype=object)))

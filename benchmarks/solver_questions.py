"""Questions that the library hands to solvers, written down: of every family, every kind of query, small to large.

A recorder stands in for a solver: it passes each question on to one that answers, and keeps it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from suffice import Explainer
from suffice.engine.errors import CapabilityError, SufficeError
from suffice.engine.forms import Cnf
from suffice.solvers import Kind, get, register, unregister
from suffice.solvers.sessions import ListedSession

LARGEST = 60_000  # clauses of a formula whose models are counted
BELOW = {Kind.SAT: "cadical195", Kind.MAXSAT: "rc2", Kind.MIP: "cpsat", Kind.COUNTER: "zdd"}


@dataclass(frozen=True)
class Question:
    """A form, and where it comes from; `assumptions` belong to SAT questions."""

    kind: Kind
    family: str
    query: str
    model: str
    form: Any
    assumptions: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """Clauses, rows, or hard and soft clauses."""
        form = self.form
        if self.kind is Kind.MIP:
            return int(form.n_rows)
        return int(form.hard.n_clauses + form.soft.n_clauses if self.kind is Kind.MAXSAT else form.n_clauses)


@dataclass
class Recorder:
    """A backend that keeps what it is asked, and has it answered by another one."""

    kind: Kind
    kept: list[tuple[Any, tuple[int, ...], str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name = f"recorder-{self.kind}"
        self.below: Any = get(BELOW[self.kind], self.kind)
        self.capabilities = self.below.capabilities
        self.requirement = self.below.requirement

    def solve(self, form: Any, deadline: Any = None, hint: Any = None) -> Any:
        self.kept.append((form, (), ""))
        return self.below.solve(form, deadline)

    def count(self, form: Any, deadline: Any = None) -> Any:
        self.kept.append((form, (), ""))
        return self.below.count(form, deadline)

    def open(self, cnf: Any = None) -> Any:
        return _Session(self, cnf)


class _Session(ListedSession):
    """A SAT session that keeps the formula of each call with its assumptions."""

    def __init__(self, recorder: Recorder, cnf: Any) -> None:
        super().__init__(recorder.name, cnf)
        self._recorder, self._native = recorder, recorder.below.open(cnf)

    def add(self, clause: Any) -> None:
        super().add(clause)
        self._native.add(self._clauses[-1])

    def solve(self, assumptions: Sequence[int] = (), deadline: Any = None) -> Any:
        given = tuple(self._checked(assumptions))
        answer = self._native.solve(given, deadline)
        self._recorder.kept.append(((list(self._clauses), self.n_vars), given, str(answer.verdict)))
        return answer

    def propagate(self, literals: Sequence[int]) -> Any:
        return self._native.propagate(literals)

    def close(self) -> None:
        self._native.close()


# family -> (kind, query, what it is told more)
ASKED: dict[str, tuple[tuple[Kind, str, dict[str, Any]], ...]] = {
    "tree": (
        (Kind.SAT, "sufficient_reason", {}),
        (Kind.SAT, "minimal_contrastive_reason", {}),
        (Kind.MAXSAT, "minimal_sufficient_reason", {}),
        (Kind.MIP, "minimal_sufficient_reason", {}),
        (Kind.COUNTER, "n_sufficient_reasons", {"over": "features"}),
    ),
    "forest": (
        (Kind.MIP, "minimal_majoritary_reason", {}),
        (Kind.MAXSAT, "minimal_majoritary_reason", {}),
    ),
    "forest, hard votes": (
        (Kind.SAT, "sufficient_reason", {}),
        (Kind.SAT, "contrastive_reason", {}),
    ),
    "boosted": ((Kind.MIP, "minimal_tree_specific_reason", {}),),
}


def questions(shared: Path, instances: int, limit: float) -> Iterator[Question]:
    """Yield the questions of the stored models, or of models of scikit-learn's data where there are none."""
    recorders = {kind: Recorder(kind) for kind in BELOW}
    for kind in BELOW:
        register(recorders[kind])
    try:
        for name, fitted, rows in models(shared):
            for index in range(min(instances, len(rows))):
                for family, explainer in _explainers(fitted, rows[index]):
                    for kind, query, more in ASKED[family]:
                        yield from _asked(recorders[kind], explainer, family, query, more, f"{name}/{index}", limit)
                    yield from _exported(explainer, family, f"{name}/{index}", limit)
    finally:
        for kind, recorder in recorders.items():
            unregister(recorder.name, kind)


def _explainers(fitted: Any, row: Any) -> Iterator[tuple[str, Any]]:
    """Yield an explainer of the model, and of a forest a second one in which trees have a vote each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        explainer = Explainer.initialize(fitted, row)
        yield explainer.family, explainer
        if explainer.family == "forest":
            yield "forest, hard votes", Explainer.initialize(fitted, row, voting="hard")


def _asked(
    recorder: Recorder, explainer: Any, family: str, query: str, more: dict[str, Any], model: str, limit: float
) -> Iterator[Question]:
    """Yield what a query asks its solver: the last question, of SAT the last of each verdict."""
    recorder.kept.clear()
    try:
        getattr(explainer, query)(solver=recorder.name, time_limit=limit, **more)
    except CapabilityError:
        return
    except SufficeError as error:
        print(f"left out: {query} of {model}: {error}")
    last = {verdict: (form, given) for form, given, verdict in recorder.kept if verdict != "unknown"}
    for form, given in last.values():
        whole = Cnf.from_clauses(*form) if recorder.kind is Kind.SAT else form
        yield Question(recorder.kind, family, query, model, whole, given)


def _exported(explainer: Any, family: str, model: str, limit: float) -> Iterator[Question]:
    """Yield the artefacts that users export: formulas to count, tree-specific reasons, checks of sufficient reasons."""
    if family in ("tree", "forest, hard votes"):
        with suppress(SufficeError):
            cnf = explainer.to_cnf()
            if cnf.n_clauses <= LARGEST:
                yield Question(Kind.COUNTER, family, "to_cnf", model, cnf)
    if family == "boosted":
        with suppress(SufficeError):
            form = explainer.to_wcnf(time_limit=limit)
            yield Question(Kind.MAXSAT, family, "minimal_tree_specific_reason", model, form)
    if family in ("forest", "boosted"):
        reason = list(explainer.sufficient_reason(time_limit=limit))
        for kept in (reason, reason[1:]):
            for form in list(explainer.to_counterexample_mips(kept).values())[:1]:
                yield Question(Kind.MIP, family, "is it sufficient", model, form)


STORED = ("dt", "rf25d6", "rf100d8", "xgb20d4", "xgb100d6")


def models(shared: Path) -> Iterator[tuple[str, Any, Any]]:
    """Yield the name of each model, the fitted model and rows to explain."""
    folder = shared / "peers" / "pyxai" / "models"
    found = [path for kind in STORED for path in sorted(folder.glob(f"*_{kind}.joblib"))]
    for path in found:
        rows = np.load(path.with_name(f"{path.stem}_instances.npz"))["X"]
        yield path.stem, joblib.load(path), rows
    adult = shared / "data" / "adult.csv.gz"
    if adult.exists():
        yield from _adult(adult)
    if not found:
        yield from _own()


def _adult(path: Path) -> Iterator[tuple[str, Any, Any]]:
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.tree import DecisionTreeClassifier

    read = pd.read_csv(path)
    codes = [read[c] if read[c].dtype.kind in "fi" else pd.factorize(read[c])[0] for c in read.columns[:-1]]
    rows = np.column_stack(codes).astype(np.float32)
    classes = pd.factorize(read[read.columns[-1]], sort=True)[0]
    yield "adult_dt", DecisionTreeClassifier(max_depth=8, random_state=0).fit(rows, classes), rows
    yield "adult_rf25d6", RandomForestClassifier(25, max_depth=6, random_state=0).fit(rows, classes), rows


def _own() -> Iterator[tuple[str, Any, Any]]:
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
    from sklearn.tree import DecisionTreeClassifier

    rows, classes = load_breast_cancer(return_X_y=True)
    yield "cancer_dt", DecisionTreeClassifier(random_state=0).fit(rows, classes), rows
    yield "cancer_rf25d6", RandomForestClassifier(25, max_depth=6, random_state=0).fit(rows, classes), rows
    yield "cancer_gb30d3", GradientBoostingClassifier(n_estimators=30, random_state=0).fit(rows, classes), rows

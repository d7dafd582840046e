"""Proofs of SAT solvers are checked by unit propagation; what does not follow is rejected."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
from suffice.engine.budget import Deadline
from suffice.engine.errors import BadInputError, SelfCheckError, UnsupportedModelError
from suffice.explainers.certificates import suffice_check_sat
from suffice.explainers.certificates.asking import Asking
from suffice.explainers.certificates.suffice_check import ACCEPTED, REJECTED
from suffice.explainers.certificates.suffice_check_sat import Clauses, Propagation
from suffice.solvers.proofs import SAT as SOLVERS

from tests.brute.certificates import Reading, TooLargeError
from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest

X, Y = load_breast_cancer(return_X_y=True)


def holes(n):
    """Clauses that put n + 1 pigeons into n holes."""
    place = {pair: v for v, pair in enumerate(itertools.product(range(n + 1), range(n)), 1)}
    clauses = [[place[p, h] for h in range(n)] for p in range(n + 1)]
    clauses += [[-place[p, h], -place[q, h]] for h in range(n) for p, q in itertools.combinations(range(n + 1), 2)]
    return clauses


def follows(clauses, lemmas):
    known = Propagation()
    for clause in clauses:
        known.add(clause)
    for lemma in lemmas:
        if not known.refutes([-literal for literal in lemma]):
            return False
        known.add(lemma)
    return known.refutes([])


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("n", [2, 4, 5])
def test_proofs_of_solvers(solver, n):
    solvers = pytest.importorskip("pysat.solvers")
    clauses = holes(n)
    with solvers.Solver(name=solver, bootstrap_with=clauses, with_proof=True) as asked:
        assert not asked.solve()
        lines = [line.split() for line in asked.get_proof()]
    lemmas = [[int(v) for v in line[:-1]] for line in lines if line and line[0] != "d"]
    assert follows(clauses, lemmas)
    assert not follows(clauses[1:], lemmas)  # which has a model
    assert not follows(clauses, [])


def test_nothing_that_is_false_follows():
    """Whatever propagation derives holds in all models, tried one by one."""
    rng = np.random.default_rng(0)
    for _ in range(300):
        n = int(rng.integers(1, 6))
        clauses = [
            [int(v) for v in rng.integers(1, n + 1, rng.integers(1, 4)) * rng.choice([-1, 1])]
            for _ in range(rng.integers(1, 9))
        ]
        lemmas = [[int(v) for v in rng.integers(1, n + 1, rng.integers(1, 3)) * rng.choice([-1, 1])] for _ in range(3)]
        models = [
            m for m in itertools.product([False, True], repeat=n)
            if all(any(m[abs(v) - 1] == (v > 0) for v in clause) for clause in clauses)
        ]  # fmt: skip
        known = Propagation()
        for clause in clauses:
            known.add(clause)
        for lemma in lemmas:
            if known.refutes([-v for v in lemma]):
                assert all(any(m[abs(v) - 1] == (v > 0) for v in lemma) for m in models)
                known.add(lemma)
        assert not (known.refutes([]) and models)


def test_trees():
    explainer = Explainer.initialize(DecisionTreeClassifier(random_state=0).fit(X, Y), X[0])
    for reason in (explainer.sufficient_reason(), explainer.direct_reason()):
        for solver in SOLVERS:
            made = reason.certificate(solver=solver)
            assert "forced" in made.claims and made.check()[0] == ACCEPTED
            made.head["claim"]["items"] = made.head["claim"]["items"][1:]
            assert made.check()[0] == REJECTED
    with pytest.raises(BadInputError, match="minisat"):
        reason.certificate(solver="minisat22")
    with pytest.raises(BadInputError, match="leave it out"):
        explainer.contrastive_reason().certificate(solver="cadical153")


def test_forests_that_vote_hard():
    """Sums are counted: that each tree has leaves of one class makes few of them."""
    data, target = load_wine(return_X_y=True)
    explainer = Explainer.initialize(
        RandomForestClassifier(7, max_features=3, random_state=0).fit(data, target), data[0]
    )
    for reason in (explainer.sufficient_reason(), explainer.sufficient_reason(over="features")):
        made = reason.certificate(solver="cadical153")
        assert made.claims == ("forced", "minimal") and made.check()[0] == ACCEPTED
        assert len(made.arrays["lemmas"])
        made.head["claim"]["items"] = made.head["claim"]["items"][1:]
        made.head["claim"]["says"] = {"forced": {}}
        assert made.check()[0] == REJECTED
    with pytest.raises(SelfCheckError, match="report"):
        asking = Asking(explainer.session, explainer.session.compiled, explainer.session.here, Deadline(60))
        asking.claims(asking.own(reason), True).forced(asking.items(reason[1:], True), "glucose4")


def test_sums_of_many_values_are_not_counted():
    model = GradientBoostingClassifier(n_estimators=40, max_depth=3, random_state=0).fit(X, Y)
    explainer = Explainer.initialize(model, X[0])
    with pytest.raises(UnsupportedModelError, match="few values"):
        explainer.sufficient_reason().certificate(solver="cadical153")


@each_forest(6, exclude=False)
def test_counted_sums_have_the_models_that_rows_are(case):
    """A formula has a model that agrees with each row that is outside, or so near that it may be."""
    solvers = pytest.importorskip("pysat.solvers")
    explainer, _ = pair(case)
    for reason in [explainer.sufficient_reason()] * bool(explainer.sufficient_reason()):
        made = reason.certificate()
        made.head["claim"]["items"] = []
        try:
            checker, reading = Clauses(made.head, made.arrays), Reading(made.head, made.arrays)
        except TooLargeError:
            return
        with solvers.Solver(name="glucose4", bootstrap_with=checker.formula()) as asked:
            for point, state in list(zip(reading.points, reading.states, strict=True))[:200]:
                literals = [v + 1 if true else -v - 1 for v, true in enumerate(point)]
                assert asked.solve(assumptions=literals) or state == -1


def test_the_two_files_alone(tmp_path):
    import shutil

    folder = tmp_path / "copied"
    folder.mkdir()
    for name in ("suffice_check.py", "suffice_check_sat.py"):
        shutil.copy(suffice_check_sat.__file__.replace("suffice_check_sat.py", name), folder)
    explainer = Explainer.initialize(DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, Y), X[0])
    explainer.sufficient_reason(n=Explainer.ALL, over="features").certificate().save(tmp_path / "good")
    for name, status in (
        ("suffice_check_sat.py", 0),
        ("suffice_check.py", 1),
    ):  # the first file alone knows fewer claims
        found = subprocess.run(
            [sys.executable, str(folder / name), str(tmp_path / "good")], capture_output=True, text=True, check=False,
            cwd=tmp_path, env={"PATH": "/usr/bin"},
        )  # fmt: skip
        assert found.returncode == status, found.stdout + found.stderr

"""Proofs of SAT solvers are checked by unit propagation; what does not follow is rejected."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
from suffice.engine.errors import BadInputError, UnsupportedModelError
from suffice.explainers.certificates import suffice_check_sat
from suffice.explainers.certificates.formulas import SOLVERS
from suffice.explainers.certificates.suffice_check import ACCEPTED, REJECTED
from suffice.explainers.certificates.suffice_check_sat import Propagation

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
    forest = Explainer.initialize(RandomForestClassifier(3, random_state=0).fit(X, Y), X[0])
    with pytest.raises(UnsupportedModelError, match="one tree"):
        forest.sufficient_reason().certificate(solver="cadical153")


def test_the_two_files_alone(tmp_path):
    import shutil

    folder = tmp_path / "copied"
    folder.mkdir()
    for name in ("suffice_check.py", "suffice_check_sat.py"):
        shutil.copy(suffice_check_sat.__file__.replace("suffice_check_sat.py", name), folder)
    explainer = Explainer.initialize(DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, Y), X[0])
    explainer.minimal_sufficient_reason().certificate().save(tmp_path / "good")
    for name, status in (
        ("suffice_check_sat.py", 0),
        ("suffice_check.py", 1),
    ):  # the first file alone knows fewer claims
        found = subprocess.run(
            [sys.executable, str(folder / name), str(tmp_path / "good")], capture_output=True, text=True, check=False,
            cwd=tmp_path, env={"PATH": "/usr/bin"},
        )  # fmt: skip
        assert found.returncode == status, found.stdout + found.stderr

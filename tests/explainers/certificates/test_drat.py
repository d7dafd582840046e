"""Formulas and their proofs as files, which a checker of others accepts as well, where one is there."""

from importlib.util import find_spec

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
from suffice.engine.errors import BadInputError
from suffice.explainers.certificates.suffice_check_pb import Bounds

X, Y = load_iris(return_X_y=True)


@pytest.fixture(params=["tree", "forest"])
def explainer(request):
    model = DecisionTreeClassifier(random_state=0) if request.param == "tree" else RandomForestClassifier(5)
    return Explainer.initialize(model.set_params(random_state=0).fit(X, Y), X[70])


def files(certificate, folder):
    certificate.save_drat(folder / "f.cnf", folder / "f.drat")
    return (folder / "f.cnf").read_text(), (folder / "f.drat").read_text()


@pytest.mark.parametrize("solver", ["cadical153", "glucose4"])
def test_files_hold_the_formula_and_the_lemmas(explainer, solver, tmp_path):
    made = explainer.sufficient_reason().certificate(solver=solver)
    formula, proof = files(made, tmp_path)
    head, *lines = formula.splitlines()
    clauses = [[int(word) for word in line.split()[:-1]] for line in lines]
    assert clauses == Bounds(made.head, made.arrays).formula()
    assert head.split()[:2] == ["p", "cnf"] and int(head.split()[3]) == len(clauses)
    assert int(head.split()[2]) == max(abs(v) for clause in clauses for v in clause)
    words = [int(word) for line in proof.splitlines()[:-1] for word in line.split()]
    assert words == made.arrays["lemmas"].tolist() and proof.splitlines()[-1] == "0"


def test_others_have_none(explainer, tmp_path):
    with pytest.raises(BadInputError, match="no formula"):
        files(explainer.sufficient_reason().certificate(), tmp_path)


@pytest.mark.parametrize("solver", ["cadical153", "glucose4", "lingeling"])
def test_a_checker_of_others(explainer, solver, tmp_path):
    """Dratify says of right and wrong proofs what the checker says."""
    if find_spec("dratify") is None:
        pytest.skip("dratify is not installed (part of no extra)")
    import dratify

    made = explainer.sufficient_reason().certificate(solver=solver)
    formula, proof = files(made, tmp_path)
    assert dratify.check_proof(dratify.parse_dimacs(formula), proof).ok
    made.head["claim"]["items"] = made.head["claim"]["items"][1:]
    made.head["claim"]["says"] = {"forced": {}}
    weaker, _ = files(made, tmp_path)
    assert not dratify.check_proof(dratify.parse_dimacs(weaker), proof).ok
    assert made.check()[0] == "rejected"
    made.arrays["lemmas"] = np.zeros(0, np.int64)
    assert not dratify.check_proof(dratify.parse_dimacs(weaker), files(made, tmp_path)[1]).ok

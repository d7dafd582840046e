"""Formulas made smaller before they are counted, and counters that are wrong, approximate or broken."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice.engine.errors import BackendError, CapabilityError, MissingBackendError
from suffice.engine.forms import Cnf
from suffice.engine.status import Status, Stop
from suffice.solvers import get
from suffice.solvers.backends import counters
from suffice.solvers.backends._counting import reduced
from suffice.solvers.backends.brute import BruteCounter
from suffice.solvers.backends.counters import NATIVES, NativeCounter

FORMULA = Cnf.from_clauses([[1, 2], [-2, 3]], 4)
clause = st.lists(st.sampled_from([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5]), max_size=3)


@given(st.lists(clause, max_size=8), st.integers(5, 7))
def test_reduced_formulas_have_as_many_models(clauses, n_vars):
    cnf = Cnf.from_clauses(clauses, n_vars)
    found, expected = reduced(cnf), BruteCounter().count(cnf).value
    if found is None:
        assert expected == 0
        return
    assert {abs(literal) for c in found.clauses for literal in c} == set(range(1, found.n_vars + 1))
    rest = BruteCounter().count(Cnf.from_clauses(found.clauses, found.n_vars)).value
    assert found.lifted(rest, "brute") == expected


def fake(monkeypatch, answer, name="d4"):
    class Solver:
        def __init__(self, clauses, n_vars):
            pass

        def count(self):
            return SimpleNamespace(getResult=lambda: answer)

    class Counter:
        def __init__(self, **options):
            pass

        def add_clause(self, literals):
            pass

        def count(self, variables):
            return answer, 1

    monkeypatch.setattr(counters, "loaded", lambda *names: [SimpleNamespace(Solver=Solver, Counter=Counter)])
    return NativeCounter(name)


def test_a_count_that_cannot_be_is_an_error(monkeypatch):
    assert fake(monkeypatch, "4").count(FORMULA).value == 8
    with pytest.raises(BackendError, match="d4 counted 9 models over 3"):
        fake(monkeypatch, "9").count(FORMULA)
    with pytest.raises(BackendError, match="d4 failed"):
        fake(monkeypatch, "many").count(FORMULA)


def test_an_estimate_is_no_count(monkeypatch):
    found = fake(monkeypatch, 2, "approxmc").count(FORMULA)
    assert (found.status, found.value, found.estimate, found.stop) == (Status.BEST_SO_FAR, None, 8, Stop.SOLVER)
    assert (found.lower, found.upper) == (0, 16)


def test_no_query_takes_an_estimate():
    pytest.importorskip("pyapproxmc")
    from sklearn.tree import DecisionTreeClassifier
    from suffice import Explainer

    tree = DecisionTreeClassifier(random_state=0).fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    explainer = Explainer.initialize(tree, [1, 1])
    with pytest.raises(CapabilityError, match=r"(?s)complete.*approxmc +no"):
        explainer.n_sufficient_reasons(solver="approxmc")


def test_without_the_package_the_remedy_is_named(monkeypatch):
    def gone(*names):
        raise ImportError(names[0])

    monkeypatch.setattr(counters, "loaded", gone)
    for name in NATIVES:
        with pytest.raises(MissingBackendError, match=r"pip install"):
            NativeCounter(name).count(FORMULA)
    with pytest.raises(MissingBackendError, match="known: ganak"):
        NativeCounter("abacus")


@pytest.mark.parametrize("name", [name for name in NATIVES if NATIVES[name].complete])
def test_a_formula_that_takes_long_is_given_up_in_time(name):
    pytest.importorskip(NATIVES[name].requirement.modules[0])
    pairs = [[a, b, c] for a in range(1, 120) for b in (a % 119 + 1, a * 7 % 119 + 1) for c in (-(a * 5 % 119 + 1),)]
    found = get(name, "counter").count(Cnf.from_clauses(pairs, 120), 0.2)
    assert found.stop is Stop.TIME_LIMIT
    assert 0 <= found.lower <= found.upper <= 2**120

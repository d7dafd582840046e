"""Decision trees: the CNF means what it says."""

from __future__ import annotations

from hypothesis import assume, given
from pysat.solvers import Solver

from tests.brute.compare import pair
from tests.brute.strategies import budget, cases


@budget(40)
@given(cases())
def test_the_cnf_has_the_inputs_of_a_label_as_models(case):
    explainer, reference = pair(case)
    assume(reference.n <= 8)
    label_of = dict(zip(reference.masks.tolist(), reference.labels.tolist(), strict=True))
    for label in (reference.label, *case.targets(reference.label)):
        cnf = explainer.to_cnf(case.classes[label])
        with Solver("cadical153", bootstrap_with=list(cnf.clauses())) as solver:
            for mask in range(1 << reference.n):
                assignment = [v if mask >> (v - 1) & 1 else -v for v in range(1, reference.n + 1)]
                assert solver.solve(assumptions=assignment) == (label_of.get(mask) == label), assignment

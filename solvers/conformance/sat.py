"""Checks of SAT backends."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BackendError, BadInputError, CapabilityError
from ...engine.forms import Cnf
from ...engine.status import Stop
from ..backends.brute import BruteSat
from ..protocols import Kind, SatAnswer, SatSession, Verdict
from ._common import SHORT, Conformance, pigeons, random_clauses, require


class SatConformance(Conformance):
    """Checks of a SAT backend: derive, define ``make``."""

    kind = Kind.SAT

    def test_random_formulas(self) -> None:
        """Verdicts are those of brute force, models are models."""
        rng = random.Random(1)
        backend = self.make()
        for _ in range(self.rounds):
            n_vars = rng.randint(1, 7)
            cnf = Cnf.from_clauses(random_clauses(rng, n_vars, rng.randint(0, 25)), n_vars)
            with backend.open(cnf) as session:
                _compare(session.solve(), cnf, ())

    def test_no_clauses(self) -> None:
        """Nothing to satisfy is satisfied, and variables without clauses are in the model."""
        backend = self.make()
        with backend.open() as session:
            require(session.solve().model == (), "the empty formula has the empty model")
        with backend.open(Cnf.from_clauses([], 3)) as session:
            _check_model(session.solve(), Cnf.from_clauses([], 3))

    def test_empty_clause(self) -> None:
        """The empty clause is false, from the start or added."""
        backend = self.make()
        with backend.open(Cnf.from_clauses([[1], []], 2)) as session:
            require(session.solve().is_unsat, "an empty clause makes the formula unsatisfiable")
        with backend.open(Cnf.from_clauses([[1]], 2)) as session:
            session.add([])
            require(session.solve().is_unsat, "an added empty clause makes the formula unsatisfiable")
            session.add([2])
            require(session.solve().is_unsat, "a formula stays unsatisfiable")

    def test_special_clauses(self) -> None:
        """Units, tautologies and repeated literals mean what they say; gaps in the numbering are filled."""
        cnf = Cnf.from_clauses([[3], [-3, -5, -5], [7, -7], [5, 5, 9, 9]], 11)
        with self.make().open(cnf) as session:
            answer = session.solve()
            _check_model(answer, cnf)
            require({3, -5, 9} <= set(answer.model or ()), "forced literals hold")

    def test_grows(self) -> None:
        """Clauses added between solves count, and so do their new variables."""
        rng = random.Random(2)
        backend = self.make()
        for _ in range(max(3, self.rounds // 8)):
            clauses: list[list[int]] = []
            with backend.open() as session:
                for _ in range(6):
                    for clause in random_clauses(rng, 6, 3):
                        clauses.append(clause)
                        session.add(clause)
                    cnf = Cnf.from_clauses(clauses)
                    require(session.n_vars == cnf.n_vars, "n_vars is the largest variable so far")
                    _compare(session.solve(), cnf, ())

    def test_assumptions(self) -> None:
        """Assumptions hold for one call only; cores are small enough and real."""
        backend = self.need("assumptions")
        rng = random.Random(3)
        for _ in range(self.rounds):
            cnf = Cnf.from_clauses(random_clauses(rng, 6, rng.randint(4, 14)), 6)
            with backend.open(cnf) as session:
                for _ in range(3):
                    given = [rng.choice((-1, 1)) * v for v in rng.sample(range(1, 7), rng.randint(0, 4))]
                    answer = session.solve(given)
                    _compare(answer, cnf, given)
                    if answer.is_unsat and backend.capabilities.cores:
                        _check_core(answer, cnf, given)
                _compare(session.solve(), cnf, ())

    def test_odd_assumptions(self) -> None:
        """Unseen, repeated and contradictory assumptions are taken."""
        backend = self.need("assumptions")
        with backend.open(Cnf.from_clauses([[1, 2]], 2)) as session:
            answer = session.solve([5, -4])
            require(answer.model is not None and answer.model[3:] == (-4, 5), "unseen assumptions are in the model")
            require(len(answer.model or ()) == 5, "an assumption makes its variable exist")
            require(session.solve([-1, -1, -2]).is_unsat, "repeated assumptions")
            answer = session.solve([2, 3, -3])
            require(answer.is_unsat, "contradictory assumptions")
            if backend.capabilities.cores:
                require(set(answer.core or ()) >= {3, -3}, "the core of contradictory assumptions has both")
            require(session.solve().is_sat, "assumptions are forgotten")

    def test_core_of_a_false_formula(self) -> None:
        """A core under no need of assumptions is made of assumptions all the same."""
        backend = self.need("assumptions", "cores")
        with backend.open(Cnf.from_clauses([[1, 2], [-1, -2]], 4)) as session:
            require(session.solve([1, 2, 3]).is_unsat, "contradiction with the assumptions")
            session.add([1])
            session.add([2])
            answer = session.solve([4])
            require(answer.is_unsat and set(answer.core or ()) <= {4}, "a core is a subset of the assumptions")
            require(session.solve().core == (), "the core of a false formula without assumptions is empty")

    def test_refuses_assumptions_that_it_cannot_take(self) -> None:
        """A backend that declares no assumptions refuses them."""
        backend = self.make()
        if backend.capabilities.assumptions:
            return
        with backend.open(Cnf.from_clauses([[1]])) as session:
            _raises(CapabilityError, lambda: session.solve([1]))
            _raises(CapabilityError, lambda: session.propagate([1]))

    def test_propagate(self) -> None:
        """Chains of units are followed; all that is implied is implied indeed."""
        backend = self.need("propagate")
        cnf = Cnf.from_clauses([[-1, 2], [-2, 3], [-3, -4, 5], [6, 7]], 8)
        with backend.open(cnf) as session:
            fine, implied = session.propagate([1, 4])
            require(fine and {1, 2, 3, 4, 5} <= set(implied), "1 and 4 imply 2, 3 and 5")
            with BruteSat().open(cnf) as brute:
                extra = [literal for literal in implied if brute.solve([1, 4, -literal]).is_sat]
            require(not extra, f"{extra} are not implied")
            require(not session.propagate([1, -3])[0], "1 and not 3 are in conflict")
            require(session.solve().is_sat, "propagation leaves nothing behind")

    def test_time_limit(self) -> None:
        """A limit is kept on a hard formula, and the session goes on."""
        backend = self.make()
        cnf = pigeons(12)
        self.small_enough(backend, cnf.n_vars)
        with backend.open(cnf) as session:
            answer = self.timed(backend, lambda: session.solve(deadline=SHORT))
            require(answer.verdict is not Verdict.SAT, "more pigeons than holes")
            if answer.verdict is Verdict.UNKNOWN:
                require(answer.stop is Stop.TIME_LIMIT, f"stopped by {answer.stop}, expected the time limit")
            answer = self.timed(backend, lambda: session.solve(deadline=SHORT))
            require(answer.verdict is not Verdict.SAT, "after a limit")

    def test_expired_deadline(self) -> None:
        """A deadline that has passed already is a result, not an error."""
        deadline = Deadline(1e-9)
        with self.make().open(pigeons(3)) as session:
            answer = session.solve(deadline=deadline)
            require(answer.verdict in (Verdict.UNKNOWN, Verdict.UNSAT), "no time is no error")
            require(session.solve().is_unsat, "the session goes on")

    def test_same_answers_twice(self) -> None:
        """Two sessions with the same questions give the same answers."""
        backend = self.need("deterministic")
        rng = random.Random(4)
        cnf = Cnf.from_clauses(random_clauses(rng, 15, 40), 15)
        answers = []
        for _ in range(2):
            with backend.open(cnf) as session:
                first = session.solve()
                session.add([-literal for literal in (first.model or (1,))])
                second = session.solve()
                answers.append((first.verdict, first.model, second.verdict, second.model))
        require(answers[0] == answers[1], "two equal sessions differ")

    def test_bad_literals(self) -> None:
        """0 and what is no integer are refused."""
        with self.make().open() as session:
            _raises(BadInputError, lambda: session.add([1, 0]))
            _raises(BadInputError, lambda: session.add([1.5]))

    def test_closing(self) -> None:
        """Closing twice is harmless; a closed session says so."""
        session: SatSession = self.make().open(Cnf.from_clauses([[1]]))
        session.close()
        session.close()
        _raises(BackendError, session.solve)


def _compare(answer: SatAnswer, cnf: Cnf, assumptions: Iterable[int]) -> None:
    with BruteSat().open(cnf) as brute:
        expected = brute.solve(tuple(assumptions))
    require(answer.verdict is expected.verdict, f"{answer.verdict}, brute force says {expected.verdict}")
    if answer.is_sat:
        _check_model(answer, cnf)
        missing = set(assumptions) - set(answer.model or ())
        require(not missing, f"the model breaks the assumptions {missing}")


def _check_model(answer: SatAnswer, cnf: Cnf) -> None:
    model = answer.model
    require(model is not None, "no model with SAT")
    require(tuple(map(abs, model or ())) == tuple(range(1, cnf.n_vars + 1)), f"not one literal a variable: {model}")
    require(cnf.satisfied_by(model or ()), f"the model {model} falsifies a clause")


def _check_core(answer: SatAnswer, cnf: Cnf, assumptions: Iterable[int]) -> None:
    core = answer.core
    require(core is not None, "no core with UNSAT")
    require(set(core or ()) <= set(assumptions), f"core {core} is no subset of the assumptions {assumptions}")
    with BruteSat().open(cnf) as brute:
        require(brute.solve(core or ()).is_unsat, f"the core {core} is satisfiable")


def _raises(kind: type[Exception], work: Any) -> None:
    try:
        work()
    except kind:
        return
    raise AssertionError(f"expected {kind.__name__}")

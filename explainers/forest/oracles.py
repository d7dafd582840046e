"""Forests by outside solvers: the primitive question by SAT and by MIP, and as files.

Cheapest majoritary reasons are in ``majoritary_programs``; their names are here too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ...encoders.formulas.conditions import models_of_conditions
from ...encoders.formulas.counterexamples import EnsembleProgram, ensemble_program, leaf_cut
from ...encoders.formulas.problems import Problems, class_problems, interval_problems
from ...encoders.formulas.votes import counterexample_votes, decision_cnf
from ...engine.arrays import F64, I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.domain.region import region_of
from ...engine.domain.space import Space
from ...engine.errors import CapabilityError, SelfCheckError
from ...engine.forms import Cnf, Linear
from ...engine.models import CompiledEnsemble
from ...engine.models.ensembles import NEAR
from ...engine.oracles.oracle import Answer
from ...engine.oracles.universe import Universe, bits, literal_mask, mask_of
from ...engine.status import Status
from ...solvers.protocols import Kind
from ...solvers.registry import get
from ..solving.oracles import agreed_mask, truth_in_cells
from .majoritary_programs import (
    DEFAULT_MAJORITARY,
    Cheapest,
    cheapest_majoritary,
    majoritary_program,
    majoritary_reasons,
    majoritary_wcnf,
    written_cost,
)

__all__ = [
    "DEFAULT_MAJORITARY",
    "DEFAULT_MIP",
    "Asked",
    "Cheapest",
    "MipForestOracle",
    "SatForestOracle",
    "Wanted",
    "cheapest_majoritary",
    "counterexample_programs",
    "forest_cnf",
    "majoritary_program",
    "majoritary_reasons",
    "majoritary_wcnf",
    "problems_of",
    "written_cost",
]

Wanted: TypeAlias = Bools | tuple[float, float]  # the classes in O, or the interval of a regressor

DEFAULT_MIP = "cpsat"
# Room for sums, in exact and in floating-point solvers: CP-SAT 9.15 proved wrong optima with numbers beyond 2^32.
EXACT_BITS, FLOAT_BITS = 28, 26
_TOLERANCE = 2e-6
_ROUNDS = 50  # solutions that turn out to be within rounding, before the answer is "unknown"


class Asked(NamedTuple):
    """What an oracle is asked about.

    Attributes
    ----------
    situation : Situation
        The instance.
    compiled : CompiledEnsemble
        The model.
    wanted : ndarray of bool, or (float, float)
        The classes in O, or the interval of a regressor.
    universe : Universe
        The elements that may be kept.
    per_feature : bool
        Whether they are features.
    """

    situation: Situation
    compiled: CompiledEnsemble
    wanted: Wanted
    universe: Universe
    per_feature: bool


class ForestOracle:
    """What these oracles share: the question, and how an input outside O becomes an answer."""

    def __init__(self, asked: Asked) -> None:
        self._situation, self._compiled, self._wanted, self._universe, self._per_feature = asked
        self._signed = self._situation.space.literals(self._situation.truth)

    def _literals(self, kept: int) -> I32:
        found: I32 = self._signed[literal_mask(self._situation, self._universe, kept, self._per_feature)]
        return found

    def _refutes(self, truth: Bools) -> bool:
        """Tell whether the model's own arithmetic decides outside O."""
        if isinstance(self._wanted, tuple):
            return not self._wanted[0] <= self._compiled.value_at(truth) <= self._wanted[1]
        return not self._wanted[self._compiled.outcome_at(truth)]

    def _elements(self, kept: int, needed: set[int]) -> int:
        """Return the kept elements that some literals of a core belong to."""
        if self._per_feature:
            space = self._situation.space
            needed = {space.feature_of(v + 1) for v in needed if v < len(self._signed)}
        return mask_of(e for e in bits(kept) if self._universe.names[e] in needed)

    def _refuted(self, kept: int, truth: Bools) -> Answer:
        same = truth == self._situation.truth
        agreed = agreed_mask(self._situation, self._universe, same, self._per_feature)
        return Answer(False, agreed=agreed | kept, witness=self._situation.space.locate(truth))


class SatForestOracle(ForestOracle):
    """Asks a SAT session for an input outside O that satisfies the kept literals: hard votes, with cores.

    Parameters
    ----------
    asked : Asked
        The question, about classes.
    open_session : callable
        Opens a session on a CNF that takes assumptions (``solving.sessions.open_sat``).

    Raises
    ------
    CapabilityError
        The model adds up weights.
    """

    def __init__(self, asked: Asked, open_session: Callable[[Cnf], Any]) -> None:
        super().__init__(asked)
        if isinstance(asked.wanted, tuple):
            raise CapabilityError("SAT answers no regressor: choose solver='native', 'cpsat', 'scip' or 'highs'")
        cnf, self._selectors = counterexample_votes(asked.compiled, asked.situation.space, asked.wanted)
        self._session = open_session(cnf)

    def holds(self, kept: int, deadline: Deadline) -> Answer:
        """Ask for each class outside O in turn; cores of the assumptions join into a core of elements."""
        if deadline.expired():
            return Answer(None)
        given = self._literals(kept).tolist()
        needed: set[int] | None = set()
        for place, selector in enumerate(self._selectors):
            answer = self._session.solve([*given, selector], deadline)
            if answer.model is not None:
                truth = models_of_conditions(answer.model, len(self._signed))
                if not self._refutes(truth):
                    raise SelfCheckError("a SAT model does not decide as the forest does: please report this model")
                self._selectors.insert(0, self._selectors.pop(place))  # the class that was found is likely again
                return self._refuted(kept, truth)
            if not answer.is_unsat:
                return Answer(None)
            needed = None if needed is None or answer.core is None else needed | {abs(v) - 1 for v in answer.core}
        return Answer(True, core=None if needed is None else self._elements(kept, needed))


class MipForestOracle(ForestOracle):
    """Asks a MIP backend for an input outside O that satisfies the kept literals: any votes, and regressors.

    A program that has no solution proves that S holds: its rows are relaxed by the bound of all rounding. A solution
    counts only if the model's own arithmetic confirms it; else its leaves are barred and the program is solved again.

    Parameters
    ----------
    asked : Asked
        The question.
    solver : str
        Name of a MIP backend.
    """

    def __init__(self, asked: Asked, solver: str = DEFAULT_MIP) -> None:
        super().__init__(asked)
        self._backend = get(solver, Kind.MIP)
        self._exact = self._backend.capabilities.exact
        self._problems = problems_of(asked.compiled, asked.wanted, EXACT_BITS if self._exact else FLOAT_BITS)
        # tolerances of floating-point solvers are relative to the numbers of a row
        self._slack = 0.0 if self._exact else 0.5 + _TOLERANCE * self._problems.total

    def holds(self, kept: int, deadline: Deadline) -> Answer:
        """Solve one program a problem, until one gives a counterexample."""
        if deadline.expired():
            return Answer(None)
        literals = self._literals(kept)
        whole = not self._backend.capabilities.continuous
        program = ensemble_program(self._compiled.trees, self._situation.space, literals, whole_leaves=whole)
        known = True
        for problem in self._problems.problems:
            if any(program.greatest(row) < row.need for row in problem):
                continue
            truth, proved = self._search(program, program.demands(problem, self._slack), literals, deadline)
            if truth is not None:
                return self._refuted(kept, truth)
            known = known and proved
        return Answer(True if known else None)

    def _search(
        self, program: EnsembleProgram, rows: list[Any], literals: I32, deadline: Deadline
    ) -> tuple[Bools | None, bool]:
        """Return the truth at a confirmed counterexample (None: none found), and whether it is proved there is none."""
        for _ in range(_ROUNDS):
            if deadline.expired():
                return None, False
            found = self._backend.solve(program.columns.linear(rows), deadline)
            if found.status is Status.INFEASIBLE:
                return None, True
            if found.values is None:
                return None, False
            truth = self._truth(program, found.values, literals)
            if self._refutes(truth):
                return truth, True
            rows = [*rows, leaf_cut(program, self._compiled.trees.leaves_at(truth))]
        return None, False

    def _truth(self, program: EnsembleProgram, values: F64, literals: I32) -> Bools:
        """Return the truth of all conditions at a solution, as near to the instance as it leaves open."""
        tested = np.nonzero(program.tested)[0]
        chosen = np.where(values[tested] > 0.5, tested + 1, -tested - 1).astype(np.int32)
        region = region_of(self._situation.space, np.concatenate([literals, chosen]))
        own = self._situation.cells
        cells = np.clip(own, region.low, region.high).astype(np.int32)
        for a in np.nonzero(np.diff(region.base))[0].tolist():
            allowed = region.allowed[region.base[a] : region.base[a + 1]]
            cells[a] = own[a] if allowed[own[a]] else int(allowed.argmax())
        return truth_in_cells(self._situation, cells)


def problems_of(compiled: CompiledEnsemble, wanted: Wanted, bits: int = EXACT_BITS) -> Problems:
    """Return what an input must reach for an outcome outside O; sums stay below ``2**bits`` where they are rounded."""
    if compiled.slack:
        raise CapabilityError(
            f"{type(compiled.source).__name__} adds in an order of its own, and programs know no doubt about sums: "
            "leave solver out, the library's own search allows for it"
        )
    if isinstance(wanted, tuple):
        if compiled.transform is not None or compiled.trees.single:
            wanted = compiled.margins_of_interval(*wanted)
        return interval_problems(compiled.trees, *wanted, bits)
    if compiled.one_score:
        return interval_problems(compiled.trees, *compiled.margins_of_classes(wanted), bits)
    return class_problems(compiled.trees, wanted, bits, NEAR[compiled.link_code])


def counterexample_programs(
    compiled: CompiledEnsemble, space: Space, wanted: Wanted, literals: I32
) -> dict[str, Linear]:
    """Return for each way out of O the 0/1 program of the inputs that take it and satisfy the literals.

    Columns 0 … n-1 are the conditions. Without a solution the literals force O; a solution is a counterexample where
    the model's sums are exact, else it may be within rounding of one. Sums are split into digits (`small_rows`), so
    that a floating-point solver answers rightly with its tolerance of 1e-6.
    """
    found = problems_of(compiled, wanted)
    program = ensemble_program(compiled.trees, space, literals)
    return {name: program.small(problem) for name, problem in zip(found.names, found.problems, strict=True)}


def forest_cnf(compiled: CompiledEnsemble, space: Space, wanted: Bools) -> Cnf:
    """Return the CNF of "the forest decides for a class in O" under the domain (hard votes); see ``decision_cnf``."""
    return decision_cnf(compiled, space, wanted)

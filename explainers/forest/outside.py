"""Forest queries answered by outside solvers (SAT, MIP): slower, and the cross-check of the native way."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...engine.budget import Deadline
from ...engine.errors import CapabilityError, MissingBackendError
from ...engine.oracles.oracle import Oracle
from ...engine.oracles.shrink import shrink
from ...engine.oracles.universe import Universe, bits, feature_universe, literal_universe
from ...engine.reasons import Proof, Reason
from ...engine.status import Status, Stop
from ...solvers.protocols import Kind
from ...solvers.registry import get
from ..session.running import told_over
from ..solving.sessions import open_sat
from ..words.arguments import PROPAGATOR
from .oracles import Asked, MipForestOracle, SatForestOracle
from .propagator import PropagatorOracle

if TYPE_CHECKING:
    from ...engine.ensembles.outside import Wanted
    from .core import ForestCore


def outside_oracle(answers: ForestCore, wanted: Wanted, per_feature: bool, solver: str) -> tuple[Universe, Oracle]:
    """Return the universe of literals (features) that are not excluded, and an oracle by a SAT or MIP backend.

    Raises
    ------
    MissingBackendError, CapabilityError
        If there is no such backend, or it does not answer this kind of question.
    """
    situation, model = answers.session.here, answers.session.compiled
    make = feature_universe if per_feature else literal_universe
    universe = make(situation, answers.session.excluded)
    asked = Asked(situation, model, wanted, universe, per_feature)
    if solver == PROPAGATOR:
        return universe, PropagatorOracle(asked)
    try:
        get(solver, Kind.SAT)
    except (MissingBackendError, CapabilityError):
        return universe, MipForestOracle(asked, solver)
    open_session = partial(open_sat, solver, timed=True)
    return universe, SatForestOracle(asked, open_session)


def outside_reason(
    answers: ForestCore, wanted: Wanted, per_feature: bool, deadline: Deadline, solver: str
) -> Reason | None:
    """Return one sufficient reason by the oracle of an outside solver."""
    universe, oracle = outside_oracle(answers, wanted, per_feature, solver)
    if answers.session.excluded:
        holds = oracle.holds(universe.full, deadline.with_grace()).holds
        if holds is None:
            raise deadline.undecided("whether there is a reason without the excluded features")
        if not holds:
            return None
    try:
        kept, proved = shrink(universe, oracle, universe.full, deadline, method="core")
    except KeyboardInterrupt:
        deadline.halt(Stop.INTERRUPT)
        kept, proved = universe.full, False
    if not proved:
        deadline.expired()
    over = told_over(per_feature)
    status = Status.PROVED if proved else Status.BEST_SO_FAR
    proof = Proof(
        "sufficient", status, Stop.NONE if proved else deadline.stop, "oracle calls", solver, deadline.elapsed, over
    )
    return answers.session.make(_names(answers, universe, universe.written(kept), per_feature), proof)


def _names(answers: ForestCore, universe: Universe, elements: int, per_feature: bool) -> tuple[Any, ...]:
    names = sorted(universe.names[e] for e in bits(elements))
    if per_feature:
        return tuple(answers.session.features[i].name for i in names)
    signed = answers.session.space.literals(answers.session.here.truth)
    return tuple(int(signed[v]) for v in names)

"""The explainer of forests: all queries, artefacts and rectification."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from ...engine.budget import Deadline
from ...engine.errors import BadInputError, CapabilityError, shown
from ...engine.forms import Cnf, Linear, Wcnf
from ...engine.models import CompiledEnsemble
from ...solvers.protocols import Kind
from ..nearness.query import NearQueries
from ..queries.anchored import AnchoredQueries
from ..queries.attribution import AttributionQueries
from ..queries.chances import ChanceQueries
from ..queries.checks import CheckQueries
from ..queries.contrastive import ContrastiveQueries
from ..queries.counts import CountQueries
from ..queries.direct import DirectQueries
from ..queries.general import GeneralQueries
from ..queries.naming import NamingQueries
from ..queries.rectify import RectifyQueries
from ..queries.rows import RowQueries
from ..queries.sufficient import SufficientQueries
from ..recourse.query import RecourseQueries
from ..session.session import Session
from ..words.arguments import NATIVE, PROPAGATOR, Solvers, queries
from .answers import ForestAnswers
from .oracles import counterexample_programs, majoritary_program, majoritary_wcnf
from .planner import written_in_time
from .queries import MajoritaryQueries, ProbableMajorityQueries


def votes(form: CompiledEnsemble) -> bool:
    """Tell whether the trees of an ensemble vote for classes; others add numbers."""
    return not form.regression and form.voting not in ("boosted", "composed")


class EnsembleExplainer(
    SufficientQueries, ContrastiveQueries, CountQueries, CheckQueries, ChanceQueries, AttributionQueries,
    DirectQueries, RectifyQueries, RowQueries, NamingQueries, RecourseQueries, GeneralQueries,
    AnchoredQueries, NearQueries,
):  # fmt: skip
    """What explainers of forests and of boosted trees share."""

    session: Session[CompiledEnsemble]
    answers: ForestAnswers
    _takes = (CompiledEnsemble,)
    _solvers: ClassVar[Solvers] = {
        **queries("sufficient_reason", NATIVE, Kind.SAT, Kind.MIP, PROPAGATOR),
        **queries("sufficient_reasons", NATIVE, Kind.SAT),
        **queries("contrastive_reason contrastive_reasons minimal_contrastive_reason", NATIVE, Kind.SAT),
        **queries("minimal_sufficient_reason preferred_sufficient_reason", Kind.MAXSAT, Kind.MIP),
        **queries("minimal_majoritary_reason preferred_majoritary_reason", Kind.MIP, Kind.MAXSAT),
        **queries("minimal_tree_specific_reason minimal_tree_specific_reasons", Kind.MIP),
    }

    @property
    def voting(self) -> str:
        """How the trees decide together: ``"soft"``, ``"hard"`` or, for a regressor, ``"value"``."""
        return self.session.compiled.voting

    # -- artefacts ---------------------------------------------------------------------------------------------

    def to_cnf(self, label: Any = None) -> Cnf:
        """Return the CNF of "the model decides for this label" over the conditions.

        Parameters
        ----------
        label : label, optional
            Default: the class of the instance. A sufficient reason for it is an implicant of this formula. Variables
            beyond the conditions are defined by them.

        Raises
        ------
        CapabilityError
            For a regressor, and if the formula would have more than five million clauses: ``to_counterexample_mips``
            takes these.

        Notes
        -----
        Votes are counted; other numbers are added in binary. Where rounding could decide between two classes, a truth
        of the conditions is in the formula of neither.
        """
        if self.session.compiled.regression:
            raise CapabilityError("to_cnf asks for a class, and this model gives numbers: use to_counterexample_mips")
        return self.answers.cnf_of(self.answers.only(label))

    def to_counterexample_mips(self, reason: Iterable[int] = ()) -> dict[str, Linear]:
        """Return 0/1 programs for "an input that satisfies the literals has another outcome", one for each way out.

        If none has a solution, the literals force the outcome. A solution is an input with another outcome, or one
        where scores are so near to each other that rounding of the program's numbers may decide: equal ones among them.
        """
        region = self.session.words.asking.region(reason)
        if len(region.parts) != 1:
            raise BadInputError(f"reason={shown(reason)} falls into {len(region.parts)} parts: export each on its own")
        literals = region.parts[0]
        return counterexample_programs(
            self.session.compiled, self.session.space, self.answers.predicted(None), np.array(literals, np.int32)
        )


class ForestExplainer(EnsembleExplainer, MajoritaryQueries, ProbableMajorityQueries):
    """Explains the decisions of a forest (random forest, extra trees, bagged trees), exactly.

    Made by ``Explainer.initialize(forest, …)``; see ``Explaining`` for the parameters.
    """

    answers: ForestAnswers
    family = "forest"
    _answers: ClassVar[type[Any]] = ForestAnswers

    @classmethod
    def _suits(cls, form: Any) -> bool:
        """Tell whether trees vote for classes."""
        return super()._suits(form) and votes(form)

    def to_wcnf(self, *, time_limit: float | None = None) -> Wcnf:
        """Return the MaxSAT problem of a minimal majoritary reason.

        The optimum is the length of the reason that ``minimal_majoritary_reason`` proves ``optimal``, and the literals
        of what a solution blocks force a majority of the trees.

        Parameters
        ----------
        time_limit : float, optional
            Seconds. Only where categories let a longer reason be written shorter, reasons have to be looked for.

        Raises
        ------
        UndecidedError
            If time was up.
        """
        deadline = Deadline.of(time_limit)
        with written_in_time():
            return majoritary_wcnf(*self.answers.majority_prices(deadline), deadline=deadline)

    def to_mip(self, *, time_limit: float | None = None) -> Linear:
        """Return the problem of a minimal majoritary reason as a 0/1 linear program, see ``to_wcnf``."""
        deadline = Deadline.of(time_limit)
        with written_in_time():
            return majoritary_program(*self.answers.majority_prices(deadline), deadline=deadline)

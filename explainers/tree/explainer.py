"""The explainer of decision trees: all queries, artefacts and rectification."""

from __future__ import annotations

from typing import Any, ClassVar

from ...encoders.formulas.conditions import tree_cnf
from ...engine.budget import Deadline
from ...engine.forms import Cnf, Linear, Wcnf
from ...engine.models import CompiledTree
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
from ..session.running import over_features
from ..session.session import Session
from ..solving.sessions import covering_program, covering_wcnf
from ..words.arguments import Solvers, queries
from .answers import TreeAnswers


class TreeExplainer(
    SufficientQueries, ContrastiveQueries, CountQueries, CheckQueries, ChanceQueries, AttributionQueries,
    DirectQueries, RectifyQueries, RowQueries, NamingQueries, RecourseQueries, GeneralQueries,
    AnchoredQueries, NearQueries,
):  # fmt: skip
    """Explains the decisions of a decision tree, exactly.

    Made by ``Explainer.initialize(tree, …)``; see ``Explaining`` for the parameters.
    """

    session: Session[CompiledTree]
    answers: TreeAnswers
    family = "tree"
    _takes = (CompiledTree,)
    _answers = TreeAnswers
    _solvers: ClassVar[Solvers] = {
        **queries("sufficient_reason sufficient_reasons", Kind.SAT),
        **queries("contrastive_reason contrastive_reasons minimal_contrastive_reason", Kind.SAT),
        **queries("minimal_sufficient_reason preferred_sufficient_reason", Kind.MAXSAT, Kind.MIP),
        **queries("n_sufficient_reasons", Kind.COUNTER),
    }

    def n_sufficient_reasons(
        self, *, time_limit: float | None = None, over: str = "literals", solver: str | None = None
    ) -> int | None:
        """Return the number of sufficient reasons, or ``None`` if the time was up (see ``count_bounds``).

        Parameters
        ----------
        time_limit : float, optional
            Seconds.
        over : {"literals", "features"}
            What reasons are made of.
        solver : str, optional
            Name of a model counter, instead of this library's own decision diagram; for questions where nothing is
            implied (theory off, or features).

        Notes
        -----
        The minimal transversals of the leaves' sets are built as a zero-suppressed diagram and counted modulo
        primes; the exact integer comes from the Chinese remainder theorem.
        """
        if solver is None:
            return super().n_sufficient_reasons(time_limit=time_limit, over=over)
        per_feature = over_features(over)
        with self.session.query(time_limit) as deadline:
            return self.answers.count_with(solver, per_feature, deadline)

    # -- artefacts ---------------------------------------------------------------------------------------------

    def to_cnf(self, label: Any = None) -> Cnf:
        """Return the CNF of "the tree decides for this label" over the conditions, under the current domain.

        Parameters
        ----------
        label : label, optional
            Default: the class of the instance. A sufficient reason for it is an implicant of this formula.
        """
        return tree_cnf(self.session.compiled, self.session.space, self.answers.only(label))

    def to_wcnf(self, *, time_limit: float | None = None) -> Wcnf:
        """Return the MaxSAT problem of a minimal sufficient reason.

        Variable i is true iff the literal of condition i is written. The optimum is the size of a minimal sufficient
        reason, and its literals force the outcome. Where literals imply each other an optimum may use a bound that is
        tighter than it need be: ``minimal_sufficient_reason`` loosens it. Variables beyond the conditions say which
        values of a feature are excluded.

        Parameters
        ----------
        time_limit : float, optional
            Seconds, for finding the changes that have to be barred, and, where categories let a longer reason be
            written shorter, the reasons that are shortest nevertheless.

        Raises
        ------
        UndecidedError
            If time was up.
        """
        return covering_wcnf(*self.answers.covering(Deadline.of(time_limit)))

    def to_mip(self, *, time_limit: float | None = None) -> Linear:
        """Return the problem of ``to_wcnf`` as a 0/1 linear program."""
        return covering_program(*self.answers.covering(Deadline.of(time_limit)))

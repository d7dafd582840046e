"""The explainer of models of models: the queries that ask what inputs can be, not what single trees do."""

from __future__ import annotations

from typing import Any, ClassVar

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
from ..queries.rows import RowQueries
from ..queries.sufficient import SufficientQueries
from ..recourse.query import RecourseQueries
from ..session.session import Session
from ..words.arguments import NATIVE, Solvers, queries
from .answers import ForestAnswers


class ComposedExplainer(
    SufficientQueries, ContrastiveQueries, CountQueries, CheckQueries, ChanceQueries, AttributionQueries,
    DirectQueries, RowQueries, NamingQueries, RecourseQueries, GeneralQueries,
    AnchoredQueries, NearQueries,
):  # fmt: skip
    """Explains the decisions of models that are made of other models: calibrated, voting, stacked ones, exactly.

    Made by ``Explainer.initialize(model, …)``; see ``Explaining`` for the parameters. What the members' libraries
    compute is bounded; an input for which rounding decides is in doubt, and nothing is claimed of it.
    """

    session: Session[CompiledEnsemble]
    answers: ForestAnswers
    family = "composed"
    _answers: ClassVar[type[Any]] = ForestAnswers
    _takes = (CompiledEnsemble,)
    _solvers: ClassVar[Solvers] = {
        **queries("sufficient_reason sufficient_reasons", NATIVE),
        **queries("contrastive_reason contrastive_reasons minimal_contrastive_reason", NATIVE),
        **queries("minimal_sufficient_reason preferred_sufficient_reason", Kind.MAXSAT, Kind.MIP),
    }

    @classmethod
    def _suits(cls, form: Any) -> bool:
        """Tell whether a circuit stands above the trees."""
        return super()._suits(form) and form.circuit is not None

    @property
    def voting(self) -> str:
        """``"composed"``: a circuit over the members' scores decides."""
        return self.session.compiled.voting

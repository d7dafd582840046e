"""The explainer of boosted trees: the queries of forests, and reasons that force each tree on its own."""

from __future__ import annotations

from typing import Any, ClassVar

from ...engine.budget import Deadline
from ...engine.forms import Linear, Wcnf
from ..forest.explainer import EnsembleExplainer, votes
from ..forest.planner import written_in_time
from ..queries.interval import IntervalQueries
from .answers import BoostedAnswers
from .queries import RangeQueries, TreeSpecificQueries


class BoostedExplainer(TreeSpecificQueries, RangeQueries, IntervalQueries, EnsembleExplainer):
    """Explains the decisions of boosted trees, and the predictions of regressors of every kind of tree, exactly.

    Made by ``Explainer.initialize(model, …)``; see ``Explaining`` for the parameters. Majoritary reasons are for
    trees that vote; here **tree-specific** reasons take their place.
    """

    answers: BoostedAnswers  # type: ignore[assignment]  # the same hooks as a forest's, and more
    family = "boosted"
    _answers: ClassVar[type[Any]] = BoostedAnswers

    @classmethod
    def _suits(cls, form: Any) -> bool:
        """Tell whether trees add numbers."""
        return super()._suits(form) and not votes(form) and form.circuit is None

    def to_mip(self, *, time_limit: float | None = None) -> Linear:
        """Return "the shortest tree-specific reason" as a 0/1 program.

        The optimum is the length that ``minimal_tree_specific_reason`` proves ``optimal``, and every solution forces
        each tree on its own. What has to be gained is split into digits, so that no row holds numbers which a
        floating-point solver takes for others: with its tolerance of 1e-6 it answers rightly. Variables are named;
        those of literals choose what they block.

        Parameters
        ----------
        time_limit : float, optional
            Seconds. Only where categories let a longer reason be written shorter, reasons have to be looked for.

        Raises
        ------
        CapabilityError
            If even the whole instance does not force each tree on its own, or there are tens of thousands of leaves.
        UndecidedError
            If time was up.
        """
        deadline = Deadline.of(time_limit)
        with written_in_time():
            return self.answers.exported(deadline).linear(small=True, deadline=deadline)

    def to_wcnf(self, *, time_limit: float | None = None) -> Wcnf:
        """Return it as weighted MaxSAT, in exact numbers (added by binary adders), see ``to_mip``."""
        deadline = Deadline.of(time_limit)
        with written_in_time():
            return self.answers.exported(deadline).wcnf(deadline=deadline)

"""A query to copy: which literals of the direct reason are needed.

1. Copy this file beside its kin, and name the class after what is asked. It is a **facet**: it knows ``self.session``
   (model, domain, instance, clock, words) and ``self.answers`` (what a family of models answers), and nothing else.
2. Give arguments the names, defaults and meanings that they have in ``table.py``: then they are checked before the
   query begins (``words/arguments.py``), and the clock of ``time_limit`` runs from the call.
3. Ask the answers for what ``answers.py`` says that families bring. Where that is not enough, add a hook there with
   one line of what it returns, and fill it in ``tree/`` and ``forest/`` (labels pose their problems to these two).
4. Say in the result how far it is proved; what was found when time was up is returned, not thrown away.
5. Add the class to the explainers of the families that answer (``tree/explainer.py``, …), and a row to ``table.py``:
   families that do not answer have their reason there. ``python -m tests.house.queries_page`` writes the docs.
6. Compare it with brute force (``tests/explainers/queries/test_template.py`` does so for this one).
"""

from __future__ import annotations

from ...engine.errors import UndecidedError
from ...engine.reasons import Proof, Reason
from ...engine.status import Status
from .answers import Deciding
from .direct import direct_reason
from .explaining import Explaining


class NeededQueries(Explaining):
    """What of the direct reason is needed."""

    answers: Deciding

    def needed_literals(self, *, time_limit: float | None = None) -> Reason | None:
        """Return the literals of the direct reason without which its other literals do not force the outcome.

        Parameters
        ----------
        time_limit : float, optional
            Seconds; what was found by then is returned with its status.

        Returns
        -------
        Reason or None
            ``None`` if there is no direct reason (excluded features).
        """
        with self.session.query(time_limit) as deadline:
            direct = direct_reason(self.session, self.answers.passed(), deadline)
            if direct is None:
                return None
            wanted, status = self.answers.wanted(), Status.PROVED
            needed = []
            for literal in direct:
                others = [other for other in direct if other != literal]
                try:
                    check = self.answers.suffices(others, False, wanted, deadline)
                except UndecidedError:  # time was up, or rounding decides
                    deadline.expired()
                    status = Status.BEST_SO_FAR
                    break
                if not check.value:
                    needed.append(literal)
            proof = Proof("needed", status, deadline.stop, "a check for each literal", seconds=deadline.elapsed)
            return self.session.make(needed, proof)

"""Exact checks of reasons for several labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...engine.errors import BadInputError
from ...engine.labels.problem import Problem
from ...engine.labels.problem import others as other_classes
from ...engine.reasons import Check
from ..queries.explaining import Explaining
from .answers import LabelAnswers


class LabelChecks(Explaining):
    """Checks; each is exact, and a refuted one carries a counterexample."""

    answers: LabelAnswers

    def is_implicant(
        self,
        reason: Iterable[Any],
        *,
        labels: Any = None,
        target: Any = None,
        prediction: Any = None,
        time_limit: float | None = None,
    ) -> Check:
        """Tell whether every input of the domain that satisfies the literals has the labels of the instance.

        With a `target` no instance is needed.

        Parameters
        ----------
        reason : iterable of int
            Literals, true at the instance or not.
        labels : label or list of labels, optional
            The labels in question; default: all.
        target : sequence or mapping, optional
            Other values to check for, instead of those of the instance.
        prediction : sequence or mapping, optional
            The same as `target`, by the name that it has for models of one label.
        time_limit : float, optional
            Seconds; a check that was not done by then has the value ``None`` (and is no bool).

        Returns
        -------
        Check
            Use it as a bool. ``witness``: a counterexample (a row of values; ``None`` with the theory off).
        """
        if sum(given is not None for given in (labels, target, prediction)) > 1:
            raise BadInputError("labels, target and prediction are three ways to say what is checked: give one of them")
        target = prediction if target is None else target
        if target is None:
            problem = self.answers.staying(self.answers.named(labels))
        else:
            form = self.answers.form
            wanted = sorted(self.answers.wanted_labels(target).items())
            problem = Problem(tuple(((i, other_classes(form, i, k)),) for i, k in wanted), tuple(wanted))
        return self.answers.sub(problem).is_implicant(reason, time_limit=time_limit)

    def is_reason(
        self,
        reason: Iterable[Any],
        *,
        labels: Any = None,
        over: str = "literals",
        n_samples: int | None = None,
        time_limit: float | None = None,
    ) -> Check:
        """Tell whether keeping these literals (features) of the instance forces the labels.

        `n_samples` is accepted and not needed: the check is exact.
        """
        sub = self.answers.sub(self.answers.staying(self.answers.named(labels)))
        return sub.is_reason(reason, over=over, time_limit=time_limit)

    def is_sufficient_reason(
        self,
        reason: Iterable[Any],
        *,
        labels: Any = None,
        over: str = "literals",
        n_samples: int | None = None,
        time_limit: float | None = None,
    ) -> Check:
        """Tell whether these literals (features) are a sufficient reason.

        They are if they force the labels, and none can be weakened.

        `n_samples` is accepted and not needed: the check is exact.
        """
        sub = self.answers.sub(self.answers.staying(self.answers.named(labels)))
        return sub.is_sufficient_reason(reason, over=over, time_limit=time_limit)

    def is_contrastive_reason(
        self,
        reason: Iterable[Any],
        *,
        target: Any = None,
        flip: Any = None,
        labels: Any = None,
        others: str = "free",
        over: str = "literals",
        n_samples: int | None = None,
        time_limit: float | None = None,
    ) -> Check:
        """Tell whether these literals (features) are a contrastive reason.

        They are if changing them can do what is wanted, and changing fewer cannot.

        Parameters
        ----------
        reason : iterable
            Literals of the instance (what implies them falls with them), or names of features.
        target, flip, labels, others
            What is wanted, as in ``contrastive_reason``.
        """
        problem, _ = self.answers.change(target, flip, labels, others)
        return self.answers.sub(problem).is_contrastive_reason(reason, over=over, time_limit=time_limit)

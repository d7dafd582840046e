"""Queries about several labels: how likely reasons hold, and what features carry."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ...engine.reasons import Precision
from ...engine.reasons.attribution import Attribution
from ...engine.reasons.label_reasons import LabelReason
from ..queries.chances import Told
from ..queries.explaining import Explaining
from .answers import LabelAnswers
from .problems import Sub


class LabelChances(Explaining):
    """Queries about chances and shares, see ``ChanceQueries`` and ``AttributionQueries``."""

    answers: LabelAnswers

    def precision(
        self, reason: Iterable[Any], *, labels: Any = None, distribution: Told = "data", data: Any = None,
        over: str = "literals", time_limit: float | None = None,
    ) -> Precision:  # fmt: skip
        """Return the chance that an input that agrees with a reason has the labels of the instance.

        Parameters
        ----------
        reason, distribution, data, over, time_limit
            As in ``ChanceQueries.precision``.
        labels : label or list of labels, optional
            The labels of interest, which stay all together; default: all.

        Raises
        ------
        UnsupportedModelError
            If no single ensemble decides the labels together.
        """
        with self.session.query(time_limit) as deadline:
            how: dict[str, Any] = {"distribution": distribution, "data": data, "over": over, "time_limit": deadline}
            return self._about(self.answers.named(labels)).precision(reason, **how)

    def probable_reason(
        self, *, delta: float | Fraction = 0.95, labels: Any = None, distribution: Told = "data", data: Any = None,
        over: str = "literals", time_limit: float | None = None,
    ) -> LabelReason | None:  # fmt: skip
        """Return a locally minimal reason that keeps the labels with a chance of at least delta.

        Parameters
        ----------
        delta, distribution, data, over, time_limit
            As in ``ChanceQueries.probable_reason``.
        labels : label or list of labels, optional
            As in ``precision``.
        """
        named = self.answers.named(labels)
        with self.session.query(time_limit) as deadline:
            how: dict[str, Any] = {"distribution": distribution, "data": data, "over": over, "time_limit": deadline}
            found = self._about(named).probable_reason(delta=delta, **how)
            return None if found is None else self.answers.saying(named)(found)

    def minimal_probable_reason(
        self, *, delta: float | Fraction = 0.95, labels: Any = None, distribution: Told = "data", data: Any = None,
        over: str = "literals", time_limit: float | None = None,
    ) -> LabelReason | None:  # fmt: skip
        """Return one of the fewest literals (features), see ``probable_reason``."""
        named = self.answers.named(labels)
        with self.session.query(time_limit) as deadline:
            how: dict[str, Any] = {"distribution": distribution, "data": data, "over": over, "time_limit": deadline}
            found = self._about(named).minimal_probable_reason(delta=delta, **how)
            return None if found is None else self.answers.saying(named)(found)

    def attribution(
        self, *, kind: str = "ffa", labels: Any = None, over: str = "features", shap: Any = None,
        time_limit: float | None = None,
    ) -> Attribution:  # fmt: skip
        """Return in which share of the sufficient reasons for the labels each feature (literal) is.

        Parameters
        ----------
        kind, over, shap, time_limit
            As in ``AttributionQueries.attribution``.
        labels : label or list of labels, optional
            The labels of interest; default: all.
        """
        with self.session.query(time_limit) as deadline:
            how: dict[str, Any] = {"kind": kind, "over": over, "shap": shap, "time_limit": deadline}
            return self._about(self.answers.named(labels)).attribution(**how)

    def scores(
        self, *, kind: str = "shapley", labels: Any = None, n_samples: int | None = None, seed: int = 0,
        shap: Any = None, time_limit: float | None = None,
    ) -> Attribution:  # fmt: skip
        """Return what each feature is worth in the game of sufficiency for the labels.

        Parameters
        ----------
        kind, n_samples, seed, shap, time_limit
            As in ``AttributionQueries.scores``.
        labels : label or list of labels, optional
            The labels of interest; default: all.
        """
        with self.session.query(time_limit) as deadline:
            how: dict[str, Any] = {
                "kind": kind, "n_samples": n_samples, "seed": seed, "shap": shap, "time_limit": deadline
            }  # fmt: skip
            return self._about(self.answers.named(labels)).scores(**how)

    def _about(self, labels: tuple[int, ...]) -> Sub:
        return self.answers.sub(self.answers.staying(labels))

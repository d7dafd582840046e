"""What features carry: formal feature attribution, and scores of the game of sufficiency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.budget import Deadline
from ...engine.diagrams.scores import banzhaf, shapley, winning_coalitions
from ...engine.ensembles.views.features import FeatureView
from ...engine.errors import BadInputError, shown
from ...engine.reasons.attribution import Attribution, Beside, Share
from ...engine.status import Status, Stop
from ..chances.attributing import Listed, listed_reasons, shares_of
from ..chances.sampling import CONFIDENCE, sampled
from ..session.running import over_features, told_over
from .answers import Deciding
from .explaining import Explaining
from .preferences import shap_values

KINDS = ("ffa", "wffa")
SCORES = ("shapley", "banzhaf", "deegan-packel", "holler")
_SAMPLED = SCORES[:2]
_MOST_SAMPLES = 10**6  # that are drawn in the time that is left
_EXACT = 0.7  # of the time: for exact scores


class AttributionQueries(Explaining):
    """Queries about what each feature carries."""

    answers: Deciding

    def attribution(
        self, *, kind: str = "ffa", over: str = "features", shap: Any = None, time_limit: float | None = None
    ) -> Attribution:
        """Return in which share of the sufficient reasons each feature (literal) is.

        Parameters
        ----------
        kind : {"ffa", "wffa"}
            The share of all sufficient reasons that have it, or the same with each reason weighed by 1 / its size.
        over : {"features", "literals"}
            What reasons are made of.
        shap : array-like, mapping or "model", optional
            SHAP values of the instance, one a column, which are shown beside; ``"model"``: those that XGBoost computes
            itself (TreeSHAP). A weight on a feature that is proved irrelevant is told as wrong, and so is none on a
            necessary one.
        time_limit : float, optional
            Seconds. Where not all reasons were listed by then, what is proved irrelevant has 0, and others are bounded
            as far as the number of reasons is.

        Returns
        -------
        Attribution
            A mapping from names (literals) to shares: exact fractions, bounds, or unknown.

        Notes
        -----
        All sufficient reasons are listed, which may be many. After Yu, Farr, Ignatiev, Stuckey: Anytime approximate
        formal feature attribution (SAT 2024).
        """
        wanted = _one_of(kind, KINDS, "kind")
        per_feature = over_features(over)
        values = self._values(shap)
        with self.session.query(time_limit) as deadline:
            items = self._items(per_feature)
            listed = listed_reasons(self.answers, items, per_feature, deadline)
            return self._shared(wanted, shares_of(listed, items, wanted), listed, per_feature, values, deadline)

    def scores(
        self, *, kind: str = "shapley", n_samples: int | None = None, seed: int = 0, shap: Any = None,
        time_limit: float | None = None,
    ) -> Attribution:  # fmt: skip
        """Return what each feature is worth in the game of sufficiency, which a set of features wins if it suffices.

        Parameters
        ----------
        kind : {"shapley", "banzhaf", "deegan-packel", "holler"}
            Shapley value, Banzhaf value, Deegan-Packel index (the mean of 1 / size over the sufficient reasons with the
            feature), Holler index (its share of all memberships in sufficient reasons).
        n_samples : int, optional
            Draw so many samples instead (Shapley, Banzhaf); intervals then hold for all features at once with 95 %
            confidence. Without it values are exact, by counting in a decision diagram of the sufficient reasons; where
            time is up before, they are sampled in what is left of it.
        seed : int
            The same seed gives the same samples.
        shap : array-like, mapping or "model", optional
            As in ``attribution``.
        time_limit : float, optional
            Seconds.

        Returns
        -------
        Attribution
            ``n_samples`` tells whether it was sampled.

        Notes
        -----
        After Letoffe, Huang, Marques-Silva: On correcting SHAP scores (2024), and Biradar, Izza, Lobo, Viswanathan,
        Zick: Axiomatic aggregations of abductive explanations (AAAI 2024).
        """
        wanted = _one_of(kind, SCORES, "kind")
        if n_samples is not None and wanted not in _SAMPLED:
            raise BadInputError(
                f"n_samples={n_samples}: only {' and '.join(_SAMPLED)} values are sampled: leave it out"
            )
        values = self._values(shap)
        with self.session.query(time_limit) as deadline:
            items, listed = self._items(True), Listed()
            if n_samples is None:
                known = wanted in _SAMPLED and (deadline.seconds is not None or deadline.steps is not None)
                part = deadline.share(_EXACT) if known else deadline
                listed = listed_reasons(self.answers, items, True, part)
                if part.stop is Stop.INTERRUPT:
                    deadline.halt(Stop.INTERRUPT)
                shares = self._exact(wanted, listed, items, part)
                if shares is not None:
                    return self._shared(wanted, shares, listed, True, values, deadline)
            drawn = self._sampled(wanted, n_samples or _MOST_SAMPLES, seed, deadline)
            return self._shared(wanted, drawn[0], listed, True, values, deadline, drawn[1])

    # -- how ---------------------------------------------------------------------------------------------------

    def _items(self, per_feature: bool) -> list[Any]:
        session = self.session
        if per_feature:
            return [feature.name for feature in session.features]
        literals: list[Any] = session.space.literals(session.here.truth).tolist()
        return literals

    def _exact(self, kind: str, listed: Listed, items: Sequence[str], deadline: Deadline) -> dict[Any, Share] | None:
        """Return exact scores (of indices of lists also bounds); None where values have to be sampled."""
        if kind not in _SAMPLED:
            return shares_of(listed, items, kind)
        if not listed.complete:
            return None
        players = sorted({item for reason in listed.reasons for item in reason}, key=items.index)
        numbers = dict.fromkeys(items, Fraction(0))
        if players:
            place = {player: i for i, player in enumerate(players)}
            reasons = [[place[item] for item in reason] for reason in listed.reasons]
            won = winning_coalitions(reasons, len(players), deadline)
            if won is None:
                return None
            numbers.update(zip(players, (shapley if kind == "shapley" else banzhaf)(won), strict=True))
        ordered = sorted(items, key=lambda item: -numbers[item])
        return {item: Share(numbers[item], numbers[item]) for item in ordered}

    def _sampled(self, kind: str, n_samples: int, seed: int, deadline: Deadline) -> tuple[dict[Any, Share], int]:
        session = self.session
        banned = np.array([a.feature in session.excluded for a in session.space.attributes], dtype=np.bool_)
        views = [FeatureView(question, session.here, banned) for question in self.answers.ways_out()]
        found, drawn = sampled(views, kind, n_samples, seed, deadline)
        if not drawn:
            raise deadline.undecided("what features are worth: no sample was drawn")
        nothing = Share(Fraction(0), Fraction(0))
        shares = {feature.name: nothing for feature in session.features}
        for item, share in found.items():
            shares[str(views[0].names(np.array([item], np.int32))[0])] = share
        return dict(sorted(shares.items(), key=lambda pair: -(pair[1].found or 0))), drawn

    def _shared(
        self, kind: str, shares: dict[Any, Share], listed: Listed, per_feature: bool, values: dict[str, float] | None,
        deadline: Deadline, drawn: int | None = None,
    ) -> Attribution:  # fmt: skip
        exact = drawn is None and all(share.value is not None for share in shares.values())
        order = {item: place for place, item in enumerate(self._items(per_feature))}
        irrelevant = tuple(sorted(listed.irrelevant, key=lambda item: order[item]))
        necessary = tuple(sorted(listed.necessary, key=lambda item: order[item]))
        compared = () if values is None or not per_feature else _beside(shares, values, irrelevant, necessary)
        return Attribution(
            kind, shares, told_over(per_feature), len(listed.reasons), Status.COMPLETE if exact else Status.BEST_SO_FAR,
            Stop.NONE if exact else listed.stop, irrelevant, necessary, drawn, None if drawn is None else CONFIDENCE,
            compared, deadline.elapsed,
        )  # fmt: skip

    def _values(self, given: Any) -> dict[str, float] | None:
        """Return other values of the features: of a one-hot group the sum over its columns."""
        if given is None:
            return None
        session = self.session
        columns: F64 = shap_values(session, given)
        return {f.name: float(sum(columns[c] for c in f.columns)) for f in session.features}


def _one_of(value: Any, known: Sequence[str], name: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise BadInputError(f"{name}={shown(value)}: expected one of {tuple(known)}")
    return value


def _beside(
    shares: Mapping[Any, Share], values: Mapping[str, float], irrelevant: Sequence[Any], necessary: Sequence[Any]
) -> tuple[Beside, ...]:
    """Return other values beside shares, the greatest first, with what is proved wrong of them."""
    out = []
    for feature in sorted(values, key=lambda name: -abs(values[name])):
        wrong = ""
        if feature in irrelevant and values[feature] != 0:
            wrong = "SHAP gives it weight, but no sufficient reason has it: it is irrelevant"
        elif feature in necessary and values[feature] == 0:
            wrong = "SHAP gives it no weight, but it is necessary: every sufficient reason has it"
        out.append(Beside(feature, values[feature], shares[feature], wrong))
    return tuple(out)

"""This library as a subject: `python -m benchmarks.ours`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.serve import Request, Run, serve


@dataclass(frozen=True)
class Drawn:
    """All members of a lazy set of reasons, drawn within the measured time."""

    reasons: tuple[Any, ...]
    status: str

    @classmethod
    def from_set(cls, lazy: Any) -> Drawn:
        reasons = tuple(lazy)
        return cls(reasons, str(getattr(lazy, "status", "proved")))


UNFINISHED = Drawn((), "best_so_far")


def counted(answer: Any) -> Any:
    """A count as it is; what stands for an unfinished one as a late answer."""
    return answer if answer else UNFINISHED


class Ours:
    """A model in this library; the queries are those of decision trees."""

    def __init__(self, request: Request) -> None:
        import joblib
        import numpy as np
        from suffice import Explainer

        model = joblib.load(request.model)
        with np.load(request.instances) as stored:
            self._rows = stored["X"]
        voting: dict[str, Any] = {"voting": request.voting} if request.voting else {}
        self._explainer: Any = Explainer.initialize(model, theory="auto" if request.theory else None, **voting)
        self.queries = self._queries(Explainer)

    def _queries(self, explainer: Any) -> Mapping[str, Run]:
        e: Any = self._explainer
        every, importance = explainer.ALL, explainer.FEATURE_IMPORTANCE
        draw = Drawn.from_set
        return {
            "direct": lambda limit: e.direct_reason(),
            "sufficient": lambda limit: e.sufficient_reason(n=1, time_limit=limit),
            "sufficient-100": lambda limit: draw(e.sufficient_reason(n=100, time_limit=limit)),
            "minimal": lambda limit: e.minimal_sufficient_reason(time_limit=limit),
            "preferred": lambda limit: e.prefered_sufficient_reason(method=importance, time_limit=limit),
            "contrastive": lambda limit: draw(e.contrastive_reason(n=every, time_limit=limit)),
            "contrastive-min": lambda limit: e.minimal_contrastive_reason(time_limit=limit),
            "necessary": lambda limit: e.necessary_literals(time_limit=limit),
            "relevant": lambda limit: e.relevant_literals(time_limit=limit),
            "count": lambda limit: counted(e.n_sufficient_reasons(time_limit=limit)),
            "count-per-literal": lambda limit: counted(e.n_sufficient_reasons_per_literal(time_limit=limit)),
            "count-per-feature": lambda limit: counted(e.n_sufficient_reasons_per_feature(time_limit=limit)),
            "sufficient-features": lambda limit: e.sufficient_reason(n=1, over="features", time_limit=limit),
        }

    def set_instance(self, index: int) -> None:
        self._explainer.set_instance(self._rows[index])

    def describe(self, result: Any) -> dict[str, Any]:
        told: dict[str, Any] = {"status": str(getattr(result, "status", "proved"))}
        if result is None:
            return {**told, "size": 0}
        if isinstance(result, int):
            return {**told, "count": str(int(result))}
        if isinstance(result, Mapping):
            return {**told, "keys": len(result)}
        if isinstance(result, Drawn):
            told["reasons"] = len(result.reasons)
            result = result.reasons[0] if result.reasons else ()
        proof = getattr(result, "proof", None)
        told |= {"cost": getattr(proof, "cost", None), "lower": getattr(proof, "lower", None)}
        names = [
            item if isinstance(item, str) else self._explainer.get_feature_names_from_literal(item) for item in result
        ]
        return {**told, "size": len(names), "features": len(set(names))}


if __name__ == "__main__":
    serve(Ours)

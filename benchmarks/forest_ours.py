"""This library's forests as a subject: `python -m benchmarks.forest_ours`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.ours import Drawn, Ours
from benchmarks.serve import Run, serve

# query -> the method that answers it, and its arguments beside the time limit
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "direct": ("direct_reason", {}),
    "sufficient": ("sufficient_reason", {"n": 1, "over": "literals"}),
    "sufficient-features": ("sufficient_reason", {"n": 1, "over": "features"}),
    "majoritary-1": ("majoritary_reason", {"n_iterations": 1, "seed": 0}),
    "majoritary": ("majoritary_reason", {"n_iterations": 50, "seed": 0}),
    "majoritary-min": ("minimal_majoritary_reason", {}),
    "contrastive": ("contrastive_reason", {}),
    "contrastive-features": ("contrastive_reason", {"over": "features"}),
    "contrastive-min": ("minimal_contrastive_reason", {"over": "literals"}),
    "contrastive-min-features": ("minimal_contrastive_reason", {"over": "features"}),
    "necessary": ("necessary_literals", {}),
    "minimal": ("minimal_sufficient_reason", {"over": "literals"}),
    "minimal-features": ("minimal_sufficient_reason", {"over": "features"}),
}
UNLIMITED = ("direct",)  # their methods take no time limit


class Forests(Ours):
    """A forest in this library. A query that the library does not have is left out."""

    def _queries(self, explainer: Any) -> Mapping[str, Run]:
        found = {query: (getattr(self._explainer, call[0], None), call[1]) for query, call in CALLS.items()}
        return {
            query: partial(answer, method, arguments, query not in UNLIMITED)
            for query, (method, arguments) in found.items()
            if method is not None
        }

    def describe(self, result: Any) -> dict[str, Any]:
        if isinstance(result, tuple) and result and isinstance(result[0], tuple):  # several reasons
            result = Drawn.from_set(result)
        return super().describe(result)


def answer(method: Any, arguments: Mapping[str, Any], limited: bool, limit: float) -> Any:
    return method(**arguments, time_limit=limit) if limited else method(**arguments)


if __name__ == "__main__":
    serve(Forests)

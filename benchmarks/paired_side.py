"""One side of a comparison of versions: ``python -m benchmarks.paired_side`` in the environment of a version.

It reads one JSON object a line. The first one tells what to load (``model``, ``instances``, ``family``, ``theory``,
``voting``); the answer tells where the library lies and which queries it has. Each further one asks a query about an
instance (``query``, ``instance``, ``limit``) and is answered with one run. Between the lines it sleeps.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.forest_ours import Forests, answer
from benchmarks.ours import Ours
from benchmarks.serve import Clock, Request, Run, measured, own_stdout

# query -> the method that answers it, and its arguments beside the time limit
BOOSTED: dict[str, tuple[str, dict[str, Any]]] = {
    "direct": ("direct_reason", {}),
    "sufficient": ("sufficient_reason", {"n": 1}),
    "sufficient-features": ("sufficient_reason", {"n": 1, "over": "features"}),
    "minimal-features": ("minimal_sufficient_reason", {"over": "features"}),
    "tree-specific": ("tree_specific_reason", {"n_iterations": 50, "seed": 0}),
    "contrastive": ("contrastive_reason", {}),
    "contrastive-features": ("contrastive_reason", {"over": "features"}),
    "contrastive-min": ("minimal_contrastive_reason", {}),
    "necessary": ("necessary_literals", {}),
}
MULTILABEL: dict[str, tuple[str, dict[str, Any]]] = {
    "direct": ("direct_reason", {}),
    "sufficient": ("sufficient_reason", {}),
    "sufficient-one-label": ("sufficient_reason", {"labels": [0]}),
    "minimal": ("minimal_sufficient_reason", {}),
    "contrastive": ("contrastive_reason", {"flip": [0]}),
    "contrastive-min": ("minimal_contrastive_reason", {"flip": [0]}),
    "necessary": ("necessary_literals", {}),
}


class Called(Forests):
    """A model whose queries are methods of its explainer, named in a table."""

    calls: Mapping[str, tuple[str, dict[str, Any]]] = BOOSTED

    def _queries(self, explainer: Any) -> Mapping[str, Run]:
        found = {query: (getattr(self._explainer, call[0], None), call[1]) for query, call in self.calls.items()}
        return {
            query: partial(answer, method, arguments, query != "direct")
            for query, (method, arguments) in found.items()
            if method is not None
        }


class Several(Called):
    """A model of several labels."""

    calls = MULTILABEL


SUBJECTS: dict[str, type[Ours]] = {"trees": Ours, "forests": Forests, "boosting": Called, "multilabel": Several}


def main() -> None:
    """Answer what comes on standard input."""
    answers = own_stdout()

    def say(**line: Any) -> None:
        answers.write(json.dumps(line, default=str) + "\n")
        answers.flush()

    told = json.loads(sys.stdin.readline())
    family = told.pop("family")
    clock = Clock()
    subject: Any = SUBJECTS[family](Request(jobs=[], **told))
    cpu, wall = clock.read()
    import suffice

    say(kind="ready", cpu=cpu, wall=wall, package=suffice.__file__, queries=list(subject.queries))
    for line in sys.stdin:
        asked = json.loads(line)
        say(kind="run", **measured(subject, asked["query"], asked["instance"], asked["limit"]))


if __name__ == "__main__":
    main()

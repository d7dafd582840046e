"""What queries take, as types: a family's own arguments are those of all families, and more.

Overloads tell that ``n=1`` gives one reason. A variable that happens to hold 1 is not told from other numbers: type
checkers call these overloads unsafe, and are told to bear it where it says "n=1 is one".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypedDict


class Asking(TypedDict, total=False):
    """Arguments of most queries."""

    time_limit: float | None
    over: str
    solver: str | None


class Preferring(Asking, total=False):
    """Of queries for preferred reasons, beside the method."""

    weights: Sequence[float] | Mapping[str, float] | None
    features_partition: Sequence[Sequence[str]] | None


class Changing(Asking, total=False):
    """Of queries for contrastive reasons."""

    target: Any
    immutable: Iterable[str | int]
    monotone: Mapping[str, str] | None


class Nearing(Changing, total=False):
    """Of queries for the smallest or nearest change."""

    distance: str | None
    weights: Sequence[float] | Mapping[str, float] | None


class Voting(TypedDict, total=False):
    """Of the query for majoritary reasons."""

    n_iterations: int
    time_limit: float | None
    seed: int
    over: str
    k: int | None


class MajorityAsking(Asking, total=False):
    """Of the query for the shortest majoritary reasons."""

    k: int | None


class MajorityPreferring(Preferring, total=False):
    """Of the query for preferred majoritary reasons, beside the method."""

    k: int | None


class LabelAsking(Asking, total=False):
    """Of most queries for several labels."""

    labels: Any


class LabelSufficing(LabelAsking, total=False):
    """Of the query for sufficient reasons for several labels."""

    mode: str


class LabelPreferring(Preferring, total=False):
    """Of the query for preferred reasons for several labels, beside the method."""

    labels: Any


class LabelTargets(TypedDict, total=False):
    """Which labels are to change, beside the target."""

    flip: Any
    labels: Any
    others: str


class LabelNearing(Nearing, LabelTargets, total=False):
    """Of the query for the smallest or nearest change of several labels."""


class LabelChanging(Changing, LabelTargets, total=False):
    """Of the query for contrastive reasons for several labels."""

    mode: str


class SurrogateChecking(TypedDict, total=False):
    """Of the checks of a surrogate."""

    labels: Any
    over: str
    n_samples: int | None
    time_limit: float | None


class Spelling(TypedDict, total=False):
    """How literals are told in words."""

    eliminate_redundant_features: bool
    contrastive: bool
    without_intervals: bool


# The queries of a batch by what they answer.
OneOrMany = Literal[
    "sufficient_reason", "minimal_sufficient_reason", "preferred_sufficient_reason", "majoritary_reason",
    "minimal_majoritary_reason", "preferred_majoritary_reason",
]  # fmt: skip
One = Literal[
    "necessary_literals", "relevant_literals", "necessary_features", "relevant_features", "direct_reason",
    "tree_specific_reason", "model_specific_reason", "minimal_tree_specific_reason",
]  # fmt: skip
Change = Literal["contrastive_reason", "minimal_contrastive_reason"]
Several = Literal["minimal_tree_specific_reasons"]  # unless one is asked for
Many = Several | Literal["sufficient_reasons", "contrastive_reasons"]
Verdict = Literal[
    "is_implicant", "is_reason", "is_sufficient_reason", "is_contrastive_reason", "is_majoritary_reason",
    "is_tree_specific_reason",
]  # fmt: skip
Number = Literal["n_sufficient_reasons"]
PerLiteral = Literal["n_sufficient_reasons_per_literal"]
PerFeature = Literal["n_sufficient_reasons_per_feature"]

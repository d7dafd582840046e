"""What is asked of forests: the parts, their queries and modes, and what peers call them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LIMIT = 10.0  # seconds of a query that has no limit of its own
SLOW_ROWS = 3  # instances of queries that may take a minute each
FIRST_LIMIT = 2.0  # seconds of the first run of such a query, which is not told


@dataclass(frozen=True)
class Ask:
    """One query in one mode.

    `stored` is PyXAI's name of it (it counts votes and knows no theory), `kind` the ensemble peers' (they know theory
    and whole features). `models` is a regular expression.
    """

    query: str
    voting: str
    theory: bool
    stored: str | None = None
    kind: str | None = None
    models: str = ""
    limit: float = LIMIT
    slow: bool = False

    @property
    def mode(self) -> str:
        return f"{self.voting}, theory {'on' if self.theory else 'off'}"


VOTES, VOTES_THEORY, DEFAULT = ("hard", False), ("hard", True), ("soft", True)
SMALL, LARGE = r"rf25d6", r"rf100d8"

# on the models that PyXAI was measured on
OF_PYXAI: dict[str, tuple[Ask, ...]] = {
    "sufficient": (
        Ask("sufficient", *VOTES, stored="sufficient_reason_n1"),
        Ask("sufficient", *VOTES_THEORY),
        Ask("sufficient", *DEFAULT),
        Ask("direct", *VOTES, stored="direct_reason"),
        Ask("necessary", *VOTES),
        Ask("necessary", *DEFAULT),
    ),
    "majoritary": (
        Ask("majoritary-1", *VOTES, stored="majoritary_reason_it1"),
        Ask("majoritary", *VOTES, stored="majoritary_reason_it50"),
        Ask("majoritary", *VOTES_THEORY),
        Ask("majoritary-min", *VOTES, stored="minimal_majoritary_reason"),
        Ask("majoritary-min", *VOTES_THEORY),
    ),
    "contrastive": (
        Ask("contrastive-min", *VOTES, stored="minimal_contrastive_reason"),
        Ask("contrastive-min", *VOTES_THEORY),
        Ask("contrastive-min", *DEFAULT),
        Ask("contrastive", *DEFAULT),
    ),
    "minimal": (
        Ask("minimal-features", *DEFAULT, models=SMALL, limit=5.0, slow=True),
        Ask("minimal-features", *DEFAULT, models=LARGE, limit=60.0, slow=True),
        Ask("minimal", *VOTES, stored="minimal_sufficient_reason", limit=20.0, slow=True),
        Ask("minimal", *DEFAULT, limit=20.0, slow=True),
    ),
}

# on the models that the ensemble peers were measured on
OF_ENSEMBLES: dict[str, tuple[Ask, ...]] = {
    "features": (
        Ask("sufficient-features", *DEFAULT, kind="axp"),
        Ask("sufficient-features", *VOTES_THEORY, kind="axp"),
        Ask("contrastive-features", *DEFAULT, kind="cxp"),
        Ask("contrastive-features", *VOTES_THEORY, kind="cxp"),
        Ask("contrastive-min-features", *DEFAULT, kind="cxpmin"),
        Ask("contrastive-min-features", *VOTES_THEORY, kind="cxpmin"),
        Ask("sufficient", *DEFAULT),
    ),
    "minimal": (
        Ask("minimal-features", *DEFAULT, kind="axpmin", limit=20.0, slow=True),
        Ask("minimal-features", *VOTES_THEORY, kind="axpmin", limit=20.0, slow=True),
    ),
}
PARTS = ("sufficient", "features", "majoritary", "contrastive", "minimal", "batch", "large")
QUERIES = tuple(
    dict.fromkeys(ask.query for asks in (*OF_PYXAI.values(), *OF_ENSEMBLES.values()) for ask in asks)
)  # in their order


@dataclass(frozen=True)
class Sitting:
    """Queries that one measuring process is asked after each other: one mode, one limit."""

    voting: str
    theory: bool
    limit: float
    slow: bool
    asks: tuple[Ask, ...]


def sittings(asks: Iterable[Ask]) -> list[Sitting]:
    """Group queries by their mode and limit, in their order."""
    groups: dict[tuple[str, bool, float, bool], list[Ask]] = {}
    for ask in asks:
        groups.setdefault((ask.voting, ask.theory, ask.limit, ask.slow), []).append(ask)
    return [Sitting(*key, tuple(group)) for key, group in groups.items()]

"""What features carry: shares of the sufficient reasons that have them, exact where all reasons are listed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import UndecidedError
from ...engine.reasons import Reason
from ...engine.reasons.attribution import Share
from ...engine.status import Status, Stop
from ..session.session import Session

_LISTING = 0.7  # of the time: for the list; the rest is for what is relevant and necessary
_MOST_PLAYERS = 4096  # of which the greatest number of reasons is worked out


@dataclass
class Listed:
    """The reasons that were found.

    Attributes
    ----------
    reasons : list of tuples
        Their items.
    complete : bool
        Whether there is no other.
    stop : Stop
        Why not all were found, if so.
    irrelevant, necessary : frozenset
        Items that are proved to be in none, and in all of them.
    most : int or None
        How many reasons there can be at most.
    """

    reasons: list[tuple[Any, ...]] = field(default_factory=list)
    complete: bool = False
    stop: Stop = Stop.NONE
    irrelevant: frozenset[Any] = frozenset()
    necessary: frozenset[Any] = frozenset()
    most: int | None = None


def listed_reasons(answers: Any, items: Sequence[Any], per_feature: bool, deadline: Deadline) -> Listed:
    """List the sufficient reasons of the instance; where time is up, tell what else is proved.

    Parameters
    ----------
    answers : Deciding
        Those of a family.
    items : sequence
        All features (literals) that are asked about.
    per_feature : bool
        Whether reasons are made of features.
    deadline : Deadline
        Shared limit.
    """
    found = Listed()
    part = deadline.share(_LISTING)
    try:
        for reason in answers.all_sufficient(per_feature, part, None):
            if reason.proof.status is not Status.PROVED:
                part.expired()
                break
            found.reasons.append(tuple(reason))
            if part.expired():
                break
    except UndecidedError:
        if not part.expired():
            raise
    except KeyboardInterrupt:
        part.halt(Stop.INTERRUPT)
    found.stop = part.stop
    found.complete = part.stop is Stop.NONE
    if found.complete:
        seen = {item for reason in found.reasons for item in reason}
        found.irrelevant = frozenset(items) - seen
        common = [set(reason) for reason in found.reasons]
        found.necessary = frozenset(set.intersection(*common)) if common else frozenset()
        return found
    if part.stop is Stop.INTERRUPT:
        deadline.halt(Stop.INTERRUPT)
    _bound(found, answers, items, per_feature, deadline)
    return found


def _bound(found: Listed, answers: Any, items: Sequence[Any], per_feature: bool, deadline: Deadline) -> None:
    """Tell what is proved of a list that is not complete."""
    necessary = _proved(lambda: answers.necessary(per_feature, deadline.share(0.5)), whole=False)
    relevant = _proved(lambda: answers.relevant(per_feature, deadline.share(0.5)), whole=True)
    found.necessary = frozenset(necessary or ())
    found.irrelevant = frozenset(items) - (
        _possible(answers.session, per_feature) if relevant is None else set(relevant)
    )
    if per_feature:
        open_items = len(items) - len(found.irrelevant) - len(found.necessary)
        if open_items <= _MOST_PLAYERS:
            found.most = math.comb(open_items, open_items // 2)  # no reason contains another one (Sperner 1928)


def _possible(session: Session[Any], per_feature: bool) -> set[Any]:
    """Return what a reason can have: what the model tests, of features that are not excluded."""
    space = session.space
    tested = {a.feature for a in space.attributes} - session.excluded
    if per_feature:
        return {session.features[feature].name for feature in tested}
    return {v for v in space.literals(session.here.truth).tolist() if space.feature_of(v) in tested}


def _proved(ask: Any, *, whole: bool) -> Reason | None:
    """Return what is answered if it is proved; of what is necessary also a part of it."""
    try:
        reason: Reason = ask()
    except UndecidedError:
        return None
    return reason if reason.proof.status is Status.PROVED or not whole else None


def shares_of(listed: Listed, items: Iterable[Any], kind: str) -> dict[Any, Share]:
    """Return the shares of items, the greatest first.

    Parameters
    ----------
    listed : Listed
        The reasons.
    items : iterable
        All that is asked about.
    kind : str
        ``"ffa"`` (the share of reasons with an item), ``"wffa"`` or ``"deegan-packel"`` (each weighed by 1 / its size),
        ``"holler"`` (the share of all memberships).
    """
    counts: Counter[Any] = Counter()
    weights: dict[int, Fraction] = {}
    of_size: Counter[tuple[Any, int]] = Counter()
    for reason in listed.reasons:
        size = len(reason)
        weights.setdefault(size, Fraction(1, max(size, 1)))
        if kind in ("ffa", "holler"):
            counts.update(reason)
        else:
            of_size.update((item, size) for item in reason)
    n = len(listed.reasons)
    total = sum(counts.values()) if kind == "holler" else n
    found: dict[Any, Share] = {}
    for item in items:
        above = Fraction(counts[item])
        if kind not in ("ffa", "holler"):
            above = sum((of_size[item, size] * weight for size, weight in weights.items()), Fraction(0))
        own = above / total if total else Fraction(0)
        found[item] = _share(listed, item, kind, above, own)
    order = {item: place for place, item in enumerate(found)}
    return dict(sorted(found.items(), key=lambda pair: (-_rank(pair[1]), order[pair[0]])))


def _share(listed: Listed, item: Any, kind: str, above: Fraction, own: Fraction) -> Share:
    if listed.complete:
        return Share(own, own)
    if item in listed.irrelevant:
        return Share(Fraction(0), Fraction(0))
    if item in listed.necessary and kind == "ffa":
        return Share(Fraction(1), Fraction(1))
    if listed.most is None or kind == "holler":
        return Share(None, None, own)
    more = max(listed.most - len(listed.reasons), 0)
    all_reasons = len(listed.reasons) + more
    if not all_reasons:
        return Share(None, None, own)
    return Share(above / all_reasons, min(Fraction(1), (above + more) / all_reasons), own)


def _rank(share: Share) -> Fraction:
    known = share.value if share.value is not None else share.found
    return Fraction(0) if known is None else known

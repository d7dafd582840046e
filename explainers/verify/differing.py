"""Pairs of inputs that differ in some features alone: how they are said, and found."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Any

from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.ensembles.answers import FOUND, NONE, UNKNOWN
from ...engine.errors import BadInputError, TheoryError, shown
from ...engine.given import is_finite_from_0, names_of
from ...engine.models import CompiledEnsemble
from .given import Place
from .hunt import DOUBT, Found
from .pairs import PairHunt
from .steady import CellHunt, has, moved
from .subject import Subject
from .telling import told_pair
from .verdict import Witness
from .wanted import PairsWanted

_PAIRS = 400  # of cells, which are gone through one by one where a proof is wanted


def features_said(subject: Subject, features: Any) -> tuple[int, ...]:
    """Return the features that are named, by their indices."""
    if subject.session.space.theory is None:
        raise TheoryError("this question needs the theory: with it off, conditions are free, and inputs have no values")
    found = tuple(dict.fromkeys(subject.session.feature_index(name) for name in names_of(features, "features")))
    if not found:
        raise BadInputError(f"features={shown(features)}: expected at least one feature")
    return found


def wanted_of(form: CompiledEnsemble, margin: Any = 0.0) -> PairsWanted:
    """Return pairs with any two decisions, whose scores are so far apart."""
    if not is_finite_from_0(margin):
        raise BadInputError(f"margin={shown(margin)}: expected a number from 0")
    if form.regression:
        if margin > 0 and form.transform is not None:
            raise BadInputError(
                "margin: this regressor's predictions are no plain sums; ask with margin=0, or about its raw scores"
            )
        return PairsWanted(form, (), float(margin))
    return PairsWanted(form, tuple(itertools.combinations(range(len(form.classes)), 2)), float(margin))


def said_of(subject: Subject, place: Place, features: Iterable[int], wanted: PairsWanted) -> str:
    """Return in words that the features alone change nothing."""
    names = ", ".join(subject.features[i].name for i in features)
    if wanted.form.regression:
        what = f"a difference of {wanted.margin:g} or more" if wanted.margin else "another prediction"
    else:
        what = "another decision" + (f" with scores {wanted.margin:g} or more apart" if wanted.margin else "")
    return f"{names} alone never makes {what}{place.where_said}"


# -- search ----------------------------------------------------------------------------------------------------


def find_pair(
    subject: Subject, place: Place, features: tuple[int, ...], wanted: PairsWanted, deadline: Deadline
) -> Found:
    """Return a pair, or what is known."""
    if not place.boxes or not (wanted.decisions or wanted.form.regression):
        return Found(NONE)
    hunt = PairHunt(place, subject.clauses, features, wanted)
    found = hunt.find(deadline, quickly=True)
    if found.code == UNKNOWN and not deadline.expired():
        pairs = cell_pairs(place, features)
        if pairs is not None:
            return _by_cells(CellHunt(place, subject.clauses, wanted), pairs, deadline)
        found = hunt.find(deadline)
    if found.point is None:
        return found
    one, other = hunt.split(found.point)
    return Found(found.code, one, second=other)


def _by_cells(steady: CellHunt, pairs: list[tuple[dict[int, int], dict[int, int]]], deadline: Deadline) -> Found:
    """Go through all pairs of cells: of each it is known best what the trees change."""
    doubt = False
    for number, (first, second) in enumerate(pairs):
        found = steady.find(first, second, deadline)
        if found.code == UNKNOWN:
            return Found(UNKNOWN, None, number)
        if found.code == FOUND:
            assert found.point is not None
            return Found(FOUND, found.point, second=moved(found.point, second))
        doubt = doubt or found.code == DOUBT
    return Found(DOUBT if doubt else NONE)


def cell_pairs(place: Place, features: Iterable[int]) -> list[tuple[dict[int, int], dict[int, int]]] | None:
    """Return all pairs of different cells of some features, in both orders; None where there are too many."""
    wanted = set(features)
    numbers = [i for i, a in enumerate(place.space.attributes) if a.feature in wanted]
    cells = [
        [c for c in range(place.space.attributes[i].n_cells) if any(has(box, i, c) for box in place.boxes)]
        for i in numbers
    ]
    n = math.prod(map(len, cells))
    if n * (n - 1) > _PAIRS:
        return None
    found: Iterator[Any] = itertools.permutations(itertools.product(*cells), 2)
    return [(dict(zip(numbers, one, strict=True)), dict(zip(numbers, other, strict=True))) for one, other in found]


def pair_of(
    subject: Subject, place: Place, wanted: PairsWanted, found: Found, around: Situation | None = None
) -> tuple[Witness, ...]:
    """Return the rows of a pair (told around some row of the domain)."""
    assert found.point is not None
    assert found.second is not None
    return (told_pair(subject, place, wanted, found.point, found.second, situation=around),)

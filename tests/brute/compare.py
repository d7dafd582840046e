"""Small helpers of the comparisons with the explainer under test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tests.brute.cases import Case
from tests.brute.reference import Reason, Reference


def pair(case: Case) -> tuple[Any, Reference]:
    """Explainer and reference, which must number the conditions alike."""
    explainer = case.explainer()
    numbered_alike(case, explainer)
    return explainer, case.reference()


def numbered_alike(case: Case, explainer: Any) -> None:
    """Assert that explainer and reference number the same conditions alike."""
    expected = [(c.column, c.operator, c.threshold) for c in case.domain.conditions]
    assert conditions(explainer) == expected, f"{conditions(explainer)}, expected {expected}"


def conditions(explainer: Any) -> list[tuple[int, str, float]]:
    """Conditions of the explainer as plain tuples."""
    found = []
    for feature, operator, threshold in (tuple(one)[:3] for one in explainer.vocabulary.conditions):
        found.append((int(feature), str(getattr(operator, "value", operator)), float(threshold)))
    return found


def plain(reasons: Iterable[Sequence[Any]] | None) -> tuple[tuple[Any, ...], ...] | None:
    """Reasons as plain tuples of plain items."""
    return None if reasons is None else tuple(tuple(reason) for reason in reasons)


def check_some(ask: Any, every: Sequence[Reason]) -> None:
    """Check n=1, n=2 and n=ALL of a query against all its answers; `ask(n)` asks it."""
    from suffice import Explainer

    found = ask(Explainer.ALL)
    assert isinstance(found, tuple)
    assert plain(found) == tuple(every), f"found {found}, expected {every}"
    one = ask(1)
    if every:
        assert isinstance(one, tuple)
        assert tuple(one) in every, f"found {one}, expected one of {every}"
    else:
        assert one is None, f"found {one}, expected none"
    some = plain(ask(2))
    assert some is not None
    assert len(some) == len(set(some)) == min(2, len(every))
    assert set(some) <= set(every)


def check_some_names(ask: Any, every: set[frozenset[str]]) -> None:
    """Check the same for reasons of feature names, in any order."""
    from suffice import Explainer

    found = plain(ask(Explainer.ALL))
    assert found is not None
    assert len(found) == len(every)
    assert all(len(set(reason)) == len(reason) for reason in found)
    assert {frozenset(reason) for reason in found} == every, f"found {found}, expected {every}"
    assert [len(reason) for reason in found] == sorted(len(reason) for reason in found)
    one = ask(1)
    assert frozenset(one) in every if every else one is None, f"found {one}, expected one of {every}"
    some = plain(ask(2))
    assert some is not None
    assert len(set(map(frozenset, some))) == len(some) == min(2, len(every))
    assert set(map(frozenset, some)) <= every

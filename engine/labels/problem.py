"""Questions about several labels: which vectors of labels are outside O.

A problem is a list of **cases**: an input is bad if in one case all its labels have one of the wanted classes. "The
labels stay as they are" has a case for each label ("it leaves its class"), "the labels become t" has one case for all.

Labels that other labels ask (chains) have to be known: ``assumed`` gives the classes of labels under which the cases
are looked at. Where the labels of the question are themselves to stay as they are, they may be assumed to: an input
where one of them does not is bad by that label's own case. Labels that are neither in a case nor assumed are **open**:
the search goes through their classes (``labels.search``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ..arrays import Bools
from ..models.multilabel import CompiledMultiLabel, Vector
from .joint import Part

Case = tuple[tuple[int, frozenset[int]], ...]  # labels with their wanted classes


@dataclass(frozen=True)
class Problem:
    """Which vectors of labels are bad (see the module's text).

    Attributes
    ----------
    cases : tuple of Case
        An input is bad if one of them fits.
    assumed : tuple of (int, int)
        Labels with the classes that are assumed.
    """

    cases: tuple[Case, ...]
    assumed: tuple[tuple[int, int], ...] = ()

    def bad(self, vector: Sequence[int]) -> bool:
        """Tell whether a vector of labels is bad."""
        return any(all(vector[i] in wanted for i, wanted in case) for case in self.cases)


def others(model: CompiledMultiLabel, label: int, own: int) -> frozenset[int]:
    """Return all classes of a label but one."""
    return frozenset(range(len(model.labels[label].classes))) - {own}


def staying(model: CompiledMultiLabel, labels: Iterable[int], vector: Vector) -> Problem:
    """Return the problem whose O is: these labels have the classes of the vector."""
    wanted = tuple(labels)
    return Problem(
        tuple(((i, others(model, i, vector[i])),) for i in wanted), tuple((i, vector[i]) for i in sorted(wanted))
    )


def reaching(wanted: Mapping[int, int]) -> Problem:
    """Return the problem whose bad inputs are those where the labels have these classes."""
    return Problem((tuple((i, frozenset([k])) for i, k in sorted(wanted.items())),))


def leaving(model: CompiledMultiLabel, labels: Iterable[int], vector: Vector) -> Problem:
    """Return the problem whose bad inputs have another class on a label, and the same on all that are not named."""
    changing = sorted(labels)
    rest = tuple((j, frozenset([vector[j]])) for j in range(len(vector)) if j not in set(changing))
    # those of the named labels that a case does not speak of may have any class
    return Problem(tuple(((i, others(model, i, vector[i])), *rest) for i in changing))


@dataclass(frozen=True, eq=False)
class Plan:
    """A case in the form in which it is searched.

    Attributes
    ----------
    wanted : tuple of Case entries
        Labels with wanted classes; one class each where there are several labels.
    open : tuple of int
        Labels whose classes have to be gone through, in the order of the chain.
    known : mapping from label to class
        What is assumed or wanted.
    """

    wanted: Case
    open: tuple[int, ...]
    known: Mapping[int, int]

    def parts(
        self, model: CompiledMultiLabel, values: Mapping[int, int], labels: Iterable[int], *, away: bool
    ) -> list[Part]:
        """Return the classifiers that have to leave O for some of the labels, with the open ones given."""
        found = {**self.known, **values}
        wanted = dict(self.wanted) | {i: frozenset([values[i]]) for i in self.open if i in values}
        return [Part(model.labels[i].given(found), _good(model, i, wanted[i]), away) for i in labels]


def plans(model: CompiledMultiLabel, problem: Problem) -> list[Plan]:
    """Return how the cases of a problem are searched."""
    assumed = dict(problem.assumed)
    out = []
    for case in problem.cases:
        names = [i for i, _ in case]
        asked = {parent for i in names for parent in (*model.labels[i].parents, *model.ancestors([i]))}
        single = len(case) == 1 and names[0] not in asked
        choices = [case] if single else [
            tuple((i, frozenset([k])) for i, k in zip(names, picked, strict=True))
            for picked in product(*(sorted(wanted) for _, wanted in case))
        ]  # fmt: skip
        for choice in choices:
            known = {i: k for i, k in assumed.items() if i not in names}
            known |= {i: next(iter(wanted)) for i, wanted in choice if len(wanted) == 1}
            free = _open_labels(model, names, known)
            out.append(Plan(choice, free, known))
    return [plan for plan in out if all(wanted for _, wanted in plan.wanted)]


def _open_labels(model: CompiledMultiLabel, names: Sequence[int], known: Mapping[int, int]) -> tuple[int, ...]:
    """Return the labels that are asked, directly or by another one of them, and not known, in their order."""
    reached: set[int] = set()
    fresh = set(names)
    while fresh:
        # what is assumed need not be decided, so that what it asks does not matter
        fresh = {p for i in fresh for p in model.labels[i].parents if p not in known} - reached
        reached |= fresh
    return tuple(i for i in model.order if i in reached)


def _good(model: CompiledMultiLabel, label: int, wanted: frozenset[int]) -> Bools:
    good = np.ones(len(model.labels[label].classes), dtype=np.bool_)
    good[list(wanted)] = False
    return good

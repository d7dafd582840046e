"""Certificates of pairs of inputs that share all features but some: none is decided so, or one is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ...engine.arrays import F64, Bools
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.domain.region import Region
from ...engine.domain.space import Space
from ...engine.errors import UnsupportedModelError
from .certificate import Certificate
from .claims import Claims
from .made import MadeSubject
from .outcomes import Outcomes
from .prover import Prover
from .refusals import not_so
from .regions import Clause, clauses_of
from .subject import Form, Subject
from .suffice_check_pairs import pair_routes, twice


@dataclass(frozen=True, eq=False)
class PairSubject(MadeSubject):
    """A model of two inputs, as the checker makes it of a model: `space` has the features in which they differ twice.

    Attributes
    ----------
    claim : dict
        What is said of pairs, and the clauses that hold of both inputs.
    """

    claim: dict[str, Any] = field(kw_only=True)

    def made(self, head: dict[str, Any], arrays: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the text and the numbers of the model of both inputs."""
        try:
            return twice({**head, "claim": self.claim}, arrays)
        except ValueError as error:
            raise UnsupportedModelError(f"certificates of pairs are not made of such a model: {error}") from None

    @property
    def given(self) -> list[Clause]:
        """What is given of both inputs, and which of their numbers is the greater one."""
        ordered = self.head["clauses"][2 * len(self.single.clauses) :]
        return [*self.head["claim"]["given"], *ordered]

    def scores(self, truth: Bools) -> F64:
        """Return the scores of both inputs for a vector of truth values, shape (1, n_scores)."""
        return self.trees.scores_at(truth)[None]


@dataclass(frozen=True, slots=True, eq=False)
class ProvenPairs:
    """What an answer about pairs of inputs says, so that it can be certified.

    Attributes
    ----------
    form : compiled model
        The model.
    space : Space
        The domain of one input, with the borders of the region among its own.
    boxes : tuple of Region
        Disjoint boxes that make up the region in which both inputs are.
    somewhere : Situation
        Some input.
    both : function
        Returns some input of the domain that has features twice, which inputs are told around.
    pairs : dict
        What is said of pairs, as the format has it.
    """

    form: Form
    space: Space
    boxes: tuple[Region, ...]
    somewhere: Situation
    both: Callable[[], Situation]
    pairs: dict[str, Any]

    def certificate(self, value: bool, told: str, time_limit: float | None) -> Certificate:
        """Return the certificate of an answer: no pair is so, or one is.

        Raises
        ------
        UndecidedError
            If time was up, or rounding decides.
        SelfCheckError
            If it is not so.
        """
        about = {"pairs": self.pairs, "given": clauses_of(self.space, self.boxes)}
        single, both = Subject(self.form, self.space, self.somewhere), self.both()
        subject = PairSubject(self.form, both.space, both, single=single, claim=about)
        outcomes = Outcomes([], routes=partial(pair_routes, pairs=self.pairs))
        prover = Prover(subject, outcomes, Deadline.of(time_limit), subject.given)
        claims = Claims.of_all(prover)
        proved = claims.add_set([]) is None
        if proved != value:
            raise not_so(f"{'no pair is' if proved else 'a pair is'} as it was said")
        claims.about, claims.says = about, {"no_pair" if value else "pair": {}}
        return claims.certificate([], told)

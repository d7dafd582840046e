"""Hard-voting ensembles as CNF over their conditions.

Variables 1 … n are the conditions of the vocabulary; those of the domain (``conditions``), of the trees' votes, of
counters and of comparisons follow. Class b **beats** class c if it has more votes, or as many and b < c.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ...engine.arrays import Bools
from ...engine.domain.space import Space
from ...engine.errors import BadInputError, CapabilityError
from ...engine.forms import Cnf
from ...engine.models import CompiledEnsemble
from ...engine.models.ensembles import EnsembleArrays, decide_rows
from .conditions import Clause, domain_clauses
from .leaves import leaf_votes
from .short_trees import short_trees
from .totalizer import totalizer


def votes_hard(trees: EnsembleArrays) -> bool:
    """Tell whether each leaf gives one vote to one class, and nothing else is added."""
    values = trees.values
    one = ((values == 0) | (values == 1)).all() and (values.sum(axis=1) == 1).all()
    return bool(trees.n_outputs > 1 and one and not trees.base.any() and trees.divisor > 0)


def voting_alone(compiled: CompiledEnsemble) -> CompiledEnsemble:
    """Return a classifier with a single tree as one whose leaves vote: nothing is added up, so nothing is near."""
    trees = compiled.trees
    if trees.n_trees != 1 or compiled.slack or compiled.one_score:
        return compiled
    leaves = np.arange(trees.n_leaves, dtype=np.int32).reshape(-1, 1)
    scores = [trees.add_up(leaf) for leaf in leaves]
    votes = np.eye(trees.n_outputs)[decide_rows(np.array(scores), compiled.link_code)]
    return replace(compiled, trees=replace(trees, values=votes, base=np.zeros(trees.n_outputs), divisor=1.0))


@dataclass(eq=False)
class VoteCnf:
    """Clauses about the votes of an ensemble, added as they are asked for.

    Parameters
    ----------
    compiled : CompiledEnsemble
        The ensemble; hard votes only.
    space : Space
        Its domain.
    determined : bool
        Whether the conditions determine all other variables, so that models can be counted. Else a comparison's
        literal only demands that the one class beats the other.

    Raises
    ------
    CapabilityError
        The ensemble adds up weights.
    """

    compiled: CompiledEnsemble
    space: Space
    determined: bool = True
    clauses: list[Clause] = field(default_factory=list)
    n: int = 0

    def __post_init__(self) -> None:
        trees = self.compiled.trees
        if not votes_hard(trees):
            raise CapabilityError(
                "SAT answers forests with hard votes only, and this model adds up weights: choose solver='native', "
                "'cpsat', 'scip' or 'highs', or initialize with voting='hard'"
            )
        self.clauses, self.n = domain_clauses(self.space)
        self._votes = self._vote_literals()
        self._counts: dict[int, list[int]] = {}
        self._beats: dict[tuple[int, int], int] = {}

    def _vote_literals(self) -> list[dict[int, int]]:
        """Return for each tree the literal of each class that it may vote for; with one class it is left out (0)."""
        found = []
        for tree in short_trees(self.compiled.trees, leaf_votes(self.compiled.trees).tolist()):
            classes = sorted(tree.kinds())
            if len(classes) == 1:
                found.append({classes[0]: 0})
                continue
            if len(classes) == 2:
                self.n += 1
                of = {classes[0]: -self.n, classes[1]: self.n}
            else:
                of = {c: self.n + i for i, c in enumerate(classes, 1)}
                self.n += len(classes)
                names = list(of.values())
                self.clauses += [(-a, -b) for i, a in enumerate(names) for b in names[i + 1 :]]
            self.clauses += [(*(-v for v in path), of[kind]) for path, kind in tree.paths()]
            found.append(of)
        return found

    def _sure(self, c: int) -> int:
        """Return how many trees vote for a class always."""
        return sum(of.get(c) == 0 for of in self._votes)

    def _open(self, c: int) -> list[int]:
        """Return the vote literals of a class."""
        return [of[c] for of in self._votes if of.get(c)]

    def _count(self, c: int, up: bool) -> list[int]:
        """Return counter outputs of a class's open votes; `up`: as an upper bound, else as a lower bound."""
        key = c if self.determined else 2 * c + up
        if key not in self._counts:
            literals = self._open(c)
            both = self.determined
            clauses, outputs, self.n = totalizer(
                literals, len(literals), self.n, upward=both or up, downward=both or not up
            )
            self.clauses += clauses
            self._counts[key] = outputs
        return self._counts[key]

    def beats(self, b: int, c: int) -> int:
        """Return a literal that says that class b beats class c."""
        if self.determined and b > c:
            return -self.beats(c, b)
        if (b, c) not in self._beats:
            self._beats[b, c] = self._two(b, c) if self.compiled.trees.n_outputs == 2 else self._many(b, c)
        return self._beats[b, c]

    def _fixed(self, true: bool) -> int:
        self.n += 1
        self.clauses.append((self.n if true else -self.n,))
        return self.n

    def _two(self, b: int, c: int) -> int:
        """Compare two classes that share all votes: b needs half of them, or more if c comes first."""
        need = (self.compiled.trees.n_trees + (2 if c < b else 1)) // 2 - self._sure(b)
        literals = self._open(b)
        if not 0 < need <= len(literals):
            return self._fixed(need <= 0)
        clauses, outputs, self.n = totalizer(literals, need, self.n, upward=self.determined)
        self.clauses += clauses
        return outputs[need - 1]

    def _many(self, b: int, c: int) -> int:
        """Compare two of several classes: whatever c reaches, b reaches (and one more if c comes first)."""
        own, other = self._count(b, False), self._count(c, True)
        more = self._sure(c) - self._sure(b) + (1 if c < b else 0)
        self.n += 1
        result, fails = self.n, []
        for j in range(len(other) + 1):
            reached, wanted = other[j - 1 : j] if j else [], j + more
            if wanted <= 0:
                continue
            missing = own[wanted - 1 : wanted]  # empty: b cannot have so many votes
            body = (*(-v for v in reached), *missing)
            self.clauses.append((-result, *body))
            if self.determined:
                self.n += 1
                fails.append(self.n)
                self.clauses += [(-self.n, -v) for v in body]
                self.clauses.append((self.n, *body))
        if self.determined:
            self.clauses.append((result, *fails))
        return result

    def cnf(self, more: list[Clause] | None = None) -> Cnf:
        """Return the clauses so far, and some more."""
        return Cnf.from_clauses([*self.clauses, *(more or [])], self.n)


def decision_cnf(compiled: CompiledEnsemble, space: Space, good: Bools) -> Cnf:
    """Return the CNF of "the outcome is in O" under the domain; it has one model for each such truth of the conditions.

    Parameters
    ----------
    good : ndarray of bool, shape (n_classes,)
        The classes in O; their complement gives the negation.
    """
    inside, outside = np.nonzero(good)[0].tolist(), np.nonzero(~good)[0].tolist()
    if not inside or (outside and len(good) != compiled.trees.n_outputs):  # one class may have scores to spare
        raise BadInputError(f"good={good.tolist()}: expected some of {compiled.trees.n_outputs} classes")
    votes = VoteCnf(compiled, space)
    winner: dict[int, int] = {}
    for c in inside if outside else ():
        winner[c], votes.n = votes.n + 1, votes.n + 1
        body = [votes.beats(c, b) for b in outside]
        votes.clauses += [(-winner[c], v) for v in body]
        votes.clauses.append((winner[c], *(-v for v in body)))
    return votes.cnf([tuple(winner.values())] if winner else [])


def counterexample_votes(compiled: CompiledEnsemble, space: Space, good: Bools) -> tuple[Cnf, list[int]]:
    """Return clauses and one literal for each class outside O; assumed, it asks for an input that gets this class.

    Classes outside O that beat all of O are meant: which of them is first does not matter.
    """
    votes = VoteCnf(compiled, space, determined=False)
    selectors = []
    for b in np.nonzero(~good)[0].tolist():
        votes.n += 1
        selector = votes.n
        selectors.append(selector)
        for c in np.nonzero(good)[0].tolist():
            votes.clauses.append((-selector, votes.beats(b, c)))
    return votes.cnf(), selectors

"""The forest as an external propagator of CaDiCaL: no encoding of trees, only what an assignment leaves of them.

The solver knows the domain's clauses and assigns conditions. The propagator strikes out leaves whose path is broken;
where the best leaves that are left no longer add up to what is looked for, it says why, as a clause over the literals
that broke the better ones. It is an oracle beside the native search, which it is compared with.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...encoders.formulas.conditions import domain_clauses, models_of_conditions
from ...encoders.formulas.problems import Row
from ...engine.budget import Deadline
from ...engine.forms import Cnf
from ...engine.models.ensembles import EnsembleArrays
from ...engine.oracles.oracle import Answer
from ...solvers.backends._propagated import PropagatedSession
from .oracles import EXACT_BITS, Asked, ForestOracle, problems_of

_ROUNDS = 50  # solutions that turn out to be within rounding, before the answer is "unknown"


class LeafWatch:
    """Which leaves an assignment of conditions leaves open, and whether they can add up to a problem's needs.

    Parameters
    ----------
    trees : EnsembleArrays
        The trees.
    rows : sequence of Row
        All of them must be reached by the leaves of an input that is looked for.
    """

    def __init__(self, trees: EnsembleArrays, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._paths, self._members = _paths(trees)
        self._broken_by: dict[int, list[int]] = {}  # literal -> the leaves whose path needs its opposite
        for leaf, path in enumerate(self._paths):
            for literal in path:
                self._broken_by.setdefault(-literal, []).append(leaf)
        self._killer = [0] * len(self._paths)  # the literal that struck a leaf out; 0: open
        self._trail: list[tuple[int, int]] = []  # (level, leaf) in order
        self._fixed: set[int] = set()
        # of each tree its leaves from best to worst for each row
        self._ordered = [
            [sorted(leaves, key=lambda leaf: -int(row.worth[leaf])) for leaves in self._members] for row in rows
        ]

    @property
    def observed(self) -> list[int]:
        """The conditions that the trees test, as variables."""
        return sorted({abs(literal) for literal in self._broken_by})

    def assigned(self, literal: int, level: int) -> None:
        """Strike out the leaves that need the opposite of a literal."""
        if level == 0:
            self._fixed.add(literal)
        for leaf in self._broken_by.get(literal, ()):
            if not self._killer[leaf]:
                self._killer[leaf] = literal
                self._trail.append((level, leaf))

    def back_to(self, level: int) -> None:
        """Open the leaves again that were struck out above a level, but for what is fixed for good."""
        kept = [(at, leaf) for at, leaf in self._trail if at <= level]
        for at, leaf in self._trail:
            if at > level:
                self._killer[leaf] = next((-each for each in self._paths[leaf] if -each in self._fixed), 0)
                if self._killer[leaf]:
                    kept.append((0, leaf))
        self._trail = kept

    def refused(self) -> list[int] | None:
        """Return why the open leaves cannot add up, as a clause, or None if they can."""
        killer = self._killer
        for row, ordered in zip(self._rows, self._ordered, strict=True):
            total, blame = row.offset, set()
            for leaves in ordered:
                for leaf in leaves:
                    if not killer[leaf]:
                        total += int(row.worth[leaf])
                        break
                    blame.add(-killer[leaf])
                else:
                    return sorted({-killer[leaf] for leaf in leaves})  # an input reaches a leaf of each tree
            if total < row.need:
                return sorted(blame)
        return None

    def refused_model(self, model: Sequence[int]) -> list[int] | None:
        """Return why a complete assignment is not looked for, or None if it is."""
        del model  # the leaves that it breaks are struck out already
        return self.refused()

    def path_of(self, leaves: Sequence[int]) -> set[int]:
        """Return the literals on the paths to some leaves."""
        return {literal for leaf in leaves for literal in self._paths[leaf]}


def _paths(trees: EnsembleArrays) -> tuple[list[tuple[int, ...]], list[list[int]]]:
    """Return the literals on the way to each leaf, and the leaves of each tree."""
    paths: list[tuple[int, ...]] = [()] * trees.n_leaves
    members: list[list[int]] = []
    for root in trees.root.tolist():
        members.append([])
        stack: list[tuple[int, tuple[int, ...]]] = [(root, ())]
        while stack:
            node, path = stack.pop()
            literal = int(trees.literal[node])
            if literal == 0:
                leaf = int(trees.leaf[node])
                paths[leaf] = path
                members[-1].append(leaf)
                continue
            stack.append((int(trees.right[node]), (*path, literal)))
            stack.append((int(trees.left[node]), (*path, -literal)))
    return paths, members


class PropagatorOracle(ForestOracle):
    """Asks CaDiCaL, with the trees as its propagator, for an input outside O that satisfies the kept literals.

    Any votes, sums and regressors. Without a solution S is proved to hold: needs are relaxed by the bound of all
    rounding. A solution counts only if the model's own arithmetic confirms it; else its leaves are barred.

    Parameters
    ----------
    asked : Asked
        The question.
    """

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        clauses, n_vars = domain_clauses(asked.situation.space)
        domain = Cnf.from_clauses(clauses, n_vars)
        self._asked: list[tuple[LeafWatch, PropagatedSession]] = []
        for rows in problems_of(asked.compiled, asked.wanted, EXACT_BITS).problems:
            watch = LeafWatch(asked.compiled.trees, rows)
            self._asked.append((watch, PropagatedSession(domain, watch, watch.observed)))

    def holds(self, kept: int, deadline: Deadline) -> Answer:
        """Ask for each problem in turn; cores of the assumptions join into a core of elements."""
        given = self._literals(kept).tolist()
        needed: set[int] = set()
        for place, (watch, session) in enumerate(self._asked):
            for _ in range(_ROUNDS):
                answer = session.solve(given, deadline)
                if answer.is_unsat:
                    needed |= {abs(literal) - 1 for literal in answer.core or ()}
                    break
                if answer.model is None:
                    return Answer(None)
                truth = models_of_conditions(answer.model, len(self._signed))
                if self._refutes(truth):
                    self._asked.insert(0, self._asked.pop(place))  # what was found is likely again
                    return self._refuted(kept, truth)
                session.add(sorted(-each for each in watch.path_of(self._compiled.trees.leaves_at(truth).tolist())))
            else:
                return Answer(None)
        return Answer(True, core=self._elements(kept, needed))

"""Soft clauses as soft literals, as engines that know nothing else want them."""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.forms import Wcnf


@dataclass(frozen=True, slots=True)
class Units:
    """A formula of hard clauses and soft literals, with the same cost as the one that it was made from.

    Attributes
    ----------
    n_vars : int
        Variables; those of the first formula come first.
    hard : list of list of int
        Hard clauses without repeated literals; none is a tautology.
    soft : dict of int to int
        Weight by the literal that should hold; of a literal and its opposite at most one is here.
    constant : int
        Cost that no model escapes.
    """

    n_vars: int
    hard: list[list[int]]
    soft: dict[int, int]
    constant: int

    @property
    def total(self) -> int:
        """Sum of the weights."""
        return sum(self.soft.values())


def unit_softs(wcnf: Wcnf) -> Units:
    """Return a formula with soft literals only, in time linear in its size.

    A soft clause of several literals gets a fresh variable that tells that it is falsified. What is paid whatever
    the model is, for empty clauses and for opposite literals, is taken out.
    """
    n_vars, constant = wcnf.n_vars, 0
    hard = [clause for clause in map(_plain, wcnf.hard.clauses()) if clause is not None]
    weights: dict[int, int] = {}
    for given, weight in zip(wcnf.soft.clauses(), wcnf.weights.tolist(), strict=True):
        clause = _plain(given)
        if clause is None:
            continue
        if not clause:
            constant += weight
            continue
        literal = clause[0]
        if len(clause) > 1:
            n_vars += 1
            hard.append([*clause, n_vars])
            literal = -n_vars
        weights[literal] = weights.get(literal, 0) + weight
    soft = {}
    for literal, weight in weights.items():
        opposite = weights.get(-literal, 0)
        if literal > 0:
            constant += min(weight, opposite)
        if weight > opposite:
            soft[literal] = weight - opposite
    return Units(n_vars, hard, soft, constant)


def _plain(clause: tuple[int, ...]) -> list[int] | None:
    """Return a clause without repeated literals; None for a tautology."""
    literals = list(dict.fromkeys(clause))
    members = set(literals)
    return None if any(-literal in members for literal in literals) else literals

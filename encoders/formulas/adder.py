"""Weighted sums of literals in clauses, by a network of binary adders (Warners 1998; Eén and Sörensson 2006).

Guaranteed form
---------------
Each new variable is a function of the literals (full equivalences): the models are exactly those of the literals whose
weights sum up to at least the bound. Size: linear in terms times bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Clauses = list[tuple[int, ...]]


def at_least(weights: Mapping[int, int], bound: int, fresh: int) -> tuple[Clauses, int]:
    """Return clauses for "the weights of the true literals sum up to at least the bound".

    Parameters
    ----------
    weights : mapping of int to int
        Literal -> weight, all weights positive.
    bound : int
        Positive.
    fresh : int
        The first variable that is not in use.

    Returns
    -------
    list of tuple of int, int
        The clauses, and the first variable that is not in use then.
    """
    if sum(weights.values()) < bound:
        return [()], fresh
    width = max(bound, sum(weights.values())).bit_length()
    clauses, digits, fresh = _digits(weights, width, fresh)
    for b in range(width):
        if bound >> b & 1:  # this digit, or a higher one that the bound lacks
            higher = [b, *(h for h in range(b + 1, width) if not bound >> h & 1)]
            clauses.append(tuple(digit for h in higher if (digit := digits[h]) is not None))
    return clauses, fresh


def reaches(terms: Iterable[tuple[int, int]], bound: int, fresh: int) -> tuple[Clauses, int | bool, int]:
    """Return a literal that says whether the weights of the true literals sum up to at least the bound.

    Parameters
    ----------
    terms : iterable of (int, int)
        Literals with weights of either sign; a literal may occur again, also negated.
    bound : int
        Of either sign.
    fresh : int
        The first variable that is not in use.

    Returns
    -------
    list of tuple of int, int or bool, int
        The clauses; the literal, or a truth value where all sums say the same; the first variable that is not in use
        then.
    """
    of: dict[int, int] = {}
    for literal, weight in terms:  # the variable alone counts: a negated literal is one minus it
        of[abs(literal)] = of.get(abs(literal), 0) + (weight if literal > 0 else -weight)
        bound -= weight if literal < 0 else 0
    weights = {v if w > 0 else -v: abs(w) for v, w in of.items() if w}
    bound -= sum(w for w in of.values() if w < 0)
    if bound <= 0:
        return [], True, fresh
    total = sum(weights.values())
    if total < bound:
        return [], False, fresh
    clauses, digits, fresh = _digits(weights, total.bit_length(), fresh)
    result: int | bool = True
    for b, digit in enumerate(digits):  # the lower digits decide where this one is the bound's own
        if bound >> b & 1:
            result, added, fresh = _both(result, digit or False, fresh)
        else:
            negated, added, fresh = _both(_not(result), -digit if digit else True, fresh)
            result = _not(negated)
        clauses += added
    return clauses, result, fresh


def _not(literal: int | bool) -> int | bool:
    return not literal if isinstance(literal, bool) else -literal


def _both(one: int | bool, other: int | bool, fresh: int) -> tuple[int | bool, Clauses, int]:
    """Return a literal that says that both are true."""
    if isinstance(one, bool):
        return (other if one else False), [], fresh
    if isinstance(other, bool):
        return (one if other else False), [], fresh
    return fresh, [(-fresh, one), (-fresh, other), (fresh, -one, -other)], fresh + 1


def _digits(weights: Mapping[int, int], width: int, fresh: int) -> tuple[Clauses, list[int | None], int]:
    """Return clauses that add up, and the binary digits of the sum, lowest first (None: always 0)."""
    clauses: Clauses = []
    buckets: list[list[int]] = [[v for v, w in weights.items() if w >> b & 1] for b in range(width + 1)]
    digits: list[int | None] = []
    for b in range(width):
        bucket = buckets[b]
        while len(bucket) > 1:
            inputs = [bucket.pop() for _ in range(min(3, len(bucket)))]
            total, carry = fresh, fresh + 1
            fresh += 2
            clauses += _added(inputs, total, carry)
            bucket.insert(0, total)
            buckets[b + 1].append(carry)
        digits.append(bucket[0] if bucket else None)
    return clauses, digits, fresh


def _added(inputs: list[int], total: int, carry: int) -> Clauses:
    """Return clauses that make two or three literals' sum a digit and a carry."""
    clauses: Clauses = []
    for signs in range(1 << len(inputs)):
        ones = signs.bit_count()
        against = tuple(-v if signs >> i & 1 else v for i, v in enumerate(inputs))
        clauses.append((*against, total if ones % 2 else -total))
        clauses.append((*against, carry if ones > 1 else -carry))
    return clauses

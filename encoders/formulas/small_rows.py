"""Rows of great whole numbers over 0/1 variables as rows of small ones, exactly.

Floating-point solvers take a row for met where it is off by 1e-6, and a variable for whole where it is. Great
coefficients make that a hole: what they let through may be far from the border. In rows made here the sizes of all
coefficients, times 1e-6, add up to less than a quarter, and right sides lie midway between whole numbers: a point that
a solver takes for one meets the row once it is rounded.

Guaranteed form
---------------
``sum a x >= b`` holds for a point iff some values of the new variables meet all rows made for it. A row whose numbers
can be scaled down without an error for any point becomes one row. Else numbers are split into digits, lowest first:
each row passes a carry on to the next one, as binary digits of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import gcd

from ...engine.errors import CapabilityError

Terms = dict[int, int]
SmallRow = tuple[Terms, float]  # coefficients by column; what they sum up to at least, midway between whole numbers

MOST = 249_999  # sum of the sizes of a row's coefficients: times 1e-6 it is below a quarter
_TRIED = 14  # terms whose subsets are all looked at


def small_rows(terms: Mapping[int, int], least: int, add: Callable[[str], int]) -> list[SmallRow]:
    """Return rows for "the sum of positive whole numbers over 0/1 variables is at least `least`".

    Parameters
    ----------
    terms : mapping from int to int
        Coefficients by column, not negative.
    least : int
        The right side.
    add : callable
        Adds a 0/1 variable with a name, and returns its column.

    Raises
    ------
    CapabilityError
        If there are too many terms for any digits.
    """
    wanted = {column: min(value, max(least, 0)) for column, value in terms.items() if value > 0}
    shared = gcd(*wanted.values()) or 1
    wanted = {column: value // shared for column, value in wanted.items()}
    least = -(-least // shared)
    if sum(wanted.values()) <= MOST and abs(least) <= MOST:
        return [(wanted, least - 0.5)]
    if sum(wanted.values()) < least:
        return [(dict.fromkeys(wanted, 1), len(wanted) + 0.5)]  # no point meets it
    scaled = _scaled(wanted, least)
    return _digits(wanted, least, add) if scaled is None else [scaled]


def _scaled(terms: Terms, least: int) -> SmallRow | None:
    """Return one row of rounded numbers that every point meets iff it meets the row; None if none was found."""
    if len(terms) > _TRIED:
        return None
    unit = sum(terms.values()) // (MOST - len(terms)) + 1
    small = {column: (value + unit // 2) // unit for column, value in terms.items()}
    sums = [(0, 0)]
    for column, value in terms.items():
        sums += [(exact + value, rounded + small[column]) for exact, rounded in sums]
    enough = min((rounded for exact, rounded in sums if exact >= least), default=0)
    short = max((rounded for exact, rounded in sums if exact < least), default=-1)
    return (small, enough - 0.5) if short < enough else None


def _digits(terms: Terms, least: int, add: Callable[[str], int]) -> list[SmallRow]:
    """Return a row a digit. A carry counts from -1: a digit may lack what the next one has to give."""
    bits = (len(terms) + 2).bit_length()  # of a carry, which is at most the number of terms, and one more
    width = 1
    while _size(len(terms), width + 1, bits) <= MOST:
        width += 1
    if _size(len(terms), width, bits) > MOST:
        raise CapabilityError(
            f"a sum of {len(terms)} numbers has no program that floating-point solvers answer rightly: use to_wcnf, or "
            "the library's own search"
        )
    base = 1 << width
    rows: list[SmallRow] = []
    carried: Terms = {}
    place = 0
    while least >> place * width >= base or any(value >> place * width >= base for value in terms.values()):
        digit = {column: value >> place * width & base - 1 for column, value in terms.items()}
        carry = {add(f"d{place}_{b}"): 1 << b for b in range(bits)}
        row = digit | carried | {column: -base * value for column, value in carry.items()}
        rows.append(_row(row, (least >> place * width & base - 1) - base + (place > 0)))
        carried = carry
        place += 1
    top = {column: value >> place * width for column, value in terms.items()}
    rows.append(_row(top | carried, (least >> place * width) + (place > 0)))
    return rows


def _size(terms: int, width: int, bits: int) -> int:
    """Return the greatest sum of sizes of a row's coefficients."""
    base, carry = 1 << width, (1 << bits) - 1
    return terms * (base - 1) + carry + base * carry


def _row(terms: Terms, least: int) -> SmallRow:
    return {column: value for column, value in terms.items() if value}, least - 0.5

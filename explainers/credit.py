"""Synthetic credit decisions, for examples: made by a seeded generator, nobody's data."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.given import count_of, seed_of

PURPOSES = ("car", "education", "house", "other")
HOMES = ("owned", "mortgage", "rented")


def synthetic_credit(n_rows: int = 1000, seed: int = 0) -> tuple[Any, Any]:
    """Return made-up credit applications and whether each was granted.

    The numbers are drawn from a seeded generator and a noisy rule of thumb: they are like such data in form (numbers,
    categories, truth values, missing values), and say nothing about anybody.

    Parameters
    ----------
    n_rows : int
        How many applications, at least 1.
    seed : int
        The same seed gives the same rows.

    Returns
    -------
    applications : pandas.DataFrame, shape (n_rows, 9)
        ``age`` (years, int64), ``income`` (a year, float64), ``debt`` (float64), ``amount`` (wanted, float64), ``years
        employed`` (float64, missing for some), ``late payments`` (int64), ``purpose`` and ``home`` (strings),
        ``married`` (bool).
    granted : pandas.Series of str, shape (n_rows,)
        ``"yes"`` or ``"no"``.

    Raises
    ------
    BadInputError
        If `n_rows` or `seed` is no whole number of that kind.
    """
    count_of(n_rows, "n_rows")
    seed_of(seed)
    import pandas

    draw = np.random.default_rng(seed)
    age = draw.integers(19, 76, n_rows)
    income = np.round(draw.lognormal(10.4, 0.45, n_rows), -2)
    employed = np.minimum(age - 18, np.floor(draw.exponential(7.0, n_rows)))
    debt = np.round(income * draw.beta(1.2, 3.0, n_rows), -2)
    amount = np.round(draw.lognormal(9.0, 0.7, n_rows), -2)
    late = draw.poisson(0.7, n_rows)
    purpose = np.array(PURPOSES)[draw.integers(0, len(PURPOSES), n_rows)]
    home = np.array(HOMES)[np.minimum(draw.integers(0, 4, n_rows), 2)]
    married = draw.random(n_rows) < 0.5
    burden = (debt + amount) / income
    score = 1.6 - 2.2 * burden - 0.7 * late + 0.06 * employed + 0.4 * (home == "owned") - 0.3 * (purpose == "other")
    granted = score + draw.normal(0.0, 0.4, n_rows) > 0
    employed[draw.random(n_rows) < 0.05] = np.nan
    table = pandas.DataFrame(
        {
            "age": age, "income": income, "debt": debt, "amount": amount, "years employed": employed,
            "late payments": late, "purpose": purpose, "home": home, "married": married,
        }
    )  # fmt: skip
    return table, pandas.Series(np.where(granted, "yes", "no"), name="granted")

"""Distributions over the cells of a space, as whole numbers.

Guaranteed form
---------------
A **product** gives each cell of each attribute a mass, a whole number; the chance of a tuple of cells is the product of
the masses, divided by that of their sums. A **distribution** is a mixture of products with exact weights. Inputs that
break a clause of the user have no mass; what is told is conditioned on the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import prod

import numpy as np

from .._native import CellMasses
from ..arrays import F64, I32
from ..domain.attributes import Attribute, options_of
from ..domain.masks import masks_of_rows
from ..domain.space import Space
from ..domain.theory import Kind
from ..errors import TheoryError

_LIMB = 32  # bits
Masses = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class Product:
    """Independent attributes.

    Attributes
    ----------
    masses : tuple of tuples of int
        The mass of each cell of each attribute; each attribute has some.
    weight : Fraction
        Its share in a mixture.
    """

    masses: Masses
    weight: Fraction = field(default=Fraction(1))

    @cached_property
    def totals(self) -> tuple[int, ...]:
        """The sum of the masses of each attribute."""
        return tuple(map(sum, self.masses))

    @cached_property
    def core(self) -> CellMasses:
        """The masses as the core takes them."""
        flat = [mass for cells in self.masses for mass in cells]
        limbs = max([1, *((mass.bit_length() + _LIMB - 1) // _LIMB for mass in flat)])
        told = b"".join(mass.to_bytes(4 * limbs, "little") for mass in flat)
        at = np.concatenate([[0], np.cumsum([len(cells) for cells in self.masses])]).astype(np.int64)
        return CellMasses(np.frombuffer(told, dtype="<u4").astype(np.uint32).reshape(len(flat), limbs), at)

    def chance(self, allowed: Sequence[Sequence[int]]) -> Fraction:
        """Return the chance of a box, given by the allowed cells of each attribute."""
        above = prod(sum(cells[c] for c in mine) for cells, mine in zip(self.masses, allowed, strict=True))
        return Fraction(above, prod(self.totals))


@dataclass(frozen=True, eq=False)
class Distribution:
    """A mixture of products, and what it is called.

    Attributes
    ----------
    name : str
        What answers name.
    parts : tuple of Product
        Their weights add up to 1.
    """

    name: str
    parts: tuple[Product, ...]


def uniform(space: Space) -> Masses:
    """Return one mass for every cell."""
    return tuple((1,) * attribute.n_cells for attribute in space.attributes)


def cells_of_rows(space: Space, rows: F64) -> I32:
    """Return the cell of each attribute for each row (as the model reads it), shape (m, n_attributes).

    Raises
    ------
    TheoryError
        If a row is outside the domain; it names the row.
    """
    out = np.zeros((len(rows), len(space.attributes)), np.int32)
    truth = np.array([space.truth(row) for row in rows], np.bool_).reshape(len(rows), len(space.vocabulary))
    for number, attribute in enumerate(space.attributes):
        own = truth[:, attribute.variables]
        first: dict[bytes, int] = {}  # the first row of each pattern: hashing is far quicker than sorting them
        alike = [first.setdefault(bits.tobytes(), row) for row, bits in enumerate(np.packbits(own, axis=1))]
        masks = masks_of_rows(own[list(first.values())])
        cell = {row: attribute.cell_of.get(mask, -1) for row, mask in zip(first.values(), masks, strict=True)}
        if -1 in cell.values():
            row = next(row for row, found in cell.items() if found < 0)
            raise TheoryError(
                f"row {row} of data is outside the domain: no value of feature "
                f"{space.features[attribute.feature].name!r} that its type allows answers its tests this way; "
                "leave such rows out, or declare the feature otherwise"
            )
        out[:, number] = [cell[row] for row in alike]
    return out


def counted(space: Space, rows: F64, cells: I32) -> Masses:
    """Return the product of the columns' own masses in some rows, conditioned on what their features are.

    A column counts how many rows have each of its cells. The columns of a one-hot group are taken for independent as
    well, and of what they say together the domain keeps one 1 (none, where that is allowed).
    """
    found = []
    for number, attribute in enumerate(space.attributes):
        feature = space.features[attribute.feature]
        if space.theory is not None and feature.kind is Kind.ONE_HOT:
            found.append(_of_group(space, attribute, rows))
        else:
            found.append(tuple(np.bincount(cells[:, number], minlength=attribute.n_cells).tolist()))
    return tuple(found)


def group_options(space: Space, attribute: Attribute) -> tuple[F64, list[int]]:
    """Return what the columns of a listed feature can be together, one row an option, and the cell of each."""
    feature = space.features[attribute.feature]
    options = options_of(feature)
    if space.theory is not None and space.theory.missing & set(feature.columns):
        options = np.vstack([options, np.full((1, options.shape[1]), np.nan)])
    place = {column: i for i, column in enumerate(feature.columns)}
    conditions = [space.vocabulary.conditions[v] for v in attribute.variables]
    truth = np.array([c.true_at(options[:, place[c.feature]]) for c in conditions], dtype=np.bool_)
    masks = masks_of_rows(truth.reshape(len(conditions), len(options)).T)
    return options, [attribute.cell_of[mask] for mask in masks]


def _of_group(space: Space, attribute: Attribute, rows: F64) -> tuple[int, ...]:
    columns = list(space.features[attribute.feature].columns)
    options, cell_of = group_options(space, attribute)
    counts: list[dict[float, int]] = []
    for place, column in enumerate(columns):
        values = rows[:, column]
        known = np.unique(options[:, place][~np.isnan(options[:, place])]).tolist()
        counts.append({value: int((values == value).sum()) for value in known})
        counts[-1][_MISSING] = int(np.isnan(values).sum())
    out = [0] * attribute.n_cells
    for option, cell in zip(options.tolist(), cell_of, strict=True):
        keys = (_MISSING if value != value else value for value in option)  # noqa: PLR0124  # NaN is not itself
        out[cell] += prod(count[key] for count, key in zip(counts, keys, strict=True))
    return tuple(out)


_MISSING = -1.0  # in place of NaN, as a key

"""The domain of a model as a product of attributes, in flat arrays.

Guaranteed form
---------------
Elements are what a reason can be made of at the literal level. An interval attribute has one element a cut: at an
instance in cell c, the element of cut p is the literal "above p" if c > p, else "not above p". Any other attribute
has one element a condition. ``element_base[a]`` is the first element of attribute a; the elements of an attribute are
contiguous.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import _native
from ..errors import TheoryError
from .attributes import Attribute, boolean_attribute, check_values, finite_attribute, numeric_attribute
from .conditions import Operator
from .masks import mask_of_bools
from .theory import Feature, Kind, Theory
from .vocabulary import Vocabulary

_CODES = {op: code for code, op in enumerate(Operator)}


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """A vocabulary together with what is known about its features.

    Attributes
    ----------
    vocabulary : Vocabulary
        The conditions.
    features : tuple of Feature
        Features in the user's sense.
    theory : Theory or None
        ``None``: conditions are free Booleans.
    attributes : tuple of Attribute
        Factors of the domain; only features that are tested have one.
    attribute_of : ndarray of int32, shape (n,)
        Attribute of each condition.
    element_base : ndarray of int64, shape (n_attributes + 1,)
        First element of each attribute.
    element_literal : ndarray of int32, shape (n_elements,)
        For the cut of an interval attribute the literal (of the lowest number) that says "above"; else the variable.
    element_attribute : ndarray of int32, shape (n_elements,)
        Attribute of each element.
    interval : ndarray of bool, shape (n_attributes,)
        Which attributes are described by cuts.
    codes : Conditions
        The conditions as the core has them.
    core : Space
        The factored domain as the core has it.
    typed : tuple of Feature
        The features that do not take every number.
    bits : ndarray of intp
        The columns of those of them that are 0 or 1.
    """

    vocabulary: Vocabulary
    features: tuple[Feature, ...]
    theory: Theory | None
    attributes: tuple[Attribute, ...]
    attribute_of: NDArray[np.int32]
    element_base: NDArray[np.int64]
    element_literal: NDArray[np.int32]
    element_attribute: NDArray[np.int32]
    interval: NDArray[np.bool_]
    codes: _native.Conditions
    core: _native.Space
    typed: tuple[Feature, ...]
    bits: NDArray[np.intp]

    @property
    def all_interval(self) -> bool:
        """Whether every attribute is described by cuts."""
        return self.core.all_interval

    def place(self, row: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.int32]]:
        """Return the truth of all conditions on one row (already read in the model's precision), and its cells.

        Raises
        ------
        TheoryError
            If no cell has these truth values.
        """
        truth, cells = self.core.place(np.ascontiguousarray(row, np.float64))
        return truth, cells if self.all_interval else self._listed_cells(truth, cells)

    def truth(self, row: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Evaluate all conditions on one row (already read in the model's precision)."""
        return self.core.truth(np.ascontiguousarray(row, np.float64))

    def locate(self, truth: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return the cell of each attribute for a vector of truth values.

        Raises
        ------
        TheoryError
            If no cell has these truth values.
        """
        cells = self.core.cells(np.ascontiguousarray(truth, np.bool_))
        return cells if self.all_interval else self._listed_cells(truth, cells)

    def _listed_cells(self, truth: NDArray[np.bool_], cells: NDArray[np.int32]) -> NDArray[np.int32]:
        """Fill in the cells of the attributes that cuts do not describe."""
        for index in np.nonzero(~self.interval)[0].tolist():
            attribute = self.attributes[index]
            cell = attribute.cell_of.get(mask_of_bools(truth[attribute.variables]))
            if cell is None:
                name = self.features[attribute.feature].name
                raise TheoryError(f"no value of feature {name!r} that its type allows answers its tests this way")
            cells[index] = cell
        return cells

    def check_row(self, row: NDArray[np.float64], known: frozenset[int] | None = None) -> None:
        """Raise TheoryError if a row is outside the declared types (with `known`: in the features of these columns)."""
        if self.theory is None:
            return
        own = row[self.bits]
        right = bool(((own == 0.0) | (own == 1.0)).all())  # what most wide rows are: nothing is told of each of them
        for feature in self.typed:
            if right and feature.kind is Kind.BINARY:
                continue
            if known is None or known.issuperset(feature.columns):
                reading = self.vocabulary.reading_of(feature.columns[0])
                check_values(feature, row, self.vocabulary.names, self.theory.missing, reading)

    def literals(self, truth: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return U: the signed literals that are true, shape (n,)."""
        numbers = np.arange(1, len(truth) + 1, dtype=np.int32)
        return np.where(truth, numbers, -numbers)

    def feature_of(self, literal: int) -> int:
        """Return the index of the feature that a literal speaks of."""
        return self.attributes[int(self.attribute_of[abs(literal) - 1])].feature


def build_space(vocabulary: Vocabulary, features: tuple[Feature, ...], theory: Theory | None) -> Space:
    """Factor the domain of a vocabulary into attributes.

    Parameters
    ----------
    vocabulary : Vocabulary
        The conditions of a model.
    features : tuple of Feature
        All features; each column belongs to one of them.
    theory : Theory or None
        Domain knowledge; ``None`` makes every condition a free Boolean.
    """
    owner = {column: index for index, feature in enumerate(features) for column in feature.columns}
    conditions = vocabulary.conditions
    feature_of = np.array([owner[c.feature] for c in conditions], dtype=np.int32)
    attributes: list[Attribute] = []
    if theory is None:
        attributes = [boolean_attribute(int(feature_of[v]), v) for v in range(len(conditions))]
    else:
        for index in dict.fromkeys(feature_of.tolist()):
            variables = np.nonzero(feature_of == index)[0].astype(np.int32)
            attributes.append(_attribute(index, features[index], variables, vocabulary, theory))
    attribute_of = np.zeros(len(conditions), dtype=np.int32)
    for number, attribute in enumerate(attributes):
        attribute_of[attribute.variables] = number
    base, literal, owner_attribute = _elements(attributes)
    codes = _native.Conditions(
        np.array([c.feature for c in conditions], dtype=np.int32),
        np.array([_CODES[c.operator] for c in conditions], dtype=np.int8),
        np.array([c.threshold for c in conditions], dtype=np.float64),
        np.array([c.missing for c in conditions], dtype=np.bool_),
    )
    interval = np.array([a.interval for a in attributes], dtype=np.bool_)
    feature = np.array([a.feature for a in attributes], dtype=np.int32)
    element = _element_of_each(attributes, base, len(conditions))
    core = _native.Space(
        codes, base, literal, owner_attribute, interval, feature, element, len(features), chained=theory is not None
    )
    typed = tuple(feature for feature in features if not feature.anything)
    bits = np.array([feature.columns[0] for feature in typed if feature.kind is Kind.BINARY], np.intp)
    return Space(
        vocabulary, features, theory, tuple(attributes), attribute_of, base, literal, owner_attribute, interval, codes,
        core, typed, bits,
    )  # fmt: skip


def _attribute(
    index: int, feature: Feature, variables: NDArray[np.int32], vocabulary: Vocabulary, theory: Theory
) -> Attribute:
    missing = bool(theory.missing & set(feature.columns))
    if feature.kind in (Kind.NUMERICAL, Kind.INTEGER):
        reading = vocabulary.reading_of(feature.columns[0])
        return numeric_attribute(index, feature, variables, vocabulary.conditions, reading, missing)
    return finite_attribute(index, feature, variables, vocabulary.conditions, missing)


def _elements(
    attributes: list[Attribute],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    base = [0]
    literals: list[NDArray[np.int32]] = []
    for attribute in attributes:
        if attribute.interval:
            above = np.zeros(attribute.n_cells - 1, dtype=np.int32)
            for i in range(len(attribute.variables) - 1, -1, -1):  # the lowest number is written last and stays
                if attribute.cut[i] >= 0:
                    number = attribute.variables[i] + 1
                    above[attribute.cut[i]] = number if attribute.rising[i] else -number
            literals.append(above)
        else:
            literals.append(attribute.variables + np.int32(1))
        base.append(base[-1] + len(literals[-1]))
    flat = np.concatenate(literals).astype(np.int32) if literals else np.zeros(0, np.int32)
    owners = np.repeat(np.arange(len(attributes), dtype=np.int32), np.diff(base))
    return np.array(base, dtype=np.int64), flat, owners


def _element_of_each(attributes: list[Attribute], base: NDArray[np.int64], n: int) -> NDArray[np.int32]:
    """Return the element of each condition, -1 for constants."""
    element = np.full(n, -1, dtype=np.int32)
    for a, attribute in enumerate(attributes):
        if attribute.interval:
            element[attribute.variables] = np.where(attribute.cut >= 0, base[a] + attribute.cut, -1)
        else:
            element[attribute.variables] = base[a] + np.arange(len(attribute.variables))
    return element

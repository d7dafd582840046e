"""The categories of an explainable boosting machine: texts, to which it turns whatever a row holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.errors import BadInputError
from ..assembly.assemble import Categories
from ..columns.coded_columns import OTHER, CodeColumn
from ..columns.missing import is_missing


@dataclass(frozen=True, slots=True)
class Nominal(Categories):
    """A column of categories, with one for all values that were not seen in training.

    Attributes
    ----------
    texts : tuple of str
        The listed categories as the model has them.
    """

    texts: tuple[str, ...] = ()

    def column(self) -> CodeColumn:
        """Return the codes of the tokens."""
        codes = {text: code for code, text in enumerate(self.texts)}
        labels = (*self.tokens[:-1], OTHER)
        return Texts(self.tokens, labels, codes, len(self.texts), np.nan)


class Texts(CodeColumn):
    """Values are told apart by the text that interpret makes of them."""

    __slots__ = ()

    def code_of(self, value: Any, name: str, row: int, missing: bool) -> float:
        """Return the code of a user's value, NaN for a missing one."""
        if not is_missing(value):
            if isinstance(value, (bool, np.bool_)) and not self.codes.keys() <= {"0", "1"}:
                raise BadInputError(
                    f"feature {name!r} is {value!r} in row {row}: interpret reads a truth value among texts as 'True' "
                    "or 'False', and alone as '1' or '0'; write the text that is meant"
                )
            value = text_of(value)
        return CodeColumn.code_of(self, value, name, row, missing)


def nominal(levels: Sequence[Mapping[str, int]]) -> Nominal:
    """Return the categories of a column: those of all its levels of bins."""
    texts = tuple(dict.fromkeys(text for bins in levels for text in bins))
    tokens = _tokens(texts)
    return Nominal(tokens, np.arange(len(tokens), dtype=np.float64), other=True, texts=texts)


def text_of(value: Any) -> Any:
    """Return the text that interpret makes of a value that is not missing: whole numbers lose their ``.0``."""
    if isinstance(value, (bool, np.bool_)):
        return "1" if value else "0"
    if isinstance(value, (float, np.floating)):
        text = str((np.array([value], np.float64) + 0.0).astype(np.str_)[0])
        return text[:-2] if text.endswith(".0") else text
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    return str(value) if isinstance(value, str) else value


def _tokens(texts: tuple[str, ...]) -> tuple[Any, ...]:
    """Return what a row may hold for each text, and for a category that is not listed: numbers if all are numbers."""
    numbers = [_number(text) for text in texts]
    if texts and all(number is not None for number in numbers):
        other = int(max(float(number) for number in numbers if number is not None)) + 1
        kind = int if all(isinstance(number, int) for number in numbers) else float
        return (*(kind(number) for number in numbers if number is not None), kind(other))
    other_text = OTHER
    while other_text in texts:
        other_text += "'"
    return (*texts, other_text)


def _number(text: str) -> int | float | None:
    """Return the number whose text is `text`; None if there is none, or it is too large to be told apart."""
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if text_of(number) == text and abs(number) < 2.0**50:
            return number
    return None

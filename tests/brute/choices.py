"""One way to choose at random for property tests (hypothesis) and for long runs (a seeded generator)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st


class UnusableError(Exception):
    """A random case that is not asked about."""


class Choices(Protocol):
    """What a generator of cases asks for."""

    def one_of(self, items: Sequence[Any]) -> Any:
        """One of the items."""

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""

    def coin(self) -> bool:
        """True or false."""

    def some(self, items: Sequence[Any], least: int, most: int) -> list[Any]:
        """A few distinct items."""

    def need(self, condition: bool) -> None:
        """Give the case up unless the condition is true."""


class Drawn:
    """Choices by hypothesis, which shrinks them."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw

    def one_of(self, items: Sequence[Any]) -> Any:
        return self._draw(st.sampled_from(list(items)))

    def whole(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def coin(self) -> bool:
        return self._draw(st.booleans())

    def some(self, items: Sequence[Any], least: int, most: int) -> list[Any]:
        most = min(most, len(items))
        return self._draw(st.lists(st.sampled_from(list(items)), min_size=least, max_size=most, unique=True))

    def need(self, condition: bool) -> None:
        assume(condition)


class Seeded:
    """Choices by a seeded generator."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def one_of(self, items: Sequence[Any]) -> Any:
        return items[int(self._rng.integers(len(items)))]

    def whole(self, low: int, high: int) -> int:
        return int(self._rng.integers(low, high + 1))

    def coin(self) -> bool:
        return bool(self._rng.integers(2))

    def some(self, items: Sequence[Any], least: int, most: int) -> list[Any]:
        size = self.whole(least, min(most, len(items)))
        return [items[int(i)] for i in self._rng.permutation(len(items))[:size]]

    def need(self, condition: bool) -> None:
        if not condition:
            raise UnusableError

"""Spellings of published scripts, as types: each is what its query is.

The table ``PUBLISHED`` makes them answer; a spelling that is new there needs a property here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    T_co = TypeVar("T_co", covariant=True)

    class _Sufficient(Protocol[T_co]):
        @property
        def preferred_sufficient_reason(self) -> T_co: ...

    class _Majoritary(Protocol[T_co]):
        @property
        def preferred_majoritary_reason(self) -> T_co: ...

    class _PerLiteral(Protocol[T_co]):
        @property
        def n_sufficient_reasons_per_literal(self) -> T_co: ...

    class _Implicants(Protocol[T_co]):
        @property
        def is_implicant(self) -> T_co: ...


class Published:
    """Published spellings of queries, for explainers that have the queries."""

    if TYPE_CHECKING:

        @property
        def prefered_sufficient_reason(self: _Sufficient[T_co]) -> T_co: ...

        @property
        def prefered_majoritary_reason(self: _Majoritary[T_co]) -> T_co: ...

        @property
        def n_sufficient_reasons_per_attribute(self: _PerLiteral[T_co]) -> T_co: ...

        @property
        def is_implicant_BT(self: _Implicants[T_co]) -> T_co: ...  # noqa: N802  # its published name

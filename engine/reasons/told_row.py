"""A row as reasons and checks tell it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from numpy.typing import NDArray


class ToldRow(Protocol):
    """One row in the user's own columns and types: ``suffice.Row``, of which encoders know how it is made."""

    @property
    def names(self) -> tuple[str, ...]:
        """The model's columns."""

    @property
    def values(self) -> tuple[Any, ...]:
        """The value of each column, of the user's own type."""

    @property
    def changed(self) -> tuple[str, ...]:
        """Columns that differ from the instance's."""

    @property
    def note(self) -> str:
        """What has to be known of how it was read."""

    @property
    def row(self) -> Any:
        """The row as the model's ``predict`` takes it."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Any]: ...

    def __getitem__(self, index: Any) -> Any: ...

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]: ...

    def tolist(self) -> list[Any]:
        """Return the values as Python's own."""

    def to_dict(self) -> dict[str, Any]:
        """Return name -> value, as Python's own."""

    def to_form(self) -> dict[str, Any]:
        """Return everything as JSON has it, see ``written``."""

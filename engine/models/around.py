"""What makes the forms of a model whose columns belong to one instance: of texts, whose words are its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..arrays import F64
from ..errors import UnsupportedModelError


class Around(Protocol):
    """Forms of a model around its instances.

    A compiled form that has one holds for the rows around one instance alone: another instance gets another form.

    """

    @property
    def model(self) -> Any:
        """The model that the forms are of."""

    @property
    def clauses(self) -> tuple[tuple[int, ...], ...]:
        """What always holds of the literals of this form."""

    @property
    def text(self) -> str:
        """The instance of this form."""

    @property
    def words(self) -> Mapping[str, tuple[int, float]]:
        """The words that may come, and how often each may occur, at least and at most."""

    @property
    def free(self) -> bool:
        """Whether rows are allowed that no text has."""

    @property
    def domain(self) -> str:
        """What the form says of all rows of, in words."""

    def texts(self, rows: Any) -> list[str]:
        """Return texts as users give them; raises BadInputError for what is none."""

    def near(self, text: str | None) -> Any:
        """Return the form around a text; around none for ``None``."""

    def declare(self, types: Any) -> Any:
        """Return the form around none in which other words may come."""

    def open_to(self, words: Mapping[str, tuple[int, float]]) -> Any:
        """Return the form around none in which these words may come, see ``words``."""

    def stand_for(self, model: Any) -> Around:
        """Return the same for another model that predicts the same."""

    def write(self, row: F64) -> str | None:
        """Return a text that the form reads as a row; None if there is none."""


def around_of(form: Any) -> Around | None:
    """Return what makes the forms around other instances; None for a form that holds for all rows."""
    around: Around | None = getattr(form, "around", None)
    return around


def near(form: Any, text: str | None) -> Any:
    """Return the form of a model around a text.

    Raises
    ------
    UnsupportedModelError
        If its form was changed (by a rule), or stands for another model: the form of a text would not know of it.
    """
    around = around_of(form)
    assert around is not None
    if around.model is not form.source:
        raise UnsupportedModelError(
            "each text has a form of its own, which knows nothing of this change of the model: explain the pipeline "
            "itself, or make the change in the step after its vectorizer"
        )
    return around.near(text)

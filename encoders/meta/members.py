"""What is told of a model by the models in it: their columns, and how they read rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ...engine.errors import UnsupportedModelError
from ...engine.models.around import around_of
from ..catalog import Found, find
from ..columns.row_dtypes import dtypes_of_all
from ..encoder import Dtypes, Names, Traits
from .nesting import last_of


@dataclass(frozen=True, slots=True)
class Members:
    """The functions of an encoder that its models' members answer.

    Attributes
    ----------
    of : callable
        Model -> the models in it, over the same columns.
    """

    of: Callable[[Any], Sequence[Any]]

    def found(self, model: Any) -> list[Found]:
        """Return the members with their encoders."""
        return [find(member) for member in self.of(model)]

    def column_names(self, model: Any) -> Names:
        """Return the names of the columns."""
        found = self.found(model)
        return self.own_names(model) or found[0].column_names()

    def own_names(self, model: Any) -> Names | None:
        """Return the names that the model was fitted with, None if it had none.

        Some give their members bare rows (``SelfTrainingClassifier``), and keep the names themselves.
        """
        names = (found.own_names() for found in self.found(model))
        own = getattr(model, "feature_names_in_", None)
        kept = None if own is None else tuple(str(name) for name in own)
        return next((told for told in names if told is not None), kept)

    def takes_missing(self, model: Any) -> bool:
        """Tell whether all members take missing values."""
        return all(found.takes_missing for found in self.found(model))

    def takes_types(self, model: Any) -> bool:
        """Tell whether a compiled form depends on what the columns are declared to be."""
        return any(found.takes_types for found in self.found(model))

    def absent(self, model: Any) -> float | None:
        """Return what is read for the entries that a sparse matrix leaves out; ``None`` where members differ."""
        told = {str(found.absent): found.absent for found in self.found(model)}
        return next(iter(told.values())) if len(told) == 1 else None

    def categories(self, model: Any) -> Mapping[int, Any]:
        """Return the columns of categories."""
        told: dict[int, Any] = {}
        for found in self.found(model):
            told |= {c: known for c, known in found.traits.categories(found.model).items() if c not in told}
        return told

    def dtypes_reader(self, model: Any, names: Names) -> Callable[[Any], Dtypes | None]:
        """Return what tells the dtypes of rows in which members calculate."""
        found = [one for one in self.found(model) if one.traits.dtypes_reader is not None]
        readers = [one.traits.dtypes_reader(one.model, names) for one in found if one.traits.dtypes_reader is not None]
        return partial(dtypes_of_all, tuple(readers))

    def inside(self, model: Any) -> Any:
        """Return the member that reads the rows."""
        return self.of(model)[0]

    def traits(self, **others: Any) -> Traits:
        """Return the traits of an encoder, those that members tell and `others`."""
        return Traits(
            **{
                "own_names": self.own_names, "takes_types": self.takes_types, "absent": self.absent,
                "categories": self.categories, "dtypes_reader": self.dtypes_reader, "inside": self.inside, **others,
            }
        )  # fmt: skip


def check_no_texts(compiled: Any, model: Any) -> None:
    """Raise UnsupportedModelError if a member reads texts: each text has a form of its own."""
    if around_of(compiled) is not None:
        raise UnsupportedModelError(
            f"{type(last_of(model)).__name__} asks a pipeline that reads texts, whose form depends on the text: hand "
            "over that pipeline, or a search over it"
        )

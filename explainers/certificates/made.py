"""A model that the checker makes of the one in a file, with more labels or columns than that has."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ...engine.models.ensembles import EnsembleArrays
from .subject import Subject, whole


@dataclass(frozen=True, eq=False)
class MadeSubject(Subject):
    """What is made of a model; files have the numbers of that model alone.

    Attributes
    ----------
    single : Subject
        The model.
    """

    single: Subject = field(kw_only=True)

    def made(self, head: dict[str, Any], arrays: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the text and the numbers that the checker makes of those of the model."""
        raise NotImplementedError

    @cached_property
    def _made(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.made(self.single.head, {name: whole(array) for name, array in self.single.arrays.items()})

    @property
    def written(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The text and the numbers of the model alone."""
        return self.single.written

    @property
    def head(self) -> dict[str, Any]:
        """The text part of what is made."""
        return self._made[0]

    @property
    def arrays(self) -> dict[str, Any]:
        """The numbers of what is made."""
        return self._made[1]

    @property
    def labels(self) -> list[dict[str, Any]]:
        """How each label is decided."""
        labels: list[dict[str, Any]] = self.head["model"]["labels"]
        return labels

    @cached_property
    def trees(self) -> EnsembleArrays:
        """The trees."""
        nodes = {name: self.arrays[f"tree_{name}"] for name in ("root", "literal", "left", "right", "leaf")}
        return replace(
            self.single.trees, **{name: column.astype(np.int32) for name, column in nodes.items()},
            values=self.arrays["leaf_values"], base=self.arrays["base"],
        )  # fmt: skip

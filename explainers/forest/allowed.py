"""The box in which a forest looks for changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...engine._native import Outer
from ...engine.ensembles.views.literals import outer_box
from ..queries.changes import limits_of

if TYPE_CHECKING:
    from .core import ForestCore


def outer_of(answers: ForestCore, immutable: Iterable[Any], monotone: Mapping[Any, Any] | None) -> Outer:
    """Return the box of what may change, see ``limits_of``."""
    limits = limits_of(answers.session, immutable, monotone)
    fixed = answers.attributes_of(limits.still)
    return outer_box(answers.layout, answers.session.here.cells, fixed, limits.up, limits.down)

"""The usual instance: an array of finite floats, which takes one call of the core.

An instance passes many checks, which say nothing new of the next array of the same dtype: it is of the same kind, read
in the same way, in the same domain. Once one was set with all that there is to see to, others are only rounded and
placed; what is told of them is made when it is looked at. Whatever is not as it was then takes the long way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...encoders.columns.given import Given
from ...encoders.columns.row_kind import RowKind
from ...engine._native import take
from ...engine.domain.conditions import Reading
from ...engine.domain.instance import Situation
from ...engine.domain.space import Space
from ...engine.models import CompiledModel, CompiledTree
from .witness import Teller

if TYPE_CHECKING:
    from .session import BaseExplainer


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """How arrays of one dtype become instances, in one form and domain.

    Attributes
    ----------
    compiled, space
        The form and the domain.
    told : RowKind or None
        What the background says of rows.
    kind : RowKind
        The kind of these arrays.
    dtype : dtype
        Their dtype: float64 or float32 of the machine's own.
    width : int
        How many columns they have.
    single : bool
        Whether the model rounds numbers to float32.
    """

    compiled: CompiledModel
    space: Space
    told: RowKind | None
    kind: RowKind
    dtype: np.dtype[Any]
    width: int
    single: bool

    def holds(self, explainer: BaseExplainer) -> bool:
        """Tell whether an explainer is what it was when this was made."""
        now = explainer._compiled is self.compiled and explainer._space is self.space
        return now and explainer._instances.told is self.told


def usual_of(explainer: BaseExplainer, instance: Any) -> Usual | None:
    """Return how arrays like an instance that was just set become instances; None where more is to be seen to."""
    compiled, space = explainer._compiled, explainer._space
    if type(instance) is not np.ndarray or not isinstance(compiled, CompiledTree) or not compiled.rounded:
        return None
    vocabulary, kind = compiled.vocabulary, explainer._instances.kind_of(instance)
    rounding = vocabulary.reading in (Reading.FLOAT32, Reading.FLOAT64) and not vocabulary.own_readings
    theory = space.theory is not None and bool(space.typed or explainer._clauses or explainer._groups)
    told = explainer._around
    if not rounding or theory or not space.all_interval or told is None or told.note or told.kind is not kind:
        return None
    if explainer._guard is not None and not explainer._guard.knows(compiled, kind):
        return None
    single = vocabulary.reading is Reading.FLOAT32
    return Usual(compiled, space, explainer._instances.told, kind, instance.dtype, len(vocabulary.names), single)


def set_usual(explainer: BaseExplainer, instance: Any) -> bool:
    """Set an instance if it is a usual one, in the thread that made the explainer; else do nothing, and say so."""
    usual, rooms = explainer._usual, explainer._rooms
    if usual is None or type(instance) is not np.ndarray or instance.dtype is not usual.dtype:
        return False
    if rooms is None or not rooms.mine.at_home:
        return False
    gate = explainer._gate
    with gate.lock:
        if gate.busy or not usual.holds(explainer):
            return False
        watch = explainer._instances.watch
        watch.check()
        placed = take(usual.space.core, instance, usual.width, usual.single)
        if placed is None:
            return False
        around = Teller(usual.compiled, usual.kind, Given(usual.kind, instance.flatten()), "", watch)
        situation = Situation.of(usual.space, placed)
        rooms.write(explainer, {"_read_row": placed, "_situation": situation, "_around": around, "_cache": {}})
    return True

"""The usual instance: an array of finite floats, which takes one call of the core.

An instance passes many checks, which say nothing new of the next array of the same dtype: it is of the same kind, read
in the same way, in the same domain. Once one was set with all that there is to see to, others are only rounded and
placed; what is told of them is made when it is looked at. Whatever is not as it was then takes the long way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...encoders.columns.given import Given
from ...encoders.columns.row_kind import RowKind
from ...encoders.fingerprint import Watch
from ...engine import _native
from ...engine._native import take
from ...engine.domain.conditions import Reading
from ...engine.domain.instance import Situation
from ...engine.domain.space import Space
from ...engine.models import CompiledModel, CompiledTree
from .witness import Teller

if TYPE_CHECKING:
    from .rooms import Rooms
    from .session import Session


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """How arrays of one dtype become instances, in one form and domain.

    Attributes
    ----------
    compiled, space, core
        The form and the domain, also as the core has it.
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
    core: _native.Space
    told: RowKind | None
    kind: RowKind
    dtype: np.dtype[Any]
    width: int
    single: bool


class UsualTeller(Teller):
    """Tells rows around an array of its own."""

    __slots__ = ("_array", "_given")

    def __init__(self, compiled: CompiledModel, kind: RowKind, array: NDArray[Any], watch: Watch) -> None:
        self.compiled, self.kind, self.note, self._watch = compiled, kind, "", watch
        self.knows_own = True
        self._array = array
        self._given: Given | None = None

    @property
    def given(self) -> Given:  # type: ignore[override]  # made when it is looked at
        """The instance as it was given."""
        if self._given is None:
            self._given = Given(self.kind, self._array)
        return self._given


def usual_of(session: Session[Any], instance: Any) -> Usual | None:
    """Return how arrays like an instance that was just set become instances; None where more is to be seen to."""
    compiled, space = session.compiled, session.space
    if type(instance) is not np.ndarray or not isinstance(compiled, CompiledTree) or not compiled.rounded:
        return None
    vocabulary, kind = compiled.vocabulary, session.instances.kind_of(instance)
    rounding = vocabulary.reading in (Reading.FLOAT32, Reading.FLOAT64) and not vocabulary.own_readings
    theory = space.theory is not None and bool(space.typed or session.clauses or session.groups)
    around = session.around
    if not rounding or theory or not space.all_interval or around is None or around.note or around.kind is not kind:
        return None
    if session.guard is not None and not session.guard.knows(compiled, kind):
        return None
    told, width, single = session.instances.told, len(vocabulary.names), vocabulary.reading is Reading.FLOAT32
    return Usual(compiled, space, space.core, told, kind, instance.dtype, width, single)


def set_usual(session: Session[Any], rooms: Rooms | None, instance: Any) -> bool:
    """Set an instance if it is a usual one, in the thread that made the explainer; else do nothing, and say so."""
    usual = session.usual
    if usual is None or type(instance) is not np.ndarray or instance.dtype is not usual.dtype:
        return False
    if rooms is None or not rooms.mine.at_home:
        return False
    gate, instances = session.gate, session.instances
    with gate.lock:
        if gate.inside or gate.switching or session.compiled is not usual.compiled:
            return False
        if session.space is not usual.space or instances.told is not usual.told:
            return False
        instances.watch.check()
        placed = take(usual.core, instance, usual.width, usual.single)
        if placed is None:
            return False
        around = UsualTeller(usual.compiled, usual.kind, instance.flatten(), instances.watch)
        situation = Situation.of(usual.space, placed)
        news = {"read_row": placed, "situation": situation, "around": around, "cache": {}}
        with rooms.changing:
            rooms.version += 1
            session.__dict__.update(news)  # in one step, which no signal interrupts
    return True

"""Reasons and results, and how they are shown."""

from .checks import Check, Counted
from .none_in_time import Answered, NoneInTime
from .precision import Precision
from .proof import Proof
from .reasons import Reason, Reasons, _restore
from .stream import ReasonStream

__all__ = [
    "Answered", "Check", "Counted", "NoneInTime", "Precision", "Proof", "Reason", "ReasonStream", "Reasons", "_restore",
]  # fmt: skip

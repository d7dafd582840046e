"""Reasons and results, and how they are shown."""

from .none_in_time import Answered, NoneInTime
from .proof import Proof
from .reasons import Check, Counted, Reason, Reasons, ReasonStream, _restore

__all__ = ["Answered", "Check", "Counted", "NoneInTime", "Proof", "Reason", "ReasonStream", "Reasons", "_restore"]

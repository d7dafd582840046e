"""Reasons and results, and how they are shown."""

from .proof import Proof
from .reasons import Check, Counted, NoneInTime, Reason, Reasons, ReasonStream, _restore

__all__ = ["Check", "Counted", "NoneInTime", "Proof", "Reason", "ReasonStream", "Reasons", "_restore"]

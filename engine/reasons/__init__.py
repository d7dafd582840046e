"""Reasons and results, and how they are shown."""

from .proof import Proof
from .reasons import Check, Counted, Reason, Reasons, ReasonStream, _restore

__all__ = ["Check", "Counted", "Proof", "Reason", "ReasonStream", "Reasons", "_restore"]

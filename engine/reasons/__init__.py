"""Reasons and results, and how they are shown."""

from .reasons import Check, Counted, Proof, Reason, Reasons, ReasonStream, _restore

__all__ = ["Check", "Counted", "Proof", "Reason", "ReasonStream", "Reasons", "_restore"]

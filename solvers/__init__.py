"""Solver backends: protocols, registry, one file a backend, and a conformance kit.

Importing this package loads no solver library.
"""

from .protocols import (
    Backend,
    Capabilities,
    Count,
    CounterBackend,
    HittingBackend,
    HittingSession,
    Kind,
    MaxSatBackend,
    MipBackend,
    Optimum,
    Requirement,
    SatAnswer,
    SatBackend,
    SatSession,
    TimeLimit,
    Verdict,
)
from .registry import backends, get, is_available, register, unregister

__all__ = [
    "Backend",
    "Capabilities",
    "Count",
    "CounterBackend",
    "HittingBackend",
    "HittingSession",
    "Kind",
    "MaxSatBackend",
    "MipBackend",
    "Optimum",
    "Requirement",
    "SatAnswer",
    "SatBackend",
    "SatSession",
    "TimeLimit",
    "Verdict",
    "backends",
    "get",
    "is_available",
    "register",
    "unregister",
]

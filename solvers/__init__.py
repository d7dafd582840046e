"""Solver backends: protocols, registry, one file a backend, and a conformance kit.

Importing this package loads no solver library.
"""

from .backends.optimizers import ExternalCounter, ExternalMaxSat
from .backends.programs import ExternalSat
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
    "ExternalCounter",
    "ExternalMaxSat",
    "ExternalSat",
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

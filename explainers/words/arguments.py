"""What users pass to queries, checked before any work: an argument of one name has one meaning and one error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ...encoders.columns.rows import plain_rows
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, MissingBackendError, shown
from ...engine.given import count_of, is_whole, items_of, mapping_of, names_of, seed_of, truth_of
from ...solvers.protocols import Kind
from ...solvers.registry import get
from .shares import delta_of, named_distribution

OVER = ("literals", "features")
NATIVE = "native"  # this library's own core, by name
PROPAGATOR = "propagator"  # CaDiCaL with the model as its propagator
_SESSION = ("assumptions", "incremental")  # what queries need of a SAT backend
_PROOF = ("complete",)  # and of all others: anytime solvers and approximate counters prove nothing


def number_of_reasons(n: Any) -> int | None:
    """Return how many reasons are wanted; None for all."""
    if n is None or (type(n) is int and n > 0):
        return n
    if not is_whole(n) or n < 1:
        raise BadInputError(f"n={shown(n)}: expected a number from 1, or Explainer.ALL")
    return int(n)


def over_what(over: Any) -> str:
    """Return what reasons are made of."""
    if not isinstance(over, str) or over not in OVER:
        raise BadInputError(f"over={shown(over)}: expected one of {OVER}")
    return over


def threads_of(value: Any) -> int | None:
    """Return a number of threads; None for one a core."""
    if value is None:
        return None
    if not is_whole(value) or value < 1:
        raise BadInputError(f"n_jobs={shown(value)}: expected a number from 1, or None for all cores")
    return int(value)


def solver_of(value: Any, kinds: Sequence[Kind | str]) -> Any:
    """Return the name of a solver that answers one of the kinds; None for this library's own core.

    Raises
    ------
    BadInputError
        If it is no name.
    MissingBackendError, CapabilityError
        If there is no such solver, it is not installed, or it lacks what queries need.
    """
    if value is None or (isinstance(value, str) and value == NATIVE and NATIVE in kinds):
        return None
    if not isinstance(value, str):
        raise BadInputError(f"solver={shown(value)}: expected the name of a solver, or None (see suffice.solvers)")
    if value == PROPAGATOR and PROPAGATOR in kinds:
        return value
    missing: list[str] = []
    for kind in kinds:
        if kind in (NATIVE, PROPAGATOR):
            continue
        try:
            get(value, kind, needs=_SESSION if kind is Kind.SAT else _PROOF)
            return value
        except MissingBackendError as error:
            missing.append(str(error))
    raise MissingBackendError("; ".join(missing) or f"solver={shown(value)}: this query asks no solver, leave it out")


Solvers = Mapping[str, Sequence[Kind | str]]  # by the name of a query: what may answer it


def queries(names: str, *kinds: Kind | str) -> dict[str, tuple[Kind | str, ...]]:
    """Return what may answer each of some queries."""
    return dict.fromkeys(names.split(), kinds)


_SWITCHES = (
    "details", "eliminate_redundant_features", "contrastive", "without_intervals", "history", "progress", "tests",
    "check_minimal_inclusion", "co_occurrence",
)  # fmt: skip

Check = Callable[[Any], Any]

CHECKS: dict[str, Check] = {
    "time_limit": Deadline.of,  # it runs from the call
    "n": number_of_reasons,
    "over": over_what,
    "n_jobs": threads_of,
    "seed": seed_of,
    "n_iterations": partial(count_of, name="n_iterations"),
    "n_samples": lambda value: None if value is None else count_of(value, "n_samples", 2**63),
    "reason": partial(items_of, name="reason"),
    "delta": delta_of,
    "distribution": named_distribution,
    "given": partial(items_of, name="given"),
    "deadline": Deadline.of,
    "instance": plain_rows,
    "ranges": partial(mapping_of, name="ranges", such_as='{"age": (18, 100)}'),
    "features_name": partial(names_of, name="features_name"),
    "excluded_features": partial(names_of, name="excluded_features"),
    "immutable": partial(names_of, name="immutable"),
    "monotone": partial(mapping_of, name="monotone", such_as='{"age": "increasing"}'),
    **{name: partial(truth_of, name=name) for name in _SWITCHES},
}

"""Binarised networks as CNF over their inputs: a sum for each neuron.

Guaranteed form
---------------
Variable c is true where input c has its high value; for each neuron follow the digits of its sum and a literal that
says whether it gives 1 (full equivalences: all variables are functions of the inputs). The size is linear in the
connections, so that networks are taken whose decision trees would be too large.

Source: Narodytska, Kasiviswanathan, Ryzhyk, Sagiv, Walsh: Verifying properties of binarized deep neural networks (AAAI
2018), with binary adders in place of their sequential counters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...engine.arrays import F64, I64
from ...engine.errors import BadInputError, CapabilityError, shown
from ...engine.forms import Cnf
from .adder import reaches
from .conditions import Clause

MOST = 5_000_000  # clauses
_LARGE = 2.0**40  # biases: above, whole sums are rounded
Signal = int | bool


class SignNetwork:
    """What a formula has to know of a network whose neurons give -1 or 1.

    Attributes
    ----------
    n_features : int
        Its inputs.
    weights : list of ndarray, shape (n_neurons, n_inputs)
        -1, 0 and 1, a matrix a layer.
    biases : list of ndarray, shape (n_neurons,)
        A vector a layer.
    classes : tuple
        Labels; one output neuron tells two of them apart.
    """

    n_features: int
    weights: list[I64]
    biases: list[F64]
    classes: tuple[Any, ...]


@dataclass(slots=True)
class Names:
    """The variables in use: 1 … `last`."""

    last: int


def network_cnf(network: SignNetwork, label: Any) -> Cnf:
    """Return the CNF of "the network decides for a label"; variable c (from 1) says that input c is high.

    Parameters
    ----------
    network : SignNetwork
        Of any size that five million clauses can say.
    label : label
        One of its classes.

    Returns
    -------
    Cnf
        It has one model for each input with this label.

    Raises
    ------
    BadInputError
        If the network has no such class.
    CapabilityError
        If the formula would be too large, or biases of the output layer are so unlike that rounding decides ties.
    """
    if label not in network.classes:
        raise BadInputError(f"label={shown(label)}: expected one of {shown(list(network.classes))}")
    names = Names(network.n_features)
    inputs = range(1, network.n_features + 1)
    clauses = network_clauses(network, network.classes.index(label), list(inputs), names)
    return Cnf.from_clauses(clauses, names.last)


def network_clauses(network: SignNetwork, wanted: int, high: Sequence[Signal], names: Names) -> list[Clause]:
    """Return clauses that say that a network decides for one of its classes.

    Parameters
    ----------
    network : SignNetwork
        The network.
    wanted : int
        Place of the class.
    high : sequence of int or bool
        For each input the literal (or truth value) that says that it has its high value.
    names : Names
        Variables in use; new ones are taken after them.
    """
    _check_size(network)
    clauses: list[Clause] = []
    signals = list(high)
    for weights, bias in zip(network.weights[:-1], network.biases[:-1], strict=True):
        layer = list(zip(weights.tolist(), bias.tolist(), strict=True))
        signals = [_neuron(signals, row, -b, clauses, names) for row, b in layer]
    last, biases = network.weights[-1].tolist(), network.biases[-1].tolist()
    if len(last) == 1:
        fires = _neuron(signals, last[0], -biases[0], clauses, names)
        return [*clauses, *_unit(fires, wanted == 1)]
    for other, (row, bias) in enumerate(zip(last, biases, strict=True)):
        if other == wanted:
            continue
        sums = sum(map(abs, last[wanted])), sum(map(abs, row))
        lead = _needed_lead(biases[wanted], bias, sums, first=wanted < other)
        difference = [a - b for a, b in zip(last[wanted], row, strict=True)]
        clauses += _unit(_neuron(signals, difference, lead, clauses, names), True)
    return clauses


def _neuron(
    signals: Sequence[Signal], weights: Sequence[int], least: float, clauses: list[Clause], names: Names
) -> Signal:
    """Return a literal that says that a sum of signals -1 and 1 is at least a number."""
    bound = math.ceil(least) + sum(weights)  # a signal is twice its truth, minus one
    terms = []
    for signal, weight in zip(signals, weights, strict=True):
        if isinstance(signal, bool):
            bound -= 2 * weight if signal else 0
        elif weight:
            terms.append((signal, 2 * weight))
    half = [(signal, weight // 2) for signal, weight in terms]
    added, result, fresh = reaches(half, -(-bound // 2), names.last + 1)
    clauses += added
    names.last = fresh - 1
    return result


def _unit(signal: Signal, wanted: bool) -> list[Clause]:
    if isinstance(signal, bool):
        return [] if signal == wanted else [()]
    return [(signal if wanted else -signal,)]


def _needed_lead(bias: float, other: float, sums: tuple[int, int], *, first: bool) -> int:
    """Return by how much a class's whole sum must exceed another's, with both biases, rounded as the network does.

    Raises
    ------
    CapabilityError
        If that depends on the sums themselves.
    """
    if abs(bias) > _LARGE or abs(other) > _LARGE:
        raise CapabilityError(f"biases {bias!r} and {other!r} of the output layer: expected numbers below {_LARGE:g}")
    leads = set()
    for theirs in range(-sums[1], sums[1] + 1):
        rival = theirs + other

        def wins(mine: int, rival: float = rival) -> bool:
            return mine + bias > rival or (first and mine + bias == rival)

        low = math.floor(rival - bias) - 2
        leads.add(next(mine for mine in range(low, low + 6) if wins(mine)) - theirs)
    if len(leads) > 1:
        raise CapabilityError(
            f"biases {bias!r} and {other!r} of the output layer: rounding decides ties between their classes; "
            "round them"
        )
    return leads.pop()


def _check_size(network: SignNetwork) -> None:
    """Raise CapabilityError if the formula would be too large: sixteen clauses a connection, about."""
    connections = sum(int((weights != 0).sum()) for weights in network.weights[:-1])
    last = network.weights[-1]
    size = 32 * (connections + last.size)
    if size > MOST:
        raise CapabilityError(
            f"the network has {connections + last.size} connections: its formula needs about {size} clauses, at most "
            f"{MOST} are written. A surrogate can explain it near an instance"
        )

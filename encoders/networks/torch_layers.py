"""The layers of a PyTorch module of signs, read without importing PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.errors import BadInputError, SelfCheckError, UnsupportedModelError

_SKIPPED = ("Identity", "Dropout", "Flatten")
_WHOLE = 2.0**24  # whole numbers below are exact in float32
_FINE = 2.0**10  # biases of the output layer are whole multiples of 1 / 1024


def layers_of(module: Any) -> tuple[list[F64], list[F64]]:
    """Return the weights and biases of a module; signs and normalisations become biases.

    Raises
    ------
    BadInputError, UnsupportedModelError
        If it is in training mode, or holds anything else.
    """
    blocks = list(_blocks(module))
    if not blocks:
        raise UnsupportedModelError(
            f"{type(module).__name__} has no Linear layer: expected a Sequential of them and signs"
        )
    weights, biases = [], []
    for linear, following in blocks[:-1]:
        weight, bias = _hidden(linear, following)
        weights.append(weight)
        biases.append(bias)
    linear, following = blocks[-1]
    if following:
        raise UnsupportedModelError(
            f"the last Linear layer is followed by {type(following[0]).__name__}: expected nothing, its sums decide"
        )
    weight, bias = _numbers(linear.weight), _bias(linear)
    reach = np.abs(weight).sum(axis=1) + np.abs(bias)
    if (bias * _FINE != np.floor(bias * _FINE)).any() or (reach * _FINE >= _WHOLE).any():
        raise UnsupportedModelError(
            "the biases of the last layer are no multiples of 1/1024: sums would depend on the order in which they are "
            "added; round them, with module.bias.copy_((module.bias * 1024).round() / 1024)"
        )
    return [*weights, weight], [*biases, bias]


def _blocks(module: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Yield each Linear layer with the layers that follow it, up to the next one."""
    if getattr(module, "training", False):
        raise BadInputError(f"{type(module).__name__} is in training mode: call module.eval() first")
    current: tuple[Any, list[Any]] | None = None
    for layer in _flat(module):
        name = type(layer).__name__
        if name in _SKIPPED:
            continue
        if name == "Linear":
            if current is not None:
                yield current
            current = (layer, [])
        elif current is None:
            raise UnsupportedModelError(f"the module begins with {name}: expected a Linear layer")
        else:
            current[1].append(layer)
    if current is not None:
        yield current


def _flat(module: Any) -> Iterator[Any]:
    """Yield the layers of nested Sequentials in their order."""
    if type(module).__name__ != "Sequential":
        yield module
        return
    for layer in module:
        yield from _flat(layer)


def _hidden(linear: Any, following: list[Any]) -> tuple[F64, F64]:
    """Return weights and biases with which the sign of the sum is what the layers give for every possible sum."""
    if not following:
        raise UnsupportedModelError("two Linear layers follow each other: expected a sign between them")
    weight = _numbers(linear.weight)
    reach = np.abs(weight).sum(axis=1).astype(int)
    most = int(reach.max(initial=0))
    sums = np.arange(-most, most + 1)
    told = linear.weight.new_tensor(np.repeat(sums[:, None], len(weight), axis=1).tolist())
    if linear.bias is not None:
        told = told + linear.bias.detach()
    for layer in following:
        told = layer(told)
    table = _numbers(told)
    if table.shape != (len(sums), len(weight)):
        raise UnsupportedModelError(f"{type(following[-1]).__name__} changes the number of neurons")
    bias = np.empty(len(weight))
    weight = weight.copy()
    for k in range(len(weight)):
        possible = (np.abs(sums) <= reach[k]) & ((sums - reach[k]) % 2 == 0)
        weight[k], bias[k] = _threshold(weight[k], sums[possible], table[possible, k], type(following[-1]).__name__)
    return weight, bias


def _threshold(weight: F64, sums: NDArray[Any], signs: F64, name: str) -> tuple[F64, float]:
    """Return a neuron's weights and bias from its sign at each of its possible sums."""
    if not np.isin(signs, (-1.0, 1.0)).all():
        wrong = int(np.argmin(np.isin(signs, (-1.0, 1.0))))
        raise UnsupportedModelError(
            f"{name} gives {float(signs[wrong]):g} for the sum {int(sums[wrong])}: expected -1 or 1 (torch.sign gives "
            "0 at 0: use torch.where(x >= 0, 1.0, -1.0))"
        )
    rises = np.diff(signs)
    if (rises >= 0).all():
        first = sums[signs > 0]
        return weight, -float(first[0]) if len(first) else -float(sums[-1]) - 1.0
    if (rises <= 0).all():
        return -weight, float(sums[signs > 0][-1])
    raise UnsupportedModelError(f"{name} is neither rising nor falling: expected a sign")


def _numbers(tensor: Any) -> F64:
    return np.asarray(tensor.detach().cpu().numpy(), dtype=np.float64)


def _bias(linear: Any) -> F64:
    return np.zeros(linear.out_features) if linear.bias is None else _numbers(linear.bias)


def compare(
    module: Any,
    read_signs: Callable[[F64], NDArray[Any]],
    predict: Callable[[F64], NDArray[Any]],
    classes: tuple[Any, ...],
    inputs: tuple[float, float],
    n_features: int,
    n_rows: int,
) -> None:
    """Raise SelfCheckError if a module decides otherwise than `predict` on one of some random rows."""
    bits = np.random.default_rng(0).integers(0, 2, size=(n_rows, n_features))
    rows = np.where(bits == 1, inputs[1], inputs[0]).astype(np.float64)
    weight = next(module.parameters())
    sums = _numbers(module(weight.new_tensor(read_signs(rows).tolist())))
    said = (sums[:, 0] >= 0).astype(int) if sums.shape[1] == 1 else sums.argmax(axis=1)
    mine = predict(rows)
    for row, ours, own in zip(rows, mine, said, strict=True):
        if ours != classes[int(own)]:
            raise SelfCheckError(
                f"the network says {ours!r} but the module says {classes[int(own)]!r} for the row {row.tolist()}: "
                "please report it with the module"
            )

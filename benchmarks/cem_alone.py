"""Contrastive explanations of one instance of a small network, beside nothing but the passes through the network."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from benchmarks import cem_models as models
from benchmarks.report import ratio, seconds, table

TURNS = 7  # the quickest counts
Pass = tuple[tuple[int, ...], torch.dtype, bool]


@dataclass(frozen=True)
class Alone:
    """One question: CPU seconds of the answer, of its passes alone, and how many these are."""

    case: str
    ours: float
    passes: float
    forward: int
    backward: int


def cases(folder: Path) -> dict[str, tuple[nn.Module, Any, dict[str, Any]]]:
    """Return network, instance and options of each case."""
    digits, iris = models.digits(folder), models.iris(folder)
    logits = {name: value for name, value in iris.options.items() if name not in ("loss", "c_init")}
    linear, layers = models.iris_model("iris_lr", folder), models.iris_model("iris_mlp", folder)
    cnn = models.digits_cnn(folder)
    return {
        "iris, 4 and 3 neurons, PN": (linear, iris.test[:1], {"mode": "PN", **iris.options}),
        "iris, 4 and 3 neurons, PP": (linear, iris.test[:1], {"mode": "PP", **iris.options}),
        "iris, 4, 16 and 3 neurons, PN": (layers, iris.test[:1], {"mode": "PN", **logits}),
        "iris, 4, 16 and 3 neurons, PP": (layers, iris.test[:1], {"mode": "PP", **logits}),
        "digits CNN, PN": (cnn, digits.test[:1], {"mode": "PN", **digits.options}),
        "digits CNN, PP": (cnn, digits.test[:1], {"mode": "PP", **digits.options}),
    }


def passes_of(net: nn.Module, row: Any, how: dict[str, Any]) -> list[Pass]:
    """Return every pass through the network that one answer takes: shape, type, and whether it goes back as well."""
    from suffice.neural import CEM

    seen: list[Pass] = []
    watched = copy.deepcopy(net)
    watched.register_forward_pre_hook(
        lambda _, given: seen.append((tuple(given[0].shape), given[0].dtype, torch.is_grad_enabled()))
    )
    CEM(watched, **how).explain(row)
    return seen


def run_passes(net: nn.Module, double: nn.Module, passes: list[tuple[torch.Tensor, torch.Tensor, bool]]) -> None:
    """Do nothing but the passes."""
    for points, weights, back in passes:
        asked = net if points.dtype == torch.float32 else double
        if back:
            leaf = points.detach().requires_grad_(True)
            torch.autograd.grad(asked(leaf), leaf, weights)
        else:
            with torch.no_grad():
                asked(points)


def measured(case: str, net: nn.Module, row: Any, how: dict[str, Any]) -> Alone:
    """Measure one case: the answer and its passes in turns."""
    from suffice.neural import CEM

    seen, double = passes_of(net, row, how), copy.deepcopy(net).double()
    classes = net(torch.from_numpy(row)).shape[1]
    given = [
        (torch.rand(shape, dtype=kind), torch.rand(shape[0], classes, dtype=kind), back) for shape, kind, back in seen
    ]
    cem, best = CEM(net, **how), [float("inf")] * 2
    works: list[Callable[[], object]] = [lambda: cem.explain(row), lambda: run_passes(net, double, given)]
    for _ in range(TURNS):
        for place, work in enumerate(works):
            start = time.process_time()
            work()
            best[place] = min(best[place], time.process_time() - start)
    back = sum(one[2] for one in seen)
    return Alone(case, best[0], best[1], len(seen) - back, back)


def alone(folder: Path) -> list[Alone]:
    """Measure all cases and print them."""
    lines = [measured(case, *asked) for case, asked in cases(folder).items()]
    print("\nOne instance alone: CPU seconds of an answer, and of its passes through the network without all else\n")
    header = ["case", "ours", "passes", "times", "forward", "and back"]
    rows = [
        [
            line.case,
            seconds(line.ours),
            seconds(line.passes),
            ratio(line.ours, line.passes),
            str(line.forward),
            str(line.backward),
        ]
        for line in lines
    ]
    print(table(header, rows))
    return lines

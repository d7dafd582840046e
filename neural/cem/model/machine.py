"""A model made ready for a search: read, checked, and wrapped into scorers for the search and for the verification."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ....engine.errors import BadInputError, SufficeError
from ...outputs import scores_of
from ..inputs import F64, per_feature
from .arrays import Array, ArrayModel
from .manifold import Manifold
from .modules import MIXED, check_evaluating, own_device, own_type, read_device, read_dtype, working
from .scorers import ModuleScorer, NumericScorer, Scorer, from_arrays
from .scores import array_scores, check_outputs, module_scores, output_kind
from .sources import array_model, scores_array
from .tensors import as_module, tensor_function

_CPU = torch.device("cpu")
_CHECKED = 256  # rows in one call of the first check
_WIDE = 4_000_000  # numbers in one block of points


@dataclass(frozen=True)
class Wishes:
    """What the user said about the model."""

    output: str
    loss: str
    grad: str
    eps: Any
    update_num_grad: int | None
    device: Any
    dtype: Any
    seed: int
    compile: bool
    reproducible: bool


@dataclass(frozen=True)
class Machine:
    """A model that answers.

    Attributes
    ----------
    scorer, guide : Scorer
        For the search: in the space of the loss, and on log-probabilities (None where that is the same).
    judge : Scorer
        For the verification, in float64 as far as the model can.
    manifold, judge_manifold : Manifold or None
        The auto-encoder's term.
    loss : str
        ``"logit"`` or ``"proba"``.
    labels : tuple
        The labels of the classes.
    verified : str
        The type that the verification computes in.
    numeric : bool
        Whether slopes come from differences.
    checks : int
        Prediction calls for reading and checking.
    """

    scorer: Scorer
    guide: Scorer | None
    judge: Scorer
    manifold: Manifold | None
    judge_manifold: Manifold | None
    loss: str
    labels: tuple[Any, ...]
    names: tuple[str, ...] | None
    verified: str
    numeric: bool
    checks: int

    @property
    def calls(self) -> int:
        """Prediction calls so far, the verification included."""
        return self.checks + sum(part.calls for part in (self.scorer, self.guide, self.judge) if part is not None)

    @property
    def rows(self) -> int:
        """Points predicted so far."""
        return sum(part.rows for part in (self.scorer, self.guide, self.judge) if part is not None)


class Builder:
    """Builds the machine for instances of one shape.

    Parameters
    ----------
    rows : ndarray, shape (n, *shape)
        The instances: the model's outputs on them are checked.
    bounds, no_info
        Where probes may lie.
    """

    def __init__(self, wishes: Wishes, rows: NDArray[Any], bounds: tuple[F64, F64], no_info: F64) -> None:
        self._wishes, self._rows, self._shape = wishes, rows, rows.shape[1:]
        self._bounds, self._no_info = bounds, no_info
        self._width = int(np.prod(self._shape))

    def build(self, model: Any, autoencoder: Any) -> Machine:
        """Return the machine.

        Raises
        ------
        BadInputError, UnsupportedModelError
            If the model or the auto-encoder cannot be used, or the outputs are not what they should be.
        """
        wishes = self._wishes
        module = as_module(model)
        placed = wishes.device is not None or wishes.dtype is not None
        if module is None and placed:
            module = self._tensor_function(model)
            if module is None:
                raise BadInputError("device and dtype are for PyTorch modules: this model decides on its own numbers")
        if module is not None:
            return self._of_module(module, autoencoder)
        try:
            return self._of_arrays(array_model(model), autoencoder)
        except BadInputError as error:
            module = None if error.__cause__ is None else self._tensor_function(model)
            if module is None:
                raise
        return self._of_module(module, autoencoder)

    def _tensor_function(self, model: Any) -> torch.nn.Module | None:
        return tensor_function(model, self._rows[:1], read_device(self._wishes.device))

    def _of_module(self, model: torch.nn.Module, autoencoder: Any) -> Machine:
        check_evaluating(model, "model")
        own = own_type(model)
        wish = read_dtype(self._wishes.dtype)
        low = wish if wish in MIXED else None
        dtype = wish if wish is not None and low is None else own
        dtype = dtype if dtype in (torch.float32, torch.float64) else torch.float32
        device = read_device(self._wishes.device) or own_device(model)
        if wish is None and self._wishes.grad == "numeric":
            dtype = self._double(model, device, dtype)[1]  # differences lose half of the digits
        module: Any = working(model, device, dtype)
        told, checks = self._first_outputs(lambda part: _module_outputs(module, part, device, dtype))
        kind = self._kind(told, model)
        loss = self._loss(kind)
        if self._wishes.compile:
            module = torch.compile(module)
        sample, exact = self._sample(dtype, device), self._exact(device)
        ladder = self._ladder(exact)
        labels = tuple(range(max(2, told.shape[1])))
        self._eps(len(labels), dtype, device)  # checked also where no differences are taken

        def scorer(part: Any, sampled: Any, space: str, slopes: torch.dtype | None) -> Scorer:
            if self._wishes.grad == "numeric":
                return self._numeric(_module_function(part, self._shape, kind, space), sampled, len(labels), exact)
            return ModuleScorer(part, self._shape, kind, space, sampled, ladder, exact=exact, low=slopes)

        judged, verified = self._double(model, device, dtype)
        judge_sample = self._sample(verified, device)
        judge = ModuleScorer(judged, self._shape, kind, loss, judge_sample, ladder, exact=exact)
        return Machine(
            scorer=scorer(module, sample, loss, low),
            guide=scorer(module, sample, "logit", low) if loss == "proba" else None,
            judge=judge,
            manifold=self._manifold(autoencoder, dtype, device, low),
            judge_manifold=self._manifold(autoencoder, verified, device, None),
            loss=loss,
            labels=labels,
            names=None,
            verified=str(verified).removeprefix("torch."),
            numeric=self._wishes.grad == "numeric",
            checks=checks,
        )

    def _of_arrays(self, model: ArrayModel, autoencoder: Any) -> Machine:
        def told_by(rows: Array) -> Array:
            return scores_array(model.outputs(rows), len(rows), model.said)

        told, checks = self._first_outputs(told_by)
        kind = self._kind(told, None, model.kind)
        loss = self._loss(kind)
        count = max(2, told.shape[1])
        labels = model.classes if model.classes is not None and len(model.classes) == count else tuple(range(count))
        sample = self._sample(torch.float64, _CPU)

        def scorer(space: str) -> Scorer:
            def function(rows: Array) -> Array:
                outputs = told_by(rows)
                check_outputs(outputs, "logits")
                return array_scores(outputs, kind, space)

            return self._numeric(from_arrays(function, self._shape), sample, count, self._exact(_CPU))

        return Machine(
            scorer=scorer(loss),
            guide=scorer("logit") if loss == "proba" else None,
            judge=scorer(loss),
            manifold=self._manifold(autoencoder, torch.float64, _CPU, None),
            judge_manifold=self._manifold(autoencoder, torch.float64, _CPU, None),
            loss=loss,
            labels=labels,
            names=model.names,
            verified=model.precision,
            numeric=True,
            checks=checks,
        )

    def _first_outputs(self, function: Callable[[Array], Array]) -> tuple[Array, int]:
        """Return the outputs on the instances, and how many calls they took."""
        parts = []
        for start in range(0, len(self._rows), _CHECKED):
            part = self._rows[start : start + _CHECKED]
            try:
                told = function(part)
            except SufficeError:
                raise
            except Exception as error:  # whatever the user's model raises
                said = f"{type(error).__name__}: {error}"
                raise BadInputError(f"the model fails on rows of shape {part.shape}: {said}") from error
            parts.append(scores_array(told, len(part), ""))
        return np.concatenate(parts), len(parts)

    def _kind(self, told: Array, module: torch.nn.Module | None, known: str = "auto") -> str:
        """Settle what the outputs are, and check them."""
        check_outputs(told, "logits")
        kind = self._wishes.output if self._wishes.output != "auto" else known
        if kind == "auto":
            kind = output_kind(told, module)
        check_outputs(told, kind)
        return kind

    def _loss(self, kind: str) -> str:
        if self._wishes.loss != "auto":
            return self._wishes.loss
        return "logit" if kind == "logits" else "proba"

    def _exact(self, device: torch.device) -> bool:
        """Tell whether equal bits are wanted, and can be had."""
        return self._wishes.reproducible and device.type == "cpu"

    def _ladder(self, exact: bool) -> tuple[int, ...]:
        """Return the block sizes of a module: small ones first; wide instances come in smaller blocks."""
        if not exact:
            return (max(1, 64 * _WIDE // self._width),)
        sizes = (8, 32, 128, 1024) if self._width <= 32 else (8, 32, 128)
        return tuple(size for size in sizes if size == 8 or size * self._width <= _WIDE)

    def _sample(self, dtype: torch.dtype, device: torch.device) -> Callable[[int], torch.Tensor]:
        """Return seeded points for probes: within the range where it is finite, else around no information."""
        generator = np.random.default_rng(self._wishes.seed)
        low, high = self._bounds
        finite = np.isfinite(low) & np.isfinite(high)
        ends = np.where(finite, low, 0.0), np.where(finite, high, 0.0)
        around = self._no_info + generator.standard_normal((8, self._width))
        within = ends[0] + (ends[1] - ends[0]) * generator.random((8, self._width))
        base = torch.from_numpy(np.where(finite, within, np.clip(around, low, high))).to(device=device, dtype=dtype)
        return lambda count: base[torch.arange(count, device=device) % 8]

    def _numeric(
        self, function: Callable[[torch.Tensor], torch.Tensor], sample: Any, classes: int, exact: bool
    ) -> NumericScorer:
        first = sample(1)
        eps = self._eps(classes, first.dtype, first.device)
        most = self._wishes.update_num_grad
        sizes = [size for size in (8, 64, 512, 4096) if size == 8 or size * self._width <= _WIDE]
        if most is not None:
            sizes = sorted({size for size in sizes if size < most} | {most})
        low, high = (torch.from_numpy(part).to(first) for part in self._bounds)
        return NumericScorer(function, sample, sizes if exact else sizes[-1:], eps, (low, high), exact=exact)

    def _eps(self, classes: int | None, dtype: torch.dtype, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        eps = self._wishes.eps
        try:
            by_score, by_feature = eps if isinstance(eps, (tuple, list)) else (eps, eps)
        except ValueError:
            raise BadInputError(
                f"eps={eps!r}: expected a number, or a pair: for the scores, for the features"
            ) from None
        read = (
            per_feature("eps[0]", by_score if classes else 1.0, (classes or 1,), finite=True),
            per_feature("eps[1]", by_feature, self._shape, finite=True),
        )
        if min(part.min() for part in read) <= 0:
            raise BadInputError("eps: expected positive numbers")
        first, second = (torch.from_numpy(part).to(device=device, dtype=dtype) for part in read)
        return first, second

    def _double(
        self, model: torch.nn.Module, device: torch.device, dtype: torch.dtype
    ) -> tuple[torch.nn.Module, torch.dtype]:
        """Return the module in float64 where it can compute so, else as the search has it."""
        try:
            double = working(model, device, torch.float64)
            _module_outputs(double, self._rows[:1], device, torch.float64)
        except Exception:  # whatever a module raises that insists on its own type
            return working(model, device, dtype), dtype
        return double, torch.float64

    def _manifold(
        self, autoencoder: Any, dtype: torch.dtype, device: torch.device, low: torch.dtype | None
    ) -> Manifold | None:
        if autoencoder is None:
            return None
        sample, exact = self._sample(dtype, device), self._exact(device)
        network = as_module(autoencoder)
        if network is not None:
            check_evaluating(network, "auto-encoder")
            module = working(network, device, dtype)
            return Manifold(module, self._shape, sample, self._ladder(exact), None, exact=exact, low=low)
        function = getattr(autoencoder, "predict", autoencoder)
        if not callable(function):
            raise BadInputError("autoencoder: expected a PyTorch module, or a function of arrays")
        arrays = from_arrays(lambda rows: np.asarray(function(rows)).reshape(len(rows), -1), self._shape)
        eps = self._eps(None, dtype, device)[1]
        return Manifold(lambda points: arrays(points.reshape(len(points), -1)), self._shape, sample, (8, 64, 512), eps)


def _module_outputs(module: Any, rows: Array, device: torch.device, dtype: torch.dtype) -> Array:
    """Return a module's raw outputs on instances, float64."""
    with torch.no_grad():
        told = module(torch.from_numpy(np.ascontiguousarray(rows)).to(device=device, dtype=dtype))
    return np.asarray(scores_of(told).detach().to(device="cpu", dtype=torch.float64).numpy())


def _module_function(
    module: Any, shape: tuple[int, ...], kind: str, loss: str
) -> Callable[[torch.Tensor], torch.Tensor]:
    def function(points: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return module_scores(module(points.reshape(-1, *shape)), len(points), kind, loss).to(points.dtype)

    return function


def guided_kappa(kappa: float) -> float:
    """Return the margin of log-probabilities at which two classes that share everything differ by `kappa`."""
    return math.log((1 + min(kappa, 0.999)) / (1 - min(kappa, 0.999)))

"""Copies of a pipeline that are looked into, or whose noisy steps give the least or the most that they may give.

A step whose last bits are its own (a logarithm, a power) may fall by a few of them where its column rises. What it
gives for a number x is at most `2 * ulps` above what it gives for any greater number: so if the ``EARLY`` copy, which
takes as much away, is beyond a threshold at x, then so is the pipeline itself at all greater numbers; and if the
``LATE`` one, which adds it, is not, then the pipeline is not at any smaller number. The steps between are compared,
added and divided, which never goes back.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .plan import Noise, Plan, Tap, class_of, is_passthrough

SELF, EARLY, LATE = 0, -1, 1
Sink = dict[int, NDArray[np.float64]]


class _Stand:
    """Stands for a fitted step in a copy of a pipeline."""

    def __init__(self, step: Any) -> None:
        self.step = step

    def __getattr__(self, name: str) -> Any:
        if name == "step":  # while it is copied
            raise AttributeError(name)
        return getattr(self.step, name)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(self, X: Any, y: Any = None) -> Any:  # noqa: N803  # as scikit-learn has it
        """Do nothing: it is fitted."""
        return self


class _Tapped(_Stand):
    """Notes what a step gets, and hands on what it makes of it."""

    def __init__(self, step: Any, real: Any, taps: Mapping[int, Tap], sink: Sink) -> None:
        super().__init__(step)
        self.taps, self.sink = taps, sink
        self.binned = None
        if any(tap.bins for tap in taps.values()):
            self.binned = copy.copy(real)
            self.binned.encode = "ordinal"

    def transform(self, X: Any) -> Any:  # noqa: N803  # as scikit-learn has it
        """Return what the step makes of rows."""
        seen = _dense(X)
        bins = None if self.binned is None else np.asarray(self.binned.transform(X))
        for t, tap in self.taps.items():
            whole = bins if tap.bins else seen
            assert whole is not None
            self.sink[t] = np.asarray(whole[:, tap.place], np.float64)
        return self.step.transform(X)


class _Shifted(_Stand):
    """Gives the most, or the least, that a noisy step may give."""

    def __init__(self, step: Any, noise: Noise, shade: int) -> None:
        super().__init__(step)
        self.ulps, self.signs = 2 * noise.ulps, [shade * trend for trend in noise.trends]

    def transform(self, X: Any) -> Any:  # noqa: N803  # as scikit-learn has it
        """Return what the step makes of rows, moved."""
        kind = class_of(self.step)
        if kind == "PowerTransformer":
            return self._powers(X)
        return _moved(self.step.transform(X), self.signs, self._normal if kind == "QuantileTransformer" else self._few)

    def _few(self, values: NDArray[Any], sign: int) -> NDArray[Any]:
        towards = values.dtype.type(sign * np.inf)
        for _ in range(self.ulps):
            values = np.nextafter(values, towards)
        return values

    def _powers(self, X: Any) -> Any:  # noqa: N803
        """Return powers, moved before they are scaled: their last bits are those of a logarithm and an exponential."""
        plain = copy.copy(self.step)
        plain.standardize = False
        out = _moved(plain.transform(X), self.signs, self._few, self.step.lambdas_)
        if not self.step.standardize:
            return out
        scaled = self.step._scaler.transform(np.asarray(out))  # its own name for it
        return _as_table(list(scaled.T), out)

    def _normal(self, values: NDArray[Any], sign: int) -> NDArray[Any]:
        """Return interpolated ranks, or quantiles of them."""
        eps = float(np.finfo(values.dtype).eps)
        exact = values.astype(np.float64)
        if self.step.output_distribution == "uniform":
            shifted: NDArray[Any] = exact + sign * self.ulps * (2.0**-52 + eps * np.abs(exact))
            return shifted
        from scipy.special import ndtr, ndtri

        rank = ndtr(exact)
        rank = np.clip(rank + sign * self.ulps * (2.0**-52 + eps * rank), 0.0, 1.0)
        moved: NDArray[Any] = np.clip(ndtri(rank), -_TAIL, _TAIL) + sign * self.ulps * eps * (np.abs(exact) + 1e-300)
        return moved


_LARGEST = float(np.finfo(np.float64).max)
_TAIL = 5.3  # a little beyond the quantiles that scikit-learn clips at

Move = Callable[[NDArray[Any], int], NDArray[Any]]


def _moved(table: Any, signs: list[int], move: Move, powers: Any = None) -> Any:
    """Return columns of a matrix or frame, each moved by its sign, in their own dtypes."""
    table = table.toarray() if hasattr(table, "toarray") else table
    columns = []
    for j, sign in enumerate(signs):
        values = np.asarray(table.iloc[:, j] if hasattr(table, "iloc") else table[:, j])
        if sign and values.dtype.kind == "f":
            moved = move(values, sign) if powers is None else _moved_power(values, sign, float(powers[j]))
            values = moved.astype(values.dtype)
        columns.append(values)
    return _as_table(columns, table)


def _as_table(columns: list[NDArray[Any]], table: Any) -> Any:
    """Return columns in the form of a table."""
    if not hasattr(table, "columns"):
        return np.column_stack(columns)
    if not hasattr(table, "iloc"):
        return type(table)(dict(zip(table.columns, columns, strict=True)))
    out = table.copy()
    for j, values in enumerate(columns):
        out.isetitem(j, values)
    return out


def _moved_power(values: NDArray[Any], sign: int, power: float) -> NDArray[Any]:
    """Return (x ** power - 1) / power, computed by a logarithm and an exponential, moved."""
    eps = float(np.finfo(values.dtype).eps)
    exact = np.clip(values.astype(np.float64), -_LARGEST, _LARGEST)
    grown = [np.log1p(np.maximum(p * np.abs(exact), -1 + 2.0**-52)) for p in (power, 2 - power)]
    depth = np.minimum(np.maximum(np.abs(grown[0]), np.abs(grown[1])), 800.0)  # of the exponential, on either side of 0
    moved: NDArray[Any] = exact + sign * 2 * (16 + 12 * depth) * eps * np.abs(exact)
    return np.where(np.isinf(values) & (np.sign(values) == sign), values, moved)


def _dense(table: Any) -> NDArray[Any]:
    return np.asarray(table.toarray() if hasattr(table, "toarray") else table)


class Shadows:
    """A pipeline and its copies, made when they are wanted.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    plan : Plan
        Its columns, taps and noise.
    """

    def __init__(self, pipeline: Any, plan: Plan) -> None:
        self._pipeline, self._plan = pipeline, plan
        self._made: dict[int, tuple[Any, Sink]] = {}

    def transform(self, table: Any, shade: int = SELF, *, taps: bool = False) -> tuple[Any, list[NDArray[np.float64]]]:
        """Return what the steps before the last one make of rows, and what the taps saw."""
        taps = taps and bool(self._plan.taps)
        if shade == SELF and not taps:
            return _through(self._pipeline.steps[:-1], table), []
        if shade not in self._made:
            sink: Sink = {}
            self._made[shade] = _replaced(self._pipeline, self._stands(shade, sink)), sink
        copied, sink = self._made[shade]
        made = _through(copied.steps[:-1], table)
        return made, [sink[t] for t in range(len(self._plan.taps))] if taps else []

    def _stands(self, shade: int, sink: Sink) -> dict[int, Any]:
        """Return what stands for which steps, by their ids."""
        stands: dict[int, Any] = {}
        if shade != SELF:
            stands = {id(noise.step): _Shifted(noise.step, noise, shade) for noise in self._plan.noise}
        taps: dict[int, dict[int, Tap]] = {}
        for t, tap in enumerate(self._plan.taps):
            taps.setdefault(id(tap.step), {})[t] = tap
        for own in taps.values():
            real = next(iter(own.values())).step
            stands[id(real)] = _Tapped(stands.get(id(real), real), real, own, sink)
        return stands


def _through(steps: Any, table: Any) -> Any:
    for _, step in steps:
        if not is_passthrough(step):
            table = step.transform(table)
    return table


def _replaced(step: Any, stands: Mapping[int, Any]) -> Any:
    """Return a step with some of those inside replaced; itself where none is."""
    if id(step) in stands:
        return stands[id(step)]
    kind = class_of(step)
    inside = {"Pipeline": "steps", "ColumnTransformer": "transformers_", "FeatureUnion": "transformer_list"}.get(kind)
    if inside is None:
        return step
    parts = [(name, _replaced(part, stands), *rest) for name, part, *rest in getattr(step, inside)]
    if all(new[1] is old[1] for new, old in zip(parts, getattr(step, inside), strict=True)):
        return step
    out = copy.copy(step)
    setattr(out, inside, parts)
    if hasattr(out, "n_jobs"):
        out.n_jobs = None  # what is noted in another process is lost
    return out

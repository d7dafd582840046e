"""The results of many rows, in arrays; single rows are made when they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from ....engine.status import Status, Stop
from ..search.trace import Trace
from .contrast import Contrast, Outcome

Array = NDArray[Any]


@dataclass(frozen=True)
class Work:
    """What a call of ``explain`` took.

    Attributes
    ----------
    seconds : float
        Wall-clock time.
    predict_calls, predict_rows : int
        Calls of the model so far, and points that it saw in them; the verification included.
    most_calls : int
        The bound that held before the search began.
    seed : int
    reproducible : bool
        Whether identical calls of the model gave identical bits; without, nothing can promise the same result twice.
    verified : str
        The float type of the verification.
    """

    seconds: float
    predict_calls: int
    predict_rows: int
    most_calls: int
    seed: int
    reproducible: bool
    verified: str


@dataclass(frozen=True, eq=False, repr=False)
class Contrasts(Sequence[Contrast]):
    """Pertinent negatives, or positives, of n instances; attributes are those of `Contrast`, one entry a row.

    Rows without a point hold NaN in `point` and `delta`, and the reason in `reason`.

    Attributes
    ----------
    X : ndarray, shape (n, *instance)
    X_pred : ndarray, shape (n,)
        The model's classes of the instances.
    point, delta : ndarray, shape (n, *instance)
    found : ndarray of bool, shape (n,)
    outcome, reason : list
    prediction : ndarray, shape (n,)
        None where nothing was found, in an array of objects; else labels.
    grads_graph, grads_num : ndarray, shape (n, *instance)
        The slope of the objective at the points: what came from automatic differentiation (or is known exactly), and
        what came from differences of predictions.
    status : Status
        ``COMPLETE``, or ``BEST_SO_FAR``; then `stop` tells why.
    trace : Trace or None
    work : Work
    """

    mode: str
    X: Array
    X_pred: Array
    point: Array
    delta: Array
    found: NDArray[np.bool_]
    outcome: list[Outcome]
    reason: list[str]
    prediction: Array
    margin: Array
    l1: Array
    l2: Array
    n_changed: Array
    objective: Array
    autoencoder: Array
    total: Array
    c: Array
    iterations: Array
    grads_graph: Array
    grads_num: Array
    names: tuple[str, ...] | None
    groups: tuple[NDArray[np.int64], ...]
    status: Status
    stop: Stop
    trace: Trace | None
    work: Work

    def __len__(self) -> int:
        return len(self.X)

    @overload
    def __getitem__(self, index: int) -> Contrast: ...
    @overload
    def __getitem__(self, index: slice) -> list[Contrast]: ...
    def __getitem__(self, index: int | slice) -> Contrast | list[Contrast]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        i = range(len(self))[index]
        found = bool(self.found[i])
        return Contrast(
            mode=self.mode,
            instance=self.X[i],
            original=_plain(self.X_pred[i]),
            found=found,
            outcome=self.outcome[i],
            reason=self.reason[i],
            point=self.point[i] if found else None,
            delta=self.delta[i] if found else None,
            prediction=_plain(self.prediction[i]) if found else None,
            margin=float(self.margin[i]),
            l1=float(self.l1[i]),
            l2=float(self.l2[i]),
            n_changed=int(self.n_changed[i]),
            objective=float(self.objective[i]),
            autoencoder=float(self.autoencoder[i]),
            total=float(self.total[i]),
            c=float(self.c[i]),
            iterations=int(self.iterations[i]),
            names=self.names,
            groups=self.groups,
        )

    # The published names of one result.
    @property
    def PN(self) -> Array | None:  # noqa: N802
        """The pertinent negatives, rows without one NaN; None if there is none at all, or positives were asked for."""
        return self.point if self.mode == "PN" and self.found.any() else None

    @property
    def PN_pred(self) -> Array | None:  # noqa: N802
        """The classes of the pertinent negatives."""
        return self.prediction if self.PN is not None else None

    @property
    def PP(self) -> Array | None:  # noqa: N802
        """The pertinent positives, rows without one NaN; None if there is none at all, or negatives were asked for."""
        return self.point if self.mode == "PP" and self.found.any() else None

    @property
    def PP_pred(self) -> Array | None:  # noqa: N802
        """The classes of the pertinent positives."""
        return self.prediction if self.PP is not None else None

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the trace as plain values."""
        return {
            "mode": self.mode,
            "status": str(self.status),
            "stop": str(self.stop),
            "seconds": self.work.seconds,
            "predict_calls": self.work.predict_calls,
            "predict_rows": self.work.predict_rows,
            "most_calls": self.work.most_calls,
            "seed": self.work.seed,
            "reproducible": self.work.reproducible,
            "verified": self.work.verified,
            "feature_names": None if self.names is None else list(self.names),
            "rows": [row.to_dict() for row in self],
        }

    def to_json(self, **options: Any) -> str:
        """Return `to_dict` as JSON; `options` go to ``json.dumps``."""
        import json

        return json.dumps(self.to_dict(), **options)

    def to_frame(self) -> Any:
        """Return a pandas data frame, one line a row (needs pandas)."""
        import pandas

        columns = {
            name: getattr(self, name)
            for name in (
                "found",
                "prediction",
                "margin",
                "l1",
                "l2",
                "n_changed",
                "objective",
                "autoencoder",
                "total",
                "c",
            )
        }
        return pandas.DataFrame(
            {
                "mode": self.mode,
                "original": self.X_pred,
                "outcome": [str(outcome) for outcome in self.outcome],
                **columns,
                "iterations": self.iterations,
                "changes": [", ".join(map(str, row.changes[:6])) for row in self],
                "reason": self.reason,
            }
        )

    def plot(self, rows: Sequence[int] | None = None, **options: Any) -> Any:
        """Draw the first rows, or the given ones, and return the figure (the extra ``suffice[report]``)."""
        from .plots import plot_contrasts

        return plot_contrasts([self[i] for i in (range(min(8, len(self))) if rows is None else rows)], **options)

    def __repr__(self) -> str:
        kind = "pertinent negatives" if self.mode == "PN" else "pertinent positives"
        stop = "" if self.stop is Stop.NONE else f" ({self.stop})"
        head = f"{kind}: {int(self.found.sum())} of {len(self)} found in {self.work.seconds:.2f} s, {self.status}{stop}"
        if self.found.any():
            mean = {name: float(getattr(self, name)[self.found].mean()) for name in ("objective", "n_changed")}
            head += f"; mean objective {mean['objective']:.4g}, {mean['n_changed']:.1f} features changed"
        lines = [f"  {i}: {self._line(i)}" for i in range(min(8, len(self)))]
        return "\n".join([head, *lines, *(["  …"] if len(self) > 8 else [])])

    def _line(self, i: int) -> str:
        if not self.found[i]:
            return f"{self.X_pred[i]}: {self.outcome[i]}, {self.reason[i]}"
        arrow = f"{self.X_pred[i]} -> {self.prediction[i]}" if self.mode == "PN" else f"{self.X_pred[i]}"
        note = f" ({self.reason[i]})" if self.reason[i] else ""
        return f"{arrow}, {int(self.n_changed[i])} features, objective {self.objective[i]:.4g}{note}"

    def _repr_html_(self) -> str:
        from .pages import contrasts_html

        page: str = contrasts_html(self)
        return page


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value

"""How robust rows are: what ``robustness`` and ``certified_accuracy`` return."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ...encoders.columns.told import Row
from ...engine.arrays import F64, Bools
from ...engine.reasons.certified import known, without
from ...engine.status import Status, Stop
from ..nearness.distances import number_in

if TYPE_CHECKING:
    from ..certificates.certificate import Certificate
    from ..certificates.near import ProvenBall
    from ..certificates.shares import CertifiedShare, ProvenShare

_PROVED = 1e-9  # parts by which bounds may differ that are equal but for rounding


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Robustness:
    """How far a row may be moved before the model decides otherwise.

    Attributes
    ----------
    radius : float
        Every row of the domain that is nearer than this is decided like the row: proved. If ``status`` is ``OPTIMAL``
        there is none greater; infinite: no change that is counted makes another decision.
    upper : float
        The radius is at most this (infinite: not known).
    witness : Row or None
        A row that is decided otherwise, confirmed by the model's own ``predict``.
    distance : float
        How far the witness itself is: the least bit more than ``upper`` where values are rounded.
    norm : str
        ``"linf"``, ``"l1"`` or ``"l0"``.
    prediction, becomes : object
        What the model predicts for the row, and for the witness.
    stop : Stop
        Why the search ended early, if it did.
    seconds : float
        How long it took.
    note : str
        What has to be known; empty if nothing.
    proven : ProvenBall or None
        What a certificate has to know of it.
    """

    radius: float
    upper: float
    witness: Row | None
    distance: float
    norm: str
    prediction: Any
    becomes: Any = None
    stop: Stop = Stop.NONE
    seconds: float = 0.0
    note: str = ""
    proven: ProvenBall | None = field(default=None, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return without(self, "proven")

    def certificate(self, *, time_limit: float | None = None) -> Certificate:
        """Return a certificate that no row nearer than the radius is decided otherwise, and how far the witness is.

        Parameters
        ----------
        time_limit : float, optional
            Seconds that the proof may take (see ``Reason.certificate``).

        Raises
        ------
        BadInputError
            If it was read from a file.
        UndecidedError
            If nothing is known of the row, or time was up.
        """
        proven = known(self.proven, "radius", "it was read from a file, without its model, or nothing is known of it")
        return proven.certificate(self.radius, self.shown, self.told, time_limit)

    @property
    def shown(self) -> tuple[Row, list[float]] | None:
        """The witness with its numbers as they are written, NaN where there is none."""
        row = self.witness
        return None if row is None else (row, [number_in(value, math.nan) for value in row.values])

    @property
    def lower(self) -> float:
        """The radius, as the lower bound that it is until it is optimal."""
        return self.radius

    @property
    def status(self) -> Status:
        """``OPTIMAL`` if no greater radius is right, else ``BEST_SO_FAR``."""
        met = self.radius == math.inf or self.radius >= self.upper * (1 - _PROVED)
        return Status.OPTIMAL if met else Status.BEST_SO_FAR

    def __repr__(self) -> str:
        return f"<Robustness: {self.told}>"

    @property
    def told(self) -> str:
        """The answer in words."""
        if self.radius == math.inf:
            return f"no change of numbers within the domain makes another decision than {self.prediction!r}"
        known = f"{self.radius:.6g}" if self.status is Status.OPTIMAL else f"at least {self.radius:.6g}"
        said = f"{self.norm} radius {known}: nearer rows are all {self.prediction!r}"
        if self.witness is None:
            return f"{said}; no other row is known ({self.stop})"
        if self.status is not Status.OPTIMAL:
            said += f", at most {self.upper:.6g}"
        changed = ", ".join(f"{name} = {self.witness[name]}" for name in self.witness.changed)
        return f"{said}; {changed} makes it {self.becomes!r} at distance {self.distance:.6g}"


class Robustnesses(Sequence[Robustness]):
    """The robustness of many rows, in their order.

    Attributes
    ----------
    seconds : float
        How long all of them took.
    stop : Stop
        Why the search ended early, if it did.
    """

    def __init__(self, each: Sequence[Robustness], seconds: float, stop: Stop) -> None:
        self._each, self.seconds, self.stop = tuple(each), seconds, stop

    def __len__(self) -> int:
        return len(self._each)

    @overload
    def __getitem__(self, index: int) -> Robustness: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Robustness, ...]: ...
    def __getitem__(self, index: int | slice) -> Robustness | tuple[Robustness, ...]:
        return self._each[index]

    def __iter__(self) -> Iterator[Robustness]:
        return iter(self._each)

    @property
    def radii(self) -> F64:
        """The proved radius of each row, shape (n_rows,)."""
        return np.array([one.radius for one in self._each])

    @property
    def uppers(self) -> F64:
        """The upper bound of each row, shape (n_rows,)."""
        return np.array([one.upper for one in self._each])

    def certificate(self, *, time_limit: float | None = None) -> CertifiedShare:
        """Return certificates of all radii and witnesses in one file, which a small program checks.

        Parameters
        ----------
        time_limit : float, optional
            Seconds that all proofs may take (see ``Reason.certificate``); of rows whose proof is not done by then the
            file says nothing.

        Returns
        -------
        CertifiedShare
            The rows, and a certificate of each row of which something is known.

        Raises
        ------
        BadInputError
            If it was read from a file, or is too large for one.
        UndecidedError
            If nothing is proved of any row.
        """
        from ..certificates.shares import ProvenRadii

        each = tuple((one.proven, one.radius, one.shown) for one in self._each)
        if self._each and not any(proven for proven, _, _ in each):
            known(None, "list of radii", "it was read from a file, without its model, or nothing is known of any row")
        return ProvenRadii(each).certificate(str(self), time_limit)

    def to_frame(self) -> Any:
        """Return a data frame of pandas, a row for each row."""
        import pandas as pd

        return pd.DataFrame(
            {
                "radius": self.radii,
                "upper": self.uppers,
                "distance": [one.distance for one in self._each],
                "status": [str(one.status) for one in self._each],
                "prediction": [one.prediction for one in self._each],
                "becomes": [one.becomes for one in self._each],
                "seconds": [one.seconds for one in self._each],
            }
        )

    def __repr__(self) -> str:
        proved = sum(one.status is Status.OPTIMAL for one in self._each)
        middle = float(np.median(self.radii)) if self._each else math.nan
        return f"<{len(self)} radii, {proved} optimal, median {middle:.6g}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CertifiedAccuracy:
    """The share of rows that a model decides rightly, however they are moved within a distance.

    Attributes
    ----------
    lower, upper : float
        The share is between these two: equal unless time was up.
    accuracy : float
        The share of rows that it decides rightly as they are.
    eps : float
        The distance, itself included.
    norm : str
        ``"linf"``, ``"l1"`` or ``"l0"``.
    certified, refuted : ndarray of bool, shape (n_rows,)
        Which rows are proved to be right within the distance, and which are proved not to be; neither: not known.
    witnesses : tuple of (Row or None)
        For each row that is right as it is, but not within the distance: a row there that is decided otherwise.
    stop : Stop
        Why the search ended early, if it did.
    seconds : float
        How long it took.
    proven : ProvenShare or None
        What certificates have to know.
    """

    lower: float
    upper: float
    accuracy: float
    eps: float
    norm: str
    certified: Bools
    refuted: Bools
    witnesses: tuple[Row | None, ...]
    stop: Stop = Stop.NONE
    seconds: float = 0.0
    proven: ProvenShare | None = field(default=None, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return without(self, "proven")

    def certificate(self, *, time_limit: float | None = None) -> CertifiedShare:
        """Return certificates of the rows in one file, which a small program checks and adds up.

        Parameters
        ----------
        time_limit : float, optional
            Seconds that all proofs may take (see ``Reason.certificate``); of rows whose proof is not done by then the
            file says nothing.

        Returns
        -------
        CertifiedShare
            The rows, their labels, and a certificate of each row that is known to stay right, or not to.

        Raises
        ------
        BadInputError
            If it was read from a file, or is too large for one.
        UndecidedError
            If nothing is proved of any row.
        """
        proven = known(self.proven, "share", "it was read from a file, without its model")
        return proven.certificate(str(self), time_limit)

    @property
    def status(self) -> Status:
        """``PROVED`` if every row is decided, else ``BEST_SO_FAR``."""
        return Status.PROVED if bool((self.certified | self.refuted).all()) else Status.BEST_SO_FAR

    def __repr__(self) -> str:
        share = f"{self.lower:.4f}" if self.lower == self.upper else f"{self.lower:.4f} to {self.upper:.4f}"
        return (
            f"<CertifiedAccuracy: {share} within {self.norm} distance {self.eps:g} "
            f"(accuracy {self.accuracy:.4f}, {len(self.certified)} rows, {str(self.status).replace('_', ' ')})>"
        )

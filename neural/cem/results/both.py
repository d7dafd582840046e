"""Negatives and positives of the same instances, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from ....engine.status import Status, Stop
from .contrast import Contrast
from .contrasts import Contrasts

Array = NDArray[Any]


@dataclass(frozen=True, eq=False, repr=False)
class Pair:
    """The pertinent negative and the pertinent positive of one instance.

    Attributes
    ----------
    pn, pp : Contrast
    """

    pn: Contrast
    pp: Contrast

    def to_dict(self) -> dict[str, Any]:
        """Return both as plain values."""
        return {"pn": self.pn.to_dict(), "pp": self.pp.to_dict()}

    def plot(self, **options: Any) -> Any:
        """Draw both and return the figure (the extra ``suffice[report]``)."""
        from .plots import plot_contrasts

        return plot_contrasts([self.pn, self.pp], **options)

    def __repr__(self) -> str:
        return f"{self.pp!r}\n{self.pn!r}"

    def _repr_html_(self) -> str:
        return self.pp._repr_html_() + self.pn._repr_html_()


@dataclass(frozen=True, eq=False, repr=False)
class Pairs(Sequence[Pair]):
    """Pertinent negatives and positives of n instances.

    Attributes
    ----------
    pn, pp : Contrasts
    """

    pn: Contrasts
    pp: Contrasts

    def __len__(self) -> int:
        return len(self.pn)

    @overload
    def __getitem__(self, index: int) -> Pair: ...
    @overload
    def __getitem__(self, index: slice) -> list[Pair]: ...
    def __getitem__(self, index: int | slice) -> Pair | list[Pair]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return Pair(self.pn[index], self.pp[index])

    @property
    def X(self) -> Array:  # noqa: N802
        """The instances."""
        return self.pn.X

    @property
    def X_pred(self) -> Array:  # noqa: N802
        """The model's classes of the instances."""
        return self.pn.X_pred

    @property
    def PN(self) -> Array | None:  # noqa: N802
        """The pertinent negatives; see `Contrasts.PN`."""
        return self.pn.PN

    @property
    def PN_pred(self) -> Array | None:  # noqa: N802
        """The classes of the pertinent negatives."""
        return self.pn.PN_pred

    @property
    def PP(self) -> Array | None:  # noqa: N802
        """The pertinent positives; see `Contrasts.PP`."""
        return self.pp.PP

    @property
    def PP_pred(self) -> Array | None:  # noqa: N802
        """The classes of the pertinent positives."""
        return self.pp.PP_pred

    @property
    def grads_graph(self) -> Array:
        """The exact slopes at the negatives and the positives, (2, n, *instance)."""
        return np.stack([self.pn.grads_graph, self.pp.grads_graph])

    @property
    def grads_num(self) -> Array:
        """The numerical slopes at the negatives and the positives, (2, n, *instance)."""
        return np.stack([self.pn.grads_num, self.pp.grads_num])

    @property
    def status(self) -> Status:
        """``COMPLETE`` if both are."""
        return self.pn.status if self.pn.status is not Status.COMPLETE else self.pp.status

    @property
    def stop(self) -> Stop:
        """Why the search stopped early."""
        return self.pn.stop if self.pn.stop is not Stop.NONE else self.pp.stop

    def to_dict(self) -> dict[str, Any]:
        """Return both as plain values."""
        return {"pn": self.pn.to_dict(), "pp": self.pp.to_dict()}

    def to_json(self, **options: Any) -> str:
        """Return `to_dict` as JSON; `options` go to ``json.dumps``."""
        import json

        return json.dumps(self.to_dict(), **options)

    def to_frame(self) -> Any:
        """Return one pandas data frame, the lines of the negatives first (needs pandas)."""
        import pandas

        return pandas.concat([self.pn.to_frame(), self.pp.to_frame()], keys=["PN", "PP"], names=["kind", "row"])

    def plot(self, rows: Sequence[int] | None = None, **options: Any) -> Any:
        """Draw the first rows, or the given ones, and return the figure (the extra ``suffice[report]``)."""
        from .plots import plot_contrasts

        chosen = range(min(4, len(self))) if rows is None else rows
        return plot_contrasts([kind[i] for i in chosen for kind in (self.pn, self.pp)], **options)

    def __repr__(self) -> str:
        return f"{self.pn!r}\n{self.pp!r}"

    def _repr_html_(self) -> str:
        return self.pn._repr_html_() + self.pp._repr_html_()

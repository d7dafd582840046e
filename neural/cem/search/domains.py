"""Where a pertinent negative or positive may lie, feature by feature.

With x the instance, b the no-information value and [lo, hi] the range, the search moves a state z that starts at an
*origin* and pays for its distance to it:

===========  ==========  ===========  =======================================================================
kind         origin      point        z may be
===========  ==========  ===========  =======================================================================
PN           x           z            x, or strictly farther from b than x: beyond x (*near*, an interval that starts at
                                      x), or on the other side of b, beyond the mirror image 2b - x (*far*)
PP, data     b           z            between b and x; b is first moved into the range
PP, delta    x           x - z        between x and b: the published form, where the model sees the difference alone
===========  ==========  ===========  =======================================================================

The set of a PN is not convex: between x and the mirror image lies a gap. An immutable feature has one value: the
instance's (in the form ``delta``: no difference). Everything is computed in float64 and rounded inwards to the type of
the search, so that no rounding leaves the set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
_GAP = 1e-6  # relative distance kept from the mirror image, which itself is not strictly farther


@dataclass(frozen=True)
class Domain:
    """Origins and allowed values of n rows, float64, each (n, d).

    ``far_lo > far_hi`` says that there is no far interval.
    """

    kind: str
    instance: F64
    origin: F64
    near_lo: F64
    near_hi: F64
    far_lo: F64
    far_hi: F64

    def points(self, states: F64) -> F64:
        """Return the points that the model sees for these states."""
        return self.instance - states if self.kind == "PP delta" else states

    def free(self) -> NDArray[np.bool_]:
        """Return which features can move at all, (n, d)."""
        return np.asarray((self.near_lo < self.near_hi) | (self.far_lo <= self.far_hi))

    def holds(self, states: F64) -> NDArray[np.bool_]:
        """Tell for each row whether its state is allowed, feature by feature."""
        near = (states >= self.near_lo) & (states <= self.near_hi)
        far = (states >= self.far_lo) & (states <= self.far_hi)
        return np.asarray((near | far | (states == self.origin)).all(axis=1))


def negative_domain(instance: F64, no_info: F64, low: F64, high: F64, fixed: NDArray[np.bool_]) -> Domain:
    """Return where pertinent negatives of the rows may lie.

    Parameters
    ----------
    instance : ndarray, shape (n, d)
    no_info, low, high : ndarray, shape (d,)
    fixed : ndarray of bool, shape (d,)
        Immutable features.
    """
    above, below = instance >= no_info, instance <= no_info
    near_lo = np.where(below, low, instance)
    near_hi = np.where(above, high, instance)
    with np.errstate(over="ignore"):
        mirror = 2 * no_info - instance
    gap = _GAP * np.maximum(np.maximum(np.abs(instance), np.abs(no_info)), np.abs(instance - no_info))
    far_lo = np.where(above, low, mirror + gap)
    far_hi = np.where(above, mirror - gap, high)
    none = (above & below) | (far_lo > far_hi)
    far_lo, far_hi = np.where(none, np.inf, far_lo), np.where(none, -np.inf, far_hi)
    still = np.broadcast_to(fixed, instance.shape)
    return Domain(
        "PN",
        instance,
        instance,
        np.where(still, instance, np.broadcast_to(near_lo, instance.shape)),
        np.where(still, instance, np.broadcast_to(near_hi, instance.shape)),
        np.where(still, np.inf, far_lo),
        np.where(still, -np.inf, far_hi),
    )


def positive_domain(
    instance: F64, no_info: F64, low: F64, high: F64, fixed: NDArray[np.bool_], *, published: bool
) -> Domain:
    """Return where pertinent positives of the rows may lie; `published` chooses the form ``delta``."""
    base = np.broadcast_to(np.clip(no_info, low, high), instance.shape)
    base = np.where(fixed, instance, base)
    origin = instance if published else base
    empty = np.full(instance.shape, np.inf)
    kind = "PP delta" if published else "PP"
    return Domain(kind, instance, origin, np.minimum(base, instance), np.maximum(base, instance), empty, -empty)


def grouped(domain: Domain, columns: NDArray[np.int64], options: F64) -> Domain:
    """Return the domain with the columns of a one-hot group spanning the vectors that they may take.

    Parameters
    ----------
    columns : ndarray of int, shape (m,)
    options : ndarray, shape (n, q, m)
    """
    near_lo, near_hi, far_lo, far_hi = (
        part.copy() for part in (domain.near_lo, domain.near_hi, domain.far_lo, domain.far_hi)
    )
    near_lo[:, columns], near_hi[:, columns] = options.min(axis=1), options.max(axis=1)
    far_lo[:, columns], far_hi[:, columns] = np.inf, -np.inf
    return replace(domain, near_lo=near_lo, near_hi=near_hi, far_lo=far_lo, far_hi=far_hi)


def rounded(domain: Domain, kind: np.dtype[np.floating]) -> Domain:
    """Return the domain in a narrower type: intervals rounded inwards, the origin kept within them.

    Parameters
    ----------
    kind : dtype
        The type of the search, or of the instances.
    """
    if kind == np.float64:
        return domain
    near_lo, near_hi = up(domain.near_lo, kind), down(domain.near_hi, kind)
    instance = domain.instance.astype(kind).astype(np.float64)
    near_lo, near_hi = np.minimum(near_lo, instance), np.maximum(near_hi, instance)  # x itself may need rounding
    origin = np.clip(domain.origin.astype(kind).astype(np.float64), near_lo, near_hi)
    far_lo, far_hi = up(domain.far_lo, kind), down(domain.far_hi, kind)
    return Domain(domain.kind, instance, origin, near_lo, near_hi, far_lo, far_hi)


def up(values: F64, kind: np.dtype[np.floating]) -> F64:
    """Return the smallest numbers of a narrower type that are not below `values`, as float64."""
    with np.errstate(over="ignore"):
        cast = values.astype(kind)
    raised = np.nextafter(cast, kind.type(np.inf))
    return np.asarray(np.where(cast.astype(np.float64) < values, raised, cast), dtype=np.float64)


def down(values: F64, kind: np.dtype[np.floating]) -> F64:
    """Return the largest numbers of a narrower type that are not above `values`, as float64."""
    return np.asarray(-up(-values, kind), dtype=np.float64)

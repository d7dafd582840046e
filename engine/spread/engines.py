"""The engines by their names."""

from __future__ import annotations

from typing import Any

from ..errors import BadInputError, shown
from .here import spread_here
from .task import Spread

ENGINES = ("local", "ray", "dask", "spark")


def spread_of(engine: Any) -> Spread:
    """Return what spreads parts.

    Raises
    ------
    BadInputError
        If there is no such engine.
    """
    if not isinstance(engine, str) or engine not in ENGINES:
        raise BadInputError(f"engine={shown(engine)}: expected one of {', '.join(ENGINES)}")
    if engine == "ray":
        from .on_ray import spread_on_ray

        return spread_on_ray
    if engine == "dask":
        from .on_dask import spread_on_dask

        return spread_on_dask
    if engine == "spark":
        from .on_spark import spread_on_spark

        return spread_on_spark
    return spread_here

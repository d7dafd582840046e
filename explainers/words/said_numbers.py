"""Numbers as users say them."""

from __future__ import annotations

import re
from typing import Any

_THOUSANDS = re.compile(r"(?P<number>[-+]?\d+(?:\.\d+)?)\s?(?P<unit>[kKM])")


def plain_number(said: Any) -> float:
    """Return a number, also one that is said in thousands or millions (``50k``, ``1.5M``)."""
    found = _THOUSANDS.fullmatch(said) if isinstance(said, str) else None
    return float(said) if found is None else float(found["number"]) * (1e3 if found["unit"] in "kK" else 1e6)

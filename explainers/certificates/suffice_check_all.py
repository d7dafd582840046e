"""Checks any certificate of suffice: ``python suffice_check_all.py FILE``, beside the other files of the checker.

They are to be read one by one: suffice_check.py alone checks what is claimed of one row, or of a region.
"""

from __future__ import annotations

import sys
import zipfile
from typing import Any

try:
    from . import suffice_check as core
    from .suffice_check_models import Models
    from .suffice_check_near import Near
    from .suffice_check_pb import Bounds
    from .suffice_check_plans import Plans
    from .suffice_check_share import check as check_share
    from .suffice_check_share import is_share
    from .suffice_check_text import fit_certificate
except ImportError:  # the files alone
    import suffice_check as core  # type: ignore[import-not-found, no-redef]
    from suffice_check_models import Models  # type: ignore[import-not-found, no-redef]
    from suffice_check_near import Near  # type: ignore[import-not-found, no-redef]
    from suffice_check_pb import Bounds  # type: ignore[import-not-found, no-redef]
    from suffice_check_plans import Plans  # type: ignore[import-not-found, no-redef]
    from suffice_check_share import check as check_share  # type: ignore[import-not-found, no-redef]
    from suffice_check_share import is_share  # type: ignore[no-redef]
    from suffice_check_text import fit_certificate  # type: ignore[import-not-found, no-redef]


class Every(Near, Models, Bounds, Plans):
    """Checks all claims that there are."""

    claims = tuple(dict.fromkeys((*Near.claims, *Models.claims, *Bounds.claims, *Plans.claims)))

    def __init__(self, head: Any, arrays: Any) -> None:
        fit_certificate(head, arrays, self.claims)
        super().__init__(head, arrays)


def check(path: Any) -> tuple[str, str]:
    """Return the verdict on a file, whatever it claims, and what was checked or why it is rejected."""
    if is_share(path):
        return check_share(path)
    if begins_late(path):
        return core.REJECTED, "something stands before it: is it the rest of a file of rows, which was cut off?"
    return core.check(path, Every)


def begins_late(path: Any) -> bool:
    """Tell whether an archive does not begin where the file does."""
    try:
        with zipfile.ZipFile(path) as file:
            return min((part.header_offset for part in file.infolist()), default=0) > 0
    except (OSError, zipfile.BadZipFile):
        return False


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    found = [(name, *check(name)) for name in sys.argv[1:]]
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not found or not all(verdict == core.ACCEPTED for _, verdict, _ in found))

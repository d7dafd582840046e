"""What the library tells of its work, by ``logging``: nothing is shown unless a program asks for it.

``logging.basicConfig(level=logging.INFO)`` shows what was compiled, how many rows were answered in which time, and
which surrogates were fitted. Queries of single rows tell nothing: they take microseconds, and their results say it.
"""

from __future__ import annotations

import logging

LOG = logging.getLogger("suffice")
LOG.addHandler(logging.NullHandler())

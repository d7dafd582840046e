"""Command line: ``python -m suffice``, or ``suffice``; see ``suffice --help``."""

import sys

from .explainers.command.running import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())

"""Command line of ``python -m suffice.neural``: ``rcsb`` explains, ``paint`` marks regions, ``metrics`` measures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status: 0 done, 1 an error, 2 wrong arguments, 3 not finished."""
    from .rcsb import command, command_metrics

    parser = argparse.ArgumentParser(
        prog="python -m suffice.neural", description="Counterfactuals of images for PyTorch classifiers."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    command.add_rcsb(commands)
    command.add_paint(commands)
    command_metrics.add_metrics(commands)
    options = parser.parse_args(arguments)
    status: int = command.run(options)
    return status


if __name__ == "__main__":
    sys.exit(main())

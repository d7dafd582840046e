"""The commands: which one is asked for, how errors are told, and what the exit status says."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence

from ...engine.errors import SufficeError, UndecidedError
from .arguments import parser

UNPROVED, WRONG, STOPPED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status (2: wrong input, 130: stopped)."""
    whole = parser()
    options = whole.parse_args(arguments)
    if options.command is None:
        whole.print_help(sys.stderr)
        return WRONG
    if getattr(options, "verbose", False):
        logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        return _run(options)
    except (SufficeError, OSError) as error:
        if getattr(options, "debug", False):
            raise
        print(f"suffice {options.command}: {error}", file=sys.stderr)
        return UNPROVED if isinstance(error, UndecidedError) else WRONG


def _run(options: argparse.Namespace) -> int:
    try:
        status = _command(options.command)(options)
        sys.stdout.flush()
    except BrokenPipeError:  # who reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return STOPPED
    return status


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """Return a command; what it needs is loaded now."""
    if name in ("explain", "report"):
        from .explaining import run_explain, run_report

        return run_explain if name == "explain" else run_report
    if name in ("models", "backends"):
        from .listing import run_backends, run_models

        return run_models if name == "models" else run_backends
    if name == "check":
        from .checking import run_check

        return run_check
    if name == "batch":
        from .batching import run_batch_command

        return run_batch_command
    if name == "desk":
        from .opening import run_desk_command

        return run_desk_command
    return _demo


def _demo(options: argparse.Namespace) -> int:
    if options.dataset == "credit":
        from ..credit_demo import run_credit_demo

        return run_credit_demo(options.row)
    from ..demo import run_demo

    return run_demo(options.dataset, options.row)

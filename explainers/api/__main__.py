"""Command line: ``python -m suffice demo`` explains a real tree; ``python -m suffice backends`` lists solvers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status."""
    parser = argparse.ArgumentParser(prog="suffice", description="Exact reasons for the decisions of fitted models.")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser(
        "demo", help="explain a decision tree fitted on data that ships with scikit-learn, or a pipeline"
    )
    demo.add_argument("--dataset", choices=("breast_cancer", "iris", "wine", "credit"), default="breast_cancer")
    demo.add_argument("--row", type=int, default=0, help="which test row to explain (from 0)")
    commands.add_parser("backends", help="list the solvers that can be used")
    options = parser.parse_args(arguments)
    if options.command == "backends":
        from .solvers.registry import backends

        print(backends())
        return 0
    if options.dataset == "credit":
        from .explainers.credit_demo import run_credit_demo

        return run_credit_demo(options.row)
    from .explainers.demo import run_demo

    return run_demo(options.dataset, options.row)


if __name__ == "__main__":
    sys.exit(main())

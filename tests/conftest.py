"""How tests are spread over worker processes.

A kernel is compiled by the first test that needs it, and read from the disk by later ones. Where tests are dealt out
one by one, all workers ask for the same kernels, fits and trained networks at the same moment, and each makes them on
its own. So each gets a contiguous part, and the second worker begins with the tests that need no kernels.
"""

from pathlib import Path

import pytest

PLAIN = tuple(Path(__file__).parent / folder for folder in ("neural", "house", "solvers", "forms", "benchmarks"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    workers = int(getattr(config, "workerinput", {}).get("workercount", 1))
    if workers < 2:
        return
    plain = [item for item in items if any(folder in item.path.parents for folder in PLAIN)]
    others = [item for item in items if not any(folder in item.path.parents for folder in PLAIN)]
    first = min(len(items) // workers, len(others))
    items[:] = [*others[:first], *plain, *others[first:]]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    if config.getoption("dist") != "load":
        return None  # something else was asked for
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)

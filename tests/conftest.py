"""How tests are spread over worker processes.

Models are fitted and networks trained by the first test of a worker that needs them. Where tests are dealt out one by
one, all workers make the same ones at the same moment. So each gets a contiguous part.
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

"""Which tests a plain run leaves out (see ``tests.brute.dear``), and how tests are spread over worker processes.

Models are fitted and networks trained by the first test of a worker that needs them. Where tests are dealt out one by
one, all workers make the same ones at the same moment. So each gets a contiguous part.
"""

import os
from pathlib import Path

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:  # workers share the cores: threads of libraries would wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")

from tests.brute.amounts import THOROUGH
from tests.brute.dear import left_out, measured

PLAIN = tuple(Path(__file__).parent / folder for folder in ("neural", "house", "solvers", "forms", "benchmarks"))


def is_plain(config):
    """Whether nobody said which tests are wanted."""
    given = getattr(config, "workerinput", {}).get("plain")
    return config.args_source is config.ArgsSource.TESTPATHS if given is None else given


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["plain"] = is_plain(node.config)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    if is_plain(config) and not THOROUGH:
        left = set(map(id, left_out(items, measured())))
        config.hook.pytest_deselected(items=[item for item in items if id(item) in left])
        items[:] = [item for item in items if id(item) not in left]
    spread(config, items)


def spread(config, items):
    """Give each worker a contiguous part of the tests."""
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

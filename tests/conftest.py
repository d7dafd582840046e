"""Which tests a run leaves out (``tests.brute.amounts``, ``tests.brute.dear``), and how they are spread over processes.

Models are fitted and networks trained by the first test of a worker that needs them. Where tests are dealt out one by
one, all workers make the same ones at the same moment. So each gets a contiguous part.
"""

import gc
import os
import sys
from pathlib import Path

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:  # workers share the cores: threads of libraries would wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # of libraries that ask for as many threads as there are cores

from hypothesis import Phase, settings

from tests.brute import amounts
from tests.brute.dear import BROAD, QUICK, left_out, measured, spent

PLAIN = tuple(Path(__file__).parent / folder for folder in ("neural", "house", "solvers", "forms", "benchmarks"))
SECONDS = os.environ.get("SUFFICE_SECONDS")  # a file for the seconds of each test
LEFT_OUT = pytest.StashKey[int]()

# Libraries and syntax trees are millions of objects, which the collector would look at again and again.
gc.set_threshold(50_000, 20, 50)

# To shrink a case that fails takes minutes. `--hypothesis-profile=shrink` does so for a test that is named.
settings.register_profile("shrink", phases=tuple(Phase))
settings.register_profile("suffice", phases=[Phase.explicit, Phase.reuse, Phase.generate], print_blob=True)
settings.load_profile("suffice")


def is_plain(config):
    """Whether nobody said which tests are wanted."""
    given = getattr(config, "workerinput", {}).get("plain")
    return config.args_source is config.ArgsSource.TESTPATHS if given is None else given


def pytest_configure(config):
    amounts.quick = is_plain(config) and not amounts.BROAD
    config.addinivalue_line("filterwarnings", "error::numpy.exceptions.ComplexWarning")  # a part of a number is lost


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["plain"] = is_plain(node.config)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    left = set()
    if is_plain(config) and not amounts.THOROUGH:
        left = set(map(id, left_out(items, measured(), QUICK if amounts.quick else BROAD)))
        config.hook.pytest_deselected(items=[item for item in items if id(item) in left])
        items[:] = [item for item in items if id(item) not in left]
    config.stash[LEFT_OUT] = len(left)
    spread(config, items)


def pytest_collection_finish():
    gc.collect()
    gc.freeze()  # what is there now stays


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    begun = spent()
    done = yield
    if SECONDS:
        with Path(SECONDS).open("a", encoding="utf-8") as file:
            file.write(f"{spent() - begun:.4f} {item.nodeid}\n")
    if "matplotlib.pyplot" in sys.modules:  # which keeps every figure until it is closed
        sys.modules["matplotlib.pyplot"].close("all")
    return done


def pytest_sessionfinish(session):
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left out"] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    node.config.stash[LEFT_OUT] = (node.workeroutput or {}).get("left out", 0)


def pytest_terminal_summary(terminalreporter, config):
    count = config.stash.get(LEFT_OUT, 0)
    if count:
        level, more = ("quick", "SUFFICE_BROAD=1 runs more, as .ci/run does; ") if amounts.quick else ("broad", "")
        terminalreporter.write_line(
            f"a {level} run: {count} cases of dear tests left out. {more}SUFFICE_THOROUGH=1 or a named file runs all."
        )

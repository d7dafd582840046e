"""Parts on threads: each once, in any order, until a limit."""

import threading
import time

import pytest
from suffice import BadInputError
from suffice.engine.budget import Deadline
from suffice.engine.spread.here import spread_here
from suffice.engine.status import Stop


def test_every_part_is_done_once():
    done = list(spread_here(lambda part, limit: str(part).encode(), range(50), Deadline(), {"n_jobs": 4}))
    assert sorted(map(int, done)) == list(range(50))


def test_no_more_parts_are_at_work_than_there_are_threads():
    lock, now, most = threading.Lock(), [0], [0]

    def task(part, limit):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.002)
        with lock:
            now[0] -= 1
        return b""

    list(spread_here(task, range(30), Deadline(), {"n_jobs": 3}))
    assert 1 < most[0] <= 3


def test_a_limit_leaves_parts_undone():
    limit = Deadline()

    def task(part, own):
        if part == 3:
            limit.halt(Stop.TIME_LIMIT)
        return str(part).encode()

    done = list(spread_here(task, range(1000), limit, {"n_jobs": 2}))
    assert 1 <= len(done) < 100


def test_an_error_ends_the_run_and_halts_what_is_at_work():
    seen = []

    def task(part, limit):
        if part == 1:
            raise OSError("no space")
        while not limit.expired():
            time.sleep(0.001)
        seen.append(limit.stop)
        return b""

    with pytest.raises(OSError, match="no space"):
        list(spread_here(task, range(2), Deadline(), {"n_jobs": 2}))
    assert seen == [Stop.INTERRUPT]


def test_settings_are_checked():
    with pytest.raises(BadInputError, match="n_jobs"):
        list(spread_here(lambda part, limit: b"", [1], Deadline(), {"n_jobs": 0}))
    with pytest.raises(BadInputError, match="speed"):
        list(spread_here(lambda part, limit: b"", [1], Deadline(), {"speed": 2}))

"""Steps: work that is counted and not timed."""

from suffice.engine._native import Clock
from suffice.engine.budget import Deadline, Steps
from suffice.engine.clock import run_with
from suffice.engine.status import Stop


def limited(steps):
    limit = Deadline()
    limit.steps = Steps(steps)
    return limit


def test_a_deadline_ends_when_its_steps_are_used_up():
    limit = limited(35)
    seen = [limit.expired() for _ in range(5)]
    assert seen == [False, False, False, True, True] and limit.stop is Stop.NODE_LIMIT
    assert "steps" in limit.told


def test_parts_share_the_steps_of_the_whole():
    limit = limited(100)
    part = limit.part(None)
    while not part.expired():
        pass
    limit.end(part)
    assert part.stop is Stop.NODE_LIMIT and limit.steps.left <= 0 and limit.expired()


def test_a_last_moment_is_counted_as_well():
    limit = limited(1)
    assert limit.expired()
    moment = limit.with_grace()
    assert moment.seconds is None and moment.steps.left > 0 and moment is not limit
    assert limited(10**9).with_grace().steps.left == 10**9


def test_a_call_of_the_core_takes_from_the_steps():
    clock, limit = Clock(), limited(1000)
    run_with(clock, limit, lambda: None)
    assert limit.stop is Stop.NONE and not clock.out_of_steps

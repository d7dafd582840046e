"""Calls of the core are stopped from another thread, by the deadline that they were made under."""

import threading

from suffice.engine._native import Clock
from suffice.engine.budget import Deadline
from suffice.engine.clock import run_with
from suffice.engine.status import Stop


def test_halt_stops_the_clock_of_the_call_that_runs():
    clock, limit, begun, halted = Clock(), Deadline(), threading.Event(), []

    def work():
        begun.set()
        while not clock.halted and len(halted) < 10**9:
            threading.Event().wait(0.001)
        halted.append(clock.halted)
        return 7

    found = []
    thread = threading.Thread(target=lambda: found.append(run_with(clock, limit, work)))
    thread.start()
    begun.wait(30)
    limit.halt(Stop.INTERRUPT)
    thread.join(30)
    assert found == [7] and halted == [True] and limit.stop is Stop.INTERRUPT and not clock.timed_out


def test_a_call_after_a_halt_is_stopped_at_once():
    clock, limit = Clock(), Deadline()
    limit.halt(Stop.INTERRUPT)
    assert run_with(clock, limit, lambda: clock.halted)


def test_clocks_of_calls_within_calls():
    outer, inner, limit = Clock(), Clock(), Deadline()

    def within():
        run_with(inner, limit, lambda: None)
        limit.halt(Stop.INTERRUPT)
        return outer.halted, inner.halted

    assert run_with(outer, limit, within) == (True, False)

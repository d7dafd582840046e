"""Warnings are left out in several threads, and all filters are as before afterwards."""

import threading
import warnings

from suffice.engine.quiet import quietly


def test_what_fits_is_left_out(recwarn):
    with quietly("this one"):
        warnings.warn("this one", stacklevel=1)
        warnings.warn("another one", stacklevel=1)
    warnings.warn("this one later", stacklevel=1)
    assert [str(one.message) for one in recwarn] == ["another one", "this one later"]


def test_filters_are_restored_whoever_leaves_last():
    before = list(warnings.filters)
    inside, out = threading.Event(), threading.Event()

    def other():
        with quietly():
            inside.set()
            out.wait(30)

    thread = threading.Thread(target=other)
    with quietly("feature names"):
        thread.start()
        inside.wait(30)
    assert warnings.filters != before
    out.set()
    thread.join()
    assert warnings.filters == before


def test_errors_leave_nothing_behind():
    before = list(warnings.filters)
    try:
        with quietly():
            raise KeyError
    except KeyError:
        pass
    assert warnings.filters == before

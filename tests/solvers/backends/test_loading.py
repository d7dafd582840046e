"""Packages are imported whole, whatever signals raise meanwhile."""

import signal
import subprocess
import sys

import pytest
from suffice.solvers.backends._loading import loaded

BROKEN_OFF = """
import os, signal, sys, threading
from suffice.solvers.backends._loading import loaded
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells let jobs in the background ignore it
module = "slow_to_import"
try:
    loaded(module)
except KeyboardInterrupt:
    print("interrupted")
(found,) = loaded(module)
print(found.whole, threading.current_thread() is threading.main_thread())
"""
SLOW = """
import signal, threading, time
signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)  # not to this thread, as a kill might
time.sleep(0.2)  # the main thread hears it here
whole = True
"""


def test_modules_come_in_order():
    import json
    import math

    assert loaded("json", "math") == [json, math]


def test_what_an_import_raises_is_raised():
    with pytest.raises(ImportError, match="no_such_module"):
        loaded("json", "no_such_module")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals of POSIX")
def test_an_interrupt_leaves_the_import_whole(tmp_path):
    (tmp_path / "slow_to_import.py").write_text(SLOW)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{BROKEN_OFF}"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.split("\n")[:2] == ["interrupted", "True True"], said.stderr

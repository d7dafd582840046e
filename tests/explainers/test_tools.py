"""The published tools: options of the command line, a watch, messages."""

from __future__ import annotations

import sys

import pytest
from suffice import BadInputError, Tools


def test_options_are_those_of_the_command_line(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["script.py", "-dataset=a=b.csv", "--time-limit=5", "other", "-types"])
    assert Tools.Options.dataset == "a=b.csv"
    assert Tools.Options.time_limit == "5"
    assert Tools.Options.types is None
    assert Tools.Options.output is None
    with pytest.raises(AttributeError, match="there is no option 'datasets'"):
        Tools.Options.datasets  # noqa: B018  # it raises


def test_a_watch_counts_from_when_it_was_made_or_reset():
    watch = Tools.Stopwatch()
    assert float(watch.elapsed_time(reset=True)) >= 0
    assert float(watch.elapsed_time()) < 60


def test_messages_are_switched_off_and_on(capsys):
    Tools.set_verbose("0")
    Tools.verbose("silent")
    Tools.set_verbose(1)
    Tools.verbose("told", 3)
    assert capsys.readouterr().out == "told 3\n"
    with pytest.raises(BadInputError, match="expected 0 or 1"):
        Tools.set_verbose("loud")

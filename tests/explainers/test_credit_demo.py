"""The demonstration with a deployed model prints why, and refuses rows that are not there."""

import pytest
from suffice.explainers.credit_demo import run_credit_demo

pytest.importorskip("pandas")


def test_it_tells_why_and_what_would_change_it(capsys):
    assert run_credit_demo(3) == 0
    told = capsys.readouterr().out
    for word in ("prediction", "because", "unless", "for example", "proved", "late payments"):
        assert word in told


def test_a_row_that_is_not_there_is_refused(capsys):
    assert run_credit_demo(500) == 2
    assert "expected 0 to 499" in capsys.readouterr().err

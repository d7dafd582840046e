"""Few files lie between a query and its answer, and the trace that says so sees them."""

import pytest
from suffice.encoders.catalog import find
from suffice.engine.budget import Deadline
from suffice.engine.errors import UnsupportedModelError

from benchmarks.trace import compiling, searches, table, told, traced
from tests.house.layout import ROOT

MOST = {"tree": 8, "forest": 14}  # files that a sufficient_reason enters


@pytest.fixture(scope="module")
def traces():
    return told()


def test_few_files_are_entered(traces):
    found = {said.partition(".")[0]: trace.files for said, trace in traces.items()}
    assert set(found) == set(MOST)
    assert {name: files for name, files in found.items() if not 0 < len(files) <= MOST[name]} == {}


def test_the_encoder_is_searched_once():
    found = {name: searches(trace) for name, trace in compiling().items()}
    assert found == {"tree": 1, "forest": 1}


def test_the_trace_sees_files_in_their_order():
    with traced() as trace:
        limit = Deadline.of(3.0)
        limit.expired()
    with traced() as nothing:
        sum(range(3))
    assert trace.files == ["engine/budget.py"]
    assert trace.calls["engine/budget.py", "of"] == trace.calls["engine/budget.py", "expired"] == 1
    assert nothing.files == []


def test_moves_go_from_file_to_file():
    with traced() as trace, pytest.raises(UnsupportedModelError):
        find(int)
    assert trace.files[0] == "encoders/catalog.py"
    assert trace.moves == len(trace.files)


def test_the_table_has_a_line_a_query(traces):
    lines = table(traces).splitlines()
    assert len(lines) == 2 + len(traces)
    assert all(f"| {len(trace.files)} |" in line for trace, line in zip(traces.values(), lines[2:], strict=True))


def test_the_page_tells_the_trace(traces):
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert table(traces) in page, "python -m benchmarks.trace prints it as it is now"

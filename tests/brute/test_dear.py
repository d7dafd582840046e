"""What the levels of the tests leave out: what is dear, never a whole cheap test, and nothing of the house."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.brute import amounts, dear
from tests.brute.dear import BROAD, FILE, QUICK, left_out, measured, name_of
from tests.house.layout import ROOT


def cases(name, count, **values):
    """Test cases of a function, with so many values of each parameter."""
    return [
        SimpleNamespace(
            nodeid=f"{name}[{i}]",
            callspec=SimpleNamespace(params={key: chr(97 + i % n) for key, n in values.items()} | {"seed": i}),
        )
        for i in range(count)
    ]


def kept(items, seconds, share):
    left = set(map(id, left_out(items, {"tests/a.py::test": seconds}, share)))
    return [item for item in items if id(item) not in left]


@pytest.mark.parametrize("share", [QUICK, BROAD], ids=["quick", "broad"])
def test_as_many_cases_as_fit(share):
    items = cases("tests/a.py::test", 40)
    assert len(kept(items, share.budget / 10.5, share)) == 10
    assert len(kept(items, share.dearest, share)) == share.fewest
    assert kept(items, share.dearest * 1.01, share) == []
    assert kept(cases("tests/b.py::test", 40), 0, share) != []
    name = "tests/house/test_dead.py::test"
    assert left_out(cases(name, 3), {name: 100.0}, share) == []


def test_each_value_comes_first():
    items = cases("tests/a.py::test", 30, family=5, missing=2)
    found = kept(items, BROAD.budget / 5.5, BROAD)
    assert {item.callspec.params["family"] for item in found} == set("abcde")
    assert {item.callspec.params["missing"] for item in found} == set("ab")


def test_a_broad_run_has_what_a_quick_one_has():
    for name, seconds in measured().items():
        items = cases(name, 30, family=4)
        known = {name: seconds}
        assert set(map(id, left_out(items, known, BROAD))) <= set(map(id, left_out(items, known, QUICK)))


def test_dear_tests_are_there():
    for line in FILE.read_text("utf-8").splitlines():
        path, _, function = line.split(maxsplit=2)[2].partition("::")
        assert (ROOT / path).is_file(), path
        assert f"def {function.rpartition('::')[2]}(" in (ROOT / path).read_text("utf-8"), line
    assert len({name_of(name) for name in measured()}) == len(measured())


def test_the_file_is_written_from_seconds(tmp_path, monkeypatch):
    monkeypatch.setattr(dear, "FILE", tmp_path / "dear.txt")
    lines = ["0.5 tests/a.py::test_one[1 2]", "1.5 tests/a.py::test_one[b]", "0.01 tests/a.py::test_two"]
    (tmp_path / "seconds.txt").write_text("\n".join(lines), "utf-8")
    dear.main(str(tmp_path / "seconds.txt"))
    assert measured(dear.FILE) == {"tests/a.py::test_one": 1.0}


def test_amounts(monkeypatch):
    for quick, thorough, expected in ((True, False, [20, 2, 1, 80]), (False, False, [80, 4, 1, 480])):
        monkeypatch.setattr(amounts, "quick", quick)
        monkeypatch.setattr(amounts, "THOROUGH", thorough)
        assert [*map(amounts.some, (480, 10, 1)), amounts.few(480)] == expected
    monkeypatch.setattr(amounts, "THOROUGH", True)
    assert [*map(amounts.some, (480, 10, 1)), amounts.few(480)] == [480, 10, 1, 480]


@pytest.mark.skipif(settings.get_current_profile_name() == "shrink", reason="told to shrink")
def test_a_property_that_fails_is_not_shrunk():
    failures = []

    @settings(max_examples=200, database=None)
    @given(st.lists(st.integers()))
    def is_short(numbers):
        if len(numbers) > 3:
            failures.append(numbers)
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        is_short()
    assert 1 <= len(failures) <= 3  # found, and shown once more


def test_ci_runs_the_broad_level():
    run = Path(ROOT / ".ci" / "run")
    if not run.is_file():
        pytest.skip("an archive of the sources has no .ci/run")
    assert "\nexport SUFFICE_BROAD=1\n" in run.read_text("utf-8")

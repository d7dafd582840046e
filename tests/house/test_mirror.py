"""The path of a test follows from the path of what it tests."""

import pytest

from tests.house.layout import ROOT

FOLDERS = ("engine", "encoders", "solvers", "explainers", "neural")
TESTS = ROOT / "tests"
ACROSS = {  # tests that lie in a folder with rooms below it, as they go through several of the rooms
    "encoders": ("damaged_files", "direct_models", "direct_reasons", "ensemble_cases"),
    "explainers": (
        "large_limits", "many_categories", "misuse", "misuse_arguments", "misuse_inputs", "misuse_labels", "published",
        "time", "whole_model",
    ),
    "neural/cem": ("bits", "misuse", "quality", "stop", "validity"),
    "neural/rcsb": ("large", "rcsb_misuse"),
}  # fmt: skip


def folders():
    """Each folder of tests below those of the five parts, from the tests' folder."""
    found = {path.parent.relative_to(TESTS) for top in FOLDERS for path in (TESTS / top).rglob("*.py")}
    return sorted(folder for folder in found if folder.parts[0] in FOLDERS)


def rooms_of(folder):
    """The folders of Python directly below a source folder."""
    return [path.name for path in sorted((ROOT / folder).iterdir()) if (path / "__init__.py").is_file()]


def files_of(folder):
    """The names of the files directly in a source folder; for the engine those of the core's folder as well."""
    found = [path.stem for path in (ROOT / folder).glob("*.py")]
    if folder.parts[0] == "engine":
        found += [path.stem for path in (ROOT / "engine" / "native" / folder.relative_to("engine")).glob("*.[ch]pp")]
    return found


def names_one(test, files):
    """Whether a test's name begins with that of a file, in the singular or the plural."""
    told = test.removeprefix("test_")
    return any(f"{told}_".startswith((f"{file}_", f"{file}s_", f"{file}es_")) for file in map(str.lower, files))


def test_every_folder_of_tests_is_one_of_the_source():
    assert [str(folder) for folder in folders() if not (ROOT / folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize("folder", folders(), ids=str)
def test_no_test_lies_above_its_room(folder):
    """Where there are rooms, a test is in one, or is named after a file beside them, or goes through several."""
    tests = [path.stem for path in sorted((TESTS / folder).glob("test_*.py"))]
    across = [f"test_{name}" for name in ACROSS.get(str(folder), ())]
    if not rooms_of(folder):
        assert across == []
        return
    files = files_of(folder)
    assert [test for test in tests if not names_one(test, files) and test not in across] == []
    assert [test for test in across if test not in tests or names_one(test, files)] == [], "these need no exception"


def test_every_room_is_seen():
    assert {"engine/ensembles/changes", "neural/cem/search"} <= set(map(str, folders()))
    assert rooms_of(ROOT / "neural") == ["cem", "rcsb"]
    assert names_one("test_boxes", ["box"])
    assert not names_one("test_boxing", ["box"])

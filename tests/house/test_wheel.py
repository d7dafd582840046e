"""What `pip install` puts into site-packages."""

import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.house.layout import ROOT, package_folders, sources

TOP_LEVEL = ("engine", "encoders", "solvers", "explainers", "neural")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The names in a wheel built from a copy of the sources, so that no stale build gets in."""
    work = tmp_path_factory.mktemp("wheel")
    copy = work / "a folder with another name"
    copy.mkdir()
    for name in (*TOP_LEVEL, "tests", "benchmarks"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", str(work), str(copy)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=work, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    (path,) = work.glob("suffice-*.whl")
    with zipfile.ZipFile(path) as archive:
        return [name for name in archive.namelist() if not name.endswith("/")]


def test_only_the_package_is_installed(wheel):
    tops = {name.split("/")[0] for name in wheel}
    assert len(tops) == 2
    assert "suffice" in tops
    assert any(name.endswith(".dist-info") for name in tops)


def test_every_source_is_in_the_wheel_and_nothing_else(wheel):
    stems = (source.module.replace(".", "/") + "/__init__" * source.is_package for source in sources())
    expected = {f"{stem}.py" for stem in stems}
    assert {name for name in wheel if name.endswith(".py")} == expected


def test_no_tests_and_no_benchmarks_in_the_wheel(wheel):
    parts = {part for name in wheel for part in name.split("/")}
    assert not parts & {"tests", "benchmarks", "conftest.py", "api"}


def test_types_are_advertised(wheel):
    assert "suffice/py.typed" in wheel


def test_the_licence_travels_along(wheel):
    assert any(name.endswith("/LICENSE") for name in wheel)


def test_every_package_on_disk_is_listed():
    on_disk = {path.parent for top in TOP_LEVEL for path in (ROOT / top).rglob("__init__.py")}
    listed = {folder.resolve() for folder in package_folders().values()}
    assert on_disk == listed


def test_no_code_outside_the_packages():
    known = {source.path for source in sources()}
    strays = [path for top in TOP_LEVEL for path in (ROOT / top).rglob("*.py") if path not in known]
    assert not strays


def test_the_root_is_no_package():
    assert not (ROOT / "__init__.py").exists(), "a root __init__.py makes tools believe that the clone is a package"
    assert not (ROOT / "suffice").exists(), "a folder of this name would shadow the installed package"

"""What `pip install` puts into site-packages, and that an archive of the sources is enough for it."""

import ast
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from suffice.engine import _native

from tests.brute.amounts import THOROUGH
from tests.house.layout import ROOT, package_folders, sources

TOP_LEVEL = ("engine", "encoders", "solvers", "explainers", "neural")
BUILT = "*.so", "*.pyd", "__pycache__", "*.nb?"


def run(*command, cwd):
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """An unpacked archive of the sources (sdist), made from a copy of them, so that no stale build gets in."""
    pytest.importorskip("nanobind")
    work = tmp_path_factory.mktemp("sdist")
    copy = work / "a folder with another name"
    copy.mkdir()
    for name in (*TOP_LEVEL, "building", "tests", "benchmarks"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns(*BUILT))
    for name in ("setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    make = "import sys; sys.path.insert(0, 'building'); import backend; backend.build_sdist(sys.argv[1])"
    run("-c", make, str(work), cwd=copy)
    (path,) = work.glob("suffice-*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(work, filter="data")
    (folder,) = work.glob("suffice-*/")
    return folder


@pytest.fixture(scope="module")
def site(unpacked, tmp_path_factory):
    """A folder with what a wheel holds that is built from the archive; in a thorough run the core is compiled anew."""
    objects = unpacked / "build" / "native"
    if (ROOT / "build" / "native").is_dir() and not THOROUGH:
        shutil.copytree(ROOT / "build" / "native", objects)
        for path in objects.rglob("*.o"):
            path.touch()  # in a fresh clone the sources may be younger than objects that were brought along
    work = tmp_path_factory.mktemp("wheel")
    run("-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", str(work), str(unpacked), cwd=work)
    (path,) = work.glob("suffice-*.whl")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(work / "site")
    return work / "site"


@pytest.fixture(scope="module")
def wheel(site):
    """The names of the files in the wheel."""
    return [path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()]


def test_the_archive_holds_all_that_a_build_needs(unpacked):
    for top in ("engine/native", "building"):
        needed = {path.relative_to(ROOT) for path in (ROOT / top).rglob("*.[ch]pp")}
        needed |= {path.relative_to(ROOT) for path in (ROOT / top).rglob("*.py")}
        assert needed
        assert not [path for path in needed if not (unpacked / path).is_file()]


def test_no_build_is_in_the_archive(unpacked):
    files = [path.relative_to(unpacked) for path in unpacked.rglob("*") if path.is_file()]
    assert not [path for path in files if path.suffix in (".so", ".pyd", ".o", ".pyc") and path.parts[0] != "build"]


def test_the_core_is_in_the_wheel_and_loads(wheel, site):
    (core,) = (name for name in wheel if name.startswith("suffice/engine/_native.") and not name.endswith(".pyi"))
    assert Path(core).name == Path(_native.__file__).name
    run("-c", "import _native; _native.Clock()", cwd=site / "suffice" / "engine")


def test_the_core_s_sources_are_not_in_the_wheel(wheel):
    assert not [name for name in wheel if name.endswith((".cpp", ".hpp"))]


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
    assert {"suffice/py.typed", "suffice/engine/_native.pyi"} <= set(wheel)


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


class _Plain(ast.NodeTransformer):
    """Leaves out of annotations what versions of nanobind tell differently: shapes and orders of arrays."""

    def visit_Subscript(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "Annotated":
            return node.slice.elts[0]
        return node


def stub_of(text):
    return ast.unparse(_Plain().visit(ast.parse(text))).splitlines()


def test_the_stub_of_the_core_tells_what_is_in_it(tmp_path):
    pytest.importorskip("nanobind")
    written = tmp_path / "_native.pyi"
    folder = Path(_native.__file__).parent
    run("-m", "nanobind.stubgen", "-q", "-m", "_native", "-i", str(folder), "-o", str(written), cwd=tmp_path)
    committed = (ROOT / "engine" / "_native.pyi").read_text()
    assert stub_of(committed) == stub_of(written.read_text()), "python building/compile_native.py writes it anew"

"""The code on the page runs as it stands."""

import re
import subprocess
import sys

import pytest

from tests.house.layout import ROOT

PAGE = ROOT / "docs" / "add-a-solver.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the files of the page, installed as a distribution would be."""
    target = tmp_path_factory.mktemp("page")
    files = dict(re.findall(r"```\w+ file=(\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S))
    assert set(files) >= {"dpll_plugin.py", "test_dpll.py", "use_registered.py", "entry_points.txt", "use_program.py"}
    info = target / "dpll-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: dpll\nVersion: 1.0\n")
    for name, text in files.items():
        (info if name == "entry_points.txt" else target).joinpath(name).write_text(text)
    return target


def run(folder, code):
    boot = f"import sys; sys.path[:] = {[str(folder), *sys.path]!r}; import runpy; "
    done = subprocess.run(
        [sys.executable, "-c", boot + code],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=folder,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_backend_is_small(folder):
    assert len((folder / "dpll_plugin.py").read_text().splitlines()) <= 75


def test_kit_passes(folder):
    options = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "test_dpll.py"]
    code = f"import pytest; sys.exit(pytest.main({options!r}))"
    out = run(folder, code)
    assert re.search(r"1\d passed", out)


def test_registered_at_run_time(folder):
    out = run(folder, "runpy.run_path('use_registered.py')")
    assert out.splitlines()[0] == "sat (1, -2, 3)"
    assert re.search(r"^sat +dpll .* registered at run time$", out, re.M)


def test_entry_point(folder):
    code = """from suffice.solvers import get, backends
print(get("dpll", "sat").name, [row.note for row in backends() if row.name == "dpll"])"""
    assert run(folder, code).strip() == "dpll ['plug-in']"


def test_programs(folder):
    out = run(folder, "runpy.run_path('use_program.py'); from suffice.solvers import backends; print(backends())")
    assert re.search(r"^counter +mine .*install my-counter", out, re.M)


def test_isolated_plugin(folder):
    code = (
        "from suffice.solvers import get; from suffice.engine.forms import Cnf\n"
        "with get('dpll', 'sat', isolated=True).open(Cnf.from_clauses([[1, 2], [-1]])) as s: print(s.solve().model)"
    )
    assert run(folder, code).strip() == "(-1, 2)"

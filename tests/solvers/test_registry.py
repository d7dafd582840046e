import subprocess
import sys

import pytest
from suffice.engine.errors import BadInputError, CapabilityError, MissingBackendError
from suffice.solvers import (
    Capabilities,
    Kind,
    Requirement,
    TimeLimit,
    backends,
    get,
    is_available,
    register,
    unregister,
)
from suffice.solvers.backends.brute import BruteSat
from suffice.solvers.registry import _plugins

NATIVE = ("pysat", "pysolvers", "pycard", "ortools", "pysdd", "highspy", "pyganak")


class Named(BruteSat):
    name = "named"

    def __init__(self, **changes):
        self.__dict__.update(changes)


@pytest.fixture
def named():
    yield register(Named())
    unregister("named", "sat")


def python(code, *arguments, path=()):
    boot = f"import sys; sys.path[:] = {[*map(str, path), *sys.path]!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", boot + code, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_and_table_load_no_native_code():
    code = f"""
import suffice.solvers
from suffice.solvers import backends, get, is_available
import suffice.solvers.conformance
text = repr(backends()) + backends()._repr_html_()
for row in backends():
    is_available(row.name, row.kind)
    if row.available:
        get(row.name, row.kind)
print([name for name in sys.modules if name.split(".")[0] in {NATIVE!r} or name == "pytest"])
"""
    assert python(code).strip() == "[]"


def test_defaults_are_preferred_and_fit():
    assert get(None, "sat").name == "minisat22"
    assert get(None, Kind.MAXSAT).name == "rc2"
    assert get(None, "mip", needs=["exact"]).name == "cpsat"
    assert get(None, "hitting", needs="incremental").name == "rc2"
    assert get(None, "counter").capabilities.kind is Kind.COUNTER


def test_unknown_names_tell_near_ones():
    with pytest.raises(MissingBackendError, match="no sat backend is called 'glucos4'; did you mean 'glucose4'"):
        get("glucos4", "sat")
    with pytest.raises(MissingBackendError, match=r"known: .*rc2"):
        get("zzz", "maxsat")
    with pytest.raises(MissingBackendError, match="excluded: not built"):
        get("minisatgh", "sat")
    with pytest.raises(MissingBackendError, match="no hitting backend"):
        get("minisat22", "hitting")


def test_missing_parts_tell_the_remedy(named):
    register(Named(requirement=Requirement(("no_such_module",), ("no-such-program",), remedy="pip install it")))
    with pytest.raises(MissingBackendError, match="needs no_such_module, no-such-program: pip install it"):
        get("named", "sat")
    assert not is_available("named", "sat")
    row = next(row for row in backends("sat") if row.name == "named")
    assert not row.available
    assert "pip install it" in row.remedy
    assert "pip install it" in repr(backends("sat"))


def test_lacking_capabilities_print_the_table():
    with pytest.raises(CapabilityError) as caught:
        get("kissat404", "sat", needs=["assumptions", "cores"])
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("sat backend 'kissat404' lacks something that the query needs (assumptions, cores)")
    assert lines[1].split() == ["backend", "assumptions", "cores"]
    assert ["kissat404", "no", "no"] in [line.split() for line in lines]
    assert ["minisat22", "yes", "yes"] in [line.split() for line in lines]
    with pytest.raises(CapabilityError, match="no counter backend fits"):
        get(None, "counter", needs=["weights"])


def test_bad_arguments():
    with pytest.raises(BadInputError, match="kind='smt'"):
        get(None, "smt")
    with pytest.raises(BadInputError, match="'speed' is no capability"):
        get(None, "sat", needs=["speed"])
    with pytest.raises(BadInputError, match="is no backend"):
        register(object())
    with pytest.raises(BadInputError, match="lacks the method count"):
        register(Named(capabilities=Capabilities(Kind.COUNTER)))


def test_a_backend_itself_is_taken(named):
    assert get(named, "sat") is named
    with pytest.raises(CapabilityError, match="solves sat, the query needs mip"):
        get(named, "mip")
    with pytest.raises(CapabilityError, match="lacks something"):
        get(named, "sat", needs=["isolated"])


def test_registered_backends_win_and_are_forgotten(named):
    assert get("named", "sat") is named
    mine = register(Named(name="minisat22"))
    assert get("minisat22", "sat") is mine
    unregister("minisat22", "sat")
    assert get("minisat22", "sat") is not mine
    assert get(None, "sat") is not mine


def test_isolated_on_request():
    backend = get("glucose4", "sat", needs=["time_limit", "cores"], isolated=True)
    assert backend.capabilities.isolated
    assert backend.capabilities.time_limit is TimeLimit.KEPT
    assert not get("glucose4", "sat").capabilities.isolated
    already = get("scip", "mip", isolated=True)
    assert already.capabilities.isolated


def test_table_is_readable():
    table = backends("mip")
    assert [row.kind for row in table] == [Kind.MIP] * len(table)
    assert table[0] in list(table)
    head = repr(table).splitlines()[0].split()
    assert head == ["kind", "name", "version", "available", "can", "remark"]
    assert "<table>" in table._repr_html_()
    assert "continuous" in next(row for row in table if row.name == "highs").abilities


def write_plugin(folder, entry_points, code):
    (folder / "plug.py").write_text(code)
    info = folder / "plug-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plug\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[suffice.solvers]\n{entry_points}\n")


PLUGIN = """
from suffice.solvers.backends.brute import BruteSat, BruteCounter
class Mine(BruteSat):
    name = "mine"
class Count(BruteCounter):
    name = "mine"
both = [Mine(), Count]
def broken():
    raise OSError("no licence")
"""


def test_plugins(tmp_path):
    write_plugin(
        tmp_path, "one = plug:both\ntwo = plug:broken\nthree = plug:missing\nfour = nowhere:x\nfive = plug:PLUG", PLUGIN
    )
    code = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    from suffice.solvers import backends, get
    print(get("mine", "sat").name, get("mine", "counter").name, get(None, "sat").name)
    print([(row.name, row.note) for row in backends() if row.name == "mine"])
for warning in caught:
    print(warning.message)
"""
    out = python(code, path=[tmp_path])
    assert out.splitlines()[0] == "mine mine minisat22"
    assert out.splitlines()[1] == "[('mine', 'plug-in'), ('mine', 'plug-in')]"
    for name, reason in (("two", "OSError: no licence"), ("three", "AttributeError"), ("four", "ModuleNotFoundError")):
        assert f"the solver plug-in '{name}'" in out
        assert reason in out


def test_plugins_are_looked_for_once():
    assert _plugins() is _plugins()

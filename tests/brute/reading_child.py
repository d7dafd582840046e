"""Reads files one after the other and tells of each: run as ``reading_child.py READER FOLDER SUFFIX FIRST END``."""

import contextlib
import io
import os
import resource
import sys
import warnings
from pathlib import Path


def read_model(path: Path) -> None:
    from suffice import Explainer

    Explainer.initialize(path)


def read_cnf(path: Path) -> None:
    from suffice.engine.forms import Cnf
    from suffice.engine.forms.files.dimacs import from_dimacs, to_dimacs

    form = Cnf.read(path)
    assert from_dimacs(to_dimacs(form), Cnf.from_clauses) == form


def read_wcnf(path: Path) -> None:
    from suffice.engine.forms import Wcnf
    from suffice.engine.forms.files.dimacs import from_wcnf, to_wcnf

    form = Wcnf.read(path)
    assert from_wcnf(to_wcnf(form), Wcnf.from_clauses) == form


def read_linear(path: Path) -> None:
    from suffice.engine.forms import Linear

    form = Linear.read(path)
    if form.n_vars and form.n_vars < 10_000:
        again = path.with_name(f"again{path.suffix}")
        form.write(again)
        written = Linear.read(again)
        assert path.suffix == ".opb" or written == form, "what is written reads as another program"


def read_table(path: Path) -> None:
    from suffice.explainers.learning import read_table as read

    read(path)


READERS = {"model": read_model, "cnf": read_cnf, "wcnf": read_wcnf, "linear": read_linear, "table": read_table}
MEMORY = 6 << 30


def outcome(read, path: Path) -> str:
    from suffice import SelfCheckError, SufficeError

    try:
        read(path)
    except SelfCheckError as error:
        return f"wrong {error}"
    except SufficeError as error:
        return f"refused {type(error).__name__} {error}"
    except BaseException as error:
        return f"bare {type(error).__name__} {error}"
    return "taken"


def main() -> None:
    reader, folder, suffix, first, end = sys.argv[1:]
    warnings.simplefilter("ignore")
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    out = os.fdopen(os.dup(1), "wb", buffering=0)  # libraries write where they like
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    sys.stdout = sys.stderr = io.StringIO()
    import suffice  # noqa: F401 - the time of the import is no file's

    if reader == "model":
        import lightgbm  # noqa: F401
        import xgboost  # noqa: F401
    out.write(b"ready\n")
    for i in range(int(first), int(end)):
        told = outcome(READERS[reader], Path(folder) / f"{i}{suffix}")
        out.write(b"@" + told.replace("\n", " | ")[:600].encode("utf-8", "replace") + b"\n")


if __name__ == "__main__":
    main()

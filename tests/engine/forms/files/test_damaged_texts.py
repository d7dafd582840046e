"""Damaged texts of forms and tables: an error of the library, or a form that is written and read as the same."""

import random

import pytest
from suffice.engine.errors import BadInputError, FormatError
from suffice.engine.forms import Cnf, Linear, Wcnf
from suffice.explainers.learning import read_table

from tests.brute.amounts import examples
from tests.brute.damage import damaged, outcomes
from tests.engine.forms.files.file_samples import texts
from tests.engine.forms.files.readers import from_dimacs, from_opb, from_wcnf


@pytest.mark.parametrize(
    ("reader", "suffix"),
    [("cnf", ".cnf"), ("wcnf", ".wcnf"), ("linear", ".lp"), ("linear", ".mps"), ("linear", ".opb"), ("table", ".csv")],
)
def test_random_damage(tmp_path, reader, suffix):
    rng = random.Random(suffix)
    whole = [text.encode() for text in texts(suffix)]
    contents = [*whole, *(damaged(rng.choice(whole), rng) for _ in range(examples(60)))]
    said = outcomes(reader, tmp_path, contents, suffix=suffix)
    assert set(said[: len(whole)]) == {"taken"}
    assert {i: told for i, told in enumerate(said) if not told.startswith(("taken", "refused"))} == {}
    assert any(told.startswith("refused") for told in said)


@pytest.mark.parametrize(
    "text",
    [
        "* offset= \nmin: ;", "* offset= x\nmin: ;", "* offset= 1.5\nmin: ;", f"* offset= {'9' * 5000}\nmin: ;",
        "* #variable= 4294967296\nmin: ;", f"* #variable= {'9' * 5000}\nmin: ;", "min: ;\n+1 x4294967296 >= 1 ;",
        f"min: ;\n+1 x{'9' * 5000} >= 1 ;", f"min: +{'9' * 5000} x1 ;", "min: ;\n+1 x0 >= 1 ;", "min: ;\n+1 x1 >= ;",
        f"min: +{'9' * 400} x1 ;",
    ],
)  # fmt: skip
def test_numbers_of_opb(text):
    with pytest.raises(FormatError):
        from_opb(text)


def test_what_opb_may_say():
    assert from_opb("* offset= -3\nmin: +2 x1 ;\n+1 x3 >= 1 ;").offset == -3
    assert from_opb("* offset= -3\nmin: +2 ~x1 ;").offset == -1
    assert from_opb("* #variable= 100000 #constraint= 0\nmin: ;").n_vars == 100_000


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (from_dimacs, f"p cnf {'9' * 5000} 0"), (from_dimacs, f"p cnf 2 1\n{'1' * 5000} 0"), (from_dimacs, "p cnf ² 0"),
        (from_dimacs, "p cnf 1_0 0"), (from_wcnf, "c nvars: ²\nh 1 0"), (from_wcnf, f"c nvars: {'9' * 5000}\nh 1 0"),
        (from_wcnf, f"{'9' * 5000} 1 0"), (from_wcnf, "p wcnf -3 0\n"), (from_wcnf, "h 1 0 0"),
    ],
)  # fmt: skip
def test_numbers_of_formulas(read, text):
    with pytest.raises(FormatError):
        read(text)


@pytest.mark.parametrize("read", [Cnf.read, Wcnf.read, Linear.read, read_table])
def test_paths(tmp_path, read):
    (tmp_path / "folder.lp").mkdir()
    for path in (tmp_path / "none.lp", tmp_path / "folder.lp", None):
        with pytest.raises(BadInputError):
            read(path)


def test_labels_of_tables(tmp_path):
    path = tmp_path / "t.csv"
    for told, kind in (
        ("1\n0", "i"),
        ("1\n0.5", "f"),
        ("inf\n0", "U"),
        ("nan\n0", "U"),
        ("1e300\n0", "f"),
        ("a\n0", "U"),
    ):
        first, second = told.split("\n")
        path.write_text(f"x,y\n1,{first}\n2,{second}\n")
        labels = read_table(path)[1]
        assert labels.dtype.kind == kind
        assert labels.tolist() == [type(labels.tolist()[0])(one) for one in (first, second)]

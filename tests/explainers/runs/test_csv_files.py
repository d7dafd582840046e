"""CSV files by the numbers of their rows: as Python's own reader has them."""

import csv
import io

import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suffice import BadInputError
from suffice.explainers.runs import csv_files
from suffice.explainers.runs.csv_files import DAMAGED, csv_source

from tests.brute.amounts import examples

TEXT = st.text(st.sampled_from("ab,\"\n\r' é\t"), max_size=5)


def written(path, rows, ending="\n"):
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=ending).writerows(rows)
    path.write_text(stream.getvalue(), "utf8", newline="")
    return path


@given(rows=st.lists(st.tuples(TEXT, TEXT), max_size=12), piece=st.integers(1, 5), chunk=st.integers(1, 9),
       ending=st.sampled_from(["\n", "\r\n"]), last=st.booleans(), cut=st.integers(0, 12))  # fmt: skip
@settings(max_examples=examples(60), deadline=None)
def test_rows_are_those_of_the_reader(tmp_path_factory, monkeypatch_module, rows, piece, chunk, ending, last, cut):
    rows = [(a.replace("\r", "r"), f"x{b}".replace("\r", "r")) for a, b in rows]
    path = written(tmp_path_factory.mktemp("csv") / "a.csv", [("one", "two"), *rows], ending)
    if not last:
        path.write_bytes(path.read_bytes().removesuffix(ending.encode()))
    monkeypatch_module.setattr(csv_files, "_PIECE", piece)
    monkeypatch_module.setattr(csv_files, "_CHUNK", chunk)
    source = csv_source([path], {"one": False, "two": False})
    assert source.n_rows == len(rows)
    cut = min(cut, len(rows))
    found = [*source.rows(0, cut).to_pylist(), *source.rows(cut, len(rows)).to_pylist()]
    assert [(row["one"] or "", row["two"]) for row in found] == rows


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_empty_lines_are_no_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n\n1,2\r\n\r\n3,4\n\n")
    source = csv_source([path], {})
    assert source.n_rows == 2 and source.rows(1, 2).to_pylist() == [{"a": 3, "b": 4}]


def test_types_are_those_that_all_rows_have(tmp_path):
    rows = [("1", "1", "x", "true", "1", ""), ("2", "2.5", "y", "False", "", "")]
    path = written(tmp_path / "a.csv", [("whole", "float", "text", "truth", "some", "none"), *rows])
    types = {field.name: str(field.type) for field in csv_source([path], {}).schema}
    assert types == {
        "whole": "int64", "float": "double", "text": "string", "truth": "bool", "some": "double", "none": "double"
    }  # fmt: skip


def test_columns_of_the_model_have_the_types_that_it_reads(tmp_path):
    path = written(tmp_path / "a.csv", [("code", "age"), ("007", "31"), ("12", "many"), ("3", "40")])
    source = csv_source([path], {"code": False, "age": True})
    assert [str(field.type) for field in source.schema] == ["string", "int64"]
    rows = source.rows(0, 3).to_pylist()
    assert [row["code"] for row in rows] == ["007", "12", "3"]
    assert [row["age"] for row in rows] == [31, None, 40]
    assert [row[DAMAGED] is None for row in rows] == [True, False, True] and "'many'" in rows[1][DAMAGED]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("a,a\n1,2\n", "called 'a'"),
        ("a,b\n1,2,3\n", "Expected 2 columns"),
        ('a,b\n1,"2\n3,4\n', "quote is open"),
    ],
)
def test_what_is_no_table_is_said(tmp_path, text, words):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(BadInputError, match=words):
        csv_source([path], {})


def test_files_have_the_same_columns(tmp_path):
    one, other = written(tmp_path / "a.csv", [("a",), ("1",)]), written(tmp_path / "b.csv", [("b",), ("1",)])
    with pytest.raises(BadInputError, match=r"b\.csv has other columns"):
        csv_source([one, other], {})
    source = csv_source([one, written(tmp_path / "c.csv", [("a",), ("2.5",)])], {})
    assert source.rows(0, 2).to_pylist() == [{"a": 1.0}, {"a": 2.5}]


def test_what_is_missing_is_what_pandas_takes_for_missing(tmp_path):
    from pandas._libs.parsers import STR_NA_VALUES

    texts = sorted({*STR_NA_VALUES, "none", "-", "na", "x"} - {""})
    path = written(tmp_path / "a.csv", [("t",), *[(text,) for text in texts]])
    found = [row["t"] is None for row in csv_source([path], {"t": False}).rows(0, len(texts)).to_pylist()]
    assert found == pandas.read_csv(path)["t"].isna().tolist()

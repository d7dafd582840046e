import os
import random

import pytest
from suffice.engine.errors import FormatError
from suffice.engine.forms import Cnf, Wcnf
from suffice.engine.forms.files.dimacs import to_dimacs, to_wcnf

from tests.engine.forms.files.readers import from_dimacs, from_wcnf


def random_cnf(rng, n_vars):
    lengths = [rng.choice([0, 1, 2, 3, 8]) for _ in range(rng.randint(0, 12))]
    return Cnf.from_clauses([[rng.choice((-1, 1)) * rng.randint(1, n_vars) for _ in range(k)] for k in lengths], n_vars)


def test_cnf_round_trip(tmp_path):
    rng = random.Random(0)
    for _ in range(50):
        cnf = random_cnf(rng, rng.randint(1, 9))
        assert from_dimacs(to_dimacs(cnf, ["a comment", "two\nlines"])) == cnf
    cnf.write(tmp_path / "a.cnf")
    assert Cnf.read(tmp_path / "a.cnf") == cnf
    assert os.listdir(tmp_path) == ["a.cnf"]


def test_text_is_what_it_looks_like():
    text = to_dimacs(Cnf.from_clauses([[1, -3], []], 4), ["hello"])
    assert text == "c hello\np cnf 4 2\n1 -3 0\n0\n"


def test_what_readers_meet():
    text = "c x\nc p show 1 2 0\ncomment\n\np  cnf 3 2\nc t mc\n1\n -2 0 3\n0\n%\n0\n"
    assert from_dimacs(text) == Cnf.from_clauses([[1, -2], [3]], 3)
    assert from_dimacs("p cnf 0 0\n") == Cnf.from_clauses([])
    assert from_dimacs("p cnf 2 1\r\n+1 -2 0\r\n") == Cnf.from_clauses([[1, -2]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no header"),
        ("1 0\n", "line 1: a clause before the header"),
        ("p cnf 2\n", "line 1: expected 'p cnf"),
        ("p wcnf 2 1\n", "line 1: expected 'p cnf"),
        ("p cnf x 1\n", "line 1: expected an integer, got 'x'"),
        ("p cnf -1 0\n", "negative"),
        ("p cnf 2 1\np cnf 2 1\n", "line 2: a second header"),
        ("p cnf 2 1\nc\n1 3 0\n", "line 3: literal 3 is beyond"),
        ("p cnf 2 1\n1 two 0\n", "line 2: expected an integer"),
        ("p cnf 2 1\n1 1.0 0\n", "line 2: expected an integer"),
        ("p cnf 2 1\n1 ² 0\n", "line 2: expected an integer"),
        ("p cnf 2 1\n1 2\n", "does not end with 0"),
        ("p cnf 2 2\n1 2 0\n", "announces 2 clauses, the text has 1"),
    ],
)
def test_bad_cnf_texts(text, message):
    with pytest.raises(FormatError, match=message):
        from_dimacs(text)


def test_wcnf_round_trip(tmp_path):
    rng = random.Random(1)
    for _ in range(50):
        n_vars = rng.randint(1, 9)
        soft = random_cnf(rng, n_vars)
        wcnf = Wcnf(random_cnf(rng, n_vars), soft, [rng.randint(1, 2**40) for _ in range(soft.n_clauses)])
        assert from_wcnf(to_wcnf(wcnf, ["text"])) == wcnf
        assert from_wcnf(to_wcnf(wcnf, old=True)) == wcnf
    wcnf.write(tmp_path / "a.wcnf")
    assert Wcnf.read(tmp_path / "a.wcnf") == wcnf


def test_wcnf_texts():
    assert to_wcnf(Wcnf.from_clauses([[1]], [[-1, 2]], [7])) == "c nvars: 2\nh 1 0\n7 -1 2 0\n"
    assert from_wcnf("c hi\nh 1 2 0\n3 -1 0\n") == Wcnf.from_clauses([[1, 2]], [[-1]], [3])
    old = "c x\np wcnf 4 3 9\n9 1 2 0\n3 -1 0\n10 3 0\n"
    assert from_wcnf(old) == Wcnf.from_clauses([[1, 2], [3]], [[-1]], [3], 4)
    assert from_wcnf("p wcnf 2 1\n3 -1 0\n") == Wcnf.from_clauses([], [[-1]], [3], 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("h 1 2\n", "line 1: .* 0 at the end"),
        ("0\n", "line 1"),
        ("h 1 0 2 0\n", "line 1: 0 inside"),
        ("x 1 0\n", "line 1: expected an integer, got 'x'"),
        ("0 1 0\n", "line 1: weight 0"),
        ("-2 1 0\n", "line 1: weight -2"),
        ("1.5 1 0\n", "line 1"),
        ("p wcnf 2 1 5\nh 1 0\n", "line 2: 'h' in a file"),
        ("p wcnf 2 1 5\n1 3 0\n", "variable 3 is beyond"),
        ("h 1 0\np wcnf 1 1 5\n", "line 2: a header after"),
        ("p cnf 2 1\n", "line 1: expected 'p wcnf"),
        ("c nvars: 1\nh 2 0\n", "variable 2 is beyond"),
        (f"{2**62} 1 0\n{2**62} 2 0\n", "sum up"),
    ],
)
def test_bad_wcnf_texts(text, message):
    with pytest.raises(FormatError, match=message):
        from_wcnf(text)


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.cnf"
    Cnf.from_clauses([[1]]).write(path)
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        Cnf.from_clauses([[2]]).write(path)
    monkeypatch.undo()
    assert Cnf.read(path) == Cnf.from_clauses([[1]])
    assert os.listdir(tmp_path) == ["a.cnf"]


def test_written_files_follow_the_umask(tmp_path):
    path = tmp_path / "a.cnf"
    Cnf.from_clauses([[1]]).write(path)
    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask


def test_no_text(tmp_path):
    path = tmp_path / "a.cnf"
    path.write_bytes(b"p cnf \xff\xfe")
    with pytest.raises(FormatError, match="UTF-8"):
        Cnf.read(path)

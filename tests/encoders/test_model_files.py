"""Paths of model files: told by content, whatever their name; what is no model file is named."""

import gzip
import os
import pickle
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from suffice import BadInputError, Explainer, FormatError, SufficeError, UnsupportedModelError
from suffice.encoders.lightgbm.files import parse_text

from tests.encoders.file_cases import SMALL, as_version_2, lightgbm_texts, rows, without_sizes, xgboost_files


class Named:
    """A path that is neither a text nor a `Path`."""

    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return str(self.path)


@pytest.mark.parametrize("name", ["m.model", "m", "m.txt", "m.json", "m.ubj", "m.bin", "m ü.pkl"])
@pytest.mark.parametrize("kind", ["lightgbm", "json", "ubj"])
def test_content_decides(tmp_path, name, kind):
    pytest.importorskip("lightgbm" if kind == "lightgbm" else "xgboost")
    content = lightgbm_texts()[0].encode() if kind == "lightgbm" else xgboost_files(kind)[0]
    path = tmp_path / name
    path.write_bytes(content)
    table, _, two, _ = rows()
    for given in (path, str(path), os.fsencode(path), Named(path)):
        explainer = Explainer.initialize(given, table[0])
        said = [explainer.predict(row) for row in table]
        assert np.mean(np.asarray(said) == two) > 0.6
        assert explainer.is_sufficient_reason(explainer.sufficient_reason())


def write_gzip(path):
    with gzip.open(path, "wb") as stream:
        stream.write(b"{}")


def write_zip(path):
    with zipfile.ZipFile(path, "w") as stream:
        stream.writestr("a", "b")


@pytest.mark.parametrize(
    ("write", "error", "message"),
    [
        (lambda path: None, BadInputError, r"cannot be read \(No such file"),
        (lambda path: path.mkdir(), BadInputError, r"cannot be read \(it is a folder\)"),
        (os.mkfifo, BadInputError, r"cannot be read \(it is no plain file\)"),
        (lambda path: path.write_bytes(b""), FormatError, "is empty: expected a file that XGBoost"),
        (write_gzip, FormatError, "is a gzip file.*unpack it"),
        (write_zip, FormatError, "is a zip file.*unpack it"),
        (lambda path: path.write_bytes(pickle.dumps([1])), UnsupportedModelError, "load it yourself"),
        (lambda path: path.write_bytes(b"\x08\x07\x12\x04skl2"), FormatError, "has no nodes.*expected an ONNX model"),
        (lambda path: path.write_bytes(b"binf\x00\x00\x00?"), FormatError, "old binary format.*save it as .json"),
        (lambda path: path.write_bytes(b"\x00\x00\x00?" + b"\x00" * 140 + b"gbtree"), FormatError, "old binary"),
        (lambda path: path.write_text("booster[0]:\n0:[f0<1]"), FormatError, "dump of trees"),
        (lambda path: path.write_text('{"name": "tree", "tree_info": []}'), FormatError, "JSON dump of LightGBM"),
        (lambda path: path.write_bytes(b"\xef\xbb\xbftree\nversion=v4\n"), FormatError, "begins with"),
        (lambda path: path.write_bytes(b"hello"), FormatError, "begins with b'hello'"),
        (lambda path: path.write_text('{"learner": 1}'.replace("1", "[" * 10**5)), FormatError, "damaged or cut off"),
    ],
)  # fmt: skip
def test_what_is_no_model_file(tmp_path, write, error, message):
    path = tmp_path / "m.any"
    write(path)
    with pytest.raises(error, match=re.compile(message, re.DOTALL)) as caught:
        Explainer.initialize(path)
    assert len(str(caught.value).removeprefix(str(path))) < 400
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "given", ["", "tree\nversion=v4\n", '{"learner": {}}', b'{"learner": {}}', "a\x00b", "x" * 5000]
)
def test_texts_that_are_no_paths(given):
    with pytest.raises(SufficeError, match=r"content of a file|cannot be read"):
        Explainer.initialize(given)


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "m.txt"
    path.write_text("tree\n")
    path.chmod(0)
    with pytest.raises(BadInputError, match="Permission denied"):
        Explainer.initialize(path)


def test_older_texts_are_taken_when_whole(tmp_path):
    lightgbm = pytest.importorskip("lightgbm")
    table, *_ = rows()
    text = lightgbm_texts()[0]
    wanted = lightgbm.Booster(model_str=text).predict(table)
    end = "end of trees\n"
    for version in (as_version_2(text), as_version_2(text) + "\npandas_categorical:null\n", text.replace(end, "")):
        path = tmp_path / "m.txt"
        path.write_text(version)
        explainer = Explainer.initialize(path, table[0])
        assert [explainer.predict(row) for row in table] == (wanted > 1 - wanted).astype(int).tolist()
    old = as_version_2(text)
    for cut in range(old.index("Tree=1"), old.index("feature importances:") + 10):
        with pytest.raises(FormatError):
            parse_text(old[:cut], "it")


def test_categories_of_a_frame_cut_off():
    text = lightgbm_texts()[1]
    for cut in range(text.index("end of parameters"), len(text.rstrip())):
        with pytest.raises(FormatError):
            parse_text(text[:cut], "it")
    assert parse_text(text.rstrip(), "it").frame_categories == (("x", "y", "z"), (3, 5, 9))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("num_class=1", "num_class=2"), ("num_class=1", "num_class= 1"), ("num_class=1", "num_class=1 "),
        ("num_class=1", "num_class =1"), ("num_class=1", "num_class=99999999999"),
        ("max_feature_idx=2", "max_feature_idx=2147483647"),
        ("max_feature_idx=2", "max_feature_idx=1"), ("num_leaves=4", "num_leaves=0"), ("num_leaves=4", "num_leaves=-4"),
        ("num_cat=0", "num_cat=-1"), ("leaf_value=", "leaf_value=1_0 "), ("leaf_value=", "leaf_value=\u0661 "),
        ("\nTree=1", "\nTree=7"), ("sigmoid:1", "sigmoid:1\naverage_outpu"),
        ("end of trees", "end of trees\nend of trees"), ("[boosting: gbdt]", "[boosting"), ("\n", "\r\n"),
        ("shrinkage=0.1", "shrinkage=x"), ("leaf_count=", "leaf_count=1 "), ("decision_type=2", "decision_type=99"),
        ("pandas_categorical:null", "pandas_categorical:"), ("pandas_categorical:null", 'pandas_categorical:{"a": 1}'),
        ("split_feature=", "split_feature=\nsplit_feature="), ("leaf_value=", "leaf_valeu="),
        ("\n\n\nTree=1", "\n\x0b\nTree=1"), ("\n\n\nTree=1", "\nTree=1"), ("\nis_linear=0\n", "\n\nis_linear=0\n"),
    ],
)  # fmt: skip
def test_damaged_lines(old, new):
    text = without_sizes(lightgbm_texts()[0])
    assert old in text
    with pytest.raises(FormatError):
        parse_text(text.replace(old, new), "it")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("left_child=", "left_child=9 "), ("right_child=", "right_child=5 "), ("right_child=", "right_child=-9 "),
        ("split_feature=", "split_feature=77 "), ("cat_boundaries=0 ", "cat_boundaries=1 "),
        ("threshold=", "threshold=nan "),
        ("cat_boundaries=0 1 ", "cat_boundaries=0 7 "), ("cat_threshold=", "cat_threshold=4294967296 "),
        ("decision_type=", "decision_type=99 "), ("left_child=", "left_child=0 "), ("leaf_value=", "leaf_value=inf "),
    ],
)  # fmt: skip
@pytest.mark.parametrize("last", [False, True])
def test_trees_that_are_none(tmp_path, old, new, last):
    """The first or the last number of a field of the first tree is another one."""
    lines = without_sizes(lightgbm_texts()[1]).split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith(old))
    key, _, told = lines[at].partition("=")
    numbers, changed = told.split(" "), new.strip().partition("=")[2].split(" ")
    if last and len(changed) == 1:
        numbers[-1] = changed[0]
    else:
        numbers[: len(changed)] = changed
    lines[at] = f"{key}={' '.join(numbers)}"
    path = tmp_path / "m.txt"
    path.write_text("\n".join(lines))
    for check in (True, False):
        with pytest.raises(SufficeError, match="model file"):
            Explainer.initialize(path, check=check)


def test_names_that_look_like_lines(tmp_path):
    lightgbm = pytest.importorskip("lightgbm")
    table, _, two, _ = rows()
    frame = pd.DataFrame(table, columns=["Tree=0", "num_leaves=4", "average_output"])
    booster = lightgbm.LGBMClassifier(n_estimators=2, **SMALL).fit(frame, two).booster_
    path = tmp_path / "m.txt"
    booster.save_model(path)
    for model in (booster, path):
        assert list(Explainer.initialize(model).get_feature_names()) == list(frame.columns)


def test_lengths_of_trees():
    text = lightgbm_texts()[0]
    parse_text(text, "it")
    for change in (
        ("leaf_value=", "leaf_value= "),
        ("\n\nTree=1", "\nTree=1"),
        ("\n\nend of trees", "\n\n\nend of trees"),
    ):
        with pytest.raises(FormatError, match="bytes, announced are"):
            parse_text(text.replace(*change), "it")


def test_file_without_its_library(tmp_path, monkeypatch):
    pytest.importorskip("lightgbm")
    pytest.importorskip("xgboost")
    table, *_ = rows()
    for k, content in enumerate((lightgbm_texts()[0].encode(), xgboost_files("json")[0])):
        path = Path(tmp_path / f"{k}")
        path.write_bytes(content)
        wanted = [Explainer.initialize(path, table[0]).predict(row) for row in table]
        os.utime(path, (1, 1))
        with monkeypatch.context() as patch:
            patch.setattr("importlib.util.find_spec", lambda name: None)
            assert [Explainer.initialize(path, table[0]).predict(row) for row in table] == wanted

"""The command line: what it prints and writes is what the library answers, and wrong input is told in words."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from suffice import Explainer, explain, from_json
from suffice.__main__ import main
from suffice.explainers.command.model_files import read_model
from suffice.explainers.command.skops_files import damage

skops_io = pytest.importorskip("skops.io")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("command")
    data = load_breast_cancer(as_frame=True)
    columns = data.data.columns[:6]
    forest = RandomForestClassifier(5, max_depth=3, random_state=0)
    forest.fit(data.data[columns], data.target_names[data.target])
    skops_io.dump(forest, folder / "model.skops")
    (folder / "model.pickle").write_bytes(pickle.dumps(forest))
    rows = data.data[columns][:12].assign(target=data.target[:12])
    rows.to_csv(folder / "rows.csv", index=False)
    rows.to_parquet(folder / "rows.parquet")
    rows.to_feather(folder / "rows.feather")
    rows.to_json(folder / "rows.jsonl", orient="records", lines=True)
    rows.to_json(folder / "rows.json", orient="records")
    return folder, forest, rows[columns]


def run(capsys, *arguments):
    status = main([str(one) for one in arguments])
    told = capsys.readouterr()
    return status, told.out, told.err


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet", "rows.feather", "rows.jsonl", "rows.json"])
def test_rows_of_all_kinds_of_files(place, capsys, name):
    folder, forest, rows = place
    status, out, _ = run(capsys, "explain", folder / "model.skops", folder / name, "--json")
    assert status == 0
    found, expected = from_json(out), explain(forest, rows)
    assert found.predictions.tolist() == expected.predictions.tolist()
    assert [reason.features for reason in found.reasons()] == [reason.features for reason in expected.reasons()]


def test_files_say_what_the_library_answers(place, capsys, tmp_path):
    folder, forest, rows = place
    expected = explain(forest, rows).to_frame(changes=True)
    for name in ("why.parquet", "why.csv", "why.json", "why.html"):
        status, out, _ = run(
            capsys, "explain", folder / "model.skops", folder / "rows.csv", "--changes", "--to", tmp_path / name
        )
        assert (status, out) == (0, "")
    parquet, csv = pd.read_parquet(tmp_path / "why.parquet"), pd.read_csv(tmp_path / "why.csv", index_col=0)
    assert [list(one) for one in parquet["reason"]] == expected["reason"].tolist()
    assert csv["reason"].tolist() == [" and ".join(one) for one in expected["reason"]]
    for frame in (parquet, csv):
        assert frame["prediction"].tolist() == expected["prediction"].tolist()
        told = [json.loads(one) for one in frame["changed values"]]
        assert told == [{k: float(v) for k, v in one.items()} for one in expected["changed values"]]
    kept = from_json((tmp_path / "why.json").read_text())
    assert [one.contrastive[0].features for one in kept] == [tuple(one) for one in expected["change"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["why.csv", "why.html", "why.json", "why.parquet"]


def test_a_row_and_a_query(place, capsys, tmp_path):
    folder, forest, rows = place
    status, out, _ = run(capsys, "explain", folder / "model.skops", folder / "rows.csv", "--row", 3)
    assert (status, out.strip()) == (0, repr(explain(forest, rows[3:4])[0]))
    status, out, _ = run(
        capsys, "explain", folder / "model.skops", folder / "rows.csv", "--query", "necessary_features", "--rows", "2:5"
    )
    assert status == 0
    assert [line.partition(":")[0] for line in out.splitlines()] == ["2", "3", "4"]
    status, out, _ = run(
        capsys, "explain", folder / "model.skops", folder / "rows.csv", "--json",
        "--query", "minimal_contrastive_reason", "--with", "target=benign", "--immutable", "mean radius",
    )  # fmt: skip
    assert status in (0, 1)
    assert len(json.loads(out)) == len(rows)
    assert "mean radius" not in out
    page = tmp_path / "page.html"
    assert run(capsys, "report", folder / "model.skops", folder / "rows.csv", "--row", 0, "--to", page)[0] == 0
    assert explain(forest, rows[:1])[0].sufficient.features[0].partition(" <")[0].partition(" >")[0] in page.read_text()


def test_withheld_columns_are_withheld(place, capsys, tmp_path):
    folder, _, rows = place
    secrets = {str(value) for value in rows["mean area"]}
    for name in ("why.csv", "why.json", "why.html"):
        target = tmp_path / name
        status, _, _ = run(
            capsys, "explain", folder / "model.skops", folder / "rows.csv", "--changes", "--redact", "mean area",
            "--to", target,
        )  # fmt: skip
        assert status == 0
        assert not any(secret in target.read_text() for secret in secrets)
    status, _, err = run(
        capsys, "explain", folder / "model.skops", folder / "rows.csv", "--redact", "a", "--query", "direct_reason"
    )
    assert status == 2
    assert "--redact" in err


def test_rows_that_were_not_reached_are_told(place, capsys):
    folder, _, _ = place
    status, out, err = run(capsys, "explain", folder / "model.skops", folder / "rows.csv", "--time-limit", "0.0000001")
    assert (status, out) == (1, "")
    assert "0 of 12 rows were reached" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["explain", "missing.json", "rows.csv"], "cannot be read"),
        (["explain", "model.skops", "missing.csv"], "No such file"),
        (["explain", "model.skops", "rows.xlsx"], "expected a name that ends with"),
        (["explain", "model.skops", "empty.csv"], "cannot be read as csv"),
        (["explain", "model.skops", "head.csv"], "has no rows"),
        (["explain", "model.skops", "broken.parquet"], "cannot be read as parquet"),
        (["explain", "model.skops", "few.csv"], "lacks columns that the model was fitted with: mean perimeter"),
        (["explain", "model.skops", "words.csv"], "mean radius"),
        (["explain", "model.skops", "rows.csv", "--row", "12"], "expected 0 to 11"),
        (["explain", "model.skops", "rows.csv", "--row", "-1"], "expected 0 to 11"),
        (["explain", "model.skops", "rows.csv", "--rows", "20:"], "none are left"),
        (["explain", "model.skops", "rows.csv", "--immutable", "nobody"], "'nobody' is unknown"),
        (["explain", "model.skops", "rows.csv", "--exclude", "nobody"], "'nobody' is unknown"),
        (["explain", "model.skops", "rows.csv", "--drop", "nobody"], "--drop nobody"),
        (["explain", "model.skops", "rows.csv", "--index", "nobody"], "no column 'nobody'"),
        (["explain", "model.skops", "rows.csv", "--query", "nothing"], "query='nothing'"),
        (["explain", "model.skops", "rows.csv", "--with", "n=2"], "name it with --query"),
        (["explain", "model.skops", "rows.csv", "--time-limit", "-1"], "time_limit"),
        (["explain", "model.skops", "rows.csv", "--to", "why.xlsx"], "expected a name that ends with"),
        (["explain", "model.skops", "rows.csv", "--to", "nowhere/why.csv"], "in a folder that is there"),
        (["explain", "model.skops", "rows.csv", "--to", "rows.csv"], "that is an input"),
        (["explain", "model.skops", "rows.csv", "--to", "old.csv"], "pass --force"),
        (["explain", "rows.csv", "rows.csv"], "begins with"),
        (["explain", "model.pickle", "rows.csv"], "pass --trust-pickle"),
        (["explain", "broken.pickle", "rows.csv", "--trust-pickle"], "cannot be loaded"),
        (["explain", "other.zip", "rows.csv"], "without a model"),
        (["explain", "broken.skops", "rows.csv"], "broken.skops"),
    ],
)  # fmt: skip
def test_wrong_input_is_told_in_words(place, capsys, monkeypatch, arguments, told):
    import zipfile

    folder, _, rows = place
    monkeypatch.chdir(folder)
    Path("empty.csv").write_text("")
    Path("head.csv").write_text("mean radius\n")
    Path("broken.parquet").write_text("no parquet")
    Path("old.csv").write_text("old")
    Path("rows.xlsx").write_text("")
    rows.iloc[:, :2].to_csv("few.csv", index=False)
    rows.assign(**{"mean radius": "wide"}).to_csv("words.csv", index=False)
    Path("broken.pickle").write_bytes(b"\x80\x04no")
    with zipfile.ZipFile("other.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    Path("broken.skops").write_bytes(Path("model.skops").read_bytes()[:900])
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert told in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 4
    assert Path("old.csv").read_text() == "old"


class Evil:
    def __reduce__(self):
        return (os.mkdir, (Evil.path,))


def test_nothing_is_executed_unless_it_is_trusted(place, capsys, tmp_path):
    folder, _, _ = place
    Evil.path = str(tmp_path / "executed")
    (tmp_path / "model.skops").write_bytes(pickle.dumps(Evil()))
    status, _, err = run(capsys, "explain", tmp_path / "model.skops", folder / "rows.csv")
    assert status == 2
    assert "can execute any code" in err
    skops_io.dump({"a": sys.exit}, tmp_path / "exits.skops")
    status, _, err = run(capsys, "explain", tmp_path / "exits.skops", folder / "rows.csv")
    assert status == 2
    assert "might execute code" in err
    assert not (tmp_path / "executed").exists()
    assert run(capsys, "explain", folder / "model.pickle", folder / "rows.csv", "--row", 0, "--trust-pickle")[0] == 0


def test_trees_whose_nodes_lead_nowhere_are_found(place, tmp_path):
    _, forest, rows = place
    labels = (forest.predict(rows) == "benign").astype(int)
    hist = HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=1).fit(rows, labels)
    for part in (forest.estimators_[0].tree_, hist._predictors[0][0]):
        assert damage(part) == ""
    nodes = hist._predictors[0][0].nodes
    for field, value in (("left", 0), ("right", 10**6)):
        kept, nodes[field][0] = int(nodes[field][0]), value
        assert damage(hist._predictors[0][0])
        nodes[field][0] = kept
    tree = forest.estimators_[0].tree_
    state = tree.__getstate__()
    for field, value in (("left_child", 0), ("right_child", 99), ("feature", 77)):
        changed = state["nodes"].copy()
        changed[field][0] = value
        made = type(tree)(tree.n_features, np.array(tree.n_classes, dtype=np.intp), tree.n_outputs)
        made.__setstate__({**state, "nodes": changed})
        assert damage(made)
    skops_io.dump(hist, tmp_path / "hist.skops")
    assert read_model(tmp_path / "hist.skops").predict(rows).tolist() == hist.predict(rows).tolist()


@pytest.mark.parametrize("arguments", [["models"], ["models", "--json"], ["backends"], ["backends", "--json"]])
def test_lists(capsys, arguments):
    status, out, _ = run(capsys, *arguments)
    assert status == 0
    if "--json" in arguments:
        assert len(json.loads(out)) > 10
    assert ("XGBClassifier" if arguments[0] == "models" else "cadical") in out


def test_no_command_shows_what_there_is(capsys):
    status, _, err = run(capsys)
    assert status == 2
    assert "explain" in err


def test_stopping_and_closed_pipes_are_quiet(place):
    folder, _, _ = place
    asked = [sys.executable, "-m", "suffice", "explain", str(folder / "model.skops"), str(folder / "rows.csv")]
    closed = subprocess.run(
        f"{subprocess.list2cmdline(asked)} | head -c 1", shell=True, capture_output=True, check=False
    )
    assert closed.stderr == b""
    with subprocess.Popen(
        [*asked, "--query", "sufficient_reason", "--with", "n=null"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as long:
        time.sleep(2)
        long.send_signal(signal.SIGINT)
        out, err = long.communicate(timeout=30)
    assert b"Traceback" not in err
    assert long.returncode in (0, 1, 130, -signal.SIGINT)  # the last: before it began
    assert out or long.returncode in (130, -signal.SIGINT)


def test_a_saved_explainer_answers_without_its_model(place, capsys, tmp_path):
    folder, forest, rows = place
    Explainer.initialize(forest, background=rows).save(tmp_path / "saved.suffice")
    status, out, _ = run(
        capsys, "explain", tmp_path / "saved.suffice", folder / "rows.csv", "--query", "necessary_features"
    )
    direct = run(capsys, "explain", folder / "model.skops", folder / "rows.csv", "--query", "necessary_features")
    assert (status, out) == direct[:2]


def test_what_is_done_is_logged_where_it_is_asked_for(place, capsys, caplog):
    folder, _, _ = place
    with caplog.at_level("INFO", logger="suffice"):
        assert run(capsys, "explain", folder / "model.skops", folder / "rows.csv")[0] == 0
    assert any("compiled and checked" in record.message for record in caplog.records)
    assert any("explained 12 of 12 rows" in record.message for record in caplog.records)


@pytest.fixture
def tied(tmp_path):
    """Return a saved explainer of a model that may tie, and its rows: the last one is a tie."""
    rows = pd.DataFrame([[0, 0], [0, 1], [1, 0], [1, 1]], columns=["f1", "f2"])
    rows.to_csv(tmp_path / "bits.csv", index=False)
    model = LogisticRegression().fit(rows, [0, 0, 1, 1])
    model.coef_, model.intercept_ = np.array([[-0.1, -0.2]]), np.array([0.3])
    Explainer.initialize(model, rows[:1], features_type={"binary": ["f1", "f2"]}).save(tmp_path / "tie.suffice")
    return tmp_path / "tie.suffice", tmp_path / "bits.csv"


def test_the_exit_status_tells_what_is_not_proved(capsys, tied):
    status, out, _ = run(capsys, "explain", *tied, "--rows", "0:3")
    assert status == 0 and out.splitlines()[0] == "0: 1 because f2 = 0  [proved]"
    status, out, _ = run(capsys, "explain", *tied)
    assert status == 1 and out.splitlines()[3] == "3: 0 because of a tie within rounding"
    status, out, _ = run(capsys, "explain", *tied, "--row", "0")  # a change may be there
    assert status == 1 and "no change is certain" in out
    status, out, _ = run(capsys, "explain", *tied, "--rows", "0:3", "--query", "minimal_contrastive_reason")
    assert status == 1 and out.splitlines()[0] == "0: 1: none is certain (near ties rounding decides)  [complete]"
    status, out, _ = run(capsys, "explain", *tied, "--row", "0", "--query", "is_reason", "--with", "reason=[]")
    assert status == 1 and "None (an input that satisfies it is so near to a tie" in out


def test_what_is_proved_to_be_nothing_is_done(capsys, place, tmp_path):
    folder, forest, rows = place
    Explainer.initialize(forest, background=rows).save(tmp_path / "saved.suffice")
    asked = ("explain", tmp_path / "saved.suffice", folder / "rows.csv", "--rows", "0:2", "--query")
    still = ("minimal_contrastive_reason", "--immutable", ",".join(rows.columns))
    status, out, _ = run(capsys, *asked, *still)
    assert status == 0 and out.splitlines()[0].endswith(": none  [complete]")
    status, out, _ = run(capsys, *asked, "n_sufficient_reasons", "--time-limit", "0.001")
    assert status == 1 and "none" not in out and out.splitlines()[1] == "1: [not reached]"
    status, _, err = run(capsys, *asked, "sufficient_reason", "--with", "time_limit=3")
    assert status == 2 and "say it with --time-limit" in err


def test_batch_asks_about_all_rows_of_files_and_goes_on(place, tmp_path, capsys):
    pytest.importorskip("pyarrow")
    from suffice.batch import explain_batch, open_run

    folder, forest, rows = place
    ask = ("batch", folder / "model.skops", folder / "rows.parquet", "--to", tmp_path / "out", "--part-rows", 5,
           "--over", "features", "--keep", "target")  # fmt: skip
    status, out, err = run(capsys, *ask)
    assert status == 0 and out == "" and f"12 of 12 rows are answered in {tmp_path / 'out'}" in err
    found = open_run(tmp_path / "out").to_frame()
    expected = explain_batch(Explainer.initialize(forest), rows, over="features")
    assert [list(one) for one in found["items"]] == [list(one) for one in expected["items"]] and "target" in found
    (tmp_path / "out" / "part-000001.parquet").unlink()
    assert run(capsys, *ask)[0] == 0 and len(open_run(tmp_path / "out").to_frame()) == 12
    status, _, err = run(capsys, *ask, "--query", "contrastive_reason")
    assert status == 2 and "another query" in err
    status, _, err = run(capsys, *ask, "--new")
    assert status == 2 and "there is a run already" in err


def test_batch_says_that_rows_failed_or_were_stopped(place, tmp_path, capsys):
    pytest.importorskip("pyarrow")
    folder, _, rows = place
    rows.assign(**{rows.columns[0]: ["?", *rows[rows.columns[0]][1:]]}).to_csv(tmp_path / "bad.csv", index=False)
    status, _, err = run(capsys, "batch", folder / "model.skops", tmp_path / "bad.csv", "--to", tmp_path / "a")
    assert status == 1 and "1 failed" in err
    ask = ("--query", "minimal_sufficient_reason", "--row-steps", "1", "--to", tmp_path / "b")
    status, _, err = run(capsys, "batch", folder / "model.skops", folder / "rows.csv", *ask)
    assert status == 1 and "stopped by a limit of their own" in err
    status, _, err = run(capsys, "batch", folder / "model.skops", folder / "rows.csv", "--to", tmp_path / "c",
                         "--engine", "ray", "--threads", "2")  # fmt: skip
    assert status == 2 and "--threads is of --engine local" in err

"""Runs over files: the same rows whatever the source, the parts and the threads; faults cost nothing that was done."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.feather
import pyarrow.parquet
import pytest
from sklearn.linear_model import LogisticRegression
from suffice import BackendError, BadInputError, Explainer, FormatError, Status, Stop
from suffice.batch import explain_batch, open_run, run
from suffice.explainers.runs import parts as parts_of_runs
from suffice.explainers.runs.sources import source_of

from tests.explainers.runs.cases import explainer, model, ran, rows, sums
from tests.house.layout import ROOT


def test_a_run_says_what_a_frame_says(tmp_path):
    found = ran(tmp_path / "out")
    pd.testing.assert_frame_equal(
        found.to_frame(), explain_batch(explainer(), pa.Table.from_pandas(rows()), keep="id").to_pandas()
    )
    assert found.status is Status.COMPLETE and found.n_done == 300 and len(found.parts) == 8
    assert "300 of 300" in repr(found) and "300 of 300" in found._repr_html_()


SOURCES = {
    "csv": lambda path: rows().to_csv(path / "a.csv", index=False) or path / "a.csv",
    "tsv": lambda path: rows().to_csv(path / "a.tsv", index=False, sep="\t") or path / "a.tsv",
    "parquet": lambda path: rows().to_parquet(path / "a.parquet", row_group_size=33) or path / "a.parquet",
    "feather": lambda path: pa.feather.write_feather(rows(), path / "a.feather", chunksize=70) or path / "a.feather",
    "categories": lambda path: rows().astype({"job": "category"}).to_parquet(path / "a.parquet") or path / "a.parquet",
    "arrow": lambda path: pa.Table.from_pandas(rows()),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_every_source_and_part_size_gives_the_same_rows(tmp_path, kind):
    source = SOURCES[kind](tmp_path)
    whole = ran(tmp_path / "whole").to_frame()
    for part_rows, n_jobs in ((300, 1), (77, 3), (1000, 2)):
        found = ran(tmp_path / f"out{part_rows}", source, part_rows=part_rows, n_jobs=n_jobs)
        pd.testing.assert_frame_equal(found.to_frame(), whole)


def test_folders_and_lists_of_files_are_one_source_in_order(tmp_path):
    folder = tmp_path / "in"
    (folder / "_hidden").mkdir(parents=True)
    rows()[:100].to_parquet(folder / "a.parquet")
    rows()[100:].to_parquet(folder / "b.parquet")
    rows().to_parquet(folder / "_hidden" / "c.parquet")
    for name, source in (("x", folder), ("y", [folder / "a.parquet", str(folder / "b.parquet")]),
                         ("z", pyarrow.dataset.dataset([str(folder / f"{n}.parquet") for n in "ab"]))):  # fmt: skip
        ran(tmp_path / name, source)
    assert sums(tmp_path / "x") == {**sums(tmp_path / "x")} and len(sums(tmp_path / "x")) == 8
    frames = [open_run(tmp_path / name).to_frame() for name in "xyz"]
    assert all(frame.equals(frames[0]) for frame in frames) and list(frames[0].id) == list(rows().id)


def test_whole_numbers_with_holes_look_the_same_in_every_part(tmp_path):
    X = rows().drop(columns="id").astype({"age": "Int64"})
    X.loc[7, "age"] = pd.NA
    source = tmp_path / "a.parquet"
    X.to_parquet(source, row_group_size=50)
    schema = source_of(source).schema
    assert str(schema.field("age").type) == "double"
    assert str(source_of(pa.Table.from_pandas(X)).schema.field("age").type) == "double"
    whole = run(explainer(), source, tmp_path / "one", part_rows=300).to_frame()
    parted = run(explainer(), source, tmp_path / "many", part_rows=5).to_frame()
    pd.testing.assert_frame_equal(whole, parted)
    assert whole.status[7] == "error" and (whole.status == "error").sum() == 1


def test_equal_parts_are_equal_bytes(tmp_path):
    ran(tmp_path / "a", n_jobs=1)
    ran(tmp_path / "b", n_jobs=4)
    assert sums(tmp_path / "a") == sums(tmp_path / "b") and len(sums(tmp_path / "a")) == 8
    manifest = json.loads((tmp_path / "a" / "_manifest.json").read_text())
    assert manifest["query"] == "sufficient_reason" and manifest["result"]["done"] == 300
    lines = [json.loads(line) for line in (tmp_path / "a" / "_parts.jsonl").read_text().splitlines()]
    assert sorted(line["part"] for line in lines) == list(range(8)) and all(line["seconds"] > 0 for line in lines)


def test_a_run_goes_on_where_it_was(tmp_path):
    whole = ran(tmp_path / "whole")
    ran(tmp_path / "out")
    for part in (2, 5):
        (tmp_path / "out" / f"part-{part:06d}.parquet").unlink()
    kept = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in sums(tmp_path / "out")}
    again = ran(tmp_path / "out")
    assert sums(tmp_path / "out") == sums(whole.to)
    assert all((tmp_path / "out" / name).stat().st_mtime_ns == when for name, when in kept.items())
    assert again.status is Status.COMPLETE
    with pytest.raises(BadInputError, match="resume"):
        ran(tmp_path / "out", resume=False)


def test_time_leaves_parts_for_the_next_call(tmp_path):
    cut = ran(tmp_path / "out", time_limit=1e-6)
    assert cut.stop is Stop.TIME_LIMIT and cut.status is Status.BEST_SO_FAR and cut.n_done < 300
    ran(tmp_path / "out")
    ran(tmp_path / "whole")
    assert sums(tmp_path / "out") == sums(tmp_path / "whole")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"query": "contrastive_reason"}, "query"),
        ({"over": "features"}, "options"),
        ({"part_rows": 41}, "part_rows"),
        ({"keep": ["id", "pay"]}, "keep"),
        ({"row_steps": 5}, "row_steps"),
        ({"words": False}, "words"),
        ({"source": rows()[:200]}, "source"),
    ],
)
def test_another_question_is_refused(tmp_path, how, words):
    ran(tmp_path / "out")
    before = sums(tmp_path / "out")
    with pytest.raises(BadInputError, match=f"another {words}"):
        ran(tmp_path / "out", **how)
    assert sums(tmp_path / "out") == before


def test_another_model_or_domain_is_refused(tmp_path):
    ran(tmp_path / "out")
    other = Explainer.initialize(model(), ranges={"age": (18, 100)})
    with pytest.raises(BadInputError, match="another explainer"):
        run(other, rows(), tmp_path / "out", part_rows=40, keep="id")
    own = explainer()
    own.set_excluded_features(["age"])
    with pytest.raises(BadInputError, match="another explainer"):
        run(own, rows(), tmp_path / "out", part_rows=40, keep="id")


def test_a_source_that_changed_is_refused(tmp_path):
    source = tmp_path / "a.parquet"
    rows().to_parquet(source)
    ran(tmp_path / "out", source)
    rows().assign(pay=1).to_parquet(source)
    with pytest.raises(BadInputError, match="another source"):
        ran(tmp_path / "out", source)


def test_files_of_several_schemas_are_refused(tmp_path):
    rows().to_parquet(tmp_path / "a.parquet")
    rows().astype({"age": float}).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(BadInputError, match=r"b\.parquet has other columns.*age"):
        ran(tmp_path / "out", [tmp_path / "a.parquet", tmp_path / "b.parquet"])


@pytest.mark.parametrize("damage", ["cut", "bit", "foreign", "empty"])
def test_a_broken_part_is_made_again(tmp_path, damage, capsys):
    ran(tmp_path / "out")
    before, path = sums(tmp_path / "out"), tmp_path / "out" / "part-000003.parquet"
    data = path.read_bytes()
    if damage == "cut":
        path.write_bytes(data[:-100])
    elif damage == "bit":
        path.write_bytes(data[:200] + bytes([data[200] ^ 1]) + data[201:])
    elif damage == "foreign":
        path.write_bytes((tmp_path / "out" / "part-000004.parquet").read_bytes())
    else:
        path.write_bytes(b"")
    ran(tmp_path / "out")
    assert sums(tmp_path / "out") == before
    assert "part-000003.parquet is damaged" in capsys.readouterr().err


def test_a_log_that_was_cut_off_costs_nothing(tmp_path):
    ran(tmp_path / "out")
    before, log = sums(tmp_path / "out"), tmp_path / "out" / "_parts.jsonl"
    log.write_bytes(log.read_bytes()[:-30])
    assert ran(tmp_path / "out").status is Status.COMPLETE
    log.unlink()
    assert ran(tmp_path / "out").n_done == 300 and open_run(tmp_path / "out").n_done == 300
    assert sums(tmp_path / "out") == before
    (tmp_path / "out" / "_manifest.json").write_text("{")
    with pytest.raises(FormatError, match="manifest"):
        ran(tmp_path / "out")


def test_a_full_disk_keeps_what_is_done(tmp_path, monkeypatch):
    replace = os.replace
    done = []

    def full(source, target):
        if str(target).endswith(".parquet"):
            done.append(target)
            if len(done) == 4:
                raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(parts_of_runs.os, "replace", full)
    with pytest.raises(BackendError, match=r"No space left on device.*are kept"):
        ran(tmp_path / "out", n_jobs=1)
    monkeypatch.undo()
    assert not list((tmp_path / "out").glob(".part*"))
    assert len(sums(tmp_path / "out")) == 3 == open_run(tmp_path / "out").n_done // 40
    ran(tmp_path / "out")
    ran(tmp_path / "whole")
    assert sums(tmp_path / "out") == sums(tmp_path / "whole")


def test_a_poisoned_row_of_a_file_is_a_row_with_its_error(tmp_path):
    told = rows().astype({"age": object})
    told.loc[77, "age"] = "old"
    told.to_csv(tmp_path / "a.csv", index=False)
    found = ran(tmp_path / "out", tmp_path / "a.csv").to_frame()
    assert (found.status == "error").sum() == 1 and re.search("'age' holds 'old'", found.error[77])
    whole = ran(tmp_path / "whole").to_frame()
    pd.testing.assert_frame_equal(found.drop(77), whole.drop(77), check_dtype=False)  # 77 has no prediction
    assert open_run(tmp_path / "out").n_errors == 1


SCRIPT = """
    import sys, time
    from pathlib import Path
    from tests.explainers.runs import cases
    from suffice.explainers.runs.parts import Parts
    slowly = Parts.__call__
    def call(self, part, limit):
        time.sleep(0.05)
        return slowly(self, part, limit)
    Parts.__call__ = call
    found = cases.ran(Path(sys.argv[1]), part_rows=5)
    print(found.stop, found.n_done, flush=True)
"""


def started(to):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(SCRIPT), str(to)], env=env, cwd=ROOT,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    end = time.monotonic() + 120
    while len(list(to.glob("part-*"))) < 5 and child.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    return child


def test_a_killed_run_goes_on(tmp_path):
    child = started(tmp_path / "out")
    with pytest.raises(BadInputError, match=f"another run is at work there .process {child.pid}"):
        ran(tmp_path / "out", part_rows=5)
    child.kill()
    child.communicate()
    assert 5 <= len(sums(tmp_path / "out")) < 60
    ran(tmp_path / "out", part_rows=5)
    ran(tmp_path / "whole", part_rows=5)
    assert sums(tmp_path / "out") == sums(tmp_path / "whole") and not list((tmp_path / "out").glob(".part*"))


def test_ctrl_c_ends_a_run_with_what_is_done(tmp_path):
    child = started(tmp_path / "out")
    child.send_signal(signal.SIGINT)
    said, errors = child.communicate(timeout=60)
    assert re.fullmatch(r"interrupt \d+\n", said), (said, errors)
    done = int(said.split()[1])
    assert 0 < done < 300 and open_run(tmp_path / "out").n_done == done
    ran(tmp_path / "out", part_rows=5)
    assert open_run(tmp_path / "out").n_done == 300


def test_targets_and_sources_that_cannot_be_used(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("")
    (tmp_path / "none").mkdir()
    (tmp_path / "a.xlsx").write_text("")
    (tmp_path / "b.parquet").write_text("no parquet")
    for to, source, words in (
        (tmp_path / "file", None, "this is a file"),
        (tmp_path / "full", None, "empty folder"),
        (3, None, "to=3"),
        (tmp_path / "o1", tmp_path / "gone.csv", "no such file"),
        (tmp_path / "o2", tmp_path / "none", "no files"),
        (tmp_path / "o3", tmp_path / "a.xlsx", r"\.xlsx"),
        (tmp_path / "o4", tmp_path / "b.parquet", "parquet"),
        (tmp_path / "o5", rows().drop(columns="age"), "lack"),
    ):
        with pytest.raises(BadInputError, match=words):
            ran(to, source)
    refused = [({"engine": "slurm"}, "engine"), ({"part_rows": 0}, "part_rows"), ({"n_jobs": 0}, "n_jobs")]
    refused += [({"settings": {"speed": 1}}, "speed"), ({"engine": "ray", "n_jobs": 2}, "n_jobs")]
    for wrong, words in refused:
        with pytest.raises(BadInputError, match=words):
            ran(tmp_path / "o6", **wrong)
    with pytest.raises(BadInputError, match="manifest"):
        open_run(tmp_path / "none")


def test_models_and_saved_explainers_are_run_as_well(tmp_path):
    explainer().save(tmp_path / "own.suffice")
    whole = ran(tmp_path / "whole").to_frame()
    for i, one in enumerate((model(), tmp_path / "own.suffice", str(tmp_path / "own.suffice"))):
        pd.testing.assert_frame_equal(run(one, rows(), tmp_path / f"o{i}", keep="id").to_frame(), whole)


def test_no_rows_are_no_parts(tmp_path):
    found = ran(tmp_path / "out", rows()[:0])
    assert found.n_rows == 0 and found.status is Status.COMPLETE
    with pytest.raises(BadInputError, match="no part"):
        found.to_frame()


def test_rows_that_rounding_decides_are_not_told_as_done(tmp_path):
    tied = LogisticRegression().fit([[0, 0], [1, 1]], [0, 1])
    tied.coef_, tied.intercept_ = np.array([[-0.1, -0.2]]), np.array([0.3])
    explainer = Explainer.initialize(tied, features_type={"binary": ["f1", "f2"]})
    found = run(explainer, pd.DataFrame({"f1": [0, 1], "f2": [0, 1]}), tmp_path / "out", "contrastive_reason")
    statuses = set(found.to_frame().status)
    assert statuses & {"undecided", "best_so_far", "error"}
    assert found.status is Status.BEST_SO_FAR


def test_whole_numbers_that_no_float_holds_are_refused_in_words():
    rows = pa.table({"id": pa.array([2**60 + 1, None])})
    with pytest.raises(BadInputError, match="'id'"):
        source_of(rows)

"""Tables, units, the environment, and the reading of stored figures."""

import json

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from benchmarks.cases import KINDS, stored_cases, synthetic_case
from benchmarks.measure import ROOT, Run
from benchmarks.peers.stored import read_stored
from benchmarks.report import environment, ratio, seconds, stamp, table, write_json
from benchmarks.trees import QUERIES, Query, agreement, with_sizes


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0.0, "0us"),
        (1.5e-5, "15us"),
        (0.00123, "1.23ms"),
        (0.9994, "999ms"),
        (12.34, "12.3s"),
        (1234.0, "1234s"),
    ],
)
def test_seconds(value, text):
    assert seconds(value) == text


def test_ratio():
    assert (ratio(1.0, 0.5), ratio(1.0, 0.01), ratio(None, 1.0), ratio(1.0, None)) == ("2.0x", "100x", "-", "-")


def test_table_is_aligned():
    lines = table(("query", "CPU"), [("a", "1us"), ("longer name", "100ms")]).splitlines()
    assert [len(lines[0]), len(lines[2]), len(lines[3])] == [len("longer name  100ms")] * 3
    assert set(lines[1]) == {"-"}


def test_environment_can_be_stamped_and_written(tmp_path):
    told = environment(ROOT)
    assert told["packages"]["suffice"] in stamp(told)
    write_json(tmp_path / "out.json", {"environment": told})
    assert json.loads((tmp_path / "out.json").read_text())["environment"]["python"] == told["python"]


def test_stored_figures(tmp_path):
    assert read_stored(tmp_path) is None
    records = [
        {"model": "m", "query": "size", "inst": 0, "status": "ok", "time": 2.0, "cpu": 1.0, "lits": 3, "feats": 2},
        {"model": "m", "query": "size", "inst": 1, "status": "ok", "time": 2.0, "cpu": 1.0, "empty": True},
        {"model": "m", "query": "size", "inst": 2, "status": "skipped"},
        {"model": "m", "query": "count", "inst": 0, "status": "ok", "time": 2.0, "cpu": 1.0, "value": 24},
    ]
    told = {"meta": {"env": {"pyxai": "2"}}, "records": records}
    (tmp_path / "results.json").write_text(json.dumps(told))
    stored = read_stored(tmp_path)
    assert stored is not None
    assert [run.size for run in stored.of("m", "size")] == [3, 0]
    assert stored.of("m", "count")[0].count == "24"
    assert stored.of("m", None) == stored.of("other", "size") == []


def test_stored_cases(tmp_path):
    assert stored_cases(tmp_path, "_dt") == []
    (tmp_path / "models").mkdir()
    case = synthetic_case("numeric", 10, 4, tmp_path / "models")
    case.model.rename(tmp_path / "models" / "a_dt.joblib")
    case.instances.rename(tmp_path / "models" / "a_dt_instances.npz")
    (found,) = stored_cases(tmp_path, "_dt")
    assert (found.name, found.rows, found.leaves, found.nodes) == ("a_dt", 4, 10, 19)
    assert stored_cases(tmp_path, "_dt", pattern="^b") == []


@pytest.mark.parametrize("kind", KINDS)
def test_synthetic_trees_are_the_same_each_time(kind, tmp_path):
    first, second = (synthetic_case(kind, 50, 5, folder) for folder in (tmp_path, tmp_path))
    assert first == second
    with np.load(first.instances) as told:
        assert told["X"].shape[0] == 5


def test_agreement_compares_finished_answers_only():
    def runs(*sizes, late=()):
        return [
            Run("q", i, 0, "best_so_far" if i in late else "proved", 1.0, 1.0, size=size)
            for i, size in enumerate(sizes)
        ]

    query = Query("q", equal="size")
    assert agreement(query, runs(1, 2, 3), runs(1, 2, 4)) == (2, 3)
    assert agreement(query, runs(1, 2, 3, late=[2]), runs(1, 2, 4)) == (2, 2)
    assert agreement(query, runs(1, None), runs(1, 2, 5)) == (1, 1)
    assert agreement(Query("q"), runs(1), runs(1)) is None


def test_a_peer_that_leaves_literals_out_is_completed():
    runs = [Run("q", i, 0, "ok", 1.0, 1.0, size=size) for i, size in enumerate((3, 4, None))]
    more = [Run("n", i, 0, "ok", 1.0, 1.0, size=size) for i, size in ((0, 2), (2, 1))]
    assert [run.size for run in with_sizes(runs, more)] == [5, None, None]


def test_every_query_has_a_name_of_its_own():
    assert len({query.name for query in QUERIES}) == len(QUERIES)


def test_scikit_learn_is_what_is_measured(tmp_path):
    import joblib

    assert isinstance(joblib.load(synthetic_case("binary", 20, 2, tmp_path).model), DecisionTreeClassifier)

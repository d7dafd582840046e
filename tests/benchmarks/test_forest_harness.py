"""The harness of forests: lines, peers, goals, and what happens when a query is missing, hangs or fails."""

import argparse
import json
import sys

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from benchmarks import forests, measure
from benchmarks.cases import Case, stored_forests
from benchmarks.forest_asks import OF_ENSEMBLES, OF_PYXAI, PARTS, Ask, sittings
from benchmarks.forest_goals import GOALS, goal_rows
from benchmarks.forest_lines import Settings, beside, measure_case, of_ensembles, of_pyxai, print_processes
from benchmarks.forest_ours import CALLS
from benchmarks.forest_processes import ask_process, breast_cancer_rows, middle, table_of
from benchmarks.forests import PROCESS_LIMIT, add_arguments, batch_goals, large_goals, plan_of
from benchmarks.measure import Run
from benchmarks.peers.stored import Answers, StoredPeer, quickest, read_ensembles, voting_of

FAKE = (sys.executable, "-m", "tests.benchmarks.fake_forest")


def a_case(tmp_path, name="rf_bc_d4", rows=3):
    return Case(name, tmp_path / "model", tmp_path / "rows", rows, 10, 19)


def settings(**more):
    return Settings(**{"rows": 10, "limit": 0.2, "budget": 0.0, "peer": None, "command": FAKE, **more})


def peer_runs(query, sizes, cpu=1.0):
    return [Run(query, i, 0, "ok", cpu, cpu, size=size) for i, size in enumerate(sizes)]


def test_figures_stand_beside_the_right_peers(tmp_path):
    asks = [
        Ask("sufficient", "hard", False, stored="theirs"),
        Ask("sufficient", "hard", True),
        Ask("sufficient-features", "soft", True, kind="axp"),
    ]
    stored = StoredPeer("PyXAI 2", {("rf_bc_d4", "theirs"): peer_runs("theirs", [5, 6, 7])})
    tool = Answers("rfxpl", "sat", {0: 2.0, 2: 4.0}, {0: 4, 2: 8}, late=1)
    draft = Answers("proto_bb", "sv", {1: 0.5}, {1: 2})
    ensembles = {("rf_bc_d4", "axp", "soft"): [tool, draft], ("rf_bc_d4", "axp", "hard"): []}
    lines, sat = measure_case(settings(), a_case(tmp_path), asks, stored, ensembles)
    votes, theory, features = lines
    assert (votes.ours.size, votes.stored.size, votes.note) == (4.0, 6.0, "")
    assert (theory.ours.size, theory.stored, theory.live) == (5.0, None, None)
    assert (features.peer.name, features.peer.median, features.peer.size, features.peer.ours) == (
        "rfxpl sat", 3.0, 6.0, 3.0,
    )  # fmt: skip
    assert (features.prototype.size, features.prototype.ours, features.prototype.instances) == (2.0, 3.0, 1)
    assert (features.smallest.name, features.smallest.size) == ("proto_bb sv", 2.0)
    ((*_, told, met),) = [row for row in goal_rows([features]) if "larger" in row[3]]
    assert (told, met) == ("3.0, proto_bb sv 2.0", "NO")
    assert "4.0" in of_pyxai(lines)
    assert "rfxpl sat (2, 1 late)" in of_ensembles(lines)
    print_processes(sat)


def test_a_query_that_is_not_there_is_told(tmp_path):
    (line,), _ = measure_case(settings(), a_case(tmp_path), [Ask("necessary", "soft", True)], None, {})
    assert (line.ours, line.note, line.gap) == (None, "not there", None)
    assert "not there" in of_pyxai([line])


def test_a_failing_query_and_a_failing_instance_are_told(tmp_path):
    asks = [Ask("majoritary", "hard", False, stored="x"), Ask("sufficient", "hard", False)]
    stored = StoredPeer("PyXAI 2", {("m", "x"): peer_runs("x", [3] * 8)})
    (failed, partly), _ = measure_case(settings(), a_case(tmp_path, "m", rows=9), asks, stored, {})
    assert failed.note == "ValueError: on purpose"
    assert failed.ours.late == 3
    assert (partly.ours.instances, partly.ours.late, partly.note) == (9, 1, "ValueError: this instance is out")
    assert {row[-1] for row in goal_rows([failed])} == {"NO"}


def test_a_query_that_hangs_is_killed_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(measure, "COLD_SECONDS", 10.0)
    monkeypatch.setattr(measure, "SILENCE_SECONDS", 0.5)
    asks = [Ask("contrastive-min", "hard", False), Ask("sufficient", "hard", False)]
    (hung, after), sat = measure_case(settings(), a_case(tmp_path), asks, None, {})
    assert (hung.ours.instances, hung.ours.late) == (3, 1)
    assert after.ours.late == 0
    assert any("killed" in trouble for one in sat for trouble in one.measured.trouble)


def test_a_library_that_does_not_start_is_told(tmp_path):
    broken = (sys.executable, "-c", "import no_such_module_here")
    (line,), _ = measure_case(settings(command=broken), a_case(tmp_path), [Ask("direct", "soft", True)], None, {})
    assert line.ours is None
    assert "no_such_module_here" in line.note


def test_bounds_become_gaps(tmp_path):
    asks = [Ask("minimal", "soft", True, slow=True), Ask("minimal-features", "soft", True, slow=True, limit=0.1)]
    (open_one, proved), _ = measure_case(settings(), a_case(tmp_path, rows=5), asks, None, {})
    assert open_one.gap == pytest.approx(0.2)
    assert open_one.ours.late == open_one.ours.instances == 3
    assert (proved.gap, proved.ours.size) == (0.0, 1.0)  # its own limit is the smaller one
    told = {(row[0], row[3]): row[-1] for row in goal_rows([open_one])}
    assert told == {("minimal", "bound at most 25 % below after 20 s"): "yes"}


def test_sittings_keep_modes_and_limits_apart():
    asks = [Ask("a", "hard", False), Ask("b", "soft", True), Ask("c", "hard", False), Ask("d", "hard", False, limit=20)]
    assert [[ask.query for ask in one.asks] for one in sittings(asks)] == [["a", "c"], ["b"], ["d"]]


def test_all_asks_are_known():
    asks = [ask for table in (OF_PYXAI, OF_ENSEMBLES) for part in table.values() for ask in part]
    assert {ask.query for ask in asks} <= set(CALLS)
    assert {*OF_PYXAI, *OF_ENSEMBLES, "batch", "large"} == set(PARTS)
    for part in (*OF_PYXAI.values(), *OF_ENSEMBLES.values()):
        assert len({(ask.query, ask.mode, ask.models) for ask in part}) == len(part)
    for goal in GOALS:
        assert any(ask.query == goal.query and (ask.voting, ask.theory) == goal.mode for ask in asks)


def test_goals_of_speed_and_size(tmp_path):
    stored = StoredPeer("PyXAI 2", {("x_rf100d8", "s"): peer_runs("s", [5, 6, 7], cpu=1000.0)})
    ask = Ask("sufficient", "hard", False, stored="s")
    lines, _ = measure_case(settings(), a_case(tmp_path, "x_rf100d8"), [ask], stored, {})
    ((query, mode, case, _, _, met),) = goal_rows(lines)
    assert (query, mode, case, met) == ("sufficient", "hard, theory off", "x_rf100d8", "yes")
    (bare,), _ = measure_case(settings(), a_case(tmp_path, "x_rf100d8"), [ask], None, {})
    assert [row[-1] for row in goal_rows([bare])] == ["?"]


def test_stored_ensemble_figures(tmp_path):
    (tmp_path / "results").mkdir()
    common = {"model": "rf_a", "kind": "axp", "limit": 30}
    records = [
        {**common, "tool": "rfxpl", "variant": "sat", "inst": 0, "status": "ok", "secs": 2.0, "size": 3},
        {**common, "tool": "rfxpl", "variant": "sat", "inst": 1, "status": "timeout", "secs": 30.0},
        {**common, "tool": "veritas", "variant": "search", "inst": 0, "status": "ok", "secs": 1.0, "size": 4},
        {**common, "tool": "proto_bb", "variant": "mv-rule2", "inst": 0, "status": "ok", "secs": 0.1, "size": 4},
        {**common, "tool": "slow", "variant": "", "inst": 0, "status": "ok", "secs": 9.0, "size": 4},
        {**common, "tool": "ocean", "variant": "cp", "inst": 0, "status": "ok", "secs": 0.01},
        {"tool": "xreason", "model": "rf_a", "kind": "encode", "secs": 1.0},
    ]
    (tmp_path / "results" / "all.jsonl").write_text("\n".join(map(json.dumps, records)) + "\n\n")
    found = read_ensembles(tmp_path)
    hard, soft = found["rf_a", "axp", "hard"], found["rf_a", "axp", "soft"]
    assert {(one.name, one.late, one.prototype) for one in hard} == {
        ("proto_bb mv-rule2", 0, True),
        ("rfxpl sat", 1, False),
    }
    assert quickest(soft, prototype=False).tool == "veritas"
    assert quickest(soft, prototype=True) is None
    assert voting_of("proto_bb", "sv-rule2-nat") == "soft"
    assert beside((), None) is None
    assert read_ensembles(tmp_path / "none") == {}


def test_stored_forests(tmp_path):
    import joblib

    X = np.random.default_rng(0).normal(size=(40, 3))
    forest = RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, X[:, 0] > 0)
    joblib.dump(forest, tmp_path / "rf_bc_d4.pkl")
    assert stored_forests(tmp_path) == []
    np.savez(tmp_path / "bc_instances.npz", X=X[:4])
    (found,) = stored_forests(tmp_path)
    assert (found.name, found.rows) == ("rf_bc_d4", 4)
    assert found.leaves == sum(tree.get_n_leaves() for tree in forest.estimators_)
    assert stored_forests(tmp_path, "dg") == []


def options(*words):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(list(words))


def test_options(tmp_path):
    plan = plan_of(options("--quick", "--limit", "1", "--trees", "500"))
    assert (plan.settings.limit, plan.settings.rows, plan.trees) == (1.0, 3, 100)
    plan = plan_of(options("--queries", "direct"))
    assert plan.settings.limit is None
    assert [ask.query for ask in plan.asks(OF_PYXAI, "sufficient", a_case(tmp_path))] == ["direct"]


def test_nothing_stored_is_told(tmp_path, capsys):
    nowhere = ["--folder", str(tmp_path), "--ensembles", str(tmp_path), "--data", str(tmp_path / "x.csv")]
    told = forests.run(options(*nowhere, "--parts", *PARTS))
    assert told["goals"] == []
    text = capsys.readouterr().out
    assert text.count("left out") == len(PARTS) + 1  # `minimal` has models of both kinds


def test_everything_from_end_to_end(tmp_path, capsys, monkeypatch):
    import joblib

    monkeypatch.setattr(measure, "our_forests", lambda: list(FAKE))
    monkeypatch.setattr(measure, "SILENCE_SECONDS", 0.5)
    X = np.random.default_rng(0).normal(size=(40, 3))
    forest = RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, X[:, 0] > 0)
    (tmp_path / "models").mkdir()
    for name in ("models/tiny_rf25d6.joblib", "rf_bc_d4.pkl"):
        joblib.dump(forest, tmp_path / name)
    for name in ("models/tiny_rf25d6_instances.npz", "bc_instances.npz"):
        np.savez(tmp_path / name, X=X[:2])
    nowhere = ["--folder", str(tmp_path), "--ensembles", str(tmp_path), "--limit", "0.2"]
    queries = ["sufficient", "sufficient-features", "minimal", "minimal-features", "necessary", "majoritary"]
    parts = ["sufficient", "features", "majoritary", "minimal"]
    told = forests.run(options(*nowhere, "--parts", *parts, "--queries", *queries))
    assert [line["case"] for line in told["minimal"]] == ["tiny_rf25d6"] * 3 + ["rf_bc_d4"] * 2
    assert {row[0] for row in told["goals"]} == {"majoritary", "minimal", "minimal-features", "sufficient-features"}
    json.dumps(told, default=str)
    text = capsys.readouterr().out
    for words in ("Every query once", "necessary: not there", "majoritary: ValueError: on purpose", "Goals"):
        assert words in text


def test_rows_and_tables(tmp_path):
    breast_cancer_rows(tmp_path / "rows.npz", 50)
    with np.load(tmp_path / "rows.npz") as stored:
        assert len(np.unique(stored["X"], axis=0)) == 50
    (tmp_path / "t.csv").write_text("a,b,y\n1,red,0\n2,blue,1\n,red,1\n3,red,1\n")
    X, y = table_of(tmp_path / "t.csv")
    assert X.tolist() == [[1, 1], [2, 0], [3, 1]]
    assert y.tolist() == [0, 1, 1]
    assert (middle([]), middle([1.0, 3.0])) == (None, 2.0)


def test_tasks_in_processes_of_their_own(tmp_path):
    rng = np.random.default_rng(0)
    lines = [
        f"{a},{'uv'[b]},{int(a + b > 1)}" for a, b in zip(rng.integers(0, 3, 400), rng.integers(0, 2, 400), strict=True)
    ]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,y", *lines]))
    model, rows = tmp_path / "m.joblib", tmp_path / "m.npz"
    told = ask_process("fit", tmp_path / "t.csv", 3, model, rows, limit=PROCESS_LIMIT)
    assert (told["trees"], told["columns"], told["rows"]) == (3, 2, 200)
    assert model.exists()
    assert "error" in ask_process("fit", tmp_path / "absent.csv", 3, model, rows, limit=PROCESS_LIMIT)
    assert "not done" in ask_process("fit", tmp_path / "t.csv", 3, model, rows, limit=0.01)["error"]


def test_goals_of_batches_and_large_forests():
    few = {"setting": "a", "part": 1, "rows": 100, "answers": 100, "wall": 1.0, "peak_mb": 100.0}
    tenth = {"setting": "b", "part": 10, "rows": 100, "answers": 100, "wall": 1.1, "peak_mb": 150.0}
    rows = batch_goals([few, {**few, "rows": 1000, "answers": 1000, "wall": 9.0}, tenth])
    assert [row[-1] for row in rows] == ["yes", "NO", "NO"]  # a tenth of the rows has a tenth of the time
    assert batch_goals([few, {**few, "rows": 1000, "answers": 999, "wall": 9.0}])[0][-1] == "NO"
    assert [row[-1] for row in batch_goals([few, {**tenth, "wall": 0.9, "peak_mb": 105.0}])] == ["yes", "yes", "yes"]
    queries = [
        {"over": "literals", "row": 0, "cpu": 1.0, "status": "proved"},
        {"over": "literals", "row": 1, "cpu": 99.0, "status": "best_so_far"},
        {"over": "features", "row": 0, "cpu": 1.0, "status": "proved"},
        {"over": "sets", "row": 0, "error": "ValueError"},
    ]
    assert [row[-1] for row in large_goals(queries, "m")] == ["NO", "yes", "NO"]

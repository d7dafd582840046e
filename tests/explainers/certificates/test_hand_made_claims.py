"""Files written by hand that claim more than they prove, in claims or in words; and some that take no end of work."""

import os
import subprocess
import sys
import time

import pytest
from suffice.explainers.certificates import suffice_check
from suffice.explainers.certificates.suffice_check import ACCEPTED, REJECTED, RELATIVE

from tests.explainers.certificates.hand_made import bare_check, feature, of_ball, of_models, whole, written
from tests.explainers.certificates.test_hand_made import (
    BOUND,
    CLAUSE,
    NUMBER,
    REFUTED,
    STEP,
    STUMP,
    SUM,
    false,
    rejected,
    true,
)
from tests.explainers.certificates.test_suffice_check import what_is_wrong

ALWAYS = {"split": [0], "proof": [[SUM, 0, 0]]}
TWO = [(0, ">=", 1.0), (1, ">=", 1.0)]


def test_claims_of_pairs_models_and_balls_stand_alone():
    """Beside others nothing of theirs would be there that could be checked."""
    for name in ("no_pair", "pair"):
        rejected(written(STEP, [[1.0]], [NUMBER], says={"forces": {}, name: {}}, **ALWAYS), "pairs")
    for name in ("differ", "agree", "apart"):
        says = {"refuted": {}, name: {}}
        rejected(written(STEP, [STUMP], [NUMBER], wanted=[0], witness=[[2.0]], sets=[], says=says), "models")
    for name in ("clear", "reached"):
        rejected(written(STEP, [[1.0]], [NUMBER], says={"forces": {}, name: {}}, **ALWAYS), "ball")
    made = written(STEP, [STUMP], [NUMBER], row=[[0.5]], wanted=[0])
    rejected(of_ball(made, 0.5, 0.5, clear={}, forces={}), "ball")


def test_an_item_of_two_features_is_told_to_be_one():
    """The first feature alone forces; but it and the second one are one item."""
    two = [NUMBER, feature(0.0, 3.0, column=1)]
    how = {"row": [[2.0, 2.0]], "witness": [[0.0, 2.0]], "items": [0], "sets": [[0]], **ALWAYS}
    made = written(TWO, [STUMP], two, unit=[0, 0], says={"forces": {}, "minimal": {}}, **how)
    assert "minimal: f1 with f2; " in true(made)
    made = written(TWO, [STUMP], two, unit=[0, -1], says={"forces": {}, "minimal": {}}, **how)
    rejected(made, "item")


def test_what_is_said_of_a_claim_is_told_where_it_is_checked():
    says = {"forces": {}, "minimal": {"cost": 5, "most": 1, "excluded": [0], "lists": [[0]]}}
    made = written(STEP, [STUMP], [NUMBER], items=[0], sets=[[0]], row=[[2.0]], witness=[[0.0]], says=says, **ALWAYS)
    assert bare_check(made) == (ACCEPTED, "forces, minimal: f1 >= 1.0; outcome: yes")
    verdict, why = made.check()
    assert verdict == REJECTED and "minimal has other parts: cost, excluded, lists, most" in why


def test_a_set_of_what_no_condition_tests_is_none_of_the_smallest():
    three = [feature(0.0, 3.0, column=i) for i in range(3)]
    cover = {"cover_split": whole([0]), "cover_set": whole([0])}

    def complete(items):
        return written([(0, ">=", 1.0), (2, ">=", 1.0)], [[1.0]], three, unit=[0, 2], sets=[items], row=[[2.0] * 3],
                       says={"complete": {"excluded": []}}, **ALWAYS, **cover)  # fmt: skip

    false(complete([1]), "condition")
    true(complete([]))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("near", "-0x1p+3"), ("doubt", "-0x1p-3"), ("doubt", "nan"), ("outputs", [0, 10**12]), ("outputs", [1]),
        ("outputs", [0, 1, 5]), ("outputs", [0, 0]), ("outputs", [0.0, 1.0]), ("outputs", [-1, 1]), ("outputs", "01"),
    ],
)  # fmt: skip
def test_numbers_of_labels_that_are_none(name, value):
    made = written(STEP, [[1.0]], [NUMBER], **ALWAYS)
    made.head["model"]["labels"][0] |= {"doubt": "0x1p+1"} if name == "near" else {}
    made.head["model"]["labels"][0][name] = value
    begin = time.perf_counter()
    rejected(made, "")
    assert time.perf_counter() - begin < 5


def test_numbers_have_a_column_each():
    """The same number would be read for both."""
    one = feature(0.0, 3.0) | {"columns": [0, 1]}
    how = {"given": [[2]], "split": [1, 0, 0], "proof": [[SUM, 0, 0], [CLAUSE, 0, 0]]}
    made = written(TWO, [STUMP], [one], width=2, **how)
    made.head["model"] |= {"columns": ["f1", "f2"], "reading": ["float64"] * 2}
    rejected(made, "column")


def planned(radius, clauses):
    """A plan of 1.5 for a row of 0.5: from 1 to below 2 is as wanted, and costs 1."""
    where = [(0, ">=", 1.0), (0, ">=", 2.0)]
    tree = (1, [0.0, 0.0], (2, [1.0, 1.0], [0.0, 2.0]))
    made = written(where, [tree], [NUMBER], row=[[1.5], [0.5]], sets=[], clauses=clauses, together=True)
    (label,) = made.head["model"]["labels"]
    cost = {**label, "outputs": [1, 2], "rule": "number", "classes": [], "name": "cost"}
    made.head["model"]["labels"] = [{**label, "outputs": [0, 1]}, cost]
    cheaper = {"label": 1, "range": [(-1.0).hex(), (0.5).hex()], "classes": [0, 2]}
    holds = {"outcomes": [{"label": 0, "classes": [1]}], "together": False, "given": [[1]] + [[-2]] * (not clauses),
             "items": [], "sets": [[]], "says": {"forces": {}}}  # fmt: skip
    options = [[[(0.5).hex()], [(1.5).hex()]]]
    bears = {"radii": [[0, radius]], "deciding": 1, "options": options, "rows": [], "of": [], "holds": holds}
    made.head["claim"] |= {"outcomes": [{"label": 0, "classes": [0]}, cheaper], "says": {"planned": {}, "bears": bears}}
    boxes = {"split": [1, 2, 0, 0, 0], "at": [0, 5], "kind": [CLAUSE, SUM, CLAUSE], "way": [0] * 3, "bound": [0] * 3}
    made.arrays |= {f"box_proof_{name}": whole(part) for name, part in boxes.items()}
    return made


def test_rows_near_a_plan_may_break_clauses():
    """2 is near 1.5, and not as wanted."""
    false(planned("1/2", [[-2]]), "clauses")
    made = planned("1/4", [])
    assert not what_is_wrong(made) and made.check()[0] == RELATIVE


def test_what_takes_no_end_of_work_is_refused():
    many = [(0, ">=", i / 2000) for i in range(2000)]
    rejected(written(many, [STUMP], [NUMBER], says={"forced": {}}, sets=[], lemmas=whole([0])), "too large")
    few = [(0, ">=", i / 10) for i in range(24)]
    made = written(few, [[0.0, 0.0]], [NUMBER], says={"agree": {}}, sets=[], split=[0, 0], proof=[[BOUND, 0, -1]] * 2)
    made.arrays["proof_at"] = whole([0, 1, 2])
    box = {"given": [[2 * i + 1, 2 * i + 2] for i in range(12)], "decided": [1, 0]}
    rejected(of_models(made, [box] * 600), "too many ways")
    wide = {"rule": "greatest", "classes": [*map(str, range(400))], "wanted": [*range(400)]}
    made = written(STEP, [[0.0] * 400], [NUMBER], **wide, **ALWAYS)
    assert made.check()[0] == ACCEPTED
    made.head["claim"]["outcomes"] *= 100
    rejected(made, "too many")


def test_walks_of_many_sets_are_looked_at_once():
    """Each tree of boxes is a part of one list, which is not gone through for each set."""
    made = written(STEP, [[1.0]], [NUMBER], **ALWAYS)
    made.head["claim"]["sets"] = [[]] * 2000
    leaves = 1 << 20
    made.arrays |= {"proof_split": whole([0] * leaves), "proof_at": whole(range(leaves + 1))}
    made.arrays |= {f"proof_{name}": whole([SUM * (name == "kind")] * leaves) for name in ("kind", "way", "bound")}
    begin = time.perf_counter()
    assert made.check()[0] == ACCEPTED
    assert time.perf_counter() - begin < 20


def test_letters_that_cannot_be_shown_are_told_otherwise(tmp_path):
    made = written(STEP, [STUMP], [NUMBER], wanted=[0, 1], **REFUTED | {"says": {"forces": {}}, "sets": [[]]})
    made.head["model"]["labels"][0]["classes"] = ["nein", "größer"]
    made.save(tmp_path / "größer.cert")
    for name in ("", "_sat", "_pb", "_plans", "_pairs", "_models", "_near", "_all"):
        command = [sys.executable, suffice_check.__file__.replace(".py", f"{name}.py"), "größer.cert"]
        found = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=tmp_path,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
        )  # fmt: skip
        assert found.returncode == 0 and "gr\\xf6\\xdfer" in found.stdout, found.stderr
    assert REJECTED not in found.stdout

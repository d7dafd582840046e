"""What certificates of plans may not say, and the files that check them alone."""

import copy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from suffice.explainers.certificates import suffice_check_plans
from suffice.explainers.certificates.certificate import Certificate
from suffice.explainers.certificates.suffice_check import REJECTED, RELATIVE

from tests.explainers.certificates.hand_made import bare_check
from tests.explainers.certificates.planned import bearing


@pytest.fixture(scope="module")
def made():
    """A plan in the middle of a box."""
    answer = bearing(15)
    certificate = answer.certificate(time_limit=60)
    assert {"bears", "planned"} <= {*certificate.claims}
    return certificate


def other(certificate, **arrays):
    return Certificate(copy.deepcopy(certificate.head), {**certificate.arrays, **arrays})


@pytest.mark.parametrize("radius", [[-1, "1"], [True, "1"], [0.0, "1"], [99, "1"]])
def test_the_slack_is_of_a_feature(made, radius):
    """That of the last feature but none would be told, and looked at nowhere."""
    wrong = other(made)
    wrong.head["claim"]["says"]["bears"]["radii"].append(radius)
    verdict, why = bare_check(wrong)
    assert verdict == REJECTED and "feature" in why
    assert wrong.check()[0] == REJECTED


@pytest.mark.parametrize("radius", ["1e9999999999", "-1", "1/0", "1/2/3", "nan", 1, None])
def test_the_slack_is_a_fraction(made, radius):
    wrong = other(made)
    wrong.head["claim"]["says"]["bears"]["radii"][0][1] = radius
    assert wrong.check()[0] == REJECTED


def test_what_holds_near_the_plan_is_of_the_same_model(made):
    """Only the trees of boxes are others; with another model everything would hold near every plan."""
    split = made.arrays["tree_literal"] != 0
    assert split.any()
    for name in ("tree_literal", "tree_left", "tree_root", "condition_operator", "condition_column", "unit"):
        told = other(made, **{f"box_{name}": made.arrays[name][:0]})
        assert told.check()[0] == RELATIVE  # it is read nowhere
    wrong = other(made, box_proof_kind=made.arrays["box_proof_kind"][:0])
    assert wrong.check()[0] == REJECTED


def test_what_is_listed_is_told_whatever_labels_say(made):
    told = other(made)
    for label in told.head["model"]["labels"]:
        label["relative"] = ""
    verdict, why = told.check()
    assert verdict == RELATIVE and "the file lists" in why


def test_plans_are_of_outcomes_together(made):
    wrong = other(made)
    del wrong.head["claim"]["says"]["bears"]
    assert wrong.check()[0] == RELATIVE
    wrong.head["claim"]["together"] = False
    assert wrong.check()[0] == REJECTED


def test_the_three_files_alone(made, tmp_path):
    names = ("suffice_check.py", "suffice_check_sat.py", "suffice_check_plans.py")
    for name in names:
        shutil.copy(Path(suffice_check_plans.__file__).with_name(name), tmp_path)
    made.save(tmp_path / "plan.cert")
    for name, told in zip(names, (REJECTED, REJECTED, RELATIVE), strict=True):
        found = subprocess.run(
            [sys.executable, str(tmp_path / name), "plan.cert"], capture_output=True, text=True, check=False,
            cwd=tmp_path, env={"PATH": "/usr/bin"},
        )  # fmt: skip
        assert found.returncode == 1 and f"plan.cert: {told}: " in found.stdout, found.stdout + found.stderr
    assert found.stdout.partition(": ")[2].strip() == ": ".join(made.check())

"""The files of the checker, copied somewhere else, check certificates of all kinds."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, verify
from suffice.explainers.certificates import suffice_check_all
from suffice.explainers.certificates.suffice_check_all import Every

X, Y = load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files alone, and certificates."""
    folder = tmp_path_factory.mktemp("alone")
    for path in Path(suffice_check_all.__file__).parent.glob("suffice_check*.py"):
        shutil.copy(path, folder)
    model = RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, Y)
    explainer = Explainer.initialize(model, X[60])
    for name, answer in {
        "reason": explainer.sufficient_reason(), "smallest": explainer.minimal_sufficient_reason(),
        "change": explainer.contrastive_reason(), "plan": explainer.recourse(target=0),
        "rows": verify.discriminates(explainer, "f4"), "never": verify.never(explainer, 2, "f4 < 0.3"),
        "two": verify.compare(explainer, DecisionTreeClassifier(max_depth=2).fit(X, Y), boxes=2),
        "all": explainer.sufficient_reason(n=explainer.ALL),
    }.items():  # fmt: skip
        answer.certificate().save(folder / f"{name}.cert")
    return folder


def run(folder, *names):
    command = [sys.executable, str(folder / "suffice_check_all.py"), *names]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": ""})


def test_all_kinds(folder):
    for path in sorted(folder.glob("*.cert")):
        done = run(folder, path.name)
        relative = path.stem == "plan"  # its costs are listed
        assert (done.returncode, "rejected" in done.stdout) == (int(relative), False), done.stdout + done.stderr
        assert path.name in done.stdout


def test_the_exit_status_tells_what_is_not_accepted(folder):
    (folder / "bad").write_text("x")
    assert run(folder, "reason.cert", "smallest.cert").returncode == 0
    assert run(folder, "reason.cert", "bad").returncode == 1
    assert run(folder).returncode == 1


def test_each_claim_has_a_method():
    assert all(callable(getattr(Every, name)) for name in Every.claims)

"""``suffice check`` tells the verdict, and whether the numbers are a model's."""

import argparse
import json

import joblib
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from suffice import Explainer, verify
from suffice.explainers.command.checking import run_check

X, Y = load_iris(return_X_y=True)


def check(path, model=None, trust_pickle=False):
    options = argparse.Namespace(files=[str(path)], model=model and str(model), trust_pickle=trust_pickle, trust=[])
    return run_check(options)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a certificate, the saved explainer, and that of another model."""
    folder = tmp_path_factory.mktemp("certificates")
    for seed, name in ((0, "own"), (1, "other")):
        model = RandomForestClassifier(5, max_depth=3, random_state=seed).fit(X, Y)
        explainer = Explainer.initialize(model, X[60])
        explainer.save(folder / f"{name}.suffice")
        explainer.sufficient_reason().certificate().save(folder / f"{name}.cert")
        verify.discriminates(explainer, "f4", allowed="f1 > 5.03").certificate().save(folder / f"{name}.pairs")
    return folder


def test_a_certificate_is_accepted(made, capsys):
    assert check(made / "own.cert", made / "own.suffice") == 0
    said = capsys.readouterr().out
    assert "accepted: forces, minimal" in said
    assert "its numbers are those of the model" in said


def test_another_model_is_seen(made, capsys):
    assert check(made / "own.cert", made / "other.suffice") == 1
    assert "own.cert: of another model (accepted of its own): " in capsys.readouterr().out


def test_a_model_that_cannot_vote_hard_is_another_one(made, tmp_path, capsys):
    boosted = tmp_path / "boosted.joblib"
    joblib.dump(GradientBoostingClassifier(n_estimators=3, random_state=0).fit(X, Y == 1), boosted)
    assert check(made / "own.cert", boosted, trust_pickle=True) == 1
    said = capsys.readouterr().out
    assert "of another model" in said
    assert "hard" not in said


def test_pairs_are_of_the_model_of_one_row(made, capsys):
    assert check(made / "own.pairs", made / "own.suffice") == 0
    assert check(made / "own.pairs", made / "other.suffice") == 1
    said = capsys.readouterr().out.splitlines()
    assert "accepted: pair: two rows that share all features but f4" in said[0]
    assert "of another model (accepted of its own): pair: " in said[1]
    assert "its numbers are those of the model" in said[0] and "other" in said[1]


def test_what_is_none_is_rejected(made, capsys):
    (made / "none.cert").write_text(json.dumps({}))
    assert check(made / "none.cert") == 1
    assert "rejected" in capsys.readouterr().out

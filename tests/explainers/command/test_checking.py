"""``suffice check`` tells the verdict, and whether the numbers are a model's."""

import argparse
import json

import joblib
import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from suffice import BadInputError, Explainer, verify
from suffice.explainers.certificates.certificate import Certificate
from suffice.explainers.command.checking import run_check

X, Y = load_iris(return_X_y=True)


def check(path, *models, trust_pickle=False):
    named = [str(model) for model in models] or None
    options = argparse.Namespace(files=[str(path)], model=named, trust_pickle=trust_pickle, trust=[])
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
    assert f"; {(made / 'own.cert').stat().st_size / 1000:.1f} kB, checked in " in said


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


def test_a_radius_is_of_its_model(made, tmp_path, capsys):
    model = RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, Y)
    for norm in ("linf", "l1"):
        verify.robustness(model, X[60], norm).certificate().save(tmp_path / "radius.cert")
        assert check(tmp_path / "radius.cert", made / "own.suffice") == 0
        assert check(tmp_path / "radius.cert", made / "other.suffice") == 1
        said = capsys.readouterr().out
        assert "clear, reached: of rows around" in said and "of another model" in said


def test_both_models_of_a_comparison_are_compared(made, tmp_path, capsys):
    pickled = [tmp_path / f"{name}.joblib" for name in ("own", "other")]
    models = [RandomForestClassifier(5, max_depth=3, random_state=seed).fit(X, Y) for seed in (0, 1)]
    for path, model in zip(pickled, models, strict=True):
        joblib.dump(model, path)
    verify.compare(*models, where="f1 > 5.03", boxes=2).certificate().save(tmp_path / "two.cert")
    saved = made / "own.suffice", made / "other.suffice"
    for both, status in ((saved, 0), (pickled, 0), (saved[::-1], 1), ((saved[0], saved[0]), 1), ((pickled[1],) * 2, 1)):
        assert check(tmp_path / "two.cert", *both, trust_pickle=True) == status
        said = capsys.readouterr().out
        assert ("its numbers are those of the models" in said) == (status == 0)
        assert ("of another model" in said) == (status == 1)
    for wrong in (saved[:1], (*saved, saved[0])):
        with pytest.raises(BadInputError, match="--model OLD --model NEW"):
            check(tmp_path / "two.cert", *wrong)
    with pytest.raises(BadInputError, match="is of 1 model, and 2 given"):
        check(made / "own.cert", *saved)


def test_voting_of_each_model_is_tried(tmp_path, capsys):
    forest = RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, Y == 1)
    boosted = GradientBoostingClassifier(n_estimators=2, random_state=0).fit(X, Y == 1)
    hard = Explainer.initialize(forest, voting="hard")
    verify.compare(hard, boosted, boxes=1).certificate().save(tmp_path / "one.cert")
    verify.compare(boosted, hard, boxes=1).certificate().save(tmp_path / "other.cert")
    paths = tmp_path / "forest.joblib", tmp_path / "boosted.joblib"
    for path, model in zip(paths, (forest, boosted), strict=True):
        joblib.dump(model, path)
    assert check(tmp_path / "one.cert", *paths, trust_pickle=True) == 0
    assert check(tmp_path / "other.cert", *paths[::-1], trust_pickle=True) == 0
    assert check(tmp_path / "other.cert", *paths, trust_pickle=True) == 1
    assert capsys.readouterr().out.count("of the models") == 2


def test_a_column_that_may_be_missing_is_so_to_one_of_two_models(tmp_path):
    from sklearn.ensemble import HistGradientBoostingClassifier

    rows = X.copy()
    rows[::5, 1] = np.nan
    models = [HistGradientBoostingClassifier(max_iter=n, max_depth=2).fit(rows, Y == 1) for n in (2, 3)]
    verify.compare(*models, data=rows, boxes=1, missing=["f2"]).certificate().save(tmp_path / "two.cert")
    paths = []
    for i, model in enumerate(models):
        paths.append(tmp_path / f"{i}.joblib")
        joblib.dump(model, paths[-1])
    assert check(tmp_path / "two.cert", *paths, trust_pickle=True) == 0


def of_anything(certificate):
    """Let a certificate say of its row that it has some outcome, which needs no proof."""
    claim = {"outcomes": [{"label": 0, "classes": [0, 1, 2]}], "items": [], "sets": [[]], "says": {"forces": {}}}
    certificate.head["claim"] |= claim
    certificate.arrays["witness"] = certificate.arrays["witness"][:0]
    return certificate


def test_a_further_tree_adds_nothing_to_the_model(made, tmp_path, capsys):
    """A label of its own may bring trees; their leaves are none of the model's, nor are their nodes."""
    for new in (True, False):
        certificate = of_anything(Certificate.load(made / "own.cert"))
        arrays, (label,) = certificate.arrays, certificate.head["model"]["labels"]
        more = {**label, "name": "more", "rule": "number", "outputs": [3, 4], "classes": []}
        certificate.head["model"]["labels"].append(more)
        arrays["base"] = np.append(arrays["base"], 0.0)
        values = np.pad(arrays["leaf_values"], [(0, 1), (0, 1)])
        arrays["leaf_values"] = values
        nodes = len(arrays["tree_literal"])
        for name, value in (("literal", 0), ("left", -1), ("right", -1), ("leaf", len(values) - 1 if new else 0)):
            arrays[f"tree_{name}"] = np.append(arrays[f"tree_{name}"], value)
        arrays["tree_root"] = np.append(arrays["tree_root"], nodes)
        certificate.save(tmp_path / "more.cert")
        assert values[0, :3].any()
        assert check(tmp_path / "more.cert", made / "own.suffice") == int(not new)
        said = capsys.readouterr().out
        assert ("its numbers are those of the model" if new else "more trees") in said


def test_another_domain_is_told(made, tmp_path, capsys):
    certificate = of_anything(Certificate.load(made / "own.cert"))
    value = float(certificate.arrays["row"][0, 0])
    certificate.head["features"][0]["values"] = [value.hex()] * 2
    certificate.save(tmp_path / "point.cert")
    assert check(tmp_path / "point.cert", made / "own.suffice") == 0
    assert "those of the model, of the domain that the file lists" in capsys.readouterr().out
    assert check(made / "own.cert", made / "own.suffice") == 0
    assert "domain" not in capsys.readouterr().out


def test_what_is_none_is_rejected(made, capsys):
    (made / "none.cert").write_text(json.dumps({}))
    assert check(made / "none.cert") == 1
    assert "rejected" in capsys.readouterr().out


def test_claims_about_a_label_of_the_file_are_not_of_the_model(made, tmp_path, capsys):
    """It has the classes of the model, and no name: nothing else would tell it from the model's own label."""
    certificate = of_anything(Certificate.load(made / "own.cert"))
    arrays, (label,) = certificate.arrays, certificate.head["model"]["labels"]
    certificate.head["model"]["labels"].append({**label, "outputs": [3, 6]})
    arrays["base"] = np.append(arrays["base"], [0.0, 0.0, 1.0])
    arrays["leaf_values"] = np.pad(arrays["leaf_values"], [(0, 0), (0, 3)])
    certificate.head["claim"]["outcomes"] = [{"label": 1, "classes": [2]}]
    for name, part in (("split", [0, 0]), ("at", [0, 1, 2]), ("kind", [0, 0]), ("way", [1, 1]), ("bound", [-1, -1])):
        arrays[f"proof_{name}"] = np.array(part, np.int64)
    path = tmp_path / "added.cert"
    certificate.save(path)
    assert check(path) == 0 and "accepted: forces: nothing; outcome: 2" in capsys.readouterr().out
    assert check(path, made / "own.suffice") == 1
    said = capsys.readouterr().out
    assert "relative" in said and "those of the model, but for labels that the file adds: ''" in said


@pytest.mark.parametrize(("part", "value"), [("names", []), ("names", ["f1"] * 4), ("columns", ["a", "b", "c", "d"])])
def test_text_that_fits_no_model_is_told(made, tmp_path, capsys, part, value):
    certificate = of_anything(Certificate.load(made / "own.cert"))
    certificate.head["model"][part] = value
    certificate.save(tmp_path / "text.cert")
    assert check(tmp_path / "text.cert", made / "own.suffice") == 1
    assert "of another model (accepted of its own)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("part", "value"), [("names", 5), ("names", [1, 2]), ("names", [["f1"]] * 4), ("columns", "abcd"), ("names", None)]
)
def test_text_that_is_none_is_rejected(made, tmp_path, capsys, part, value):
    certificate = of_anything(Certificate.load(made / "own.cert"))
    certificate.head["model"][part] = value
    certificate.save(tmp_path / "text.cert")
    assert check(tmp_path / "text.cert", made / "own.suffice") == 1
    assert f"rejected: ValueError: {part} is damaged" in capsys.readouterr().out

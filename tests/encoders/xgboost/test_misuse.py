"""Models and files of XGBoost that are not taken: what the errors say."""

import json
from contextlib import suppress

import numpy as np
import pytest
from suffice.encoders.registry import compile_model
from suffice.encoders.xgboost.files import read_model
from suffice.engine.errors import BadInputError, FormatError, NotFittedModelError, SufficeError, UnsupportedModelError

xgboost = pytest.importorskip("xgboost")
X = np.random.default_rng(0).normal(size=(60, 3))
y = (X[:, 0] > 0).astype(int)


@pytest.fixture(scope="module")
def model():
    return xgboost.XGBClassifier(n_estimators=2, max_depth=2).fit(X, y)


@pytest.fixture
def saved(model, tmp_path):
    def save(suffix, change=None):
        path = tmp_path / f"model.{suffix}"
        model.save_model(path)
        if change is not None:
            path.write_bytes(change(path.read_bytes()))
        return path

    return save


@pytest.mark.parametrize("suffix", ["json", "ubj"])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.9999])
def test_truncated_files(saved, suffix, share):
    with pytest.raises(FormatError, match=rf"model\.{suffix}' .*save the model again"):
        compile_model(saved(suffix, lambda raw: raw[: int(len(raw) * share)]))


@pytest.mark.parametrize("suffix", ["json", "ubj"])
def test_damaged_files_give_no_other_errors(saved, suffix):
    rng = np.random.default_rng(1)
    raw = saved(suffix).read_bytes()
    for _ in range(300):
        damaged = bytearray(raw)
        damaged[rng.integers(len(raw))] = rng.integers(256)
        with suppress(SufficeError):
            compile_model(saved(suffix, lambda _, changed=bytes(damaged): changed))


def changed(path, value, *keys):
    """A copy of a parsed model with another value in one place."""

    def change(raw):
        content = json.loads(raw)
        inside = content
        for key in (*path, *keys)[:-1]:
            inside = inside[key]
        inside[(*path, *keys)[-1]] = value
        return json.dumps(content).encode()

    return change


TREE = ("learner", "gradient_booster", "model", "trees", 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda raw: b"[1, 2]", "looks like a dump of trees"),
        (lambda raw: b'{"a": 1}', "has no field 'learner'"),
        (lambda raw: b'{"learner": 5}', "is damaged"),
        (changed(("learner", "objective", "name"), "reg:new"), "objective='reg:new': expected one of binary:hinge"),
        (changed(("learner", "gradient_booster", "name"), "gblinear"), "booster='gblinear': expected trees"),
        (
            changed(("learner", "learner_model_param", "num_target"), "2"),
            "does not cut 2 trees into rounds|2 labels at once",
        ),
        (changed(("learner", "learner_model_param", "num_class"), "7"), "2 trees for 7 classes"),
        (changed(("learner", "learner_model_param", "base_score"), "[0.1,0.2,0.3]"), "expected one number"),
        (changed(("learner", "learner_model_param", "base_score"), "1E0"), "is no finite number"),
        (changed(("learner", "gradient_booster", "model", "tree_info"), [0]), "does not fit 2 trees"),
        (changed(("learner", "gradient_booster", "model", "trees"), []), "has no trees"),
        (changed(TREE, [-1], "left_children"), "tree 0 of model file .* different lengths"),
        (changed(TREE, "2", "tree_param", "size_leaf_vector"), "2 outputs, the model 1 outputs"),
        (changed(TREE, 9, "split_indices", 0), "tests column 9: expected columns 0 … 2"),
        (changed(TREE, 0, "left_children", 0), "its nodes make no tree"),
        (changed(TREE, 99, "left_children", 0), "its nodes make no tree"),
        (changed(TREE, float("nan"), "split_conditions", 0), "split at NaN"),
        (changed(TREE, 1, "id"), "ids of its trees are not 0"),
        (changed(TREE, -200, "left_children", 2), "its nodes make no tree"),
        (changed(TREE, 5, "right_children", 2), "is damaged"),
        (changed(TREE, 7, "parents", 1), "its nodes make no tree"),
        (changed(TREE, 2**40, "left_children", 0), "more than 32 bits|make no tree"),
        (changed(TREE, "99", "tree_param", "num_nodes"), "different lengths, for 99 nodes"),
        (changed(TREE, "9", "tree_param", "num_feature"), "of 9 columns, the model of 3"),
        (changed(TREE, [9], "categories_nodes"), "categories that are not there"),
        (changed(TREE, 1, "split_type", 0), "name other nodes"),
        (changed(TREE, [0.5], "sum_hessian"), "different lengths"),
        (changed(TREE, "x", "default_left"), "is damaged|different lengths"),
        (changed(("learner", "learner_model_param", "base_score"), "[0]"), "is no finite number"),
        (changed(("learner", "learner_model_param", "num_class"), "1_0"), "num_class is '1_0'|classes"),
        (changed(("learner", "learner_model_param", "num_feature"), " 3"), "num_feature is ' 3'"),
        (changed(("learner", "feature_types"), ["float", "new", "float"]), "feature_types is"),
        (changed(("learner", "feature_names"), ["a", 1, "b"]), "feature_names is"),
        (changed(TREE[:-2], [0, 5], "iteration_indptr"), "does not cut 2 trees into rounds"),
        (changed(TREE[:-2], "7", "gbtree_model_param", "num_trees"), "has 2 of 7 trees"),
        (lambda raw: raw[:-1] + b',"learner":{}}', "stands twice"),
    ],
)
def test_what_files_cannot_say(saved, change, message):
    with pytest.raises(SufficeError, match=message):
        compile_model(saved("json", change))


def test_lists_without_end():
    endless = b"{i\x01a[$Z#L" + (2**60).to_bytes(8, "big") + b"}"
    with pytest.raises(FormatError, match="cannot follow"):
        read_model(endless, "it")
    with pytest.raises(FormatError, match="'a' stands twice"):
        read_model(b"{i\x01aZi\x01aZ}", "it")
    with pytest.raises(FormatError, match="goes on after its end"):
        read_model(b"{i\x01aZ}Z", "it")
    with pytest.raises(FormatError, match="nested too deeply"):
        read_model(b"{i\x01a" + b"[" * 500, "it")
    with pytest.raises(FormatError, match="damaged or cut off"):
        read_model(b'{"a": ' + b"[" * 100_000, "it")


def test_wrong_models(tmp_path):
    for model in (xgboost.XGBClassifier(), xgboost.Booster()):
        with pytest.raises(NotFittedModelError):
            compile_model(model)
    with pytest.raises(BadInputError, match=r"none.json' cannot be read"):
        compile_model(tmp_path / "none.json")
    with pytest.raises(UnsupportedModelError, match="is a class"):
        compile_model(xgboost.XGBClassifier)
    with pytest.raises(BadInputError, match=r"model.pickle' cannot be read \(No such file"):
        compile_model("model.pickle")
    with pytest.raises(UnsupportedModelError, match="booster='gblinear'"):
        compile_model(xgboost.XGBClassifier(booster="gblinear", n_estimators=2).fit(X, y))
    several = xgboost.XGBRegressor(n_estimators=2, objective="reg:quantileerror", quantile_alpha=[0.1, 0.9]).fit(X, y)
    for model in (several, several.get_booster(), xgboost.XGBRegressor(n_estimators=2).fit(X, np.column_stack([y, y]))):
        with pytest.raises(UnsupportedModelError, match=r"predicts 2 numbers.*Output\(model, 'y1'\)"):
            compile_model(model)
    labels = xgboost.XGBClassifier(n_estimators=2).fit(X, np.column_stack([y, 1 - y]))
    with pytest.raises(UnsupportedModelError, match=r"2 labels at once.*hand over the XGBClassifier"):
        compile_model(labels.get_booster())


def test_wrong_arguments(model):
    with pytest.raises(BadInputError, match="voting='hard'"):
        compile_model(model, voting="hard")
    with pytest.raises(BadInputError, match="is infinite"):
        compile_model(model).read([[0, np.inf, 0]])
    with pytest.raises(BadInputError, match="expected 3"):
        compile_model(model).read([[0, 0]])

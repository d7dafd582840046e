"""Damaged ONNX files: refused in our words or taken as onnxruntime takes them; nothing dies, hangs or passes cut."""

import random

import numpy as np
import pytest

from tests.brute.amounts import examples
from tests.brute.damage import damaged, outcomes

pytest.importorskip("onnxruntime")
pytest.importorskip("skl2onnx")

from sklearn.ensemble import RandomForestClassifier  # what comes above may be absent

from tests.encoders.onnx.made import MODES, classifier, info, model, newer, random_tree
from tests.encoders.onnx.test_exported import NAMED, X, exported, table_model


@pytest.fixture(scope="module")
def whole():
    rng = np.random.default_rng(1)
    small = RandomForestClassifier(2, max_depth=2, random_state=0)
    weights, sets = [0.1, 0.2, 0.3], {1.0: [1.0, 2.0], 2.0: [3.0], 0.5: [4.0, 5.0]}
    ordered = [random_tree(rng, 2, 3, MODES[:6], [1.0, 2.0, 0.5], [0, 1, 2], weights) for _ in range(2)]
    by_set = [random_tree(rng, 2, 3, MODES, [1.0, 2.0, 0.5], [0], weights) for _ in range(2)]
    value = [info("X", "float32", None, 2)], [info("value", "float32", None, None)]
    protos = [
        exported(small, X, NAMED), table_model("imputed", small), table_model("one-hot", small),
        classifier(ordered, ["a", "b", "c"], 2), model([newer(by_set, 2, sets=sets)], *value, ml=5, main=20),
    ]  # fmt: skip
    return [proto.SerializeToString() for proto in protos]


def check(said):
    assert not {i: told for i, told in enumerate(said) if not told.startswith(("taken", "refused"))}


def test_random_damage(tmp_path, whole):
    rng = random.Random("onnx")
    cases = [*whole, *(damaged(rng.choice(whole), rng) for _ in range(examples(60)))]
    said = outcomes("model", tmp_path, cases, suffix=".onnx")
    check(said)
    assert set(said[: len(whole)]) == {"taken"}
    assert sum(told.startswith("refused") for told in said) > len(said) // 2


def test_every_cut(tmp_path, whole):
    """What is cut behind the graph may leave out versions of operators that it does not use."""
    content = whole[0]
    step = max(1, len(content) // examples(60))
    cuts = [*range(0, len(content) - 20, step), *range(len(content) - 20, len(content))]
    said = outcomes("model", tmp_path, [content[:cut] for cut in cuts], suffix=".onnx")
    check(said)
    taken = [cut for cut, told in zip(cuts, said, strict=True) if told == "taken"]
    assert all(content.index(b"B\x0e\n\nai.onnx.ml\x10") < cut for cut in taken)

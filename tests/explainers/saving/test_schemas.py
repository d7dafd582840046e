"""Files of all schemas are read for ever; in a process that has none of the libraries of models."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import suffice

from tests.explainers.saving.cases import FOLDER, NAMES, answers

SCHEMAS = sorted(FOLDER.glob("schema*"))
FILES = [path for folder in SCHEMAS for path in sorted(folder.glob("*.suffice"))]

ALONE = """
import sys

BLOCKED = {"sklearn", "xgboost", "lightgbm", "catboost", "pandas", "scipy", "polars", "interpret", "onnx"}

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Block())
import json, suffice

for path in sys.argv[1:]:
    explainer = suffice.load(path)
    change = explainer.minimal_contrastive_reason(over="features")
    features = list(explainer.minimal_sufficient_reason(over="features"))
    print(json.dumps([features, None if change is None else [list(change), change.witness.tolist()]]))
assert not BLOCKED & set(sys.modules)
"""


def expected(path):
    return json.loads(path.with_suffix(".json").read_text())


def test_each_family_has_a_file_of_each_schema():
    assert [folder.name for folder in SCHEMAS] == ["schema1"]
    assert {path.stem for path in FILES} == set(NAMES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_files_of_all_schemas_are_read(path):
    assert answers(suffice.load(path)) == expected(path)


def test_no_library_of_models_is_needed():
    told = subprocess.run([sys.executable, "-c", ALONE, *map(str, FILES)], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    for path, line in zip(FILES, told.stdout.splitlines(), strict=True):
        first = expected(path)[0]
        assert json.loads(line) == [first["features"], first["change"]], path

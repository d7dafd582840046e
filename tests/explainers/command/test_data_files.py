"""Rows in files: each number is the one that Python reads from the same digits, and nothing warns."""

import json
import warnings

import numpy as np
import pytest
from suffice.explainers.command.data_files import read_rows


def numbers():
    """Floats of any size, and such that lie near the middle of two: digits beyond the shortest ones decide there."""
    rng = np.random.default_rng(0)
    found = np.concatenate([rng.normal(size=2000), np.frombuffer(rng.bytes(8 * 2000), np.float64)])
    found = found[np.isfinite(found)].tolist()
    return [repr(x) for x in found] + [f"{x:.25e}" for x in found] + [f"{x:.17g}" for x in found]


@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv", "rows.json", "rows.jsonl"])
def test_numbers_are_read_exactly(name, tmp_path):
    texts = numbers()
    lines = [f'{{"a": {text}, "b": 1}}' for text in texts]
    separator = "\t" if name.endswith("tsv") else ","
    written = {
        "rows.json": f"[{','.join(lines)}]",
        "rows.jsonl": "\n".join(lines),
    }.get(name, "\n".join([f"a{separator}b", *(f"{text}{separator}1" for text in texts)]))
    (tmp_path / name).write_text(written, "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = read_rows(tmp_path / name)
    assert frame["a"].tolist() == [json.loads(text) for text in texts]

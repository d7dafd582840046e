"""Damaged model files: refused in our words or read as the library reads them; nothing dies, hangs or passes cut."""

import random

import pytest

from tests.brute.amounts import examples
from tests.brute.damage import damaged, outcomes
from tests.encoders.file_cases import lightgbm_texts, without_sizes, xgboost_files


def check(said):
    """All of them were taken, or refused by an error of the library."""
    wrong = {i: told for i, told in enumerate(said) if not told.startswith(("taken", "refused"))}
    assert not wrong


def samples(kind):
    if kind == "lightgbm":
        texts = lightgbm_texts()
        return [text.encode() for text in (*texts, *map(without_sizes, texts), *map(without_sizes, texts))]
    return xgboost_files(kind)


@pytest.mark.parametrize("kind", ["lightgbm", "json", "ubj"])
def test_random_damage(tmp_path, kind):
    pytest.importorskip("lightgbm" if kind == "lightgbm" else "xgboost")
    rng = random.Random(kind)
    whole = samples(kind)
    said = outcomes("model", tmp_path, [*whole, *(damaged(rng.choice(whole), rng) for _ in range(examples(100)))])
    check(said)
    assert set(said[: len(whole)]) == {"taken"}
    assert sum(told.startswith("refused") for told in said) > len(said) // 4


def test_every_cut_of_a_lightgbm_text(tmp_path):
    pytest.importorskip("lightgbm")
    for text in lightgbm_texts()[:2]:
        content = text.rstrip("\n").encode()
        step = max(1, len(content) // examples(150))
        said = outcomes("model", tmp_path, [content[:cut] for cut in range(0, len(content), step)])
        check(said)
        # without categories of a frame, a text is whole where its parameters end: other programs write no more
        ended = content.index(b"end of parameters") + len(b"end of parameters")
        whole = range(ended, ended + 3) if content.endswith(b"null") else ()
        taken = [cut for cut, told in zip(range(0, len(content), step), said, strict=True) if told == "taken"]
        assert set(taken) <= set(whole)

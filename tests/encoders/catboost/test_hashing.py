"""Categories have the numbers that CatBoost gives them, and every number has a text."""

import json

import numpy as np
import pytest
from suffice.encoders.catboost.hashing import category_number, city_hash, number_of_key, table_key, text_of

catboost = pytest.importorskip("catboost")
SMALL = {"iterations": 3, "depth": 2, "verbose": 0, "allow_writing_files": False}


def test_numbers_of_texts_of_all_lengths(tmp_path):
    rng = np.random.default_rng(0)
    letters = list("abcdefghijklmnopqrstuvwxyz0123456789 ,-äß€")
    texts = sorted({"".join(rng.choice(letters, count)) for count in (*range(140), *range(1, 140))})
    rows = [[text, float(i % 5)] for i, text in enumerate(texts)]
    pool = catboost.Pool(rows, [i % 2 for i in range(len(rows))], cat_features=[0])
    model = catboost.CatBoostClassifier(**SMALL, one_hot_max_size=1, max_ctr_complexity=1).fit(pool)
    model.save_model(tmp_path / "m.json", format="json", pool=pool)
    told = json.loads((tmp_path / "m.json").read_text())["features_info"]["cat_features_hash"]
    assert {entry["value"]: entry["hash"] for entry in told} == {text: category_number(text) for text in texts}


def test_keys_of_tables(tmp_path):
    words = [f"word {i}" for i in range(9)]
    rows = [[words[i % 9]] for i in range(180)]
    model = catboost.CatBoostClassifier(**SMALL, one_hot_max_size=1, cat_features=[0]).fit(
        rows, [int(i % 9 > 4) for i in range(180)]
    )
    model.save_model(tmp_path / "m.json", format="json")
    table = next(iter(json.loads((tmp_path / "m.json").read_text())["ctr_data"].values()))
    keys = {int(key) for key in table["hash_map"][:: table["hash_stride"]]} - {2**64 - 1}
    assert keys == {table_key(category_number(word)) for word in words}
    assert {number_of_key(key) for key in keys} == set(map(category_number, words))
    assert number_of_key(next(iter(keys)) ^ 1) == -1


@pytest.mark.parametrize("number", [0, 1, 2**31 - 1, 2**31, 2**32 - 1, 3489901818])
def test_a_text_is_found_for_every_number(number):
    text = text_of(number)
    assert text.isprintable()
    assert (len(text), category_number(text)) == (16, number)
    assert text_of(number) == text


def test_published_values():
    """Of the hash's own page: no bytes at all give its third constant."""
    assert city_hash(b"") == 0x9AE16A3B2F90404F

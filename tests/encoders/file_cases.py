"""Small models of XGBoost and LightGBM as the files that they save; what the texts of older LightGBM look like."""

import re

import numpy as np

SMALL = {"num_leaves": 4, "verbose": -1, "n_jobs": 1, "min_child_samples": 5}


def rows():
    """Numbers, the same with two columns of categories, labels of two and of three classes."""
    import pandas as pd

    rng = np.random.default_rng(1)
    table = rng.normal(size=(120, 3))
    frame = pd.DataFrame(table, columns=["a", "b b", "ü"])
    frame["c"] = pd.Categorical(rng.choice(list("xyz"), 120))
    frame["d"] = pd.Categorical(rng.choice([3, 5, 9], 120))
    two = ((table[:, 0] > 0) ^ (frame["c"] == "x").to_numpy()).astype(int)
    return table, frame, two, two + (table[:, 1] > 0)


def lightgbm_texts():
    """Texts of numbers, categories of a frame, a forest of three classes, zeros that are missing."""
    import lightgbm

    table, frame, two, three = rows()
    gaps = np.where(table < -1, np.nan, np.where(table > 1, 0.0, table))
    models = (
        lightgbm.LGBMClassifier(n_estimators=2, **SMALL).fit(table, two),
        lightgbm.LGBMRegressor(n_estimators=2, min_data_per_group=1, **SMALL).fit(frame, two),
        lightgbm.LGBMClassifier(n_estimators=1, boosting="rf", bagging_freq=1, bagging_fraction=0.5, **SMALL).fit(
            table, three
        ),
        lightgbm.LGBMRegressor(n_estimators=2, zero_as_missing=True, objective="poisson", **SMALL).fit(gaps, two),
    )
    return [model.booster_.model_to_string() for model in models]


def without_sizes(text):
    """The same text without the lengths of its trees, so that trees may be changed."""
    return re.sub("tree_sizes=.*\n", "", text)


def as_version_2(text):
    """The same model as LightGBM 2 wrote it: no end mark, no parameters."""
    head, _, rest = without_sizes(text).partition("end of trees\n")
    listed = rest[: rest.index("parameters:")].replace("feature_importances:", "feature importances:").strip("\n")
    old = re.sub("(is_linear|leaf_weight|internal_weight)=.*\n", "", head).replace("version=v4", "version=v2")
    return f"{old}\n{listed}\n"


def xgboost_files(kind):
    """Files of numbers, a DART model of categories, three classes, several trees a round, vectors in leaves.

    ``kind``: json or ubj.
    """
    import xgboost

    table, frame, two, three = rows()
    models = (
        xgboost.XGBClassifier(n_estimators=2, max_depth=2, n_jobs=1).fit(table, two),
        xgboost.XGBClassifier(
            n_estimators=2, max_depth=2, n_jobs=1, enable_categorical=True, booster="dart", max_cat_to_onehot=2
        ).fit(frame, two),
        xgboost.XGBClassifier(n_estimators=1, max_depth=1, n_jobs=1).fit(table, three),
        xgboost.XGBRegressor(n_estimators=1, num_parallel_tree=2, max_depth=2, n_jobs=1).fit(table, two),
        xgboost.XGBClassifier(
            n_estimators=2, max_depth=2, n_jobs=1, multi_strategy="multi_output_tree", tree_method="hist"
        ).fit(table, three),
    )
    return [bytes(model.get_booster().save_raw(kind)) for model in models]

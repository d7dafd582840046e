"""Surrogates as files: they are made again, of the function that is given, and compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import suffice
from suffice import BadInputError, Binarizer, CapabilityError, ModelChangedError, SurrogateExplainer

from tests.explainers.batch.cases import data, made

X, _ = data()
FRAME = pd.DataFrame(X, columns=list("abcd")).astype({"d": "int64"})


def above(rows):
    return (np.asarray(rows)[:, 0] > 0.25).astype(int)


def another(rows):
    return (np.asarray(rows)[:, 1] > 0.25).astype(int)


@pytest.mark.parametrize("rows", [X, FRAME], ids=["array", "frame"])
def test_they_are_made_again(rows, tmp_path):
    row = rows.iloc[:1] if hasattr(rows, "iloc") else rows[0]
    explainer = SurrogateExplainer(above, rows, row, seed=3, kind="tree")
    explainer.save(tmp_path / "one")
    other = suffice.load(tmp_path / "one", function=above)
    assert repr(other) == repr(explainer)
    for over in ("literals", "features"):
        assert repr(other.sufficient_reason(over=over)) == repr(explainer.sufficient_reason(over=over))
    assert repr(other.contrastive_reason().witness) == repr(explainer.contrastive_reason().witness)
    with pytest.raises(CapabilityError, match="function=…"):
        suffice.load(tmp_path / "one")
    with pytest.raises(ModelChangedError, match=r"says .* of the instance|other surrogates"):
        suffice.load(tmp_path / "one", function=another)


def test_what_does_not_fit_is_refused(tmp_path):
    made("tree").save(tmp_path / "tree")
    with pytest.raises(BadInputError, match="no explainer of a surrogate"):
        suffice.load(tmp_path / "tree", function=above)
    binarizer = Binarizer("quantiles").fit(X)
    explainer = SurrogateExplainer(above, X, X[0], kind="linear", binarizer=binarizer)
    with pytest.raises(BadInputError, match="Binarizer"):
        explainer.save(tmp_path / "one")

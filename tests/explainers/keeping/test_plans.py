"""Plans, frontiers and stages as JSON, and made again."""

import json

import numpy as np
import pytest
import suffice
from sklearn.ensemble import RandomForestClassifier
from suffice import Explainer, Frontier, Recourse, Stages, from_json
from suffice.engine.errors import FormatError
from suffice.explainers.credit import synthetic_credit


@pytest.fixture(scope="module")
def found():
    rows, granted = synthetic_credit(300)
    rows = rows.drop(columns=["purpose", "home"]).fillna(0.0).astype({"married": int})
    model = RandomForestClassifier(8, max_depth=4, random_state=0).fit(rows, granted)
    refused = rows[model.predict(rows) == "no"].iloc[[2]]
    return Explainer(model, refused, background=rows).recourse(n=2, data=rows, scale="mad")


def test_all_come_back_as_they_were(found):
    none = found.without().stages(budget=0.0)
    for one, kind in (
        (found, Recourse), (found.frontier("lead", step=0.05), Frontier), (found.stages(at_most=1), Stages),
        (none, Stages),
    ):  # fmt: skip
        read = from_json(one.to_json())
        assert isinstance(read, kind)
        assert repr(read) == repr(one)
        assert read._repr_html_() == one._repr_html_()
        assert read.to_json() == one.to_json()
        assert read.to_frame().equals(one.to_frame())
    read = from_json(found.to_json())
    np.testing.assert_array_equal(read[0].row.row, found[0].row.row)
    with pytest.raises(suffice.BadInputError, match="anew"):
        read.without()


def test_what_is_damaged_is_refused(found):
    for change in (
        {"plans": 3}, {"status": "fine"}, {"lower": "x"}, {"before": None}, {"schema": 99},
        {"suffice": "frontier"},
    ):  # fmt: skip
        with pytest.raises(FormatError):
            from_json(json.dumps({**json.loads(found.to_json()), **change}))

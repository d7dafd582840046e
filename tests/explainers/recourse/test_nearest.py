"""The nearest real row, against a look at every row of the data."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice import BadInputError, Explainer, Status

from tests.brute import recourse as brute
from tests.brute.strategies import budget
from tests.explainers.recourse.test_brute import drawn_question, fitted


@pytest.mark.parametrize("kind", ["tree", "forest", "boosted"])
@budget(20)
@given(seed=st.integers(0, 10**6))
def test_the_nearest_row(kind, seed):
    rng = np.random.default_rng(seed)
    data = brute.drawn_rows(rng, 60)
    model = fitted(kind, rng, data)
    row = brute.drawn_rows(rng, 1)[0]
    said, asked = drawn_question(rng, row)
    steps = {f: s if isinstance(s, tuple) else (s, row["abn".index(f)]) for f, s in said.get("steps", {}).items()}
    asked["checks"] += [lambda o, n, f=f, s=s, a=a: n[f] == o[f] or (n[f] - a) % s == 0 for f, (s, a) in steps.items()]
    now, old = model.predict(row[None])[0], brute.features(row)
    good = [
        (brute.cost_of(old, new, asked, data), i)
        for i, one in enumerate(data)
        if model.predict(one[None])[0] != now and brute.is_allowed(old, new := brute.features(one), asked)
    ]
    explainer = Explainer(model, row, brute.TYPES, feature_names=brute.NAMES)
    plans = explainer.recourse(data=data, **said)
    found = plans.nearest_row()
    if not good:
        assert found is None
        return
    assert found.cost == pytest.approx(min(good)[0], rel=1e-9, abs=1e-12)
    assert found.status is Status.OPTIMAL
    np.testing.assert_array_equal(np.asarray(found.row, dtype=float), data[found.origin])
    assert found.cost >= plans.cost * (1 - 1e-9)


def asked_once():
    rng = np.random.default_rng(3)
    data = brute.drawn_rows(rng, 80)
    model = fitted("forest", rng, data)
    explainer = Explainer(model, data[0], brute.TYPES, feature_names=brute.NAMES)
    return explainer, data, model


def test_all_that_is_asked_holds_of_it():
    explainer, data, model = asked_once()
    asked = {"slack": {"n": 1}, "support": 2, "data": data, "also": [fitted("forest", np.random.default_rng(1), data)]}
    found = explainer.recourse(target=int(model.predict(data[:1])[0]), **asked)
    near = found.nearest_row()
    if near is not None:
        other = explainer.recourse(target=int(model.predict(data[:1])[0]), **asked).nearest_row(data[[near.origin]])
        assert other.cost == near.cost
        assert other.origin == 0


def test_what_was_asked_stays_what_it_was():
    explainer, data, _ = asked_once()
    found = explainer.recourse(data=data, immutable=["a"])
    before, near = found.without("immutable: a"), found.nearest_row()
    explainer.set_instance(data[1])
    again = found.without("immutable: a")
    assert again.cost == before.cost
    np.testing.assert_array_equal(np.asarray(again[0].row), np.asarray(before[0].row))
    assert found.nearest_row().origin == near.origin


def test_rows_have_to_be_given():
    explainer, data, _ = asked_once()
    found = explainer.recourse()
    with pytest.raises(BadInputError, match="give data="):
        found.nearest_row()
    assert found.nearest_row(data) is not None
    read = pickle.loads(pickle.dumps(found))
    assert read.cost == found.cost
    assert math.isfinite(read.lower)
    with pytest.raises(BadInputError, match="anew"):
        read.nearest_row(data)

"""The audit of a population: each row against brute force, groups, limits, odd input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice import Explainer, Status, Stop, audit_recourse

from tests.brute import recourse as brute
from tests.brute.strategies import budget
from tests.explainers.recourse.test_brute import drawn_question, fitted


@budget(8)
@given(seed=st.integers(0, 10**6))
def test_every_row(seed):
    rng = np.random.default_rng(seed)
    data = brute.drawn_rows(rng, 60)
    model = fitted("boosted", rng, data)
    rows = brute.drawn_rows(rng, 6)
    said, asked = drawn_question(rng, rows[0])
    target = rng.choice(model.classes_)
    wanted = lambda told: model.predict(told) == target  # noqa: E731  # said once
    audit = audit_recourse(
        Explainer(model, None, brute.TYPES, feature_names=brute.NAMES), rows, target=target, data=data, n_jobs=2, **said
    )
    least = np.array(
        [0.0 if ok else brute.cheapest(row, asked, wanted, data) for row, ok in zip(rows, wanted(rows), strict=True)]
    )
    assert audit.cost == pytest.approx(least, rel=1e-6, abs=1e-9)
    assert audit.lower == pytest.approx(least, rel=1e-6, abs=1e-9)
    assert audit.refused.tolist() == (~wanted(rows)).tolist()
    assert audit.status is Status.OPTIMAL
    assert audit.stop is Stop.NONE

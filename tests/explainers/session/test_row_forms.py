"""Explainers of pipelines go over to another compiled form for rows of other dtypes, or say why they do not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, explain
from suffice.engine.errors import BadInputError


def seconds_of_a_day(n=1200):
    """Times that float32 holds only roughly, and a model whose classes change often."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"t": 1.7e9 + rng.uniform(0, 86400, n), "a": rng.normal(size=n)})
    y = ((((frame.t - 1.7e9) // 1800) % 2) != (frame.a > 1)).astype(int)
    return frame, y


def fitted(step, final):
    frame, y = seconds_of_a_day()
    model = make_pipeline(step, final).fit(frame.astype("float32"), y)
    rows = frame.astype("float32")
    differ = np.flatnonzero(model.predict(rows) != model.predict(rows.astype("float64")))
    return model, rows, differ


@pytest.mark.parametrize("how", ["background", "instance", "later"])
def test_a_row_is_explained_in_its_own_dtype(how):
    model, rows, differ = fitted(MinMaxScaler(), HistGradientBoostingClassifier(max_iter=8))
    assert len(differ) > 1
    own = model.predict(rows)
    given = {"background": {"background": rows[:200]}, "instance": {"instance": rows[:1]}, "later": {}}[how]
    explainer = Explainer.initialize(model, **given)
    wide = model.predict(rows.astype("float64"))
    for i in differ[:3]:
        explainer.set_instance(rows.iloc[[i]])
        assert explainer.target_prediction == own[i] == explainer.predict(rows.iloc[[i]])
        assert explainer.predict(rows.iloc[[i]].astype("float64")) == wide[i]
        reason = explainer.sufficient_reason(time_limit=20)
        assert explainer.is_sufficient_reason(reason)
        witness = explainer.minimal_contrastive_reason(time_limit=20).witness
        assert witness.row.dtypes.tolist() == [np.float32, np.float32]
        assert model.predict(witness.row)[0] != own[i]
        assert explainer.predict(witness) == model.predict(witness.row)[0]
        explainer.set_instance(rows.iloc[[i]].astype("float64"))
        assert explainer.target_prediction == wide[i]
    assert explain(model, rows.iloc[differ]).predictions.tolist() == own[differ].tolist()
    assert explain(model, rows.iloc[differ].astype("float64")).predictions.tolist() == wide[differ].tolist()
    assert explain(model, rows.iloc[differ[0]]).prediction == own[differ[0]]


def test_rows_without_dtypes_are_read_in_those_of_the_background():
    model, rows, differ = fitted(MinMaxScaler(), HistGradientBoostingClassifier(max_iter=8))
    explainer = Explainer.initialize(model, background=rows[:200])
    own = model.predict(rows)
    for i in differ[:3]:
        for row in (rows.iloc[i].astype("float64"), rows.iloc[i].tolist(), rows.iloc[i].to_dict()):
            explainer.set_instance(row)
            assert explainer.target_prediction == own[i]
            assert explainer.vocabulary.own_readings.keys() == {0, 1}
    free = Explainer.initialize(model)
    free.set_instance(rows.iloc[[differ[0]]])
    free.set_instance(rows.iloc[differ[0]].tolist())  # python's numbers, as predict would take them
    assert free.target_prediction == model.predict(rows.astype("float64"))[differ[0]]


def test_forms_are_kept_and_number_their_literals_anew():
    model, rows, _ = fitted(StandardScaler(), DecisionTreeClassifier(max_depth=8, random_state=0))
    explainer = Explainer.initialize(model, rows[:1])
    single = explainer.vocabulary
    explainer.set_instance(rows[:1].astype("float64"))
    wide = explainer.vocabulary
    assert wide is not single and wide.own_readings == {}
    explainer.set_instance(rows[1:2])
    assert explainer.vocabulary is single
    explainer.set_instance(rows[1:2].astype("float64"))
    assert explainer.vocabulary is wide
    explainer.set_excluded_features(["a"])
    explainer.set_instance(rows[1:2])
    reason = explainer.sufficient_reason(time_limit=20)
    assert reason is None or all("a " not in said for said in reason.features)
    explainer.set_features_type({"numerical": ["t", "a"]})
    explainer.set_instance(rows[2:3].astype("float64"))
    assert explainer.target_prediction == model.predict(rows[2:3].astype("float64"))[0]


def test_clauses_speak_of_one_form():
    model, rows, _ = fitted(StandardScaler(), DecisionTreeClassifier(max_depth=4, random_state=0))
    explainer = Explainer.initialize(model, rows[:1], theory=[(1, -1)])
    with pytest.raises(BadInputError, match="other dtypes than those that the explainer was made for"):
        explainer.set_instance(rows[:1].astype("float64"))
    assert explainer.target_prediction == model.predict(rows[:1])[0]
    rectified = Explainer.initialize(model, rows[:1])
    rectified.rectify(conditions=[rectified.vocabulary.conditions[0] and 1], label=1)
    with pytest.raises(BadInputError, match="the pipeline calculates in the dtype of its rows"):
        rectified.set_instance(rows[:1].astype("float64"))


def test_whole_numbers_have_whole_borders():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age": rng.integers(18, 80, 400), "gain": rng.integers(0, 99_999, 400)})
    model = make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=4)).fit(
        frame, frame.age * 900 > frame.gain
    )
    explainer = Explainer.initialize(model, frame[:1], background=frame)
    assert all(float(c.threshold).is_integer() for c in explainer.vocabulary.conditions)
    explainer.set_instance(frame[:1].astype("float64"))  # float64 rows may hold broken numbers
    assert explainer.target_prediction == model.predict(frame[:1])[0]
    with pytest.raises(
        BadInputError, match=r"'age' is 20.5 in row 0: expected a whole number, since the column is int64"
    ):
        Explainer.initialize(model, background=frame).set_instance([20.5, 3])


def test_linear_models_calculate_in_the_dtype_of_their_rows():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"a": rng.integers(0, 40, 600) / 10, "b": rng.integers(0, 40, 600) / 10}).astype("float32")
    y = (frame.a * 2 - frame.b + rng.normal(size=600) > 2).astype(int)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame, y)
    values = {"categorical": {"a": [i / 10 for i in range(40)], "b": [i / 10 for i in range(40)]}}
    explanations = explain(model, frame, features_type=values)
    assert explanations.predictions.tolist() == model.predict(frame).tolist()


def test_arrays_of_objects_are_read_in_the_backgrounds_dtypes():
    model, rows, differ = fitted(StandardScaler(), HistGradientBoostingClassifier(max_iter=8))
    for all_rows in (rows, rows.to_numpy(), rows.astype("Float32")):
        background, own = all_rows[:200], model.predict(all_rows)
        explainer = Explainer.initialize(model, background=background)
        for i in differ[:3]:
            for instance in (rows.iloc[i].to_numpy(object), rows.iloc[[i]].to_numpy(object)):
                explainer.set_instance(instance)
                assert explainer.target_prediction == own[i]
                witness = explainer.minimal_contrastive_reason(time_limit=20).witness
                assert model.predict(witness.row)[0] != own[i]
                assert type(witness.row) is type(background)
        with pytest.raises(BadInputError, match="got 2 rows"):
            explainer.set_instance(rows[:2].to_numpy(object))

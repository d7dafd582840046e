"""What was written is read equal, without its model, also by another process; damaged and later forms are refused."""

import copy
import json
import pickle
import subprocess
import sys

import numpy as np
import pandas
import polars
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from suffice import Explainer, NoneInTime, Status, Stop, explain, from_json
from suffice.engine.errors import BadInputError, FormatError, MissingQueryError

RNG = np.random.default_rng(7)
X = pandas.DataFrame(
    {"age": RNG.integers(18, 80, 120), "debt": RNG.normal(0, 3, 120).round(2), "home": RNG.integers(0, 2, 120) > 0},
    index=[f"c{i}" for i in range(120)],
)
Y = np.where((X["age"] > 40) ^ (X["debt"] > 1), "yes", "no")
TREE = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, Y)
FOREST = RandomForestClassifier(6, max_depth=3, random_state=0).fit(X, Y)
VALUE = GradientBoostingRegressor(n_estimators=5, random_state=0).fit(X, X["age"] * 1.5)
LABELS = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, np.column_stack([Y == "yes", X["age"] > 30]))
ROWS = {"pandas": X, "array": X.to_numpy(dtype=object), "polars": polars.from_pandas(X)}
MODELS = {"tree": TREE, "forest": FOREST, "labels": LABELS}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_an_explanation_says_the_same_again(model, rows):
    one = explain(model, rows[:3])[1]
    again = from_json(one.to_json())
    assert repr(again) == repr(one)
    assert again._repr_html_() == one._repr_html_()
    assert again.sufficient == one.sufficient
    assert again.sufficient.proof == one.sufficient.proof
    assert type(again.sufficient) is type(one.sufficient)
    assert again.contrastive == one.contrastive
    assert again.sufficient.parts == one.sufficient.parts
    assert [r.parts for r in again.contrastive] == [r.parts for r in one.contrastive]
    assert [r.witness.values for r in again.contrastive] == [r.witness.values for r in one.contrastive]
    assert type(again.contrastive[0].witness.row) is type(one.contrastive[0].witness.row)
    assert again.instance.values == one.instance.values
    assert again.predicted == one.predicted


def test_the_changed_row_is_of_the_same_dtypes_and_the_model_takes_it():
    again = from_json(explain(TREE, X[:1])[0].to_json())
    row = again.contrastive[0].witness.row
    assert row.dtypes.tolist() == X.dtypes.tolist()
    assert TREE.predict(row)[0] == again.change()[1] != again.prediction


def test_numbers_keep_their_interval():
    one = explain(VALUE, X[:2], tolerance=5.0)[1]
    again = from_json(one.to_json())
    assert again.interval == one.interval
    assert repr(again) == repr(one)


def test_many_rows_keep_their_order_index_and_status():
    many = explain(FOREST, X[5:25])
    again = from_json(many.to_json())
    assert repr(again) == repr(many)
    assert again._repr_html_() == many._repr_html_()
    assert list(again.reasons()) == list(many.reasons()) == [again.reason(i) for i in range(20)]
    assert [one.prediction for one in again[2:5]] == [one.prediction for one in many[2:5]]
    with pytest.raises(MissingQueryError, match="changes=True"):
        again[4].contrastive  # noqa: B018
    assert "not asked for" in repr(again[4])
    pandas.testing.assert_frame_equal(again.to_frame(), many.to_frame())
    whole = from_json(many.to_json(changes=True))
    assert all(one.contrastive for one in whole)
    pandas.testing.assert_frame_equal(whole.to_frame(changes=True), many.to_frame(changes=True))


def test_frames_are_of_the_kind_that_came_in():
    told = explain(TREE, X[:4]).to_frame(changes=True)
    assert list(told.columns) == ["prediction", "reason", "size", "status", "seconds", "change", "changed values"]
    assert list(told.index) == ["c0", "c1", "c2", "c3"]
    assert told["size"].tolist() == [len(r) for r in explain(TREE, X[:4]).reasons()]
    assert isinstance(told["reason"].iloc[0], list)
    assert isinstance(explain(TREE, polars.from_pandas(X[:4])).to_frame(), polars.DataFrame)
    assert list(explain(TREE, X.to_numpy(dtype=object)[:4]).to_frame().index) == [0, 1, 2, 3]


def test_frames_keep_the_names_of_their_index(tmp_path):
    rows = X[:4].set_index(pandas.MultiIndex.from_product([["a", "b"], [1, 2]], names=["who", "n"]))
    for index in (rows.index, pandas.Index([3, 1, 2, 0], name="who")):
        many = explain(TREE, rows.set_axis(index))
        for told in (many.to_frame(changes=True), from_json(many.to_json(changes=True)).to_frame(changes=True)):
            pandas.testing.assert_index_equal(told.index, index)
            told.to_parquet(tmp_path / "told.parquet")
            again = pandas.read_parquet(tmp_path / "told.parquet")
            pandas.testing.assert_index_equal(again.index, index)
            assert [list(one) for one in again["reason"]] == told["reason"].tolist()
            for was, now in zip(told["changed values"], again["changed values"], strict=True):
                assert {name: value for name, value in now.items() if value is not None} == was
    frame = explain(TREE, polars.from_pandas(X[:4])).to_frame(changes=True)
    frame.write_parquet(tmp_path / "told.parquet")
    assert polars.read_parquet(tmp_path / "told.parquet").equals(frame)


def test_a_row_without_a_reason_has_none():
    many = explain(TREE, X[:4], excluded=["age", "debt", "home"])
    told = many.to_frame()
    assert told["reason"].tolist() == [None] * 4
    assert told["size"].isna().all()
    assert repr(from_json(many.to_json())) == repr(many)


@pytest.mark.parametrize("make", [lambda e: e[1], lambda e: e], ids=["one", "many"])
def test_they_are_pickled_and_copied_as_what_they_say(make):
    for model in MODELS.values():
        one = make(explain(model, X[:3]))
        for again in (pickle.loads(pickle.dumps(one)), copy.copy(one), copy.deepcopy(one)):
            assert repr(again) == repr(one)
            assert repr(pickle.loads(pickle.dumps(again))) == repr(one)
            assert from_json(again.to_json()).to_json() == again.to_json()


def test_reasons_and_checks_come_back():
    explainer = Explainer.initialize(FOREST, X.iloc[[0]])
    reasons = explainer.sufficient_reason(n=3)
    again = from_json(reasons.to_json())
    assert again == reasons
    assert (again.status, again.stop, again.seconds) == (reasons.status, reasons.stop, reasons.seconds)
    assert [explainer.is_sufficient_reason(reason).value for reason in again] == [True] * len(again)
    check = explainer.is_reason(())
    other = from_json(check.to_json())
    assert (other, other.why, repr(other)) == (check, check.why, repr(check))
    none = NoneInTime((), Status.BEST_SO_FAR, Stop.TIME_LIMIT, 0.5)
    late = from_json(none.to_json())
    assert isinstance(late, NoneInTime)
    assert (late.status, late.stop, late.seconds) == (none.status, none.stop, none.seconds)


def test_another_process_reads_it_without_the_model(tmp_path):
    many = explain(TREE, X[:3])
    (tmp_path / "kept.json").write_text(many.to_json())
    (tmp_path / "kept.pkl").write_bytes(pickle.dumps(many))
    code = (
        "import pickle, suffice, sys; f = sys.argv[1];"
        "a = suffice.from_json(open(f + '/kept.json').read()); b = pickle.load(open(f + '/kept.pkl', 'rb'));"
        "assert 'sklearn' not in sys.modules; print(repr(a) == repr(b)); print(a)"
    )
    out = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True).stdout
    assert out == f"True\n{many!r}\n"


def test_parts_say_as_data_what_the_words_say():
    reason = explain(TREE, X[:1])[0].sufficient
    assert [part.says for part in reason.parts] == list(reason.features)
    values = dict(zip(X.columns, X.iloc[0], strict=True))
    for part in reason.parts:
        own = float(values[part.feature])
        if part.runs:
            assert any(low < own <= high for low, high in part.runs)
        else:
            assert part.own in part.allowed
    over = Explainer.initialize(FOREST, X[:1]).sufficient_reason(over="features")
    assert [part.feature for part in over.parts] == sorted(over, key=list(X.columns).index)


def test_the_audit_line_tells_the_model():
    line = from_json(explain(FOREST, X[:1])[0].to_json()).audit
    assert line["model"] == "sklearn.RandomForestClassifier"
    assert line["versions"]["sklearn"]
    again = RandomForestClassifier(6, max_depth=3, random_state=1).fit(X, Y)
    other = from_json(explain(again, X[:1])[0].to_json()).audit
    same = from_json(explain(FOREST, X[1:2])[0].to_json()).audit
    assert line["form"] == same["form"] != other["form"]


def hash_of(model, rows=X):
    return from_json(explain(model, rows[:1])[0].to_json()).audit["form"]


def test_the_hash_tells_what_stands_above_the_trees():
    calibrated = CalibratedClassifierCV(TREE.__class__(max_depth=2, random_state=0), cv=2).fit(X, Y)
    one = hash_of(calibrated)
    assert hash_of(calibrated) == one
    calibrated.calibrated_classifiers_[0].calibrators[0].b_ += 0.125
    assert hash_of(calibrated) != one
    plain, log = (
        TransformedTargetRegressor(
            DecisionTreeRegressor(max_depth=2), func=func, inverse_func=inverse, check_inverse=False
        ).fit(X, X["age"] / 100.0)
        for func, inverse in ((np.log1p, np.expm1), (np.log1p, np.exp))
    )
    log.regressor_ = plain.regressor_
    assert hash_of_number(plain) != hash_of_number(log)


def hash_of_number(model):
    return from_json(explain(model, X[:1], tolerance=1.0)[0].to_json()).audit["form"]


def test_each_row_of_many_bears_the_audit_line():
    again = from_json(explain(TREE, X[:2]).to_json())
    assert again[1].audit == again.audit
    assert from_json(again[1].to_json()).audit["versions"]["sklearn"]


def test_texts_are_kept():
    texts, moods = ["good day", "bad day", "fine day", "awful day"] * 5, ["p", "n", "p", "n"] * 5
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(texts, moods)
    many = explain(model, texts[:2])
    for again in (from_json(many.to_json(changes=True)), pickle.loads(pickle.dumps(many)), copy.copy(many)):
        assert repr(again) == repr(many)
        assert again[0].instance.row == ["good day"]
    assert repr(pickle.loads(pickle.dumps(many[1]))) == repr(many[1])
    assert many.to_frame()["reason"].tolist() == [list(many.reason(i).features) for i in range(2)]
    assert from_json(many.to_json()).audit["form"] == from_json(many[1].to_json()).audit["form"]


KEPT = json.loads(explain(TREE, X[:2]).to_json(changes=True))


def damaged():
    """Forms with one entry taken away, or made something else."""
    for key in KEPT:
        if key != "index_names":  # which earlier ones have not
            yield {name: value for name, value in KEPT.items() if name != key}
        if key != "audit":  # which may say anything
            yield {**KEPT, key: {"no": "such"}}
    first = KEPT["rows"][0]
    for key in first:
        if key not in ("schema", "suffice"):
            yield {**KEPT, "rows": [{name: value for name, value in first.items() if name != key}]}
    for key in first["sufficient"]:
        if key not in ("schema", "suffice", "mode"):
            inner = {name: value for name, value in first["sufficient"].items() if name != key}
            yield {**KEPT, "rows": [{**first, "sufficient": inner}]}


DAMAGED = list(damaged())


@pytest.mark.parametrize("form", DAMAGED, ids=map(str, range(len(DAMAGED))))
def test_damaged_forms_are_refused(form):
    with pytest.raises(FormatError):
        from_json(json.dumps(form))


def test_later_schemas_are_refused_in_words():
    with pytest.raises(FormatError, match="schema 2, and this version reads 1: install a later one"):
        from_json(json.dumps({**KEPT, "schema": 2}))


TEXTS = ("", "{", "[]", "3", "null", '{"suffice": "model"}', '{"suffice": ["a"]}', "[" * 100_000)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:9])
def test_other_texts_are_refused(text):
    with pytest.raises(FormatError):
        from_json(text)


@pytest.mark.parametrize("text", [None, 3, {"suffice": "reason"}])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(BadInputError, match="expected the text"):
        from_json(text)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_audit_line_tells_what_was_asked(model):
    many = explain(model, X[:3], excluded=["debt"], immutable=["home"])
    for one in (many, many[1], from_json(many.to_json()), from_json(many[1].to_json())):
        assert one.audit["options"] == "theory on; over literals; excluded debt; immutable home"
        assert one.audit["status"] in ("complete", "proved", "no reason")
        assert one.audit["seconds"] >= 0
    assert explain(model, X[:1], theory=None).audit["options"] == "theory off; over literals"


def test_the_audit_line_tells_how_it_was_asked():
    numbers = DecisionTreeRegressor(max_depth=3, random_state=0).fit(X[["debt", "age"]], X["age"])
    one = explain(numbers, X[["debt", "age"]][:1], over="features", time_limit=20, tolerance=500.0,
                  ranges={"debt": (-87654321, 87654321)})[0]  # fmt: skip
    assert one.audit["options"] == "theory on; over features; ranges of debt; tolerance 500; time limit 20 s"
    assert "87654321" not in one.to_json(redact=["debt"]) and "87654321" not in json.dumps(one.audit)


def test_the_audit_line_counts_the_words_of_texts():
    texts = ["good fun film", "good plot", "awful dull film", "dull plot"]
    model = make_pipeline(CountVectorizer(), DecisionTreeClassifier(max_depth=3)).fit(texts, [1, 1, 0, 0])
    for one in explain(model, texts, excluded=["good", "dull"], immutable=["film"]):
        assert one.audit["options"] == "theory on; over literals; 2 excluded words; 1 immutable word"
        assert not any(word in one.to_json(redact=["text"]) for word in ("good", "dull", "film", "plot"))

"""The desk answers what the library answers, to its own page alone, and no misuse hangs it or shows how it is made."""

from __future__ import annotations

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer
from suffice.engine.budget import Deadline
from suffice.explainers.credit import synthetic_credit
from suffice.explainers.desk.asked import asked_of
from suffice.explainers.desk.questions import Questions

httpx = pytest.importorskip("httpx")
running = pytest.importorskip("suffice.explainers.desk.running")


def people():
    rows, granted = synthetic_credit(300)
    rows = rows[["age", "income", "debt", "amount", "late payments"]]
    model = RandomForestClassifier(8, max_depth=4, random_state=0).fit(rows, granted)
    return model, rows


@pytest.fixture(scope="module")
def opened():
    model, rows = people()
    explainer = Explainer.initialize(model, background=rows)
    desk = running.run_desk(explainer, rows, open_browser=False, block=False)
    yield desk, model, rows
    desk.close()


@pytest.fixture
def client(opened):
    address, _, token = opened[0].url.partition("/?token=")
    with httpx.Client(base_url=address, headers={"x-desk-token": token, "x-desk": "1"}, timeout=30) as one:
        yield one


def ask(client, row, **how):
    answer = client.post("/api/ask", json={"client": f"test {threading.get_ident()}", "row": row, **how})
    assert answer.status_code == 200, answer.text
    return {step["step"]: step for step in map(json.loads, answer.text.splitlines())}


def test_answers_are_those_of_the_library(opened, client):
    _, model, rows = opened
    for row, moves in ((0, {}), (5, {"income": 20000.0}), (9, {"late payments": 4, "debt": 100.0})):
        steps = ask(client, row, values=moves)
        given = rows.iloc[[row]].copy()
        for name, value in moves.items():
            given[name] = np.array([value]).astype(rows[name].dtype)
        explainer = Explainer.initialize(model, given, background=rows)
        assert steps["prediction"]["prediction"] == str(model.predict(given)[0])
        says = [one["says"] for one in steps["why"]["view"]["why"]["statements"]]
        assert explainer.is_sufficient_reason(says)
        change = steps["change"]["view"]["changes"][0]
        least = explainer.minimal_contrastive_reason()
        assert len(change["statements"]) == len(least.features)
        changed = given.copy()
        for one in change["new"]:
            changed[one["feature"]] = np.array([float(one["to"])]).astype(rows[one["feature"]].dtype)
        assert str(model.predict(changed)[0]) == change["prediction"] != steps["prediction"]["prediction"]


def test_locked_features_stay_and_ranges_hold(opened, client):
    for row in range(6):
        steps = ask(client, row, immutable=["income", "age"], ranges={"amount": [0, 100000]})
        for change in steps["change"]["view"]["changes"]:
            assert not {one["feature"] for one in change["new"]} & {"income", "age"}


def test_a_wanted_class_that_is_there_is_said(opened, client):
    _, model, rows = opened
    place = list(model.classes_).index(model.predict(rows.iloc[[0]])[0])
    assert ask(client, 0, wanted=place)["change"]["already"] is True
    assert ask(client, 0, wanted=1 - place)["change"]["already"] is False


def test_what_is_copied_runs_and_says_the_same(opened, client, capsys):
    _, model, rows = opened
    form = {"client": "python", "row": 7, "values": {"income": 31000.0}, "immutable": ["age"]}
    text = client.post("/api/python", json=form).json()["python"]
    exec(compile(text, "copied", "exec"), {"model": model, "rows": rows})
    said = capsys.readouterr().out
    steps = ask(client, 7, values={"income": 31000.0}, immutable=["age"])
    assert f"prediction: {steps['prediction']['prediction']}" in said
    assert "what would change it:" in said


def test_rows_are_compared_listed_and_reported(opened, client):
    _, model, rows = opened
    found = client.post(
        "/api/compare", json={"first": {"client": "c", "row": 0}, "second": {"client": "c", "row": 4}}
    ).json()
    differences = {one["feature"] for one in found["differences"]}
    assert differences == {name for name in rows if rows[name].iloc[0] != rows[name].iloc[4]}
    if found["rows"][0]["holds"]:
        assert found["rows"][0]["prediction"] == found["rows"][1]["prediction"]
    listed = client.post("/api/rows", json={"search": "#17", "prediction": None, "first": 0}).json()
    assert [one["row"] for one in listed["rows"]] == [17]
    page = client.post("/api/report", json={"client": "r", "row": 3})
    assert page.headers["content-disposition"].startswith("attachment")
    assert str(model.predict(rows.iloc[[3]])[0]) in page.text


WRONG = [
    ({"row": 300}, "there are 300 rows"), ({"row": -1}, "row=-1"), ({"row": "0"}, "row='0'"),
    ({"row": True}, "row=True"),
    ({"row": 0, "values": {"nobody": 1}}, "no feature 'nobody'"),
    ({"row": 0, "values": {"age": "old"}}, "age"), ({"row": 0, "values": {"age": 1.5}}, "whole number"),
    ({"row": 0, "values": {"age": None}}, "missing"),
    ({"row": 0, "values": [1]}, "values=[1]"), ({"row": 0, "values": {"age": [1]}}, "neither"),
    ({"row": 0, "immutable": ["nobody"]}, "nobody"), ({"row": 0, "wanted": 7}, "2 classes"),
    ({"row": 0, "wanted": "yes"}, "wanted='yes'"), ({"row": 0, "seconds": 1e9}, "seconds"),
    ({"row": 0, "ranges": {"age": [5, 1]}}, "least number first"), ({"row": 0, "ranges": {"nobody": [0, 1]}}, "nobody"),
    ({"row": 0, "more": 1}, "unknown entry"), ({"client": 3, "row": 0}, "client=3"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "told"), WRONG, ids=[told for _, told in WRONG])
def test_wrong_questions_are_told_in_words(client, form, told):
    answer = client.post("/api/ask", json={"client": "wrong", **form})
    assert answer.status_code == 400
    assert told in answer.json()["error"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400), (b"[1]", {}, 400), (b"\xff\xfe", {}, 400), (b'{"row": NaN}', {}, 400),
        (b'{"row": 1e999}', {}, 400),
        (b"[" * 60_000, {}, 400), (b"{}", {"content-type": "text/plain"}, 415), (b"x" * 70_000, {}, 413),
        (b"{}", {"origin": "http://evil.example"}, 403), (b"{}", {"origin": "null"}, 403),
        (b"{}", {"sec-fetch-site": "cross-site"}, 403), (b"{}", {"host": "evil.example"}, 421),
        (b"{}", {"x-desk-token": "wrong"}, 403), (b"{}", {"x-desk-token": ""}, 403),
    ],
    ids=str,
)  # fmt: skip
def test_misuse_is_refused(client, body, headers, status):
    answer = client.post("/api/ask", content=body, headers={"content-type": "application/json", **headers})
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"


def test_only_the_page_with_the_token_is_opened(opened):
    url = opened[0].url
    address = url.partition("/?")[0]
    with httpx.Client(timeout=10) as one:
        for path in ("/", "/api/start", "/static/desk.js", "/?token=wrong"):
            assert one.get(address + path).status_code == 403
        for method in ("PUT", "DELETE", "OPTIONS"):
            assert one.request(method, url).status_code == 405
        first = one.get(url)
        assert first.status_code == 303
        cookie = first.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
        page = one.get(address + "/")
        assert page.status_code == 200 and "token" not in page.text
        for name in ("desk.js", "api.js", "values.js", "answer.js", "desk.css", "base.css"):
            assert one.get(f"{address}/static/{name}").status_code == 200
        for name in ("../server.py", "..%2fserver.py", "%2e%2e/%2e%2e/setup.cfg", "nothing.js"):
            assert one.get(f"{address}/static/{name}").status_code in (403, 404)
    assert "access-control-allow-origin" not in page.headers


def test_fifty_clicks_at_once(client):
    def click(i):
        return client.post("/api/ask", json={"client": f"page {i}", "row": i, "seconds": 5}).status_code

    with ThreadPoolExecutor(50) as pool:
        told = list(pool.map(click, range(50)))
    assert set(told) <= {200, 409, 503}
    assert told.count(200) > 5
    assert ask(client, 1)["done"]


def test_the_newest_question_of_a_page_wins(client):
    def click(i):
        return client.post("/api/ask", json={"client": "one page", "row": i, "seconds": 5}).status_code

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(click, range(20))) <= {200, 409}


def test_who_goes_away_or_never_ends_holds_nothing_up(opened, client):
    host, port = opened[0].url.split("/")[2].split(":")
    token = opened[0].url.partition("token=")[2]
    head = f"POST /api/ask HTTP/1.1\r\nHost: {host}:{port}\r\nX-Desk: 1\r\nX-Desk-Token: {token}\r\n"
    head += "Content-Type: application/json\r\n"
    for rest in (
        "Content-Length: 100\r\n\r\n{",
        'Transfer-Encoding: chunked\r\n\r\n5\r\n{"row\r\n',
        "Content-Length: -5\r\n\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=5) as line:
            line.sendall((head + rest).encode())
    began = time.monotonic()
    assert ask(client, 2)["done"]
    assert time.monotonic() - began < 20


def test_closing_ends_a_running_question_at_once():
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(400, 25))
    model = RandomForestClassifier(150, random_state=0).fit(rows, rows.sum(axis=1) > 0)
    desk = running.run_desk(Explainer.initialize(model, rows[0], check=False), rows, open_browser=False, block=False)
    address, _, token = desk.url.partition("/?token=")
    form = {"client": "long", "row": 0, "seconds": 200}
    told = []

    def wait():
        try:
            told.append(
                httpx.post(address + "/api/ask", json=form, headers={"x-desk-token": token, "x-desk": "1"}, timeout=60)
            )
        except httpx.HTTPError as error:
            told.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.5)
    began = time.monotonic()
    desk.close()
    thread.join(20)
    assert not thread.is_alive()
    assert time.monotonic() - began < 20


def test_other_models_and_tables():
    draw = np.random.default_rng(0)
    rows = draw.integers(0, 9, (60, 3)).astype(float)
    for model in (
        GradientBoostingRegressor(n_estimators=10, random_state=0).fit(rows, rows.sum(axis=1)),
        DecisionTreeClassifier(random_state=0).fit(rows, rows[:, 0].astype(int) % 3),
    ):
        desk = running.run_desk(Explainer.initialize(model, background=rows), rows, open_browser=False, block=False)
        try:
            address, _, token = desk.url.partition("/?token=")
            with httpx.Client(base_url=address, headers={"x-desk-token": token, "x-desk": "1"}, timeout=30) as one:
                start = one.get("/api/start").json()
                assert start["rows"] == 60
                steps = ask(one, 0)
                assert float(steps["prediction"]["prediction"]) == pytest.approx(float(model.predict(rows[:1])[0]))
        finally:
            desk.close()


def test_what_is_nothing_for_the_desk_is_told(opened):
    model, rows = people()
    explainer = Explainer.initialize(model, background=rows)
    taken = int(opened[0].url.split(":")[2].split("/")[0])
    for how, told in (
        ({"port": taken}, "cannot be used"), ({"port": -1}, "port=-1"), ({"port": "80"}, "port='80'"),
    ):  # fmt: skip
        with pytest.raises(BadInputError, match=told):
            running.run_desk(explainer, rows, open_browser=False, block=False, **how)
    for table, told in ((rows[["age"]], "no column"), (rows[:0], "no rows"), (3, "needs a table")):
        with pytest.raises(BadInputError, match=told):
            running.run_desk(explainer, table, open_browser=False, block=False)


def asked_of_bits(model, row, **form):
    """Return the steps of the desk about a row of two bits."""
    rows = pd.DataFrame([[0, 0], [0, 1], [1, 0], [1, 1]], columns=["f1", "f2"])
    questions = Questions(Explainer.initialize(model, background=rows, features_type={"binary": ["f1", "f2"]}), rows)
    asked = asked_of({"client": "test", "row": row, **form})
    return {step["step"]: step for step in questions.answers(asked, Deadline(20.0))}


def test_what_rounding_may_undo_is_not_told_as_proved():
    bits = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    model = LogisticRegression().fit(pd.DataFrame(bits, columns=["f1", "f2"]), [0, 0, 1, 1])
    model.coef_, model.intercept_ = np.array([[-0.1, -0.2]]), np.array([0.3])
    steps = asked_of_bits(model, 0)
    assert steps["change"]["view"]["no changes because"].startswith("No change is certain; ")
    assert "can be left out" not in steps["why"]["view"]["why"]["status"]
    steps = asked_of_bits(model, 3)  # it is a tie itself
    assert "tie within rounding" in steps["why"]["view"]["why"]["status"]
    assert steps["change"]["view"]["no changes because"] == "Nothing is proved of a tie within rounding."


def test_which_outcome_cannot_be_reached_is_told():
    rows = pd.DataFrame([[0, 0], [0, 1], [1, 0], [1, 1]], columns=["f1", "f2"])
    model = DecisionTreeClassifier().fit(rows, ["a", "a", "b", "c"])
    still = asked_of_bits(model, 0, wanted=2, immutable=["f1"])
    said = still["change"]["view"]["no changes because"]
    assert said == "Proved: nothing that may change would change the decision to c."
    assert asked_of_bits(model, 0, wanted=1)["change"]["view"]["changes"][0]["prediction"] == "b"

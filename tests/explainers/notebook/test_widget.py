"""The widget asks the kernel and shows what it answers, as a notebook's page would run it."""

from __future__ import annotations

import json
import shutil
import time

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from suffice import BadInputError, Explainer
from suffice.explainers.credit import synthetic_credit

pytest.importorskip("anywidget")
widget = pytest.importorskip("suffice.explainers.notebook.widget")
DRIVER = shutil.which("chromedriver")
HOSTILE = "<img src=x onerror=\"document.title='broken'\">"


def made():
    rows, granted = synthetic_credit(100)
    rows = rows[["age", "income", "debt", "married"]].rename(columns={"debt": HOSTILE})
    model = RandomForestClassifier(8, max_depth=4, random_state=0).fit(rows, granted)
    return widget.WhatIf(model, rows), model, rows


def answers(one, form, number=1):
    """What the widget sends to its page until the answer is done."""
    sent = []
    one.send = lambda content, buffers=None: sent.append(content)
    one._handle_custom_msg({"ask": number, "form": form}, [])
    limit = time.monotonic() + 30
    while not sent or sent[-1]["step"] not in ("done", "error", "failed"):
        assert time.monotonic() < limit
        time.sleep(0.01)
    return json.loads(json.dumps(sent))  # plain values, as the page gets them


def test_answers_are_those_of_the_model():
    one, model, rows = made()
    told = answers(one, {"client": "w", "row": 4, "values": {"income": 20000.0}})
    moved = rows.iloc[[4]].copy()
    moved["income"] = 20000.0
    assert told[0]["prediction"] == model.predict(moved)[0]
    assert [step["step"] for step in told] == ["prediction", "why", "change", "done"]
    assert {step["ask"] for step in told} == {1}
    says = [part["says"] for part in told[1]["view"]["why"]["statements"]]
    assert Explainer.initialize(model, moved, background=rows).is_sufficient_reason(says)
    assert one.start["choices"][4]["row"] == 4
    assert len(one.start["choices"]) == 100
    one.close()


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"row": 0}, "client"), ({"client": "w", "row": 900}, "100 rows"), (3, "client"),
        ({"client": "w", "row": 0, "values": {"x": 1}}, "no feature"),
    ],
)  # fmt: skip
def test_wrong_messages_are_told_in_words(form, told):
    one, _, _ = made()
    (step,) = [step for step in answers(one, form) if step["step"] == "error"]
    assert told in step["error"]
    one.close()


def test_arguments_are_checked():
    _, model, rows = made()
    with pytest.raises(BadInputError, match="seconds=0"):
        widget.WhatIf(model, rows, seconds=0)
    with pytest.raises(BadInputError, match="ranges is said when"):
        widget.WhatIf(Explainer.initialize(model, background=rows), rows, ranges={})
    with pytest.raises(BadInputError, match="needs a table"):
        widget.WhatIf(model, None)


PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>notebook</title></head><body><div id="here"></div>
<script type="module">{script}
window.sent = []; window.handlers = [];
const values = {values};
render({{ model: {{ get: (name) => values[name], send: (m) => window.sent.push(m),
    on: (_, f) => window.handlers.push(f) }},
  el: document.getElementById("here") }});
</script></body></html>"""


@pytest.mark.browser
@pytest.mark.skipif(DRIVER is None or shutil.which("chromium") is None, reason="chromium is not installed")
def test_the_page_side(tmp_path):
    webdriver = pytest.importorskip("selenium.webdriver")
    from selenium.webdriver.chrome.service import Service

    one, model, rows = made()
    values = json.dumps({"start": one.start, "style": one.style}).replace("<", "\\u003c")
    script = widget.script().replace("export default { render };", "")
    (tmp_path / "page.html").write_text(PAGE.format(script=script, values=values), encoding="utf-8")
    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1100,900"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service(DRIVER))
    shown = "return document.getElementById('here').shadowRoot.querySelector('.decision').textContent"

    def follow():
        """Let the kernel answer the latest question of the page."""
        sent = browser.execute_script("return window.sent")
        for step in answers(one, sent[-1]["form"], sent[-1]["ask"]):
            browser.execute_script("window.handlers.forEach((f) => f(arguments[0]))", step)
        return browser.execute_script(shown)

    try:
        browser.get((tmp_path / "page.html").as_uri())
        assert follow() == model.predict(rows.iloc[[0]])[0]
        browser.execute_script(
            "const root = document.getElementById('here').shadowRoot; const field = root.querySelector('#value-1');"
            "field.value = '15000'; field.dispatchEvent(new Event('change'));"
        )
        moved = rows.iloc[[0]].copy()
        moved["income"] = np.float64(15000)
        assert follow() == model.predict(moved)[0]
        assert browser.execute_script("return window.sent.at(-1).form.values") == {"income": 15000}
        assert [line for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []
        assert browser.title == "notebook"
    finally:
        browser.quit()
        one.close()

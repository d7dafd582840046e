"""The what-if page in a real browser: rows are picked, values moved, features locked, and the answers follow."""

from __future__ import annotations

import shutil
import time

import pytest
from sklearn.ensemble import RandomForestClassifier
from suffice import Explainer
from suffice.explainers.credit import synthetic_credit

webdriver = pytest.importorskip("selenium.webdriver")
running = pytest.importorskip("suffice.explainers.desk.running")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(DRIVER is None or shutil.which("chromium") is None, reason="chromium is not installed"),
]
HOSTILE = "<img src=x onerror=\"document.title='broken'\">"


@pytest.fixture(scope="module")
def browser():
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,1000"):
        options.add_argument(flag)
    made = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield made
    made.quit()


@pytest.fixture(scope="module")
def served():
    rows, granted = synthetic_credit(200)
    rows = rows[["age", "income", "debt", "late payments", "married"]].rename(columns={"debt": HOSTILE})
    model = RandomForestClassifier(8, max_depth=4, random_state=0).fit(rows, granted)
    desk = running.run_desk(Explainer.initialize(model, background=rows), rows, open_browser=False, block=False)
    yield desk, model, rows
    desk.close()


@pytest.fixture
def page(browser, served):
    browser.get(served[0].url)
    wait(lambda: browser.find_elements("css selector", "#rows button"))
    pick(browser, 3)
    yield browser
    assert [one for one in browser.get_log("browser") if one["level"] == "SEVERE"] == []
    assert browser.title != "broken"


def wait(until, seconds=15):
    limit = time.monotonic() + seconds
    while not (found := until()):
        assert time.monotonic() < limit, "the page did not follow in time"
        time.sleep(0.05)
    return found


def pick(page, row):
    page.find_element("css selector", f'#rows button[data-row="{row}"]').click()
    wait(lambda: page.find_element("id", "which").text.lower() == f"row {row}" and settled(page))


def settled(page):
    return "Answered" in page.find_element("id", "spent").text and not page.find_elements("css selector", ".waiting")


def shown(page):
    return page.find_element("id", "prediction").text


def typed(page, label):
    """The field of a feature, by its label."""
    for one in page.find_elements("css selector", "#values label"):
        if one.text == label:
            return page.find_element("id", one.get_attribute("for"))
    raise AssertionError(label)


def move(page, label, value):
    field = typed(page, label)
    page.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))", field, value
    )
    time.sleep(0.2)
    wait(lambda: settled(page))


def test_a_row_that_is_picked_and_moved_is_decided_as_the_model_decides(page, served):
    _, model, rows = served
    assert shown(page) == model.predict(rows.iloc[[3]])[0]
    for income in (20_000.0, 90_000.0):
        move(page, "income", str(income))
        moved = rows.iloc[[3]].copy()
        moved["income"] = income
        wait(lambda moved=moved: shown(page) == model.predict(moved)[0])
    assert "moved" in page.find_element("id", "which").text.lower()
    page.find_element("id", "reset").click()
    wait(lambda: shown(page) == model.predict(rows.iloc[[3]])[0])


def test_a_locked_feature_is_not_changed(page):
    for _ in range(3):
        changed = [one.text for one in page.find_elements("css selector", "#change tbody td:first-child")]
        if not changed:
            break
        lock = page.find_element("css selector", f'#values button[aria-label="Lock {changed[0]}"]')
        lock.click()
        assert lock.get_attribute("aria-pressed") == "true"
        time.sleep(0.2)
        wait(lambda: settled(page))
        after = [one.text for one in page.find_elements("css selector", "#change tbody td:first-child")]
        assert changed[0] not in after


def test_a_wanted_class_comparing_and_python(page):
    from selenium.webdriver.support.ui import Select

    own = shown(page)
    wanted = Select(page.find_element("id", "wanted"))
    wanted.select_by_visible_text(own)
    wait(lambda: "as wanted already" in page.find_element("id", "change").text)
    page.find_element("id", "python").click()
    wait(lambda: "explainer.set_instance(row)" in page.find_element("id", "code").text)
    page.find_element("id", "pin").click()
    page.find_element("css selector", '#rows button[data-row="6"]').click()
    wait(lambda: "Row 3" in page.find_element("id", "compared").text)


def test_rows_are_searched_and_filtered(page):
    page.find_element("id", "search").send_keys("#17")
    rows = "return [...document.querySelectorAll('#rows button')].map((one) => one.dataset.row)"
    wait(lambda: page.execute_script(rows) == ["17"])
    page.find_element("id", "search").clear()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 900)])
def test_nothing_is_wider_than_the_screen(page, width, height):
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    try:
        wide = page.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

"""Pages in a browser: by mouse and by keys, without the network, without a word on the console."""

from __future__ import annotations

import re
import shutil

import pytest
from sklearn.tree import DecisionTreeClassifier
from suffice import explain
from suffice.explainers.credit import synthetic_credit

pytestmark = pytest.mark.browser
HOSTILE = '"><script>document.title = "broken"</script>\u202e 😀 ' + "long" * 30
TAB_LIMIT = 40


@pytest.fixture(scope="module")
def browser():
    webdriver = pytest.importorskip("selenium.webdriver")
    found, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not found or not driver:
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = found
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    made = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield made
    made.quit()


@pytest.fixture(scope="module")
def many():
    rows, granted = synthetic_credit(700)
    inputs = rows[["age", "income", "debt", "late payments"]].rename(columns={"debt": HOSTILE})
    model = DecisionTreeClassifier(max_depth=6, random_state=0).fit(inputs, granted)
    return explain(model, inputs), inputs


@pytest.fixture
def one_page(browser, many, tmp_path):
    many[0][0].to_html(tmp_path / "one.html", data=many[1])
    browser.get((tmp_path / "one.html").as_uri())
    yield browser
    assert browser.get_log("browser") == []
    assert browser.title != "broken"


@pytest.fixture
def many_page(browser, many, tmp_path):
    many[0].to_html(tmp_path / "many.html", changes=True)
    browser.get((tmp_path / "many.html").as_uri())
    yield browser
    assert browser.get_log("browser") == []
    assert browser.title != "broken"


def all_of(page, selector):
    return page.find_elements("css selector", selector)


def texts(page, selector):
    return [one.text for one in all_of(page, selector)]


def press(page, *keys):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(page).send_keys(*keys).perform()


def tab_to(page, wanted):
    """Press the key that goes on until an element has the focus, which can be seen then."""
    from selenium.webdriver.common.keys import Keys

    for _ in range(TAB_LIMIT):
        press(page, Keys.TAB)
        if page.switch_to.active_element == wanted:
            style = page.execute_script("return getComputedStyle(arguments[0]).outlineWidth", wanted)
            assert float(style.removesuffix("px")) >= 2
            return
    raise AssertionError(f"{wanted.text} is not reached by keys")


def test_a_click_on_a_condition_relaxes_it(one_page, many):
    one = many[0][0]
    conditions = all_of(one_page, "section:first-of-type details")
    assert len(conditions) == len(one.sufficient.features)
    for condition in conditions:
        answer = condition.find_element("class name", "answer")
        assert not answer.is_displayed()
        condition.find_element("tag name", "summary").click()
        assert answer.is_displayed()
        assert f"for example to {'no' if one.prediction == 'yes' else 'yes'}" in answer.text


def test_a_condition_is_relaxed_by_keys(one_page):
    from selenium.webdriver.common.keys import Keys

    condition = all_of(one_page, "section:first-of-type details")[1]
    tab_to(one_page, condition.find_element("tag name", "summary"))
    press(one_page, Keys.ENTER)
    assert condition.find_element("class name", "answer").is_displayed()
    press(one_page, Keys.SPACE)
    assert not condition.find_element("class name", "answer").is_displayed()


def test_the_theme_can_be_switched(one_page):
    one_page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "light"}]}
    )
    one_page.refresh()
    ground = "return getComputedStyle(document.body).backgroundColor"
    assert one_page.execute_script(ground) == "rgb(255, 255, 255)"
    one_page.find_element("id", "theme").click()
    assert one_page.execute_script(ground) == "rgb(20, 24, 29)"
    one_page.find_element("id", "theme").click()
    assert one_page.execute_script(ground) == "rgb(255, 255, 255)"


def test_columns_are_sorted_both_ways(many_page, many):
    head = all_of(many_page, "#table thead th[data-key=size]")[0]
    sizes = [0 if reason is None else len(reason.features) for reason in many[0].reasons()]
    head.find_element("tag name", "button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert [int(one) for one in texts(many_page, "td.number")][:200] == sorted(sizes)[:200]
    head.find_element("tag name", "button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert [int(one) for one in texts(many_page, "td.number")][:200] == sorted(sizes, reverse=True)[:200]
    other = all_of(many_page, "#table thead th[data-key=row]")[0]
    other.find_element("tag name", "button").click()
    assert head.get_attribute("aria-sort") is None
    assert texts(many_page, "#body > tr > th")[:12] == [str(i) for i in range(12)]  # as numbers


def test_rows_are_filtered_and_searched(many_page, many):
    from selenium.webdriver.support.select import Select

    told = list(many[0])
    no = [one for one in told if one.prediction == "no"]
    Select(many_page.find_element("id", "by-prediction")).select_by_value("no")
    assert many_page.find_element("id", "count").text == f"{len(no)} of {len(told)} rows"
    Select(many_page.find_element("id", "by-feature")).select_by_value(HOSTILE)
    both = [one for one in no if any(part.feature == HOSTILE for part in one.sufficient.parts)]
    assert many_page.find_element("id", "count").text == f"{len(both)} of {len(told)} rows"
    many_page.find_element("id", "by-text").send_keys("nothing says this")
    assert many_page.find_element("id", "count").text == f"0 of {len(told)} rows"
    assert texts(many_page, "#body tr") == []
    field = many_page.find_element("id", "by-text")
    field.clear()
    field.send_keys("no")
    all_of(many_page, "#body button.open")[0].click()  # the field loses the focus, and the row opens
    assert len(all_of(many_page, "tr.detail")) == 1


def test_more_rows_are_shown_on_demand(many_page):
    assert len(all_of(many_page, "#body > tr")) == 200
    more = many_page.find_element("id", "more")
    for shown in (400, 600, 700):
        many_page.execute_script("arguments[0].click()", more)
        assert len(all_of(many_page, "#body > tr")) == shown
    assert not more.is_displayed()


def test_a_row_opens_by_keys(many_page, many):
    from selenium.webdriver.common.keys import Keys

    button = all_of(many_page, "#body button.open")[0]
    tab_to(many_page, button)
    press(many_page, Keys.ENTER)
    assert button.get_attribute("aria-expanded") == "true"
    detail = many_page.find_element("css selector", "tr.detail").text
    assert f"age = {many[1]['age'][0]}" in detail
    changed, prediction = many[0][0].change()
    assert f"which gives {prediction}" in detail
    assert len(changed.changed) == len(re.findall(" from ", detail))
    press(many_page, Keys.ENTER)
    assert all_of(many_page, "tr.detail") == []


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("page", ["one_page", "many_page"])
def test_nothing_is_wider_than_the_screen(page, width, request):
    found = request.getfixturevalue(page)
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    found.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        found.refresh()
        found.execute_script("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert found.execute_script("return document.documentElement.scrollWidth") <= width
        wider = """return [...document.querySelectorAll("main *")].filter((one) => !one.closest(".hidden, svg, option")
            && one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 200))"""
        assert found.execute_script(wider) == []
    finally:
        found.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_without_scripts_the_content_is_there(browser, many, tmp_path):
    many[0].to_html(tmp_path / "many.html")
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get((tmp_path / "many.html").as_uri())
        assert len(all_of(browser, "#body > tr")) == 100
        assert not browser.find_element("id", "filters").is_displayed()
        assert "600 more rows" in browser.find_element("tag name", "noscript").text
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_printed_pages_show_what_is_folded_on_white(one_page):
    one_page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert one_page.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        heights = one_page.execute_script(
            "return [...document.querySelectorAll('.answer')].map((one) => one.getBoundingClientRect().height)"
        )
        assert heights
        assert min(heights) > 0
    finally:
        one_page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})

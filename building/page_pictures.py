"""The pictures of pages in the documentation: ``python building/page_pictures.py`` (needs chromium).

Each page is written, and photographed at twice its size.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"


def report_one(path: Path) -> None:
    """Write the report of a made-up credit application."""
    from suffice import explain
    from suffice.explainers.credit import synthetic_credit
    from suffice.explainers.credit_demo import FITTED, credit_model

    rows, granted = synthetic_credit(FITTED + 500)
    model = credit_model(rows[:FITTED], granted[:FITTED])
    found = explain(model, rows[FITTED:][8:9], immutable=["age", "married"], time_limit=20.0)[0]
    found.to_html(path, data=rows[:FITTED], title="Was this credit granted?")


def report_many(path: Path) -> None:
    """Write the report of two hundred tumours."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.tree import DecisionTreeClassifier
    from suffice import explain

    data = load_breast_cancer(as_frame=True)
    model = DecisionTreeClassifier(random_state=0).fit(data.data[200:], data.target_names[data.target][200:])
    explain(model, data.data[:200]).to_html(path, changes=True)


PICTURES: dict[str, tuple[Callable[[Path], None], str]] = {
    "report-one.png": (report_one, "900,1000"),
    "report-many.png": (report_many, "1180,980"),
}


def desk_page() -> None:
    """Photograph the what-if page of a model of made-up credit applications (needs selenium)."""
    import time

    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from suffice import desk
    from suffice.explainers.credit import synthetic_credit
    from suffice.explainers.credit_demo import FITTED, credit_model

    rows, granted = synthetic_credit(FITTED + 500)
    served = desk(credit_model(rows[:FITTED], granted[:FITTED]), rows[FITTED:], open_browser=False, block=False)
    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--force-device-scale-factor=1.25"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        browser.set_window_size(1280, 1000)
        browser.get(served.url)
        time.sleep(2)
        browser.find_elements("css selector", "#rows button")[8].click()
        time.sleep(3)
        browser.save_screenshot(str(IMAGES / "desk.png"))
    finally:
        browser.quit()
        served.close()


def main() -> int:
    """Write all pictures; return the exit status."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("no chromium: nothing is written", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        for name, (write, size) in PICTURES.items():
            page = Path(folder) / "page.html"
            write(page)
            asked = [
                browser, "--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={size}",
                "--force-device-scale-factor=1.5", f"--screenshot={IMAGES / name}", page.as_uri(),
            ]  # fmt: skip
            subprocess.run(asked, check=True, capture_output=True)
    desk_page()
    return 0


if __name__ == "__main__":
    sys.exit(main())

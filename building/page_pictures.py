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
    return 0


if __name__ == "__main__":
    sys.exit(main())

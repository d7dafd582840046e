"""The pictures of networks in the documentation: ``python building/network_pictures.py`` (needs torch and matplotlib).

The examples of the pages are run as they stand; what they find is drawn.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"
IMAGES = DOCS / "images"


def run(page: str, last: str) -> dict[str, Any]:
    """Run the examples of a page, in a folder of their own, up to the first that makes a name; return all names."""
    names: dict[str, Any] = {}
    text = (DOCS / page).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for block in re.findall(r"```python\n(.*?)```", text, re.S):
            exec(compile(block, page, "exec"), names)  # of this repository
            if last in names:
                break
        os.chdir(DOCS)
    return names


def cem() -> None:
    """Draw what has to be present in a digit, and what absent."""
    found = run("cem.md", "many")
    found["why"].plot(path=IMAGES / "cem-why-four.png")
    found["not_nine"].plot(path=IMAGES / "cem-four-not-nine.png")
    found["both"].plot(path=IMAGES / "cem-with-autoencoder.png")
    found["many"].plot(path=IMAGES / "cem-many.png")


def rcsb() -> None:
    """Draw digits that become others, where they may."""
    found = run("rcsb.md", "nine")
    found["found"].plot(path=IMAGES / "rcsb-digits.png")
    found["nine"].plot(samples=True, path=IMAGES / "rcsb-top.png")


if __name__ == "__main__":
    for name in sys.argv[1:] or ("cem", "rcsb"):
        {"cem": cem, "rcsb": rcsb}[name]()

"""The gallery: ``python building/gallery.py`` executes the notebooks of docs/gallery, and writes their pages.

A notebook is a Python file of cells (``# %%``, ``# %% [markdown]``), which Jupyter opens as it is (jupytext).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

GALLERY = Path(__file__).resolve().parent.parent / "docs" / "gallery"


def executed(source: Path) -> tuple[str, dict[str, bytes]]:
    """Return the page of a notebook that was executed now, and its pictures."""
    import jupytext
    from nbclient import NotebookClient
    from nbconvert import MarkdownExporter
    from traitlets.config import Config

    notebook = jupytext.read(source)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    settings = Config()
    settings.NbConvertBase.display_data_priority = ["image/png", "text/plain"]  # as the pages of any theme show it
    text, made = MarkdownExporter(config=settings).from_notebook_node(
        notebook, resources={"unique_key": source.stem, "output_files_dir": "images"}
    )
    return text.strip() + f"\n\n[This notebook as a file]({source.name})\n", made["outputs"]


def main(names: list[str]) -> int:
    """Execute notebooks (all, or those that are named), and write their pages; return the exit status."""
    for source in sorted(GALLERY.glob("*.py")):
        if names and source.stem not in names:
            continue
        text, pictures = executed(source)
        source.with_suffix(".md").write_text(text, encoding="utf-8")
        for name, content in pictures.items():
            target = GALLERY / name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
        print(f"{source.stem}: {len(pictures)} pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

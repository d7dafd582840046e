"""Pages of the site that lie elsewhere in the repository, and links to them (a hook of mkdocs)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = {  # file -> what the site calls it
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "benchmarks/README.md": "benchmarks.md",
    "README.md": "index.md",
}


def on_files(files: Any, config: Any) -> Any:
    """Add pages to those of the folder."""
    from mkdocs.structure.files import File

    for source, name in PAGES.items():
        if name != "index.md":
            files.append(File.generated(config, name, content=(ROOT / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let links lead to where things are on the site; links into the code become words."""
    here = Path(page.file.src_uri)
    source = next((source for source, name in PAGES.items() if name == here.as_posix()), f"docs/{here}")
    base = (ROOT / source).parent if here.as_posix() != "index.md" else ROOT / "docs"

    def there(found: re.Match[str]) -> str:
        text, target, anchor = found.group(1), found.group(2), found.group(3) or ""
        path = (base / target).resolve()
        try:
            known = path.relative_to(ROOT).as_posix()
        except ValueError:
            return found.group(0)
        if known in PAGES:
            goal = PAGES[known]
        elif known.startswith("docs/"):
            goal = known.removeprefix("docs/")
        else:
            return text
        up = "../" * (len(here.parts) - 1)
        return f"[{text}]({up}{goal}{anchor})"

    return re.sub(r"(?<!!)\[([^\]]+)\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)]*)?\)", there, markdown)

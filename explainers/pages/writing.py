"""Pages are made of templates, and written whole or not at all."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ...engine.errors import BadInputError, shown
from ...engine.whole_files import write_whole
from .lanes import lane_svg

_HERE = Path(__file__).parent / "templates"


@cache
def _templates() -> Any:
    try:
        import jinja2
    except ImportError:
        raise BadInputError("pages need jinja2: pip install 'suffice[report]'") from None
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    from markupsafe import Markup

    made.globals["svg"] = lambda form, kind, label: Markup(lane_svg(form, kind, label))  # it escapes its label
    return made


@cache
def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def page(template: str, *, scripts: tuple[str, ...] = (), styles: tuple[str, ...] = (), **values: Any) -> str:
    """Return a page of a template, with its style and script inside, which alone the page allows."""
    from markupsafe import Markup

    style, code = ("\n".join(map(_text, names)) for names in (("base.css", *styles), ("theme.js", *scripts)))
    made: str = (
        _templates()
        .get_template(template)
        .render(
            style=Markup(style),
            script=Markup(code),
            style_hash=_hash(style),
            script_hash=_hash(code),
            **values,
        )
    )
    return made


def write(text: str, path: str | os.PathLike[str] | None) -> None:
    """Write a page, if a path is given: whole, or not at all.

    Raises
    ------
    BadInputError
        If the path cannot be written.
    """
    if path is None:
        return
    if not isinstance(path, (str, os.PathLike)):
        raise BadInputError(f"path={shown(path)}: expected where to write the page")
    try:
        write_whole(path, text)
    except OSError as error:
        raise BadInputError(f"path={shown(str(path))}: cannot be written ({error.strerror})") from None


def embedded(values: Any) -> Any:
    """Return values as JSON that may stand in a page, whatever texts they hold."""
    from markupsafe import Markup

    told = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        told = told.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(told)  # no sign of HTML is left in it


def audit_lines(audit: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return an audit line as words."""
    versions = audit.get("versions", {})
    lines = [
        (key, f"{value:.3g}" if isinstance(value, float) else str(value))
        for key, value in audit.items()
        if key != "versions" and value not in (None, "", {})
    ]
    if versions:
        lines.append(("versions", ", ".join(f"{name} {version}" for name, version in versions.items())))
    return lines

"""Where the code lies: read from setup.cfg, the one place that says it."""

import ast
import configparser
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """A source file, its dotted module name, and whether it is a package's ``__init__``."""

    path: Path
    module: str

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def package(self) -> str:
        return self.module if self.is_package else self.module.rpartition(".")[0]

    @property
    def shown(self) -> str:
        return str(self.path.relative_to(ROOT))


def settings() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def _lines(section: str, key: str) -> list[str]:
    return [line.strip() for line in settings()[section][key].splitlines() if line.strip()]


def package_folders() -> dict[str, Path]:
    """Dotted package name -> folder, for every package that the wheel carries."""
    explicit = dict(line.replace(" ", "").split("=") for line in _lines("options", "package_dir"))
    folders = {}
    for package in _lines("options", "packages"):
        head, rest = package, ""
        while head not in explicit:
            head, _, tail = head.rpartition(".")
            rest = f"{tail}/{rest}"
        folders[package] = ROOT / explicit[head] / rest
    return folders


def sources() -> list[Source]:
    """Every source file of the wheel's packages."""
    found = []
    for package, folder in package_folders().items():
        for path in sorted(folder.glob("*.py")):
            name = package if path.name == "__init__.py" else f"{package}.{path.stem}"
            found.append(Source(path, name))
    return found


def extras() -> dict[str, list[str]]:
    """Extra -> requirements."""
    section = "options.extras_require"
    return {name: _lines(section, name) for name in settings()[section]}


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))

"""Whether a backend can run here, told without importing its native code."""

from __future__ import annotations

import os
import shutil
from importlib import metadata
from importlib.util import find_spec

from .protocols import Requirement


def missing_parts(requirement: Requirement) -> tuple[str, ...]:
    """Return the modules and programs that are not installed.

    Modules are looked up by their top-level name, which runs no code of theirs.
    """
    modules = tuple(m for m in requirement.modules if not _has_module(m.partition(".")[0]))
    programs = tuple(p for p in requirement.programs if not _has_program(p))
    return modules + programs


def version_of(requirement: Requirement) -> str:
    """Return the version of the distribution behind a backend, "" when there is none to tell."""
    if not requirement.distribution:
        return ""
    try:
        return metadata.version(requirement.distribution)
    except metadata.PackageNotFoundError:
        return ""


def _has_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # a module without a spec, or a broken finder of somebody else
        return False


def _has_program(name: str) -> bool:
    if os.sep in name:
        return os.path.isfile(name) and os.access(name, os.X_OK)
    return shutil.which(name) is not None

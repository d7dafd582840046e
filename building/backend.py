"""The build backend: setuptools, and the compiler of the package ziglang where there is no other."""

from __future__ import annotations

from typing import Any

from compile_native import found_compiler
from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403  # all hooks but the two below are setuptools' own

Settings = dict[str, Any] | None


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """Return what building a wheel needs besides what pyproject.toml lists."""
    return [*build_meta.get_requires_for_build_wheel(config_settings), *_compiler()]


def get_requires_for_build_editable(config_settings: Settings = None) -> list[str]:
    """Return what an editable install needs besides what pyproject.toml lists."""
    return [*build_meta.get_requires_for_build_editable(config_settings), *_compiler()]


def _compiler() -> list[str]:
    return [] if found_compiler() else ["ziglang>=0.13"]

"""Copies of templates, loaded as if they lay beside them under a name of their own."""

import importlib.util
import shutil
import sys
from pathlib import Path

from tests.house.layout import ROOT


def copied(template, folder, name="copied"):
    """The module that a copy of a template (its path in the repository) is, in a folder of the tests."""
    package = "suffice." + ".".join(Path(template).parent.parts)
    path = Path(folder) / f"{name}.py"
    shutil.copy(ROOT / template, path)
    spec = importlib.util.spec_from_file_location(f"{package}.{name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module

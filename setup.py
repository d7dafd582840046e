"""Declares the compiled core; all else is in setup.cfg."""

import sys
from pathlib import Path

from setuptools import setup

sys.path.insert(0, str(Path(__file__).parent / "building"))
from compile_native import BuildNative, extension

setup(ext_modules=[extension()], cmdclass={"build_ext": BuildNative})

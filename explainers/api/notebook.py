"""Widgets of notebooks (the extra ``notebook`` brings anywidget)."""

from .explainers.notebook.widget import WhatIf

__all__ = ["WhatIf"]

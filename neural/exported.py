"""Programs of ``torch.export`` as modules: in evaluation mode, for any number of rows."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from .outputs import scores_of


class Exported(nn.Module):
    """An exported program; one that was exported for a fixed number of rows is called in blocks of that size.

    Parameters
    ----------
    program : ExportedProgram, or the module that it made
        Its mode was settled when it was exported.
    """

    def __init__(self, program: Any) -> None:
        super().__init__()
        self.inner: nn.Module = program if isinstance(program, nn.Module) else program.module()
        self.eval()
        self.rows = None if isinstance(program, nn.Module) else self._fixed_rows(program)

    def train(self, mode: bool = True) -> Exported:
        """Note the mode; the inner module, which has none, refuses to be told."""
        for part in (self, *self.inner.modules()):
            part.training = mode
        return self

    def _fixed_rows(self, program: Any) -> int | None:
        """Return the only number of rows that the program takes, if so."""
        given = getattr(program, "example_inputs", None)
        first = given[0][0] if given and given[0] else None
        if not isinstance(first, Tensor) or first.ndim == 0:
            return None
        try:
            with torch.no_grad():
                self.inner(torch.cat([first, first[:1]]))
        except Exception:  # a guard of the program, of whatever kind
            return len(first)
        return None

    def forward(self, rows: Tensor) -> Tensor:
        """Return the scores of rows."""
        if self.rows is None and len(rows) == 1:
            return scores_of(self.inner(rows))
        if self.rows is None:
            try:
                return scores_of(self.inner(rows))
            except Exception:  # a guard: of a module nothing tells the number of rows
                with torch.no_grad():
                    self.inner(rows[:1])  # it may be one
                self.rows = 1
        told = []
        for part in torch.split(rows, self.rows):
            filled = torch.cat([part, part[:1].expand(self.rows - len(part), *part.shape[1:])])
            told.append(scores_of(self.inner(filled))[: len(part)])
        return torch.cat(told)


def is_exported(model: Any) -> bool:
    """Tell whether a model is an exported program, or the module that one made."""
    if isinstance(model, torch.fx.GraphModule):
        return "eval" in vars(model)  # export puts one there that refuses
    return type(model).__name__ == "ExportedProgram" and type(model).__module__.startswith("torch.export")

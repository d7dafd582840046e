"""Compiled models: trees, ensembles, several labels, and the floats of their sums."""

from .compiled import (
    CompiledEnsemble,
    CompiledModel,
    CompiledTree,
    Rows,
    class_index,
    is_bool,
    label_array,
    label_tuple,
    same_label,
)

__all__ = [
    "CompiledEnsemble",
    "CompiledModel",
    "CompiledTree",
    "Rows",
    "class_index",
    "is_bool",
    "label_array",
    "label_tuple",
    "same_label",
]

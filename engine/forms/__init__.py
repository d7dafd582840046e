"""Forms: CNF, WCNF and linear programs as frozen flat arrays, and their file formats."""

from .cnf import Cnf
from .linear import Linear
from .wcnf import Wcnf

__all__ = ["Cnf", "Linear", "Wcnf"]

"""Pictures of explanations (the extra ``report`` brings matplotlib)."""

from .explainers.report.plot_population import plot_population
from .explainers.report.plot_reason import plot_reason

__all__ = ["plot_population", "plot_reason"]

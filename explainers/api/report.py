"""Pictures of explanations (the extra ``report`` brings matplotlib)."""

from .explainers.report.figures import alt_text, save_picture
from .explainers.report.plot_attribution import plot_attribution
from .explainers.report.plot_boundary import plot_boundary
from .explainers.report.plot_box import plot_box
from .explainers.report.plot_burden import plot_burden
from .explainers.report.plot_changes import plot_changes
from .explainers.report.plot_coverage import plot_coverage
from .explainers.report.plot_plans import plot_frontier, plot_plans
from .explainers.report.plot_population import plot_population
from .explainers.report.plot_precision import plot_precision
from .explainers.report.plot_reach import plot_reach
from .explainers.report.plot_reason import plot_reason
from .explainers.report.plot_tree import plot_tree

__all__ = [
    "alt_text", "plot_attribution", "plot_boundary", "plot_box", "plot_burden", "plot_changes", "plot_coverage",
    "plot_frontier", "plot_plans", "plot_population", "plot_precision", "plot_reach", "plot_reason", "plot_tree",
    "save_picture",
]  # fmt: skip

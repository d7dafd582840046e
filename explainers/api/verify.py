"""Questions about a whole model: proofs, or inputs that refute them."""

from .engine.reasons.reach import Reach
from .explainers.verify.affected import Affected, affected
from .explainers.verify.compare import compare
from .explainers.verify.compared import Comparison, DifferenceBox
from .explainers.verify.discriminates import discriminates
from .explainers.verify.monotone import monotone
from .explainers.verify.page import page
from .explainers.verify.ranges import Range
from .explainers.verify.ranges import range_of as range  # verify.range reads as what it is
from .explainers.verify.reachable import reachable
from .explainers.verify.restricted import reach, restricted_reason
from .explainers.verify.robust_results import CertifiedAccuracy, Robustness, Robustnesses
from .explainers.verify.robustness import certified_accuracy, robustness
from .explainers.verify.rule_results import Rule, Rules
from .explainers.verify.rules import rules
from .explainers.verify.verdict import Verdict, Witness
from .explainers.verify.whole import never, verify

__all__ = [
    "Affected",
    "CertifiedAccuracy",
    "Comparison",
    "DifferenceBox",
    "Range",
    "Reach",
    "Robustness",
    "Robustnesses",
    "Rule",
    "Rules",
    "Verdict",
    "Witness",
    "affected",
    "certified_accuracy",
    "compare",
    "discriminates",
    "monotone",
    "never",
    "page",
    "range",
    "reach",
    "reachable",
    "restricted_reason",
    "robustness",
    "rules",
    "verify",
]

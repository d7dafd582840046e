"""Questions about a whole model: proofs, or inputs that refute them."""

from .explainers.verify.discriminates import discriminates
from .explainers.verify.monotone import monotone
from .explainers.verify.robust_results import CertifiedAccuracy, Robustness, Robustnesses
from .explainers.verify.robustness import certified_accuracy, robustness
from .explainers.verify.verdict import Verdict, Witness
from .explainers.verify.whole import never, verify

__all__ = [
    "CertifiedAccuracy",
    "Robustness",
    "Robustnesses",
    "Verdict",
    "Witness",
    "certified_accuracy",
    "discriminates",
    "monotone",
    "never",
    "robustness",
    "verify",
]
